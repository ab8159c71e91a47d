/** The test call: who hears whom, in words, before anybody rings. */

import { $, setText } from "../shell/dom.js";
import { t } from "../shell/texts.js";
import { Hearing } from "./hearing.js";
import { command, desk, phone } from "./state.js";

const STEP_MS = 100;
/** A phone that has not answered by then does not ring. */
const ANSWERED_MS = 20_000;
let tried = 0;
/** The exchange rings, or talks to, this page for a test. */
let goesOn = false;

/** Ask the exchange to ring this agent's phone. */
export async function tryPhone() {
  const mine = ++tried;
  say(t("The exchange rings your telephone …"));
  if (!(await command("try_phone", {})))
    return say(t("The telephone cannot be tried just now. Try again."));
  return desk.isPhone ? listen(mine) : say(t("Answer it and say something: you should hear it."));
}

/** A caller must not find the line engaged by a test. */
export function endTrial() {
  if (goesOn && !desk.call) phone.hangUp();
}

/** Until the call is over. @param {number} mine */
function listen(mine) {
  const [hearing, began] = [new Hearing(), performance.now()];
  let answered = false;
  goesOn = true;
  const timer = setInterval(() => {
    const talks = phone.state === "talking";
    const over = answered ? !talks : performance.now() - began > ANSWERED_MS;
    answered ||= talks;
    if (talks) hearing.note(performance.now() / 1000, phone.level());
    if (over || mine !== tried || desk.call) clearInterval(timer);
    if (mine !== tried) return;
    goesOn = !over && !desk.call;
    say(word(hearing, answered, over));
  }, STEP_MS);
}

/** @param {Hearing} hearing @param {boolean} answered @param {boolean} over */
function word({ spoken, echoed }, answered, over) {
  if (echoed) return t("The exchange hears you, and you hear it.");
  if (!answered)
    return over
      ? t("The test call did not reach this page.")
      : t("The exchange rings your telephone …");
  if (!over) return t("Say something: you should hear yourself.");
  return spoken
    ? t("You hear the exchange; it does not hear you. Check the microphone.")
    : t("Nothing is heard of the exchange: the sound does not reach this computer.");
}

/** @param {string} text */
function say(text) {
  $("trial-word").hidden = false;
  setText($("trial-word"), text);
}
