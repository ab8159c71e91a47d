/** The dialog in which an agent dials: a number that is typed, or that stands on the page. */

/** @import { CallView, PromiseView } from "./port.js" */

import { $, make, makeButton, pressed, setText } from "../shell/dom.js";
import { t } from "../shell/texts.js";
import { moment } from "../shell/time.js";
import { masked } from "./number.js";
import { isEmergency } from "./reach_number.js";
import { command, desk, note, phone } from "./state.js";

const dialog = $("dial", HTMLDialogElement);
const number = $("dial-number", HTMLInputElement);
const FEW = 5;
let contact = "";
/** The number that stands on the page: whoever is at the desk need not read it. */
let given = "";

/** Nobody is dialled beside two calls, or while somebody else is in the one at hand. */
export function mayDial() {
  const { call, beside, mode } = desk;
  const second = call?.own && !call.aside && !beside && Boolean(call.answered_at);
  return ["idle", "away"].includes(mode) || (mode === "talking" && Boolean(second));
}

/** @param {string} [known] number @param {string} [about] the contact that it is about */
export function openDial(known = "", about = "") {
  if (dialog.open || !mayDial()) return;
  [contact, given] = [about, known];
  number.value = "";
  number.placeholder = known ? masked(known) : "";
  $("dial-error").textContent = "";
  $("dial-beside").hidden = desk.mode !== "talking";
  fillPromises();
  look();
  dialog.returnValue = "";
  dialog.showModal();
  number.focus();
}

/** The number of whoever's record stands here can be rung, while nobody else is at hand. @param {CallView | null} person */
export function showDial(person) {
  const button = $("ring-who");
  button.hidden = desk.mode === "talking" || !mayDial() || !person?.caller;
  $("dial-second").hidden = !mayDial();
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

/** What the agent has promised may be kept beside a talk, as well. */
function fillPromises() {
  const promises = desk.mode === "talking" ? (desk.view?.promises ?? []).slice(0, FEW) : [];
  $("dial-promises").hidden = !promises.length;
  $("dial-promises-list").replaceChildren(...promises.map(row));
}

/** @param {PromiseView} promise */
function row({ call_id, number: whom, about: what, due_at }) {
  const due = make("span", "tiny num", `${masked(whom)} · ${moment(due_at)}`);
  const word = make("span", "", what || t("No word of what for"));
  const text = make("span", "", word, due);
  const take = makeButton("btn", t("Show"));
  take.addEventListener("click", async () => {
    if (await command("take_promise", { call_id })) dialog.close();
    else setText($("dial-error"), t("That did not go through. Try again."));
  });
  return make("li", "", text, take);
}

/** The first caller is on hold meanwhile, by us: the phone's own hold is of one call only. */
async function makeRoom() {
  const { call } = desk;
  if (desk.mode !== "talking" || !call || call.parked) return;
  await note.close();
  await command("hold", { call_id: call.call_id });
  if (phone.held) phone.toggleHold();
}

async function dial() {
  await makeRoom();
  if (await command("dial", { number: chosen(), contact })) return dialog.close();
  $("dial-error").textContent = t(
    "This number cannot be rung now: it is none that the hotline rings, it is engaged here, or it was rung often enough.",
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
