/** The page of notices: how long each text takes to say, and how it sounds. */

import "../shell/clocks.js";
import { $, all, setText } from "../shell/dom.js";
import "../shell/menus.js";
import { config, t } from "../shell/texts.js";
import { setServerTime } from "../shell/time.js";

const SPOKEN = 13; // characters a second, as slow as prompts are

const player = new Audio();

for (const area of all("textarea[data-language]", HTMLTextAreaElement)) {
  const told = () => {
    const seconds = Math.ceil(area.value.trim().length / SPOKEN);
    setText(
      $(`length-${area.dataset.language}`),
      seconds ? t("about {seconds} s", { seconds }) : "",
    );
  };
  area.addEventListener("input", told);
  told();
}

for (const button of all("button[data-hear]", HTMLButtonElement)) {
  button.hidden = false;
  button.addEventListener("click", () => hear(button));
}

/** @param {HTMLButtonElement} button of a language */
async function hear(button) {
  const language = button.dataset.hear ?? "";
  const text = $(`text-${language}`, HTMLTextAreaElement).value.trim();
  if (!text) return;
  button.disabled = true;
  setText($("unheard"), "");
  try {
    const answer = await fetch("/notices/hear", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF": String(config.csrf) },
      body: JSON.stringify({ language, text }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    await play(await answer.blob());
  } catch {
    setText($("unheard"), t("The words could not be spoken just now: try again."));
  }
  button.disabled = false;
}

/** @param {Blob} sound */
async function play(sound) {
  URL.revokeObjectURL(player.src);
  player.src = URL.createObjectURL(sound);
  await player.play();
}

setServerTime(Number(config.at));
