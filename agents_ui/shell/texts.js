/** The words of this page, and the configuration that came with it. */

const page = globalThis.document;

/**
 * What the server told this page; nothing in it is secret but the form token.
 * @type {{
 *   csrf: string,
 *   texts?: Record<string, string>,
 *   person?: { name: string, centre: string } | null,
 *   view?: unknown,
 * } & Record<string, unknown>}
 */
export const config = JSON.parse(page?.getElementById("config")?.textContent || "{}");

export const locale = page?.documentElement.lang || "lv";

/**
 * The message in the page's language; `{name}` in it is replaced.
 * @param {string} message English source text
 * @param {Record<string, string | number>} [values]
 */
export function t(message, values = {}) {
  const text = config.texts?.[message] || message;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** The label in the page's language out of one label per language. @param {Record<string, string>} texts */
export function label(texts) {
  return texts[locale] ?? texts.lv ?? Object.values(texts)[0] ?? "";
}

const languages = new Intl.DisplayNames([locale], { type: "language" });

/** "in Latvian" said as the name of the language. @param {string} code */
export function languageName(code) {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
}

/** A share of 0..1 in whole percent, or a dash. @param {number | null} share */
export function percent(share) {
  return share === null ? "–" : `${Math.round(share * 100)} %`;
}
