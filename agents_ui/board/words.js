/** The words of the board for what the server names by a code. */

import { t } from "../shell/texts.js";

/** How a call stands, or ended. @type {Record<string, string>} */
export const PHASES = {
  menu: t("In the menu"),
  waiting: t("Waiting"),
  offered: t("Ringing"),
  talking: t("In call"),
  held: t("On hold"),
  consulting: t("A colleague is asked"),
  passing: t("Passed on"),
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
  refused: t("Refused at the door"),
  left_menu: t("Hung up in the menu"),
  served_by_menu: t("Served by the menu"),
  callback: t("Will be called back"),
  previewed: t("An agent reads the card"),
  message: t("Voice message"),
  listening: t("An agent listens"),
  calling: t("Ringing the citizen"),
  not_reached: t("Not reached"),
  rang_in: t("Rang in before us"),
  voicemail: t("Left a message"),
  handled: t("Done without a call"),
  pbx_lost: t("Lost with the exchange"),
  unknown: t("Not known"),
};

/** What an alarm says. @type {Record<string, string>} */
export const ALARMS = {
  "free-agent-not-asked": t("A call waits although an agent who may answer is free"),
  "callback-overdue": t("Citizens were not called back in the promised time"),
  "callbacks-held-back": t(
    "Citizens are not called back: the limits do not allow their numbers now",
  ),
  "dialled-hour": t("Minutes dialled out have reached the limit of an hour"),
  "dialled-day": t("Minutes dialled out have reached the limit of a day"),
  "no-line-out": t("Citizens could not be called back: the telephone line out is down"),
  "message-overdue": t("Voice messages were not handled in the promised time"),
  "messages-full": t("There is no room for voice messages: callers can leave none"),
  "recordings-full": t(
    "There is little room for recordings: the oldest are deleted before their time",
  ),
  "recordings-unreadable": t(
    "Recordings cannot be opened: the key that they were sealed with is missing",
  ),
  "recordings-unsealed": t("Recordings lie unsealed for hours: the log says why"),
  "crisis-unconfirmed": t("Crisis mode was switched and no second person has confirmed it"),
  "exchange-away": t("The telephone exchange is away"),
  "trunk-away": t("A carrier's line does not answer"),
  fault: t("Something went wrong inside and was passed over: the log says where"),
  "record-set-aside": t("The database refused a record: the log says which"),
  "journal-stuck": t("The journal cannot be written: calls go on from memory"),
  "configuration-refused": t("The new configuration has a fault: the former one goes on"),
  "figures-broken": t("The sums of some reports do not hold: see the foot of the reports"),
  alert: t("Alert"),
  "alert-urgent": t("Urgent alert"),
  "enquiries-late": t("Owners of service cards have not answered in time"),
  "outbox-late": t("Mail or webhooks have not gone out for ten minutes"),
  "outbox-failed": t("A message could not be sent today: the log says why"),
  "database-behind": t("The database is behind: reports are not complete"),
};
