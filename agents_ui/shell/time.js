/** Time as the server counts it: every clock on a page is a moment of the server's, shown live. */

import { locale } from "./texts.js";

let offset = 0;
const ticking = new Set();

/** The server says what time it is (seconds since the epoch). @param {number} at */
export function setServerTime(at) {
  offset = at - Date.now() / 1000;
}

/** Now, in the server's seconds since the epoch. */
export function now() {
  return Date.now() / 1000 + offset;
}

/** `m:ss`, from an hour on `h:mm:ss`. @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [whole / 3600, (whole / 60) % 60, whole % 60].map(Math.floor);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

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

/** `12.11.`, with the year when it is not this one. @param {number} at */
export function shortDate(at) {
  const day = new Date(at * 1000);
  const sameYear = year(day) === year(new Date(now() * 1000));
  const month = locale === "en" ? "short" : "2-digit";
  return format({ day: "2-digit", month, ...(!sameYear && { year: "2-digit" }) }, day);
}

/** `3. marts 2025`, in full. @param {number} at */
export function longDate(at) {
  return format({ day: "numeric", month: "long", year: "numeric" }, new Date(at * 1000));
}

/** `14:03`, or `14:03:07`. @param {number} at @param {boolean} [seconds] */
export function clockTime(at, seconds = false) {
  return format(
    { hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }), hourCycle: "h23" },
    new Date(at * 1000),
  );
}

/** The time of day, after the date where it is another day than today. @param {number} at */
export function moment(at) {
  const today = shortDate(now());
  return shortDate(at) === today ? clockTime(at) : `${shortDate(at)} ${clockTime(at)}`;
}

/** A `<time>` with the exact moment (milliseconds, UTC) behind what it shows. @param {number | null} at */
export function timeElement(at) {
  const element = document.createElement("time");
  element.textContent = at === null ? "–" : clockTime(at, true);
  if (at !== null) element.dateTime = element.title = new Date(at * 1000).toISOString();
  return element;
}

function set(element, name, at) {
  if (at === null || at === undefined) {
    delete element.dataset[name];
    element.textContent = "–";
    return;
  }
  element.dataset[name] = String(at);
  paint(element);
}

function paint(element) {
  const { since, until } = element.dataset;
  const seconds = since ? now() - Number(since) : Math.ceil(Number(until) - now());
  const text =
    element.dataset.form === "seconds"
      ? String(Math.max(0, Math.round(seconds)))
      : duration(seconds);
  if (element.textContent !== text) element.textContent = text;
}

function format(options, date) {
  return new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, {
    timeZone: "Europe/Riga",
    ...options,
  }).format(date);
}

function year(date) {
  return format({ year: "numeric" }, date);
}

setInterval(() => {
  for (const element of document.querySelectorAll("[data-since], [data-until]")) paint(element);
  for (const work of ticking) work();
}, 250);
