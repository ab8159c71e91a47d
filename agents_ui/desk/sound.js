/** The ring: made here, so no file is late; looped by the sound card, so no timer sleeps. */

/** @type {AudioContext | undefined} */
let context;
/** @type {AudioBufferSourceNode | undefined} */
let ringing;

const RATE = 22050;
const PERIOD_S = 2.4;
const STRIKES = /** @type {const} */ ([
  [0, 880],
  [0.18, 1108.7],
  [0.36, 880],
  [0.54, 1108.7],
]);
const REMINDER = /** @type {const} */ ([
  [0, 587.3],
  [0.2, 587.3],
]);
const STRIKE_S = 0.17;

/** @typedef {readonly (readonly [number, number])[]} Strikes each its second and its pitch, Hz */

/** Whether a ring could be heard now. */
export function audible() {
  return context?.state === "running";
}

/** Ask the browser to let this page sound; needs a click or a key on most. Resolves to success. */
export async function unlock() {
  context ??= new AudioContext({ latencyHint: "playback" }); // it runs all day: seldom woken
  const patience = new Promise((resolve) => setTimeout(resolve, 400));
  await Promise.race([context.resume(), patience]);
  return audible();
}

/**
 * Ring for at most so many seconds; again while ringing changes nothing.
 * @param {number} seconds
 */
export function ring(seconds) {
  if (ringing || !context) return;
  ringing = play(context, { volume: 0.5, loop: true });
  ringing.stop(context.currentTime + seconds);
}

/** Silence, at once. */
export function hush() {
  ringing?.stop();
  ringing = undefined;
  document.body.dataset.ringing = "false";
}

/** One soft ring, to show what it sounds like. */
export function sample() {
  if (context) play(context, { volume: 0.15, loop: false });
}

/** A short soft tone: somebody is on hold. */
export function remind() {
  if (context) play(context, { volume: 0.15, loop: false, strikes: REMINDER });
}

/** @param {AudioContext} context @param {{ volume: number, loop: boolean, strikes?: Strikes }} how */
function play(context, { volume, loop, strikes = STRIKES }) {
  const source = context.createBufferSource();
  const gain = context.createGain();
  source.buffer = melody(context, strikes);
  source.loop = loop;
  gain.gain.value = volume;
  source.connect(gain).connect(context.destination);
  source.start();
  if (loop) document.body.dataset.ringing = "true";
  return source;
}

/** @param {AudioContext} context @param {Strikes} strikes */
function melody(context, strikes) {
  const buffer = context.createBuffer(1, RATE * PERIOD_S, RATE);
  const samples = buffer.getChannelData(0);
  for (const [start, pitch] of strikes) {
    for (let i = 0; i < STRIKE_S * RATE; i++) {
      const at = i / RATE;
      const swell = Math.sin((Math.PI * at) / STRIKE_S);
      samples[Math.floor(start * RATE) + i] = swell * Math.sin(2 * Math.PI * pitch * at) * 0.8;
    }
  }
  return buffer;
}
