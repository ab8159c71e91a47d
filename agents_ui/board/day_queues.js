/** Which queues an agent takes for the rest of the day: chosen in the dialog of acts. */

/** @import { AgentChoices, DayQueue } from "../supervision/port.js" */

import { all, make, makeButton } from "../shell/dom.js";
import { label, t } from "../shell/texts.js";

/** @typedef {(queues: string[] | null) => void} Assign null: the usual ones */

/** Nothing where the agent takes part in none. @param {AgentChoices} agent @param {Assign} assign */
export function dayQueues(agent, assign) {
  if (!agent.queues.length) return [];
  const word = agent.assigned ? t("Queues, for today only") : t("Queues for the rest of today");
  const set = make(
    "fieldset",
    "acts-queues",
    make("legend", "", word),
    ...agent.queues.map(choice),
  );
  const chosen = () =>
    all("input:checked:not(:disabled)", HTMLInputElement, set).map((box) => box.value);
  const save = makeButton("btn", t("Take these today"));
  save.addEventListener("click", () => assign(chosen()));
  const usual = makeButton("btn", t("As usual again"));
  usual.hidden = !agent.assigned;
  usual.addEventListener("click", () => assign(null));
  return [set, make("div", "acts-three", save, usual)];
}

/** @param {DayQueue} one */
function choice({ queue, label: name, takes, usual, fixed }) {
  const box = make("input");
  box.type = "checkbox";
  box.value = queue;
  box.checked = takes;
  box.disabled = fixed;
  const aside = fixed ? t("everybody") : usual ? t("usual") : "";
  return make("label", "row", box, make("span", "grow", label(name)), make("span", "tiny", aside));
}
