/** A table of the board: what has not changed is not touched, and nobody loses the focus. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeElement, pageOf } from "./elements.js";

const [frame, around, rows] = ["div", "table", "tbody"].map((tag) => new FakeElement(tag));
frame.className = "scroll";
around.append(rows);
frame.append(around);
pageOf({ rows }, frame);

const { make, makeButton } = await import("../../agents_ui/shell/dom.js");
const { Table } = await import("../../agents_ui/board/table.js");

/** @typedef {{ key: string, wait: string, state: string, tone: string }} Row */

/** Beside the wait a button; beside the state another one. @param {Row} row */
function made({ key, wait, state, tone }) {
  const [acts, help] = [makeButton("chip", "…"), makeButton("chip", "Help")];
  acts.dataset.acts = help.dataset.help = key;
  const pill = make("span", `pill ${tone}`, state);
  return make("tr", "", make("td", "", wait, acts), make("td", "", pill, help));
}

/** @param {number} row @param {number} cell @returns {any} */
const cell = (row, cell) => rows.children[row]?.children[cell];
const first = { key: "a", wait: "0:10", state: "Waits", tone: "ring" };
const second = { key: "b", wait: "0:05", state: "Waits", tone: "ring" };
/** @type {any} */
const table = new Table("rows", { key: (/** @type {Row} */ row) => row.key, made });

beforeEach(() => {
  table.show([]);
  table.show([first, second]);
});

test("of a cell in which texts alone differ these are taken over, and its button stays", () => {
  const [before, button] = [cell(0, 0), cell(0, 0).children[0]];
  table.show([{ ...first, wait: "0:11" }, second]);
  assert.equal(cell(0, 0), before);
  assert.equal(cell(0, 0).children[0], button);
  assert.equal(cell(0, 0).textContent, "0:11…");
});

test("a cell that differs in more is a new one, and nothing beside it is touched", () => {
  const [waits, states, other] = [cell(0, 0), cell(0, 1), rows.children[1]];
  table.show([{ ...first, state: "Rings", tone: "talk" }, second]);
  assert.equal(cell(0, 0), waits);
  assert.notEqual(cell(0, 1), states);
  assert.equal(cell(0, 1).children[0].className, "pill talk");
  assert.equal(rows.children[1], other);
});

test("a row that comes to another place is the same row, and the focus stays in it", () => {
  const [row, button] = [rows.children[1], cell(1, 0).children[0]];
  button.focus();
  table.show([{ ...second, wait: "0:06" }, first]);
  assert.equal(rows.children[0], row);
  assert.equal(document.activeElement, button);
});

test("where a button was made anew its successor has the focus", () => {
  const button = cell(0, 1).children[1];
  button.focus();
  table.show([{ ...first, tone: "hold" }, second]);
  assert.notEqual(cell(0, 1).children[1], button);
  assert.equal(document.activeElement, cell(0, 1).children[1]);
});

test("what is gone leaves, and a row that has not changed is not even made anew", () => {
  const row = rows.children[1];
  table.show([second]);
  assert.deepEqual(rows.children, [row]);
});
