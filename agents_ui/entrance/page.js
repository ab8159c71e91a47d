/**
 * The log-in page: counts the seconds of a slow-down, and lets nobody guess meanwhile; passkeys. At
 * the end of a log-in in a window apart it tells the locked pages.
 */

import { ENTERED } from "../shell/cover.js";
import { $, setText } from "../shell/dom.js";
import { known, prove, use } from "../shell/passkeys.js";
import { t } from "../shell/texts.js";

if (document.getElementById("entered")) {
  new BroadcastChannel(ENTERED).postMessage("");
  $("close").addEventListener("click", () => close());
  close(); // browsers let only some windows do so
}

const slow = document.getElementById("slow");

if (slow) {
  const until = Date.now() + Number(slow.dataset.wait) * 1000;
  const enter = $("enter", HTMLButtonElement);
  enter.disabled = true;
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    $("wait").textContent = String(left);
    if (left) return;
    clearInterval(timer);
    enter.disabled = false;
    slow.hidden = true;
  }, 250);
}

const passkey = document.getElementById("passkey-form");

if (passkey instanceof HTMLFormElement && known()) {
  passkey.hidden = false;
  passkey.addEventListener("submit", async (event) => {
    event.preventDefault();
    const sent = await prove(passkey, "/login/passkey/offer", use).catch(() => false);
    if (!sent) setText($("passkey-word"), t("That did not work. Try again, or use the password."));
  });
}
