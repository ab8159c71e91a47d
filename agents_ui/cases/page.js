/** The pages of cases: what every page does, and a guard over what is written. */

import "../shell/clocks.js";
import "../shell/menus.js";
import { $, all, make } from "../shell/dom.js";
import { Guarded } from "../shell/guarded.js";
import { config, t } from "../shell/texts.js";
import { setServerTime } from "../shell/time.js";

setServerTime(Number(config.at));

for (const area of all("textarea:not([hidden])", HTMLTextAreaElement)) {
  const list = make("ul", "stack");
  const box = make("div", "note hold", list);
  area.after(box);
  const guarded = new Guarded(area, box, list);
  area.addEventListener("input", () => guarded.look());
  guarded.look();
}

const attach = document.querySelector("#attach");
if (attach instanceof HTMLFormElement) {
  attach.hidden = false;
  attach.addEventListener("submit", (event) => {
    event.preventDefault();
    send(attach);
  });
}

/** The file as it is, its name in a header: the address says no name. @param {HTMLFormElement} form */
async function send(form) {
  const [file] = all("#file", HTMLInputElement);
  const chosen = file?.files?.[0];
  const [button] = all("#attach button", HTMLButtonElement);
  if (!chosen || !button) return;
  button.disabled = true;
  const wrong = await refusal(form.action, chosen);
  if (!wrong) return location.reload();
  button.disabled = false;
  $("attach-wrong").textContent = wrong;
  $("attach-wrong").hidden = false;
}

/** Why it was not taken, in words; "" where it was. @param {string} path @param {File} file */
async function refusal(path, file) {
  if (file.size > 10_000_000) return t("A file can have 10 MB at most.");
  const name = encodeURIComponent(file.name);
  const headers = { "X-CSRF": config.csrf, "X-Name": name };
  try {
    const answer = await fetch(path, { method: "POST", headers, body: file });
    if (answer.ok) return "";
    return (await answer.json()).message ?? t("It could not be attached. Please try again.");
  } catch {
    return t("It could not be attached. Please try again.");
  }
}
