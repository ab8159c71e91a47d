/** A note on its way to the server: nothing that was typed is lost or written over. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Draft, holdsPersonalCode } from "../../agents_ui/desk/draft.js";

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

test("each writing has a higher number than the one before", () => {
  const made = draft();
  for (const text of ["Jautā par", "Jautā par pabalstu"]) {
    made.type(text);
    const order = made.unsaved;
    assert.equal(order?.text, text);
    made.sending(/** @type {any} */ (order));
  }
  assert.deepEqual([made.version, made.unsaved], [5, null]);
});

test("a newer note from the server is shown, but never over what is being typed", () => {
  const made = draft();
  made.type("mans");
  assert.equal(made.take(call("c-1", "cita lapa", 9)), false);
  made.sending(/** @type {any} */ (made.unsaved));
  assert.equal(made.take(call("c-1", "cita lapa", 9)), true);
  assert.equal(made.text, "cita lapa");
});

test("a writing that failed is sent again with all that was typed since", () => {
  const made = draft();
  made.type("viens");
  const order = /** @type {any} */ (made.unsaved);
  made.sending(order);
  made.type("viens divi");
  assert.equal(made.failed(order), true);
  assert.deepEqual(made.unsaved, { call_id: "c-1", text: "viens divi", version: 5 });
});

test("a writing of a call that has left the page is not sent into the next one", () => {
  const made = draft();
  made.type("viens");
  const order = /** @type {any} */ (made.unsaved);
  made.sending(order);
  made.take(call("c-2", "", 0));
  assert.equal(made.failed(order), false);
  assert.equal(made.unsaved, null);
});

test("a personal code is noticed with and without its dash, a telephone number is not one", () => {
  const texts = ["kods 010180-12345.", "32345612345", "tālr. 29123445", "1234567-12345"];
  assert.deepEqual(texts.map(holdsPersonalCode), [true, true, false, false]);
});
