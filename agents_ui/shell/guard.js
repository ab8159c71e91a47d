/**
 * What should not stand in a note: personal codes, payment cards, bank accounts. Pure.
 *
 * It warns and never hinders: a figure may look like a code and be none. Nothing found leaves the
 * page but in the note itself.
 */

/** @typedef {{ what: "code" | "card" | "iban" | "phone", from: number, to: number, line: number }} Finding */

/** A day first (the codes of before 2017, which tell a birth), or 32 to 39 (those since). */
const CODE = /(?<![\dA-Z])(?:0[1-9]|[12]\d|3\d)\d{4}[ \u2010-\u2015-]?\d{5}(?!\d)/g;
const CARD = /(?<![\dA-Z])\d(?:[ -]?\d){12,18}(?!\d)/g;
const IBAN = /(?<![\dA-Za-z])[A-Z]{2}\d{2}(?: ?[\dA-Z]){11,30}(?![\dA-Za-z])/gi;

/** A number of eight figures as Latvia has them, or one with its country; no date, no two years. */
const PHONE =
  /(?<![\w+])(?!(?:19|20)\d\d[ -](?:\d\d[ -]\d\d|(?:19|20)\d\d)(?!\d))(?:(?:\+|00)\d(?:[ -]?\d){7,13}|[268]\d(?:[ -]?\d){6})(?![ -]?\d)/g;

/** Everything of the kind in a text, in its order. @param {string} text @returns {Finding[]} */
export function findings(text) {
  return inOrder(allButPhones(text));
}

/** The same for what leaves the house: a note may have a number, a question to others none. @param {string} text @returns {Finding[]} */
export function findingsAndPhones(text) {
  return inOrder([...allButPhones(text), ...found(text, "phone", PHONE, (one) => one.length)]);
}

/** @param {string} text */
function allButPhones(text) {
  const ibans = found(text, "iban", IBAN, isIban);
  const cards = found(text, "card", CARD, isCard);
  return [...ibans, ...cards, ...found(text, "code", CODE, isCode)];
}

/** One place is told once. @param {Finding[]} some */
function inOrder(some) {
  const all = some.sort((a, b) => a.from - b.from || b.to - a.to);
  return all.filter((one, index) => !all.slice(0, index).some((other) => one.from < other.to));
}

/**
 * @param {string} text
 * @param {Finding["what"]} what
 * @param {RegExp} form
 * @param {(letters: string) => number} length of what it is, from the start; 0 where it is none
 * @returns {Finding[]}
 */
function found(text, what, form, length) {
  return [...text.matchAll(form)].flatMap((match) => {
    const [from, long] = [match.index, length(match[0])];
    if (!long) return [];
    return [{ what, from, to: from + long, line: text.slice(0, from).split("\n").length }];
  });
}

/** A telephone number in a row with others is no code: thirty-one days, or since 2017. @param {string} text */
function isCode(text) {
  const day = Number(text.slice(0, 2));
  const month = Number(text.slice(2, 4));
  return day >= 32 || (day <= 31 && month <= 12 && month >= 1) ? text.length : 0;
}

/** By Luhn's sum. @param {string} text */
function isCard(text) {
  const digits = [...text.replace(/\D/g, "")].reverse().map(Number);
  const sum = digits.reduce((total, digit, place) => {
    const twice = place % 2 ? digit * 2 : digit;
    return total + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return sum % 10 === 0 && digits.some(Boolean) ? text.length : 0;
}

/** How long accounts are, where we know; others are as long as their sum is right. @type {Record<string, number>} */
const LONG = { LV: 21, LT: 20, EE: 20, DE: 22, FI: 18, PL: 28, GB: 22 };

/** The longest beginning that is an account: words may follow it. @param {string} text */
function isIban(text) {
  const known = LONG[text.slice(0, 2).toUpperCase()];
  for (let end = text.length; end > 0; end -= 1) {
    const letters = text.slice(0, end).replaceAll(" ", "").toUpperCase();
    if (letters.length < 15) return 0;
    if (text[end - 1] !== " " && (!known || letters.length === known) && rest97(letters) === 1)
      return end;
  }
  return 0;
}

/** By ISO 7064. @param {string} letters */
function rest97(letters) {
  const turned = letters.slice(4) + letters.slice(0, 4);
  return [...turned].reduce((rest, letter) => {
    const value = Number.parseInt(letter, 36);
    return (rest * (value > 9 ? 100 : 10) + value) % 97;
  }, 0);
}

/** The text without what was found, the room it leaves closed. @param {string} text @param {Finding} finding */
export function without(text, { from, to }) {
  const before = text.slice(0, from);
  const after = text.slice(to);
  return before.endsWith(" ") && after.startsWith(" ") ? before + after.slice(1) : before + after;
}
