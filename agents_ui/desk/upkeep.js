/** What a card lacks: asked of its owner, reported to whoever edits it; and what came of that. */

/** @import { ServiceCard } from "../shell/port.js" */
/** @import { CallView, OwnEnquiry, OwnFlag, OwnUpkeep } from "./port.js" */

import { make } from "../shell/dom.js";
import { findingsAndPhones } from "../shell/guard.js";
import { Guarded } from "../shell/guarded.js";
import { ask } from "../shell/live.js";
import { config, label, t } from "../shell/texts.js";
import { moment, now } from "../shell/time.js";
import { FLAGS } from "./words.js";

const QUESTION_LENGTH = 1000;
const LINE_LENGTH = 300;

/** Why it was not taken. @type {Record<string, string>} */
const REFUSED = {
  length: t("Write it down first; it may not be longer than the field."),
  personal: t(
    "A personal code, a card, an account or a telephone number stands in it: take it out. Nothing was sent.",
  ),
  often: t("Enough is open already: wait for the answers."),
  full: t("Too much mail is waiting. Try again later."),
  "no-number": t("This caller cannot be rung back: ask without a promise."),
  kind: t("Choose what is wrong."),
};

const REMEMBERED = 12;

/** What is painted anew keeps what was typed, also where another card was looked at meanwhile. @type {Map<string, Node[]>} */
const made = new Map();
/** Of which call the questions are. */
let ofCall = "";

/** @param {string} key @param {() => Node[]} build */
function once(key, build) {
  const nodes = made.get(key) ?? build();
  made.delete(key);
  made.set(key, nodes);
  for (const old of [...made.keys()].slice(0, -REMEMBERED)) made.delete(old);
  return nodes;
}

/** A question to the owner; nothing without a call that this agent has answered. @param {ServiceCard} card @param {CallView | null} call */
export function asker(card, call) {
  const answered = call?.own && call.answered_at ? call : null;
  if (ofCall !== (answered?.call_id ?? "")) {
    ofCall = answered?.call_id ?? "";
    for (const key of [...made.keys()]) if (key.startsWith("ask ")) made.delete(key);
  }
  if (!answered) return [];
  return once(`ask ${Boolean(answered.caller)} ${card.code}`, () => question(card, answered));
}

/** @param {ServiceCard} card @param {(code: string) => void} reported is told once it is */
export function flagger(card, reported) {
  return once(`flag ${card.code}`, () => flag(card, reported));
}

/** @param {ServiceCard} card @param {CallView} call */
function question(card, call) {
  const area = make("textarea");
  Object.assign(area, { maxLength: QUESTION_LENGTH, required: true });
  area.setAttribute("aria-label", t("Question to the owner of the card"));
  const list = make("ul", "stack");
  const guard = make("div", "note hold", list);
  guard.setAttribute("role", "status");
  const guarded = new Guarded(area, guard, list, () => {}, findingsAndPhones);
  area.addEventListener("input", () => guarded.look());
  guarded.look();
  const wants = make("input");
  wants.type = "checkbox";
  const back = make("label", "row", wants, t("Ring the caller back with the answer"));
  back.hidden = !call.caller;
  const advice = t("Ask as anybody would: no name, no number, nothing of the caller.");
  return form(
    t("Ask the owner"),
    [make("p", "tiny", advice), area, guard, back],
    t("Send the question"),
    async () => {
      const { call_id } = call;
      const body = { call_id, code: card.code, question: area.value, wants_call: wants.checked };
      const { refused, due_at } = await send("/desk/enquiry", body);
      if (refused) return REFUSED[refused] ?? refused;
      area.value = "";
      wants.checked = false;
      return t("Asked ✓ The answer is due by {time}.", { time: moment(due_at) });
    },
  );
}

/** @param {ServiceCard} card @param {(code: string) => void} reported */
function flag(card, reported) {
  const kinds = make("select");
  for (const [kind, word] of Object.entries(FLAGS)) kinds.append(new Option(word, kind));
  kinds.setAttribute("aria-label", t("What is wrong"));
  const line = make("input");
  Object.assign(line, {
    type: "text",
    maxLength: LINE_LENGTH,
    required: true,
    autocomplete: "off",
  });
  line.placeholder = t("What should it say?");
  line.setAttribute("aria-label", t("What should it say?"));
  return form(t("Report an error"), [kinds, line], t("Report it"), async () => {
    const body = { code: card.code, kind: kinds.value, text: line.value };
    const { refused } = await send("/desk/flag", body);
    if (refused) return REFUSED[refused] ?? refused;
    line.value = "";
    reported(card.code);
    return t("Reported ✓ Its editor sees it.");
  });
}

/** @param {string} title @param {HTMLElement[]} fields @param {string} word @param {() => Promise<string>} act gives what came of it */
function form(title, fields, word, act) {
  const said = make("p", "tiny");
  said.setAttribute("role", "status");
  const button = make("button", "btn go mid", word);
  const body = make("form", "", ...fields, button);
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true; // pressed twice, it is sent once
    try {
      said.textContent = await act();
    } catch {
      said.textContent = t("That did not go through. Try again.");
    }
    button.disabled = false;
  });
  return [make("details", "handout upkeep", make("summary", "btn mid", title), body, said)];
}

/** @param {string} path @param {object} body @returns {Promise<{ refused: string, due_at: number }>} */
function send(path, body) {
  return ask(path, { csrf: config.csrf, body });
}

// --- what came of it -------------------------------------------------------------------------

/** Rows of the day, what was answered first. @param {OwnUpkeep} own */
export function ownUpkeep({ enquiries, flags }) {
  const answered = enquiries.filter((one) => one.answered_at !== null);
  const open = enquiries.filter((one) => one.answered_at === null);
  return [...answered, ...open].map(enquiryRow).concat(flags.map(flagRow));
}

/** @param {OwnEnquiry} one */
function enquiryRow(one) {
  const { institution, question: asked, answer, due_at, answered_at, over_why } = one;
  const what = make("span", "", make("b", "", label(one.card) || one.service), `: ${asked}`);
  if (answered_at !== null) {
    const told = `${institution}, ${moment(answered_at)}`;
    what.append(make("p", "own-answer", answer), make("span", "tiny below", told));
    return make("li", "", pill("ready", t("there is an answer")), what);
  }
  if (over_why) {
    what.append(make("span", "tiny below", over_why));
    return make("li", "", pill("away", t("closed")), what);
  }
  const late = due_at <= now();
  const due = t("{institution}, due {time}", { institution, time: moment(due_at) });
  what.append(make("span", "tiny below", due));
  return make(
    "li",
    "",
    late ? pill("bad", t("late")) : pill("ring", t("waits for an answer")),
    what,
  );
}

/** @param {OwnFlag} one */
function flagRow(one) {
  const words = `: ${FLAGS[one.kind]}, ${one.text}`;
  const what = make("span", "", make("b", "", label(one.card) || one.service), words);
  if (one.settled_at === null) return make("li", "", pill("hold", t("reported")), what);
  what.append(make("span", "tiny below", `${one.reason}, ${moment(one.settled_at)}`));
  return make("li", "", pill("ready", t("settled")), what);
}

/** @param {string} tone @param {string} word */
function pill(tone, word) {
  return make("span", `pill plain ${tone}`, word);
}
