/** How far a figure on the wall is from its target. */

/** @import { Figure } from "./port.js" */

import { now } from "../shell/time.js";

export const LEVELS = ["level", "level_today"];

/** What it comes to now. @param {Figure} figure */
export function current({ code, value }) {
  return code === "longest" && value !== null ? Math.max(0, now() - value) : value;
}

/** How far a figure is from its target. @param {Figure} figure @returns {"" | "warn" | "over"} */
export function markOf(figure) {
  const value = current(figure);
  if (value === null || figure.target === null) return "";
  const { target } = figure;
  if (figure.least) {
    if (value >= target) return "";
    const far = LEVELS.includes(figure.code) ? target - 0.15 : target * 0.85;
    return value < far ? "over" : "warn";
  }
  if (value > target * 1.5) return "over";
  return value > target ? "warn" : "";
}
