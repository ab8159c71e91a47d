/** A press of "ready" that comes before the desk can be. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Eager } from "../../agents_ui/desk/eager.js";

test("pressed before the telephone is there it counts when that is, once", () => {
  const eager = new Eager();
  eager.press(100);
  assert.equal(eager.due(false, 100), false);
  assert.equal(eager.due(true, 103), true);
  assert.equal(eager.due(true, 104), false);
});

test("after a while it counts no more", () => {
  const eager = new Eager();
  eager.press(100);
  assert.equal(eager.due(true, 116), false);
});

test("who says something else meanwhile is not made ready", () => {
  const eager = new Eager();
  eager.press(100);
  eager.forget();
  assert.equal(eager.due(true, 101), false);
});

test("without a press nobody is ready", () => {
  assert.equal(new Eager().due(true, 5), false);
});
