/** Emergency numbers are told from all others, however they are written. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { isEmergency } from "../../agents_ui/desk/emergency.js";

test("an emergency number is one however it is written", () => {
  for (const text of ["112", " 1 1 2 ", "+371 112", "00371112", "110", "113", "01", "(113)"])
    assert.equal(isEmergency(text), true, text);
});

test("a number that has one in it is none", () => {
  for (const text of ["67112112", "+371 67 000 112", "1120", "", "26000110", "+1 112"])
    assert.equal(isEmergency(text), false, text);
});
