/** The other of the agent's two calls: who it is, how long it has waited, and what can be done. */

/** @import { CallView, DeskView } from "./port.js" */

import { countFrom } from "../shell/clocks.js";
import { $, setText } from "../shell/dom.js";
import { label, t } from "../shell/texts.js";
import { now } from "../shell/time.js";
import { isLong } from "./long_hold.js";
import { masked } from "./number.js";
import { BARRED } from "./words.js";

/** @param {CallView | null} beside */
export function showBeside(beside) {
  $("beside").hidden = !beside;
  if (!beside) return;
  const { callback, barred } = beside;
  const waits = callback && !callback.calling;
  setText($("beside-word"), word(beside));
  setText($("beside-queue"), label(beside.queue_label));
  setText(
    $("beside-caller"),
    masked(beside.caller, beside.identified_level > 0 || dialled(beside)),
  );
  $("beside-clock").className = isLong(beside, now()) ? "num pill ring" : "num";
  countFrom($("beside-clock"), beside.held_since ?? (callback ? beside.offered_at : null));
  const about = waits && barred ? (BARRED[barred] ?? "") : (callback?.about ?? "");
  $("beside-about").hidden = !about;
  setText($("beside-about"), about);
  $("beside-turn").hidden = Boolean(callback && (callback.calling || barred));
  setText($("beside-turn-word"), waits ? t("Hold, and ring now") : t("Switch to this call"));
  $("beside-stop").hidden = !callback;
  setText($("beside-stop"), waits ? t("Not now") : t("Stop ringing"));
  $("beside-end").hidden = Boolean(callback);
}

/** @param {CallView} beside */
function dialled(beside) {
  return Boolean(beside.callback?.dialled);
}

/** @param {CallView} beside */
function word({ callback, phase }) {
  if (callback?.calling) return t("The second number rings …");
  if (callback) return t("Promised call");
  return phase === "rejoining"
    ? t("The other caller waits for you, too")
    : t("The other caller is on hold");
}

/**
 * What has become of the two, in words; "" nothing that need be said.
 * @param {Pick<DeskView, "call" | "beside"> | null} before
 * @param {Pick<DeskView, "call" | "beside">} after
 */
export function besideTold(before, after) {
  const [was, is] = [before?.beside?.call_id, after.call?.call_id];
  if (!was || was !== is || after.call?.phase !== "talking") return "";
  if (after.beside) return t("You talk to the other caller now.");
  return after.call.parked ? t("The other caller is still on hold. Press H to go on.") : "";
}
