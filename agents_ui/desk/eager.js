/** "Ready" pressed before the desk can be, as right after the log-in: it counts for a while. Pure. */

/** In seconds; later the agent may be elsewhere. */
const COUNTS_S = 15;

export class Eager {
  #until = 0;

  /** @param {number} at seconds */
  press(at) {
    this.#until = at + COUNTS_S;
  }

  /** The agent has thought better of it. */
  forget() {
    this.#until = 0;
  }

  /** Whether to be ready now, once for a press. @param {boolean} able @param {number} at */
  due(able, at) {
    const due = able && at < this.#until;
    if (due) this.forget();
    return due;
  }
}
