/** The microphone: open or not, and how loud. Event `change` whenever it comes or goes. */

const WISHES = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };

export class Microphone extends EventTarget {
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {Ear | null} */
  #ear = null;
  /** @type {Promise<boolean> | null} */
  #opening = null;
  #wanted = false;

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#again());
  }

  /** Whether it hears at this moment. */
  get live() {
    return this.#stream?.getAudioTracks().some((track) => track.readyState === "live") ?? false;
  }

  get stream() {
    return this.#stream;
  }

  /** Whether the browser would open it without asking. */
  async allowed() {
    try {
      const permission = await navigator.permissions.query({ name: "microphone" });
      permission.onchange = () =>
        permission.state === "granted" ? this.#again() : this.#dropped();
      return permission.state === "granted";
    } catch {
      return false; // Firefox before 130 has no such permission to ask for
    }
  }

  /** Open it, asking the person if need be. Resolves to success. */
  async open() {
    this.#wanted = true;
    if (this.live) return true;
    this.#opening ??= this.#ask().finally(() => (this.#opening = null));
    return this.#opening;
  }

  /** 0..1, the loudness of this instant. */
  level() {
    return this.#ear?.level() ?? 0;
  }

  async #ask() {
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia(WISHES);
    } catch {
      this.#stream = null; // refused, or no device: the desk says which check failed
    }
    for (const track of this.#stream?.getTracks() ?? []) track.onended = () => this.#dropped();
    this.#listen();
    this.dispatchEvent(new Event("change"));
    return this.live;
  }

  /** A headset was plugged in, or the browser lets us now: hear without being asked again. */
  #again() {
    if (this.#wanted && !this.live) this.open();
  }

  #listen() {
    this.#ear?.close();
    this.#ear = this.#stream && new Ear(this.#stream);
  }

  #dropped() {
    this.#stream = null;
    this.#listen();
    this.dispatchEvent(new Event("change"));
  }
}

/** How long a stream is listened to after somebody has asked how loud it is, milliseconds. */
const LISTENS_MS = 2000;

/**
 * How loud a stream is. It is listened to only while somebody asks: a context that runs keeps the
 * sound card's thread busy, all day and in every talk.
 */
export class Ear {
  #context = new AudioContext({ latencyHint: "playback" });
  #node = this.#context.createAnalyser();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rest;
  #woken = Number.NEGATIVE_INFINITY;

  /** @param {MediaStream} stream */
  constructor(stream) {
    this.#context.createMediaStreamSource(stream).connect(this.#node);
    void this.#context.suspend();
  }

  /** 0..1, the loudness of this instant; 0 at the first question after a pause. */
  level() {
    this.#listen();
    const samples = new Float32Array(this.#node.fftSize);
    this.#node.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    return Math.min(1, Math.sqrt(power) * 4);
  }

  close() {
    clearTimeout(this.#rest);
    void this.#context.close();
  }

  /** Before the page's first click or key the browser may not wake it: so it is asked again. */
  #listen() {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => void this.#context.suspend(), LISTENS_MS);
    if (this.#context.state === "running" || performance.now() - this.#woken < LISTENS_MS) return;
    this.#woken = performance.now();
    void this.#context.resume();
  }
}
