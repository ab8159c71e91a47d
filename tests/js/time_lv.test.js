/** Times as they are read in Latvian, on the clock of Latvia. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pageIn } from "./page.js";

pageIn("lv");
const time = await import("../../agents_ui/shell/time.js");

const NOON = Date.UTC(2026, 10, 12, 10) / 1000; // 12:00 in Riga
const HOUR = 3600;

test("a duration has hours only where there are any, and is never less than nothing", () => {
  const shown = [0, 9.9, 107, 3599, 3600, 36_061, -3].map(time.duration);
  assert.deepEqual(shown, ["0:00", "0:09", "1:47", "59:59", "1:00:00", "10:01:01", "0:00"]);
});

test("now is what the server says, whatever this computer's clock shows", () => {
  time.setServerTime(NOON);
  assert.ok(Math.abs(time.now() - NOON) < 1);
});

test("a time of day is told by the clock of Latvia, with seconds where they are asked for", () => {
  assert.equal(time.clockTime(NOON), "12:00");
  assert.equal(time.clockTime(NOON + 7, true), "12:00:07");
});

test("the clock of Latvia changes to summer time in the last night of a March Saturday", () => {
  const change = Date.UTC(2026, 2, 29, 1) / 1000;
  assert.deepEqual(
    [change - 60, change].map((at) => time.clockTime(at)),
    ["02:59", "04:00"],
  );
});

test("a date has its year only where that is not this one", () => {
  time.setServerTime(NOON);
  assert.equal(time.shortDate(NOON), "12.11.");
  assert.match(time.shortDate(NOON - 365 * 24 * HOUR), /^12\.11\.25\.?$/);
  assert.equal(time.longDate(NOON), "2026. gada 12. novembris");
});

test("a moment of today is its time of day; of another day, after the date", () => {
  time.setServerTime(NOON);
  assert.equal(time.moment(NOON + HOUR), "13:00");
  assert.equal(time.moment(NOON - 13 * HOUR), "11.11. 23:00");
});
