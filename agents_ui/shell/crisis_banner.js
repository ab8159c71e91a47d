/** Crisis mode on every page: which plan, until when, how long yet. */

import { label, t } from "./texts.js";
import { clockTime, countTo, longDate, now } from "./time.js";

const DAY_S = 20 * 3600; // beyond it the hour alone could mean another day
const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** @param {{label: Record<string, string>, since: number, until: number} | null} crisis */
export function showCrisis(crisis) {
  $("crisis").hidden = !crisis;
  if (!crisis) return;
  const word = t("Crisis mode: {plan}, until {time}", {
    plan: label(crisis.label),
    time: moment(crisis.until),
  });
  // A screen reader tells it once, not with every view.
  if ($("crisis-word").textContent !== word) $("crisis-word").textContent = word;
  countTo($("crisis-clock"), crisis.until);
}

function moment(at) {
  const hour = clockTime(at);
  return at - now() < DAY_S ? hour : `${longDate(at)}, ${hour}`;
}
