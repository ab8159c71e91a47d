/** The words for what the server names by a code. */

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
  microphone: t("No microphone"),
};

/** The reasons that nobody chose: somebody should look. */
export const TROUBLES = new Set(["missed", "unreachable", "busy", "phone", "microphone"]);

/** What a reason asks of the agent. @type {Record<string, string>} */
export const ADVICE = {
  missed: t("A call rang and nobody answered. Press Ready when you are back."),
  rejected: t("You declined a call; it went to somebody else. Press Ready to take the next one."),
  unreachable: t("A call could not reach this phone. Check the connection and press Ready."),
  busy: t("The phone is in another call. Calls come again when that one ends."),
  closed: t("Calls come again when the centre opens. Press Ready to work over hours."),
  phone: t("The phone has lost its connection. It comes back by itself."),
  microphone: t("Allow the microphone in the browser, or plug in the headset."),
};

/** The same, for a rest that ends by itself. @type {Record<string, string>} */
export const REST_ADVICE = {
  missed: t("A call rang and nobody answered. Calls come again by themselves."),
  rejected: t("You declined a call; it is offered to others first."),
  unreachable: t("A call could not reach this phone. Check the connection."),
  busy: t("The phone was in another call."),
};

/** @type {Record<string, string>} */
export const STATES = {
  LOGGED_OUT: t("Logged out"),
  NOT_READY: t("Not ready"),
  READY: t("Ready"),
  RESERVED: t("Ringing"),
  TALKING: t("In call"),
  WRAP_UP: t("Wrap-up"),
};

/** The colour of a state. @type {Record<string, string>} */
export const TONES = {
  LOGGED_OUT: "away",
  NOT_READY: "away",
  READY: "ready",
  RESERVED: "ring",
  TALKING: "talk",
  WRAP_UP: "wrap",
};

/** @type {Record<string, string>} */
export const KINDS = {
  consultation: t("Consultation"),
  application: t("Application"),
  e_service: t("E-service"),
  referral: t("To an institution"),
  other: t("Other"),
};

/** @type {Record<string, string>} */
export const OUTCOMES = {
  answered: t("Answered"),
  handed_on: t("Handed on"),
  callback: t("Call back promised"),
  not_ours: t("Not our matter"),
};

/** How a service can be had. @type {Record<string, string>} */
export const CHANNELS = {
  in_person: t("in person"),
  online: t("online"),
  post: t("by post"),
  e_address: t("e-address"),
  phone: t("by phone"),
  centre: t("at the service centre"),
};

/** Who ended the call. @type {Record<string, string>} */
export const ENDS = {
  caller: t("The caller hung up."),
  agent: t("You ended the call."),
  lost: t("The connection was lost."),
};

/** How a call on the board stands, or ended. @type {Record<string, string>} */
export const PHASES = {
  menu: t("In the menu"),
  waiting: t("Waiting"),
  offered: t("Ringing"),
  talking: t("In call"),
  rejoining: t("Coming back"),
  recording: t("Leaves a message"),
  transferred: t("Transferred"),
  closing: t("Ending"),
  ended: t("Ended"),
  answered: t("Answered"),
  abandoned: t("Hung up while waiting"),
  gave_up: t("Hung up in a second wait"),
  informed: t("Informed by a notice"),
  turned_away: t("Turned away by the queue"),
  left_menu: t("Hung up in the menu"),
  served_by_menu: t("Served by the menu"),
  callback: t("Will be called back"),
  previewed: t("An agent reads the card"),
  calling: t("Ringing the citizen"),
  not_reached: t("Not reached"),
  rang_in: t("Rang in before us"),
  voicemail: t("Left a message"),
  pbx_lost: t("Lost with the exchange"),
  unknown: t("Not known"),
};

/** What an alarm says. @type {Record<string, string>} */
export const ALARMS = {
  "free-agent-not-asked": t("A call waits although an agent who may answer is free"),
  "callback-overdue": t("Citizens were not called back in the promised time"),
  "exchange-away": t("The telephone exchange is away"),
  "journal-stuck": t("The journal can't be written: calls go on from memory"),
  "configuration-refused": t("The new configuration has a fault: the former one goes on"),
  "database-behind": t("The database is behind: reports are not complete"),
};

/** The word for a state with its reason. @param {string} state @param {string | null} reason */
export function stateWord(state, reason) {
  return state === "NOT_READY" && reason ? (REASONS[reason] ?? STATES.NOT_READY) : STATES[state];
}
