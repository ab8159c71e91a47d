"""A part of the installation, tried for real: how it is, or what is wrong and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from contactcentre import paths
from contactcentre.settings import Settings
from contactcentre.telephony.ami import Ami, LinkDown, LinkRefused, LinkState, LinkUp

PATIENCE_S = 5.0


class Sick(Exception):
    """A part does not work: what is wrong, and what to do."""

    def __init__(self, wrong: str, advice: str) -> None:
        super().__init__(wrong)
        self.advice = advice


class Lacking(Sick):
    """A part works, and somebody has to do something about it all the same."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to try."""

    name: str
    examine: Callable[[Settings], Awaitable[str]]


@asynccontextmanager
async def linked(settings: Settings) -> AsyncIterator[tuple[Ami, LinkUp]]:
    """A link to Asterisk's manager. Raises `Sick`, `TimeoutError`."""
    seen: asyncio.Queue[LinkState] = asyncio.Queue()
    ami = Ami(paths.ami_settings(settings), on_event=lambda _: None, on_link=seen.put_nowait)
    link = asyncio.create_task(ami.run(), name="check-ami")
    try:
        async with asyncio.timeout(PATIENCE_S):
            state = await seen.get()
        match state:
            case LinkRefused():
                raise Sick(
                    "Asterisk refuses the manager account",
                    "CC_AMI_USER and CC_AMI_SECRET must be those of manager.conf",
                )
            case LinkDown():
                raise Sick(
                    f"nobody answers on {settings.ami_host}:{settings.ami_port}",
                    "start Asterisk: contactcentre pbx",
                )
            case LinkUp():
                yield ami, state
    finally:
        link.cancel()
        await asyncio.wait([link])
