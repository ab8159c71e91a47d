/** The desk: what is pressed, heard and lost on this page, and what happens then. */

import { act, fits, identify, notReady, resume, showKeypad, turnTo } from "./acts.js";
import { onIdentify } from "./history.js";
import { listen } from "./keys.js";
import { closeMenus } from "./menus.js";
import { closePassOn } from "./pass_on.js";
import { onAdd } from "./services.js";
import { show } from "./show.js";
import { audible, unlock } from "./sound.js";
import { desk, live, microphone, note, phone, record, seat } from "./state.js";
import { config, t } from "./texts.js";
import { onTick, setServerTime } from "./time.js";
import { showBanner } from "./topbar.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
let wasRinging = false;

// --- pressed ---------------------------------------------------------------------------------

listen(
  () => ({
    ringing: ["ringing", "callback"].includes(desk.mode),
    keypad: desk.mode === "talking" && !$("pad").hidden,
  }),
  (name, value) => {
    if (!fits(name)) return name === "end"; // never the browser's own Ctrl+E
    act(name, value);
    return true;
  },
);

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("button");
  const { do: name, reason, digit, unsaved } = button?.dataset ?? {};
  if (name) act(name);
  else if (reason) notReady(reason);
  else if (digit) act("digit", digit);
  else if (unsaved) turnTo(unsaved);
});

onAdd((code) => record.add(code));
onIdentify(identify);

// --- heard from the server -------------------------------------------------------------------

live.addEventListener("view", ({ detail }) => {
  if (detail.call?.phase !== "ringing") desk.answering = "";
  if (detail.call?.call_id !== desk.call?.call_id) newCall();
  desk.view = detail;
  show();
  rejoin();
});
live.addEventListener("phone", ({ detail }) => phone.connect(detail));
live.addEventListener("up", async () => {
  showBanner(null);
  if (desk.loggedOut) await renew();
  live.command("microphone", { granted: microphone.live });
  note.flush();
});
live.addEventListener("down", () => {
  const alone = t("The link to the service is lost: trying again. A call can still ring here.");
  const inCall = t(
    "The link to the service is lost: trying again. The call goes on, and what you write is kept.",
  );
  showBanner(desk.call || phone.state !== "none" ? inCall : alone);
  show();
});
live.addEventListener("session-over", () => {
  desk.loggedOut = true;
  const word = desk.call
    ? t("You are logged out. The call goes on; log in again to continue.")
    : t("You are logged out. Log in again to continue.");
  showBanner(word, { login: true });
  show();
});
live.addEventListener("taken-over", standUp);
seat.addEventListener("lost", standUp);

// --- heard from the phone and the microphone ---------------------------------------------------

phone.addEventListener("change", () => {
  if (wasRinging && phone.state === "none") callGone();
  wasRinging = phone.state === "incoming";
  show();
  rejoin();
});
phone.addEventListener("blocked", () => ($("no-sound").hidden = false));
phone.addEventListener("incoming", async ({ detail }) => {
  const expected = detail.auto || desk.call?.phase === "rejoining" || desk.answering === desk.offer;
  if (expected && (await microphone.open())) phone.answer(microphone.stream);
});
microphone.addEventListener("change", () => {
  if (live.up) live.command("microphone", { granted: microphone.live });
  show();
});

/** The phone rings no more: what was pressed for it is spent. */
function callGone() {
  desk.answering = "";
  if (desk.refused === "phone") desk.refused = "";
}

function newCall() {
  closePassOn();
  showKeypad(false);
  $("no-sound").hidden = true;
  closeMenus();
}

/** After a reload in mid-call the sound is gone: ask to be called back, once, by ourselves. */
function rejoin() {
  if (!live.up || phone.registration !== "registered" || !desk.mayRejoin) return;
  desk.mayRejoin = false;
  const lost = ["talking", "rejoining"].includes(desk.call?.phase) && phone.state === "none";
  if (lost) live.command("take_again", { call_id: desk.call.call_id });
}

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
  live.close();
  phone.rest();
  showBanner(null);
  show();
}

/** After a new log-in in another tab this page goes on, with the new session's form token. */
async function renew() {
  desk.loggedOut = false;
  const page = new DOMParser().parseFromString(await (await fetch("/desk")).text(), "text/html");
  const fresh = JSON.parse(page.getElementById("config")?.textContent || "{}");
  if (fresh.person?.name !== config.person?.name) location.reload();
  else config.csrf = fresh.csrf;
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
  if (note.unsaved) live.lastWord("note", note.unsaved);
  if (!desk.elsewhere)
    navigator.sendBeacon("/desk/leave", new URLSearchParams({ csrf: config.csrf }));
});
onTick(() => {
  if (desk.mode === "away") $("microphone-level").value = microphone.level();
});

begin();
