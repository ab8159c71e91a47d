"""The directory follows the agents: their phones, the fallback queue, whose secret counts."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from typing import Never

import structlog

from contactcentre.core import effects
from contactcentre.core.config.network import Network
from contactcentre.telephony.directory import Directory, DirectoryPhone
from routing.model import AgentProfile

log = structlog.get_logger(__name__)

Order = effects.SetMember | effects.WithdrawPhone


def phones_of(profiles: Iterable[AgentProfile]) -> tuple[DirectoryPhone, ...]:
    """A phone for every account; whoever answers on a mobile has a browser's, for the day after."""
    return tuple(
        DirectoryPhone(one.endpoint, "desk" if one.device == "desk" else "browser")
        for one in profiles
    )


class Phones:
    """Writes the directory file in a worker thread, one order after another."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._orders: asyncio.Queue[Order | tuple[DirectoryPhone, ...]] = asyncio.Queue()
        self._provisioned: tuple[DirectoryPhone, ...] = ()
        self._network: Network | None = None

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

    async def run(self) -> Never:
        """Write for ever."""
        while True:
            order = await self._orders.get()
            try:
                await asyncio.to_thread(self._write, order)
            except sqlite3.Error as failure:
                log.error("directory_not_written", error=type(failure).__name__)

    def _write(self, order: Order | tuple[DirectoryPhone, ...]) -> None:
        match order:
            case tuple():
                self._directory.provision(order)
            case effects.SetMember():
                self._directory.set_member(order.endpoint, paused=order.paused)
            case effects.WithdrawPhone():
                self._directory.withdraw(order.endpoint)
