/** What the desk's banner says while the link to the service is lost. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { linkLost } from "../../agents_ui/desk/words.js";

test("a call that only rings does not go on", () => {
  assert.match(linkLost("ringing"), /A call rings/);
  assert.match(linkLost("talking"), /The call goes on/);
  assert.match(linkLost("rejoining"), /The caller waits/);
});

test("after the call only the record is left", () => {
  assert.match(linkLost("wrap_up"), /What you write is kept/);
});

test("without a call one can come all the same", () => {
  assert.match(linkLost("idle"), /can still ring/);
  assert.match(linkLost("away"), /can still ring/);
});
