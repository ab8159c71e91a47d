/** What should not stand in a note is noticed, where it stands, and can be taken out. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { findings, findingsAndPhones, without } from "../../agents_ui/shell/guard.js";

/** @param {string} text */
const what = (text) => findings(text).map((one) => one.what);

test("a personal code is noticed with and without its dash, old and new", () => {
  for (const text of [
    "kods 010180-12345.",
    "01018012345",
    "32345612345",
    "390000-00000",
    "k:010180 12345",
  ])
    assert.deepEqual(what(text), ["code"], text);
});

test("a telephone number, a contract and a company's number are none", () => {
  for (const text of [
    "tālr. 29123445",
    "1234567-12345",
    "40003032949",
    "+371 29 123 445",
    "019980-12345",
    "99",
  ])
    assert.deepEqual(what(text), [], text);
});

test("a payment card is noticed by its sum, however it is written", () => {
  for (const text of [
    "4111111111111111",
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "3400 000000 00009",
  ])
    assert.deepEqual(what(text), ["card"], text);
  for (const text of ["4111111111111112", "0000000000000000", "1234 5678 9012 3456"])
    assert.deepEqual(what(text), [], text);
});

test("a bank account is noticed by its sum, also before other words", () => {
  for (const text of [
    "LV80BANK0000435195001",
    "lv80 bank 0000 4351 9500 1",
    "DE89370400440532013000",
  ])
    assert.deepEqual(what(text), ["iban"], text);
  const [account] = findings("uz LV80 BANK 0000 4351 9500 1 rīt no rīta");
  assert.deepEqual([account?.from, account?.to], [3, 29]);
  assert.deepEqual(what("LV81BANK0000435195001"), []);
});

test("it is said in which line, and one figure is one thing", () => {
  const text = "Jautā par pabalstu\nkods 010180-12345\nkonts LV80BANK0000435195001";
  assert.deepEqual(
    findings(text).map(({ what, line }) => [what, line]),
    [
      ["code", 2],
      ["iban", 3],
    ],
  );
});

test("in what leaves the house a telephone number is noticed too, and no date", () => {
  const kinds = (/** @type {string} */ text) => findingsAndPhones(text).map((one) => one.what);
  for (const text of ["zvanīt 29123445", "+371 29 123 445", "tālr. 67 123 456", "0049 30 1234567"])
    assert.deepEqual(kinds(text), ["phone"], text);
  for (const text of [
    "no 2026-11-29 līdz 2026-12-31",
    "2025 2026",
    "29.11.2026.",
    "reģ. nr. 40003032949",
    "MK noteikumi 133/2012, likumi.lv 164501",
  ])
    assert.deepEqual(kinds(text), [], text);
  assert.deepEqual(kinds("010180-12345 un 29123445"), ["code", "phone"]);
  assert.deepEqual(findings("29123445"), []);
});

test("what is taken out leaves no hole", () => {
  const text = "kods 010180-12345 ir";
  const [one] = findings(text);
  assert.equal(one && without(text, one), "kods ir");
  assert.equal(without("a\n010180-12345", { from: 2, to: 14 }), "a\n");
});

test("the longest note is read in no time", () => {
  const began = performance.now();
  for (const text of ["1 ".repeat(5000), "LV80 ".repeat(2000), "0101801234".repeat(1000)])
    findings(text);
  assert.ok(performance.now() - began < 2000);
});
