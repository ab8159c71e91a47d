/** The microphone: open or not, and how loud. Event `change` whenever it comes or goes. */

const WISHES = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };

export class Microphone extends EventTarget {
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {AnalyserNode | null} */
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
    return this.#ear ? loudness(this.#ear) : 0;
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
    this.#ear?.context.close();
    this.#ear = this.#stream ? analyser(this.#stream) : null;
  }

  #dropped() {
    this.#stream = null;
    this.#listen();
    this.dispatchEvent(new Event("change"));
  }
}

/** An ear on a stream. @param {MediaStream} stream */
export function analyser(stream) {
  const context = new AudioContext();
  const ear = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(ear);
  return ear;
}

/** 0..1. @param {AnalyserNode} ear */
export function loudness(ear) {
  const samples = new Float32Array(ear.fftSize);
  ear.getFloatTimeDomainData(samples);
  const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
  return Math.min(1, Math.sqrt(power) * 4);
}
