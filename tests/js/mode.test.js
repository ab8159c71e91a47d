/** What the desk's left column shows. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { modeOf } from "../../agents_ui/desk/mode.js";

/** The mode of a desk that is ready and linked, but for what is said. @param {object} [changes] */
function mode(changes = {}) {
  const view = { state: "READY", call: null };
  const here = { view, phone: { state: "none" }, started: true, elsewhere: false, up: true };
  return modeOf(/** @type {any} */ ({ ...here, ...changes }));
}

const CALL = { state: "RESERVED", call: { phase: "ringing", callback: null } };

test("without a call the agent is idle, away, or has not begun", () => {
  assert.equal(mode(), "idle");
  assert.equal(mode({ view: { state: "NOT_READY", call: null } }), "away");
  assert.equal(mode({ view: null }), "away");
  assert.equal(mode({ started: false }), "start");
});

test("who is logged out sees so where the server says it, and not before it has", () => {
  assert.equal(mode({ view: { state: "LOGGED_OUT", call: null } }), "out");
  assert.equal(mode({ view: { state: "LOGGED_OUT", call: null }, started: false }), "out");
  assert.equal(
    mode({ view: { state: "LOGGED_OUT", call: null }, started: false, up: false }),
    "start",
  );
});

test("a call is shown in its phase, a promise to ring back before it rings", () => {
  assert.equal(mode({ view: CALL }), "ringing");
  assert.equal(mode({ view: { ...CALL, call: { ...CALL.call, callback: {} } } }), "callback");
  assert.equal(mode({ view: { ...CALL, call: { ...CALL.call, message: {} } } }), "message");
  assert.equal(mode({ view: { ...CALL, call: { phase: "listening" } } }), "listening");
  assert.equal(mode({ view: { state: "WRAP_UP", call: { phase: "wrap_up" } } }), "wrap_up");
});

test("while the link is down the phone itself rings and talks", () => {
  assert.equal(mode({ up: false, phone: { state: "incoming" } }), "ringing");
  assert.equal(mode({ up: false, phone: { state: "talking" } }), "talking");
  assert.equal(mode({ up: true, phone: { state: "incoming" } }), "idle");
});

test("a window that is not the one in use shows nothing of the call", () => {
  assert.equal(mode({ elsewhere: true, view: CALL }), "elsewhere");
});
