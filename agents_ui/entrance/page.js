/** The log-in page: counts the seconds of a slow-down, and lets nobody guess meanwhile; passkeys. */

import { $, setText } from "../shell/dom.js";
import { known, prove, use } from "../shell/passkeys.js";
import { t } from "../shell/texts.js";

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
