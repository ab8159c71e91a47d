/** The board's picture, and how its rows are ordered and bunched. */

import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.js";

const { Picture } = await import("../../agents_ui/board/picture.js");
const { lines, matches } = await import("../../agents_ui/board/crew.js");
const { sorted, USUAL } = await import("../../agents_ui/board/look.js");
const { figureTrouble } = await import("../../agents_ui/board/trouble.js");

const VIEW = {
  seq: 4,
  at: 1,
  queues: [],
  groups: [],
  demands: [],
  agents: [],
  calls: [],
  callbacks: [],
};

/** @param {number} number @param {object} [more] */
function agent(number, more = {}) {
  return {
    agent_id: `a${number}`,
    name: `Līga ${number}`,
    centre: `c${number % 3}`,
    municipality: "Ludzas novads",
    state: number % 2 ? "READY" : "TALKING",
    since: number,
    help_since: null,
    languages: ["lv"],
    ...more,
  };
}

test("changes go on from the view that they name, and from no other", () => {
  const picture = new Picture({ ...VIEW, agents: [agent(1)] });
  const rows = {
    agents: [
      ["a1", { state: "WRAP_UP" }],
      ["a2", agent(2)],
    ],
  };
  assert.equal(picture.change({ since: 4, seq: 6, at: 2, set: { telephony: true }, rows }), true);
  assert.equal(picture.rows.agents.get("a1").state, "WRAP_UP");
  assert.equal(picture.rows.agents.get("a1").name, "Līga 1");
  assert.equal(picture.view.telephony, true);
  assert.equal(picture.change({ since: 4, seq: 7, at: 3, set: {}, rows: {} }), false);
  picture.change({ since: 6, seq: 8, at: 3, set: {}, rows: { agents: [["a1", null]] } });
  assert.deepEqual([...picture.rows.agents.keys()], ["a2"]);
});

test("of many agents the states are listed, which open into centres and agents", () => {
  const many = Array.from({ length: 100 }, (_, number) => agent(number));
  const heads = lines(many, new Set(), true);
  assert.deepEqual(
    heads.map((line) => [line.key, line.count]),
    [
      ["TALKING", 50],
      ["READY", 50],
    ],
  );
  const opened = lines(many, new Set(["READY", "READY c1"]), true);
  assert.equal(opened.length, 2 + 3 + 17);
  assert.equal(lines(many, new Set(), false).length, 100);
  assert.equal(lines(many.slice(0, 40), new Set(), true).length, 40);
});

test("what is wrong goes by each target of a queue", () => {
  const row = {
    dimension: "queue",
    waiting: 2,
    target_waiting: 2,
    longest_since: 0,
    target_wait_s: 120,
    service_level: 0.8,
    target_service_level: 0.8,
    answered: 95,
    abandoned: 5,
    target_abandoned: 0.05,
    average_wait_s: 20,
    target_average_s: 20,
    ready: 1,
    callbacks_late: 0,
    messages_late: 0,
  };
  assert.equal(figureTrouble(120, row), false);
  for (const [key, value] of Object.entries({
    waiting: 3,
    longest_since: -1,
    service_level: 0.79,
    abandoned: 7,
    average_wait_s: 21,
    ready: 0,
    callbacks_late: 1,
    messages_late: 1,
  })) {
    assert.equal(figureTrouble(120, { ...row, [key]: value }), true, key);
  }
});

test("who asks for help comes first", () => {
  const [first] = lines([agent(1), agent(2), agent(3, { help_since: 5 })], new Set(), true);
  assert.equal(first.key, "a3");
});

test("agents are found by parts of name, centre and municipality, without marks", () => {
  assert.ok(matches(agent(1), "liga ludz"));
  assert.ok(!matches(agent(1), "liga preili"));
});

test("figures are sorted by what was chosen, and those without one come last", () => {
  const rows = [3, null, 5].map((average_wait_s, key) => ({ key, average_wait_s }));
  const by = (down) =>
    sorted(rows, { ...USUAL, sort: "average", down }, String).map((row) => row.average_wait_s);
  assert.deepEqual(by(true), [5, 3, null]);
  assert.deepEqual(by(false), [3, 5, null]);
});
