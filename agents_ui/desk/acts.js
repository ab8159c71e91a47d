/** What the agent can do: one act per button or key. Rules live with the server. */

/**
 * @import { Commands } from "./port.js"
 * @import { Mode } from "./mode.js"
 */

import { lock } from "../shell/cover.js";
import { $ } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { closeMenus } from "../shell/menus.js";
import { config, t } from "../shell/texts.js";
import { now } from "../shell/time.js";
import { openCallers } from "./callers.js";
import { openDial } from "./dial.js";
import { Eager } from "./eager.js";
import { openIdentification } from "./history.js";
import { OFFERED } from "./mode.js";
import { play } from "./player.js";
import { promiseMade } from "./promises.js";
import { chosen, onTransfer, openTransfer } from "./queue_transfer.js";
import { onReach, openReach } from "./reach.js";
import { ringOrNot, show } from "./show.js";
import { sample, unlock } from "./sound.js";
import { command, desk, live, microphone, note, phone, record, seat } from "./state.js";
import { hint } from "./topbar.js";
import { endTrial, tryPhone } from "./trial.js";

const END_PATIENCE_MS = 1000;
/** A telephone that answers by itself does so within this; else its receiver is to be lifted. */
const LIFT_PATIENCE_MS = 1500;
const eager = new Eager();
/** Its number among the kinds of work; the figures above the fifth are outcomes. */
const COMPLAINT = 6;

/** @type {Record<string, (value: string) => unknown>} */
const ACTS = {
  start,
  answer,
  reject,
  later: reject,
  "call-back": callBack,
  "play-again": play,
  end,
  sound,
  ready,
  counter: () => notReady("counter"),
  mute,
  hold,
  "pause-recording": pauseRecording,
  reach: openReach,
  complete: () => (offered() ? handOver() : aside("complete")),
  swap: () => aside("swap"),
  "join-all": () => aside("join_all"),
  drop: () => (offered() ? orderForCall("keep") : aside("drop")),
  "hand-over": handOver,
  keep: () => orderForCall("keep"),
  "queue-transfer": openTransfer,
  dial: () => openDial("", desk.mode === "talking" ? desk.call?.call_id : ""),
  turn,
  "stop-beside": stopBeside,
  "end-beside": endBeside,
  keypad: () => showKeypad(Boolean($("pad").hidden)),
  digit,
  "take-again": takeAgain,
  save,
  current: () => turnTo(""),
  kind: (number) => record.chooseKind(Number(number)),
  outcome: (number) => record.chooseOutcome(Number(number)),
  complaint: () => record.chooseKind(COMPLAINT),
  visit: () => writeDown("visit"),
  "no-visit": () => offerVisit(false),
  case: newCase,
  help: () => order("help", {}),
  "no-help": () => order("no_help", {}),
  "find-service": () => $("search").focus(),
  note: () => $("note").focus(),
  identify: openIdentification,
  who: openCallers,
  lock: lockDesk,
  keys: () => $("keys", HTMLDialogElement).showModal(),
  microphone: () => microphone.open(),
  "try-phone": tryPhone,
  "use-here": useHere,
  "come-back": () => location.reload(),
};

/** In which modes a key works; what is not named here works in all. @type {Record<string, Mode[]>} */
const FITS = {
  answer: OFFERED,
  reject: OFFERED,
  later: ["listening"],
  "call-back": ["listening"],
  mute: ["talking"],
  hold: ["talking"],
  "pause-recording": ["talking"],
  keypad: ["talking"],
  "queue-transfer": ["talking"],
  reach: ["talking"],
  complete: ["talking"],
  swap: ["talking"],
  "join-all": ["talking"],
  drop: ["talking"],
  digit: ["talking"],
  end: ["talking", "rejoining"],
  extend: ["wrap_up"],
  identify: ["talking"],
  who: ["talking", "wrap_up"],
  dial: ["idle", "away", "talking"],
  turn: ["talking"],
  ready: ["start", "away"],
  counter: ["idle", "talking", "wrap_up"],
  visit: ["idle", "away"],
};

/** Do what a button or key says: an act of the page, or a command about the call at hand. @param {string} name @param {string} [value] */
export function act(name, value = "") {
  if (ACTS[name]) ACTS[name](value);
  else orderForCall(name);
}

/** Whoever leaves locks: what was written is kept first; a talk goes on and can be held and ended. */
export async function lockDesk() {
  note.flush();
  await lock();
}

/** While somebody else is in the call these are at rest: each of the others is ended apart. */
const OF_TWO = ["hold", "queue-transfer", "reach"];

/** Whether a key makes sense now. @param {string} name */
export function fits(name) {
  const { call } = desk;
  if (OF_TWO.includes(name) && (call?.aside || call?.asked)) return false;
  if (name === "end" && call?.aside) return false;
  if (name === "turn" && (!desk.beside || call?.aside)) return false;
  return FITS[name]?.includes(desk.mode) ?? true;
}

/** The page calls; before the phone is known to be here it is remembered that this was pressed. */
function ready() {
  endTrial();
  eager.press(now());
  beReady();
}

/** Where it was pressed, and can be. */
export function beReady() {
  const able = desk.mode === "away" && !$("go-ready", HTMLButtonElement).disabled;
  if (eager.due(able, now())) order("ready", {});
}

/** Answer there from now on; a talk goes along. @param {Commands["device"]["device"]} device */
export async function answerOn(device) {
  if (device === desk.view?.device) return;
  desk.choosing = device;
  closeMenus();
  await order("device", { device });
  if (device === "browser" && desk.started) await microphone.open();
}

/** No calls now, or after this one. @param {Commands["not_ready"]["reason"]} reason */
export function notReady(reason) {
  eager.forget();
  order("not_ready", { reason });
}

/** Turn to the record of an earlier call; "": back to the present. @param {string} callId */
export function turnTo(callId) {
  record.turnTo(callId);
  show();
  const inHand = desk.view?.unsaved.some((one) => one.call_id === callId);
  if (callId && !inHand) order("open_record", { call_id: callId });
}

/** What came without a call is written down in the same form. @param {Commands["contact"]["channel"]} channel */
export async function writeDown(channel) {
  offerVisit(false);
  closeMenus();
  desk.writing = channel;
  if (!(await command("contact", { channel })) && !turnToWritten())
    hint(t("That did not go through. Try again."));
}

/** In a window of its own: the phone lives in this one. What was written goes along, so it is saved first. */
async function newCase() {
  const call = record.call;
  if (!call || call.phase === "ringing") return;
  const opened = window.open("", "_blank");
  await note.flush();
  if (opened) opened.location.href = `/cases/new?call=${encodeURIComponent(call.call_id)}`;
}

/** Turn to what was begun just now, or was there already; answers whether it is there. */
export function turnToWritten() {
  const begun = desk.view?.unsaved.find((one) => one.written && one.came_by === desk.writing);
  if (!begun) return false;
  desk.writing = "";
  turnTo(begun.call_id);
  $("note").focus();
  return true;
}

/** Whoever leaves the counter is asked for the record of the visit. @param {boolean} asked */
export function offerVisit(asked) {
  $("offer-visit").hidden = !asked;
}

/** Who is said to be rung back is promised it. What should not stand in the note is told once more;
 * it hinders nobody. */
async function save() {
  const holds = note.holds;
  if (record.closesWithPromise && !(await promiseMade(record.call))) return;
  if ((await record.finish()) && holds)
    hint(t("Saved. The note holds what looks like a personal code, a card or an account."));
}

/** The records that were laid aside, for whoever wants to close one. */
export async function showLaidAside() {
  try {
    record.showLaidAside((await ask("/desk/laid-aside", { csrf: config.csrf, body: {} })).records);
  } catch {
    hint(t("That did not go through. Try again."));
  }
}

/** @param {boolean} shown */
export function showKeypad(shown) {
  $("pad").hidden = !shown;
  $("keypad").setAttribute("aria-pressed", String(shown));
  $("pad-sent").textContent = "";
  if (shown) $("keypad").focus(); // its figures are no longer the note's
}

/** Open microphone and sound where the browser lets a page do so without a click. */
export async function resume() {
  if (desk.isPhone && !(await microphone.allowed())) return;
  const [heard, live] = await Promise.all([unlock(), hears()]);
  desk.started = heard && live;
}

/** Who confirmed what about the caller: the level and the way, never the answers. @param {number} level @param {string} method */
export function identify(level, method) {
  if (desk.call) order("identify", { call_id: desk.call.call_id, level, method });
}

/**
 * @template {keyof Commands} Name
 * @param {Name} name
 * @param {Commands[Name]} args
 */
async function order(name, args) {
  if (!(await command(name, args))) hint(t("That did not go through. Try again."));
}

/** @param {string} name of a command that needs no more than the call */
async function orderForCall(name) {
  const known = /** @type {"extend" | "take_again" | "keep"} */ (name);
  if (desk.call) await order(known, { call_id: desk.call.call_id });
}

async function start() {
  if ("Notification" in window) Notification.requestPermission();
  const [heard] = await Promise.all([unlock(), hears()]);
  if (heard) sample();
  desk.started = true;
  show();
}

async function answer() {
  if (desk.call?.callback) return ringBack(desk.call.offer_id, desk.call.callback.calling);
  if (desk.call?.message) return order("listen", { offer_id: desk.call.offer_id });
  if (!desk.isPhone) return answerTable();
  desk.answering = desk.offer;
  ringOrNot();
  if (!(await answerPhone())) desk.answering = "";
  show();
}

/** The telephone on the table is told to answer; one that does not know how rings on. */
async function answerTable() {
  const { offer, call } = desk;
  if (!call || !desk.answers) return;
  desk.answering = offer;
  show();
  const taken = await command("answer", { offer_id: call.offer_id });
  if (taken) await new Promise((resolve) => setTimeout(resolve, LIFT_PATIENCE_MS));
  if (desk.answering === offer) desk.answering = "";
  desk.unlifted = offer;
  show();
}

/** Talk, where the microphone hears. Resolves to whether it does. */
export async function answerPhone() {
  const live = await microphone.open();
  if (live && microphone.stream) phone.answer(microphone.stream);
  return live;
}

/** Whether the agent would be heard: the microphone of this page counts where it is the telephone. */
async function hears() {
  return !desk.isPhone || microphone.open();
}

/**
 * A browser's phone answers by itself when the citizen does; a desk phone rings then.
 * @param {string} offer_id
 * @param {boolean} calling already
 */
async function ringBack(offer_id, calling) {
  if (calling) return;
  desk.answering = offer_id;
  show();
  if (await command("ring_back", { offer_id })) return;
  desk.answering = "";
  hint(t("Nobody can be rung just now. Try again."));
  show();
}

/** Who left the message is rung; the note goes along, so it is saved first. */
async function callBack() {
  const offer_id = desk.call?.offer_id;
  if (!offer_id || !desk.call?.message?.ring || desk.call.barred) return;
  await note.close();
  await ringBack(offer_id, false);
}

async function reject() {
  const offer_id = desk.call?.offer_id;
  desk.refused = desk.offer;
  ringOrNot();
  if (!offer_id || !(await command("reject", { offer_id }))) phone.hangUp();
}

/** The server hears first who ended it; the phone hangs up by itself in any case, unless the other of two calls needs it. */
async function end() {
  const patience = new Promise((resolve) => setTimeout(resolve, END_PATIENCE_MS));
  const call_id = desk.call?.call_id;
  const stays = desk.beside && !desk.beside.callback;
  if (call_id) await Promise.race([command("end", { call_id }), patience]);
  if (!stays) phone.hangUp();
}

/** The note goes along, so it is saved first. */
async function transfer() {
  await note.close();
  const args = chosen();
  if (args) await order("queue_transfer", args);
}

onTransfer(transfer);
onReach(passOn);

/** @param {"consult" | "pass"} name @param {Commands["consult"]} args */
async function passOn(name, args) {
  await note.close(); // the colleague reads it
  if (phone.held) phone.toggleHold(); // or it would hear nobody
  await order(name, args);
}

/** The phone of this page mutes by itself; for any other device we do. */
function mute() {
  const { call } = desk;
  if (desk.isPhone || !call) return phone.toggleMute();
  return order("mute", { call_id: call.call_id, muted: !call.muted });
}

/**
 * The phone of this page holds by itself, also without the link; for any other device we do, and
 * whom its own key holds only that key takes back.
 */
function hold() {
  const { call } = desk;
  if (!call || (phone.state === "talking" && !call.parked)) return phone.toggleHold();
  if (phone.held) phone.toggleHold(); // or the caller would hear nobody
  const held = call.parked || call.phone_holds;
  return order(held ? "resume" : "hold", { call_id: call.call_id });
}

/** Silence in the recording, or no more: while a secret is told. */
function pauseRecording() {
  const { call } = desk;
  const names = { on: "pause_recording", paused: "resume_recording" };
  const name = call && Object.entries(names).find(([now]) => now === call.recording)?.[1];
  return call && name ? orderForCall(name) : undefined;
}

/** About whoever else is in the call, where its button is there. @param {"complete" | "swap" | "join_all" | "drop"} name */
function aside(name) {
  const button = `#aside [data-do="${name.replace("_", "-")}"]:not([hidden])`;
  if (desk.call?.aside && document.querySelector(button))
    return order(name, { call_id: desk.call.call_id });
  return undefined;
}

/** To the other of two calls; a citizen whose card is read is rung. The note of this one goes first. */
async function turn() {
  const { beside } = desk;
  if (!beside || $("beside-turn").hidden) return;
  const { call_id, offer_id, callback } = beside;
  await note.close();
  if (callback) await order("ring_back", { offer_id });
  else await order("resume", { call_id });
  if (phone.held) phone.toggleHold(); // by now we hold the caller
}

/** Whoever is rung as the second is so no more, or is rung later. */
async function stopBeside() {
  const { beside } = desk;
  if (beside?.callback) await order("reject", { offer_id: beside.offer_id });
}

async function endBeside() {
  const { beside } = desk;
  if (beside && !beside.callback) await order("end", { call_id: beside.call_id });
}

/** Whether a colleague would have the caller. */
function offered() {
  return Boolean(desk.call?.taker) && !desk.call?.aside;
}

/** To the colleague who has offered it. */
async function handOver() {
  const { call } = desk;
  if (!call?.taker) return;
  await passOn("pass", {
    call_id: call.call_id,
    colleague: call.taker.agent_id,
    number: "",
  });
}

async function sound() {
  $("no-sound").hidden = true;
  await phone.sound();
}

async function takeAgain() {
  const [, heard] = await Promise.all([unlock(), hears()]);
  if (heard && phone.state === "none") await orderForCall("take_again");
}

/** @param {string} key */
async function digit(key) {
  const { call } = desk;
  if (desk.isPhone || !call) phone.digit(key);
  else if (!(await command("key", { call_id: call.call_id, digit: key })))
    return hint(t("That did not go through. Try again."));
  $("pad-sent").textContent += key;
}

async function useHere() {
  await Promise.all([seat.take(), unlock()]);
  await resume();
  desk.elsewhere = false;
  desk.mayRejoin = true; // a talk goes on where the desk was
  live.open();
  show();
}
