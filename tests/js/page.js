/** Plays the one part of a page that pure modules read: its language, and the words it was given. */

/** @param {string} lang @param {object} config */
export function pageIn(lang, config = {}) {
  globalThis.document = /** @type {any} */ ({
    documentElement: { lang },
    getElementById: () => ({ textContent: JSON.stringify(config) }),
  });
}
