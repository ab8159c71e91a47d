/** Who has heard whom in a test call: the exchange speaks, then repeats what it hears. Pure. */

/** So loud (0..1) is more than a line that is quiet. */
const LOUD = 0.02;
/** The exchange is silent for so long before it repeats (context `cc-try`). */
const PAUSE_S = 1;

export class Hearing {
  /** The agent has heard the exchange. */
  spoken = false;
  /** The exchange has heard the agent, who has heard it. */
  echoed = false;
  #last = 0;
  #repeats = false;

  /** @param {number} at in seconds @param {number} level 0..1, how loud it is on the line */
  note(at, level) {
    if (this.spoken && at - this.#last >= PAUSE_S) this.#repeats = true;
    if (level < LOUD) return;
    this.#last = at;
    this.spoken = true;
    this.echoed ||= this.#repeats;
  }
}
