/** What this page knows, in one place: the server's view, and the few things only a page can know. */

/**
 * @import { Commands, DeskView } from "./port.js"
 * @import { Mode } from "./mode.js"
 */

import { $ } from "../shell/dom.js";
import { Live } from "../shell/live.js";
import { Microphone } from "../shell/microphone.js";
import { Phone } from "../shell/phone.js";
import { config } from "../shell/texts.js";
import { Note } from "./note.js";
import { Record } from "./record.js";
import { OneWindow } from "./window.js";

/** @type {Live<DeskView>} */
export const live = new Live("/desk/live", config);
export const phone = $("phone", Phone);
export const microphone = new Microphone();
export const seat = new OneWindow();
export const note = new Note((order) => command("note", order));
export const record = new Record(note, (order) => command("save", order));

export const desk = {
  /** The server's word; replaced whole. */
  view: /** @type {DeskView | null} */ (config.view ?? null),
  /** What the left column shows. */
  mode: /** @type {Mode} */ ("start"),
  /** The microphone is open and the ring can be heard. */
  started: false,
  /** Another window rings and talks. */
  elsewhere: false,
  /** The offer being answered, until it is. */
  answering: "",
  /** The offer that the telephone on the table did not answer by itself. */
  unlifted: "",
  /** The offer that this agent cannot take: quiet at once, whatever the link does. */
  refused: "",
  /** The promise whose card the agent has asked for: it need not ring. */
  taken: "",
  /** A reload in mid-call goes back to the talk by itself: once per page. */
  mayRejoin: true,
  /** The device that was chosen here last. */
  choosing: "",
  /** What is to be written down as soon as the server has begun it. */
  writing: "",
  loggedOut: false,
  /** The link to the service was there, and is not now. */
  linkLost: false,

  get call() {
    return this.view?.call ?? null;
  },
  /** The other of two calls. */
  get beside() {
    return this.view?.beside ?? null;
  },
  /** Whether what rings can be answered by the page: all but a mobile. */
  get answers() {
    return this.view?.device !== "mobile";
  },
  /** Whether this page is the telephone; else one on the table is, or a mobile. */
  get isPhone() {
    return (this.view?.device ?? "browser") === "browser";
  },
  /** The offer that rings; "phone" where only the phone knows of it. */
  get offer() {
    return this.call?.offer_id ?? "phone";
  },
};

/**
 * Order something of the server; true once it has it for good.
 * @template {keyof Commands} Name
 * @param {Name} name
 * @param {Commands[Name]} order
 */
export function command(name, order) {
  return live.command(name, order);
}
