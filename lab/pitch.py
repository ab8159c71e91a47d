"""A tone for each party of a call, so that a test can say who hears whom."""

from __future__ import annotations

import asyncio
import math
import struct

from lab import g711
from lab.agent import DeskAgent
from lab.hotline import hears_speech, until
from lab.telephone import PhoneCall, Telephone

HOTLINE, BENEFITS, CALLER = "60000100", "1", "+37120000001"

CITIZEN, AGENT = 450, 750
"""The tones of the two who are in every talk, in hertz."""

LISTENED_S = 0.4
"""So long at a time it is listened to."""

HEARD_S = 0.25
"""So much of it has to come: packets are late on a busy machine."""

LOUD = 9000  # of 32,767

SHARE = 0.1
"""A tone that has this share of the loudness it was said with is heard."""


def say(talk: PhoneCall, hz: int) -> None:
    """Say this tone until something else is said."""
    turn = 2 * math.pi * hz / g711.RATE_HZ
    samples = (round(LOUD * math.sin(turn * at)) for at in range(g711.RATE_HZ))
    talk.media.say(g711.encode(b"".join(struct.pack("<h", one) for one in samples)), again=True)


def hears(talk: PhoneCall, hz: int) -> bool:
    """Whether that tone is in what is remembered (the algorithm is Goertzel's)."""
    sound = g711.decode(talk.media.heard())
    if len(sound) < HEARD_S * g711.RATE_HZ:
        return False  # a leg that is alone is sent nothing at all
    return is_in(sound, hz)


def is_in(sound: bytes, hz: int) -> bool:
    """The same of 16-bit samples."""
    values = [one for (one,) in struct.iter_unpack("<h", sound)]
    turn = 2 * math.pi * hz / g711.RATE_HZ
    before = last = 0.0
    for value in values:
        before, last = last, value + 2 * math.cos(turn) * last - before
    power = before**2 + last**2 - 2 * math.cos(turn) * before * last
    return 2 * math.sqrt(max(0.0, power)) / max(1, len(values)) > LOUD * SHARE


class Parties:
    """Whoever is in a call: each says a tone of its own, by which it is known."""

    def __init__(self) -> None:
        self.parties: dict[int, PhoneCall] = {}

    def joins(self, hz: int, talk: PhoneCall) -> None:
        """Another party."""
        say(talk, hz)
        self.parties[hz] = talk

    async def begin(self, citizen: Telephone, agent: DeskAgent) -> str:
        """The citizen rings, and is answered, and nobody else is there; which call it is."""
        caller = await citizen.call(HOTLINE, CALLER)
        await hears_speech(caller)
        caller.media.press(BENEFITS)
        self.parties.clear()
        self.joins(AGENT, await agent.answer())
        self.joins(CITIZEN, caller)
        await self.heard((CITIZEN, AGENT))
        return str(agent.desk.view["call"]["call_id"])

    async def heard(self, *pairs: tuple[int, int]) -> None:
        """Only these hear each other."""
        await until_heard(self.parties, *pairs)


async def until_heard(parties: dict[int, PhoneCall], *pairs: tuple[int, int]) -> None:
    """Return when, of these parties with a tone each, only those of a pair hear each other."""
    both = (way for one, other in pairs for way in ((one, other), (other, one)))
    await until_hears(parties, *both)


async def until_hears(parties: dict[int, PhoneCall], *ways: tuple[int, int]) -> None:
    """Return when of each way the first hears the second, and nobody hears anybody else."""
    wanted, found = set(ways), set[tuple[int, int]]()

    async def holds() -> bool:
        for talk in parties.values():
            talk.media.forget()
        await asyncio.sleep(LISTENED_S)
        found.clear()
        found.update(
            (listener, speaker)
            for listener, talk in parties.items()
            for speaker in parties
            if speaker != listener and hears(talk, speaker)
        )
        return found == wanted

    try:
        await until(holds, "not heard", 6.0)
    except AssertionError:
        words = f"so was to be heard: {sorted(wanted)}; so it was: {sorted(found)}"
        raise AssertionError(words) from None
