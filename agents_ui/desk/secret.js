/** While a secret is written (its field says `data-secret`) the recording pauses by itself. */

import { command, desk } from "./state.js";

/** The call of which this page has paused the recording. */
let paused = "";

/** @param {EventTarget | null} field */
const secret = (field) => field instanceof HTMLInputElement && field.dataset.secret !== undefined;

document.addEventListener("focusin", ({ target }) => {
  const { call } = desk;
  if (!secret(target) || call?.recording !== "on") return;
  paused = call.call_id;
  command("pause_recording", { call_id: paused });
});

/** Who had paused it by hand goes on by hand. */
document.addEventListener("focusout", ({ target }) => {
  if (!secret(target) || !paused) return;
  command("resume_recording", { call_id: paused });
  paused = "";
});
