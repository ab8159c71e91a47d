/** The keyboard: single keys outside text fields only, F2 and the Ctrl keys everywhere. Pure. */

import { OFFERED } from "./mode.js";

/** @type {Record<string, string>} */
const LETTERS = {
  KeyM: "mute",
  KeyH: "hold",
  KeyK: "keypad",
  KeyR: "ready",
  KeyV: "counter",
  KeyP: "queue-transfer",
  KeyB: "call-back",
  KeyL: "lock",
};

/**
 * The act that a pressed key stands for, or null.
 * @param {Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "repeat">} event
 * @param {{
 *   target: Pick<Element, "closest"> | null, // what has the focus
 *   ringing: boolean,
 *   keypad: boolean, // open
 *   open: boolean, // a menu or a dialog, which has the keys
 * }} page
 * @returns {{ name: string, value?: string } | null}
 */
export function meaning(event, { target, ringing, keypad, open }) {
  if (event.key === "F2") return ringing ? { name: "answer" } : null;
  if (event.ctrlKey || event.metaKey) return control(event);
  if (event.altKey || event.repeat || open || target?.closest(TEXT)) return null;
  if (ringing && event.key === "Enter") return target?.closest(OWN) ? null : { name: "answer" };
  if (ringing && event.key === "Escape") return { name: "reject" };
  if (event.key === "?") return { name: "keys" };
  if (keypad && /^[0-9*#]$/.test(event.key)) return { name: "digit", value: event.key };
  if (event.key === "/") return { name: "find-service" };
  if (event.key === "+") return { name: "extend" };
  if (/^[1-5]$/.test(event.key)) return { name: "kind", value: event.key };
  const name = LETTERS[event.code];
  return name ? { name } : null;
}

const TEXT = "input, textarea, select, [contenteditable]";
/** Enter on "Can't answer" must not answer. */
const OWN = OFFERED.map((mode) => `[data-mode="${mode}"] button`)
  .concat("a[href]", "dialog")
  .join();

/** @param {Pick<KeyboardEvent, "key" | "code">} event */
function control(event) {
  if (event.code === "KeyE") return { name: "end" };
  return event.key === "Enter" ? { name: "save" } : null;
}
