"""The trunks in force: written for Asterisk, registered, and known by whether they answer."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal, Never

import structlog

from contactcentre.core.config.network import Network
from contactcentre.core.config.trunk import Trunk, WayOut
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.telephony.ami import Ami, AmiRefused
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.translation import trunk_endpoint

log = structlog.get_logger(__name__)

ANSWERS: Final = {"Reachable": True, "Unreachable": False}
"""Any other status says that nobody knows yet."""

AGAIN_S: Final = 1.0
"""So much later what could not be written is written."""


@dataclass(frozen=True, slots=True)
class TakeTrunks:
    """Asterisk is to look at its trunks anew: those to be asked whether they answer, those to be
    registered, and those whose registration is to end."""

    asked: tuple[str, ...]
    registered: tuple[str, ...]
    ended: tuple[str, ...] = ()


class Trunks:
    """Follows the network in force. `order` takes what Asterisk is to do."""

    def __init__(self, directory: Directory, order: Callable[[TakeTrunks], None]) -> None:
        self._directory = directory
        self._order = order
        self._network = Network(version=0)
        self._laid: tuple[Trunk, ...] | None = None  # until they are written once
        self._changed = asyncio.Event()
        self._down: dict[str, float] = {}  # of trunks that there are: since when
        self._answered: set[str] = set()  # the same: once at least

    @property
    def down(self) -> tuple[str, ...]:
        """Those in force that do not answer."""
        return tuple(self._down)

    def state(self, trunk_id: str) -> Literal["answers", "silent", "unknown"]:
        """Whether it answers, as far as we know."""
        if trunk_id in self._down:
            return "silent"
        return "answers" if trunk_id in self._answered else "unknown"

    def alarms(self) -> Iterator[Alarm]:
        """Those that did answer before; of a carrier that never does nobody knows anything."""
        for trunk_id, since in self._down.items():
            if trunk_id in self._answered:
                yield Alarm(code="trunk-away", since=since, place=trunk_id)

    def note(self, network: Network) -> None:
        """Told after every event; the network is another value only when it was published."""
        if network is self._network:
            return
        self._network = network
        self._down = {one: at for one, at in self._down.items() if one in network.trunks}
        self._answered &= network.trunks.keys()
        self._changed.set()

    def seen(self, trunk_id: str, status: str) -> None:
        """A trunk has been asked, and has answered or not, as Asterisk puts it."""
        answers = ANSWERS.get(status)
        if answers is None or trunk_id not in self._network.trunks:
            return
        was_down = trunk_id in self._down
        if answers:
            self._answered.add(trunk_id)
            self._down.pop(trunk_id, None)
        else:
            self._down.setdefault(trunk_id, now())
        if was_down is answers:
            log.warning("trunk", action="trunk_back" if answers else "trunk_away", trunk=trunk_id)

    def ways_out(self, dialled: str) -> Sequence[WayOut]:
        """By which a call goes out on behalf of that number of ours, the best first."""
        return self._network.ways_out(dialled, self._down)

    def linked(self) -> None:
        """A link to Asterisk is there, which may have started meanwhile."""
        if self._laid:
            self._order(_taken(self._laid))

    async def run(self) -> Never:
        """Write what changes, for ever."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            new = tuple(self._network.trunks.values())
            if new == self._laid:
                continue
            try:
                await asyncio.to_thread(self._directory.lay, new)
            except sqlite3.Error as failure:
                log.error("directory_not_written", error=type(failure).__name__)
                await asyncio.sleep(AGAIN_S)
                self._changed.set()
                continue
            before, self._laid = self._laid or (), new
            self._order(_taken(new, before))


def _taken(trunks: Sequence[Trunk], before: Sequence[Trunk] = ()) -> TakeTrunks:
    registered = _registering(trunks)
    return TakeTrunks(
        asked=tuple(one.trunk_id for one in trunks if one.server is not None),
        registered=registered,
        ended=tuple(one for one in _registering(before) if one not in registered),
    )


def _registering(trunks: Sequence[Trunk]) -> tuple[str, ...]:
    return tuple(one.trunk_id for one in trunks if one.registers)


async def take(order: TakeTrunks, ami: Ami, seen: Callable[[str, str], None]) -> None:
    """Let Asterisk have them, and tell how each is: what it knows from before is no event. Raises
    `AmiError`, but for what it refuses of one trunk."""
    for trunk_id in order.ended:
        await _act(ami, "PJSIPUnregister", "Registration", trunk_id)
    await ami.collect("PJSIPShowRegistrationsOutbound")  # it reads the rows anew for that
    for trunk_id in order.registered:
        await _act(ami, "PJSIPRegister", "Registration", trunk_id)
    for trunk_id in order.asked:
        await _act(ami, "PJSIPQualify", "Endpoint", trunk_id)
        with suppress(AmiRefused):
            seen(trunk_id, (await status(trunk_id, ami))[0])


async def status(trunk_id: str, ami: Ami) -> tuple[str, str]:
    """Of a trunk that has a server: whether that answered when it was asked last (`ANSWERS`), and
    after how many microseconds. Raises `AmiError`."""
    contact = await ami.value(f"PJSIP_AOR({trunk_endpoint(trunk_id)},contact)")
    if not contact:
        return "", ""
    found, took = (f"PJSIP_CONTACT({contact},{what})" for what in ("status", "rtt"))
    return await ami.value(found), await ami.value(took)


async def _act(ami: Ami, action: str, key: str, trunk_id: str) -> None:
    with suppress(AmiRefused):
        await ami.action(action, {key: trunk_endpoint(trunk_id)})
