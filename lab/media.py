"""What a telephone hears and says: RTP with A-law or µ-law, and keys by RFC 4733 or as tones."""

import asyncio
import secrets
import struct
from collections import deque
from typing import cast

from contactcentre.telephony import sip
from lab import g711, tones

FRAME_S = 0.02
_FRAME = int(g711.RATE_HZ * FRAME_S)
_KEYS = "0123456789*#ABCD"

# A key lasts 120 ms; its end is said three times, as packets may be lost. Then a pause.
KEY_FRAMES = 6
KEY_ENDS = 3
_KEY_PAUSE_FRAMES = 5

# Ten minutes; what was heard before is forgotten.
_MEMORY_FRAMES = 30_000


class Media(asyncio.DatagramProtocol):
    """One stream each way. Silence is sent while there is nothing to say.

    What is said and heard is A-law here, whatever `kind` goes over the line.
    """

    def __init__(self, *, tones: bool = False, kind: int = sip.PCMA) -> None:
        self._by_sound = tones
        self._kind = kind
        self.packets = 0
        self.keys_heard = ""
        self._heard: deque[bytes] = deque(maxlen=_MEMORY_FRAMES)
        self._arrival = asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None
        self._remote: tuple[str, int] | None = None
        self._sound = b""
        self._at = 0
        self._loop_sound = False
        self._frames: deque[bytes | None] = deque()
        self._key_stamp = -1
        self._sequence = secrets.randbelow(1 << 16)
        self._stamp = self._key_began = secrets.randbelow(1 << 30)
        self._source = secrets.randbits(32)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Called by the event loop with one packet."""
        if len(data) < 12:
            return
        kind, stamp = data[1] & 0x7F, int.from_bytes(data[4:8], "big")
        if kind == self._kind:
            self.packets += 1
            sound = data[12:]
            self._heard.append(sound if kind == sip.PCMA else sound.translate(g711.FROM_ULAW))
            self._arrival.set()
        elif kind == sip.EVENTS and len(data) >= 16 and stamp != self._key_stamp:
            self._key_stamp = stamp
            self.keys_heard += _KEYS[data[12] % len(_KEYS)]

    @property
    def port(self) -> int:
        """The UDP port on which sound is heard."""
        assert self._transport is not None  # noqa: S101 - set before anybody has this object
        return int(self._transport.get_extra_info("sockname")[1])

    def towards(self, remote: tuple[str, int]) -> None:
        """Send to this address from now on."""
        self._remote = remote

    def say(self, alaw: bytes, *, again: bool = False) -> None:
        """Say this instead of silence, once or `again` and again."""
        self._sound, self._at, self._loop_sound = alaw, 0, again

    def press(
        self, keys: str, *, frames: int = KEY_FRAMES, pause_frames: int = _KEY_PAUSE_FRAMES
    ) -> None:
        """Press these keys, one after another; each so long, and so long apart (of `FRAME_S`)."""
        if self._by_sound:
            self.say(tones.alaw(keys))
            return
        for key in keys:
            event = _KEYS.index(key)
            lasting = [_key(event, frame + 1, end=False) for frame in range(frames)]
            self._frames += [*lasting, *[_key(event, frames, end=True)] * KEY_ENDS]
            self._frames += [None] * pause_frames

    def heard(self, seconds: float | None = None) -> bytes:
        """The A-law of the last seconds that were heard, or all that is remembered."""
        frames = list(self._heard)
        return b"".join(frames if seconds is None else frames[-round(seconds / FRAME_S) :])

    def forget(self) -> None:
        """Remember nothing of what was heard."""
        self._heard.clear()

    async def hears(self, packets: int = 1) -> None:
        """Return when so many more packets have come."""
        wanted = self.packets + packets
        while self.packets < wanted:
            self._arrival.clear()
            await self._arrival.wait()

    async def run(self) -> None:
        """Send a frame each 20 ms until cancelled."""
        clock = asyncio.get_running_loop()
        due = clock.time()
        while True:
            self.beat()
            # What is late is not sent in a burst: an exchange measures pauses between tones by
            # its own clock, and would hear two keys as one.
            due = max(due + FRAME_S, clock.time() - FRAME_S)
            await asyncio.sleep(max(0.0, due - clock.time()))

    def beat(self) -> None:
        """Send one frame now, of a key or of sound; for whoever keeps a time of his own."""
        frame = self._frames.popleft() if self._frames else None
        if frame is None:
            sound = self._next_sound()
            sound = sound if self._kind == sip.PCMA else sound.translate(g711.TO_ULAW)
            self._send(self._kind, self._stamp, sound)
            self._key_began = self._stamp + _FRAME
        else:
            self._send(sip.EVENTS, self._key_began, frame)
        self._stamp += _FRAME

    def fall_silent(self) -> None:
        """Send nothing any more, not even silence: the cable was pulled, the battery is flat."""
        self._remote = None

    def close(self) -> None:
        """Hear and say no more."""
        if self._transport is not None:
            self._transport.close()

    def _next_sound(self) -> bytes:
        if self._loop_sound and self._at >= len(self._sound):
            self._at = 0
        frame = self._sound[self._at : self._at + _FRAME]
        self._at += _FRAME
        return frame.ljust(_FRAME, bytes([g711.SILENCE]))

    def _send(self, kind: int, stamp: int, payload: bytes) -> None:
        if self._transport is None or self._remote is None:
            return
        self._sequence = (self._sequence + 1) & 0xFFFF
        head = struct.pack("!BBHII", 0x80, kind, self._sequence, stamp & 0xFFFFFFFF, self._source)
        self._transport.sendto(head + payload, self._remote)


def _key(event: int, frames: int, *, end: bool) -> bytes:
    return struct.pack("!BBH", event, 0x80 | 10 if end else 10, frames * _FRAME)
