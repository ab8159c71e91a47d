/** The keyboard: single keys outside text fields only, F2 and the Ctrl keys everywhere. */

import { somethingOpen } from "./menus.js";

const LETTERS = { KeyM: "mute", KeyH: "hold", KeyK: "keypad", KeyR: "ready", KeyV: "counter", KeyP: "pass-on" };

/** What a pressed key means, or null. Pure, but for what has the focus. */
export function meaning(event, { ringing, keypad }) {
  if (event.key === "F2") return ringing ? { name: "answer" } : null;
  if (event.ctrlKey || event.metaKey) return control(event);
  if (event.altKey || event.repeat || inText(event.target) || somethingOpen()) return null;
  if (ringing && event.key === "Enter") return ownButton(event.target) ? null : { name: "answer" };
  if (ringing && event.key === "Escape") return { name: "reject" };
  if (event.key === "?") return { name: "keys" };
  if (keypad && /^[0-9*#]$/.test(event.key)) return { name: "digit", value: event.key };
  if (event.key === "/") return { name: "find-service" };
  if (event.key === "+") return { name: "extend" };
  if (/^[1-5]$/.test(event.key)) return { name: "kind", value: Number(event.key) };
  const name = LETTERS[event.code];
  return name ? { name } : null;
}

/** @param {(name: string, value?: any) => boolean} work says whether the key was used */
export function listen(state, work) {
  document.addEventListener("keydown", (event) => {
    const meant = meaning(event, state());
    if (meant && work(meant.name, meant.value)) event.preventDefault();
  });
}

function control(event) {
  if (event.code === "KeyE") return { name: "end" };
  return event.key === "Enter" ? { name: "save" } : null;
}

function inText(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
}

/** Enter on "Can't answer" must not answer. */
function ownButton(target) {
  return target.closest?.(
    '[data-mode="ringing"] button, [data-mode="callback"] button, a[href], dialog',
  ) !== null;
}
