/** What the board shows, rows by their keys: a whole view, kept up by what has changed since. */

/** @import { AgentRow, BoardView, CallbackRow, CallRow, DemandRow, FigureRow } from "./port.js" */
/** @import { Changes } from "../shell/live.js" */

/**
 * @typedef {{
 *   queues: Map<string, FigureRow>,
 *   groups: Map<string, FigureRow>,
 *   demands: Map<string, DemandRow>,
 *   agents: Map<string, AgentRow>,
 *   calls: Map<string, CallRow>,
 *   callbacks: Map<string, CallbackRow>,
 * }} Rows
 */

/** @param {FigureRow} row */
export function figureKey(row) {
  return `${row.dimension}:${row.key}`;
}

export class Picture {
  /** All but the rows. @type {BoardView} */
  view;
  /** @type {Rows} */
  rows;

  /** @param {BoardView} view */
  constructor(view) {
    this.view = view;
    this.rows = {
      queues: by(view.queues, figureKey),
      groups: by(view.groups, figureKey),
      demands: by(view.demands, (row) => row.key),
      agents: by(view.agents, (row) => row.agent_id),
      calls: by(view.calls, (row) => row.call_id),
      callbacks: by(view.callbacks, (row) => row.call_id),
    };
  }

  /** Go on from what is shown; false where something in between was missed. @param {Changes} changes */
  change({ since, seq, at, set, rows }) {
    if (since !== this.view.seq) return false;
    this.view = { ...this.view, ...set, seq, at };
    for (const [name, changed] of Object.entries(rows)) {
      const known = /** @type {Map<string, object>} */ (
        this.rows[/** @type {keyof Rows} */ (name)]
      );
      for (const [key, row] of changed) {
        if (row === null) known.delete(key);
        else known.set(key, { ...known.get(key), ...row });
      }
    }
    return true;
  }
}

/** @template Row @param {readonly Row[]} list @param {(row: Row) => string} key */
function by(list, key) {
  return new Map(list.map((row) => [key(row), row]));
}
