/**
 * Who is at work: a plain list of a few, of hundreds the states with how many are in each, which
 * open into centres, and these into agents. What is searched for, or wrong, is listed at once.
 */

/** @import { AgentRow } from "./port.js" */

import { STATES, TONES } from "../shell/words.js";

/** @typedef {AgentRow["state"]} State */
/** A line of the table: an agent, or agents together. @typedef {{ key: string, agent: AgentRow } | Bunch} Line */
/** @typedef {{ key: string, name: string, tone: string, count: number, since: number, open: boolean, deep: boolean }} Bunch */

const FEW = 40;

/** In the order in which a supervisor wants to see them. @type {State[]} */
const ORDER = ["NOT_READY", "WRAP_UP", "TALKING", "RESERVED", "READY", "LOGGED_OUT"];

/** @param {AgentRow} one @param {AgentRow} other */
export function byState(one, other) {
  const help = Number(other.help_since !== null) - Number(one.help_since !== null);
  return help || ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || one.since - other.since;
}

/** In small letters without marks. @param {string} text */
export function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

/** Whether an agent has all these words in name, centre, municipality or languages. @param {AgentRow} row @param {string} text */
export function matches(row, text) {
  const told = plain([row.name, row.centre, row.municipality, ...row.languages].join(" "));
  return plain(text)
    .split(/\s+/)
    .every((word) => told.includes(word));
}

/**
 * @param {readonly AgentRow[]} agents those that are to be shown
 * @param {ReadonlySet<string>} open keys of what is open
 * @param {boolean} bunched
 * @returns {Line[]}
 */
export function lines(agents, open, bunched) {
  const sorted = [...agents].sort(byState);
  if (!bunched || sorted.length <= FEW) return sorted.map(alone);
  return ORDER.flatMap((state) => {
    const there = sorted.filter((one) => one.state === state);
    if (!there.length) return [];
    const head = bunch(state, STATES[state], TONES[state], there, open, false);
    return head.open ? [head, ...centres(state, there, open)] : [head];
  });
}

/** @param {State} state @param {AgentRow[]} there @param {ReadonlySet<string>} open */
function centres(state, there, open) {
  /** @type {Map<string, AgentRow[]>} */
  const by = new Map();
  for (const one of there) by.set(one.centre, [...(by.get(one.centre) ?? []), one]);
  return [...by].flatMap(([centre, those]) => {
    const head = bunch(`${state} ${centre}`, centre || "–", "", those, open, true);
    return head.open ? [head, ...those.map(alone)] : [head];
  });
}

/** @param {AgentRow} agent */
function alone(agent) {
  return { key: agent.agent_id, agent };
}

/**
 * @param {string} key @param {string} name @param {string} tone @param {AgentRow[]} those
 * @param {ReadonlySet<string>} open @param {boolean} deep
 * @returns {Bunch}
 */
function bunch(key, name, tone, those, open, deep) {
  const since = Math.min(...those.map((one) => one.since));
  return { key, name, tone, count: those.length, since, open: open.has(key), deep };
}
