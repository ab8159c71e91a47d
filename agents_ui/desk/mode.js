/** @import { DeskView } from "./port.js" */

/**
 * What the left column shows: one of its panels.
 * @typedef {"elsewhere" | "out" | "start" | "idle" | "away" | "ringing" | "callback" | "message"
 *   | "listening" | "talking" | "rejoining" | "wrap_up"} Mode
 */

/** Modes in which something is offered, and the page rings. @type {Mode[]} */
export const OFFERED = ["ringing", "callback", "message"];

/**
 * The server's word comes first; where its link is lost, the phone itself still rings and talks
 * (the exchange falls back on the phones alone).
 * @param {{
 *   view: DeskView | null,
 *   phone: { state: string },
 *   started: boolean, // the microphone is open and the ring can be heard
 *   elsewhere: boolean, // another window rings and talks
 *   up: boolean, // the live link
 * }} desk
 * @returns {Mode}
 */
export function modeOf({ view, phone, started, elsewhere, up }) {
  if (elsewhere) return "elsewhere";
  if (!up && phone.state === "incoming") return "ringing";
  if (!up && phone.state === "talking") return "talking";
  if (view?.call?.phase === "ringing" && view.call.callback) return "callback";
  if (view?.call?.phase === "ringing" && view.call.message) return "message";
  if (view?.call) return view.call.phase;
  if (up && view?.state === "LOGGED_OUT") return "out";
  if (!started) return "start";
  return view && ["READY", "RESERVED"].includes(view.state) ? "idle" : "away";
}
