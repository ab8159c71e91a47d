/** How a call came to be where it is: why it waits now, and the log of its decisions. */

/**
 * What the server tells: `sentences` say why.
 * @typedef {import("./port.js").Moment["kind"]} Kind
 * @typedef {{ at: number, kind: Kind, agent: string, by: string, outcome: string, sentences: string[] }} Moment
 * @typedef {{ sentences: string[], moments: Moment[] }} Why
 */

import { timeElement } from "../shell/clocks.js";
import { $, make } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, t } from "../shell/texts.js";
import { PHASES } from "./words.js";

const dialog = $("why", HTMLDialogElement);

/** @type {Record<Kind, (moment: Moment) => string>} */
const TITLES = {
  arrived: () => t("The call arrived"),
  queued: () => t("It joined the queue"),
  widened: () => t("More agents may answer"),
  offered: ({ agent }) => t("Offered to {name}", { name: agent }),
  missed: ({ agent }) => t("{name} did not answer", { name: agent }),
  rejected: ({ agent }) => t("{name} declined", { name: agent }),
  busy: ({ agent }) => t("{name}: the phone was busy", { name: agent }),
  unreachable: ({ agent }) => t("{name}: the phone could not be reached", { name: agent }),
  caller_left: ({ agent }) => t("The caller hung up while it rang at {name}", { name: agent }),
  withdrawn: ({ agent }) => t("The offer to {name} was taken back", { name: agent }),
  transferred: ({ agent }) => t("{name} transferred the caller", { name: agent }),
  taken_over: ({ agent, by }) =>
    t("{name} took the caller over from {other}", { name: agent, other: by }),
  answered: ({ agent }) => t("{name} answered", { name: agent }),
  talk_ended: () => t("The talk ended"),
  ended: ({ outcome }) =>
    t("The call ended: {outcome}", { outcome: PHASES[outcome] ?? t("Not known") }),
};

/**
 * Ask, and show it in a dialog that stays, for the rows are made anew twice a second.
 * @param {HTMLElement | null} button of a call; null: nothing was asked
 */
export async function explain(button) {
  const callId = button?.dataset.why;
  if (!callId) return;
  /** @type {Why} */
  let told = { sentences: [t("Nothing more is known of this call.")], moments: [] };
  try {
    told = await ask(`/board/why/${callId}`, { csrf: config.csrf });
  } catch {
    // The call is none of the latest any more, or the link is down: the page says so elsewhere.
  }
  $("why-sentences").replaceChildren(...told.sentences.map(sentence));
  $("why-moments").replaceChildren(...told.moments.map(moment));
  if (!dialog.open) dialog.showModal();
}

/** @param {Moment} told */
function moment(told) {
  const title = make("span", "", TITLES[told.kind](told));
  const head = [timeElement(told.at), title];
  if (!told.sentences.length) return make("li", "", ...head);
  const reasons = make("ul", "reasons", ...told.sentences.map(sentence));
  return make("li", "", make("details", "", make("summary", "", ...head), reasons));
}

/** @param {string} text */
function sentence(text) {
  return make("li", "", text);
}
