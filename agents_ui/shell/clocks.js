/**
 * Clocks that run on the page: every one shows a moment of the server's. Those of a long table go on
 * together with the server's second, so that the page is laid out and drawn once for all of them.
 */

import { all, make, setText } from "./dom.js";
import { clockTime, duration, now } from "./time.js";

const MINUTE_S = 60;

/** @type {Set<() => void>} */
const ticking = new Set();
let second = 0;

/**
 * Let an element count up from a moment (null: show a dash).
 * @param {HTMLElement} element
 * @param {number | null | undefined} at
 */
export function countFrom(element, at) {
  delete element.dataset.until;
  set(element, "since", at);
}

/**
 * Let an element count down to a moment.
 * @param {HTMLElement} element
 * @param {number | null | undefined} at
 */
export function countTo(element, at) {
  delete element.dataset.since;
  set(element, "until", at);
}

/** Call this four times a second, as long as the page lives. @param {() => void} work */
export function onTick(work) {
  ticking.add(work);
}

/** A `<time>` with the exact moment (milliseconds, UTC) behind what it shows. @param {number | null} at */
export function timeElement(at) {
  const element = make("time", "", at === null ? "–" : clockTime(at, true));
  if (at !== null) element.dateTime = element.title = new Date(at * 1000).toISOString();
  return element;
}

/** @param {HTMLElement} element @param {"since" | "until"} name @param {number | null | undefined} at */
function set(element, name, at) {
  if (at === null || at === undefined) {
    delete element.dataset[name];
    element.textContent = "–";
    return;
  }
  element.dataset[name] = String(at);
  paint(element);
}

/** @param {HTMLElement} element */
function paint(element) {
  const { since, until, form } = element.dataset;
  const seconds = since ? between(Number(since), now()) : left(Number(until));
  setText(
    element,
    form === "seconds" ? String(Math.max(0, Math.round(seconds))) : duration(seconds),
  );
}

/** In whole seconds of the clock. @param {number} from @param {number} to */
function between(from, to) {
  return Math.floor(to) - Math.floor(from);
}

/** The last minute is counted from the instant that it begins. @param {number} until */
function left(until) {
  const seconds = until - now();
  return seconds > MINUTE_S ? between(now(), until) : Math.ceil(seconds);
}

setInterval(() => {
  const fresh = Math.floor(now());
  for (const element of all(fresh === second ? "[data-until]" : "[data-since], [data-until]"))
    paint(element);
  second = fresh;
  for (const work of ticking) work();
}, 250);
