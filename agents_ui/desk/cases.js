/** The open cases of whoever may be calling, beside the history of the number. */

/** @import { CallView, OpenCase } from "./port.js" */

import { $, make } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, t } from "../shell/texts.js";
import { shortDate } from "../shell/time.js";

/** @type {Record<OpenCase["kind"], string>} */
const KINDS = {
  question: t("Question"),
  fault: t("Fault"),
  submission: t("Submission"),
  complaint: t("Complaint"),
  decision: t("Administrative act"),
};
/** @type {Record<OpenCase["state"], string>} */
const STATES = {
  open: t("In hand"),
  waiting: t("Waits for the citizen"),
  handed_on: t("Handed on"),
  done: t("Done"),
  closed: t("Closed"),
};

/** The call and level whose cases stand here. */
let shown = "";

/** @param {CallView | null} call null: nobody */
export async function showCases(call) {
  const wanted = call?.caller ? `${call.call_id} ${call.identified_level}` : "";
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

/** @param {OpenCase[]} cases */
function list(cases) {
  $("open-cases").hidden = !cases.length;
  $("case-list").replaceChildren(...cases.map(row));
}

/** @param {OpenCase} one */
function row({ opened_at, kind, state, due_on, owed_at, number, spoken, subject }) {
  const what = make("span", "", [KINDS[kind], STATES[state]].join(" · "));
  const until = owed_at ? shortDate(owed_at) : due_on.split("-").slice(1).reverse().join(".");
  const by = make(
    "span",
    "tiny",
    owed_at ? t("promised by {day}", { day: until }) : t("due {day}", { day: `${until}.` }),
  );
  const item = make("li", "", make("span", "num mute", shortDate(opened_at)), what, by);
  if (number) item.append(make("span", "said", link(number, spoken), ` ${subject}`));
  return item;
}

/** In a window of its own: the phone lives in this one. @param {string} number @param {string} spoken */
function link(number, spoken) {
  const made = make("a", "num", spoken);
  made.href = `/cases/${number}`;
  made.target = "_blank";
  return made;
}
