/** The text of a note on its way to the server: what is typed, what is sent, what is saved. Pure. */

/** @import { CallView, Commands } from "./port.js" */

const PERSONAL_CODE = /(?<!\d)\d{6}-?\d{5}(?!\d)/;

/** Whether a text holds what looks like a Latvian personal code. @param {string} text */
export function holdsPersonalCode(text) {
  return PERSONAL_CODE.test(text);
}

/** One call's note. What is typed here is newer than what the server has, until that has it. */
export class Draft {
  callId = "";
  text = "";
  version = 0;
  /** Typed, and not on its way yet. */
  dirty = false;

  /** The call at hand as the server has it. Answers whether its note is to be shown anew. @param {CallView} call */
  take(call) {
    const another = call.call_id !== this.callId;
    if (!another && (this.dirty || call.note_version <= this.version)) return false;
    this.callId = call.call_id;
    this.text = call.note;
    this.version = call.note_version;
    this.dirty = false;
    return true;
  }

  /** @param {string} text as it stands now */
  type(text) {
    this.text = text;
    this.dirty = true;
  }

  /** What the server does not have yet, or null. @returns {Commands["note"] | null} */
  get unsaved() {
    if (!this.dirty) return null;
    return { call_id: this.callId, text: this.text, version: this.version + 1 };
  }

  /** It is on its way. @param {Commands["note"]} order */
  sending(order) {
    this.version = order.version;
    this.dirty = false;
  }

  /** It did not arrive. Answers whether it is to be sent again: the page may be at another call. @param {Commands["note"]} order */
  failed(order) {
    const ours = order.call_id === this.callId;
    if (ours) this.dirty = true;
    return ours;
  }
}
