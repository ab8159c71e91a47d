/** Time as the server counts it, and how people read it on the clock of Latvia. */

import { locale } from "./texts.js";

let offset = 0;

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
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
}

/** `12.11.`, with the year when it is not this one. @param {number} at */
export function shortDate(at) {
  const month = locale === "en" ? "short" : "2-digit";
  const year = yearOf(at) === yearOf(now()) ? undefined : "2-digit";
  return format(at, { day: "2-digit", month, year });
}

/** `3. marts 2025`, in full. @param {number} at */
export function longDate(at) {
  return format(at, { day: "numeric", month: "long", year: "numeric" });
}

/** `14:03`, or `14:03:07`. @param {number} at @param {boolean} [seconds] */
export function clockTime(at, seconds = false) {
  const second = seconds ? "2-digit" : undefined;
  return format(at, { hour: "2-digit", minute: "2-digit", second, hourCycle: "h23" });
}

/** The time of day, after the date where it is another day than today. @param {number} at */
export function moment(at) {
  const today = shortDate(now());
  return shortDate(at) === today ? clockTime(at) : `${shortDate(at)} ${clockTime(at)}`;
}

/** @param {number} at @param {Intl.DateTimeFormatOptions} options */
function format(at, options) {
  const country = locale === "en" ? "en-GB" : locale;
  const form = new Intl.DateTimeFormat(country, { timeZone: "Europe/Riga", ...options });
  return form.format(new Date(at * 1000));
}

/** @param {number} at */
function yearOf(at) {
  return format(at, { year: "numeric" });
}
