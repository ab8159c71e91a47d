/** Who else is in the call, in words that are true for both agents; and who was not reached. */

/** @import { AsideView, CallView } from "./port.js" */

import { countFrom } from "../shell/clocks.js";
import { $, all, setText } from "../shell/dom.js";
import { t } from "../shell/texts.js";
import { masked } from "./number.js";

const box = $("aside");
const controls = ["hold", "queue-transfer-open", "reach-open"].map((id) =>
  $(id, HTMLButtonElement),
);

/** @param {CallView | null} call */
export function showAside(call) {
  const aside = call?.aside ?? null;
  const asked = call?.asked ?? null;
  box.hidden = !aside;
  if (aside) fill(aside);
  $("asked").hidden = !asked;
  setText($("asked-word"), asked ? askedWord(asked) : "");
  setText($("asked-centre"), asked?.centre ?? "");
  $("taker").hidden = !call?.taker;
  setText($("taker-word"), call?.taker ? takerWord(call.taker) : "");
  $("tried").hidden = !call?.tried;
  setText($("tried"), call?.tried ? triedWord(call.tried) : "");
  // Whose call it is not ends its own part only; with somebody else in the call each ends apart.
  for (const button of controls) button.hidden = Boolean(aside || asked);
  for (const button of all('[data-mode="talking"] [data-do="end"]', HTMLButtonElement))
    button.disabled = Boolean(aside);
}

/** @param {AsideView} told */
function fill(told) {
  const aside = told.outside ? { ...told, name: masked(told.name, true) } : told;
  const state = aside.talks ? aside.hears : "rings";
  setText($("aside-word"), word(aside));
  setText($("aside-centre"), aside.centre);
  countFrom($("aside-clock"), aside.since);
  setText(
    $("aside-swap"),
    aside.hears === "caller"
      ? t("Switch to {name}", { name: aside.name })
      : t("Switch to the caller"),
  );
  setText(
    $("aside-drop"),
    aside.talks ? t("End the consult") : t("Stop ringing, back to the caller"),
  );
  for (const button of all("[data-aside]", HTMLButtonElement, box))
    button.hidden = !button.dataset.aside?.split(" ").includes(state);
}

/** @param {AsideView} aside */
function word({ name, passes, talks, hears }) {
  if (passes) return t("{name} is rung for the caller, who hears music.", { name });
  if (!talks) return t("{name} is rung. The caller hears music.", { name });
  if (hears === "colleague") return t("You talk to {name}. The caller hears music.", { name });
  if (hears === "caller") return t("You talk to the caller. {name} hears music.", { name });
  return t("All three of you hear each other: the caller, {name} and you.", { name });
}

/** @param {NonNullable<CallView["asked"]>} asked */
function askedWord({ name, hears }) {
  if (hears === "colleague") return t("{name} asks you. The caller does not hear you.", { name });
  if (hears === "caller") return t("{name} talks to the caller. You hear music.", { name });
  return t("The caller and {name} hear you.", { name });
}

/** @param {NonNullable<CallView["taker"]>} taker */
function takerWord({ name }) {
  return t("{name} offers to take the caller over. Your note goes along.", { name });
}

/** @param {NonNullable<CallView["tried"]>} tried */
function triedWord({ name, result }) {
  const words = {
    missed: t("{name} did not answer. The caller is with you.", { name }),
    rejected: t("{name} cannot take it now. The caller is with you.", { name }),
    busy: t("{name} is in another call. The caller is with you.", { name }),
    unreachable: t("{name} could not be reached. The caller is with you.", { name }),
  };
  return words[result];
}
