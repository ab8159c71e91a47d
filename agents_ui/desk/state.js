/** What this page knows, in one place: the server's view, and the few things only a page can know. */

import "./phone.js";
import { Live } from "./live.js";
import { Microphone } from "./microphone.js";
import { Note } from "./note.js";
import { Record } from "./record.js";
import { config } from "./texts.js";
import { OneWindow } from "./window.js";

export const live = new Live("/desk/live", config);
export const phone = /** @type {import("./phone.js").Phone} */ (document.getElementById("phone"));
export const microphone = new Microphone();
export const seat = new OneWindow();
export const note = new Note((args) => live.command("note", args));
export const record = new Record(note, (args) => live.command("save", args));

export const desk = {
  /** The server's word; replaced whole. @type {any} */
  view: config.view ?? null,
  /** What the left column shows. */
  mode: "start",
  /** The microphone is open and the ring can be heard. */
  started: false,
  /** Another window rings and talks. */
  elsewhere: false,
  /** The offer being answered, until it is. */
  answering: "",
  /** The offer that this agent can't take: quiet at once, whatever the link does. */
  refused: "",
  /** A reload in mid-call goes back to the talk by itself: once per page. */
  mayRejoin: true,
  loggedOut: false,

  get call() {
    return this.view?.call ?? null;
  },
  /** The offer that rings; "phone" where only the phone knows of it. */
  get offer() {
    return this.call?.offer_id ?? "phone";
  },
};
