/** The demonstration's telephone: a citizen in a browser. */

import "./phone.js";
import { Microphone } from "./microphone.js";
import { config, t } from "./texts.js";
import { countFrom, now, onTick } from "./time.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const phone = $("phone");
const microphone = new Microphone();
const WORDS = {
  none: t("Ready to call"),
  calling: t("Calling"),
  incoming: t("Ringing"),
  talking: t("In call"),
};
let answered = 0;

function show() {
  const free = phone.state === "none";
  const connected = phone.registration === "registered";
  document.body.dataset.call = phone.state;
  $("dial").hidden = !free;
  $("dial").disabled = !connected;
  $("hang-up").hidden = free;
  $("clock").hidden = phone.state !== "talking";
  $("state").textContent = connected || !free ? WORDS[phone.state] : t("Connecting");
  $("state").className =
    `pill ${{ talking: "talk", calling: "ring", incoming: "ring" }[phone.state] ?? (connected ? "ready" : "away")}`;
  answered = phone.state === "talking" ? answered || now() : 0;
  countFrom(document.querySelector("[data-clock]"), answered || null);
}

async function dial() {
  const heard = await microphone.open();
  tell(heard ? "" : t("Allow the microphone in the browser, or plug in the headset."));
  if (heard) phone.call($("number").value.replace(/[^\d+*#]/g, ""), microphone.stream);
}

/** @param {string} trouble the empty string when there is none */
function tell(trouble) {
  $("trouble").hidden = !trouble;
  $("trouble").textContent = trouble;
}

function press(key) {
  if (phone.state === "none") $("number").value += key;
  else phone.digit(key);
}

$("dial").addEventListener("click", dial);
$("hang-up").addEventListener("click", () => phone.hangUp());
for (const button of document.querySelectorAll("[data-digit]"))
  button.addEventListener("click", () => press(button.dataset.digit));
document.addEventListener("keydown", (event) => {
  if (event.target === $("number"))
    return event.key === "Enter" && phone.state === "none" && dial();
  if (/^[0-9*#]$/.test(event.key) && !event.ctrlKey) press(event.key);
  return undefined;
});
phone.addEventListener("change", show);
phone.addEventListener("refused", () =>
  tell(t("Nobody answers at this number. The common number is 60000100.")),
);
addEventListener("pagehide", () => phone.hangUp());
onTick(() => ($("level").value = phone.level()));

show();
phone.connect(config.phone);
