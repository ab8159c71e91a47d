/** An owner's answer: the secret of the link is said in a request's body, and in no address. */

/** @import { OwnersQuestion } from "./port.js" */

import { $, setText } from "../shell/dom.js";
import { config, label, t } from "../shell/texts.js";
import { moment } from "../shell/time.js";

const secret = location.hash.slice(1);
const answer = $("answer", HTMLTextAreaElement);
const button = $("send", HTMLButtonElement);

/** Under this name what was written lives as long as this tab: a reload loses nothing. */
let kept = "";

/** @type {Record<string, string>} */
const REFUSED = {
  personal: t(
    "A personal code or a payment card stands in the answer: it is for everybody, so take it out.",
  ),
  length: t("Write an answer; it may not be longer than the field."),
};

/** @param {string} path @param {object} body @returns {Promise<{ status: number, said: any }>} */
async function post(path, body) {
  try {
    const headers = { "Content-Type": "application/json", "X-CSRF": config.csrf };
    const got = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await got.text();
    return { status: got.status, said: got.ok ? JSON.parse(text) : null };
  } catch {
    return { status: 0, said: null };
  }
}

/** What went wrong, in words. @param {number} status */
function trouble(status) {
  if (status === 404)
    return t("This link opens nothing: it was used, is over, or a newer one was sent.");
  if (status === 429) return t("Too many tries from here. Please wait ten minutes.");
  return t("The hotline cannot be reached at the moment. Please try again in a minute.");
}

/** @param {string} word */
function say(word) {
  setText($("state"), word);
  $("state").hidden = !word;
}

async function open() {
  if (!secret) return say(t("Open the link as it stands in the letter."));
  const { status, said } = await post("/answer/read", { secret });
  if (!said) return say(trouble(status));
  show(said);
}

/** @param {OwnersQuestion} found */
function show(found) {
  say("");
  $("form").hidden = false;
  setText($("card"), label(found.card) || found.service);
  setText($("service"), found.service);
  setText($("question"), found.question);
  setText($("due"), moment(found.due_at));
  kept = `answer ${found.service} ${found.due_at}`;
  answer.value = sessionStorage.getItem(kept) ?? "";
}

/** @param {string} word */
function fail(word) {
  setText($("error"), word);
  $("error").hidden = !word;
}

$("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true; // pressed twice, it is sent once
  const { status, said } = await post("/answer/give", { secret, text: answer.value });
  button.disabled = false;
  if (!said) return fail(trouble(status));
  if (said.refused) return fail(REFUSED[said.refused] ?? said.refused);
  sessionStorage.removeItem(kept);
  $("form").hidden = true;
  say(t("Thank you: the answer has reached the hotline. You can close this page."));
});

answer.addEventListener("input", () => sessionStorage.setItem(kept, answer.value));

/** The form's own way would lose what stands behind the `#`. */
document.querySelector('form[action="/language"]')?.addEventListener("submit", async (event) => {
  if (!(event instanceof SubmitEvent) || !(event.target instanceof HTMLFormElement)) return;
  event.preventDefault();
  const chosen = new URLSearchParams({ csrf: config.csrf, back: "/answer" });
  if (event.submitter instanceof HTMLButtonElement) chosen.set("language", event.submitter.value);
  await fetch("/language", { method: "POST", body: chosen, redirect: "manual" });
  location.reload();
});
addEventListener("hashchange", () => location.reload());

open();
