/** The services of a record, each to turn to and to take out. */

/** @import { Work } from "./work.js" */

import { $, all, make, makeButton } from "../shell/dom.js";
import { t } from "../shell/texts.js";
import { names } from "./services.js";
import { KINDS, OUTCOMES } from "./words.js";

export class ServiceChips {
  #place = $("services");
  #does;
  /** @type {Work | null} */
  #work = null;

  /** @param {Record<"turn" | "takeOut", (code: string) => void>} does */
  constructor(does) {
    this.#does = does;
  }

  /** @param {Work} work @param {string} about the service that the agent has turned to */
  async show(work, about) {
    this.#work = work;
    const labels = await names(work.services);
    if (work !== this.#work) return;
    const words = work.services.map((code, index) => said(work, code, labels[index] ?? code));
    const key = JSON.stringify([work.services, words, about]);
    if (this.#place.dataset.key === key) return;
    this.#place.dataset.key = key;
    const focus = document.activeElement?.closest("[data-service]")?.getAttribute("data-service");
    for (const chip of all("[data-service]", HTMLElement, this.#place)) chip.remove();
    const chips = work.services.map((code, index) => this.#chip(code, words[index] ?? code, about));
    this.#place.prepend(...chips);
    chips
      .find((chip) => chip.dataset.service === focus)
      ?.querySelector("button")
      ?.focus();
  }

  /** @param {string} code @param {string} word @param {string} about */
  #chip(code, word, about) {
    const [turn, out] = [makeButton("chip", word), makeButton("chip", "✕")];
    turn.setAttribute("aria-pressed", String(about === code));
    turn.title = t("Kind and outcome of this service alone");
    out.setAttribute("aria-label", t("Take out: {service}", { service: word }));
    turn.addEventListener("click", () => this.#does.turn(code));
    out.addEventListener("click", () => this.#does.takeOut(code));
    const both = make("span", "joined", turn, out);
    both.dataset.service = code;
    return both;
  }
}

/** Its name, and what is said of it alone. @param {Work} work @param {string} code @param {string} name */
function said(work, code, name) {
  const own = work.apart.find((one) => one.service === code);
  return own ? `${name} · ${KINDS[own.kind]}, ${OUTCOMES[own.outcome]}` : name;
}
