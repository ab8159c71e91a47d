/** The supervisor's board: tiles with their targets, queues, agents, the latest calls. */

import { showCrisis } from "./crisis_banner.js";
import { Live } from "./live.js";
import "./menus.js";
import { config, label, languageName, percent, t } from "./texts.js";
import {
  countFrom,
  countTo,
  duration,
  moment,
  onTick,
  setServerTime,
  timeElement,
} from "./time.js";
import { showBanner } from "./topbar.js";
import { explain } from "./why.js";
import { ALARMS, PHASES, TONES, TROUBLES, stateWord } from "./words.js";

const STALE_S = 6; // the server ticks each 5 s
const SOON_S = 3600;
const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const live = new Live("/board/live", config);
const nobody = $("agents").dataset.empty;
let view = config.view ?? null;
let onlyProblems = false;

function show() {
  if (!view) return;
  showCrisis(view.crisis);
  alarms(view.alarms);
  tiles(view, view.total);
  const queues = view.queues.filter((row) => !onlyProblems || queueTrouble(row));
  const agents = view.agents.filter((row) => !onlyProblems || agentTrouble(row));
  const calls = view.calls.filter((row) => !onlyProblems || callTrouble(row));
  $("besides").textContent = aside(view.total).join(" · ");
  $("queues").replaceChildren(...queues.map(queueRow));
  $("agents").replaceChildren(...agents.map(agentRow));
  if (view.agents.length) $("agents").dataset.empty = $("queues").dataset.empty;
  else $("agents").dataset.empty = nobody;
  $("calls").replaceChildren(...calls.map(callRow));
  const callbacks = view.callbacks.filter((row) => !onlyProblems || callbackTrouble(row));
  $("callbacks").replaceChildren(...callbacks.map(callbackRow));
  $("callbacks-count").textContent = String(view.callbacks_waiting);
  $("within").textContent = t("within {seconds} s", { seconds: view.answer_within_s });
  $("problems").textContent = String(
    view.queues.filter(queueTrouble).length +
      view.agents.filter(agentTrouble).length +
      view.callbacks.filter(callbackTrouble).length,
  );
}

/** Made anew only when an alarm has come or gone, so that a screen reader tells each once. */
function alarms(list) {
  const key = JSON.stringify(list);
  if ($("alarms").dataset.key === key) return;
  $("alarms").dataset.key = key;
  $("alarms").hidden = list.length === 0;
  $("alarm-list").replaceChildren(...list.map(alarmItem));
}

function alarmItem(alarm) {
  const made = document.createElement("li");
  const words = [ALARMS[alarm.text] ?? alarm.text, queueName(alarm.place), alarm.detail].filter(Boolean);
  const clock = span("num", "");
  clock.setAttribute("aria-hidden", "true"); // it changes each second
  countFrom(clock, alarm.since);
  made.append(span("grow", words.join(" · ")), clock);
  return made;
}

function tiles(
  { target_waiting, target_wait_s, target_service_level, answer_within_s, agents },
  total,
) {
  tile(
    "waiting",
    String(total.waiting),
    t("target up to {target}", { target: target_waiting }),
    mark(total.waiting, target_waiting),
  );
  const waited = total.longest_since === null ? 0 : view.at - total.longest_since;
  tile(
    "longest",
    null,
    t("target {target}", { target: duration(target_wait_s) }),
    mark(waited, target_wait_s),
  );
  countFrom($("tile-longest").querySelector("b"), total.longest_since);
  const level = t("target {target} · today {today}", {
    target: percent(target_service_level),
    today: percent(total.service_level_today),
  });
  const head = $("tile-level").querySelector(".head");
  head.firstChild.textContent = `${t("Answered within {seconds} s", { seconds: answer_within_s })} `;
  tile(
    "level",
    percent(total.service_level),
    level,
    levelMark(total.service_level, target_service_level),
  );
  const count = (/** @type {string} */ state) =>
    agents.filter((agent) => agent.state === state).length;
  const busy = [count("READY"), count("RESERVED") + count("TALKING"), count("WRAP_UP")].join(" · ");
  tile("agents", busy, t("not ready {count}", { count: count("NOT_READY") }), "");
  const offered = total.answered + total.abandoned;
  const share = t("{count} of {all} · at once {short}", {
    count: total.abandoned,
    all: offered,
    short: total.short_abandoned,
  });
  tile("abandoned", offered ? percent(total.abandoned / offered) : "–", share, "");
  const wait = total.average_wait_s === null ? "–" : duration(total.average_wait_s);
  tile("answered", String(total.answered), t("average wait {wait}", { wait }), "");
}

/** How calls ended beside the service level, where any did. */
function aside(row) {
  const told = [
    [row.gave_up, t("second wait {count}", { count: row.gave_up })],
    [row.informed, t("by a notice {count}", { count: row.informed })],
    [row.turned_away, t("turned away {count}", { count: row.turned_away })],
  ];
  return told.filter(([count]) => count > 0).map(([, words]) => words);
}

function tile(name, figure, below, marked) {
  const place = $(`tile-${name}`);
  place.dataset.mark = marked;
  if (figure !== null) place.querySelector("b").textContent = figure;
  place.querySelector(".word").textContent = { warn: t("watch"), over: t("act now") }[marked] ?? "";
  place.lastElementChild.textContent = below;
}

function mark(value, target) {
  if (value > target * 1.5) return "over";
  return value > target ? "warn" : "";
}

function levelMark(level, target) {
  if (level === null || level >= target) return "";
  return level < target - 0.15 ? "over" : "warn";
}

function queueTrouble(row) {
  const late = row.longest_since !== null && view.at - row.longest_since > view.target_wait_s;
  const low = row.service_level !== null && row.service_level < view.target_service_level;
  return late || low || (row.waiting > 0 && row.ready === 0);
}

function agentTrouble(row) {
  return row.state === "NOT_READY" && TROUBLES.has(row.reason);
}

function callTrouble(row) {
  return ["abandoned", "gave_up", "pbx_lost", "unknown"].includes(row.outcome) || row.phase === "rejoining";
}

function queueRow(row) {
  const late = row.longest_since !== null && view.at - row.longest_since > view.target_wait_s;
  const low = row.service_level !== null && row.service_level < view.target_service_level;
  const idle = row.waiting > 0 && row.ready === 0;
  const name = whole(label(row.label));
  const besides = aside(row).join(" · ");
  if (besides) name.append(span("tiny below", besides));
  return line([
    name,
    figure(row.waiting),
    since(row.longest_since, late),
    figure(percent(row.service_level), low),
    figure(row.ready, idle),
    figure(row.answered),
    figure(row.abandoned),
    figure(row.average_wait_s === null ? "–" : duration(row.average_wait_s)),
  ]);
}

function agentRow(row) {
  const name = cell(row.name);
  name.append(span("tiny", row.centre ? ` · ${row.centre}` : ""));
  const state = cell("");
  state.append(
    span(`pill ${agentTrouble(row) ? "bad" : TONES[row.state]}`, stateWord(row.state, row.reason)),
  );
  return line([name, state, since(row.since), whole(row.languages.join(" ").toUpperCase())]);
}

function callRow(row) {
  const moments = [row.queued_at, row.answered_at, row.ended_at].map((at) =>
    figure(timeElement(at)),
  );
  const ended = row.phase === "ended" && row.outcome;
  const waited =
    row.queued_at !== null && row.answered_at !== null
      ? duration(row.answered_at - row.queued_at)
      : "–";
  const tone =
    { waiting: "ring", offered: "ring", talking: "talk", rejoining: "hold" }[row.phase] ?? "away";
  const state = cell("");
  state.append(span(`pill ${tone}`, PHASES[ended || row.phase] ?? row.outcome ?? row.phase));
  if (row.queued_at !== null) state.append(" ", whyButton(row.call_id));
  return line([
    cell(timeElement(row.arrived_at)),
    cell(queueName(row.queue)),
    cell(languageName(row.language)),
    state,
    ...moments,
    figure(waited),
    cell(row.agent),
  ]);
}

/** A promise that is broken, or will be within the hour. */
function callbackTrouble(row) {
  return row.due_at - view.at < SOON_S;
}

function callbackRow(row) {
  const state = cell("");
  const tone = { previewed: "ring", calling: "ring", offered: "ring" }[row.phase] ?? "away";
  const later = row.not_before === null ? "" : t("not before {time}", { time: moment(row.not_before) });
  state.append(span(`pill ${tone}`, PHASES[row.phase] ?? row.phase), span("tiny", later && ` ${later}`));
  const left = figure("", callbackTrouble(row));
  if (row.due_at > view.at) countTo(left, row.due_at);
  else left.textContent = t("overdue");
  return line([
    cell(moment(row.due_at)),
    left,
    cell(queueName(row.queue)),
    cell(languageName(row.language)),
    state,
    figure(moment(row.asked_at)),
    figure(t("{attempts} of {most}", { attempts: row.attempts, most: row.most })),
    cell(row.agent),
  ]);
}

function whyButton(callId) {
  const button = document.createElement("button");
  button.className = "link";
  button.type = "button";
  button.dataset.why = callId;
  button.textContent = t("Why?");
  return button;
}

function queueName(queue) {
  const known = view.queues.find((row) => row.queue === queue);
  return known ? label(known.label) : queue;
}

function line(cells) {
  const row = document.createElement("tr");
  row.append(...cells);
  return row;
}

function cell(content) {
  const made = document.createElement("td");
  made.append(content);
  return made;
}

function whole(content) {
  const made = cell(content);
  made.className = "whole";
  return made;
}

function figure(content, over = false) {
  const made = cell(typeof content === "number" ? String(content) : content);
  made.className = over ? "r over" : "r";
  return made;
}

function since(at, over = false) {
  const made = figure("", over);
  countFrom(made, at);
  return made;
}

function span(className, text) {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

function showAge() {
  const stale = live.ageS > STALE_S || !live.up;
  const age = Math.floor(live.ageS);
  $("age").className = `pill plain ${stale ? "bad" : "ready"}`;
  $("age").textContent = Number.isFinite(live.ageS)
    ? t("Data {age} s old", { age })
    : t("Connecting");
  $("board").classList.toggle("stale", stale);
}

// A row may be replaced between press and release, so the press counts.
document.addEventListener("pointerdown", (event) => {
  const button = /** @type {HTMLElement | null} */ (
    /** @type {Element} */ (event.target).closest("[data-why]")
  );
  if (button) explain(button.dataset.why);
});
document.addEventListener("keydown", (event) => {
  const button = /** @type {HTMLElement} */ (event.target);
  if (button.dataset?.why && event.key === "Enter") explain(button.dataset.why);
});

document.addEventListener("click", (event) => {
  const chip = /** @type {HTMLElement | null} */ (
    /** @type {Element} */ (event.target).closest("[data-show]")
  );
  if (!chip) return;
  onlyProblems = chip.dataset.show === "problems";
  for (const one of document.querySelectorAll("[data-show]"))
    one.setAttribute("aria-pressed", String(one === chip));
  show();
});

live.addEventListener("view", ({ detail }) => {
  view = detail;
  show();
  showAge();
});
live.addEventListener("up", () => showBanner(null));
live.addEventListener("down", () =>
  showBanner(t("The link to the service is lost: trying again. These figures are old.")),
);
live.addEventListener("session-over", () => showBanner(t("You are logged out."), { login: true }));
onTick(showAge);

if (view) setServerTime(view.at);
show();
live.open();
