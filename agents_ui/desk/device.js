/** What the agent answers on: when it may be chosen, and what the page says of it. */

/** @import { DeskView } from "./port.js" */

import { all } from "../shell/dom.js";

/** Whether another one may be chosen now: while something rings, or a third is in the call, not. @param {DeskView} view */
export function mayChoose({ state, call, beside }) {
  if (state === "TALKING")
    return ["talking", "rejoining"].includes(call?.phase ?? "") && !call?.aside && !beside;
  return state !== "RESERVED" && state !== "LOGGED_OUT";
}

/** Only what the agent has; who has one has no choice. @param {DeskView} view */
export function showDevices(view) {
  for (const group of all(".devices")) group.hidden = view.devices.length <= 1;
  for (const button of all("[data-answer-on]", HTMLButtonElement)) {
    const device = /** @type {DeskView["device"]} */ (button.dataset.answerOn);
    button.hidden = !view.devices.includes(device);
    button.disabled = !mayChoose(view);
    button.setAttribute("aria-pressed", String(device === view.device));
  }
}
