/**
 * The note, saved as it is typed. The server's copy is the note; this one runs at most 2 s ahead.
 */

import { t } from "./texts.js";
import { clockTime, now, onTick } from "./time.js";

const PAUSE_MS = 400;
const LONGEST_MS = 2000;
const AGAIN_MS = 1000;
const PERSONAL_CODE = /(?<!\d)\d{6}-?\d{5}(?!\d)/;

export class Note {
  #area;
  #state;
  #guard;
  #write;
  #callId = "";
  #version = 0;
  #dirty = false;
  #timer = 0;
  #waitingSince = 0;
  /** @type {Promise<boolean> | null} */
  #writing = null;
  #savedAt = 0;

  /** @param {(args: {call_id: string, text: string, version: number}) => Promise<boolean>} write */
  constructor(write) {
    this.#write = write;
    [this.#area, this.#state, this.#guard] = ["note", "note-state", "note-guard"].map(
      (id) => /** @type {any} */ (document.getElementById(id)),
    );
    this.#area.addEventListener("input", () => this.#typed());
    this.#area.addEventListener("blur", () => this.flush());
    onTick(() => this.#say());
  }

  /** Show the note of a call; what is being typed here is newer than what the server has. */
  show(call) {
    if (call.call_id !== this.#callId) this.#turnTo(call);
    else if (!this.#dirty && call.note_version > this.#version) this.#take(call);
  }

  /** What is typed but not yet saved, or null; for a page that is going away. */
  get unsaved() {
    if (!this.#dirty) return null;
    return { call_id: this.#callId, text: this.#area.value, version: this.#version + 1 };
  }

  /** Save now. Resolves to whether the server has it all. */
  async flush() {
    clearTimeout(this.#timer);
    if (this.#writing) await this.#writing;
    if (!this.#dirty) return true;
    this.#writing = this.#send();
    const done = await this.#writing;
    this.#writing = null;
    return done;
  }

  async #send() {
    const order = /** @type {NonNullable<Note["unsaved"]>} */ (this.unsaved);
    this.#version = order.version;
    this.#dirty = false;
    this.#waitingSince = 0;
    const done = await this.#write(order);
    if (done) this.#savedAt = now();
    else if (order.call_id === this.#callId) {
      this.#dirty = true;
      this.#timer = setTimeout(() => this.flush(), AGAIN_MS);
    }
    return done;
  }

  #typed() {
    this.#dirty = true;
    this.#waitingSince ||= performance.now();
    this.#guard.hidden = !PERSONAL_CODE.test(this.#area.value);
    clearTimeout(this.#timer);
    const longest = this.#waitingSince + LONGEST_MS - performance.now();
    this.#timer = setTimeout(() => this.flush(), Math.max(0, Math.min(PAUSE_MS, longest)));
    this.#say();
  }

  #turnTo(call) {
    clearTimeout(this.#timer);
    if (this.unsaved) this.#write(this.unsaved); // of the former call, which leaves this page now
    this.#callId = call.call_id;
    this.#savedAt = 0;
    this.#dirty = false;
    this.#take(call);
  }

  #take(call) {
    this.#version = call.note_version;
    this.#area.value = call.note;
    this.#guard.hidden = !PERSONAL_CODE.test(call.note);
    this.#say();
  }

  #say() {
    this.#state.textContent = this.#dirty || this.#writing ? t("saving…") : this.#age();
  }

  #age() {
    if (!this.#savedAt) return this.#version ? t("saved") : t("saves itself");
    const age = Math.max(0, Math.round(now() - this.#savedAt));
    return age < 60
      ? t("saved {age} s ago", { age })
      : t("saved at {time}", { time: clockTime(this.#savedAt) });
  }
}
