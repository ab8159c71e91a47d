/** What a pressed key means. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { meaning } from "../../agents_ui/desk/keys.js";

/** An element that a selector finds only where it names this. @param {string} tag */
const focus = (tag) => ({ closest: (selector) => (selector.includes(tag) ? {} : null) });
const NOWHERE = focus("none");

/** The act of a key, on a page at rest but for what is said. @param {object} event @param {object} [page] */
function act(event, page = {}) {
  const rest = { target: NOWHERE, ringing: false, keypad: false, open: false };
  return meaning(/** @type {any} */ (event), /** @type {any} */ ({ ...rest, ...page }));
}

test("letters go by their place on the keyboard, whatever its language", () => {
  assert.deepEqual(act({ key: "ь", code: "KeyM" }), { name: "mute" });
});

test("a letter typed into a text field is a letter", () => {
  assert.equal(act({ key: "m", code: "KeyM" }, { target: focus("textarea") }), null);
});

test("F2 answers from anywhere, but only what rings", () => {
  const field = focus("textarea");
  assert.deepEqual(act({ key: "F2" }, { ringing: true, target: field }), { name: "answer" });
  assert.equal(act({ key: "F2" }), null);
});

test("Enter answers what rings, but not on a button that has its own meaning", () => {
  assert.deepEqual(act({ key: "Enter" }, { ringing: true }), { name: "answer" });
  const own = focus('[data-mode="ringing"] button');
  assert.equal(act({ key: "Enter" }, { ringing: true, target: own }), null);
});

test("an open menu has the keys, but for those with Ctrl", () => {
  assert.equal(act({ key: "Escape" }, { ringing: true, open: true }), null);
  const save = act({ key: "Enter", ctrlKey: true }, { open: true });
  assert.deepEqual(save, { name: "save" });
});

test("a figure is a kind of work, or a tone where the keypad is open", () => {
  assert.deepEqual(act({ key: "3" }), { name: "kind", value: "3" });
  assert.deepEqual(act({ key: "3" }, { keypad: true }), { name: "digit", value: "3" });
  assert.equal(act({ key: "0" }), null);
});

test("a key held down acts once", () => {
  assert.equal(act({ key: "m", code: "KeyM", repeat: true }), null);
});

test("a figure above the kinds is an outcome", () => {
  assert.deepEqual(act({ key: "6" }), { name: "outcome", value: "1" });
});

test("with Alt a key means the same where letters are written", () => {
  const field = { target: focus("textarea") };
  assert.deepEqual(act({ key: "m", code: "KeyM", altKey: true }, field), { name: "mute" });
  assert.deepEqual(act({ key: "2", altKey: true }, field), { name: "kind", value: "2" });
});

test("AltGr writes a letter, and ends no call", () => {
  const field = { target: focus("textarea") };
  assert.equal(act({ key: "ē", code: "KeyE", altKey: true, ctrlKey: true }, field), null);
});
