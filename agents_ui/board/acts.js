/**
 * What a supervisor does with a call or an agent: a dialog opened from a row, with what may be done
 * just now. It knows no row: `actsButton` makes the button, `openActs` opens it for a kind and a key.
 */

/** @import { AgentChoices, CallChoices, AgentOption, AgentOptions, Done, MemoRoom, Undo } from "../supervision/port.js" */

import { $, all, make, makeButton, setText } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, label, t } from "../shell/texts.js";
import { REASONS, STATES, TONES } from "../shell/words.js";
import { dayQueues, daySkills } from "./day_queues.js";
import { memoField, memoRoom } from "./memos.js";

/** @typedef {"call" | "agent" | "all"} Kind */

const PAUSE_MS = 200;
const DONE_MS = 20_000;
const CHOSEN = ["counter", "break", "lunch", "training", "other"];
const dialog = $("acts", HTMLDialogElement);
const why = $("acts-why", HTMLInputElement);
const list = $("acts-list");

/** Where else than with its kind it is asked for. @type {Record<string, string>} */
const PATHS = {
  listen: "listen",
  listen_turn: "listen",
  listen_end: "listen",
  queues: "queues",
  skills: "queues",
};

/** What needs no reason. */
const UNREASONED = new Set(["put_back", "lift", "listen_turn", "listen_end"]);

/** Why something was not done. @type {Record<string, string>} */
const OBSTACLES = {
  gone: t("That is not so any more: look again."),
  "logged-out": t("is logged out"),
  "not-ready": t("wants no calls"),
  unreachable: t("no phone"),
  skills: t("may not answer this call"),
  "centre-full": t("centre has enough calls of others"),
  promised: t("This number is promised a call in that queue already."),
  "no-number": t("The caller's number is not known: nobody can be called back."),
  "no-telephony": t("The link to the exchange is down: nothing can be ended just now."),
  same: t("The call is in that queue already."),
  "no-policy": t("Nobody may listen here: the caller was not told of it."),
  "listened-to": t("Somebody listens to this talk already."),
  "no-phone": t("Open your own desk first: its phone rings."),
  "not-free": t("Set yourself not ready on your own desk first."),
  inseparable: t(
    "A queue that is left asks for nothing that the chosen ones do not: choose it too.",
  ),
  listens: t("You listen to another talk: leave that one first."),
};

/** What has been done. @type {Record<string, string>} */
const DEEDS = {
  move: t("Moved to another queue."),
  put_first: t("Put before all others."),
  put_back: t("Back in its own place."),
  earmark: t("Given to the agent."),
  unearmark: t("For whoever is next, again."),
  withdraw: t("Taken out of the line."),
  end_call: t("The call was ended."),
  listen: t("Your phone rings: you listen as soon as you answer."),
  listen_turn: t("Turned to the other mode."),
  listen_end: t("You listen no more."),
  ready: t("The agent was set ready."),
  not_ready: t("The agent was set not ready."),
  log_out: t("The agent was logged out."),
  release: t("The agent was let out of it."),
  queues: t("Said for today: in force in a moment."),
  skills: t("Said for today: in force in a moment."),
  give_caller: t("The caller goes to whoever is next, with the record."),
};

/** @type {{ kind: Kind, key: string }} */
let at = { kind: "call", key: "" };
/** What takes the last deed back, whatever is opened meanwhile. @type {{ kind: Kind, undo: Undo } | null} */
let back = null;
let asked = 0;
let pause = 0;
let fading = 0;

/** The button of a row. @param {Kind} kind @param {string} key @param {string} name of what it is */
export function actsButton(kind, key, name) {
  const button = makeButton("chip", "⋯");
  button.dataset.acts = `${kind} ${key}`;
  button.setAttribute("aria-label", t("Do something: {name}", { name }));
  button.title = t("Do something");
  return button;
}

/** @param {HTMLElement | null | undefined} button of a row */
export async function openActs(button) {
  const [kind, key] = button?.dataset.acts?.split(" ") ?? [];
  if (!key || dialog.open) return;
  at = { kind: kind === "agent" || kind === "all" ? kind : "call", key };
  await show();
}

async function show() {
  fail("");
  list.replaceChildren();
  $("acts-reason").hidden = at.kind === "all";
  try {
    const path = at.kind === "all" ? "memos" : `${at.kind}/${at.key}`;
    const choices = await ask(`/supervision/${path}`, { csrf: config.csrf });
    if (at.kind === "all") showMemos(choices);
    else if (at.kind === "call") showCall(choices);
    else showAgent(choices);
  } catch {
    setText($("acts-title"), t("Nothing can be done here any more"));
    setText($("acts-state"), "");
  }
  if (!dialog.open) dialog.showModal();
  if (!why.value && at.kind !== "all") why.focus();
  else (all("button, select", HTMLElement, list)[0] ?? $("acts-close")).focus();
}

// --- a call ----------------------------------------------------------------------------------

/** @param {CallChoices} call */
function showCall(call) {
  setText($("acts-title"), t("What is to become of this call?"));
  setText($("acts-state"), call.earmark && t("Waits for {name}.", { name: call.earmark }));
  const may = (/** @type {string} */ name) => call.acts.includes(name);
  if (may("put_first")) list.append(plain("put_first", t("Put before all others")));
  if (may("put_back")) list.append(plain("put_back", t("Back to its own place")));
  if (may("lift")) list.append(plain("lift", t("For whoever is next, again")));
  if (may("move") && call.queues.length) list.append(moving(call));
  if (may("earmark")) list.append(giving());
  if (may("withdraw")) list.append(...withdrawing());
  if (may("listen")) list.append(...listening());
  if (call.listens) list.append(...turning(call.listens));
  if (may("end_call")) list.append(plain("end_call", t("End the stuck call"), {}, "danger"));
  if (!list.children.length) list.append(make("p", "tiny", OBSTACLES.gone ?? ""));
}

/** @param {CallChoices} call */
function moving(call) {
  const options = call.queues.map((one) => new Option(label(one.label), one.queue));
  const select = make("select", "", ...options);
  select.setAttribute("aria-label", t("Queue"));
  const button = makeButton("btn", t("Move there"));
  button.addEventListener("click", () => act("move", { queue: select.value }));
  return make("div", "acts-row", make("span", "", t("To another queue")), select, button);
}

function giving() {
  const search = make("input");
  search.type = "search";
  search.maxLength = 60;
  search.setAttribute("aria-label", t("Name or centre of an agent"));
  search.placeholder = t("Name or centre");
  const people = make("ul", "acts-people");
  people.tabIndex = 0; // it scrolls
  people.setAttribute("aria-label", t("Agents"));
  const find = () => candidates(search.value, people);
  search.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(find, PAUSE_MS);
  });
  find();
  const head = make("div", "acts-row", make("span", "", t("To one agent")), search);
  return make("div", "stack", head, people);
}

/** @param {string} text @param {HTMLElement} people */
async function candidates(text, people) {
  const mine = ++asked;
  try {
    const body = { call_id: at.key, text: text.trim() };
    /** @type {AgentOptions} */
    const found = await ask("/supervision/candidates", { csrf: config.csrf, body });
    if (mine !== asked) return;
    const more = found.count - found.first.length;
    const rest = more > 0 ? [make("li", "tiny", t("{more} more: write a name", { more }))] : [];
    people.replaceChildren(...found.first.map(candidate), ...rest);
  } catch {
    if (mine === asked) people.replaceChildren(make("li", "tiny", failed()));
  }
}

/** @param {AgentOption} one */
function candidate(one) {
  const name = make(
    "span",
    "grow",
    make("b", "", one.name),
    make("span", "tiny below", one.centre),
  );
  const state = make("span", `pill ${TONES[one.state]}`, STATES[one.state]);
  if (one.obstacle) {
    return make("li", "", name, state, make("span", "tiny", OBSTACLES[one.obstacle] ?? ""));
  }
  const button = makeButton("btn", one.state === "READY" ? t("Give now") : t("Give next"));
  button.setAttribute("aria-label", t("Give to {name}", { name: one.name }));
  button.addEventListener("click", () => act("earmark", { agent_id: one.agent_id }));
  return make("li", "", name, state, button);
}

/** How to listen. @type {Record<NonNullable<CallChoices["listens"]>, string>} */
const MODES = {
  listen: t("Listen: nobody hears me"),
  whisper: t("Whisper: the agent alone hears me"),
  barge: t("Join in: all hear each other"),
};

function listening() {
  const word = make("p", "tiny", t("On the phone of my own desk; the agent sees who listens"));
  return [word, make("div", "acts-three", ...modes("listen", ""))];
}

/** @param {NonNullable<CallChoices["listens"]>} mode in which it is just now */
function turning(mode) {
  const word = make("p", "tiny", t("You listen to this talk."));
  const end = plain("listen_end", t("Listen no more"));
  return [word, make("div", "acts-three", ...modes("listen_turn", mode), end)];
}

/** @param {string} name @param {string} present */
function modes(name, present) {
  return Object.entries(MODES)
    .filter(([mode]) => mode !== present)
    .map(([mode, word]) => plain(name, word, { mode }));
}

function withdrawing() {
  const ways = /** @type {const} */ ([
    ["callback", t("Promise a call back")],
    ["busy", t("Say that nobody can answer")],
    ["closed", t("Say that we are closed")],
  ]);
  const buttons = ways.map(([ending, word]) => plain("withdraw", word, { ending }));
  return [
    make("p", "tiny", t("Out of the line: the caller hears why, and the call ends")),
    make("div", "acts-three", ...buttons),
  ];
}

// --- an agent --------------------------------------------------------------------------------

/** @param {AgentChoices} agent */
function showAgent(agent) {
  setText($("acts-title"), agent.name);
  setText($("acts-state"), STATES[agent.state]);
  const may = (/** @type {string} */ name) => agent.acts.includes(name);
  if (may("give_caller")) {
    list.append(plain("give_caller", t("Give the caller to others"), {}, "primary"));
  }
  if (may("ready")) list.append(plain("ready", t("Set ready")));
  if (may("not_ready")) list.append(notReady());
  if (may("release")) list.append(plain("release", holding(agent.state), {}, "danger"));
  if (may("log_out")) list.append(plain("log_out", t("Log the agent out"), {}, "danger"));
  const out = !list.children.length;
  if (out) list.append(make("p", "tiny", t("The agent is logged out.")));
  list.append(...dayQueues(agent, (queues) => act("queues", { queues })));
  list.append(...daySkills(agent, (given) => act("skills", given)));
  if (!out) list.append(...memoField(() => `agent:${agent.agent_id}`, sent));
}

/** @param {MemoRoom} room */
function showMemos(room) {
  setText($("acts-title"), t("Message to agents"));
  setText($("acts-state"), t("It stays on their desks until they have seen it."));
  list.append(...memoRoom(room, sent));
}

/** @param {number | null} count */
function sent(count) {
  if (count === null) return fail(failed());
  dialog.close();
  tell(t("Sent to {count}.", { count }), null);
}

/** @param {AgentChoices["state"]} state */
function holding(state) {
  if (state === "WRAP_UP") return t("End the wrap-up");
  return state === "RESERVED" ? t("Take the offer back") : t("End the stuck call");
}

function notReady() {
  const select = make("select", "", ...CHOSEN.map((one) => new Option(REASONS[one], one)));
  select.setAttribute("aria-label", t("Reason"));
  select.value = "other";
  const button = makeButton("btn", t("Set not ready"));
  button.addEventListener("click", () => act("not_ready", { reason: select.value }));
  return make("div", "acts-row", make("span", "", t("No calls")), select, button);
}

// --- done ------------------------------------------------------------------------------------

/** @param {string} name @param {string} word @param {object} [args] @param {string} [tone] */
function plain(name, word, args = {}, tone = "") {
  const button = makeButton(`btn ${tone}`.trim(), word);
  button.addEventListener("click", () => act(name, args));
  return button;
}

/** @param {string} name @param {object} args */
async function act(name, args) {
  const reason = why.value.trim();
  if (!reason && !UNREASONED.has(name)) {
    fail(t("Write why: it stays on record."));
    why.focus();
    return;
  }
  const key = at.kind === "call" ? { call_id: at.key } : { agent_id: at.key };
  const given = UNREASONED.has(name) ? {} : { why: reason };
  const done = await lead(at.kind, name, { ...key, ...args, ...given });
  if (!done) return fail(failed());
  if (!done.done) return fail(OBSTACLES[done.why] ?? failed());
  dialog.close();
  tell(DEEDS[name] ?? "", done.undo);
}

/** @param {Kind} kind @param {string} name @param {object} args @returns {Promise<Done | null>} */
async function lead(kind, name, args) {
  try {
    const path = PATHS[name] ?? kind;
    return await ask(`/supervision/${path}`, { csrf: config.csrf, body: { name, args } });
  } catch {
    return null;
  }
}

function failed() {
  return t("That did not go through. Try again.");
}

/** @param {string} word */
function fail(word) {
  setText($("acts-error"), word);
  why.setAttribute("aria-invalid", String(word !== "" && !why.value.trim()));
}

/** A word at the foot of the page, and the way back. @param {string} word @param {Undo | null} undo */
function tell(word, undo) {
  back = undo && { kind: at.kind, undo };
  setText($("acts-done-word"), word);
  $("acts-undo").hidden = !undo;
  $("acts-done").hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => {
    $("acts-done").hidden = true;
  }, DONE_MS);
}

async function undo() {
  const wanted = back;
  if (!wanted) return;
  back = null;
  const { name, args } = wanted.undo;
  const given = UNREASONED.has(name) ? {} : { why: t("Taken back") };
  const done = await lead(wanted.kind, name, { ...args, ...given });
  tell(done?.done ? t("Taken back.") : (OBSTACLES[done?.why ?? ""] ?? failed()), null);
}

$("acts-undo").addEventListener("click", undo);
$("acts-close").addEventListener("click", () => dialog.close());
$("acts-form").addEventListener("submit", (event) => event.preventDefault()); // a deed is a click
dialog.addEventListener("close", () => {
  // The row may have been made anew meanwhile.
  const [row] = document.querySelectorAll(`[data-acts="${at.kind} ${CSS.escape(at.key)}"]`);
  if (row instanceof HTMLElement) row.focus();
});
