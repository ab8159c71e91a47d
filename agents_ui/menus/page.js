/** The pages of menus: numbers beside the lines of a text, and the way to a line. */

import "../shell/clocks.js";
import "../shell/menus.js";
import { all } from "../shell/dom.js";
import { config, t } from "../shell/texts.js";
import { setServerTime } from "../shell/time.js";
import { lineStart } from "./lines.js";

setServerTime(Number(config.at));

const player = new Audio();
/** @type {HTMLButtonElement | null} */
let playing = null;

for (const button of all("button[data-sounds]", HTMLButtonElement)) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (playing === button) stop();
    else play(button, (button.dataset.sounds ?? "").trim().split(" "));
  });
}

/**
 * One prompt after another, as a caller hears them.
 * @param {HTMLButtonElement} button
 * @param {string[]} sounds
 */
async function play(button, sounds) {
  stop();
  playing = button;
  label(button, t("Stop"));
  try {
    for (const sound of sounds) {
      await heard(sound);
      if (playing !== button) return;
    }
    stop();
  } catch {
    if (playing === button) stop(t("No sound: it is not rendered yet"));
  }
}

/** Until it is over, or stopped. Fails where it cannot be played. @param {string} sound */
function heard(sound) {
  return new Promise((resolve, reject) => {
    player.onended = player.onpause = resolve;
    player.onerror = reject;
    player.src = sound;
    player.play().catch(reject);
  });
}

/** @param {string} [said] what stands on the button then */
function stop(said = t("Listen")) {
  const button = playing;
  playing = null;
  player.pause();
  if (button) label(button, said);
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} text
 */
function label(button, text) {
  const word = button.lastElementChild;
  if (word) word.textContent = text;
}

const text = document.getElementById("text");
const gutter = document.getElementById("gutter");

if (text instanceof HTMLTextAreaElement && gutter instanceof HTMLElement) {
  const faulty = new Set(/** @type {number[]} */ (config.faulty ?? []));
  number(text, gutter, faulty);
  text.addEventListener("input", () => number(text, gutter, new Set()));
  text.addEventListener("scroll", () => {
    gutter.scrollTop = text.scrollTop;
  });
  for (const button of all("button[data-line]", HTMLButtonElement)) {
    button.addEventListener("click", () => goTo(text, Number(button.dataset.line)));
  }
}

/**
 * A number for each line; faulty ones are marked until something is written.
 * @param {HTMLTextAreaElement} area
 * @param {HTMLElement} into
 * @param {Set<number>} faulty
 */
function number(area, into, faulty) {
  const count = area.value.split("\n").length;
  if (into.childElementCount === count && faulty.size === 0 && !into.querySelector(".bad")) return;
  const lines = Array.from({ length: count }, (_, index) => {
    const line = document.createElement("span");
    line.textContent = String(index + 1);
    if (faulty.has(index + 1)) line.className = "bad";
    return line;
  });
  into.replaceChildren(...lines);
  into.scrollTop = area.scrollTop;
}

/**
 * The line is chosen, and seen.
 * @param {HTMLTextAreaElement} area
 * @param {number} line
 */
function goTo(area, line) {
  const start = lineStart(area.value, line);
  const end = area.value.indexOf("\n", start);
  area.focus();
  area.setSelectionRange(start, end < 0 ? area.value.length : end);
  const height = Number.parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = Math.max(0, (line - 4) * height);
}
