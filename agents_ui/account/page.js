/** One's own page: what was just made or refused is read first; passkeys are made. */

import { $, setText } from "../shell/dom.js";
import "../shell/menus.js";
import { known, make, prove } from "../shell/passkeys.js";
import { t } from "../shell/texts.js";

document.getElementById("print")?.addEventListener("click", () => print());
document.getElementById("codes-title")?.focus();

const form = document.getElementById("passkey-form");

/** @type {Record<string, string>} what the server may say of the password */
const WHY = {
  password: t("This is not your password."),
  slow: t("Too many tries: wait a little."),
  "proof-code": t("This is not the code of this moment, or it was used already."),
  again: t("Log out and in again, and do this within ten minutes."),
};

if (form instanceof HTMLFormElement) {
  if (!known()) setText($("passkey-word"), t("This browser knows no passkeys."));
  $("make", HTMLButtonElement).disabled = !known();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    setText($("passkey-word"), "");
    try {
      const sent = await prove(form, "/account/passkeys/offer", make);
      if (!sent) setText($("passkey-word"), t("No passkey was made."));
    } catch (error) {
      const why = error instanceof Error ? WHY[error.message] : undefined;
      setText($("passkey-word"), why ?? t("That did not work. Begin once more."));
    }
  });
}
