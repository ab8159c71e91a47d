import assert from "node:assert/strict";
import { test } from "node:test";

import { HoldReminder, isLong } from "../../agents_ui/desk/long_hold.js";

const held = { call_id: "c1", held_since: 1000, hold_remind_s: 60 };

test("a hold is long from the moment that its queue names", () => {
  assert.equal(isLong(held, 1059.9), false);
  assert.equal(isLong(held, 1060), true);
  assert.equal(isLong({ ...held, hold_remind_s: 0 }, 9999), false);
  assert.equal(isLong({ ...held, held_since: null }, 9999), false);
  assert.equal(isLong(null, 9999), false);
});

test("the agent is told once each such while", () => {
  const reminder = new HoldReminder();
  const told = [];
  for (let at = 1000; at < 1200; at += 0.25) {
    if (reminder.due([held, null], at).length) told.push(at);
  }
  assert.deepEqual(told, [1060, 1120, 1180]);
});

test("another hold of the same call begins anew", () => {
  const reminder = new HoldReminder();
  reminder.due([held], 1000);
  assert.equal(reminder.due([held], 1061).length, 1);
  const again = { ...held, held_since: 1100 };
  assert.equal(reminder.due([again], 1130).length, 0);
  assert.equal(reminder.due([again], 1161).length, 1);
});

test("each of two calls is told of by itself", () => {
  const reminder = new HoldReminder();
  const other = { call_id: "c2", held_since: 1030, hold_remind_s: 60 };
  reminder.due([held, other], 1030);
  assert.deepEqual(reminder.due([held, other], 1061), [held]);
  assert.deepEqual(reminder.due([held, other], 1091), [other]);
});

test("a page that comes later tells at the next time", () => {
  const reminder = new HoldReminder();
  assert.equal(reminder.due([held], 1075).length, 0);
  assert.equal(reminder.due([held], 1121).length, 1);
});
