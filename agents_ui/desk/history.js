/** Who may be calling, and what this number asked before. */

/** @import { CallView, PastContact } from "./port.js" */

import { $, all, make } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, label, t } from "../shell/texts.js";
import { longDate, shortDate } from "../shell/time.js";
import { masked } from "./number.js";
import { KINDS, LEVELS } from "./words.js";

const FEW = 3;

/** The call and level whose history stands here. */
let shown = "";

/** Show the person of a call; null: nobody. @param {CallView | null} call */
export function showPerson(call) {
  $("person").hidden = !call;
  if (!call) {
    shown = "";
    return;
  }
  const level = call.identified_level;
  $("level-word").textContent = LEVELS[level] ?? "";
  $("level").className = `pill ${level ? "ready" : "away"}`;
  $("who").textContent = masked(call.caller, level > 0);
  const wanted = `${call.call_id} ${level}`;
  if (shown === wanted) return;
  shown = wanted;
  load(call, wanted);
}

/** @param {CallView} call @param {string} wanted */
async function load(call, wanted) {
  if (call.caller === null)
    return show([], t("The number is withheld, so there is no history."), call);
  try {
    const { contacts } = await ask(`/desk/history/${encodeURIComponent(call.call_id)}`, config);
    if (shown === wanted) show(contacts, note(contacts, call.identified_level), call);
  } catch {
    if (shown !== wanted) return;
    show([], t("The history can't be reached at the moment."), call);
    shown = ""; // the next view tries again
  }
}

/** @param {PastContact[]} contacts @param {number} level */
function note(contacts, level) {
  if (!contacts.length || level) return "";
  return t("The notes open when you have identified the caller.");
}

/** @param {PastContact[]} contacts @param {string} word @param {CallView} call */
function show(contacts, word, call) {
  $("contacts").replaceChildren(...contacts.map(row));
  $("contacts").classList.add("few");
  $("history-all").hidden = contacts.length <= FEW;
  $("history-all").textContent = t("Show all {count}", { count: contacts.length });
  $("history-note").textContent = word;
  $("history").hidden = !contacts.length && !word;
  $("who-since").textContent = since(contacts, call);
}

/** @param {PastContact[]} contacts newest first @param {CallView} call */
function since(contacts, call) {
  const [first, count] = [contacts.at(-1), contacts.length];
  if (call.caller === null) return "";
  if (!first) return t("No earlier contact from this number.");
  if (!call.identified_level)
    return t("Earlier contacts: {count}. Several people may use the number.", { count });
  return t("Earlier contacts: {count}, the first on {day}.", { count, day: longDate(first.at) });
}

/** @param {PastContact} contact */
function row({ at, topic, kind, centre, note: said }) {
  const beside = [KINDS[kind] ?? kind, centre].filter(Boolean).join(" · ");
  const item = make(
    "li",
    "",
    make("span", "num mute", shortDate(at)),
    make("span", "", label(topic)),
    make("span", "tiny", beside),
  );
  if (said) item.append(make("span", "said", said));
  return item;
}

$("history-all").addEventListener("click", () => {
  $("contacts").classList.remove("few");
  $("history-all").hidden = true;
});

/** Where the agent was writing when the key opened the menu. @type {Element | null} */
let writing = null;

/** The menu of levels; its figures are keys while it is open. */
export function openIdentification() {
  writing = document.activeElement;
  $("identify", HTMLDetailsElement).open = true;
  $("level").focus();
}

$("identify").addEventListener("keydown", (event) => {
  const [chosen] = all(`#identify [data-level="${event.key}"]`);
  if (!/^[0-3]$/.test(event.key) || !chosen) return;
  event.preventDefault();
  chosen.click();
  if (writing instanceof HTMLElement) writing.focus();
});

/** Say at which level the caller is identified. @param {(level: number, method: string) => void} identify */
export function onIdentify(identify) {
  for (const button of all("#identify [data-level]")) {
    const { level, method } = button.dataset;
    button.addEventListener("click", () => identify(Number(level), method ?? ""));
  }
}
