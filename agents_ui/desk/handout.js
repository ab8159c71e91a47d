/** A card's link or list of documents, sent to the citizen of the call at hand. */

/** @import { ServiceCard } from "../shell/port.js" */
/** @import { CallView } from "./port.js" */

import { make } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, t } from "../shell/texts.js";

const ways = /** @type {string[]} */ (config.ways ?? []);

/** Why nothing was sent. @type {Record<string, string>} */
const REFUSED = {
  address: t("Write an address of e-mail, as anna@inbox.lv"),
  withheld: t("The number is withheld: nothing can be sent to it"),
  abroad: t("Nothing is sent to this number"),
  often: t("Enough was sent for now"),
  nothing: t("The card has nothing of that"),
  full: t("Nothing can be sent at the moment. Try again."),
  way: t("Nothing can be sent at the moment. Try again."),
};

/** The latest: what is painted anew keeps what was typed. @type {{ key: string, nodes: Node[] }} */
let made = { key: "", nodes: [] };

/** Nothing, where nothing can be sent of it. @param {ServiceCard} card @param {CallView | null} call @returns {Node[]} */
export function sender(card, call) {
  const key = JSON.stringify([call?.call_id, call?.caller, card.code, card.link, card.documents]);
  if (made.key !== key) made = { key, nodes: call ? form(card, call) : [] };
  return made.nodes;
}

/** @param {ServiceCard} card @param {CallView} call @returns {Node[]} */
function form(card, call) {
  const of = choices({
    link: card.link && t("the link"),
    documents: card.documents && t("the list of documents"),
  });
  const by = choices({
    sms:
      ways.includes("sms") && call.caller
        ? t("by SMS to …{digits}", { digits: call.caller.slice(-2) })
        : "",
    mail: ways.includes("mail") && t("by e-mail"),
  });
  if (!of.options.length || !by.options.length) return [];
  of.setAttribute("aria-label", t("What is sent"));
  by.setAttribute("aria-label", t("How it is sent"));
  const to = make("input");
  Object.assign(to, {
    type: "text",
    inputMode: "email",
    maxLength: 254,
    autocomplete: "off",
    placeholder: t("Address of e-mail"),
  });
  to.setAttribute("aria-label", t("Address of e-mail"));
  const said = make("p", "tiny");
  said.setAttribute("role", "status");
  const button = make("button", "btn go", t("Send"));
  const fields = make("form", "row", of, by, to, button);
  const show = () => {
    to.hidden = by.value !== "mail";
  };
  by.addEventListener("change", show);
  show();
  fields.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true; // pressed twice, it is sent once
    said.textContent = await send({
      call_id: call.call_id,
      code: card.code,
      of: of.value,
      way: by.value,
      to: to.value,
    });
    button.disabled = false;
  });
  const box = make(
    "details",
    "handout",
    make("summary", "btn mid", t("Send to the citizen")),
    fields,
    said,
  );
  return [box];
}

/** @param {Record<string, string | false | undefined>} given */
function choices(given) {
  const select = make("select");
  for (const [value, word] of Object.entries(given))
    if (word) select.append(new Option(word, value));
  return select;
}

/** What came of it. @param {object} body */
async function send(body) {
  try {
    const { refused, hint } = await ask("/desk/send", { csrf: config.csrf, body });
    if (refused) return REFUSED[refused] ?? refused;
    return hint ? t("Sent to …{digits} ✓", { digits: hint }) : t("Sent ✓");
  } catch {
    return t("Nothing can be sent at the moment. Try again.");
  }
}
