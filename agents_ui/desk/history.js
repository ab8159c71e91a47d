/** Who may be calling, and what this number asked before. */

import { masked } from "./call.js";
import { ask } from "./live.js";
import { config, label, t } from "./texts.js";
import { longDate, shortDate } from "./time.js";
import { KINDS } from "./words.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const LEVELS = [
  t("0 · not identified"),
  t("1 · name and contact"),
  t("2 · check questions"),
  t("3 · strong"),
];

const FEW = 3;

/** The call and level whose history stands here. */
let shown = "";

/** Show the person of a call; null: nobody. */
export function showPerson(call) {
  $("person").hidden = !call;
  if (!call) {
    shown = "";
    return;
  }
  const level = call.identified_level;
  $("level-word").textContent = LEVELS[level];
  $("level").className = `pill ${level ? "ready" : "away"}`;
  $("who").textContent = masked(call.caller, level > 0);
  const wanted = `${call.call_id} ${level}`;
  if (shown === wanted) return;
  shown = wanted;
  load(call, wanted);
}

async function load(call, wanted) {
  if (call.caller === null)
    return show([], t("The number is withheld, so there is no history."), call);
  try {
    const { contacts } = await ask(`/desk/history/${encodeURIComponent(call.call_id)}`, config);
    if (shown !== wanted) return undefined;
    return show(contacts, note(contacts, call.identified_level), call);
  } catch {
    if (shown === wanted) show([], t("The history can't be reached at the moment."), call);
    shown = shown === wanted ? "" : shown; // the next view tries again
    return undefined;
  }
}

function note(contacts, level) {
  if (!contacts.length) return "";
  return level ? "" : t("The notes open when you have identified the caller.");
}

function show(contacts, word, call) {
  $("contacts").replaceChildren(...contacts.map(row));
  $("contacts").classList.add("few");
  $("history-all").hidden = contacts.length <= FEW;
  $("history-all").textContent = t("Show all {count}", { count: contacts.length });
  $("history-note").textContent = word;
  $("history").hidden = !contacts.length && !word;
  $("who-since").textContent = since(contacts, call);
}

function since(contacts, call) {
  if (call.caller === null) return "";
  if (!contacts.length) return t("No earlier contact from this number.");
  if (!call.identified_level)
    return t("Earlier contacts: {count}. Several people may use the number.", {
      count: contacts.length,
    });
  return t("Earlier contacts: {count}, the first on {day}.", {
    count: contacts.length,
    day: longDate(contacts.at(-1).at),
  });
}

function row(contact) {
  const item = document.createElement("li");
  item.append(part("num mute", shortDate(contact.at)), part("", label(contact.topic)));
  item.append(
    part("tiny", [KINDS[contact.kind] ?? contact.kind, contact.centre].filter(Boolean).join(" · ")),
  );
  if (contact.note) item.append(part("said", contact.note));
  return item;
}

function part(className, text) {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  return span;
}

$("history-all").addEventListener("click", () => {
  $("contacts").classList.remove("few");
  $("history-all").hidden = true;
});

/** Say at which level the caller is identified. @param {(level: number, method: string) => void} identify */
export function onIdentify(identify) {
  for (const button of document.querySelectorAll("#identify [data-level]")) {
    button.addEventListener("click", () =>
      identify(Number(button.dataset.level), button.dataset.method),
    );
  }
}
