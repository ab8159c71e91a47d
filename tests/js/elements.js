/** Plays elements for modules that change a page: what they are made of, without any layout. */

import { pageIn } from "./page.js";

/** @type {FakeElement | null} */
let focused = null;

class Piece {
  /** @type {FakeElement | null} */
  parentElement = null;

  remove() {
    const around = this.parentElement?.childNodes;
    around?.splice(around.indexOf(/** @type {any} */ (this)), 1);
    this.parentElement = null;
  }

  /** @param {any} other */
  replaceWith(other) {
    const around = this.parentElement;
    if (!around) return;
    other.remove();
    around.childNodes[around.childNodes.indexOf(/** @type {any} */ (this))] = other;
    other.parentElement = around;
    this.parentElement = null;
  }

  /** @returns {boolean} */
  get isConnected() {
    return this.parentElement?.isConnected ?? false;
  }
}

export class FakeText extends Piece {
  /** @param {string} value */
  constructor(value) {
    super();
    this.nodeValue = value;
  }

  get textContent() {
    return this.nodeValue;
  }

  /** @param {any} other */
  isEqualNode(other) {
    return other instanceof FakeText && other.nodeValue === this.nodeValue;
  }
}

export class FakeElement extends Piece {
  className = "";
  /** @type {Record<string, string>} */
  dataset = {};
  /** @type {Record<string, string>} */
  attributes = {};
  /** @type {Record<string, string>} */
  style = {};
  /** @type {(FakeElement | FakeText)[]} */
  childNodes = [];
  classList = { toggle: () => false };
  written = 0; // times that its text was set

  /** @param {string} tag */
  constructor(tag) {
    super();
    this.tag = tag;
  }

  get children() {
    return this.childNodes.filter((one) => one instanceof FakeElement);
  }

  get cells() {
    return this.children;
  }

  /** @returns {string} */
  get textContent() {
    return this.childNodes.map((one) => one.textContent).join("");
  }

  set textContent(value) {
    this.written += 1;
    this.replaceChildren(value);
  }

  /** @param {...any} content */
  append(...content) {
    for (const one of content) {
      const made = typeof one === "string" ? new FakeText(one) : one;
      made.remove();
      made.parentElement = this;
      this.childNodes.push(made);
    }
  }

  /** @param {...any} content */
  replaceChildren(...content) {
    for (const one of [...this.childNodes]) one.remove();
    this.append(...content);
  }

  /** @param {any} one @param {any} before */
  insertBefore(one, before) {
    one.remove();
    one.parentElement = this;
    const at = before ? this.childNodes.indexOf(before) : this.childNodes.length;
    this.childNodes.splice(at, 0, one);
  }

  /** @param {any} other @returns {boolean} */
  contains(other) {
    return other === this || this.children.some((one) => one.contains(other));
  }

  /** @param {string} selector @returns {FakeElement | null} */
  closest(selector) {
    return this.matches(selector) ? this : (this.parentElement?.closest(selector) ?? null);
  }

  /** @param {string} selector a tag, a class, or data; several between commas */
  matches(selector) {
    return selector.split(", ").some((one) => {
      const [, tag, name, data] = /^([a-z]*)(?:\.(\w+)|\[data-(\w+)\])?/.exec(one) ?? [];
      const not = /:not\(\.(\w+)\)/.exec(one)?.[1];
      const classes = this.className.split(" ");
      const wanted = (!tag || tag === this.tag) && (!name || classes.includes(name));
      return wanted && (!data || data in this.dataset) && (!not || !classes.includes(not));
    });
  }

  /** @param {string} selector @returns {FakeElement[]} */
  querySelectorAll(selector) {
    return this.children.flatMap((one) => [
      ...(one.matches(selector) ? [one] : []),
      ...one.querySelectorAll(selector),
    ]);
  }

  /** @param {string} selector */
  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  /** @param {string} name */
  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  /** @param {any} other @returns {boolean} */
  isEqualNode(other) {
    if (!(other instanceof FakeElement) || this.#head() !== other.#head()) return false;
    const pairs = this.childNodes.map((one, at) => [one, other.childNodes[at]]);
    return (
      this.childNodes.length === other.childNodes.length &&
      pairs.every(([one, another]) => one?.isEqualNode(another))
    );
  }

  #head() {
    const { tag, className, dataset, attributes } = this;
    return JSON.stringify([tag, className, Object.entries(dataset).sort(), attributes]);
  }

  cloneNode() {
    const made = new FakeElement(this.tag);
    made.className = this.className;
    made.dataset = { ...this.dataset };
    made.attributes = { ...this.attributes };
    return made;
  }

  /** @returns {boolean} */
  get isConnected() {
    return this.tag === "body" || super.isConnected;
  }

  focus() {
    focused = this;
  }

  addEventListener() {}

  getBoundingClientRect() {
    return { height: 0 };
  }
}

/**
 * A page of these; give it before a module that wants one.
 * @param {Record<string, FakeElement>} byId @param {...FakeElement} content
 */
export function pageOf(byId, ...content) {
  pageIn("en");
  const config = document.getElementById("config");
  const page = new FakeElement("body");
  page.append(...content);
  const world = /** @type {any} */ (globalThis);
  Object.assign(world, { HTMLElement: FakeElement, Element: FakeElement, Text: FakeText });
  world.ResizeObserver = class {
    observe() {}
  };
  Object.assign(document, {
    getElementById: (/** @type {string} */ id) => byId[id] ?? config,
    createElement: (/** @type {string} */ tag) => new FakeElement(tag),
    querySelectorAll: (/** @type {string} */ selector) => page.querySelectorAll(selector),
  });
  Object.defineProperty(document, "activeElement", {
    get: () => (focused?.isConnected ? focused : page), // what is gone has it no more
  });
  return page;
}
