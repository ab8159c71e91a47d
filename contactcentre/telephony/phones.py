"""The directory follows the agents: their phones, the fallback queue, whose secret counts."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final, Never

import structlog

from contactcentre.core import effects
from contactcentre.core.config.network import Network
from contactcentre.telephony import registration
from contactcentre.telephony.directory import Directory, DirectoryPhone
from contactcentre.telephony.peer import Address
from routing.model import AgentProfile

log = structlog.get_logger(__name__)

Order = effects.SetMember | effects.WithdrawPhone

AGAIN_S: Final = 1.0
"""So much later an Asterisk that does not answer is asked again."""


def phones_of(profiles: Iterable[AgentProfile]) -> tuple[DirectoryPhone, ...]:
    """A browser's for every account, whatever it answers on today, and those on tables."""
    phones = ((DirectoryPhone(one.endpoint, "browser"), one.table) for one in profiles)
    return tuple(
        phone
        for browser, table in phones
        for phone in (browser, *((DirectoryPhone(table, "desk"),) if table else ()))
    )


def _taken_away(former: Network, network: Network) -> Iterator[str]:
    """Telephones on tables of agents who have none any more: what was typed in counts no more. (Of
    one who is in no network, as in reserve after a crisis, it stays.)"""
    for agent_id, profile in network.agents.items():
        before = former.agents.get(agent_id)
        if before is not None and before.table not in ("", profile.table):
            yield before.table


class Phones:
    """Writes the directory file in a worker thread, one order after another, and ends the
    registrations of phones whose secret it has withdrawn."""

    def __init__(self, directory: Directory, pbx: Address) -> None:
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
        former = self._network
        if network is former:
            return
        self._network = network
        for taken in _taken_away(former, network) if former is not None else ():
            self.order(effects.WithdrawPhone(endpoint=taken))
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
