/** The desk: what is pressed, heard and lost on this page, and what happens then. */

/** @import { CallView, Commands } from "./port.js" */

import { showBanner } from "../shell/banner.js";
import { onTick } from "../shell/clocks.js";
import { cover, lockUnused, onEntered, prepareCover, uncover } from "../shell/cover.js";
import { $, pressed, setText } from "../shell/dom.js";
import { closeMenus, somethingOpen } from "../shell/menus.js";
import { config, t } from "../shell/texts.js";
import { duration, now, setServerTime } from "../shell/time.js";
import {
  act,
  answerOn,
  answerPhone,
  beReady,
  fits,
  identify,
  lockDesk,
  notReady,
  offerVisit,
  resume,
  showKeypad,
  showLaidAside,
  turnTo,
  turnToWritten,
  writeDown,
} from "./acts.js";
import { besideTold } from "./beside.js";
import { onCaller } from "./callers.js";
import { closeDial } from "./dial.js";
import { onIdentify } from "./history.js";
import { meaning, TEXT } from "./keys.js";
import { HoldReminder } from "./long_hold.js";
import { OFFERED } from "./mode.js";
import { closeTransfer } from "./queue_transfer.js";
import { closeReach } from "./reach.js";
import "./secret.js";
import { clearSearch, onAdd, onOpen, suggestFromNote } from "./services.js";
import { show } from "./show.js";
import { audible, remind, unlock } from "./sound.js";
import { command, desk, live, microphone, note, phone, record, seat } from "./state.js";
import { hint } from "./topbar.js";
import { linkLost } from "./words.js";

/** A page that is not rung for so long after it has registered is rung where it was before. */
const RUNG_MS = 400;

let wasRinging = false;
const holds = new HoldReminder();

// --- pressed ---------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const meant = meaning(event, {
    target: event.target instanceof Element ? event.target : null,
    ringing: OFFERED.includes(desk.mode),
    keypad: desk.mode === "talking" && !$("pad").hidden,
    open: somethingOpen(),
  });
  if (!meant) return;
  const fit = fits(meant.name);
  if (fit) act(meant.name, meant.value);
  if (fit || meant.name === "end") event.preventDefault(); // never the browser's own Ctrl+E
});

document.addEventListener("click", (event) => {
  const {
    do: name,
    reason,
    digit,
    unsaved,
    write,
    answerOn: on,
  } = pressed(event, "button")?.dataset ?? {};
  if (name) act(name);
  else if (reason) notReady(/** @type {Commands["not_ready"]["reason"]} */ (reason));
  else if (digit) act("digit", digit);
  else if (unsaved) turnTo(unsaved);
  else if (on) answerOn(/** @type {Commands["device"]["device"]} */ (on));
  else if (write) writeDown(/** @type {Commands["contact"]["channel"]} */ (write));
});

/** Where letters are written Enter is not the key that answers, and the page says so. */
function tellTyping() {
  document.body.toggleAttribute("data-typing", Boolean(document.activeElement?.closest(TEXT)));
}

addEventListener("focusin", tellTyping);
addEventListener("focusout", () => queueMicrotask(tellTyping));
$("note").addEventListener("keydown", ({ key }) => {
  if (key === "Escape") $("note").blur();
});

$("laid-aside").addEventListener("click", showLaidAside);
note.onSaved(suggestFromNote);
onAdd((code) => record.add(code));
onOpen((code) => record.suppose(code));
onIdentify(identify);
onCaller(show);

// --- heard from the server -------------------------------------------------------------------

live.on("view", (view) => {
  if (view.call?.phase !== "ringing") desk.answering = "";
  if (view.call?.call_id !== desk.call?.call_id) newCall();
  const before = desk.mode;
  if (leavesCounter(desk.view, view)) offerVisit(true);
  else if (view.call) offerVisit(false);
  const told = besideTold(desk.view, view);
  const came = cameFrom(desk.view, view);
  desk.view = view;
  show();
  if (told || came) hint(told || came);
  if (desk.writing) turnToWritten();
  if (desk.mode === "talking" && OFFERED.includes(before)) $("note").focus();
  if (desk.mode === "out" || !desk.isPhone) phone.rest(); // its log-in counts no more
  rejoin();
});
live.on("hotline", (part) => {
  if (!desk.view) return;
  desk.view = { ...desk.view, ...part };
  show();
});
live.on("phone", (login) => phone.connect(login));
live.on("up", async () => {
  desk.linkLost = false;
  showBanner(null);
  if (desk.loggedOut) await renew();
  uncover();
  if (desk.mode !== "out") command("microphone", { granted: microphone.live });
  note.flush();
});
live.on("down", () => {
  desk.linkLost = true;
  tellOfLink();
});
live.on("unsafe", () => {
  hint(t("Done, but not safe yet: the service cannot write to its disk and keeps trying."));
});
live.on("session-over", () => {
  const word = desk.call
    ? t("You are logged out. The call goes on; log in again to continue.")
    : t("You are logged out. Log in again to continue.");
  turnedOut(word, { login: true });
});
live.on("forbidden", () => {
  turnedOut(t("This desk is not open to you any more. A call goes on to its end."));
});
live.on("taken-over", standUp);
seat.addEventListener("lost", standUp);

/** Nothing can be done here until the link is back. @param {string} word @param {{ login?: boolean }} [offer] */
function turnedOut(word, offer) {
  desk.linkLost = false;
  desk.loggedOut = true;
  showBanner(word, offer);
  if (offer?.login) cover(word);
  phone.rest(); // after a talk under way
  show();
}

// --- heard from the phone and the microphone ---------------------------------------------------

phone.addEventListener("change", () => {
  if (wasRinging && phone.state === "none") callGone();
  wasRinging = phone.state === "incoming";
  tellOfLink();
  rejoin();
});
phone.addEventListener("blocked", () => {
  $("no-sound").hidden = false;
});
phone.addEventListener("incoming", () => {
  const waited = desk.call?.phase === "rejoining" || desk.answering === desk.offer;
  if (phone.answersItself || waited) answerPhone();
});
microphone.addEventListener("change", () => {
  if (live.up) command("microphone", { granted: microphone.live });
  show();
});

/** While the link is lost the phone alone says whether a call rings here, or goes on. */
function tellOfLink() {
  show();
  if (desk.linkLost) showBanner(linkLost(desk.mode));
}

/** The phone rings no more: what was pressed for it is spent. */
function callGone() {
  desk.answering = "";
  if (desk.refused === "phone") desk.refused = "";
}

/** @param {typeof desk.view} before @param {NonNullable<typeof desk.view>} after */
function leavesCounter(before, after) {
  const at = (/** @type {typeof desk.view} */ view) => view?.reason === "counter";
  return at(before) && !at(after) && !after.call && after.state !== "LOGGED_OUT";
}

/** What to say where the talk is back that was not taken on another device. @param {typeof desk.view} before @param {NonNullable<typeof desk.view>} after */
function cameFrom(before, after) {
  const back = before?.call?.phase === "rejoining" && before.device !== after.device;
  return back && after.device !== desk.choosing
    ? t("It was not answered there: the talk goes on where it was.")
    : "";
}

function newCall() {
  clearSearch();
  closeTransfer();
  closeDial();
  closeReach();
  showKeypad(false);
  $("no-sound").hidden = true;
  closeMenus();
}

/** After a reload in mid-call the sound is gone: ask to be called back, once, by ourselves. */
function rejoin() {
  if (!live.up || phone.registration !== "registered" || !desk.mayRejoin) return;
  desk.mayRejoin = false;
  if (desk.call?.phase !== "rejoining") return takeAgain();
  setTimeout(takeAgain, RUNG_MS); // the exchange rings as soon as it knows where this page is
}

function takeAgain() {
  const { call } = desk;
  const lost = call && ["talking", "rejoining"].includes(call.phase) && phone.state === "none";
  if (lost && live.up) command("take_again", { call_id: call.call_id });
}

onEntered(() => live.wake());

// --- coming and going ------------------------------------------------------------------------

async function begin() {
  if (desk.view) setServerTime(desk.view.at);
  show();
  if (!(await seat.claim())) return standUp();
  await resume();
  live.open();
  return show();
}

/** Another window rings and talks from now on. */
function standUp() {
  desk.elsewhere = true;
  desk.linkLost = false;
  live.close();
  phone.rest();
  showBanner(null);
  show();
}

/** After a new log-in in another tab this page goes on, unless somebody else sits here now. */
async function renew() {
  desk.loggedOut = false;
  const page = new DOMParser().parseFromString(await (await fetch("/desk")).text(), "text/html");
  const fresh = JSON.parse(page.getElementById("config")?.textContent || "{}");
  if (fresh.person?.name !== config.person?.name) location.reload();
}

/** Browsers let a page sound after the first click or key: any will do. */
async function wake() {
  if (audible() || !(await unlock())) return;
  desk.started ||= microphone.live;
  show();
}

addEventListener("pointerdown", wake);
addEventListener("keydown", wake);
addEventListener("pagehide", () => {
  const last = note.lastWord();
  if (last) live.lastWord("note", last);
  if (!desk.elsewhere)
    navigator.sendBeacon("/desk/leave", new URLSearchParams({ csrf: config.csrf }));
});
/** The tone, and a word to who hears the page; the clocks turn amber with it. */
function remindOfHolds() {
  if (desk.elsewhere || !desk.view) return;
  const [longest] = holds.due([desk.call, desk.view.beside], now());
  if (!longest) return;
  remind();
  const time = duration(heldFor(longest));
  setText($("announce"), t("The caller has been on hold for {time}.", { time }));
  show();
}

/** @param {CallView} call */
function heldFor(call) {
  return now() - (call.held_since ?? now());
}

onTick(remindOfHolds);
onTick(beReady);
onTick(() => {
  if (desk.mode === "away") $("microphone-level", HTMLMeterElement).value = microphone.level();
});

prepareCover();
lockUnused(Number(config.lock_s ?? 0), lockDesk);
begin();
