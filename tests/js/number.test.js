/** A telephone number as an agent reads it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { masked } from "../../agents_ui/desk/number.js";

test("the middle is hidden until the caller is identified", () => {
  assert.equal(masked("+37129123445"), "+371 29 ··· ·45");
  assert.equal(masked("+37129123445", true), "+371 29 123 445");
});

test("a number from abroad keeps its beginning and its end", () => {
  assert.equal(masked("+380501234567"), "+3·········67");
});

test("short numbers hide nothing that they do not have, and a withheld one is said to be so", () => {
  assert.deepEqual(
    ["112", "1201", "7"].map((number) => masked(number)),
    ["112", "1201", "7"],
  );
  assert.equal(masked(null), "Number withheld");
});
