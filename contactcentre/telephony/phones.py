"""The directory follows the agents: their phones, the fallback queue, whose secret counts."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from typing import Final, Never

import structlog

from contactcentre.core import effects
from contactcentre.core.config.network import Network
from contactcentre.telephony import registration
from contactcentre.telephony.directory import Directory, DirectoryPhone
from routing.model import AgentProfile

log = structlog.get_logger(__name__)

Order = effects.SetMember | effects.WithdrawPhone

AGAIN_S: Final = 1.0
"""So much later an Asterisk that does not answer is asked again."""


def phones_of(profiles: Iterable[AgentProfile]) -> tuple[DirectoryPhone, ...]:
    """A phone for every account; whoever answers on a mobile has a browser's, for the day after."""
    return tuple(
        DirectoryPhone(one.endpoint, "desk" if one.device == "desk" else "browser")
        for one in profiles
    )


class Phones:
    """Writes the directory file in a worker thread, one order after another, and ends the
    registrations of phones whose secret it has withdrawn."""

    def __init__(self, directory: Directory, pbx: registration.Address) -> None:
        self._directory = directory
        self._pbx = pbx
        self._orders: asyncio.Queue[Order | tuple[DirectoryPhone, ...]] = asyncio.Queue()
        self._withdrawn: dict[str, str] = {}  # the newest secrets, of phones not ended yet
        self._more = asyncio.Event()
        self._provisioned: tuple[DirectoryPhone, ...] = ()
        self._network: Network | None = None

    async def end(self, endpoint: str, secret: str) -> None:
        """Take back every registration of a phone, by the secret that is in force."""
        with suppress(registration.NotEnded):  # then it lasts as long as it was made for
            await registration.end(endpoint, secret, self._pbx)

    def order(self, effect: Order) -> None:
        """Queue an order."""
        self._orders.put_nowait(effect)

    def note(self, network: Network) -> None:
        """Told after every event; the network is another value only when it was published."""
        if network is self._network:
            return
        self._network = network
        wanted = phones_of(network.agents.values())
        if wanted != self._provisioned:
            self._provisioned = wanted
            self._orders.put_nowait(wanted)

    async def begin(self, logged_out: Iterable[str]) -> None:
        """Before anybody can log in: phones of agents who are not logged in and whose secret was
        given to somebody. The process may have ended between a log-out and its orders."""
        self._note_withdrawn(
            await asyncio.to_thread(self._directory.withdraw_those_given, tuple(logged_out))
        )

    async def run(self) -> Never:
        """Write and end for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write_all(), name="phones-directory")
            tasks.create_task(self._end_all(), name="phones-registrations")
        raise AssertionError("neither of them ends")

    async def _write_all(self) -> Never:
        while True:
            order = await self._orders.get()
            try:
                self._note_withdrawn(await asyncio.to_thread(self._write, order))
            except sqlite3.Error as failure:
                log.error("directory_not_written", error=type(failure).__name__)

    def _write(self, order: Order | tuple[DirectoryPhone, ...]) -> dict[str, str]:
        match order:
            case tuple():
                return self._directory.provision(order)
            case effects.SetMember():
                self._directory.set_member(order.endpoint, paused=order.paused)
            case effects.WithdrawPhone():
                return {order.endpoint: self._directory.withdraw(order.endpoint)}
        return {}

    def _note_withdrawn(self, secrets: dict[str, str]) -> None:
        self._withdrawn |= secrets
        if secrets:
            self._more.set()

    async def _end_all(self) -> Never:
        while True:
            await self._more.wait()
            self._more.clear()
            for endpoint, secret in tuple(self._withdrawn.items()):
                await self._end(endpoint, secret)
            if self._withdrawn:
                await asyncio.sleep(AGAIN_S)
                self._more.set()

    async def _end(self, endpoint: str, secret: str) -> None:
        try:
            await registration.end(endpoint, secret, self._pbx)
        except registration.NotEnded as failure:
            if not failure.refused:
                return
        if self._withdrawn.get(endpoint) == secret:
            del self._withdrawn[endpoint]
