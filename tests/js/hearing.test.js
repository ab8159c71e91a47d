import assert from "node:assert/strict";
import { test } from "node:test";

import { Hearing } from "../../agents_ui/desk/hearing.js";

/** Loud from and until these seconds, heard each tenth of a second for ten. @param {[number, number][]} loud */
function heard(...loud) {
  const hearing = new Hearing();
  for (let tenth = 0; tenth < 100; tenth++) {
    const at = tenth / 10;
    hearing.note(at, loud.some(([from, until]) => at >= from && at < until) ? 0.2 : 0.001);
  }
  return [hearing.spoken, hearing.echoed];
}

test("what comes after the exchange has spoken and paused is the agent, repeated", () => {
  assert.deepEqual(heard([0.5, 3], [5, 6]), [true, true]);
});

test("a breath within its words is no pause", () => {
  assert.deepEqual(heard([0.5, 1.5], [2.2, 3]), [true, false]);
});

test("whoever is not heard hears the exchange alone", () => {
  assert.deepEqual(heard([0.5, 3]), [true, false]);
});

test("where no sound comes nobody is heard", () => {
  assert.deepEqual(heard(), [false, false]);
});
