/** The left column: the call in each of its phases. */

/**
 * @import { CallView, DeskView } from "./port.js"
 * @import { Phone } from "../shell/phone.js"
 * @import { Mode } from "./mode.js"
 */

import { countFrom, countTo, onTick } from "../shell/clocks.js";
import { $, all, setText } from "../shell/dom.js";
import { label, languageName, t } from "../shell/texts.js";
import { duration, moment, now } from "../shell/time.js";
import { REASONS } from "../shell/words.js";
import { showAside } from "./aside.js";
import { showBeside } from "./beside.js";
import { isLong } from "./long_hold.js";
import { masked } from "./number.js";
import { showPlayer, showQuestion } from "./player.js";
import { ADVICE, BARRED, ENDS, goneSince, REST_ADVICE, SILENT_ADVICE } from "./words.js";

const column = $("call-column");

/** The places of a name in every panel: of a fact, a word beside it, a clock. @param {string} name */
const places = (name) => all(`[data-call="${name}"]`, HTMLElement, column);

/**
 * Show one mode with what it needs.
 * @param {Mode} mode
 * @param {DeskView | null} view
 * @param {Phone} phone
 * @param {string} unlifted the offer that the telephone on the table did not answer by itself
 */
export function showCall(mode, view, phone, unlifted) {
  document.body.dataset.call = mode;
  for (const panel of all("[data-mode]", HTMLElement, column))
    panel.hidden = panel.dataset.mode !== mode;
  const call = view?.call ?? null;
  fill(call);
  gone(mode, view);
  showPlayer(mode === "listening" ? call : null);
  showQuestion(mode === "callback" ? call : null);
  if (mode === "away") away(view);
  else if (mode === "ringing") ringing(view, call, unlifted);
  else if (mode === "talking") talking(call, view?.beside ?? null, phone);
  else if (mode === "idle") idle(view);
  else if (mode === "rejoining") countFrom($("rejoin-clock"), call?.answered_at);
  else if (mode === "callback" && call) callback(call);
  else if (mode === "message") timeLeft("message", call);
  else if (mode === "wrap_up" && view && call) wrapUp(view, call);
}

/** @param {CallView | null} call null: the phone alone rings or talks */
function fill(call) {
  const facts = call ? factsOf(call) : WITHOUT_THE_PANEL;
  for (const [name, text] of Object.entries(facts)) {
    for (const element of places(name)) element.textContent = text;
  }
  const rung = Boolean(call?.rung); // nobody waited, and no number of ours was dialled
  const gone = {
    facts: !call,
    waits: !call,
    "waited-line": !facts.waited || rung,
    dialled: rung,
    "dialled-label": rung,
    path: !facts.path,
    "path-label": !facts.path,
    passed: !facts.passed,
    "passed-label": !facts.passed,
    asks: !facts.asks,
    "asks-label": !facts.asks,
    tries: !facts.tries,
    "tries-label": !facts.tries,
    ...promiseGone(call),
  };
  for (const [name, hidden] of Object.entries(gone)) {
    for (const element of places(name)) element.hidden = hidden;
  }
}

const WITHOUT_THE_PANEL = {
  queue: t("Call without the panel"),
  language: t("The panel has lost its link; the phone works."),
  dialled: "",
  "caller-label": t("From"),
  caller: "",
  passed: "",
  asks: "",
  path: "",
  waited: "",
  talked: "",
  asked: "",
  "asked-word": "",
  hotline: "",
  kind: "",
  about: "",
  giver: "",
  due: "",
  attempt: "",
  left: "",
  length: "",
  tries: "",
};

/** @param {CallView} call @returns {typeof WITHOUT_THE_PANEL} */
function factsOf(call) {
  const { answered_at, ended_at, callback, message } = call;
  return {
    queue: label(call.queue_label),
    language: languageName(call.language),
    dialled: label(call.dialled_label),
    "caller-label": call.rung ? t("Number") : t("From"),
    caller: masked(call.caller, call.identified_level > 0 || Boolean(callback?.dialled)),
    passed: call.passed_by,
    asks: call.asked ? [call.asked.name, call.asked.centre].filter(Boolean).join(", ") : "",
    path: call.path.map(label).join(" › "),
    waited: answered_at ? duration(answered_at - call.queued_at) : "",
    talked: ended_at && answered_at ? duration(ended_at - answered_at) : "",
    asked: callback ? moment(callback.asked_at) : "",
    hotline: label(call.dialled_label),
    "asked-word": callback?.given_by ? t("promised") : t("asked"),
    kind: kindOf(callback),
    about: callback?.about ?? "",
    giver: callback?.given_by ?? "",
    due: callback || message ? moment((callback ?? message)?.due_at ?? 0) : "",
    left: message ? moment(message.left_at) : "",
    length: message ? duration(message.seconds) : "",
    tries:
      message && message.attempt > 1
        ? t("{attempt} of {attempts}", { attempt: message.attempt - 1, attempts: message.attempts })
        : "",
    attempt: callback
      ? t("{attempt} of {attempts}", { attempt: callback.attempt, attempts: callback.attempts })
      : "",
  };
}

/** What an agent has dialled was promised by nobody. @param {CallView | null} call */
function promiseGone(call) {
  const { dialled = false, given_by = "", about = "" } = call?.callback ?? {};
  return {
    "asked-line": dialled,
    hotline: dialled,
    "hotline-label": dialled,
    "due-label": dialled,
    due: dialled,
    "attempt-label": dialled,
    attempt: dialled,
    giver: !given_by,
    "giver-label": !given_by,
    about: !about,
  };
}

/** @param {CallView["callback"]} callback */
function kindOf(callback) {
  if (callback?.dialled) return t("Outgoing call");
  return callback?.given_by ? t("Promised call") : t("Call back");
}

/** Who was logged out is told so until the next choice. @param {Mode} mode @param {DeskView | null} view */
function gone(mode, view) {
  const word = view?.gone_at ? goneSince(view.gone_at) : "";
  setText($("was-gone"), word);
  $("was-gone").hidden = !word || !["start", "away"].includes(mode);
  setText($("out-why"), word || t("You are logged out of the hotline."));
  if (view && mode === "out") countFrom($("out-clock"), view.since);
}

/** @param {DeskView | null} view */
function away(view) {
  const [reason, rests] = [view?.reason ?? "", view?.resting_until ?? null];
  $("away-reason").textContent = REASONS[reason] ?? t("Not ready");
  const silent = view && reason === "silent" ? SILENT_ADVICE[view.device] : undefined;
  const advice = silent ?? (rests ? REST_ADVICE : ADVICE)[reason];
  $("away-why").textContent = advice ?? t("No calls come to you now.");
  $("away-rest").hidden = !rests;
  countTo($("away-back"), rests);
  if (view) countFrom($("away-clock"), view.since);
}

/** Whoever is ready is told so only where a call can come. @param {DeskView | null} view */
function idle(view) {
  const off = view?.telephony === false;
  countFrom($("idle-clock"), view?.since);
  $("idle-card").className = `card tinted stack ${off ? "hold" : "ready"}`;
  $("idle-away").hidden = !off;
  $("idle-note").hidden = off;
}

const ON_TABLE = t("The telephone on the table rings. Answer here, or lift its receiver.");
const UNLIFTED = t("The telephone does not answer by itself. Lift its receiver.");

/** @param {DeskView | null} view @param {CallView | null} call @param {string} unlifted */
function ringing(view, call, unlifted) {
  const device = view?.device ?? "browser";
  $("answer").hidden = $("answer-note").hidden = device === "mobile";
  $("desk-note").hidden = device !== "desk";
  setText($("desk-note"), call?.offer_id === unlifted ? UNLIFTED : ON_TABLE);
  $("mobile-note").hidden = device !== "mobile";
  for (const element of places("wait")) countFrom(element, call?.queued_at);
  $("ring-left").hidden = !call?.ring_until;
  $("ring-note").hidden = !call?.ring_until || Boolean(call.asked);
  setText($("ring-word"), ringWord(call));
  timeLeft("ring", call);
}

/** @param {CallView | null} call */
function ringWord(call) {
  if (!call?.asked) return t("Incoming call");
  return call.asked.passes ? t("A colleague passes a caller on to you") : t("A colleague asks you");
}

/** The card of a promise to ring back, and then the ringing at the citizen's. @param {CallView} call */
function callback(call) {
  const calling = call.callback?.calling ?? false;
  $("callback-card").hidden = calling;
  $("callback-rings").hidden = !calling;
  $("ring-back", HTMLButtonElement).disabled = Boolean(call.barred);
  $("barred").hidden = !call.barred;
  setText($("barred"), BARRED[call.barred ?? ""] ?? "");
  timeLeft("card", call);
}

/** How long an offer stands. @param {"ring" | "card" | "message"} card @param {CallView | null} call */
function timeLeft(card, call) {
  drain(`${card}-left`, call?.offered_at, call?.ring_until);
  $(`${card}-seconds`).dataset.form = "seconds";
  countTo($(`${card}-seconds`), call?.ring_until);
}

/** @param {CallView | null} call @param {CallView | null} beside @param {Phone} phone */
function talking(call, beside, phone) {
  countFrom($("talk-clock"), call?.answered_at);
  showAside(call);
  showBeside(beside);
  const held = phone.held || Boolean(call?.held_since);
  const muted = phone.muted || Boolean(call?.muted);
  press("mute", muted, muted ? t("Unmute") : t("Mute"));
  press("hold", held, held ? t("Take back") : t("Hold"));
  $("phone-holds").hidden = !call?.phone_holds;
  $("muted").hidden = !muted;
  $("held").hidden = !held;
  $("held").className = `pill plain ${isLong(call, now()) ? "ring" : "hold"}`;
  countFrom($("hold-clock"), call?.held_since);
  recording(call?.recording ?? "");
}

/** Whether the talk is recorded, plainly. @param {CallView["recording"]} state */
function recording(state) {
  const pill = $("recorded");
  pill.hidden = !state;
  pill.className = state === "on" ? "pill bad" : "pill plain hold";
  setText(pill, RECORDING[state] ?? "");
  $("pause-recording").hidden = !["on", "paused"].includes(state);
  const paused = state === "paused";
  press("pause-recording", paused, paused ? t("Go on recording") : t("Pause recording"));
}

/** @type {Record<string, string>} */
const RECORDING = {
  on: t("Talk is recorded"),
  paused: t("Recording paused"),
  aside: t("Not recorded meanwhile"),
};

/** @param {DeskView} view @param {CallView} call */
function wrapUp(view, call) {
  countTo($("wrap-clock"), call.wrap_up_until);
  $("wrap-end").textContent = ENDS[call.end ?? ""] ?? "";
  drain("wrap-left", call.ended_at, call.wrap_up_until);
  $("wrap-then").textContent =
    view.wanted === "READY" ? t("Ready") : (REASONS[view.wanted_reason ?? ""] ?? t("Not ready"));
}

/** @param {string} id of a button @param {boolean} on @param {string} word */
function press(id, on, word) {
  const button = $(id);
  button.setAttribute("aria-pressed", String(on));
  if (button.firstChild) button.firstChild.textContent = `${word} `;
}

/**
 * Let a bar grow shorter between two moments.
 * @param {string} id
 * @param {number | null | undefined} from
 * @param {number | null | undefined} until
 */
function drain(id, from, until) {
  const bar = $(id);
  bar.dataset.from = String(from ?? "");
  bar.dataset.end = String(until ?? "");
}

onTick(() => {
  for (const bar of all("progress[data-end]", HTMLProgressElement, column)) {
    const [from, end] = [Number(bar.dataset.from), Number(bar.dataset.end)];
    if (end > from) bar.value = Math.min(1, Math.max(0, (end - now()) / (end - from)));
  }
});
