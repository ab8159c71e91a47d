/** The demonstration's telephone: a citizen in a browser. */

/** @import { PhoneLogin } from "../shell/port.js" */

import { countFrom, onTick } from "../shell/clocks.js";
import { $, all } from "../shell/dom.js";
import { Microphone } from "../shell/microphone.js";
import { Phone } from "../shell/phone.js";
import { config, t } from "../shell/texts.js";
import { now } from "../shell/time.js";

const phone = $("phone", Phone);
const microphone = new Microphone();
const number = $("number", HTMLInputElement);
const dialButton = $("dial", HTMLButtonElement);
const WORDS = {
  none: t("Ready to call"),
  calling: t("Calling"),
  incoming: t("Ringing"),
  talking: t("In call"),
};
const TONES = { none: "ready", calling: "ring", incoming: "ring", talking: "talk" };
let answered = 0;

function show() {
  const free = phone.state === "none";
  const connected = phone.registration === "registered";
  document.body.dataset.call = phone.state;
  dialButton.hidden = !free;
  dialButton.disabled = !connected;
  $("hang-up").hidden = free;
  $("clock").hidden = phone.state !== "talking";
  $("state").textContent = connected || !free ? WORDS[phone.state] : t("Connecting");
  $("state").className = `pill ${connected || !free ? TONES[phone.state] : "away"}`;
  answered = phone.state === "talking" ? answered || now() : 0;
  countFrom($("talked"), answered || null);
}

async function dial() {
  const heard = await microphone.open();
  tell(heard ? "" : t("Allow the microphone in the browser, or plug in the headset."));
  if (heard && microphone.stream)
    phone.call(number.value.replace(/[^\d+*#]/g, ""), microphone.stream);
}

/** @param {string} trouble the empty string when there is none */
function tell(trouble) {
  $("trouble").hidden = !trouble;
  $("trouble").textContent = trouble;
}

/** @param {string} key */
function press(key) {
  if (phone.state === "none") number.value += key;
  else phone.digit(key);
}

dialButton.addEventListener("click", dial);
$("hang-up").addEventListener("click", () => phone.hangUp());
for (const button of all("[data-digit]"))
  button.addEventListener("click", () => press(button.dataset.digit ?? ""));
document.addEventListener("keydown", (event) => {
  if (event.target !== number) {
    if (/^[0-9*#]$/.test(event.key) && !event.ctrlKey) press(event.key);
  } else if (event.key === "Enter" && phone.state === "none") dial();
});
phone.addEventListener("change", show);
phone.addEventListener("refused", () =>
  tell(t("Nobody answers at this number. The common number is 60000100.")),
);
addEventListener("pagehide", () => phone.hangUp());
onTick(() => {
  $("level", HTMLMeterElement).value = phone.level();
});

show();
phone.connect(/** @type {PhoneLogin} */ (config.phone));
