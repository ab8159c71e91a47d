"""What systemd hears of this process: that it serves, and then again and again that it lives.

The protocol of sd_notify(3): lines of `NAME=value` to a datagram socket whose address stands in the
environment. Where no systemd has started us there is none, and nothing is told.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

Readiness = Callable[[], tuple[bool, Mapping[str, str]]]
"""Whether we serve, and how each part is."""

ASK_S: Final = 0.2
START_S: Final = 60
"""A start may take as long as it likes, for Asterisk may be away; but its loop must go round."""

BEATS: Final = 3
"""Within the time after which systemd takes us for frozen."""

_VARIABLES: Final = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit that this process is the main one of. `address` is empty where it is of none;
    `silence_s`: after which it is killed, 0 where it is not."""

    address: str = ""
    silence_s: float = 0.0

    @classmethod
    def taken(cls, environment: MutableMapping[str, str], pid: int) -> Unit:
        """As the environment says; our own processes do not inherit it."""
        address, silence, watched = (environment.pop(name, "") for name in _VARIABLES)
        counts = silence.isdecimal() and watched in ("", str(pid))
        return cls(address, int(silence) / 1e6 if counts else 0.0)

    @classmethod
    def ours(cls) -> Unit:
        """Of this process, asked for once."""
        return cls.taken(os.environ, os.getpid())

    def tell(self, *lines: str) -> None:
        """Say it, if anybody is there to hear it; never waits."""
        if not self.address:
            return
        name = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        # What does not arrive is missed by the watchdog, which then does what it is there for.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way, suppress(OSError):
            way.setblocking(False)
            way.sendto("\n".join(lines).encode(), name)

    async def report(self, readiness: Readiness) -> None:
        """Ready as soon as we are, and from then on alive, until cancelled."""
        if not self.address:
            return
        while True:
            ready, parts = readiness()
            if ready:
                break
            down = ", ".join(name for name, how in parts.items() if how != "ok")
            self.tell(f"STATUS=waits for: {down}", f"EXTEND_TIMEOUT_USEC={START_S * 1_000_000}")
            await asyncio.sleep(ASK_S)
        self.tell("READY=1", "STATUS=serves")
        while self.silence_s:
            self.tell("WATCHDOG=1")
            await asyncio.sleep(self.silence_s / BEATS)
