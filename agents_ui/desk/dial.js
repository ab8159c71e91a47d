/** The dialog in which an agent dials: a number that is typed, or that stands on the page. */

/** @import { CallView } from "./port.js" */

import { $, pressed } from "../shell/dom.js";
import { t } from "../shell/texts.js";
import { masked } from "./number.js";
import { isEmergency } from "./reach_number.js";
import { command, desk } from "./state.js";

const dialog = $("dial", HTMLDialogElement);
const number = $("dial-number", HTMLInputElement);
let contact = "";
/** The number that stands on the page: whoever is at the desk need not read it. */
let given = "";

/** Nobody is dialled while another call is at hand. */
export function mayDial() {
  return ["idle", "away"].includes(desk.mode);
}

/** @param {string} [known] number @param {string} [about] the contact that it is about */
export function openDial(known = "", about = "") {
  if (dialog.open || !mayDial()) return;
  [contact, given] = [about, known];
  number.value = "";
  number.placeholder = known ? masked(known) : "";
  $("dial-error").textContent = "";
  look();
  dialog.returnValue = "";
  dialog.showModal();
  number.focus();
}

/** The number of whoever's record stands here can be rung, while nobody else is at hand. @param {CallView | null} person */
export function showDial(person) {
  const button = $("ring-who");
  button.hidden = !mayDial() || !person?.caller;
  button.dataset.dial = person?.caller ?? "";
  button.dataset.contact = person?.call_id ?? "";
}

/** Another call has come. */
export function closeDial() {
  if (dialog.open) dialog.close();
}

function look() {
  const emergency = isEmergency(chosen());
  $("dial-emergency").hidden = !emergency;
  $("dial-now", HTMLButtonElement).disabled = emergency || !chosen();
}

function chosen() {
  return number.value.trim() || given;
}

async function dial() {
  if (await command("dial", { number: chosen(), contact })) return dialog.close();
  $("dial-error").textContent = t(
    "This number can't be rung now: it is none that the hotline rings, it is engaged here, or it was rung often enough.",
  );
}

number.addEventListener("input", look);
dialog.addEventListener("submit", (event) => {
  if (event.submitter instanceof HTMLButtonElement && event.submitter.value !== "go") return;
  event.preventDefault();
  if (!isEmergency(chosen())) dial();
});
document.addEventListener("click", (event) => {
  const { dial: known, contact: about } = pressed(event, "[data-dial]")?.dataset ?? {};
  if (known !== undefined) openDial(known, about);
});
