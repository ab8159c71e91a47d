/** A caller on hold for long: when it counts as long, and when the agent is to be told. Pure. */

/** @import { CallView } from "./port.js" */

/** @typedef {Pick<CallView, "call_id" | "held_since" | "hold_remind_s">} Held */

/** How often the agent should have been told of this hold. @param {Held} call @param {number} at */
function times({ held_since, hold_remind_s }, at) {
  if (held_since === null || hold_remind_s <= 0) return 0;
  return Math.max(0, Math.floor((at - held_since) / hold_remind_s));
}

/** @param {Held | null | undefined} call @param {number} at */
export function isLong(call, at) {
  return Boolean(call) && times(/** @type {Held} */ (call), at) > 0;
}

/** What the agent was told of already, by hold: of at most two calls. */
export class HoldReminder {
  /** @type {Map<string, number>} */
  #told = new Map();

  /**
   * The holds of which the agent is to be told now: after a while, and again after each like it.
   * What was long before this page came is told at its next time.
   * @template {Held} T
   * @param {(T | null | undefined)[]} calls @param {number} at @returns {T[]}
   */
  due(calls, at) {
    const due = [];
    /** @type {Map<string, number>} */
    const told = new Map();
    for (const call of calls) {
      if (!call || call.held_since === null) continue;
      const [key, count] = [`${call.call_id} ${call.held_since}`, times(call, at)];
      if (count > (this.#told.get(key) ?? count)) due.push(call);
      told.set(key, count);
    }
    this.#told = told;
    return due;
  }
}
