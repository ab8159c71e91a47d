/** When another device may be chosen. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { mayChoose } from "../../agents_ui/desk/device.js";

/** @param {object} view */
const may = (view) => mayChoose(/** @type {any} */ ({ call: null, beside: null, ...view }));

test("whoever is free, or writes the record, chooses", () => {
  for (const state of ["NOT_READY", "READY", "WRAP_UP"]) assert.ok(may({ state }));
  assert.ok(!may({ state: "LOGGED_OUT" }));
});

test("what rings is answered first", () => {
  assert.ok(!may({ state: "RESERVED", call: { phase: "ringing" } }));
});

test("a talk of two moves, and may move back while the other device rings", () => {
  assert.ok(may({ state: "TALKING", call: { phase: "talking" } }));
  assert.ok(may({ state: "TALKING", call: { phase: "rejoining" } }));
});

test("a talk with a third, or one of two talks, does not", () => {
  const call = { phase: "talking" };
  assert.ok(!may({ state: "TALKING", call: { ...call, aside: {} } }));
  assert.ok(!may({ state: "TALKING", call, beside: {} }));
});
