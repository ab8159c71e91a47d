/** Today by quarter hour, a chart for each queue that is chosen: what rang beside what was expected. */

/** @import { FigureRow } from "./port.js" */

import { QuarterChart, rounded } from "../shell/charts.js";
import { $, all, make, setText } from "../shell/dom.js";
import { clock } from "../shell/quarters.js";
import { t } from "../shell/texts.js";
import { figureName } from "./rows.js";

/**
 * As `agents_ui/staffing/port.py` has it.
 * @typedef {{ first: number, expected: number[], low: number[], high: number[], offered: number[],
 *   answered: number[], abandoned: number[], gone: number, expected_by: "forecast" | "weekdays" | "nothing" }} Day
 */

const POLL_S = 30; // the figures of a quarter hour, not of a moment
const MOST = 6;
const KEPT = "board.days";
const WHOLE = "";

const sum = (/** @type {number[]} */ column) => column.reduce((one, other) => one + other, 0);

class DayChart {
  /** @param {string} key @param {string} name */
  constructor(key, name) {
    this.key = key;
    this.said = "";
    /** @type {Day | null} */
    this.day = null;
    this.word = make("span", "tiny num pointed", "\u00a0");
    const box = make("div", "plot");
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", t("The same figures are in the table."));
    this.body = make("tbody", "");
    this.table = make("details", "", make("summary", "tiny", t("As a table")), this.made());
    this.table.addEventListener("toggle", () => this.fill());
    this.figure = make(
      "figure",
      "",
      make("figcaption", "", make("b", "", name), " ", this.word),
      box,
      this.table,
    );
    $("days-charts").append(this.figure);
    this.chart = new QuarterChart(
      box,
      [
        { colour: "--talk", faint: true },
        { colour: "--talk", faint: true },
        { colour: "--hold", shape: "bars" },
        { colour: "--ready", shape: "bars" },
        { colour: "--bad" },
        { colour: "--talk" },
      ],
      { height: 150, band: [1, 0], pointed: (index) => this.point(index) },
    );
  }

  made() {
    const heads = [t("At"), t("Expected"), t("Rang"), t("Answered"), t("Hung up")];
    const row = make("tr", "");
    row.append(...heads.map((head, at) => make("th", at ? "r" : "", head)));
    const scroll = make("div", "scroll", make("table", "", make("thead", "", row), this.body));
    scroll.tabIndex = 0;
    return scroll;
  }

  /** Only where something has changed. @param {string} said @param {Day} day */
  show(said, day) {
    if (said === this.said) return;
    this.said = said;
    this.day = day;
    const { low, high, offered, answered, abandoned, expected } = day;
    this.chart.show(day.first, [low, high, offered, answered, abandoned, expected]);
    this.point(null);
    this.fill();
  }

  /** What stands at a quarter hour, or what the day has come to. @param {number | null} index */
  point(index) {
    if (!this.day) return;
    const { first, expected, expected_by, offered, answered, abandoned } = this.day;
    if (index === null || expected[index] === undefined) return setText(this.word, this.soFar());
    const at = { time: clock(first + index), calls: rounded(expected[index]) };
    const usual = expected_by === "weekdays";
    const parts = [usual ? t("{time}: usually {calls}", at) : t("{time}: expected {calls}", at)];
    if (offered[index] !== undefined)
      parts.push(
        t("rang {count}", { count: offered[index] }),
        t("answered {count}", { count: answered[index] ?? 0 }),
        t("hung up {count}", { count: abandoned[index] ?? 0 }),
      );
    setText(this.word, parts.join(" · "));
  }

  soFar() {
    if (!this.day) return "";
    const { expected, expected_by, offered, abandoned, gone } = this.day;
    const [rang, now] = [sum(offered), offered.length - 1];
    const by = rounded(sum(expected.slice(0, Math.max(0, now))) + (expected[now] ?? 0) * gone);
    const words = {
      forecast: t("rang {count}, expected by now {by}", { count: rang, by }),
      weekdays: t("rang {count}, usually by now {by}", { count: rang, by }),
      nothing: t("rang {count}", { count: rang }),
    };
    return `${words[expected_by]} · ${t("hung up {count}", { count: sum(abandoned) })}`;
  }

  fill() {
    if (!this.table.open || !this.day) return;
    const { first, expected, offered, answered, abandoned } = this.day;
    const rows = expected.map((calls, at) => {
      const row = make("tr", "");
      const came = [offered[at], answered[at], abandoned[at]].map((count) => count ?? "–");
      const cells = [clock(first + at), rounded(calls), ...came];
      row.append(...cells.map((text, place) => make("td", place ? "r" : "num", String(text))));
      return row;
    });
    this.body.replaceChildren(...rows);
  }

  gone() {
    this.chart.gone();
    this.figure.remove();
  }
}

/** @returns {string[]} */
function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "");
    return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [WHOLE];
  } catch {
    return [WHOLE];
  }
}

/** Keep the charts of the chosen queues level. @param {() => FigureRow[]} queues those that there are */
export function keepDays(queues) {
  let chosen = kept().slice(0, MOST);
  /** @type {Map<string, DayChart>} */
  const charts = new Map();
  let asked = 0;

  const names = () => new Map(queues().map((row) => [row.key, figureName(row)]));

  /** Charts of what is chosen and there, and of nothing else. */
  function arrange() {
    const known = names();
    for (const [key, chart] of charts)
      if (!chosen.includes(key)) {
        chart.gone();
        charts.delete(key);
      }
    for (const key of chosen) {
      const name = key === WHOLE ? t("All queues") : known.get(key);
      if (name !== undefined && !charts.has(key)) charts.set(key, new DayChart(key, name));
    }
  }

  /** @param {DayChart} chart */
  async function load(chart) {
    const answer = await fetch(`/staffing/day?${new URLSearchParams({ queue: chart.key })}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const said = await answer.text();
    chart.show(said, JSON.parse(said));
  }

  async function level() {
    if (document.hidden) return;
    asked = Date.now();
    arrange();
    const done = await Promise.allSettled([...charts.values()].map(load));
    const failed = done.some(({ status }) => status === "rejected");
    setText($("days-word"), failed ? t("Today cannot be shown just now. It is tried again.") : "");
  }

  function offer() {
    const known = [[WHOLE, t("All queues")], ...names()];
    const boxes = known.map(([key, name]) => {
      const box = make("input", "");
      box.type = "checkbox";
      box.checked = chosen.includes(key ?? "");
      box.disabled = !box.checked && chosen.length >= MOST;
      box.addEventListener("change", () => choose(key ?? "", box.checked));
      return make("li", "", make("label", "tick", box, name ?? ""));
    });
    $("days-choices").replaceChildren(...boxes);
  }

  /** @param {string} key @param {boolean} wanted */
  function choose(key, wanted) {
    chosen = chosen.filter((one) => one !== key);
    if (wanted) chosen.push(key);
    localStorage.setItem(KEPT, JSON.stringify(chosen));
    for (const box of all("#days-choices input", HTMLInputElement))
      box.disabled = !box.checked && chosen.length >= MOST;
    void level();
  }

  $("days-menu").addEventListener("toggle", offer);
  document.addEventListener("visibilitychange", () => {
    if (Date.now() - asked > POLL_S * 1000) void level();
  });
  setInterval(() => void level(), POLL_S * 1000);
  void level();
}
