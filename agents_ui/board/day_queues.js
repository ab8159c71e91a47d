/** What an agent takes, and can do, for the rest of the day: chosen in the dialog of acts. */

/** @import { AgentChoices, DayQueue, DaySkill } from "../supervision/port.js" */

import { all, make, makeButton } from "../shell/dom.js";
import { label, languageName, t } from "../shell/texts.js";

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

/** @typedef {(given: Record<"skills" | "languages", [string, number][]>) => void} Give */

/** Folded, for queues are what is changed oftener. @param {AgentChoices} agent @param {Give} give */
export function daySkills({ skills }, give) {
  if (!skills.length) return [];
  const rows = skills.map(level);
  const save = makeButton("btn", t("Have these today"));
  /** @param {boolean} language @returns {[string, number][]} */
  const chosen = (language) =>
    rows
      .filter((row) => row.language === language && Number(row.select.value))
      .map(({ select }) => [select.name, Number(select.value)]);
  save.addEventListener("click", () => give({ skills: chosen(false), languages: chosen(true) }));
  const word = t("Skills and languages for the rest of today");
  const set = make("fieldset", "acts-queues", ...rows.map((row) => row.shown));
  set.setAttribute("aria-label", word);
  const below = make("div", "acts-three", save);
  return [make("details", "acts-skills", make("summary", "", word), set, below)];
}

/** @param {DaySkill} one */
function level({ name, label: texts, level: now, usual, language }) {
  const steps = [t("none"), ...[1, 2, 3, 4, 5].map(String)];
  const select = make("select", "", ...steps.map((step, of) => new Option(step, String(of))));
  select.name = name;
  select.value = String(now);
  const named = language ? languageName(name) : label(texts) || name;
  const aside = usual ? t("usual: {level}", { level: usual }) : "";
  const parts = [make("span", "grow", named), make("span", "tiny", aside), select];
  return { select, language, shown: make("label", "row", ...parts) };
}
