/**
 * The text of a note on its way to the server: what is typed, what is sent, what is saved. Pure.
 *
 * Each writing names the version that it was written on (`base`). Where somebody else has written
 * meanwhile the server takes none; then both texts stand here until the agent has chosen.
 */

/** @import { CallView, Commands } from "./port.js" */

const REMEMBERED = 20;

/** One call's note. What is typed here is newer than what the server has, until that has it. */
export class Draft {
  callId = "";
  text = "";
  /** The version of the server's note that this text goes on from. */
  base = 0;
  /** Typed, and not on its way yet. */
  dirty = false;
  /** What another page has written meanwhile. @type {{ text: string, version: number } | null} */
  other = null;
  /** Texts of ours that may have arrived although nobody has said so. @type {string[]} */
  #sent = [];

  /** The call at hand as the server has it. Answers whether its note is to be shown anew. @param {CallView} call */
  take(call) {
    const another = call.call_id !== this.callId;
    if (!another && call.note_version <= this.base) return false;
    if (!another && (call.note === this.text || this.#sent.includes(call.note))) {
      this.#goOn(call.note_version);
      this.dirty = call.note !== this.text;
      return false;
    }
    if (!another && (this.dirty || this.other)) {
      this.other = { text: call.note, version: call.note_version };
      return false;
    }
    this.callId = call.call_id;
    this.text = call.note;
    this.dirty = false;
    this.#goOn(call.note_version);
    return true;
  }

  /** @param {string} text as it stands now */
  type(text) {
    this.text = text;
    this.dirty = true;
  }

  /** What the server does not have yet, or null. @returns {Commands["note"] | null} */
  get unsaved() {
    if (!this.dirty || this.other) return null;
    return { call_id: this.callId, text: this.text, base: this.base };
  }

  /** It is on its way. @param {Commands["note"]} order */
  sending(order) {
    this.#sent = [...this.#sent, order.text].slice(-REMEMBERED);
    this.dirty = false;
  }

  /** The server has it. @param {Commands["note"]} order */
  arrived(order) {
    const ours = order.call_id === this.callId && order.base === this.base;
    if (ours && !this.other) this.#goOn(order.base + 1);
  }

  /** It did not arrive. Answers whether it is to be sent again: the page may be at another call. @param {Commands["note"]} order */
  failed(order) {
    const ours = order.call_id === this.callId;
    if (ours) this.dirty = true;
    return ours;
  }

  /** The agent has chosen, or is going: both texts, one after the other, lose nothing. @param {"both" | "mine" | "other"} which */
  settle(which) {
    if (!this.other) return;
    const { text, version } = this.other;
    if (which === "both") this.text = `${text}\n${this.text}`;
    else if (which === "other") this.text = text;
    this.dirty = this.text !== text;
    this.#goOn(version);
  }

  /** @param {number} version */
  #goOn(version) {
    this.base = version;
    this.other = null;
    this.#sent = [];
  }
}
