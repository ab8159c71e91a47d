/** The left column: the call in each of its phases. */

import { label, languageName, t } from "./texts.js";
import { countFrom, countTo, duration, moment, now, onTick } from "./time.js";
import { ADVICE, ENDS, REASONS, REST_ADVICE } from "./words.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const column = $("call-column");

/**
 * What the left column shows. The server's word comes first; where its link is lost, the phone
 * itself still rings and talks (the exchange falls back on the phones alone).
 */
export function modeOf({ view, phone, started, elsewhere, up }) {
  if (elsewhere) return "elsewhere";
  const alone = { incoming: "ringing", talking: "talking" }[phone.state];
  if (!up && alone) return alone;
  if (view?.call?.phase === "ringing" && view.call.callback) return "callback";
  if (view?.call) return view.call.phase;
  if (!started) return "start";
  return view && ["READY", "RESERVED"].includes(view.state) ? "idle" : "away";
}

/** Show one mode with what it needs. */
export function showCall(mode, view, phone) {
  document.body.dataset.call = mode;
  for (const panel of column.querySelectorAll("[data-mode]"))
    panel.hidden = panel.dataset.mode !== mode;
  const call = view?.call ?? null;
  fill(call);
  ({ idle, away, ringing, callback, talking, rejoining, wrap_up: wrapUp })[mode]?.(view, call, phone);
}

/**
 * `+371 29 ··· ·45`: the middle stays hidden from whoever stands at the desk.
 * @param {string | null} number E.164, null when withheld
 */
export function masked(number, whole = false) {
  if (number === null) return t("Number withheld");
  const [, country, national] = /^(\+371)?(.*)$/.exec(number) ?? [];
  const shown = whole
    ? national
    : national.replace(/(?<=^\+?..).*(?=..$)/, (middle) => "·".repeat(middle.length));
  const grouped =
    country && shown.length === 8 ? shown.replace(/^(..)(...)(...)$/, "$1 $2 $3") : shown;
  return [country, grouped].filter(Boolean).join(" ");
}

function fill(call) {
  const texts = {
    queue: call ? label(call.queue_label) : t("Call without the panel"),
    language: call
      ? languageName(call.language)
      : t("The panel has lost its link; the phone works."),
    dialled: call ? label(call.dialled_label) : "",
    caller: call ? masked(call.caller, call.identified_level > 0) : "",
    passed: call?.passed_by ?? "",
    path: call ? call.path.map(label).join(" › ") : "",
    waited: call?.answered_at ? duration(call.answered_at - call.queued_at) : "",
    talked: call?.ended_at && call.answered_at ? duration(call.ended_at - call.answered_at) : "",
    asked: call?.callback ? moment(call.callback.asked_at) : "",
    due: call?.callback ? moment(call.callback.due_at) : "",
    attempt: call?.callback
      ? t("{attempt} of {attempts}", {
          attempt: call.callback.attempt,
          attempts: call.callback.attempts,
        })
      : "",
  };
  for (const [name, text] of Object.entries(texts)) {
    for (const element of column.querySelectorAll(`[data-call="${name}"]`))
      element.textContent = text;
  }
  const gone = {
    facts: !call,
    waits: !call,
    "waited-line": !texts.waited,
    path: !texts.path,
    "path-label": !texts.path,
    passed: !texts.passed,
    "passed-label": !texts.passed,
  };
  for (const [name, hidden] of Object.entries(gone)) {
    for (const element of column.querySelectorAll(`[data-call="${name}"]`)) element.hidden = hidden;
  }
}

function idle(view) {
  countFrom($("idle-clock"), view.since);
}

function away(view) {
  $("away-reason").textContent = REASONS[view?.reason] ?? t("Not ready");
  const rests = view?.resting_until ?? null;
  const advice = (rests ? REST_ADVICE : ADVICE)[view?.reason];
  $("away-why").textContent = advice ?? t("No calls come to you now.");
  $("away-rest").hidden = !rests;
  countTo($("away-back"), rests);
  if (view) countFrom($("away-clock"), view.since);
}

function ringing(view, call) {
  const mobile = view?.device === "mobile";
  $("answer").hidden = $("answer-note").hidden = mobile;
  $("mobile-note").hidden = !mobile;
  for (const element of column.querySelectorAll('[data-call="wait"]'))
    countFrom(element, call?.queued_at);
  $("ring-note").hidden = $("ring-left").hidden = !call?.ring_until;
  drain($("ring-left"), call?.offered_at, call?.ring_until);
  $("ring-seconds").dataset.form = "seconds";
  countTo($("ring-seconds"), call?.ring_until);
}

/** The card of a promise to ring back, and then the ringing at the citizen's. */
function callback(_, call) {
  const { calling } = call.callback;
  $("callback-card").hidden = calling;
  $("callback-rings").hidden = !calling;
  drain($("card-left"), call.offered_at, call.ring_until);
  $("card-seconds").dataset.form = "seconds";
  countTo($("card-seconds"), call.ring_until);
}

function talking(_, call, phone) {
  countFrom($("talk-clock"), call?.answered_at);
  const held = phone.held || Boolean(call?.held_since);
  press($("mute"), phone.muted, phone.muted ? t("Unmute") : t("Mute"));
  press($("hold"), held, held ? t("Take back") : t("Hold"));
  $("muted").hidden = !phone.muted;
  $("held").hidden = !held;
  countFrom($("hold-clock"), call?.held_since);
}

function rejoining(_, call) {
  countFrom($("rejoin-clock"), call.answered_at);
}

function wrapUp(view, call) {
  countTo($("wrap-clock"), call.wrap_up_until);
  $("wrap-end").textContent = ENDS[call.end] ?? "";
  drain($("wrap-left"), call.ended_at, call.wrap_up_until);
  $("wrap-then").textContent =
    view.wanted === "READY" ? t("Ready") : (REASONS[view.wanted_reason] ?? t("Not ready"));
}

function press(button, on, word) {
  button.setAttribute("aria-pressed", String(on));
  button.firstChild.textContent = `${word} `;
}

function drain(bar, from, until) {
  bar.dataset.from = from ?? "";
  bar.dataset.end = until ?? "";
}

onTick(() => {
  for (const bar of column.querySelectorAll("progress[data-end]")) {
    const [from, end] = [Number(bar.dataset.from), Number(bar.dataset.end)];
    if (end > from) bar.value = Math.min(1, Math.max(0, (end - now()) / (end - from)));
  }
});
