/** Who may be calling, and what this number asked before. */

/** @import { CallView, PastContact } from "./port.js" */

import { $, all, make } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, label, t } from "../shell/texts.js";
import { clockTime, duration, longDate, moment, shortDate } from "../shell/time.js";
import { callers, showCallers, wantedOf } from "./callers.js";
import { masked } from "./number.js";
import { KINDS, LEG_WHO, LEVELS, PAST_ENDS } from "./words.js";

const FEW = 3;
/** Contacts that the server tells at once. */
const PAGE = 50;

/** The call and level whose history stands here. */
let shown = "";

/** Show the person of a call; null: nobody. @param {CallView | null} call */
export function showPerson(call) {
  $("person").hidden = !call;
  const told = showCallers(call);
  if (!call) {
    shown = "";
    return;
  }
  const level = call.identified_level;
  $("level-word").textContent = LEVELS[level] ?? "";
  $("level").className = `pill ${level ? "ready" : "away"}`;
  $("who").textContent = masked(call.caller, level > 0);
  const wanted = wantedOf(call);
  if (shown === wanted) return;
  shown = wanted;
  load(call, wanted, told);
}

/** @param {CallView} call @param {string} wanted @param {Promise<void>} told who may be calling */
async function load(call, wanted, told) {
  if (call.caller === null) await told;
  if (call.caller === null && !callers.chosen)
    return show([], t("The number is withheld, so there is no history."), call);
  try {
    const asked = ask(`/desk/history/${encodeURIComponent(call.call_id)}`, config);
    const [{ contacts }] = await Promise.all([asked, told]);
    if (shown === wanted) show(contacts, note(contacts, call.identified_level), call);
  } catch {
    if (shown !== wanted) return;
    show([], t("The history cannot be reached at the moment."), call);
    shown = ""; // the next view tries again
  }
}

/** @param {PastContact[]} contacts @param {number} level */
function note(contacts, level) {
  if (!contacts.length) return "";
  if (callers.chosen && level && !callers.chosen.proved)
    return t("Somebody else was identified: confirm it for this person.");
  if (level && !callers.chosen && callers.candidates.length)
    return t("The notes open when you have chosen who is calling.");
  return level ? "" : t("The notes open when you have identified the caller.");
}

/** @param {PastContact[]} contacts @param {string} word @param {CallView} call */
function show(contacts, word, call) {
  $("contacts").replaceChildren(...contacts.map(row));
  $("contacts").classList.add("few");
  $("history-all").hidden = contacts.length <= FEW;
  $("history-all").textContent = t("Show all {count}", { count: contacts.length });
  more(contacts, call);
  $("history-note").textContent = word;
  $("history").hidden = !contacts.length && !word;
  $("who-since").textContent = $("who-since").title = since(contacts, call);
}

/** @param {PastContact[]} contacts newest first @param {CallView} call */
function since(contacts, call) {
  const [first, count] = [contacts.at(-1), contacts.length];
  if (call.caller === null && !callers.chosen) return "";
  if (!first) return callers.chosen ? "" : t("No earlier contact from this number.");
  if (!call.identified_level && !callers.chosen)
    return t("Earlier contacts: {count}. Several people may use the number.", { count });
  return t("Earlier contacts: {count}, the first on {day}.", { count, day: longDate(first.at) });
}

/** A full page has others before it, perhaps. @param {PastContact[]} contacts @param {CallView} call */
function more(contacts, call) {
  const last = contacts.at(-1);
  $("history-more").dataset.before = contacts.length === PAGE && last ? String(last.from_at) : "";
  $("history-more").dataset.of = call.call_id;
  showMore();
}

function showMore() {
  $("history-more").hidden = !$("history-more").dataset.before || !$("history-all").hidden;
}

$("history-more").addEventListener("click", async () => {
  const { before = "", of = "" } = $("history-more").dataset;
  const path = `/desk/history/${encodeURIComponent(of)}?before=${encodeURIComponent(before)}`;
  try {
    const { contacts } = await ask(path, config);
    if ($("history-more").dataset.before !== before) return;
    $("contacts").append(...contacts.map(row));
    const last = contacts.at(-1);
    $("history-more").dataset.before = contacts.length === PAGE ? String(last.from_at) : "";
    showMore();
  } catch {
    $("history-note").textContent = t("The history cannot be reached at the moment.");
  }
});

/** @param {PastContact} contact */
function row(contact) {
  const { at, topic, kind, centre, talked_s } = contact;
  const talked = talked_s === null ? "" : duration(talked_s);
  const beside = [KINDS[kind] ?? kind, endOf(contact), talked, centre].filter(Boolean).join(" · ");
  const item = make(
    "li",
    "",
    make("span", "num mute", shortDate(at)),
    make("span", "", topicOf(contact, label(topic))),
    make("span", "tiny", beside),
  );
  if (contact.note) item.append(make("span", "said", contact.note));
  if (contact.legs.length > 1) item.append(legs(contact.legs));
  return item;
}

/** Who rang whom, where it was not the citizen. @param {PastContact} contact @param {string} topic */
function topicOf({ way, times, due_at }, topic) {
  if (due_at) return t("Promised by {time}: {topic}", { time: moment(due_at), topic });
  if (times > 1) return t("{count} calls", { count: times });
  if (way === "message") return t("Voice message: {topic}", { topic });
  return way === "out" ? t("We rang: {topic}", { topic }) : topic;
}

/** How it ended, where nothing was done. @param {PastContact} contact */
function endOf({ kind, outcome }) {
  return kind ? "" : (PAST_ENDS[outcome] ?? "");
}

/** @param {PastContact["legs"]} legs */
function legs(legs) {
  const lines = legs.map((leg) => make("li", "", LEG_WHO[leg.who] ?? "", " ", legEnd(leg)));
  const list = make("ul", "legs", ...lines);
  return make("details", "said", make("summary", "", t("Who was on the line")), list);
}

/** @param {PastContact["legs"][number]} leg */
function legEnd({ at, centre, talked_s }) {
  const talked = talked_s === null ? t("not answered") : duration(talked_s);
  return make("span", "num", [centre, clockTime(at), talked].filter(Boolean).join(" · "));
}

$("history-all").addEventListener("click", () => {
  $("contacts").classList.remove("few");
  $("history-all").hidden = true;
  showMore();
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
  const chosen = all("#identify [data-level]").find(
    (button) => button.querySelector("kbd")?.textContent === event.key,
  );
  if (!chosen) return;
  event.preventDefault();
  event.stopPropagation(); // the menu closes: the figure is no key of the page's
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
