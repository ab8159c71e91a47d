/** What was done: kind, services, outcome. Each choice is saved as it is made; saving says "done". */

/**
 * @import { CallView, Commands, DeskView, LaidAside } from "./port.js"
 * @import { Note } from "./note.js"
 * @typedef {Pick<Commands["save"], "kind" | "services" | "outcome">} Choice
 */

import { $, all, makeButton } from "../shell/dom.js";
import { label, t } from "../shell/texts.js";
import { clockTime } from "../shell/time.js";
import { names } from "./services.js";

const kinds = all("[data-kind]");
const outcomes = all("[data-outcome]");

/** What a chip stands for. @param {HTMLElement} chip @returns {Partial<Choice>} */
function choice({ dataset }) {
  const { kind, outcome } = /** @type {any} */ (dataset);
  return kind ? { kind } : { outcome };
}

export class Record {
  #note;
  #save;
  /** The call whose record stands here, as the server has it. @type {CallView | null} */
  #call = null;
  /** @type {Choice} */
  #draft = { kind: "consultation", services: [], outcome: "answered" };
  #pending = 0;
  #unsent = false;
  /** The call at hand. */
  #currentId = "";
  /** The earlier call that the agent has turned to. */
  #chosenId = "";

  /** @param {Note} note @param {(order: Commands["save"]) => Promise<boolean>} save */
  constructor(note, save) {
    this.#note = note;
    this.#save = save;
    for (const chip of kinds) chip.addEventListener("click", () => this.choose(choice(chip)));
    for (const chip of outcomes) chip.addEventListener("click", () => this.choose(choice(chip)));
    $("record").addEventListener("submit", (event) => event.preventDefault());
  }

  /**
   * Show the record of the call at hand, or of the earlier one that the agent has chosen.
   * @param {DeskView | null} view
   */
  show(view) {
    const call = view?.call ?? null;
    if ((call?.call_id ?? "") !== this.#currentId) this.#chosenId = "";
    this.#currentId = call?.call_id ?? "";
    this.#showUnsaved(view?.unsaved ?? [], view?.laid_aside ?? 0);
    const earlier = view?.unsaved.find((one) => one.call_id === this.#chosenId);
    const shown = earlier ?? call;
    $("record").hidden = $("saveline").hidden = !shown;
    // What rings stands where it will be written on, so that nothing moves when it is answered.
    $("record").inert = $("saveline").inert = shown?.phase === "ringing";
    if (shown && !shown.own) $("saveline").inert = true; // a colleague's: the note is for both
    $("earlier").hidden = !earlier;
    if (earlier)
      $("earlier-word").textContent = t("Earlier call, {time}", {
        time: clockTime(earlier.arrived_at),
      });
    if (shown && view) this.#fill(shown, view);
    else this.#call = null;
    return shown;
  }

  /** @param {Partial<Choice>} change */
  choose(change) {
    if (!this.#call?.own || this.#call.phase === "ringing") return;
    this.#draft = { ...this.#draft, ...change };
    this.#paint();
    this.#send(this.#call, false);
  }

  /** @param {number} number of a kind of work, from 1 */
  chooseKind(number) {
    const chip = kinds[number - 1];
    if (chip) this.choose(choice(chip));
  }

  /** @param {number} number of an outcome, from 1 */
  chooseOutcome(number) {
    const chip = outcomes[number - 1];
    if (chip) this.choose(choice(chip));
  }

  /** The services of the record at hand, as chosen last. */
  get services() {
    return this.#draft.services;
  }

  /** @param {string} code of a service that was spoken about */
  add(code) {
    if (!this.#draft.services.includes(code))
      this.choose({ services: [...this.#draft.services, code] });
  }

  /** Turn to the record of an earlier call, or back ("") to the present. @param {string} callId */
  turnTo(callId) {
    this.#chosenId = callId;
  }

  /** Save note and record; while the wrap-up runs this ends it. */
  async finish() {
    if (!this.#call?.own || this.#call.phase === "ringing") return;
    const finish = ["wrap_up", "listening"].includes(this.#call.phase);
    await this.#note.close();
    const done = this.#call !== null && (await this.#send(this.#call, finish));
    $("record-state").textContent = done
      ? t("Saved.")
      : t("Not saved yet: the link is down. Try again.");
  }

  /** @param {CallView} call @param {boolean} finish */
  async #send({ call_id }, finish) {
    this.#pending += 1;
    const done = await this.#save({ call_id, ...this.#draft, finish });
    this.#pending -= 1;
    this.#unsent = !done && call_id === this.#call?.call_id;
    return done;
  }

  /** @param {CallView} call @param {DeskView} view */
  #fill(call, view) {
    const another = call.call_id !== this.#call?.call_id;
    this.#call = call;
    if (another) $("record-state").textContent = "";
    if (another) this.#unsent = false;
    if (this.#unsent && !this.#pending)
      this.#send(call, false); // chosen while the link was down
    else if (another || !this.#pending)
      this.#draft = /** @type {Choice} */ ({
        kind: call.kind,
        services: [...call.services],
        outcome: call.outcome,
      });
    this.#note.show(call);
    const now = call.call_id === view.call?.call_id ? call.phase : "";
    const then = view.wanted === "READY" ? t("Save and ready") : t("Save and finish");
    const words = { wrap_up: then, listening: t("Done without a call") };
    $("save-word").textContent = words[/** @type {keyof typeof words} */ (now)] ?? t("Save");
    this.#paint();
  }

  #paint() {
    for (const chip of kinds) press(chip, chip.dataset.kind === this.#draft.kind);
    for (const chip of outcomes) press(chip, chip.dataset.outcome === this.#draft.outcome);
    this.#showServices();
  }

  async #showServices() {
    const codes = this.#draft.services;
    const labels = await names(codes);
    if (codes !== this.#draft.services) return;
    const place = $("services");
    const old = all("[data-service]", HTMLElement, place);
    if (old.map((chip) => chip.textContent).join() === labels.map((name) => `${name} ✕`).join())
      return;
    for (const chip of old) chip.remove();
    place.prepend(...codes.map((code, index) => this.#serviceChip(code, labels[index] ?? code)));
  }

  /** @param {string} code @param {string} name */
  #serviceChip(code, name) {
    const chip = makeButton("chip on", `${name} ✕`);
    chip.dataset.service = code;
    chip.setAttribute("aria-label", t("Take out: {service}", { service: name }));
    chip.addEventListener("click", () =>
      this.choose({ services: this.#draft.services.filter((one) => one !== code) }),
    );
    return chip;
  }

  /** @param {CallView[]} unsaved @param {number} aside how many others there are, not in hand */
  #showUnsaved(unsaved, aside) {
    $("unsaved").hidden = !(unsaved.length + aside);
    $("unsaved-count").textContent = String(unsaved.length + aside);
    this.#showAside(aside);
    const key = unsaved.map((call) => call.call_id).join();
    const list = $("unsaved-list");
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    list.replaceChildren(...unsaved.map(unsavedChip));
  }

  /** The others are asked for when somebody wants to see them. @param {number} aside */
  #showAside(aside) {
    const list = $("laid-aside-list");
    if (list.dataset.count !== String(aside)) list.replaceChildren();
    list.dataset.count = String(aside);
    $("laid-aside").hidden = !aside || list.childElementCount > 0;
  }

  /** @param {LaidAside[]} records */
  showLaidAside(records) {
    $("laid-aside-list").replaceChildren(...records.map(unsavedChip));
    $("laid-aside").hidden = true;
  }
}

/** @param {CallView | LaidAside} call */
function unsavedChip(call) {
  const chip = makeButton("chip", `${clockTime(call.arrived_at)} · ${label(call.queue_label)}`);
  chip.dataset.unsaved = call.call_id;
  return chip;
}

/** @param {HTMLElement} chip @param {boolean} on */
function press(chip, on) {
  chip.setAttribute("aria-pressed", String(on));
}
