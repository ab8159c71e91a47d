/** Brings the whole page up to what `desk` says. */

/** @import { DeskView } from "./port.js" */

import { showCrisis } from "../shell/banner.js";
import { countFrom } from "../shell/clocks.js";
import { $, all, setText } from "../shell/dom.js";
import { t } from "../shell/texts.js";
import { REASONS } from "../shell/words.js";
import { alarm, quiet } from "./alarm.js";
import { showCall } from "./call.js";
import { showCases } from "./cases.js";
import { showDay } from "./day.js";
import { showDevices } from "./device.js";
import { showDial } from "./dial.js";
import { showPerson } from "./history.js";
import { showListened, showMemos } from "./memos.js";
import { modeOf, OFFERED } from "./mode.js";
import { showPromises, tellUnreached } from "./promises.js";
import { showSuggested } from "./services.js";
import { audible } from "./sound.js";
import { desk, live, microphone, phone, record } from "./state.js";
import { showChecks, showHealth, showLine, showState, trouble } from "./topbar.js";
import { ADVICE } from "./words.js";

const taking = ["answer", "reject", "ring-back", "refuse-card", "listen", "refuse-message"].map(
  (id) => $(id, HTMLButtonElement),
);

export function show() {
  const { view, started, elsewhere } = desk;
  desk.mode = modeOf({ view, phone, started, elsewhere, up: live.up });
  const here = elsewhere ? null : view;
  showCall(desk.mode, here, phone, desk.unlifted);
  if (view) {
    document.body.dataset.device = view.device;
    showDevices(view);
    showState(view);
    showLine(view.line);
    showMemos(view.memos);
    showListened(view.call?.listened ?? null);
    showCrisis(view.crisis);
  }
  showWork(here);
  showReadiness();
  ringOrNot();
}

/** Ring exactly while a call rings that this agent has neither taken nor declined. */
export function ringOrNot() {
  const busy = [desk.refused, desk.answering].includes(desk.offer);
  for (const button of taking) button.disabled = busy;
  const rings = OFFERED.includes(desk.mode);
  const asked = desk.call?.callback?.calling || desk.call?.call_id === desk.taken;
  if (rings && !busy && !asked) alarm(desk.call, desk.answers);
  else quiet();
}

/** @param {DeskView | null} here */
function showWork(here) {
  const call = here?.call ?? null;
  const person = record.show(here) ?? call;
  showPerson(person?.written ? null : person);
  showCases(person?.written ? null : person);
  showSuggested(person);
  showPromises(here, person);
  showDial(person);
  tellUnreached(here);
  const nobody = [...OFFERED, "listening"].includes(desk.mode);
  $("identify").hidden = person !== call;
  $("identify").inert = nobody; // its room is kept
  for (const button of all("#identify [data-level]", HTMLButtonElement))
    button.disabled = desk.mode !== "talking" || !call?.own; // only who is on the line
  $("nobody").hidden = person !== null;
  const told = here?.memos.map((memo) => memo.memo_id).join();
  const day = [here?.since, here?.crisis?.since, told].join(" ");
  showDay(!person && ["idle", "away"].includes(desk.mode), day);
  $("help-asked").hidden = !here?.help_since;
  countFrom($("help-clock"), here?.help_since);
}

function showReadiness() {
  const { view, started } = desk;
  const out = desk.mode === "out" ? REASONS.phone : "";
  const word = out || trouble({ view, phone, microphone, started });
  showHealth(word, started && desk.isPhone);
  for (const button of all('[data-do="ready"]', HTMLButtonElement)) button.disabled = Boolean(word);
  const deaf = word === t("No microphone");
  $("not-yet").hidden = !word;
  setText($("not-yet"), deaf ? `${word}. ${ADVICE.microphone}` : word && `${word}.`);
  $("try-microphone").hidden = !deaf;
  showChecks({
    phone: desk.isPhone ? phone.registration === "registered" : !word,
    microphone: microphone.live,
    sound: audible(),
    notifications: "Notification" in window && Notification.permission === "granted",
  });
}
