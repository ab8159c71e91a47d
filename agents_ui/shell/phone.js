/**
 * `<cc-phone>`: the browser's telephone, one call at a time (JsSIP over a secure WebSocket).
 *
 * Events: `change` (registration or call state), `incoming` (to be answered by itself where
 * `answersItself`), `blocked` (the browser holds back the sound), `refused` (whom we rang does not
 * answer). It never says good-bye when the page unloads: the server brings the caller back to the
 * reloaded page.
 */

/**
 * @import { PhoneLogin } from "./port.js"
 * @import { NewSession, Session, UA } from "./vendor/jssip.min.js"
 */

import { Ear } from "./microphone.js";
import JsSIP from "./vendor/jssip.min.js";

const REGISTER_S = 90;
const GATHER_MS = 300;
const DIGIT_MS = 160;
const REGISTRATION = /** @type {const} */ ([
  "connected",
  "disconnected",
  "registered",
  "unregistered",
  "registrationFailed",
]);
const TALK = /** @type {const} */ (["accepted", "confirmed", "hold", "unhold", "muted", "unmuted"]);

export class Phone extends HTMLElement {
  /** @type {UA | null} */
  #ua = null;
  /** @type {Session | null} */
  #session = null;
  /** @type {Ear | null} */
  #ear = null;
  #audio = document.createElement("audio");
  #resting = false;
  /** The log-in in force, and one that waits for the end of a talk. */
  #login = "";
  /** @type {PhoneLogin | null} */
  #next = null;

  /** Whether the call that comes in is one that the citizen, or this agent, waits for already. */
  answersItself = false;

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

  /** Register with the exchange; a newer log-in replaces the former one. @param {PhoneLogin} login */
  connect(login) {
    this.#resting = false;
    if (this.#ua && this.#isFormerOf(login)) return this.#renew(login);
    this.#next = this.#session ? login : null; // a talk lives in the former registration
    if (this.#session || (this.#ua && this.#login === JSON.stringify(login))) return;
    this.#login = JSON.stringify(login);
    this.#ua?.stop();
    const ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(login.websocket)],
      uri: login.uri,
      password: login.password,
      display_name: login.display_name,
      session_timers: false,
      register_expires: REGISTER_S,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 8,
    });
    for (const event of REGISTRATION) ua.on(event, () => this.#show());
    ua.on("registered", () => this.#comeBack());
    ua.on("newRTCSession", (made) => this.#meet(made));
    this.#ua = ua;
    ua.start();
    this.#show();
  }

  /** Whether a log-in is the one in force but for its secrets. @param {PhoneLogin} login */
  #isFormerOf(login) {
    const known = this.#known ?? {};
    const { password, turn } = login;
    return JSON.stringify({ ...known, password, turn }) === JSON.stringify(login);
  }

  /** @returns {PhoneLogin | null} */
  get #known() {
    return this.#login ? JSON.parse(this.#login) : null;
  }

  /**
   * How sound finds its way: directly, or by the relay that the log-in names.
   * @returns {{ pcConfig: RTCConfiguration }}
   */
  get #connection() {
    const turn = this.#known?.turn;
    const policy = this.#known?.relayed ? "relay" : "all";
    return { pcConfig: { iceServers: turn ? [turn] : [], iceTransportPolicy: policy } };
  }

  /** Register with another secret; a talk goes on. @param {PhoneLogin} login */
  #renew(login) {
    const known = JSON.stringify(login);
    if (this.#login === known) return;
    this.#login = known;
    this.#next = null;
    this.#ua?.set("password", login.password);
    this.#ua?.register();
  }

  /** Ring no more in this window; a talk that goes on is left alone. */
  rest() {
    this.#resting = true;
    this.#login = ""; // should this window ring again, it registers anew
    if (!this.#session) this.#ua?.stop();
  }

  /** @param {MediaStream} stream of the microphone */
  answer(stream) {
    if (this.state === "incoming")
      this.#session?.answer({ mediaStream: stream, ...this.#connection });
  }

  /** @param {string} number @param {MediaStream} stream */
  call(number, stream) {
    this.#ua?.call(number, { mediaStream: stream, ...this.#connection });
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
      this.#session?.sendDTMF(key, { duration: DIGIT_MS, transportType: "RFC2833" });
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
    return this.#ear?.level() ?? 0;
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

  /** @param {NewSession} made */
  #meet({ originator, session, request }) {
    if (this.#session || (this.#resting && originator === "remote")) {
      session.terminate({ status_code: 486 });
      return;
    }
    this.#session = session;
    session.on("icecandidate", soonest(this.#known?.relayed ? "relay" : "host"));
    session.on("peerconnection", ({ peerconnection }) => this.#hear(peerconnection));
    if (session.connection) this.#hear(session.connection);
    for (const event of TALK) session.on(event, () => this.#show());
    session.on("ended", () => this.#forget(session));
    session.on("failed", () => this.#forget(session));
    if (originator === "local") session.on("failed", (end) => this.#refused(end.originator));
    this.#show();
    if (originator === "local") return;
    this.answersItself = request.getHeader("X-CC-Auto") === "1";
    this.dispatchEvent(new Event("incoming"));
  }

  /**
   * The way to the exchange was broken in a talk, perhaps: it is told by which it leads now, and
   * where it knows of no talk, the other side has hung up meanwhile.
   */
  #comeBack() {
    const session = this.#session;
    session?.sendRequest("OPTIONS", {
      extraHeaders: [`Contact: ${session.contact}`],
      eventHandlers: { onDialogError: () => session.terminate() },
    });
  }

  /** @param {RTCPeerConnection} connection */
  #hear(connection) {
    connection.addEventListener("track", ({ streams: [stream] }) => {
      if (!stream) return;
      this.#audio.srcObject = stream;
      this.#ear = new Ear(stream);
      this.sound();
    });
  }

  /** @param {string} who ended it */
  #refused(who) {
    if (who !== "local") this.dispatchEvent(new Event("refused"));
  }

  /** @param {Session} session */
  #forget(session) {
    if (this.#session !== session) return;
    this.#session = null;
    this.#ear?.close();
    this.#ear = null;
    this.#audio.srcObject = null;
    if (this.#resting) this.#ua?.stop();
    else if (this.#next) this.connect(this.#next);
    this.#show();
  }

  #show() {
    document.body.dataset.phone = this.registration;
    document.body.dataset.session = this.state;
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * The first address of that kind is enough: waiting for all of them keeps the caller waiting.
 * @param {RTCIceCandidateType} wanted
 */
function soonest(wanted) {
  let timer = 0;
  return (/** @type {{ candidate: RTCIceCandidate, ready(): void }} */ { candidate, ready }) => {
    if (candidate.type === wanted) ready();
    else if (!timer) timer = setTimeout(ready, GATHER_MS);
  };
}

customElements.define("cc-phone", Phone);
