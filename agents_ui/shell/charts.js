/** Charts of a day by quarter hour. What they show stands in words and in a table beside them. */

import { clock, span } from "./quarters.js";
import uPlot from "./vendor/uplot.min.js";

/** @import { Data, Series } from "./vendor/uplot.min.js" */

/**
 * One column of a chart. `colour` is a variable of the look.
 * @typedef {{ colour: string, shape?: "line" | "steps" | "bars", dash?: boolean, faint?: boolean }} Drawn
 */

/** A count of calls as people read it: a forecast in whole calls, but for very few. @param {number} calls */
export function rounded(calls) {
  return calls >= 10 || Number.isInteger(calls) ? Math.round(calls) : Math.round(calls * 10) / 10;
}

const look = getComputedStyle(document.documentElement);
/** @param {string} name */
const colour = (name) => look.getPropertyValue(name).trim();

/** @param {string} name @param {number} share of it, in per cent @param {string} rest */
const tint = (name, share, rest) => `color-mix(in srgb, ${colour(name)} ${share}%, ${rest})`;

export class QuarterChart {
  /**
   * @param {HTMLElement} box which gives the width
   * @param {Drawn[]} drawn
   * @param {{ height: number, band?: [number, number], pointed?: (index: number | null) => void }} given
   *   `band`: the two columns between which all is tinted
   */
  constructor(box, drawn, given) {
    this.box = box;
    this.height = given.height;
    this.span = span(0, 0);
    const text = () => colour("--ink-2");
    const grid = { stroke: () => colour("--line"), width: 1 };
    const font = `12px ${colour("--font") || "sans-serif"}`;
    const axis = { stroke: text, grid, ticks: grid, font };
    this.plot = new uPlot(
      {
        width: this.width(),
        height: this.height,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
        scales: {
          x: { time: false, range: () => this.span },
          y: {
            range: (
              /** @type {unknown} */ _,
              /** @type {number} */ __,
              /** @type {number} */ top,
            ) => [0, Math.max(4, (top || 0) * 1.05)],
          },
        },
        axes: [
          {
            ...axis,
            size: 30,
            incrs: [4, 8, 16],
            values: (/** @type {unknown} */ _, /** @type {number[]} */ at) => at.map(clock),
          },
          { ...axis, size: 44 },
        ],
        series: [{}, ...drawn.map(series)],
        bands: given.band
          ? [
              {
                series: given.band.map((at) => at + 1),
                fill: () => tint("--talk", 16, "transparent"),
              },
            ]
          : [],
        hooks: {
          setCursor: [(/** @type {uPlot} */ plot) => given.pointed?.(plot.cursor.idx)],
        },
      },
      [[], ...drawn.map(() => [])],
      box,
    );
    const left = new AbortController();
    const sizes = new ResizeObserver(() =>
      this.plot.setSize({ width: this.width(), height: this.height }),
    );
    sizes.observe(box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener(
      "change",
      () => this.plot.redraw(),
      { signal: left.signal },
    );
    /** It is needed no more. */
    this.gone = () => {
      left.abort();
      sizes.disconnect();
      this.plot.destroy();
    };
  }

  width() {
    return Math.max(240, this.box.clientWidth);
  }

  /**
   * Columns of quarter hours from the `first` of the day on; null is a gap.
   * @param {number} first
   * @param {(number | null)[][]} columns
   */
  show(first, columns) {
    const length = Math.max(...columns.map((column) => column.length));
    const whole = columns.map((column) => Array.from({ length }, (_, at) => column[at] ?? null));
    /** @type {Data} */
    const data = [Array.from({ length }, (_, at) => first + at), ...whole];
    this.span = span(first, length);
    this.plot.setData(data);
  }
}

/**
 * @param {Drawn} one
 * @returns {Series}
 */
function series(one) {
  const shapes = {
    line: undefined,
    steps: uPlot.paths.stepped({ align: 1 }),
    bars: uPlot.paths.bars({ size: [0.8, 40], align: 0 }),
  };
  const bars = one.shape === "bars";
  return {
    stroke: () => (one.faint ? "transparent" : colour(one.colour)),
    width: bars || one.faint ? 0 : 2,
    ...(bars ? { fill: () => tint(one.colour, 55, colour("--paper")) } : {}),
    ...(one.dash ? { dash: [6, 4] } : {}),
    paths: shapes[one.shape ?? "line"],
    points: { show: false },
  };
}
