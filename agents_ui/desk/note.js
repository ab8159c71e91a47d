/**
 * The note, saved as it is typed. The server's copy is the note; this one runs at most 2 s ahead.
 */

/** @import { CallView, Commands } from "./port.js" */

import { onTick } from "../shell/clocks.js";
import { $, setText } from "../shell/dom.js";
import { Guarded } from "../shell/guarded.js";
import { t } from "../shell/texts.js";
import { clockTime, now } from "../shell/time.js";
import { Draft } from "./draft.js";

const PAUSE_MS = 400;
const LONGEST_MS = 2000;
const AGAIN_MS = 1000;
const LAST_TRIES = 30;

/** @type {["both" | "mine" | "other", string][]} */
const CHOICES = [
  ["both", "note-both"],
  ["mine", "note-mine"],
  ["other", "note-theirs"],
];

export class Note {
  #area = $("note", HTMLTextAreaElement);
  #draft = new Draft();
  #guarded = new Guarded(this.#area, $("note-guard"), $("note-found"), () => this.#typed());
  #write;
  #timer = 0;
  #waitingSince = 0;
  /** @type {Promise<boolean> | null} */
  #writing = null;
  #savedAt = 0;
  #saved = (/** @type {string} */ _callId) => {};

  /** @param {(order: Commands["note"]) => Promise<boolean>} write */
  constructor(write) {
    this.#write = write;
    this.#area.addEventListener("input", () => this.#typed());
    this.#area.addEventListener("blur", () => this.flush());
    for (const [which, id] of CHOICES) $(id).addEventListener("click", () => this.#settle(which));
    onTick(() => this.#say());
  }

  /** @param {(callId: string) => void} work is done once the server has more of a call's note */
  onSaved(work) {
    this.#saved = work;
  }

  /** Show the note of a call; what is being typed here is newer than what the server has. @param {CallView} call */
  show(call) {
    if (call.call_id !== this.#draft.callId) this.#leave();
    if (this.#draft.take(call)) this.#area.value = call.note;
    this.#guard();
    this.#say();
  }

  /** What is typed but not yet saved, or null; for a page that is going away. */
  lastWord() {
    this.#draft.settle("both");
    return this.#draft.unsaved;
  }

  /** The agent is done with this call: nothing of it is to be asked any more. */
  async close() {
    this.#settle("both");
    return this.flush();
  }

  /** Save now. Resolves to whether the server has it all. @returns {Promise<boolean>} */
  async flush() {
    clearTimeout(this.#timer);
    if (this.#writing) await this.#writing;
    const order = this.#draft.unsaved;
    if (!order) return true;
    this.#writing = this.#send(order);
    const done = await this.#writing;
    this.#writing = null;
    return done;
  }

  /** @param {Commands["note"]} order */
  async #send(order) {
    this.#draft.sending(order);
    this.#waitingSince = 0;
    const done = await this.#write(order);
    if (done) {
      this.#draft.arrived(order);
      this.#savedAt = now();
      this.#saved(order.call_id);
    } else if (this.#draft.failed(order)) this.#timer = setTimeout(() => this.flush(), AGAIN_MS);
    return done;
  }

  #typed() {
    this.#draft.type(this.#area.value);
    this.#waitingSince ||= performance.now();
    this.#guard();
    clearTimeout(this.#timer);
    const longest = this.#waitingSince + LONGEST_MS - performance.now();
    this.#timer = setTimeout(() => this.flush(), Math.max(0, Math.min(PAUSE_MS, longest)));
    this.#say();
  }

  /** The former call's note leaves this page now. */
  #leave() {
    clearTimeout(this.#timer);
    const last = this.lastWord();
    if (last) this.#writeLast(last, this.#writing);
    this.#savedAt = 0;
  }

  /** After what is on its way, and again where the link is away: the last letter counts. @param {Commands["note"]} last @param {Promise<boolean> | null} before */
  async #writeLast(last, before) {
    const order = (await before) ? { ...last, base: last.base + 1 } : last;
    for (let tries = 0; tries < LAST_TRIES; tries += 1) {
      if (await this.#write(order)) return;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  /** @param {"both" | "mine" | "other"} which */
  #settle(which) {
    if (!this.#draft.other) return;
    this.#draft.settle(which);
    this.#area.value = this.#draft.text;
    this.#guard();
    this.flush();
  }

  #guard() {
    this.#guarded.look();
    $("note-other").hidden = !this.#draft.other;
    setText($("note-other-text"), this.#draft.other?.text ?? "");
  }

  /** Whether something stands in it that should not. */
  get holds() {
    return this.#guarded.holds;
  }

  #say() {
    $("note-state").textContent = this.#draft.dirty || this.#writing ? t("saving…") : this.#age();
  }

  #age() {
    if (!this.#savedAt) return this.#draft.base ? t("saved") : t("saves itself");
    const age = Math.max(0, Math.round(now() - this.#savedAt));
    return age < 60
      ? t("saved {age} s ago", { age })
      : t("saved at {time}", { time: clockTime(this.#savedAt) });
  }
}
