/**
 * A table whose rows are known by their keys: a row that has not changed is not touched, one that
 * has gets the cells that differ, and of a long list only what is in sight (and what has the focus)
 * is on the page. Scroll, focus and selection stay where they are.
 */

import { $, make } from "../shell/dom.js";

const ALL_UP_TO = 60;
const BEYOND = 12; // rows above and below what is in sight

/** @template Row */
export class Table {
  #body;
  #frame;
  #key;
  #made;
  #shown;
  /** @type {readonly Row[]} */
  #list = [];
  /** @type {Map<string, { tr: HTMLTableRowElement, shown: readonly unknown[] }>} */
  #known = new Map();
  #above = spacer();
  #below = spacer();
  #height = 0;
  // How far it is scrolled, and how much is in sight: asked for when it changes, as whoever asks has
  // the page laid out.
  #top = 0;
  #sight = 0;

  /**
   * @param {string} id of the table's body
   * @param {{
   *   key: (row: Row) => string,
   *   made: (row: Row) => HTMLTableRowElement,
   *   shown?: (row: Row) => readonly unknown[],
   * }} given `shown` is what a row is made from: as long as it is the same, so is the row
   */
  constructor(id, { key, made, shown = (row) => [row] }) {
    this.#body = $(id);
    this.#frame = /** @type {HTMLElement} */ (this.#body.closest(".scroll"));
    this.#key = key;
    this.#made = made;
    this.#shown = shown;
    this.#frame.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#resized()).observe(this.#frame);
  }

  /** @param {readonly Row[]} list in the order in which it is to be read */
  show(list) {
    this.#list = list;
    this.#paint();
  }

  #scrolled() {
    this.#top = this.#frame.scrollTop;
    this.#paint();
  }

  #resized() {
    this.#height = 0;
    this.#sight = this.#frame.clientHeight;
    this.#paint();
  }

  #paint() {
    const list = this.#list;
    const long = list.length > ALL_UP_TO;
    this.#body.closest("table")?.classList.toggle("windowed", long);
    const [from, to] = long ? this.#inSight() : [0, list.length];
    const focused = document.activeElement;
    const held = this.#body.contains(focused) ? focused?.closest("tr") : null;
    const kept = new Map();
    /** @type {HTMLTableRowElement[]} */
    const rows = [];
    for (const [index, row] of list.entries()) {
      const key = this.#key(row);
      const known = this.#known.get(key);
      if ((index < from || index >= to) && (!held || known?.tr !== held)) continue;
      const one = this.#row(key, row, known);
      kept.set(key, one);
      if (long) setIndex(one.tr, String(index + 1));
      rows.push(one.tr);
    }
    this.#known = kept;
    setHeight(this.#above, from * this.#height);
    setHeight(this.#below, (list.length - to) * this.#height);
    place(this.#body, long ? [this.#above, ...rows, this.#below] : rows);
    if (held && focused instanceof HTMLElement && focused !== document.activeElement)
      refocus(held, focused);
    if (long && !this.#height) this.#measure();
  }

  /** Which rows are to be on the page. @returns {[number, number]} */
  #inSight() {
    if (!this.#height) return [0, ALL_UP_TO];
    const first = Math.floor(this.#top / this.#height) - BEYOND;
    const count = Math.ceil(this.#sight / this.#height) + 2 * BEYOND;
    const from = Math.max(0, Math.min(first, this.#list.length - count));
    return [from, Math.min(this.#list.length, from + count)];
  }

  #measure() {
    this.#height = this.#body.querySelector("tr:not(.space)")?.getBoundingClientRect().height ?? 0;
    if (this.#height) this.#paint();
  }

  /** @param {string} key @param {Row} row @param {{ tr: HTMLTableRowElement, shown: readonly unknown[] } | undefined} known */
  #row(key, row, known) {
    const shown = this.#shown(row);
    if (known && same(known.shown, shown)) return known;
    const made = this.#made(row);
    made.dataset.key = key;
    if (!known) return { tr: made, shown };
    change(known.tr, made);
    return { tr: known.tr, shown };
  }
}

/** Takes over the cells that differ. @param {HTMLTableRowElement} old @param {HTMLTableRowElement} made */
function change(old, made) {
  old.className = made.className;
  const [before, after] = [[...old.cells], [...made.cells]];
  if (before.length !== after.length) return old.replaceChildren(...after);
  for (const [index, cell] of after.entries()) {
    const known = before[index];
    if (known && !known.isEqualNode(cell)) patch(known, cell);
  }
}

/** Takes over the texts where nothing else differs, so that a button in the cell stays the same.
 * @param {Element} old @param {Element} made */
function patch(old, made) {
  const after = [...made.childNodes];
  const pairs = [...old.childNodes].map((known, index) => ({ known, fresh: after[index] }));
  const others = pairs.filter(({ known, fresh }) => !(fresh && known.isEqualNode(fresh)));
  const texts = others.every(({ known, fresh }) => known instanceof Text && fresh instanceof Text);
  if (!texts || pairs.length !== after.length || !alike(old, made)) return old.replaceWith(made);
  for (const { known, fresh } of others) known.nodeValue = fresh?.nodeValue ?? "";
}

/** Whether they have the same attributes. @param {Element} one @param {Element} other */
function alike(one, other) {
  return one.cloneNode(false).isEqualNode(other.cloneNode(false));
}

/** @param {HTMLElement} row @param {string} index */
function setIndex(row, index) {
  if (row.getAttribute("aria-rowindex") !== index) row.setAttribute("aria-rowindex", index);
}

/** @param {HTMLElement} row @param {number} pixels */
function setHeight(row, pixels) {
  const height = `${pixels}px`;
  if (row.style.height !== height) row.style.height = height;
}

/** Where a button was made anew, its successor has the focus. @param {Element} row @param {HTMLElement} old */
function refocus(row, old) {
  if (old.isConnected) return old.focus({ preventScroll: true });
  const successor = [...row.querySelectorAll("button")].find((one) =>
    Object.keys(old.dataset).every((name) => one.dataset[name] === old.dataset[name]),
  );
  (successor ?? row.querySelector("button"))?.focus({ preventScroll: true });
}

/** In this order, with as few moves as that takes. @param {HTMLElement} body @param {HTMLElement[]} rows */
function place(body, rows) {
  const wanted = new Set(rows);
  for (const one of [...body.children]) {
    if (!wanted.has(/** @type {HTMLElement} */ (one))) one.remove();
  }
  for (const [index, row] of rows.entries()) {
    if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
  }
}

function spacer() {
  const row = make("tr", "space");
  row.setAttribute("aria-hidden", "true");
  return row;
}

/** @param {readonly unknown[]} one @param {readonly unknown[]} other */
function same(one, other) {
  return one.length === other.length && one.every((each, index) => each === other[index]);
}
