/** Dates as they are read in English: the month in letters, for 11.12. is two days. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pageIn } from "./page.js";

pageIn("en");
const time = await import("../../agents_ui/shell/time.js");

const NOON = Date.UTC(2026, 10, 12, 10) / 1000;

test("the day comes first and the month is a word", () => {
  time.setServerTime(NOON);
  assert.equal(time.shortDate(NOON), "12 Nov");
  assert.equal(time.longDate(NOON), "12 November 2026");
  assert.equal(time.clockTime(NOON), "12:00");
});
