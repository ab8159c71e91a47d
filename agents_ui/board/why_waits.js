/** Why a call waits, in one sentence: what stands between it and whom. Names come on opening. */

/** @import { CallRow, DemandRow } from "./port.js" */

import { languageName, t } from "../shell/texts.js";
import { clockTime } from "../shell/time.js";

/** @type {Record<string, string>} */
const CIRCLES = {
  agent: t("only the agent of the last talk is asked yet"),
  centre: t("only its own centre is asked yet"),
  municipality: t("only its own municipality is asked yet"),
  region: t("only its own region is asked yet"),
};

/** @param {CallRow} call @param {DemandRow | undefined} demand @param {(skill: string) => string} skillName */
export function whyWaits(call, demand, skillName) {
  if (call.phase === "offered") return t("It rings at an agent");
  if (!demand) return "";
  if (demand.lacks) return lacking(demand, skillName);
  const { able, ready, busy, counter, away } = demand;
  if (ready > 0) return free(call, ready);
  if (busy + counter + away === 0)
    return t("None of the {able} who can answer is at work", { able });
  const doing = [
    busy && t("{count} in calls", { count: busy }),
    counter && t("{count} at the counter", { count: counter }),
    away && t("{count} not ready", { count: away }),
  ];
  return t("All who can answer are occupied: {doing}", { doing: doing.filter(Boolean).join(", ") });
}

/** @param {CallRow} call @param {number} count of agents who can answer and are free */
function free({ circle, widens_at }, count) {
  const only = CIRCLES[circle];
  if (!only) return t("{count} free who can answer: not asked, or declined", { count });
  if (widens_at === null) return t("{count} free elsewhere: {only}", { count, only });
  const time = clockTime(widens_at, true);
  return t("{count} free elsewhere: {only}, until {time}", { count, only, time });
}

/** @param {DemandRow} demand @param {(skill: string) => string} skillName */
function lacking({ lacks, detail }, skillName) {
  if (lacks === "language")
    return t("Nobody knows the language: {name}", { name: languageName(detail) });
  if (lacks === "authority") return t("Nobody answers for this municipality's services");
  return t("Nobody has the skill: {name}", { name: skillName(detail) });
}
