/**
 * `<cc-phone>`: the browser's telephone, one call at a time (JsSIP over a secure WebSocket).
 *
 * Events: `change` (registration or call state), `incoming` (detail.auto: to be answered by itself),
 * `blocked` (the browser holds back the sound), `refused` (whom we rang does not answer). It never says good-bye when the page unloads: the
 * server brings the caller back to the reloaded page.
 */

import JsSIP from "../vendor/jssip.min.js";
import { analyser, loudness } from "./microphone.js";

const REGISTER_S = 90;
const GATHER_MS = 300;
const DIGIT_MS = 160;
const CONNECTION = { pcConfig: { iceServers: [] } };

export class Phone extends HTMLElement {
  #ua = null;
  #session = null;
  #ear = null;
  #audio = document.createElement("audio");
  #resting = false;
  /** The log-in in force, and one that waits for the end of a talk. */
  #login = "";
  #next = null;

  connectedCallback() {
    this.#audio.autoplay = true;
    this.append(this.#audio);
    this.#show();
  }

  /** off, connecting, registered */
  get registration() {
    if (!this.#ua) return "off";
    return this.#ua.isRegistered() ? "registered" : "connecting";
  }

  /** none, incoming, calling, talking */
  get state() {
    if (!this.#session) return "none";
    if (this.#session.isEstablished()) return "talking";
    return this.#session.direction === "incoming" ? "incoming" : "calling";
  }

  get muted() {
    return this.#session?.isMuted().audio ?? false;
  }

  get held() {
    return this.#session?.isOnHold().local ?? false;
  }

  /**
   * Register with the exchange; a newer log-in replaces the former one.
   * @param {{uri: string, password: string, websocket: string, display_name: string}} login
   */
  connect(login) {
    this.#resting = false;
    this.#next = this.#session ? login : null; // a talk lives in the former registration
    if (this.#session || (this.#ua && this.#login === JSON.stringify(login))) return;
    this.#login = JSON.stringify(login);
    this.#ua?.stop();
    this.#ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(login.websocket)],
      uri: login.uri,
      password: login.password,
      display_name: login.display_name,
      session_timers: false,
      register_expires: REGISTER_S,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 8,
    });
    for (const event of [
      "connected",
      "disconnected",
      "registered",
      "unregistered",
      "registrationFailed",
    ]) {
      this.#ua.on(event, () => this.#show());
    }
    this.#ua.on("newRTCSession", ({ originator, session, request }) =>
      this.#meet(originator, session, request),
    );
    this.#ua.start();
    this.#show();
  }

  /** Ring no more in this window; a talk that goes on is left alone. */
  rest() {
    this.#resting = true;
    this.#login = ""; // should this window ring again, it registers anew
    if (!this.#session) this.#ua?.stop();
  }

  /** @param {MediaStream} stream of the microphone */
  answer(stream) {
    if (this.state === "incoming") this.#session.answer({ mediaStream: stream, ...CONNECTION });
  }

  /** @param {string} number @param {MediaStream} stream */
  call(number, stream) {
    this.#ua.call(number, { mediaStream: stream, ...CONNECTION });
  }

  hangUp() {
    if (this.#session && !this.#session.isEnded()) this.#session.terminate();
  }

  toggleMute() {
    if (this.muted) this.#session?.unmute({ audio: true });
    else this.#session?.mute({ audio: true });
    this.#show();
  }

  toggleHold() {
    if (this.held) this.#session?.unhold();
    else this.#session?.hold();
    this.#show();
  }

  /** One key of the keypad, as RFC 4733 telephone event. @param {string} key */
  digit(key) {
    if (this.state === "talking")
      this.#session.sendDTMF(key, { duration: DIGIT_MS, transportType: "RFC2833" });
  }

  /** Try again to sound, after a click. */
  async sound() {
    try {
      await this.#audio.play();
    } catch {
      this.dispatchEvent(new Event("blocked"));
    }
  }

  /** 0..1, how loud the other side is. */
  level() {
    return this.#ear ? loudness(this.#ear) : 0;
  }

  /** What really flows: packets, sound energy, codec. */
  async stats() {
    const empty = {
      outbound: { packets: 0 },
      inbound: { packets: 0, energy: 0, level: 0 },
      codec: null,
    };
    const report = await this.#session?.connection?.getStats();
    if (!report) return empty;
    const parts = [...report.values()].filter((part) => part.kind === "audio");
    const sent = parts.find((part) => part.type === "outbound-rtp");
    const heard = parts.find((part) => part.type === "inbound-rtp");
    return {
      outbound: { packets: sent?.packetsSent ?? 0 },
      inbound: {
        packets: heard?.packetsReceived ?? 0,
        energy: heard?.totalAudioEnergy ?? 0,
        level: heard?.audioLevel ?? 0,
      },
      codec: report.get(heard?.codecId ?? sent?.codecId)?.mimeType ?? null,
    };
  }

  #meet(originator, session, request) {
    if (this.#session || (this.#resting && originator === "remote")) {
      session.terminate({ status_code: 486 });
      return;
    }
    this.#session = session;
    session.on("icecandidate", soonest());
    session.on("peerconnection", ({ peerconnection }) => this.#hear(peerconnection));
    if (session.connection) this.#hear(session.connection);
    for (const event of ["accepted", "confirmed", "hold", "unhold", "muted", "unmuted"])
      session.on(event, () => this.#show());
    for (const event of ["ended", "failed"]) session.on(event, () => this.#forget(session));
    if (originator === "local") session.on("failed", ({ originator: who }) => this.#refused(who));
    this.#show();
    if (originator === "remote") this.#announce(request.getHeader("X-CC-Auto") === "1");
  }

  #announce(auto) {
    this.dispatchEvent(new CustomEvent("incoming", { detail: { auto } }));
  }

  #hear(connection) {
    connection.addEventListener("track", ({ streams: [stream] }) => {
      this.#audio.srcObject = stream;
      this.#ear = analyser(stream);
      this.sound();
    });
  }

  #refused(who) {
    if (who !== "local") this.dispatchEvent(new Event("refused"));
  }

  #forget(session) {
    if (this.#session !== session) return;
    this.#session = null;
    this.#ear?.context.close();
    this.#ear = null;
    this.#audio.srcObject = null;
    if (this.#resting) this.#ua.stop();
    else if (this.#next) this.connect(this.#next);
    this.#show();
  }

  #show() {
    document.body.dataset.phone = this.registration;
    document.body.dataset.session = this.state;
    this.dispatchEvent(new Event("change"));
  }
}

/** The first address of this machine is enough: waiting for all of them keeps the caller waiting. */
function soonest() {
  let timer = 0;
  return ({ candidate, ready }) => {
    if (candidate.type === "host") ready();
    else if (!timer) timer = setTimeout(ready, GATHER_MS);
  };
}

customElements.define("cc-phone", Phone);
