/** Between calls: the own day, what waits, what callers hear, who else is here. Asked for when the desk becomes idle. */

/** @import { OwnSkill, DayView, HeardNow, Neighbour, OwnPromise, QueuePromises } from "./port.js" */

import { $, make, makeButton } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, label, languageName, t } from "../shell/texts.js";
import { duration, moment } from "../shell/time.js";
import { stateWord, TONES } from "../shell/words.js";
import { command } from "./state.js";
import { hint } from "./topbar.js";
import { ownUpkeep } from "./upkeep.js";

/** So long what was told is fresh enough. */
const AGAIN_MS = 300_000;
/** Seven hundred desks do not ask in one moment; a call that has just ended is in the database by then. */
const SPREAD_MS = 4_000;

let timer = 0;
/** What the day was asked for: another crisis or another end of a call asks anew. */
let shown = "";

/** @param {boolean} idle whether nobody is on the line @param {string} key what it depends on */
export function showDay(idle, key) {
  if (!idle) {
    clearTimeout(timer);
    shown = "";
  } else if (shown !== key) {
    const first = !shown && !$("day").dataset.told;
    shown = key;
    later(first ? 0 : 1_000 + Math.random() * SPREAD_MS);
  }
}

/** @param {number} in_ms */
function later(in_ms) {
  clearTimeout(timer);
  timer = setTimeout(load, in_ms);
}

async function load() {
  later(AGAIN_MS + Math.random() * SPREAD_MS);
  try {
    const [day, upkeep] = await Promise.all([
      ask("/desk/day", config),
      ask("/desk/upkeep", config),
    ]);
    tell(day);
    list("own-upkeep", ownUpkeep(upkeep), t("Nothing asked of owners, no error reported."));
  } catch {
    $("day-state").textContent = t("The day cannot be reached at the moment.");
  }
}

/** @param {DayView} day */
function tell(day) {
  $("day").dataset.told = "yes";
  $("day-state").textContent = "";
  $("day-answered").textContent = String(day.answered);
  $("day-handling").textContent = day.handling_s === null ? "–" : duration(day.handling_s);
  const queues = day.queues.map(label).join(", ");
  const word = day.assigned
    ? t("Queues today, as a supervisor has said: {queues}", { queues })
    : t("Queues: {queues}", { queues });
  const skills = day.skills.map(skill).join(", ");
  $("day-queues").textContent = skills
    ? `${word}. ${t("Skills today, from 1 to 5: {skills}", { skills })}`
    : word;
  list("own-promises", day.promises.map(promise), t("Nothing promised in cases is open."));
  list("day-waiting", day.waiting.map(waiting), t("Nobody waits to be called back by you."));
  list("day-heard", day.heard.map(heard), t("Only the usual menu."));
  list("day-colleagues", day.colleagues.map(colleague), t("Nobody else is at work here."));
}

/** @param {OwnSkill} one */
function skill({ name, label: texts, level, language }) {
  return `${language ? languageName(name) : label(texts) || name} ${level}`;
}

/** @param {string} id @param {HTMLElement[]} rows @param {string} none */
function list(id, rows, none) {
  $(id).replaceChildren(...(rows.length ? rows : [make("li", "mute", none)]));
}

/** @param {OwnPromise} one */
function promise({ due_at, number, spoken, subject }) {
  const link = make("a", "num", spoken);
  link.href = `/cases/${number}`;
  link.target = "_blank";
  return make(
    "li",
    "",
    make("span", "num mute", moment(due_at)),
    make("span", "", link, ` ${subject}`),
  );
}

/** @param {QueuePromises} one */
function waiting({ label: name, callbacks, messages, due_at }) {
  const counted = [
    callbacks && t("callbacks {count}", { count: callbacks }),
    messages && t("voice messages {count}", { count: messages }),
  ];
  const what = make(
    "span",
    "",
    label(name),
    make("span", "tiny below", counted.filter(Boolean).join(" · ")),
  );
  return make("li", "", make("span", "num mute", moment(due_at)), what);
}

/** @param {HeardNow} one */
function heard({ texts, until, crisis }) {
  const word = until ? t("until {time}", { time: moment(until) }) : t("until further notice");
  const said = make("span", "said", label(texts));
  const beside = make("span", "tiny", crisis ? `${t("Crisis mode")} · ${word}` : word);
  return make("li", "", said, beside);
}

/** @param {Neighbour} one */
function colleague({ name, state, reason, call_id }) {
  const row = make(
    "li",
    "row",
    make("span", "grow", name),
    make("span", `pill ${TONES[state]}`, stateWord(state, reason)),
  );
  if (call_id) row.append(takeOver(call_id, name));
  return row;
}

/** The colleague is asked, and agrees or not. @param {string} call_id @param {string} name */
function takeOver(call_id, name) {
  const button = makeButton("btn", t("Take over"));
  button.setAttribute("aria-label", t("Offer {name} to take the caller over", { name }));
  button.addEventListener("click", async () => {
    const done = await command("offer_to_take", { call_id });
    hint(
      done
        ? t("Offered. It rings here as soon as {name} agrees.", { name })
        : t("Not possible now: be ready yourself, and {name} must be in a call.", { name }),
    );
  });
  return button;
}
