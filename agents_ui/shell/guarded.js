/** A field that names what should not stand in it, with its line, and takes it out when told so. */

/** @import { Finding } from "./guard.js" */

import { make, makeButton } from "./dom.js";
import { findings, without } from "./guard.js";
import { t } from "./texts.js";

const FOUND = {
  code: t("personal code"),
  card: t("payment card"),
  iban: t("bank account"),
  phone: t("telephone number"),
};

export class Guarded {
  #area;
  #box;
  #list;
  #changed;
  #find;
  #key = "";

  /**
   * @param {HTMLTextAreaElement} area
   * @param {HTMLElement} box to be shown with the warnings
   * @param {HTMLElement} list in it, of the warnings
   * @param {() => void} [changed] is told when something was taken out
   * @param {(text: string) => Finding[]} [find] what should not stand in it
   */
  constructor(area, box, list, changed = () => {}, find = findings) {
    this.#find = find;
    this.#area = area;
    this.#box = box;
    this.#list = list;
    this.#changed = changed;
  }

  /** Whether something stands in it that should not. */
  get holds() {
    return this.#find(this.#area.value).length > 0;
  }

  /** Where it stands, and no word of what it is. */
  look() {
    const found = this.#find(this.#area.value);
    this.#box.hidden = !found.length;
    const key = JSON.stringify(found.map(({ what, line }) => [what, line]));
    if (key === this.#key) return;
    this.#key = key;
    this.#list.replaceChildren(...found.map((one, index) => this.#warning(one, index)));
  }

  /** @param {Finding} one @param {number} index */
  #warning({ what, line }, index) {
    const word = t("Line {line}: looks like a {what}.", { line, what: FOUND[what] });
    const [see, out] = [makeButton("btn", t("Show")), makeButton("btn", t("Remove"))];
    see.addEventListener("click", () => this.#mark(index));
    out.addEventListener("click", () => this.#remove(index));
    return make("li", "row", make("span", "grow", word), see, out);
  }

  /** @param {number} index of what is found there now */
  #mark(index) {
    const one = this.#find(this.#area.value)[index];
    this.#area.focus();
    if (one) this.#area.setSelectionRange(one.from, one.to);
  }

  /** @param {number} index */
  #remove(index) {
    const one = this.#find(this.#area.value)[index];
    if (one) this.#area.value = without(this.#area.value, one);
    this.#changed();
    this.look();
    this.#area.focus();
  }
}
