/** How somebody looks at the board: which figures, sorted by what, what is searched for. */

/** @import { FigureRow } from "./port.js" */

import { locale } from "../shell/texts.js";

/**
 * @typedef {FigureRow["dimension"]} Dimension
 * @typedef {{
 *   dimension: Dimension,
 *   sort: string,
 *   down: boolean,
 *   search: string,
 *   agents: string,
 *   bunched: boolean,
 *   problems: boolean,
 * }} Look
 */

/** @type {Look} */
export const USUAL = {
  dimension: "queue",
  sort: "",
  down: true,
  search: "",
  agents: "",
  bunched: true,
  problems: false,
};

/** What a row is sorted by. @type {Record<string, (row: FigureRow) => number | null>} */
const BY = {
  waiting: (row) => row.waiting,
  longest: (row) => row.longest_since && -row.longest_since,
  level: (row) => row.service_level ?? row.service_level_today,
  answered: (row) => row.answered,
  abandoned: (row) => row.abandoned,
  average: (row) => row.average_wait_s,
  callbacks: (row) => row.callbacks,
  messages: (row) => row.messages,
  ready: (row) => row.ready,
  busy: (row) => row.ringing + row.talking,
  away: (row) => row.not_ready,
  helped: (row) => row.helped,
};

const collator = new Intl.Collator(locale);

/**
 * The rows in the order that was chosen; what has no figure comes last.
 * @param {FigureRow[]} rows @param {Look} look @param {(row: FigureRow) => string} name
 */
export function sorted(rows, { sort, down }, name) {
  const by = BY[sort];
  if (sort === "name") {
    const names = new Map(rows.map((row) => [row, name(row)]));
    const turn = down ? -1 : 1;
    return [...rows].sort(
      (a, b) => turn * collator.compare(names.get(a) ?? "", names.get(b) ?? ""),
    );
  }
  if (!by) return rows;
  return [...rows].sort((a, b) => compare(by(a), by(b), down));
}

/** @param {number | null} one @param {number | null} other @param {boolean} down */
function compare(one, other, down) {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return down ? other - one : one - other;
}
