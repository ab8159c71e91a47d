/** The words of a page. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pageIn } from "./page.js";

pageIn("lv", { texts: { "Offered to {name}": "Piedāvāts: {name}" } });
const texts = await import("../../agents_ui/shell/texts.js");

test("a message is said in the page's language, with its values", () => {
  assert.equal(texts.t("Offered to {name}", { name: "Anna" }), "Piedāvāts: Anna");
});

test("what has no translation is said in English, and a value that is missing leaves nothing", () => {
  assert.equal(texts.t("{count} of {all}", { count: 0 }), "0 of ");
});

test("a label is the one of the page's language, else Latvian, else any", () => {
  assert.equal(texts.label({ lv: "Nodokļi", en: "Taxes" }), "Nodokļi");
  assert.equal(texts.label({ en: "Taxes" }), "Taxes");
  assert.equal(texts.label({}), "");
});

test("a language is called by its name; what is no language stays as it is", () => {
  assert.equal(texts.languageName("uk"), "ukraiņu");
  assert.equal(texts.languageName("?"), "?");
});

test("a share is whole percent, and a dash where there is none", () => {
  assert.deepEqual([0.866, 0, null].map(texts.percent), ["87 %", "0 %", "–"]);
});
