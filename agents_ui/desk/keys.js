/** The keyboard: single keys outside text fields, with Alt also in them; F2 and Ctrl everywhere. Pure. */

import { OFFERED } from "./mode.js";

/** @type {Record<string, string>} */
const LETTERS = {
  KeyM: "mute",
  KeyH: "hold",
  KeyK: "keypad",
  KeyR: "ready",
  KeyV: "counter",
  KeyP: "queue-transfer",
  KeyT: "reach",
  KeyY: "complete",
  KeyS: "swap",
  KeyJ: "join-all",
  KeyX: "drop",
  KeyZ: "turn",
  KeyB: "call-back",
  KeyD: "dial",
  KeyN: "note",
  KeyI: "identify",
  KeyU: "who",
  KeyL: "lock",
  KeyW: "visit",
  KeyC: "complaint",
  KeyO: "case",
  KeyA: "help",
  KeyQ: "pause-recording",
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
  if (event.ctrlKey && event.altKey) return null; // AltGr: a letter with a diacritic
  if (event.ctrlKey || event.metaKey) return control(event);
  if (event.repeat || open) return null;
  if (event.altKey) return single(event, false);
  if (target?.closest(TEXT)) return null;
  if (ringing && event.key === "Enter") return target?.closest(OWN) ? null : { name: "answer" };
  if (ringing && event.key === "Escape") return { name: "reject" };
  if (event.key === "?") return { name: "keys" };
  return single(event, keypad);
}

/**
 * A key of its own, or with Alt where letters are written.
 * @param {Pick<KeyboardEvent, "key" | "code">} event
 * @param {boolean} keypad
 */
function single({ key, code }, keypad) {
  if (keypad && /^[0-9*#]$/.test(key)) return { name: "digit", value: key };
  if (key === "/") return { name: "find-service" };
  if (key === "+") return { name: "extend" };
  if (/^[1-5]$/.test(key)) return { name: "kind", value: key };
  if (/^[6-9]$/.test(key)) return { name: "outcome", value: String(Number(key) - KINDS) };
  const name = LETTERS[code];
  return name ? { name } : null;
}

const KINDS = 5;
/** Where letters are written. */
export const TEXT = "input, textarea, select, [contenteditable]";
/** Enter on "Cannot answer" must not answer. */
const OWN = OFFERED.map((mode) => `[data-mode="${mode}"] button`)
  .concat("a[href]", "dialog")
  .join();

/** @param {Pick<KeyboardEvent, "key" | "code">} event */
function control(event) {
  if (event.code === "KeyE") return { name: "end" };
  return event.key === "Enter" ? { name: "save" } : null;
}
