/** What was done: kind, services, outcome. Each choice is saved as it is made; saving says "done". */

import { label, t } from "./texts.js";
import { clockTime } from "./time.js";
import { names } from "./services.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

export class Record {
  #note;
  #save;
  /** The call whose record stands here, as the server has it. @type {any} */
  #call = null;
  #draft = { kind: "", services: /** @type {string[]} */ ([]), outcome: "" };
  #pending = 0;
  #unsent = false;
  #current = null;
  #chosen = "";

  /**
   * @param {import("./note.js").Note} note
   * @param {(args: object) => Promise<boolean>} save
   */
  constructor(note, save) {
    this.#note = note;
    this.#save = save;
    for (const chip of document.querySelectorAll("[data-kind]"))
      chip.addEventListener("click", () => this.choose({ kind: chip.dataset.kind }));
    for (const chip of document.querySelectorAll("[data-outcome]"))
      chip.addEventListener("click", () => this.choose({ outcome: chip.dataset.outcome }));
    $("record").addEventListener("submit", (event) => event.preventDefault());
  }

  /** Show the record of the call at hand, or of the earlier one that the agent has chosen. */
  show(view) {
    const call = view?.call ?? null;
    if (call?.call_id !== this.#current?.call_id) this.#chosen = "";
    this.#current = call;
    this.#showUnsaved(view?.unsaved ?? []);
    const earlier = view?.unsaved.find((one) => one.call_id === this.#chosen);
    const shown = earlier ?? (call?.phase === "ringing" ? null : call);
    $("record").hidden = $("saveline").hidden = !shown;
    $("earlier").hidden = !earlier;
    if (earlier)
      $("earlier-word").textContent = t("Earlier call, {time}", {
        time: clockTime(earlier.arrived_at),
      });
    if (shown) this.#fill(shown, view);
    else this.#call = null;
    return shown;
  }

  /** @param {Partial<{kind: string, services: string[], outcome: string}>} change */
  choose(change) {
    if (!this.#call) return;
    this.#draft = { ...this.#draft, ...change };
    this.#paint();
    this.#send(false);
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
    this.#chosen = callId;
  }

  /** Save note and record; while the wrap-up runs this ends it. */
  async finish() {
    if (!this.#call) return;
    const finish = this.#call.phase === "wrap_up";
    await this.#note.flush();
    const done = await this.#send(finish);
    $("record-state").textContent = done
      ? t("Saved.")
      : t("Not saved yet: the link is down. Try again.");
  }

  async #send(finish) {
    const { call_id } = this.#call;
    this.#pending += 1;
    const done = await this.#save({ call_id, ...this.#draft, finish });
    this.#pending -= 1;
    this.#unsent = !done && call_id === this.#call?.call_id;
    return done;
  }

  #fill(call, view) {
    const another = call.call_id !== this.#call?.call_id;
    this.#call = call;
    if (another) $("record-state").textContent = "";
    if (another) this.#unsent = false;
    if (this.#unsent && !this.#pending)
      this.#send(false); // chosen while the link was down
    else if (another || !this.#pending)
      this.#draft = { kind: call.kind, services: [...call.services], outcome: call.outcome };
    this.#note.show(call);
    const goesOn = call.call_id === view.call?.call_id && call.phase === "wrap_up";
    $("save-word").textContent = !goesOn
      ? t("Save")
      : view.wanted === "READY"
        ? t("Save and ready")
        : t("Save and finish");
    this.#paint();
  }

  #paint() {
    for (const chip of document.querySelectorAll("[data-kind]"))
      press(chip, chip.dataset.kind === this.#draft.kind);
    for (const chip of document.querySelectorAll("[data-outcome]"))
      press(chip, chip.dataset.outcome === this.#draft.outcome);
    this.#showServices();
  }

  async #showServices() {
    const codes = this.#draft.services;
    const labels = await names(codes);
    if (codes !== this.#draft.services) return;
    const place = $("services");
    const old = [...place.querySelectorAll("[data-service]")];
    if (old.map((chip) => chip.textContent).join() === labels.map((name) => `${name} ✕`).join())
      return;
    for (const chip of old) chip.remove();
    place.prepend(...codes.map((code, index) => this.#serviceChip(code, labels[index])));
  }

  #serviceChip(code, name) {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip on";
    chip.dataset.service = code;
    chip.textContent = `${name} ✕`;
    chip.setAttribute("aria-label", t("Take out: {service}", { service: name }));
    chip.addEventListener("click", () =>
      this.choose({ services: this.#draft.services.filter((one) => one !== code) }),
    );
    return chip;
  }

  #showUnsaved(unsaved) {
    $("unsaved").hidden = !unsaved.length;
    $("unsaved-count").textContent = String(unsaved.length);
    const key = unsaved.map((call) => call.call_id).join();
    const list = $("unsaved-list");
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    list.replaceChildren(...unsaved.map(unsavedChip));
  }
}

function unsavedChip(call) {
  const chip = document.createElement("button");
  chip.type = "button";
  chip.className = "chip";
  chip.dataset.unsaved = call.call_id;
  chip.textContent = `${clockTime(call.arrived_at)} · ${label(call.queue_label)}`;
  return chip;
}

function press(chip, on) {
  chip.setAttribute("aria-pressed", String(on));
}
