/** The rows of the board's tables: what each shows, and whether somebody should look at it. */

/** @import { AgentRow, CallbackRow, CallRow, FigureRow } from "./port.js" */
/** @import { Bunch } from "./crew.js" */
/** @import { Picture } from "./picture.js" */

import { countFrom, countTo, timeElement } from "../shell/clocks.js";
import { make, makeButton } from "../shell/dom.js";
import { label, languageName, percent, t } from "../shell/texts.js";
import { duration, moment } from "../shell/time.js";
import { stateWord, TONES } from "../shell/words.js";
import { actsButton } from "./acts.js";
import { averageWait } from "./tiles.js";
import { agentTrouble, callbackTrouble, figureTroubles, waitTrouble } from "./trouble.js";
import { whyWaits } from "./why_waits.js";
import { PHASES } from "./words.js";

const LINED = ["waiting", "offered"];

/** @type {Record<string, string>} */
const CALL_TONES = {
  waiting: "ring",
  offered: "ring",
  talking: "talk",
  held: "hold",
  consulting: "hold",
  passing: "ring",
  rejoining: "hold",
};
/** @type {Record<string, string>} */
const CALLBACK_TONES = { previewed: "ring", listening: "talk", calling: "ring", offered: "ring" };

/** Whether a call waits in line, somebody on the telephone. @param {CallRow} row */
export function isWaiting(row) {
  return row.queued_at !== null && LINED.includes(row.phase);
}

/** How calls ended beside the service level, where any did. @param {FigureRow} row */
export function aside(row) {
  const told = [
    row.gave_up && t("second wait {count}", { count: row.gave_up }),
    row.informed && t("by a notice {count}", { count: row.informed }),
    row.turned_away && t("turned away {count}", { count: row.turned_away }),
    row.callbacks && t("to be called back {count}", { count: row.callbacks }),
    row.oldest_message_at !== null &&
      t("messages {count}, oldest {time}", {
        count: row.messages,
        time: moment(row.oldest_message_at),
      }),
    row.messages_handled && t("messages handled {count}", { count: row.messages_handled }),
    row.called_out + row.not_reached > 0 &&
      t("called out {count}, not reached {missed}", {
        count: row.called_out,
        missed: row.not_reached,
      }),
  ];
  return told.filter(Boolean).join(" · ");
}

/** @param {Picture} picture @param {string} queue its id; what is none stays as it is */
export function queueName({ rows }, queue) {
  const known = rows.queues.get(`queue:${queue}`);
  return known ? label(known.label) : queue;
}

/** What people call what a row's figures are of. @param {FigureRow} row */
export function figureName({ dimension, key, label: texts }) {
  if (dimension === "language") return languageName(key);
  return dimension === "number" ? `${key} ${label(texts)}` : label(texts) || key;
}

// --- the rows --------------------------------------------------------------------------------

/** @param {number} at @param {FigureRow} row */
export function figureRow(at, row) {
  const { many, late, low, lost, slow, idle } = figureTroubles(at, row);
  const name = make("td", "name", figureName(row));
  const besides = aside(row);
  if (besides) name.append(under(besides));
  const left = row.answered + row.abandoned + row.short_abandoned + row.otherwise;
  const { callbacks_late: late_calls, messages_late: late_messages } = row;
  return make(
    "tr",
    "",
    name,
    figure(row.waiting, many, row.ours ? t("ours {ours}", { ours: row.ours }) : ""),
    waits(row, late),
    figure(percent(row.service_level), low, percent(row.service_level_today)),
    figure(row.answered, false, t("of {count}", { count: left + row.waiting })),
    figure(row.abandoned, lost, row.short_abandoned ? `+ ${row.short_abandoned}` : ""),
    figure(averageWait(row), slow),
    figure(
      row.callbacks,
      late_calls > 0,
      late_calls ? t("late {count}", { count: late_calls }) : "",
    ),
    figure(
      row.messages,
      late_messages > 0,
      late_messages ? t("late {count}", { count: late_messages }) : "",
    ),
    figure(row.ready, idle),
    figure(row.ringing + row.talking, false, row.wrap_up ? `+ ${row.wrap_up}` : ""),
    figure(row.not_ready, false, row.counter ? t("counter {count}", { count: row.counter }) : ""),
    figure(row.helped || row.aided ? `${row.helped} / ${row.aided}` : "–"),
  );
}

/** The longest wait, and the ninth decile below. @param {FigureRow} row @param {boolean} late */
function waits({ longest_since, p90_since }, late) {
  const cell = since(longest_since, late);
  if (p90_since === null || p90_since === longest_since) return cell;
  const [longest, p90] = [make("span"), make("span", "tiny below")];
  countFrom(longest, longest_since);
  countFrom(p90, p90_since);
  return make("td", late ? "r over" : "r", longest, p90);
}

/** @param {number} at @param {AgentRow} row */
export function agentRow(at, row) {
  const tone = agentTrouble(at, row) ? "bad" : row.held_since ? "hold" : TONES[row.state];
  const word = row.held_since ? t("Caller on hold") : stateWord(row.state, row.reason);
  const state = make("td", "", pill(tone, word));
  if (row.help_since) state.append(" ", helpButton(row));
  if (row.lost) state.append(" ", callerButton(row));
  if (row.unsaved) state.append(" ", closeButton(row));
  return make(
    "tr",
    "",
    make("td", "name", row.name, under(row.centre)),
    state,
    since(row.held_since ?? row.since, agentTrouble(at, row)),
    make("td", "", row.languages.join(" ").toUpperCase()),
    make("td", "acts", actsButton("agent", row.agent_id, row.name)),
  );
}

/** @param {AgentRow} row */
function helpButton(row) {
  const time = moment(row.help_since ?? 0);
  const button = makeButton("chip bad", t("Asks for help since {time}: I am coming", { time }));
  button.dataset.help = row.agent_id;
  return button;
}

/** @param {AgentRow} row */
function callerButton(row) {
  const button = makeButton("chip bad", t("Desk lost: give the caller to others"));
  button.dataset.acts = `agent ${row.agent_id}`;
  return button;
}

/** @param {AgentRow} row */
function closeButton(row) {
  const button = makeButton("chip", t("{count} not recorded", { count: row.unsaved }));
  button.dataset.close = row.agent_id;
  return button;
}

/** @param {Bunch} row */
export function bunchRow({ key, name, tone, count, since, open, deep }) {
  const button = makeButton(deep ? "unfold deep" : "unfold", name);
  button.dataset.unfold = key;
  button.setAttribute("aria-expanded", String(open));
  const longest = make("td", "r");
  countFrom(longest, since);
  const counted = make(
    "td",
    "",
    make("span", `pill plain ${tone}`, t("{count} agents", { count })),
  );
  return make("tr", "bunch", make("td", "name", button), counted, longest, make("td"), make("td"));
}

/** Somebody in line, the longest first. @param {Picture} picture @param {number} at @param {CallRow} row */
export function waitingRow(picture, at, row) {
  const demand = picture.rows.demands.get(row.demand);
  const reason = whyWaits(row, demand, (skill) => queueName(picture, skill));
  return make(
    "tr",
    "",
    since(row.queued_at, waitTrouble(picture, at, row)),
    make("td", "name", queueName(picture, row.queue), under(row.centre)),
    make("td", "", row.language.toUpperCase()),
    make("td", "wraps", reason, " ", whyButton(row.call_id)),
    make("td", "acts", actsButton("call", row.call_id, queueName(picture, row.queue))),
  );
}

/** @param {Picture} picture @param {CallRow} row */
export function callRow(picture, row) {
  const { queued_at, answered_at, ended_at, outcome, phase } = row;
  const answered = queued_at !== null && answered_at !== null;
  const ended = phase === "ended" && outcome;
  const word = PHASES[ended || phase] ?? outcome ?? phase;
  const state = make("td", "", pill(CALL_TONES[phase] ?? "away", word));
  if (queued_at !== null) state.append(" ", whyButton(row.call_id));
  const acts = ended_at ? "" : actsButton("call", row.call_id, queueName(picture, row.queue));
  return make(
    "tr",
    "",
    make("td", "", timeElement(row.arrived_at)),
    make("td", "", queueName(picture, row.queue)),
    make("td", "", languageName(row.language)),
    state,
    ...[queued_at, answered_at, ended_at].map((at) => figure(timeElement(at))),
    figure(answered ? duration(answered_at - queued_at) : "–"),
    make("td", "", row.agent),
    make("td", "acts", acts),
  );
}

/** @param {Picture} picture @param {number} at @param {CallbackRow} row */
export function callbackRow(picture, at, row) {
  const kind = row.message_s !== null && row.phase === "callback" ? "message" : row.phase;
  const state = pill(CALLBACK_TONES[row.phase] ?? "away", PHASES[kind] ?? kind);
  const later =
    row.not_before === null ? "" : ` ${t("not before {time}", { time: moment(row.not_before) })}`;
  const left = figure("", callbackTrouble(at, row));
  if (row.due_at > at) countTo(left, row.due_at);
  else left.textContent = t("overdue");
  return make(
    "tr",
    "",
    make("td", "", moment(row.due_at)),
    left,
    make("td", "", queueName(picture, row.queue)),
    make("td", "", languageName(row.language)),
    make("td", "", state, make("span", "tiny", later)),
    figure(moment(row.asked_at)),
    figure(t("{attempts} of {most}", { attempts: row.attempts, most: row.most })),
    make("td", "", row.agent),
    make("td", "acts", actsButton("call", row.call_id, queueName(picture, row.queue))),
  );
}

/** @param {string} callId */
function whyButton(callId) {
  const button = makeButton("link", t("Why?"));
  button.dataset.why = callId;
  return button;
}

/** @param {string} tone @param {string} word */
function pill(tone, word) {
  return make("span", `pill ${tone}`, word);
}

/** @param {string} text */
function under(text) {
  return make("span", "tiny below", text);
}

/** @param {string | number | Node} content @param {boolean} [over] its target @param {string} [below] */
function figure(content, over = false, below = "") {
  const shown = typeof content === "number" ? String(content) : content;
  return make("td", over ? "r over" : "r", shown, ...(below ? [under(below)] : []));
}

/** @param {number | null} at @param {boolean} [over] */
function since(at, over = false) {
  const made = figure("", over);
  countFrom(made, at);
  return made;
}
