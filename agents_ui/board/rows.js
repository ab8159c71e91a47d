/** The rows of the board's tables: what each shows, and whether somebody should look at it. */

/** @import { AgentRow, BoardView, CallbackRow, CallRow, QueueRow } from "./port.js" */

import { countFrom, countTo, timeElement } from "../shell/clocks.js";
import { make, makeButton } from "../shell/dom.js";
import { label, languageName, percent, t } from "../shell/texts.js";
import { duration, moment } from "../shell/time.js";
import { isTrouble, stateWord, TONES } from "../shell/words.js";
import { averageWait } from "./tiles.js";
import { PHASES } from "./words.js";

const SOON_S = 3600;
const LOST = ["abandoned", "gave_up", "pbx_lost", "unknown"];

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

/** How calls ended beside the service level, where any did. @param {QueueRow} row */
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

/** @param {BoardView} view @param {string} queue its id; what is none stays as it is */
export function queueName(view, queue) {
  const known = view.queues.find((row) => row.queue === queue);
  return known ? label(known.label) : queue;
}

/** What is wrong with a queue. @param {BoardView} view @param {QueueRow} row */
function queueTroubles(view, row) {
  return {
    late: row.longest_since !== null && view.at - row.longest_since > row.target_wait_s,
    low: row.service_level !== null && row.service_level < row.target_service_level,
    idle: row.waiting > 0 && row.ready === 0,
  };
}

/** @param {BoardView} view @param {QueueRow} row */
export function queueTrouble(view, row) {
  return Object.values(queueTroubles(view, row)).some(Boolean);
}

/** @param {BoardView} _ @param {AgentRow} row */
export function agentTrouble(_, row) {
  if (row.help_since) return true;
  return row.state === "NOT_READY" && isTrouble(row.reason);
}

/** @param {BoardView} _ @param {CallRow} row */
export function callTrouble(_, row) {
  return LOST.includes(row.outcome ?? "") || row.phase === "rejoining";
}

/** A promise that is broken, or will be within the hour. @param {BoardView} view @param {CallbackRow} row */
export function callbackTrouble(view, row) {
  return row.due_at - view.at < SOON_S;
}

/** @param {BoardView} view @param {QueueRow} row */
export function queueRow(view, row) {
  const { late, low, idle } = queueTroubles(view, row);
  const name = make("td", "whole", label(row.label));
  const besides = aside(row);
  if (besides) name.append(make("span", "tiny below", besides));
  return make(
    "tr",
    "",
    name,
    figure(waiting(row)),
    since(row.longest_since, late),
    figure(percent(row.service_level), low),
    figure(row.ready, idle),
    figure(row.answered),
    figure(row.abandoned),
    figure(averageWait(row)),
  );
}

/** How many wait, and how many of them are ours, where not all are. @param {QueueRow} row */
function waiting({ waiting: count, ours }) {
  return ours === null || count === 0 ? count : t("{count} · ours {ours}", { count, ours });
}

/** @param {BoardView} view @param {AgentRow} row */
export function agentRow(view, row) {
  const tone = agentTrouble(view, row) ? "bad" : TONES[row.state];
  const state = make("td", "", pill(tone, stateWord(row.state, row.reason)));
  if (row.help_since) state.append(" ", helpButton(row));
  if (row.unsaved) state.append(" ", closeButton(row));
  return make(
    "tr",
    "",
    make("td", "", row.name, make("span", "tiny below", row.centre)),
    state,
    since(row.since),
    make("td", "whole", row.languages.join(" ").toUpperCase()),
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
function closeButton(row) {
  const button = makeButton("chip", t("{count} not recorded", { count: row.unsaved }));
  button.dataset.close = row.agent_id;
  return button;
}

/** @param {BoardView} view @param {CallRow} row */
export function callRow(view, row) {
  const { queued_at, answered_at, ended_at, outcome, phase } = row;
  const answered = queued_at !== null && answered_at !== null;
  const ended = phase === "ended" && outcome;
  const word = PHASES[ended || phase] ?? outcome ?? phase;
  const state = make("td", "", pill(CALL_TONES[phase] ?? "away", word));
  if (queued_at !== null) state.append(" ", whyButton(row.call_id));
  return make(
    "tr",
    "",
    make("td", "", timeElement(row.arrived_at)),
    make("td", "", queueName(view, row.queue)),
    make("td", "", languageName(row.language)),
    state,
    ...[queued_at, answered_at, ended_at].map((at) => figure(timeElement(at))),
    figure(answered ? duration(answered_at - queued_at) : "–"),
    make("td", "", row.agent),
  );
}

/** @param {BoardView} view @param {CallbackRow} row */
export function callbackRow(view, row) {
  const kind = row.message_s !== null && row.phase === "callback" ? "message" : row.phase;
  const state = pill(CALLBACK_TONES[row.phase] ?? "away", PHASES[kind] ?? kind);
  const later =
    row.not_before === null ? "" : ` ${t("not before {time}", { time: moment(row.not_before) })}`;
  const left = figure("", callbackTrouble(view, row));
  if (row.due_at > view.at) countTo(left, row.due_at);
  else left.textContent = t("overdue");
  return make(
    "tr",
    "",
    make("td", "", moment(row.due_at)),
    left,
    make("td", "", queueName(view, row.queue)),
    make("td", "", languageName(row.language)),
    make("td", "", state, make("span", "tiny", later)),
    figure(moment(row.asked_at)),
    figure(t("{attempts} of {most}", { attempts: row.attempts, most: row.most })),
    make("td", "", row.agent),
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

/** @param {string | number | Node} content @param {boolean} [over] its target */
function figure(content, over = false) {
  const shown = typeof content === "number" ? String(content) : content;
  return make("td", over ? "r over" : "r", shown);
}

/** @param {number | null} at @param {boolean} [over] */
function since(at, over = false) {
  const made = figure("", over);
  countFrom(made, at);
  return made;
}
