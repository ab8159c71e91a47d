/**
 * The cover: over a page whose log-in is over, by age or because it was locked. Nothing beneath can
 * be seen or used but a call's own buttons; whoever logs in here goes on where the page stands.
 */

import { $, all, makeButton, setText } from "./dom.js";
import { known, use } from "./passkeys.js";
import { config, t } from "./texts.js";

const USED_EACH_MS = 1000;
const LOOK_MS = 1000;
const AGAIN_MS = 2000;
/** When somebody used any page of this browser: a desk beside the board that is used stays open. */
const USED = "cc-used";
/** Where a log-in in a window apart tells that it is done. */
export const ENTERED = "cc-entered";
const APART = "popup,width=520,height=760";

const sheet = () => $("cover", HTMLDialogElement);
const field = (/** @type {string} */ id) => $(id, HTMLInputElement);

/** @type {() => unknown} */
let entered = () => {};
let code = false;

/** Cover the page, whose log-in is over. @param {string} word why */
export function cover(word) {
  if (close(word)) offerInstitutions();
}

/** Whether it was open to be seen until now. @param {string} word why it no longer is */
function close(word) {
  setText($("cover-title"), word);
  if (sheet().open) return false;
  ask(false);
  $("cover-passkey").hidden = !known();
  $("cover-institutions").hidden = true;
  sheet().showModal();
  field("cover-username").focus();
  return true;
}

/** Somebody is logged in. */
export function uncover() {
  field("cover-password").value = "";
  if (sheet().open) sheet().close();
}

/** @param {() => unknown} work once somebody has logged in here */
export function onEntered(work) {
  entered = work;
}

/** End this browser's log-in and cover the page at once. The cookie is worthless from then on. */
export async function lock() {
  close(t("Locked"));
  const headers = { "X-CSRF": config.csrf };
  const done = await fetch("/lock", { method: "POST", headers }).catch(() => null);
  if (done) offerInstitutions();
  else setTimeout(() => sheet().open && lock(), AGAIN_MS);
}

/**
 * Lock when nobody has touched any page of this browser for so long; 0 is never.
 * @param {number} limitS @param {() => unknown} work
 */
export function lockUnused(limitS, work) {
  const limitMs = limitS * 1000;
  if (!limitMs) return;
  let noted = 0;
  const use = () => {
    if (Date.now() - noted < USED_EACH_MS) return;
    noted = Date.now();
    localStorage.setItem(USED, String(noted));
  };
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"])
    addEventListener(kind, use, { passive: true });
  use();
  setInterval(() => {
    if (sheet().open || Date.now() - Number(localStorage.getItem(USED)) < limitMs) return;
    work();
  }, LOOK_MS);
}

/** Ask for the name and the password, or for the code of the second step. @param {boolean} second */
function ask(second) {
  code = second;
  $("cover-first").hidden = second;
  $("cover-second").hidden = !second;
  for (const id of ["cover-username", "cover-password"]) field(id).required = !second;
  field("cover-code").required = second;
  field("cover-code").value = "";
  setText($("cover-error"), "");
  if (second) field("cover-code").focus();
}

/**
 * The institutions' own log-ins, as the log-in page has them: each in a window apart, for the page
 * here must stand, and its call with it.
 */
async function offerInstitutions() {
  const form = await fetch("/login").then(page, () => null);
  if (!form) return;
  const buttons = all(".institutions a", HTMLAnchorElement, form).map((link) => {
    const button = makeButton("btn tall mid", link.textContent ?? "");
    const address = `${link.getAttribute("href")}?again`;
    button.addEventListener("click", () => window.open(address, "cc-apart", APART));
    return button;
  });
  $("cover-institutions").replaceChildren(...buttons);
  $("cover-institutions").hidden = !buttons.length;
}

/** @param {string} path @param {Record<string, string>} given */
async function send(path, given) {
  const form = await page(await fetch(code ? "/login/code" : "/login"));
  const csrf = form.querySelector("[name=csrf]");
  if (!(csrf instanceof HTMLInputElement)) throw new Error("no form");
  const body = new URLSearchParams({ csrf: csrf.value, ...given });
  return fetch(path, { method: "POST", body });
}

/** @param {Response} answer */
async function page(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** What came of it: in, one step further, or what is wrong. @param {Response} answer */
async function follow(answer) {
  const path = new URL(answer.url).pathname;
  if (answer.ok && path === "/login/code") ask(true);
  else if (answer.ok && !path.startsWith("/login")) entered();
  else await refuse(answer);
}

/** @param {Response} answer */
async function refuse(answer) {
  const said = (await page(answer)).querySelector("#error, #slow");
  setText($("cover-error"), said?.textContent?.trim() || t("That did not go through. Try again."));
  field(code ? "cover-code" : "cover-password").select();
}

/** @param {() => Promise<Response>} step */
async function attempt(step) {
  try {
    await follow(await step());
  } catch {
    setText($("cover-error"), t("That did not go through. Try again."));
  }
}

async function passkey() {
  const { options, ticket } = await (await send("/login/passkey/offer", {})).json();
  const credential = JSON.stringify(await use(options));
  return send("/login/passkey", { ticket, credential });
}

/** The cover is in the page: make it work. */
export function prepareCover() {
  sheet().addEventListener("cancel", (event) => event.preventDefault());
  $("cover-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() =>
      code
        ? send("/login/code", { code: field("cover-code").value })
        : send("/login", {
            username: field("cover-username").value,
            password: field("cover-password").value,
          }),
    );
  });
  $("cover-passkey").addEventListener("click", () => attempt(passkey));
  new BroadcastChannel(ENTERED).onmessage = () => sheet().open && entered();
}
