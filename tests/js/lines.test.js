/** Lines of a text. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { lineStart } from "../../agents_ui/menus/lines.js";

test("a line begins behind the end of the one before", () => {
  const text = "a\nbb\n\nc";
  assert.deepEqual(
    [1, 2, 3, 4].map((line) => lineStart(text, line)),
    [0, 2, 5, 6],
  );
});

test("behind the last line is the end", () => {
  assert.equal(lineStart("a\nb", 9), 3);
  assert.equal(lineStart("", 3), 0);
});
