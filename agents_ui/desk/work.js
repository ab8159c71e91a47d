/**
 * What was done, as it is chosen: for all services of a record alike, and apart for some. Pure.
 *
 * A choice names the version that it was made on (`base`). Where somebody else has chosen meanwhile
 * the server takes none; then both stand here until the agent has said which.
 */

/**
 * @import { CallView, Commands } from "./port.js"
 * @typedef {Pick<Commands["save"], "kind" | "outcome">} Said
 * @typedef {Required<Omit<Commands["save"], "call_id" | "finish" | "base">>} Work
 */

/** What the server has of a call. @param {CallView} call @returns {Work} */
export function workOf(call) {
  return {
    kind: /** @type {Work["kind"]} */ (call.kind),
    services: [...call.services],
    outcome: /** @type {Work["outcome"]} */ (call.outcome),
    apart: call.apart.map(({ service, kind, outcome }) => ({ service, kind, outcome })),
    municipality: call.municipality,
    language: call.spoken,
    follow_up_on: call.follow_up_on,
  };
}

/** What is said of one service; "" is the whole. @param {Work} work @param {string} service @returns {Said} */
export function said(work, service) {
  const { kind, outcome } = work.apart.find((one) => one.service === service) ?? work;
  return { kind, outcome };
}

/** Say something of one service, or ("") of all that are not apart. @param {Work} work @param {string} service @param {Partial<Said>} change @returns {Work} */
export function say(work, service, change) {
  const whole = service ? work : { ...work, ...change };
  const others = work.apart.filter((one) => one.service !== service);
  const own = service ? [{ service, ...said(work, service), ...change }] : [];
  return { ...whole, apart: [...others, ...own].filter((one) => differs(one, whole)) };
}

/** @param {Said} one @param {Said} whole */
function differs(one, whole) {
  return one.kind !== whole.kind || one.outcome !== whole.outcome;
}

/** The work with other services; what was apart goes with its service. @param {Work} work @param {string[]} services @returns {Work} */
export function withServices(work, services) {
  return { ...work, services, apart: work.apart.filter((one) => services.includes(one.service)) };
}

/** @param {Work} one @param {Work} other */
function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The work on one call, on its way to the server. What is chosen here is newer than what that has. */
export class WorkDraft {
  callId = "";
  /** @type {Work} */
  work = {
    kind: "consultation",
    services: [],
    outcome: "answered",
    apart: [],
    municipality: "",
    language: "",
    follow_up_on: null,
  };
  /** The version of the server's that this goes on from. */
  base = 0;
  /** Chosen, and not with the server yet. */
  dirty = false;
  /** What another page has chosen meanwhile. @type {{ work: Work, version: number } | null} */
  other = null;
  /** On its way, or without an answer. @type {Work | null} */
  #sent = null;

  /** The call as the server has it. @param {CallView} call */
  take(call) {
    const [theirs, version] = [workOf(call), call.record_version];
    if (call.call_id !== this.callId) return this.#adopt(call.call_id, theirs, version);
    if (version <= this.base) return;
    const ours = same(theirs, this.work) || (this.#sent !== null && same(theirs, this.#sent));
    if (!ours && this.dirty) this.other = { work: theirs, version };
    else if (ours) this.#goOn(version, !same(theirs, this.work));
    else this.#adopt(call.call_id, theirs, version);
  }

  /** @param {Work} work as it is now */
  choose(work) {
    this.work = work;
    this.dirty = true;
  }

  /** What the server does not have yet, or null. @returns {(Work & { call_id: string, base: number }) | null} */
  get unsaved() {
    return this.dirty && !this.other ? this.order : null;
  }

  /** All of it. */
  get order() {
    return { call_id: this.callId, ...this.work, base: this.base };
  }

  /** It is on its way. */
  sending() {
    this.#sent = this.work;
  }

  /** The server has it. @param {{ call_id: string, base: number }} order */
  arrived(order) {
    if (order.call_id !== this.callId || order.base !== this.base || !this.#sent) return;
    this.#goOn(this.base + 1, !same(this.#sent, this.work));
  }

  /** The agent has said which counts. @param {"mine" | "other"} which */
  settle(which) {
    if (!this.other) return;
    const { work, version } = this.other;
    if (which === "other") this.work = work;
    this.#goOn(version, which === "mine");
  }

  /** @param {number} version @param {boolean} dirty */
  #goOn(version, dirty) {
    this.base = version;
    this.dirty = dirty;
    this.other = null;
    this.#sent = null;
  }

  /** @param {string} callId @param {Work} work @param {number} version */
  #adopt(callId, work, version) {
    this.callId = callId;
    this.work = work;
    this.#goOn(version, false);
  }
}
