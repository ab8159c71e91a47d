import assert from "node:assert/strict";
import { test } from "node:test";

import { pageIn } from "./page.js";

pageIn("lv");
const { markOf } = await import("../../agents_ui/wallboard/marks.js");

const marks = (one, ...values) => values.map((value) => markOf({ ...one, value }));

test("what should be at most so much is watched above it, and acted on far above it", () => {
  const most = { code: "busy", target: 10, least: false };
  assert.deepEqual(marks(most, 0, 10, 11, 15, 16), ["", "", "warn", "warn", "over"]);
});

test("what should be at least so much is watched below it, and acted on far below it", () => {
  const least = { code: "answered", target: 100, least: true };
  assert.deepEqual(marks(least, 120, 100, 99, 85, 84), ["", "", "warn", "warn", "over"]);
  assert.deepEqual(marks({ code: "ready", target: 1, least: true }, 1, 0), ["", "over"]);
  assert.deepEqual(marks({ code: "ready", target: 0, least: true }, 0), [""]);
});

test("a level is far below its target by 15 of 100", () => {
  const level = { code: "level", target: 0.75, least: true };
  assert.deepEqual(marks(level, 0.8, 0.75, 0.7, 0.59), ["", "", "warn", "over"]);
});

test("what is not known misses nothing", () => {
  assert.deepEqual(marks({ code: "level", target: 0.75, least: true }, null), [""]);
  assert.equal(markOf({ code: "busy", value: 3, target: null, least: false }), "");
});
