/** The live link of a page: a socket of our own stands in for the browser's. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pageIn } from "./page.js";

/** @type {Socket[]} */
const sockets = [];

class Socket {
  static OPEN = 1;
  readyState = 1;
  /** @type {(event: { data: string }) => void} */
  onmessage = () => {};
  /** @type {(event: { code: number }) => void} */
  onclose = () => {};

  /** @param {string} url */
  constructor(url) {
    this.url = url;
    sockets.push(this);
  }

  /** @param {object} message */
  hear(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }

  close() {}
}

const world = /** @type {any} */ (globalThis);
world.WebSocket = Socket;
world.addEventListener = () => {};
pageIn("en");
Object.assign(document, { addEventListener: () => {}, hidden: false });
world.setInterval = () => 0;
world.setTimeout = (/** @type {() => void} */ work) => setImmediate(work);

const { Live } = await import("../../agents_ui/shell/live.js");

/** The next socket that the page opens. */
async function opened() {
  while (!sockets.length) await new Promise((resolve) => setImmediate(resolve));
  return /** @type {Socket} */ (sockets.shift());
}

test("a page asks for its place when it is opened, and not when it comes back by itself", async () => {
  const live = new Live("/desk/live", { csrf: "" });
  live.open();
  const first = await opened();
  first.hear({ type: "view", view: { at: 1 } });
  first.onclose({ code: 1011 });
  const second = await opened();
  second.onclose({ code: 4001 });
  live.open();
  const third = await opened();
  const [page] = first.url.split("?page=").slice(1);
  assert.deepEqual(
    [first, second, third].map((socket) => socket.url),
    ["", "&again", ""].map((again) => `/desk/live?page=${page}${again}`),
  );
});

test("a page that was never up still asks for its place", async () => {
  const live = new Live("/desk/live", { csrf: "" });
  live.open();
  (await opened()).onclose({ code: 1013 });
  assert.doesNotMatch((await opened()).url, /again/);
  live.close();
});

test("a page knows how things stand before it says anything", async () => {
  const live = new Live("/desk/live", { csrf: "" });
  /** @type {string[]} */
  const told = [];
  live.on("view", () => told.push("view"));
  live.on("up", () => told.push("up"));
  live.open();
  (await opened()).hear({ type: "view", view: { at: 1 } });
  assert.deepEqual(told, ["view", "up"]);
});
