/** Quarter hours of a day, counted from midnight. */

const DAY = 96;
const LEAST = 16; // an axis of less would have no hours to read

/** The clock at the begin of a quarter hour of the day. @param {number} quarter */
export function clock(quarter) {
  const minutes = (quarter % 4) * 15;
  return `${Math.floor(quarter / 4)}:${String(minutes).padStart(2, "0")}`;
}

/**
 * From where to where a chart goes that has so many quarter hours: half a one more at either end,
 * for a bar stands around its moment; and some hours at least, however little has come yet.
 * @param {number} first
 * @param {number} count
 * @returns {[number, number]}
 */
export function span(first, count) {
  const end = Math.min(DAY, Math.max(first + count, first + LEAST));
  return [Math.min(first, Math.max(0, end - LEAST)) - 0.5, end - 0.5];
}
