/** The words for an agent's state, which the server names by a code. */

import { t } from "./texts.js";

/** Why an agent takes no calls. @type {Record<string, string>} */
export const REASONS = {
  counter: t("At counter"),
  break: t("Break"),
  lunch: t("Lunch"),
  training: t("Training"),
  other: t("Other work"),
  shift: t("Just logged in"),
  missed: t("Missed a call"),
  rejected: t("Declined a call"),
  unreachable: t("Phone did not answer"),
  busy: t("Phone is busy"),
  closed: t("Centre is closed"),
  phone: t("No phone"),
  silent: t("Phone does not ring"),
  absent: t("Logged out: no phone"),
  forced: t("Logged out by a supervisor"),
  limit: t("Mobile rung often enough"),
  microphone: t("No microphone"),
  message: t("Hears a message"),
  to_hear: t("Voice message"),
  to_call_back: t("Call back"),
  calling: t("Ringing the citizen"),
};

/** The reasons that nobody chose: somebody should look. */
const TROUBLES = new Set(["missed", "unreachable", "busy", "phone", "silent", "microphone"]);

export const STATES = {
  LOGGED_OUT: t("Logged out"),
  NOT_READY: t("Not ready"),
  READY: t("Ready"),
  RESERVED: t("Ringing"),
  TALKING: t("In call"),
  WRAP_UP: t("Wrap-up"),
};

/** The colour of a state. */
export const TONES = {
  LOGGED_OUT: "away",
  NOT_READY: "away",
  READY: "ready",
  RESERVED: "ring",
  TALKING: "talk",
  WRAP_UP: "wrap",
};

/** Whether a reason, or none, is one that somebody should look at. @param {string | null} reason */
export function isTrouble(reason) {
  return reason !== null && TROUBLES.has(reason);
}

/** The word for a state with its reason. @param {keyof typeof STATES} state @param {string | null} reason */
export function stateWord(state, reason) {
  const told = ["NOT_READY", "RESERVED", "LOGGED_OUT"].includes(state);
  return (told && reason && REASONS[reason]) || STATES[state];
}
