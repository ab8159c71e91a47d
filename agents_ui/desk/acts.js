/** What the agent can do: one act per button or key. Rules live with the server. */

import { chosen, onPassOn, openPassOn } from "./pass_on.js";
import { show, ringOrNot } from "./show.js";
import { sample, unlock } from "./sound.js";
import { desk, live, microphone, note, phone, record, seat } from "./state.js";
import { t } from "./texts.js";
import { hint } from "./topbar.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const END_PATIENCE_MS = 1000;

/** @type {Record<string, (value?: any) => unknown>} */
const ACTS = {
  start,
  answer,
  reject,
  end,
  sound,
  ready: () => $("go-ready").disabled || order("ready"),
  counter: () => notReady("counter"),
  mute: () => phone.toggleMute(),
  hold: () => phone.toggleHold(),
  "pass-on": () => openPassOn(),
  keypad: () => showKeypad($("pad").hidden),
  digit,
  "take-again": takeAgain,
  extend: () => order("extend", { call_id: desk.call.call_id }),
  save: () => record.finish(),
  current: () => turnTo(""),
  kind: (number) => record.choose({ kind: $("kinds").children[number - 1].dataset.kind }),
  "find-service": () => $("search").focus(),
  keys: () => $("keys").showModal(),
  microphone: () => microphone.open(),
  "use-here": useHere,
};

/** In which modes a key works; what is not named here works in all. */
const FITS = {
  answer: ["ringing", "callback"],
  reject: ["ringing", "callback"],
  mute: ["talking"],
  hold: ["talking"],
  keypad: ["talking"],
  "pass-on": ["talking"],
  digit: ["talking"],
  end: ["talking", "rejoining"],
  extend: ["wrap_up"],
  ready: ["away"],
  counter: ["idle", "talking", "wrap_up"],
};

/** Do what a button or key says. @param {string} name @param {any} [value] */
export function act(name, value) {
  ACTS[name](value);
}

/** Whether a key makes sense now. @param {string} name */
export function fits(name) {
  return !FITS[name] || FITS[name].includes(desk.mode);
}

/** No calls now, or after this one. @param {string} reason */
export function notReady(reason) {
  order("not_ready", { reason });
}

/** Turn to the record of an earlier call; "": back to the present. @param {string} callId */
export function turnTo(callId) {
  record.turnTo(callId);
  show();
}

/** @param {boolean} shown */
export function showKeypad(shown) {
  $("pad").hidden = !shown;
  $("keypad").setAttribute("aria-pressed", String(shown));
  $("pad-sent").textContent = "";
}

/** Open microphone and sound where the browser lets a page do so without a click. */
export async function resume() {
  if (!(await microphone.allowed())) return;
  const [heard, hears] = await Promise.all([unlock(), microphone.open()]);
  desk.started = heard && hears;
}

/** Who confirmed what about the caller: the level and the way, never the answers. */
export function identify(level, method) {
  order("identify", { call_id: desk.call.call_id, level, method });
}

async function order(name, args) {
  if (!(await live.command(name, args))) hint(t("That did not go through. Try again."));
}

async function start() {
  if ("Notification" in window) Notification.requestPermission();
  const [heard] = await Promise.all([unlock(), microphone.open()]);
  if (heard) sample();
  desk.started = true;
  show();
}

async function answer() {
  if (desk.call?.callback) return ringBack();
  if (desk.view?.device === "mobile") return;
  desk.answering = desk.offer;
  ringOrNot();
  if (await microphone.open()) phone.answer(microphone.stream);
  else desk.answering = "";
  show();
}

/** A browser's phone answers by itself when the citizen does; a desk phone rings then. */
async function ringBack() {
  if (desk.call.callback.calling) return;
  const { offer_id } = desk.call;
  desk.answering = offer_id;
  show();
  if (await live.command("ring_back", { offer_id })) return;
  desk.answering = "";
  hint(t("Nobody can be rung just now. Try again."));
  show();
}

async function reject() {
  const offer_id = desk.call?.offer_id;
  desk.refused = desk.offer;
  ringOrNot();
  if (!offer_id || !(await live.command("reject", { offer_id }))) phone.hangUp();
}

/** The server hears first who ended it; the phone hangs up by itself in any case. */
async function end() {
  const patience = new Promise((resolve) => setTimeout(resolve, END_PATIENCE_MS));
  const call_id = desk.call?.call_id;
  if (call_id) await Promise.race([live.command("end", { call_id }), patience]);
  phone.hangUp();
}

/** The note goes along, so it is saved first. */
async function passOn() {
  await note.flush();
  const args = chosen();
  if (args) await order("pass_on", args);
}

onPassOn(passOn);

async function sound() {
  $("no-sound").hidden = true;
  await phone.sound();
}

async function takeAgain() {
  const [, hears] = await Promise.all([unlock(), microphone.open()]);
  if (hears && phone.state === "none") await order("take_again", { call_id: desk.call.call_id });
}

function digit(key) {
  phone.digit(key);
  $("pad-sent").textContent += key;
}

async function useHere() {
  await Promise.all([seat.take(), unlock()]);
  await resume();
  desk.elsewhere = false;
  live.open();
  show();
}
