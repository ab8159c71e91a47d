/** Lines of a text. */

/**
 * Where a line (from 1) begins, in characters; at the end, where there are fewer.
 * @param {string} text
 * @param {number} line
 */
export function lineStart(text, line) {
  let start = 0;
  for (let number = 1; number < line; number++) {
    const next = text.indexOf("\n", start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  return start;
}
