/** A note on its way to the server: nothing that was typed is lost or written over. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Draft } from "../../agents_ui/desk/draft.js";

/** @param {string} id @param {string} note @param {number} version */
function call(id, note, version) {
  return /** @type {any} */ ({ call_id: id, note, note_version: version });
}

/** A draft of a call's note. */
function draft() {
  const made = new Draft();
  made.take(call("c-1", "Jautā", 3));
  return made;
}

test("what the server has is shown once, and not sent back", () => {
  const made = draft();
  assert.deepEqual([made.text, made.unsaved], ["Jautā", null]);
  assert.equal(made.take(call("c-1", "Jautā", 3)), false);
});

/** @param {Draft} made */
function sent(made) {
  const order = /** @type {any} */ (made.unsaved);
  made.sending(order);
  return order;
}

test("each writing names the version that it goes on from", () => {
  const made = draft();
  for (const [text, base] of /** @type {[string, number][]} */ ([
    ["Jautā par", 3],
    ["Jautā par pabalstu", 4],
  ])) {
    made.type(text);
    const order = sent(made);
    assert.deepEqual([order.text, order.base], [text, base]);
    made.arrived(order);
  }
  assert.deepEqual([made.base, made.unsaved], [5, null]);
});

test("a newer note from the server is shown where nothing was typed", () => {
  const made = draft();
  assert.equal(made.take(call("c-1", "cita lapa", 9)), true);
  assert.deepEqual([made.text, made.base], ["cita lapa", 9]);
});

test("a page that was offline writes over no newer note: both stand until the agent chooses", () => {
  for (const [
    which,
    text,
    unsaved,
  ] of /** @type {["both" | "mine" | "other", string, boolean][]} */ ([
    ["both", "cita lapa\nmans", true],
    ["mine", "mans", true],
    ["other", "cita lapa", false],
  ])) {
    const made = draft();
    made.type("mans");
    for (const _ of [1, 2, 3]) made.failed(sent(made));
    assert.equal(made.take(call("c-1", "cita lapa", 4)), false);
    assert.deepEqual([made.text, made.other?.text, made.unsaved], ["mans", "cita lapa", null]);
    made.settle(which);
    assert.deepEqual([made.text, made.other, made.base], [text, null, 4]);
    assert.equal(made.unsaved?.base, unsaved ? 4 : undefined);
  }
});

test("a writing of ours whose answer was lost is no other's", () => {
  const made = draft();
  made.type("viens");
  made.failed(sent(made));
  made.type("viens divi");
  assert.equal(made.take(call("c-1", "viens", 4)), false);
  assert.equal(made.other, null);
  assert.deepEqual(made.unsaved, { call_id: "c-1", text: "viens divi", base: 4 });
});

test("a writing that failed is sent again with all that was typed since", () => {
  const made = draft();
  made.type("viens");
  const order = sent(made);
  made.type("viens divi");
  assert.equal(made.failed(order), true);
  assert.deepEqual(made.unsaved, { call_id: "c-1", text: "viens divi", base: 3 });
});

test("a writing of a call that has left the page is not sent into the next one", () => {
  const made = draft();
  made.type("viens");
  const order = sent(made);
  made.take(call("c-2", "", 0));
  assert.equal(made.failed(order), false);
  assert.equal(made.unsaved, null);
});
