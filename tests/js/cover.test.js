/** The desk that nobody uses locks itself: after its time, and not before. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { pageIn } from "./page.js";

/** @type {Map<string, string>} */
const kept = new Map();
/** @type {Map<string, () => void>} */
const heard = new Map();

class Element {
  open = false;
}

/** @param {number} lockS @returns {Promise<() => number>} how often it locked */
async function desk(lockS) {
  pageIn("lv");
  const sheet = new Element();
  const texts = globalThis.document.getElementById;
  globalThis.HTMLElement = globalThis.HTMLDialogElement = /** @type {any} */ (Element);
  globalThis.document.getElementById = /** @type {any} */ (
    (/** @type {string} */ id) => (id === "cover" ? sheet : texts(id))
  );
  globalThis.localStorage = /** @type {any} */ ({
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
  });
  globalThis.addEventListener = /** @type {any} */ (
    (/** @type {string} */ kind, /** @type {() => void} */ work) => heard.set(kind, work)
  );
  const { lockUnused } = await import("../../agents_ui/shell/cover.js");
  let locked = 0;
  lockUnused(lockS, () => {
    locked += 1;
    sheet.open = true;
  });
  return () => locked;
}

test("a desk locks when nobody has used it for its time, once", async () => {
  mock.timers.enable({ apis: ["Date", "setInterval"], now: 1_000_000 });
  const locked = await desk(300);
  mock.timers.tick(299_000);
  assert.equal(locked(), 0);
  heard.get("pointermove")?.();
  mock.timers.tick(299_000);
  assert.equal(locked(), 0);
  mock.timers.tick(2_000);
  assert.equal(locked(), 1);
  mock.timers.tick(600_000);
  assert.equal(locked(), 1);
  mock.timers.reset();
});

test("another page of this browser that is used keeps the desk open", async () => {
  mock.timers.enable({ apis: ["Date", "setInterval"], now: 9_000_000 });
  const locked = await desk(60);
  mock.timers.tick(59_000);
  kept.set("cc-used", String(Date.now()));
  mock.timers.tick(59_000);
  assert.equal(locked(), 0);
  mock.timers.reset();
});

test("nothing locks where no time is set", async () => {
  mock.timers.enable({ apis: ["Date", "setInterval"], now: 20_000_000 });
  const locked = await desk(0);
  mock.timers.tick(86_400_000);
  assert.equal(locked(), 0);
  mock.timers.reset();
});
