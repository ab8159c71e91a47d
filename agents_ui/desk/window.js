/** One window rings: a lock that the browser keeps, and a word between windows when one takes over. */

const NAME = "contactcentre-desk";
const PATIENCE_MS = 1000;

export class OneWindow extends EventTarget {
  #channel = new BroadcastChannel(NAME);
  #release = () => {};

  constructor() {
    super();
    this.#channel.onmessage = () => {
      this.#release();
      this.dispatchEvent(new Event("lost"));
    };
  }

  /** Be the window that rings, if no other is; a page that is just unloading may still hold on. */
  async claim() {
    return this.#request({ signal: AbortSignal.timeout(PATIENCE_MS) });
  }

  /** Be the window that rings, whoever was it: it may be this one, which rests for another computer. */
  async take() {
    this.#channel.postMessage("taken");
    this.#release();
    return this.#request({});
  }

  /** @param {LockOptions} options @returns {Promise<boolean>} */
  #request(options) {
    return new Promise((resolve) => {
      const held = navigator.locks.request(NAME, options, () => {
        resolve(true);
        return new Promise((release) => {
          this.#release = () => release(undefined);
        });
      });
      held.catch(() => resolve(false));
    });
  }
}
