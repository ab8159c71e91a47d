/** What was done: kind, services, outcome. Each choice is saved as it is made; saving says "done". */

/**
 * @import { CallView, Commands, DeskView, LaidAside } from "./port.js"
 * @import { Note } from "./note.js"
 * @import { Said, Work } from "./work.js"
 */

import { $, all, makeButton } from "../shell/dom.js";
import { label, t } from "../shell/texts.js";
import { clockTime } from "../shell/time.js";
import { ServiceChips } from "./service_chips.js";
import { CAME_BY, KINDS, OUTCOMES } from "./words.js";
import { said, say, WorkDraft, withServices } from "./work.js";

const kinds = all("[data-kind]");
const outcomes = all("[data-outcome]");
const municipality = $("matter-municipality", HTMLSelectElement);
const spoken = $("spoken", HTMLSelectElement);
const followUp = $("follow-up", HTMLInputElement);

const byName = new Intl.Collator("lv").compare;
municipality.append(...[...municipality.options].sort((a, b) => byName(a.text, b.text)));

/** What a chip stands for. @param {HTMLElement} chip @returns {Partial<Said>} */
function choice({ dataset }) {
  const { kind, outcome } = /** @type {any} */ (dataset);
  return kind ? { kind } : { outcome };
}

export class Record {
  #note;
  #save;
  /** The call whose record stands here, as the server has it. @type {CallView | null} */
  #call = null;
  #draft = new WorkDraft();
  /** The service of which kind and outcome are said; "" for all. */
  #about = "";
  /** The service that joined because its card was opened; the next card may take its place. */
  #supposed = "";
  /** @type {Promise<boolean> | null} */
  #sending = null;
  #chips = new ServiceChips({
    turn: (code) => this.#turnTo(code),
    takeOut: (code) => this.#setServices(this.services.filter((one) => one !== code)),
  });
  /** The call at hand. */
  #currentId = "";
  /** The earlier call that the agent has turned to. */
  #chosenId = "";

  /** @param {Note} note @param {(order: Commands["save"]) => Promise<boolean>} save */
  constructor(note, save) {
    this.#note = note;
    this.#save = save;
    for (const chip of [...kinds, ...outcomes])
      chip.addEventListener("click", () => this.#say(choice(chip)));
    municipality.addEventListener("change", () =>
      this.#change({ municipality: municipality.value }),
    );
    spoken.addEventListener("change", () => this.#change({ language: spoken.value }));
    followUp.addEventListener("change", () =>
      this.#change({ follow_up_on: followUp.value || null }),
    );
    $("record-mine").addEventListener("click", () => this.#settle("mine"));
    $("record-theirs").addEventListener("click", () => this.#settle("other"));
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
    if (earlier) $("earlier-word").textContent = nameOf(earlier);
    if (earlier) $("earlier-back").hidden = !call && earlier.written;
    if (shown && view) this.#fill(shown, view);
    else this.#call = null;
    return shown;
  }

  /** @param {Work} work */
  #choose(work) {
    if (!this.#call?.own || this.#call.phase === "ringing") return;
    this.#draft.choose(work);
    this.#paint();
    this.#flush();
  }

  /** @param {Partial<Work>} change */
  #change(change) {
    this.#choose({ ...this.#draft.work, ...change });
  }

  /** Of all services, or of the one that the agent has turned to. @param {Partial<Said>} change */
  #say(change) {
    this.#choose(say(this.#draft.work, this.#about, change));
  }

  /** @param {number} number of a kind of work, from 1 */
  chooseKind(number) {
    const chip = kinds[number - 1];
    if (chip) this.#say(choice(chip));
  }

  /** @param {number} number of an outcome, from 1 */
  chooseOutcome(number) {
    const chip = outcomes[number - 1];
    if (chip) this.#say(choice(chip));
  }

  /** Whose record stands here. */
  get call() {
    return this.#call;
  }

  /** Whether saving closes it, and it says that the citizen is rung back. */
  get closesWithPromise() {
    const { outcome, apart } = this.#draft.work;
    const outcomes = [outcome, ...apart.map((one) => one.outcome)];
    return this.#closes && outcomes.includes("callback");
  }

  get #closes() {
    return ["wrap_up", "listening"].includes(this.#call?.phase ?? "");
  }

  /** The services of the record at hand, as chosen last. */
  get services() {
    return this.#draft.work.services;
  }

  /** @param {string} code of a service that was spoken about */
  add(code) {
    this.#supposed = "";
    if (!this.services.includes(code)) this.#setServices([...this.services, code]);
  }

  /** A card was opened: that is what it is about, unless the agent has said so. @param {string} code */
  suppose(code) {
    const [only] = this.services;
    const free =
      this.services.length === 0 || (this.services.length === 1 && only === this.#supposed);
    if (!free || !this.#call || this.#call.phase === "ringing") return;
    this.#supposed = code;
    this.#setServices([code]);
  }

  /** @param {string[]} services */
  #setServices(services) {
    if (!services.includes(this.#about)) this.#about = "";
    this.#choose(withServices(this.#draft.work, services));
  }

  /** Turn to the record of an earlier call, or back ("") to the present. @param {string} callId */
  turnTo(callId) {
    this.#chosenId = callId;
  }

  /** Save note and record; while the wrap-up runs this ends it. */
  async finish() {
    if (!this.#call?.own || this.#call.phase === "ringing") return;
    const finish = this.#closes;
    await this.#note.close();
    await this.#flush();
    const done = !this.#draft.other && (await this.#send(finish));
    $("record-state").textContent = this.#draft.other
      ? t("Not saved: say first which record counts.")
      : done
        ? t("Saved.")
        : t("Not saved yet: the link is down. Try again.");
    return done;
  }

  /** One choice after the other: each goes on from the one before. */
  async #flush() {
    while (this.#sending) await this.#sending;
    while (this.#draft.unsaved) if (!(await this.#send(false))) return;
  }

  /** @param {boolean} finish */
  async #send(finish) {
    while (this.#sending) await this.#sending;
    const order = this.#draft.order;
    this.#draft.sending();
    this.#sending = this.#save({ ...order, finish });
    const done = await this.#sending;
    this.#sending = null;
    if (done) this.#draft.arrived(order);
    return done;
  }

  /** @param {"mine" | "other"} which */
  #settle(which) {
    this.#draft.settle(which);
    this.#paint();
    this.#flush();
  }

  /** @param {CallView} call @param {DeskView} view */
  #fill(call, view) {
    const another = call.call_id !== this.#call?.call_id;
    this.#call = call;
    if (another) $("record-state").textContent = this.#about = this.#supposed = "";
    this.#draft.take(call);
    if (this.#draft.unsaved && !this.#sending) this.#flush(); // chosen while the link was down
    this.#note.show(call);
    const now = call.call_id === view.call?.call_id ? call.phase : "";
    const then = view.wanted === "READY" ? t("Save and ready") : t("Save and finish");
    const words = { wrap_up: then, listening: t("Done without a call") };
    $("save-word").textContent = words[/** @type {keyof typeof words} */ (now)] ?? t("Save");
    this.#paint();
  }

  #paint() {
    const { work, other } = this.#draft;
    const { kind, outcome } = said(work, this.#about);
    for (const chip of kinds) press(chip, chip.dataset.kind === kind);
    for (const chip of outcomes) press(chip, chip.dataset.outcome === outcome);
    select(municipality, work.municipality);
    select(spoken, work.language);
    if (document.activeElement !== followUp) followUp.value = work.follow_up_on ?? "";
    $("record-other").hidden = !other;
    if (other) $("record-other-text").textContent = summary(other.work);
    this.#chips.show(work, this.#about);
  }

  /** @param {string} code of the service to turn to; once more: to all of them */
  #turnTo(code) {
    this.#about = this.#about === code ? "" : code;
    this.#paint();
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

/** @param {CallView} call */
function nameOf({ written, came_by, arrived_at }) {
  const time = clockTime(arrived_at);
  return written ? `${CAME_BY[came_by]}, ${time}` : t("Earlier call, {time}", { time });
}

/** What another page has chosen, in words. @param {Work} work */
function summary({ kind, outcome, services }) {
  const counted = services.length ? t("services: {count}", { count: services.length }) : "";
  return [KINDS[kind], OUTCOMES[outcome], counted].filter(Boolean).join(" · ");
}

/** A value that the list does not have is shown all the same. @param {HTMLSelectElement} list @param {string} value */
function select(list, value) {
  if (document.activeElement === list) return;
  if (value && ![...list.options].some((one) => one.value === value))
    list.add(new Option(value, value));
  list.value = value;
}

/** @param {CallView | LaidAside} call */
function unsavedChip(call) {
  const word = call.came_by === "phone" ? label(call.queue_label) : CAME_BY[call.came_by];
  const chip = makeButton("chip", `${clockTime(call.arrived_at)} · ${word}`);
  chip.dataset.unsaved = call.call_id;
  return chip;
}

/** @param {HTMLElement} chip @param {boolean} on */
function press(chip, on) {
  chip.setAttribute("aria-pressed", String(on));
}
