/** The clocks of a page go on together, with the server's second. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { FakeElement, pageOf } from "./elements.js";

mock.timers.enable({ apis: ["Date"], now: 5_000_000 });
const page = pageOf({});
/** @type {() => void} */
let tick = () => {};
const world = /** @type {any} */ (globalThis);
world.setInterval = (/** @type {() => void} */ work) => {
  tick = work;
};

const { countFrom, countTo } = await import("../../agents_ui/shell/clocks.js");
const { setServerTime } = await import("../../agents_ui/shell/time.js");

/** An element of the page. */
function clock() {
  const made = new FakeElement("td");
  page.append(made);
  return made;
}

/** @param {number} milliseconds */
function pass(milliseconds) {
  mock.timers.tick(milliseconds);
  tick();
}

/** @param {...FakeElement} clocks */
function shown(...clocks) {
  return clocks.map((one) => one.textContent);
}

test("clocks that count up change in one and the same tick, and in no other", () => {
  setServerTime(1000.1);
  tick();
  const [one, other] = [clock(), clock()];
  countFrom(one, 990.2);
  countFrom(other, 989.9);
  assert.deepEqual(shown(one, other), ["0:10", "0:11"]);
  const before = one.written;
  for (let quarter = 0; quarter < 3; quarter++) pass(250); // 1000.85
  assert.deepEqual(shown(one, other), ["0:10", "0:11"]);
  assert.equal(one.written, before);
  pass(250); // 1001.1
  assert.deepEqual(shown(one, other), ["0:11", "0:12"]);
  assert.equal(one.written, before + 1);
});

test("the last minute before a moment is counted from the instant that it begins", () => {
  setServerTime(2000.1);
  tick();
  const [soon, late] = [clock(), clock()];
  countTo(soon, 2030.6);
  countTo(late, 2090.6);
  assert.deepEqual(shown(soon, late), ["0:31", "1:30"]);
  pass(500); // 2000.6
  assert.deepEqual(shown(soon, late), ["0:30", "1:30"]);
  pass(500); // 2001.1
  assert.deepEqual(shown(soon, late), ["0:30", "1:29"]);
});

test("what has no moment shows a dash, and counts no more", () => {
  setServerTime(3000);
  tick();
  const one = clock();
  countFrom(one, 2990);
  countFrom(one, null);
  pass(1000);
  assert.deepEqual(shown(one), ["–"]);
  countTo(one, 3100);
  assert.deepEqual(Object.keys(one.dataset), ["until"]);
});
