/** The words for an agent's state. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isTrouble, stateWord } from "../../agents_ui/shell/words.js";

test("not ready is told by its reason, every other state by itself", () => {
  assert.equal(stateWord("NOT_READY", "counter"), "At counter");
  assert.equal(stateWord("TALKING", "counter"), "In call");
});

test("a reason that this page does not know yet is still not ready", () => {
  assert.equal(stateWord("NOT_READY", "of next year"), "Not ready");
  assert.equal(stateWord("NOT_READY", null), "Not ready");
});

test("a supervisor should look at what nobody chose, not at a lunch", () => {
  assert.deepEqual(["missed", "phone", "lunch", null].map(isTrouble), [true, true, false, false]);
});
