/**
 * The live link: whole views come in, commands go out, and the page always knows how old it is. The
 * server ticks each 5 s, so silence means a dead link even where no socket has noticed.
 */

import { setServerTime } from "./time.js";

const SILENCE_MS = 7500;
const ACK_MS = 4000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;

/** @type {Map<number, "taken-over" | "session-over" | "forbidden">} */
const FINAL = new Map([
  [4001, "taken-over"],
  [4401, "session-over"],
  [4403, "forbidden"],
]);

/**
 * What has changed since the view of that number: fields, and rows by list and key; null has gone.
 * @typedef {{
 *   since: number,
 *   seq: number,
 *   at: number,
 *   set: Record<string, unknown>,
 *   rows: Record<string, [string, Record<string, unknown> | null][]>,
 * }} Changes
 */

/**
 * What a link tells: the last of them have no particulars.
 * @template View
 * @typedef {{
 *   view: View,
 *   changes: Changes,
 *   hotline: Partial<View>,
 *   phone: import("./port.js").PhoneLogin,
 *   up: undefined,
 *   down: undefined,
 *   unsafe: undefined,
 *   "taken-over": undefined,
 *   "session-over": undefined,
 *   forbidden: undefined,
 * }} News
 */

/** @template {{ at: number }} View what the page shows */
export class Live {
  #path;
  #config;
  #news = new EventTarget();
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<number, (done: boolean) => void>} */
  #pending = new Map();
  #number = 0;
  #retryMs = FIRST_RETRY_MS;
  #retry = 0;
  #up = false;
  #heardAt = 0;
  #wanted = false;
  /** This page, among those that somebody has open. */
  #page = crypto.randomUUID();
  /** Somebody asked for this page; when it comes back by itself it takes no other page's place. */
  #asked = false;

  /**
   * @param {string} path of the WebSocket
   * @param {{ csrf: string, hello?: object }} config `hello` is what the page says first
   */
  constructor(path, config) {
    this.#path = path;
    this.#config = config;
    setInterval(() => this.#watch(), 1000);
    addEventListener("online", () => this.#reopen());
    document.addEventListener("visibilitychange", () => document.hidden || this.#reopen());
  }

  /** Whether views arrive. */
  get up() {
    return this.#up;
  }

  /** Seconds since the server was last heard; Infinity before the first word. */
  get ageS() {
    return this.#heardAt ? (performance.now() - this.#heardAt) / 1000 : Infinity;
  }

  /**
   * @template {keyof News<View>} Kind
   * @param {Kind} kind
   * @param {(particulars: News<View>[Kind]) => unknown} work
   */
  on(kind, work) {
    this.#news.addEventListener(kind, (event) => work(/** @type {CustomEvent} */ (event).detail));
  }

  open() {
    this.#wanted = this.#asked = true;
    this.#connect();
  }

  /** Somebody has logged in: come back at once. */
  wake() {
    this.#wanted = this.#asked = true;
    this.#reopen();
  }

  /** Something was missed: the whole view, please. */
  again() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('"again"');
  }

  close() {
    this.#wanted = false;
    this.#socket?.close(1000);
  }

  /**
   * Order something; true once the server has done it. Falls back to a plain request.
   * @param {string} name
   * @param {object} [args]
   * @returns {Promise<boolean>}
   */
  async command(name, args = {}) {
    const message = { type: "command", id: ++this.#number, name, args };
    if (this.#socket?.readyState !== WebSocket.OPEN) return this.#post(message);
    this.#socket.send(JSON.stringify(message));
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(message.id, false), ACK_MS);
      this.#pending.set(message.id, (done) => {
        clearTimeout(timer);
        resolve(done);
      });
    });
  }

  /** Order something while the page is going away. @param {string} name @param {object} args */
  lastWord(name, args) {
    this.#post({ type: "command", id: ++this.#number, name, args });
  }

  /** @param {object} message */
  async #post(message) {
    try {
      const answer = await fetch("/desk/command", {
        method: "POST",
        keepalive: true,
        signal: AbortSignal.timeout(ACK_MS),
        headers: { "Content-Type": "application/json", "X-CSRF": this.#config.csrf },
        body: JSON.stringify(message),
      });
      return answer.ok && this.#done(await answer.json());
    } catch {
      return false;
    }
  }

  #connect() {
    clearTimeout(this.#retry);
    if (!this.#wanted || this.#socket) return;
    const again = this.#asked ? "" : "&again";
    const socket = new WebSocket(`${this.#path}?page=${this.#page}${again}`);
    this.#socket = socket;
    this.#heardAt = performance.now();
    const { hello } = this.#config;
    if (hello) socket.onopen = () => socket.send(JSON.stringify(hello));
    socket.onmessage = (event) => this.#hear(JSON.parse(event.data));
    socket.onclose = (event) => this.#socket === socket && this.#lost(event.code);
  }

  /** @param {{ type: string } & Record<string, any>} message */
  #hear(message) {
    this.#heardAt = performance.now();
    switch (message.type) {
      case "ack":
        return this.#settle(message.id, this.#done(message));
      case "tick":
        return setServerTime(message.at);
      case "csrf":
        this.#config.csrf = message.csrf;
        return undefined;
      case "phone":
        return this.#tell("phone", message.phone);
      case "view":
        setServerTime(message.view.at);
        return this.#show(message.view);
      case "changes":
        setServerTime(message.changes.at);
        return this.#tell("changes", message.changes);
      case "hotline":
        return this.#tell("hotline", message.hotline);
      default:
        return undefined; // the last word before the link is closed: the code says it too
    }
  }

  /** The page learns how things stand before it says anything. @param {View} view */
  #show(view) {
    const rises = !this.#up;
    this.#up = true;
    this.#asked = false;
    this.#retryMs = FIRST_RETRY_MS;
    this.#tell("view", view);
    if (rises) this.#tell("up");
  }

  /** @param {number} code */
  #lost(code) {
    this.#socket = null;
    this.#up = false;
    for (const id of [...this.#pending.keys()]) this.#settle(id, false);
    const last = FINAL.get(code);
    if (last === "taken-over") this.#wanted = false;
    this.#tell(last ?? "down");
    if (!this.#wanted) return;
    this.#retry = setTimeout(() => this.#connect(), this.#retryMs * (0.75 + Math.random() / 2));
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
  }

  #watch() {
    if (!this.#socket || performance.now() - this.#heardAt < SILENCE_MS) return;
    const dead = this.#socket;
    this.#lost(4000);
    dead.close();
  }

  #reopen() {
    this.#retryMs = FIRST_RETRY_MS;
    this.#connect();
  }

  /** What an answer says; what was done may not be on the disk yet. @param {Record<string, any>} ack */
  #done(ack) {
    if (ack.error === "not-safe-yet") this.#tell("unsafe");
    return ack.ok === true;
  }

  /** @param {number} id @param {boolean} done */
  #settle(id, done) {
    this.#pending.get(id)?.(done);
    this.#pending.delete(id);
  }

  /** @param {keyof News<View>} kind @param {unknown} [detail] */
  #tell(kind, detail) {
    this.#news.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

/**
 * Ask the server for something by a request of its own; throws where it has no answer.
 * @param {string} path
 * @param {{ csrf: string, body?: unknown }} request
 */
export async function ask(path, { csrf, body }) {
  const answer = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers: { "Content-Type": "application/json", "X-CSRF": csrf },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`answered ${answer.status}`, { cause: answer.status });
  return answer.json();
}
