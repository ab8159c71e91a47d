/** The cases of whoever may be calling: the open ones, and folded those that are over. */

/** @import { CallView, CallersCase } from "./port.js" */

import { $, make } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, t } from "../shell/texts.js";
import { shortDate } from "../shell/time.js";
import { wantedOf } from "./callers.js";

/**
 * What kinds and states are called.
 * @type {[Record<CallersCase["kind"], string>, Record<CallersCase["state"], string>]}
 */
const [KINDS, STATES] = /** @type {any} */ (config.case_words);

/** The call and level whose cases stand here. */
let shown = "";

/** @param {CallView | null} call null: nobody */
export async function showCases(call) {
  const wanted = call ? wantedOf(call) : "";
  if (shown === wanted) return;
  shown = wanted;
  if (!wanted) list([]);
  if (!call || !wanted) return;
  try {
    const { cases } = await ask(`/desk/cases/${encodeURIComponent(call.call_id)}`, config);
    if (shown === wanted) list(cases);
  } catch {
    if (shown !== wanted) return;
    list([]);
    shown = ""; // the next view tries again
  }
}

/** @param {CallersCase[]} cases */
function list(cases) {
  const [open, past] = [cases.filter(isOpen), cases.filter((one) => !isOpen(one))];
  $("open-cases").hidden = !open.length;
  $("case-list").replaceChildren(...open.map(row));
  $("past-cases").hidden = !past.length;
  $("past-count").textContent = String(past.length);
  $("past-list").replaceChildren(...past.map(row));
}

/** @param {CallersCase} one */
function isOpen({ over_at }) {
  return over_at === null;
}

/** @param {CallersCase} one */
function row(one) {
  const { opened_at, kind, state, number, spoken, subject } = one;
  const what = make("span", "", [KINDS[kind], STATES[state]].join(" · "));
  const item = make("li", "", make("span", "num mute", shortDate(opened_at)), what);
  item.append(make("span", "tiny", term(one)));
  if (number) item.append(make("span", "said", link(number, spoken), ` ${subject}`));
  return item;
}

/** When it is owed, or was over. @param {CallersCase} one */
function term({ due_on, owed_at, over_at }) {
  if (over_at) return t("over on {day}", { day: shortDate(over_at) });
  if (owed_at) return t("promised by {day}", { day: shortDate(owed_at) });
  return t("due {day}", { day: `${due_on.split("-").slice(1).reverse().join(".")}.` });
}

/** In a window of its own: the phone lives in this one. @param {string} number @param {string} spoken */
function link(number, spoken) {
  const made = make("a", "num", spoken);
  made.href = `/cases/${number}`;
  made.target = "_blank";
  return made;
}
