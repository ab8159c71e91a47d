/** The dialog in which an agent dials: a number that is typed, or that stands on the page. */

import { $, pressed } from "../shell/dom.js";
import { t } from "../shell/texts.js";
import { isEmergency } from "./emergency.js";
import { command, desk } from "./state.js";

const dialog = $("dial", HTMLDialogElement);
const number = $("dial-number", HTMLInputElement);
let contact = "";

/** Nobody is dialled while another call is at hand. */
export function mayDial() {
  return ["idle", "away"].includes(desk.mode);
}

/** @param {string} [known] number @param {string} [about] the contact that it is about */
export function openDial(known = "", about = "") {
  if (dialog.open || !mayDial()) return;
  contact = about;
  number.value = known;
  $("dial-error").textContent = "";
  look();
  dialog.returnValue = "";
  dialog.showModal();
  number.focus();
}

/** Another call has come. */
export function closeDial() {
  if (dialog.open) dialog.close();
}

function look() {
  const emergency = isEmergency(number.value);
  $("dial-emergency").hidden = !emergency;
  $("dial-now", HTMLButtonElement).disabled = emergency || !number.value.trim();
}

async function dial() {
  if (await command("dial", { number: number.value, contact })) return dialog.close();
  $("dial-error").textContent = t(
    "This number can't be rung now: it is none that the hotline rings, it is engaged here, or it was rung often enough.",
  );
}

number.addEventListener("input", look);
dialog.addEventListener("submit", (event) => {
  if (event.submitter instanceof HTMLButtonElement && event.submitter.value !== "go") return;
  event.preventDefault();
  if (!isEmergency(number.value)) dial();
});
document.addEventListener("click", (event) => {
  const known = pressed(event, "[data-dial]")?.dataset.dial;
  if (known !== undefined) openDial(known);
});
