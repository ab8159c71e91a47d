/** The six figures at the top, each beside its target. */

/** @import { AgentRow, FigureRow } from "./port.js" */
/** @import { Picture } from "./picture.js" */

import { countFrom } from "../shell/clocks.js";
import { $, setText } from "../shell/dom.js";
import { percent, t } from "../shell/texts.js";
import { duration } from "../shell/time.js";

/** How far a figure is from its target; "" is on it. @typedef {"" | "warn" | "over"} Mark */

/** @param {Picture} picture */
export function showTiles({ view, rows }) {
  const { total } = view;
  const agents = [...rows.agents.values()];
  const waited = total.longest_since === null ? 0 : view.at - total.longest_since;
  tile("waiting", {
    figure: String(total.waiting),
    below: t("target up to {target}", { target: total.target_waiting }),
    mark: above(total.waiting, total.target_waiting),
  });
  tile("longest", {
    below: t("target {target}", { target: duration(total.target_wait_s) }),
    mark: above(waited, total.target_wait_s),
  });
  countFrom(figureOf("longest"), total.longest_since);
  const head = $("tile-level").querySelector(".head")?.firstChild;
  if (head) setText(head, `${levelName(total.answer_within_s)} `);
  tile("level", {
    figure: percent(total.service_level),
    below: t("target {target} · today {today}", {
      target: percent(total.target_service_level),
      today: percent(total.service_level_today),
    }),
    mark: below(total.service_level, total.target_service_level),
  });
  tile("agents", {
    figure: `${count(agents, "READY")} · ${count(agents, "RESERVED", "TALKING")} · ${count(agents, "WRAP_UP")}`,
    below: t("target at least {target} · not ready {count}", {
      target: total.target_ready,
      count: count(agents, "NOT_READY"),
    }),
    mark: agents.length > 0 && total.ready < total.target_ready ? "over" : "",
  });
  tile("abandoned", abandoned(total));
  tile("answered", {
    figure: String(total.answered),
    below: t("average wait {wait}", { wait: averageWait(total) }),
  });
}

/** @param {number | null} seconds */
function levelName(seconds) {
  return seconds === null ? t("Answered in time") : t("Answered within {seconds} s", { seconds });
}

/** @param {FigureRow} row */
export function averageWait(row) {
  return row.average_wait_s === null ? "–" : duration(row.average_wait_s);
}

/** @param {FigureRow} total */
function abandoned(total) {
  const all = total.answered + total.abandoned;
  return {
    figure: all ? percent(total.abandoned / all) : "–",
    below: t("target up to {target} · {count} of {all} · at once {short}", {
      target: percent(total.target_abandoned),
      count: total.abandoned,
      all,
      short: total.short_abandoned,
    }),
    mark: above(total.abandoned, Math.ceil(all * total.target_abandoned)),
  };
}

/** @param {AgentRow[]} agents @param {...AgentRow["state"]} states */
function count(agents, ...states) {
  return agents.filter((agent) => states.includes(agent.state)).length;
}

/** @param {string} name @param {{ figure?: string, below: string, mark?: Mark }} shown */
function tile(name, { figure, below, mark = "" }) {
  const place = $(`tile-${name}`);
  place.dataset.mark = mark;
  if (figure !== undefined) setText(figureOf(name), figure);
  const word = place.querySelector(".word");
  if (word) setText(word, { "": "", warn: t("watch"), over: t("act now") }[mark]);
  if (place.lastElementChild) setText(place.lastElementChild, below);
}

/** @param {string} name */
function figureOf(name) {
  return /** @type {HTMLElement} */ ($(`tile-${name}`).querySelector("b"));
}

/** @param {number} value @param {number} target @returns {Mark} */
function above(value, target) {
  if (value > target * 1.5) return "over";
  return value > target ? "warn" : "";
}

/** @param {number | null} level @param {number} target @returns {Mark} */
function below(level, target) {
  if (level === null || level >= target) return "";
  return level < target - 0.15 ? "over" : "warn";
}
