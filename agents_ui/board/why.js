/** How a call came to be where it is: why it waits now, and the log of its decisions. */

import { ask } from "./live.js";
import { config, t } from "./texts.js";
import { timeElement } from "./time.js";
import { PHASES } from "./words.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** @type {Record<string, (moment: any) => string>} */
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
  passed_on: ({ agent }) => t("{name} passed the caller on", { name: agent }),
  answered: ({ agent }) => t("{name} answered", { name: agent }),
  talk_ended: () => t("The talk ended"),
  ended: ({ outcome }) =>
    t("The call ended: {outcome}", { outcome: PHASES[outcome] ?? PHASES.unknown }),
};

/** Ask, and show it in a dialog that stays, for the rows are made anew twice a second. */
export async function explain(/** @type {string} */ callId) {
  let told = { sentences: [t("Nothing more is known of this call.")], moments: [] };
  try {
    told = await ask(`/board/why/${callId}`, { csrf: config.csrf });
  } catch {
    // The call is none of the latest any more, or the link is down: the page says so elsewhere.
  }
  $("why-sentences").replaceChildren(...told.sentences.map(sentence));
  $("why-moments").replaceChildren(...told.moments.map(moment));
  if (!$("why").open) $("why").showModal();
}

function moment(/** @type {any} */ told) {
  const item = document.createElement("li");
  const title = document.createElement("span");
  title.textContent = TITLES[told.kind](told);
  if (!told.sentences.length) {
    item.append(timeElement(told.at), title);
    return item;
  }
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.append(timeElement(told.at), title);
  const reasons = document.createElement("ul");
  reasons.className = "reasons";
  reasons.replaceChildren(...told.sentences.map(sentence));
  details.append(summary, reasons);
  item.append(details);
  return item;
}

function sentence(/** @type {string} */ text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}
