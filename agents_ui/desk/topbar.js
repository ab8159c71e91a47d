/** The top bar: own state, the hotline at a glance, the health of phone and microphone, the link. */

import { percent, t } from "./texts.js";
import { countFrom } from "./time.js";
import { REASONS, STATES, TONES, TROUBLES, stateWord } from "./words.js";

const HINT_MS = 6000;
let hinting = 0;
const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** Show the state that the server has for this agent, and what comes after the call. */
export function showState(view) {
  const held = Boolean(view.call?.held_since);
  $("state").className = `pill ${held ? "hold" : tone(view)}`;
  $("state-word").textContent = held ? t("On hold") : stateWord(view.state, view.reason);
  countFrom($("state-clock"), view.call?.held_since ?? view.since);
  const later = ["RESERVED", "TALKING", "WRAP_UP"].includes(view.state);
  $("state-hint").hidden = later;
  $("state-hint-next").hidden = !later;
  $("wanted").hidden = !(later && view.wanted === "NOT_READY");
  $("wanted-word").textContent = REASONS[view.wanted_reason] ?? STATES.NOT_READY;
  for (const button of document.querySelectorAll(
    "#state-menu [data-reason], #state-menu [data-do=ready]",
  )) {
    button.setAttribute("aria-pressed", String(wants(view, button.dataset.reason)));
  }
  lockPage(later && view.state !== "WRAP_UP");
}

function tone(view) {
  return TROUBLES.has(view.reason) ? "bad" : TONES[view.state];
}

function wants(view, reason) {
  return reason
    ? view.wanted === "NOT_READY" && view.wanted_reason === reason
    : view.wanted === "READY";
}

/** Leaving the page would interrupt the sound: no log-out, no other language in mid-call. */
function lockPage(locked) {
  $("menu-warning").hidden = !locked;
  for (const button of document.querySelectorAll("#person-menu form button"))
    button.disabled = locked;
}

/** The whole hotline in three figures. */
export function showLine(line) {
  $("line-waiting").textContent = String(line.waiting);
  countFrom($("line-longest"), line.longest_since);
  $("line-level").textContent = percent(line.service_level);
}

/** One sentence on what stands between the agent and a call; the empty string when nothing does. */
export function trouble({ view, phone, microphone, started }) {
  if (view && !view.telephony) return t("The telephone exchange is away");
  if (view?.device === "mobile") return ""; // its phone is not this page
  if (started && !microphone.live) return t("No microphone");
  if (phone.registration !== "registered") return t("Phone is connecting");
  if (view && !view.phone) return t("Phone is connecting");
  return "";
}

/** @param {string} word from `trouble` */
export function showHealth(word, started) {
  const fine = started ? t("Phone and microphone work") : t("Phone works");
  setText($("health"), word || fine);
  $("health").className = `pill plain ${word ? "bad" : "ready"}`;
}

/** Which checks of the shift's start are met. @param {Record<string, boolean>} checks */
export function showChecks(checks) {
  for (const [name, ok] of Object.entries(checks)) {
    document.querySelector(`[data-check="${name}"]`).dataset.ok = String(ok);
  }
}

/** A word that goes by itself. @param {string} word */
export function hint(word) {
  clearTimeout(hinting);
  setText($("hint"), word);
  $("hint").hidden = false;
  hinting = setTimeout(() => ($("hint").hidden = true), HINT_MS);
}

/** A word across the page; null takes it away. @param {string | null} word */
export function showBanner(word, { login = false } = {}) {
  $("banner").hidden = word === null;
  setText($("banner-word"), word ?? "");
  $("banner-login").hidden = !login;
  $("line")?.classList.toggle("stale", word !== null);
}

/** Says it once: a live region speaks at every change. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
