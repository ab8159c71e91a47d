/** Finding and making the elements of a page. */

/**
 * The element of an id; throws where the page has none of that kind.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function $(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof (kind ?? HTMLElement))) throw new Error(`no such element: ${id}`);
  return /** @type {T} */ (found);
}

/**
 * Every element of a kind that a selector names, within another or anywhere.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} selector
 * @param {new () => T} [kind]
 * @param {ParentNode} [within]
 * @returns {T[]}
 */
export function all(selector, kind, within = document) {
  const found = [...within.querySelectorAll(selector)];
  return /** @type {T[]} */ (found.filter((each) => each instanceof (kind ?? HTMLElement)));
}

/**
 * A new element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [className]
 * @param {...(string | Node)} content
 */
export function make(tag, className = "", ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/**
 * A new button that sends no form.
 * @param {string} className
 * @param {...(string | Node)} content
 */
export function makeButton(className, ...content) {
  const made = make("button", className, ...content);
  made.type = "button";
  return made;
}

/** Set a text once: a live region speaks at every change. @param {Node} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The element that was pressed, or the one around it. @param {Event} event @param {string} selector */
export function pressed(event, selector) {
  const found = event.target instanceof Element ? event.target.closest(selector) : null;
  return found instanceof HTMLElement ? found : null;
}
