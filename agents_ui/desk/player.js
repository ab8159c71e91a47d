/** A voice message as it is heard: the player, and what is shown where it cannot be played. */

/** @import { CallView } from "./port.js" */

import { $, setText } from "../shell/dom.js";
import { BARRED } from "./words.js";

const player = $("player", HTMLAudioElement);

/** The message that is in the player. */
let loaded = "";

/** Play a message when an agent begins to listen; stop as soon as that is over. @param {CallView | null} call */
export function showPlayer(call) {
  const id = call?.call_id ?? "";
  const rings = Boolean(call?.message?.ring) && !call?.barred;
  $("call-back").hidden = !rings;
  $("no-call-back").hidden = !call?.message || rings;
  setText($("no-call-back"), BARRED[call?.barred || "prefix"] ?? "");
  if (id === loaded) return;
  loaded = id;
  player.pause();
  $("no-recording").hidden = true;
  if (id) play();
  else player.removeAttribute("src");
}

/** From the beginning. A browser that lets no page sound by itself waits for a click on the player. */
export function play() {
  $("no-recording").hidden = true;
  player.src = `/desk/messages/${encodeURIComponent(loaded)}`;
  player.play().catch(() => {});
}

const question = $("question-player", HTMLAudioElement);

/** What a callback is about, where its citizen has said it: it is played when the agent wants. @param {CallView | null} call */
export function showQuestion(call) {
  const id = call?.callback?.question_s ? call.call_id : "";
  $("question").hidden = !id;
  if (question.dataset.call === id) return;
  question.dataset.call = id;
  question.pause();
  if (id) question.src = `/desk/messages/${encodeURIComponent(id)}`;
  else question.removeAttribute("src");
}

player.addEventListener("error", () => {
  $("no-recording").hidden = !loaded;
});
