/** The page on the wall: figures as large as they fit, each with its target; never an old one. */

/** @import { Figure, ScreenView } from "./port.js" */

import { onTick } from "../shell/clocks.js";
import { $, make, setText } from "../shell/dom.js";
import { Live } from "../shell/live.js";
import { config, label, languageName, percent, t } from "../shell/texts.js";
import { clockTime, duration, now } from "../shell/time.js";
import { current, LEVELS, markOf } from "./marks.js";

const OLD_S = 10;
const WORDS = /** @type {Record<string, string>} */ (config.figures ?? {});

/** @type {ScreenView | null} */
let view = null;
/** What is wrong with the link; "" nothing. */
let trouble = "";
let heardAt = 0;

/** Says the secret of its link, and shows what comes. */
export function showScreen() {
  const secret = location.hash.slice(1);
  if (!secret) {
    trouble = t("Open the link that was shown when this screen was made.");
    return paint();
  }
  /** @type {Live<ScreenView>} */
  const live = new Live("/wallboard/live", { csrf: "", hello: { secret } });
  live.on("view", (fresh) => {
    view = fresh;
    trouble = "";
    lay(fresh);
    paint();
  });
  live.on("down", () => {
    trouble = t("No link to the hotline: trying again.");
    paint();
  });
  live.on("session-over", () => {
    live.close();
    view = null;
    $("screen").replaceChildren();
    trouble = t("The link of this screen is revoked. Who leads the hotline makes a new one.");
    paint();
  });
  addEventListener("hashchange", () => location.reload());
  onTick(() => {
    if (live.up) heardAt = now() - live.ageS;
    paint();
  });
  live.open();
}

/** The tiles, made anew only where others are to be shown. @param {ScreenView} fresh */
function lay(fresh) {
  setText($("name"), fresh.name);
  setText($("subject"), subjectOf(fresh));
  const key = fresh.figures.map((one) => one.code).join();
  if ($("screen").dataset.key === key) return;
  $("screen").dataset.key = key;
  $("screen").replaceChildren(...fresh.figures.map(tile));
}

/** @param {Figure} figure */
function tile({ code }) {
  const made = make("section", "", make("h2", "", WORDS[code] ?? ""), make("b"), make("p"));
  made.id = `figure-${code}`;
  return made;
}

function paint() {
  setText($("clock"), clockTime(now()));
  const old = !view || now() - heardAt > OLD_S;
  $("trouble").hidden = !trouble;
  const since = trouble && heardAt ? t("Last heard at {time}.", { time: clockTime(heardAt) }) : "";
  setText($("trouble"), `${trouble} ${since}`.trim());
  for (const figure of view?.figures ?? []) show(figure, old || !view?.telephony);
}

/** @param {Figure} figure @param {boolean} unknown an old figure is none */
function show(figure, unknown) {
  const place = $(`figure-${figure.code}`);
  const mark = unknown ? "" : markOf(figure);
  place.dataset.mark = mark;
  const [, value, below] = place.children;
  if (value instanceof HTMLElement) setText(value, unknown ? "–" : shown(figure));
  const word = { "": "", warn: t("watch"), over: t("act now") }[mark];
  if (below instanceof HTMLElement)
    setText(below, [target(figure), word].filter(Boolean).join(" · "));
}

/** @param {Figure} figure */
function shown(figure) {
  const value = current(figure);
  if (LEVELS.includes(figure.code)) return percent(value);
  if (figure.code === "longest") return value === null ? "0:00" : duration(value);
  if (value === null) return "–";
  return figure.code === "average" ? duration(value) : String(value);
}

/** @param {Figure} figure */
function target({ code, target, least, within_s }) {
  if (target === null) return "";
  if (!least) return t("up to {target}", { target: limit(code, target) });
  if (!LEVELS.includes(code)) return t("at least {target}", { target });
  const share = percent(target);
  if (within_s === null) return t("at least {target}", { target: share });
  return t("at least {target} within {seconds} s", { target: share, seconds: within_s });
}

/** @param {string} code @param {number} target */
function limit(code, target) {
  return code === "longest" || code === "average" ? duration(target) : target;
}

/** @param {ScreenView} fresh */
function subjectOf({ subject, name }) {
  if (subject.dimension === "network") return "";
  const named = subject.dimension === "language" ? languageName(subject.key) : "";
  const said = named || label(subject.label) || subject.key;
  return said === name ? "" : said;
}
