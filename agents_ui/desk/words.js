/** The words of the desk for what the server names by a code. */

/** @import { Mode } from "./mode.js" */

import { t } from "../shell/texts.js";
import { moment } from "../shell/time.js";

/** What a reason for taking no calls asks of the agent. @type {Record<string, string>} */
export const ADVICE = {
  missed: t("A call rang and nobody answered. Press Ready when you are back."),
  rejected: t("You declined a call; it went to somebody else. Press Ready to take the next one."),
  unreachable: t("A call could not reach this phone. Check the connection and press Ready."),
  busy: t("The phone is in another call. Calls come again when that one ends."),
  closed: t("Calls come again when the centre opens. Press Ready to work over hours."),
  phone: t("The phone has lost its connection. It comes back by itself."),
  limit: t("Your mobile was rung as often as the limits allow for now. Press Ready later."),
  microphone: t("Allow the microphone in the browser, or plug in the headset."),
};

/** What to do about a phone that does not ring. @type {Record<import("./port.js").DeskView["device"], string>} */
export const SILENT_ADVICE = {
  browser: t("A call came and this phone did not ring. Reload the page and press Ready."),
  desk: t(
    "A call came and the telephone on the table did not ring. Check its cable and press Ready.",
  ),
  mobile: t(
    "A call came and your mobile did not ring. Check that it is on and has coverage, and press Ready.",
  ),
};

/** The same, for a rest that ends by itself. @type {Record<string, string>} */
export const REST_ADVICE = {
  missed: t("A call rang and nobody answered. Calls come again by themselves."),
  rejected: t("You declined a call; it is offered to others first."),
  unreachable: t("A call could not reach this phone. Check the connection."),
  busy: t("The phone was in another call."),
};

/** Why a citizen may not be called back now. @type {Record<string, string>} */
export const BARRED = {
  "": "",
  prefix: t("This number cannot be called back."),
  number: t("This number was called often enough for now: the limits of the network. Try later."),
  agent: t("You have called out as often as the limits allow for now. A colleague can do it."),
};

/** Why the agent was logged out by nobody. @param {number} at */
export function goneSince(at) {
  return t("You were logged out at {time}, because your phone could not be reached any more.", {
    time: moment(at),
  });
}

/** @type {Record<string, string>} */
export const KINDS = {
  consultation: t("Consultation"),
  application: t("Application"),
  e_service: t("E-service"),
  referral: t("To an institution"),
  complaint: t("Complaint"),
  other: t("Other"),
  not_recorded: t("Not recorded"),
};

/** @type {Record<string, string>} */
export const OUTCOMES = {
  answered: t("Answered"),
  handed_on: t("Handed on"),
  callback: t("Call back promised"),
  not_ours: t("Not our matter"),
};

/** How a citizen came to us. @type {Record<string, string>} */
export const CAME_BY = {
  phone: t("Call"),
  callback: t("Call back"),
  voice_message: t("Voice message"),
  visit: t("Visit"),
  email: t("E-mail"),
  letter: t("Letter"),
  e_address: t("e-address"),
};

/** How an earlier contact ended in which nothing was done. @type {Record<string, string>} */
export const PAST_ENDS = {
  abandoned: t("Hung up while waiting"),
  gave_up: t("Hung up in a second wait"),
  informed: t("Informed by a notice"),
  turned_away: t("Turned away by the queue"),
  left_menu: t("Hung up in the menu"),
  served_by_menu: t("Served by the menu"),
  callback: t("Will be called back"),
  not_reached: t("Not reached"),
  rang_in: t("Rang in before us"),
  voicemail: t("Left a message"),
  handled: t("Done without a call"),
};

/** Who was on the line. @type {Record<string, string>} */
export const LEG_WHO = {
  citizen: t("Citizen"),
  agent: t("Agent"),
  outside: t("Outside the hotline"),
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

/** What can be done for a citizen in the call itself. @type {Record<string, string>} */
export const BY_PHONE = {
  inform: t("inform"),
  submission: t("write down a submission"),
  file: t("fill in and file the application"),
};

/** What of a card its owner has not confirmed. @type {Record<string, string>} */
export const FACTS = {
  fee: t("fee"),
  term: t("term"),
  documents: t("documents"),
  who: t("who it is for"),
  steps: t("steps"),
  legal_act: t("legal basis"),
  telephone: t("telephone"),
  link: t("link"),
};

/** Who ended the call. @type {Record<string, string>} */
export const ENDS = {
  caller: t("The caller hung up."),
  agent: t("You ended the call."),
  lost: t("The connection was lost."),
};

/** At which level the caller is identified. */
export const LEVELS = [
  t("0 · not identified"),
  t("1 · name and contact"),
  t("2 · check questions"),
  t("3 · strong"),
];

/** @type {Partial<Record<Mode, string>>} */
const LINK_LOST = {
  ringing: t("The link to the service is lost: trying again. A call rings, and can be answered."),
  talking: t(
    "The link to the service is lost: trying again. The call goes on, and what you write is kept.",
  ),
  rejoining: t(
    "The link to the service is lost: trying again. The caller waits, and what you write is kept.",
  ),
  listening: t("The link to the service is lost: trying again. What you write is kept."),
  wrap_up: t("The link to the service is lost: trying again. What you write is kept."),
};

/** What is true while the link is lost, by what the desk shows. @param {Mode} mode */
export function linkLost(mode) {
  const alone = t("The link to the service is lost: trying again. A call can still ring here.");
  return LINK_LOST[mode] ?? alone;
}

/** What is wrong with a card. @type {Record<import("./port.js").OwnFlag["kind"], string>} */
export const FLAGS = {
  wrong: t("wrong"),
  outdated: t("out of date"),
  missing: t("something is missing"),
  unclear: t("hard to understand"),
};
