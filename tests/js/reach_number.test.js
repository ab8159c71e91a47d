import assert from "node:assert/strict";
import { test } from "node:test";

import { isEmergency, numberIn } from "../../agents_ui/desk/reach_number.js";

test("an emergency number is never one to be rung, however it is written", () => {
  for (const text of ["112", " 110 ", "1 1 3", "+371 112", "00371 112", "114", "03", "(113)"]) {
    assert.equal(isEmergency(text), true, text);
    assert.equal(numberIn(text), "", text);
  }
});

test("a number that has one in it is none of them", () => {
  for (const text of ["67112112", "+371 67 000 112", "1120", "", "26000110", "+1 112"])
    assert.equal(isEmergency(text), false, text);
});

test("a number is told from a name", () => {
  assert.equal(numberIn("67 000 000"), "67000000");
  assert.equal(numberIn("+371 67-000-000"), "+37167000000");
  for (const text of ["", "Ozola", "67000", "KAC 2", "+", "6700000067000000"])
    assert.equal(numberIn(text), "", text);
});
