/** The top bar: own state, the hotline at a glance, the health of phone and microphone. */

/** @import { DeskView, LineView } from "./port.js" */

import { countFrom } from "../shell/clocks.js";
import { $, all, setText } from "../shell/dom.js";
import { percent, t } from "../shell/texts.js";
import { now } from "../shell/time.js";
import { isTrouble, REASONS, STATES, stateWord, TONES } from "../shell/words.js";
import { isLong } from "./long_hold.js";

const HINT_MS = 6000;
let hinting = 0;

/** Show the state that the server has for this agent, and what comes after the call. @param {DeskView} view */
export function showState(view) {
  const held = view.call?.held_since ?? null;
  const tone = isTrouble(view.reason) ? "bad" : TONES[view.state];
  const long = isLong(view.call, now());
  $("state").className = `pill ${long ? "ring" : held ? "hold" : tone}`;
  setText($("state-word"), held ? heldWord(long) : stateWord(view.state, view.reason));
  countFrom($("state-clock"), held ?? view.since);
  const later = ["RESERVED", "TALKING", "WRAP_UP"].includes(view.state);
  $("state-hint").hidden = later;
  $("state-hint-next").hidden = !later;
  $("wanted").hidden = !(later && view.wanted === "NOT_READY");
  $("wanted-word").textContent = REASONS[view.wanted_reason ?? ""] ?? STATES.NOT_READY;
  for (const button of all("#state-menu [data-reason], #state-menu [data-do=ready]"))
    button.setAttribute("aria-pressed", String(wants(view, button.dataset.reason)));
  lockPage(later && view.state !== "WRAP_UP");
}

/** @param {boolean} long */
function heldWord(long) {
  return long ? t("Long on hold") : t("On hold");
}

/** @param {DeskView} view @param {string | undefined} reason */
function wants(view, reason) {
  return reason
    ? view.wanted === "NOT_READY" && view.wanted_reason === reason
    : view.wanted === "READY";
}

/** Leaving the page would interrupt the sound: no log-out, no other language in mid-call. @param {boolean} locked */
function lockPage(locked) {
  $("menu-warning").hidden = !locked;
  for (const button of all("#person-menu form button", HTMLButtonElement)) button.disabled = locked;
}

/** The whole hotline in three figures. @param {LineView} line */
export function showLine(line) {
  $("line-waiting").textContent = String(line.waiting);
  countFrom($("line-longest"), line.longest_since);
  $("line-level").textContent = percent(line.service_level);
}

/**
 * One sentence on what stands between the agent and a call; the empty string when nothing does.
 * @param {{
 *   view: DeskView | null,
 *   phone: { registration: string },
 *   microphone: { live: boolean },
 *   started: boolean,
 * }} desk
 */
export function trouble({ view, phone, microphone, started }) {
  if (view && !view.telephony) return t("The telephone exchange is away");
  if (view?.device === "mobile") return ""; // taken for reachable
  if (view?.device === "desk")
    return view.phone ? "" : t("The telephone on the table is not connected");
  if (started && !microphone.live) return t("No microphone");
  if (phone.registration !== "registered") return t("Phone is connecting");
  if (view && !view.phone) return t("Phone is connecting");
  return "";
}

/** @param {string} word from `trouble` @param {boolean} heard whether the microphone counts too */
export function showHealth(word, heard) {
  const fine = heard ? t("Phone and microphone work") : t("Phone works");
  setText($("health"), word || fine);
  $("health").className = `pill plain ${word ? "bad" : "ready"}`;
}

/** Which checks of the shift's start are met. @param {Record<string, boolean>} checks */
export function showChecks(checks) {
  for (const line of all("[data-check]"))
    line.dataset.ok = String(checks[line.dataset.check ?? ""] ?? false);
}

/** A word that goes by itself. @param {string} word */
export function hint(word) {
  clearTimeout(hinting);
  setText($("hint"), word);
  $("hint").hidden = false;
  hinting = setTimeout(() => {
    $("hint").hidden = true;
  }, HINT_MS);
}
