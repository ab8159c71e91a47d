/** The dialog of whom to ask, or to pass the caller on to: colleagues on duty, or a number. */

/** @import { Colleague, Commands } from "./port.js" */

import { $, make, makeButton } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, languageName, t } from "../shell/texts.js";
import { isEmergency, numberIn } from "./reach_number.js";
import { cardOf, lookedUp, names } from "./services.js";
import { desk, record } from "./state.js";

const PAUSE_MS = 200;
const dialog = $("reach", HTMLDialogElement);
const services = $("reach-service", HTMLSelectElement);
const text = $("reach-text", HTMLInputElement);
const people = $("reach-people");
/** How near a colleague sits. @type {Record<Colleague["near"], string>} */
const NEAR = {
  centre: t("your centre"),
  municipality: t("your municipality"),
  region: t("your region"),
  network: "",
};
let callId = "";
/** The service that the call is about, as far as anybody knows. */
let about = "";
let asked = 0;
let pause = 0;
/** What is typed has not been looked for yet. */
let stale = false;
/** @typedef {(name: "consult" | "pass", args: Commands["consult"]) => void} Chosen */
let choose = /** @type {Chosen} */ (() => {});

/** @param {Chosen} work is done with what the agent has chosen */
export function onReach(work) {
  choose = work;
}

/** Ask whom, with those on duty for the service at hand. */
export async function openReach() {
  if (!desk.call || desk.call.aside || dialog.open) return;
  callId = desk.call.call_id;
  text.value = "";
  people.replaceChildren();
  await fillServices(desk.call.suggested);
  dialog.showModal();
  text.focus();
  await find();
}

/** Another call, or none. */
export function closeReach() {
  if (dialog.open) dialog.close();
}

/** @param {string[]} suggested */
async function fillServices(suggested) {
  const known = [...new Set([lookedUp(), ...record.services.toReversed(), ...suggested])].filter(
    Boolean,
  );
  const labels = await names(known);
  about = known[0] ?? "";
  const options = known.map((code, index) => new Option(labels[index], code));
  services.replaceChildren(new Option(t("What this call is about"), ""), ...options);
}

async function find() {
  const mine = ++asked;
  stale = false;
  const number = numberIn(text.value);
  const emergency = isEmergency(text.value);
  $("reach-emergency").hidden = !emergency;
  services.disabled = Boolean(text.value.trim());
  if (emergency || number) {
    const row = number ? [outside(number, number, t("outside"))] : [];
    people.replaceChildren(...row);
    $("reach-count").textContent = "";
    return;
  }
  try {
    const body = { call_id: callId, service: services.value, q: text.value.trim() };
    const found = await ask("/desk/colleagues", { csrf: config.csrf, body });
    if (mine !== asked) return;
    people.replaceChildren(...found.first.map(colleague), ...owner());
    $("reach-count").textContent = counted(found.first.length, found.count);
  } catch {
    if (mine === asked)
      $("reach-count").textContent = t("The list cannot be reached at the moment. Try again.");
  }
}

/** @param {number} shown @param {number} count */
function counted(shown, count) {
  if (!count) return t("Nobody is on duty for this just now.");
  return shown < count ? t("{shown} of {count} are shown.", { shown, count }) : "";
}

/** @param {Colleague} one */
function colleague(one) {
  const speaks = one.languages.map(languageName).join(", ");
  const beside = [one.centre, NEAR[one.near], speaks].filter(Boolean).join(" · ");
  const name = make("span", "", make("b", "", one.name), make("span", "tiny", beside));
  const row = make("li", one.ready ? "" : "busy", name);
  if (!one.ready) row.append(make("span", "tiny", t("in a call")));
  else row.append(...buttons({ colleague: one.agent_id, number: "" }, one.name));
  return row;
}

/** Whose service it is, at the telephone of its card; nobody else once a name is typed. */
function owner() {
  const card = text.value.trim() ? undefined : cardOf(services.value || about);
  const number = numberIn(card?.telephone ?? "");
  if (!card || !number) return [];
  const row = outside(number, card.institution, number);
  row.classList.add("owner");
  return [row];
}

/** @param {string} number @param {string} whose @param {string} beside */
function outside(number, whose, beside) {
  const name = make("span", "", make("b", "num", whose), make("span", "tiny num", beside));
  return make("li", "", name, ...buttons({ colleague: "", number }, whose));
}

/** @param {{ colleague: string, number: string }} whom @param {string} name */
function buttons(whom, name) {
  const call_id = callId;
  return /** @type {const} */ (["consult", "pass"]).map((what) => {
    const button = makeButton("btn", what === "consult" ? t("Ask") : t("Pass on"));
    const said = what === "consult" ? t("Ask {name}", { name }) : t("Pass on to {name}", { name });
    button.setAttribute("aria-label", said);
    button.addEventListener("click", () => {
      dialog.close();
      choose(what, { call_id, ...whom });
    });
    return button;
  });
}

services.addEventListener("change", find);
text.addEventListener("input", () => {
  clearTimeout(pause);
  stale = true;
  people.querySelector(".owner")?.remove(); // nobody is meant whose name is not typed
  pause = setTimeout(find, PAUSE_MS);
});
$("reach-close").addEventListener("click", () => dialog.close());
$("reach-form").addEventListener("submit", async (event) => {
  event.preventDefault(); // Enter goes to the first who can be asked, and asks nobody yet
  clearTimeout(pause);
  if (stale) await find(); // not to whoever stood there before the last letter
  people.querySelector("button")?.focus();
});
dialog.addEventListener("close", () => $("reach-open").focus());
