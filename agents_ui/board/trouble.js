/** Whether somebody should look: what the board marks, and what is left of it with only what is wrong. */

/** @import { AgentRow, CallbackRow, CallRow, FigureRow } from "./port.js" */
/** @import { Picture } from "./picture.js" */

import { isTrouble } from "../shell/words.js";

const SOON_S = 3600;
const LOST = ["abandoned", "gave_up", "pbx_lost", "unknown"];

/** What is wrong: each figure that is beside its target, now or of the day.
 * @param {number} at @param {FigureRow} row */
export function figureTroubles(at, row) {
  const ended = row.answered + row.abandoned;
  return {
    many: row.waiting > row.target_waiting,
    late: row.longest_since !== null && at - row.longest_since > row.target_wait_s,
    low: row.service_level !== null && row.service_level < row.target_service_level,
    lost: row.abandoned > Math.ceil(ended * row.target_abandoned),
    slow: row.average_wait_s !== null && row.average_wait_s > row.target_average_s,
    idle: row.waiting > 0 && row.ready === 0 && ["queue", "language"].includes(row.dimension),
    overdue: row.callbacks_late + row.messages_late > 0,
  };
}

/** @param {number} at @param {FigureRow} row */
export function figureTrouble(at, row) {
  return Object.values(figureTroubles(at, row)).some(Boolean);
}

/** Who asks for help, has no telephone, or is longer in a state than there. @param {number} at @param {AgentRow} row */
export function agentTrouble(at, row) {
  if (row.help_since || row.lost) return true;
  if (row.state === "NOT_READY" && isTrouble(row.reason)) return true;
  return row.limit_s !== null && at - lasting(row) > row.limit_s;
}

/** Since when the limit of its state counts: in a talk, the hold. @param {AgentRow} row */
function lasting(row) {
  return row.state === "TALKING" ? (row.held_since ?? Infinity) : row.since;
}

/** @param {number} _ @param {CallRow} row */
export function callTrouble(_, row) {
  return LOST.includes(row.outcome ?? "") || row.phase === "rejoining";
}

/** Longer than its queue promises. @param {Picture} picture @param {number} at @param {CallRow} row */
export function waitTrouble({ rows, view }, at, row) {
  const target = (rows.queues.get(`queue:${row.queue}`) ?? view.total).target_wait_s;
  return row.queued_at !== null && at - row.queued_at > target;
}

/** A promise that is broken, or will be within the hour. @param {number} at @param {CallbackRow} row */
export function callbackTrouble(at, row) {
  return row.due_at - at < SOON_S;
}
