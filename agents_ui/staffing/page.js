/** The page of forecast and staffing: the chosen day as two charts, and choices that take effect at once. */

import { QuarterChart, rounded } from "../shell/charts.js";
import { $, all, setText } from "../shell/dom.js";
import "../shell/menus.js";
import { clock } from "../shell/quarters.js";
import { config, t } from "../shell/texts.js";

/**
 * @typedef {{ first: number, expected: number[], low: number[], high: number[], came: number[],
 *   need: number[], there: number[] }} Charted
 */

document.body.classList.add("scripted");
for (const choice of all("select[data-at-once]", HTMLSelectElement))
  choice.addEventListener("change", () => choice.form?.requestSubmit());

const day = /** @type {Charted} */ (config.day);

/** What stands at a quarter hour, in words. @param {number | null} index */
function point(index) {
  if (index === null || day.expected[index] === undefined) return setText($("pointed"), "\u00a0");
  const at = { time: clock(day.first + index), calls: rounded(day.expected[index]) };
  const between = { low: rounded(day.low[index] ?? 0), high: rounded(day.high[index] ?? 0) };
  const parts = [t("{time}: expected {calls} ({low}–{high})", { ...at, ...between })];
  const came = day.came[index];
  if (came !== undefined) parts.push(t("rang {count}", { count: came }));
  parts.push(t("agents needed {count}", { count: day.need[index] ?? 0 }));
  const there = day.there[index];
  if (there !== undefined) parts.push(t("on shift {count}", { count: there }));
  setText($("pointed"), parts.join(" · "));
}

if (document.getElementById("calls")) {
  const calls = new QuarterChart(
    $("calls"),
    [
      { colour: "--talk", faint: true },
      { colour: "--talk", faint: true },
      { colour: "--hold", shape: "bars" },
      { colour: "--talk" },
    ],
    { height: 220, band: [1, 0], pointed: point },
  );
  calls.show(day.first, [day.low, day.high, day.came, day.expected]);
  const agents = new QuarterChart(
    $("agents"),
    [
      { colour: "--ready", shape: "steps" },
      { colour: "--wrap", shape: "steps", dash: true },
    ],
    { height: 220, pointed: point },
  );
  agents.show(day.first, [day.there, day.need]);
}
