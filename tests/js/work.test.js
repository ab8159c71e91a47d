/** What was done on its way to the server: no choice is lost, and none is written over unseen. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { said, say, WorkDraft, withServices, workOf } from "../../agents_ui/desk/work.js";

/** @param {number} version @param {object} [more] */
function call(version, more = {}) {
  return /** @type {any} */ ({
    call_id: "c-1",
    kind: "consultation",
    services: ["A", "B"],
    outcome: "answered",
    apart: [],
    municipality: "ogre",
    spoken: "lv",
    follow_up_on: null,
    record_version: version,
    ...more,
  });
}

function draft() {
  const made = new WorkDraft();
  made.take(call(3));
  return made;
}

/** @param {WorkDraft} made */
function sent(made) {
  const order = made.unsaved;
  made.sending();
  return /** @type {NonNullable<typeof order>} */ (order);
}

test("what is said of the whole is said of every service but those that are apart", () => {
  let work = say(workOf(call(1)), "A", { kind: "application" });
  work = say(work, "", { outcome: "handed_on" });
  assert.deepEqual(said(work, "A"), { kind: "application", outcome: "answered" });
  assert.deepEqual(said(work, "B"), { kind: "consultation", outcome: "handed_on" });
});

test("who is like the others again is apart no more", () => {
  const apart = say(workOf(call(1)), "A", { kind: "application" });
  assert.deepEqual(say(apart, "A", { kind: "consultation" }).apart, []);
  assert.deepEqual(say(apart, "", { kind: "application" }).apart, []);
  assert.deepEqual(withServices(apart, ["B"]).apart, []);
});

test("each choice names the version that it goes on from", () => {
  const made = draft();
  assert.equal(made.unsaved, null);
  made.choose(say(made.work, "", { kind: "other" }));
  const order = sent(made);
  made.choose(say(made.work, "", { outcome: "not_ours" }));
  made.arrived(order);
  assert.deepEqual([order.base, made.unsaved?.base, made.unsaved?.outcome], [3, 4, "not_ours"]);
});

test("a choice whose answer was lost is no other's", () => {
  const made = draft();
  made.choose(say(made.work, "", { kind: "other" }));
  sent(made);
  made.take(call(4, { kind: "other" }));
  assert.deepEqual([made.other, made.unsaved, made.base], [null, null, 4]);
});

test("what somebody else has chosen meanwhile is shown beside one's own", () => {
  for (const which of /** @type {("mine" | "other")[]} */ (["mine", "other"])) {
    const made = draft();
    made.choose(say(made.work, "", { kind: "other" }));
    made.take(call(4, { kind: "application" }));
    assert.deepEqual(
      [made.work.kind, made.other?.work.kind, made.unsaved],
      ["other", "application", null],
    );
    made.settle(which);
    assert.equal(made.work.kind, which === "mine" ? "other" : "application");
    assert.equal(made.unsaved?.base, which === "mine" ? 4 : undefined);
  }
});

test("a newer record is taken where nothing was chosen, and another call begins anew", () => {
  const made = draft();
  made.take(call(9, { kind: "complaint" }));
  assert.equal(made.work.kind, "complaint");
  made.choose(say(made.work, "", { kind: "other" }));
  made.take(call(0, { call_id: "c-2" }));
  assert.deepEqual([made.work.kind, made.unsaved, made.base], ["consultation", null, 0]);
});
