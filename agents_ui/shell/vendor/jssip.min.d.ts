/** The part of JsSIP that phone.js uses. */

type Media = { mediaStream: MediaStream; pcConfig: RTCConfiguration };
type Originator = "local" | "remote" | "system";

export interface Session {
  direction: "incoming" | "outgoing";
  connection: RTCPeerConnection | null; // none before a ring is answered
  contact: string;
  isEstablished(): boolean;
  isEnded(): boolean;
  isMuted(): { audio: boolean };
  isOnHold(): { local: boolean };
  answer(options: Media): void;
  terminate(options?: { status_code: number }): void;
  mute(options: { audio: boolean }): void;
  unmute(options: { audio: boolean }): void;
  hold(): void;
  unhold(): void;
  sendRequest(
    method: "OPTIONS",
    options: { extraHeaders: string[]; eventHandlers: { onDialogError(): void } },
  ): void;
  sendDTMF(key: string, options: { duration: number; transportType: "RFC2833" }): void;
  on(event: "icecandidate", work: (found: { candidate: RTCIceCandidate; ready(): void }) => void): void;
  on(event: "peerconnection", work: (made: { peerconnection: RTCPeerConnection }) => void): void;
  on(event: "ended" | "failed", work: (end: { originator: Originator }) => void): void;
  on(event: "accepted" | "confirmed" | "hold" | "unhold" | "muted" | "unmuted", work: () => void): void;
}

export interface NewSession {
  originator: Originator;
  session: Session;
  request: { getHeader(name: string): string | undefined };
}

declare class UA {
  constructor(configuration: Record<string, unknown>);
  start(): void;
  stop(): void;
  isRegistered(): boolean;
  set(name: "password", value: string): boolean;
  register(): void;
  call(number: string, options: Media): Session;
  on(event: "newRTCSession", work: (made: NewSession) => void): void;
  on(
    event: "connected" | "disconnected" | "registered" | "unregistered" | "registrationFailed",
    work: () => void,
  ): void;
}

declare class WebSocketInterface {
  constructor(address: string);
}

declare const JsSIP: { UA: typeof UA; WebSocketInterface: typeof WebSocketInterface };
export type { UA };
export default JsSIP;
