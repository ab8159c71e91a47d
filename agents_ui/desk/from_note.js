/** What the note may be about: a few cards beside those that were looked for, and never in their place. */

/** @import { ServiceCard } from "../shell/port.js" */

import { $, setText } from "../shell/dom.js";
import { t } from "../shell/texts.js";

const SPACE_MS = 3000;
const box = $("from-note");
const list = $("from-note-cards");
/** Its room is kept, so that nothing moves when there is something to go to. */
const jump = $("to-note", HTMLButtonElement);

/** The call of which cards stand here, or are asked for. */
let ofCall = "";
/** @type {ServiceCard[]} */
let found = [];
let timer = 0;
let askedAt = 0;
let asked = 0;

/**
 * The server has more of a note: it is looked at there, after a while, and only of the call at hand.
 * @param {string} callId
 * @param {(callId: string) => Promise<ServiceCard[]>} look
 * @param {() => void} show is done with what was found
 */
export function noteSaved(callId, look, show) {
  if (callId !== ofCall) return;
  clearTimeout(timer);
  const wait = Math.max(0, askedAt + SPACE_MS - performance.now());
  timer = setTimeout(async () => {
    const mine = ++asked;
    askedAt = performance.now();
    try {
      const cards = await look(callId);
      if (mine !== asked) return;
      found = cards;
      show();
    } catch {
      // without it the desk is as it was
    }
  }, wait);
}

/** Another call, or none: nothing of the last one stays. @param {string} callId */
export function noteOf(callId) {
  if (callId === ofCall) return;
  ofCall = callId;
  clearTimeout(timer);
  asked += 1;
  found = [];
  paintFromNote([], () => list);
}

/**
 * Those that do not stand above already. Whoever has the keyboard here keeps it.
 * @param {readonly string[]} shown their codes
 * @param {(card: ServiceCard) => HTMLElement} row
 */
export function paintFromNote(shown, row) {
  const fresh = found.filter((card) => !shown.includes(card.code));
  if (fresh.length && list.contains(document.activeElement)) return;
  box.hidden = jump.disabled = !fresh.length;
  setText(jump, `${t("From the note")}: ${fresh.length} ↓`);
  list.replaceChildren(...fresh.map(row));
}

jump.addEventListener("click", () => list.querySelector("button")?.focus());
