import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, span } from "../../agents_ui/shell/quarters.js";

test("a day's chart goes from its first bar to its last", () => {
  assert.deepEqual(span(32, 36), [31.5, 67.5]);
  assert.deepEqual(span(0, 96), [-0.5, 95.5]);
});

test("with one quarter hour, or none, there are hours to read, and all of that day", () => {
  assert.deepEqual(span(32, 1), [31.5, 47.5]);
  assert.deepEqual(span(90, 1), [79.5, 95.5]);
  assert.deepEqual(span(0, 0), [-0.5, 15.5]);
});

test("quarter hours are said as the clock does", () => {
  assert.deepEqual([0, 33, 95].map(clock), ["0:00", "8:15", "23:45"]);
});
