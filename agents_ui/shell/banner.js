/** A word to everyone on the page: the link is down, somebody is logged out, crisis mode is on. */

/** @import { CrisisNotice } from "./port.js" */

import { countTo } from "./clocks.js";
import { $, setText } from "./dom.js";
import { label, t } from "./texts.js";
import { clockTime, longDate, now } from "./time.js";

const DAY_S = 20 * 3600; // beyond it the hour alone could mean another day

/** A word across the page; null takes it away. @param {string | null} word */
export function showBanner(word, { login = false } = {}) {
  $("banner").hidden = word === null;
  setText($("banner-word"), word ?? "");
  $("banner-login").hidden = !login;
}

/** Which plan, until when, how long yet. @param {CrisisNotice | null} crisis */
export function showCrisis(crisis) {
  $("crisis").hidden = !crisis;
  if (!crisis) return;
  const hour = clockTime(crisis.until);
  const time = crisis.until - now() < DAY_S ? hour : `${longDate(crisis.until)}, ${hour}`;
  setText(
    $("crisis-word"),
    t("Crisis mode: {plan}, until {time}", { plan: label(crisis.label), time }),
  );
  countTo($("crisis-clock"), crisis.until);
}
