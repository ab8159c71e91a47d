"""The directory follows the agents: who is in the fallback queue, whose secret still counts."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Never

import structlog

from contactcentre.core import effects
from contactcentre.telephony.directory import Directory

log = structlog.get_logger(__name__)

Order = effects.SetMember | effects.WithdrawPhone


class Phones:
    """Writes the directory file in a worker thread, one order after another."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._orders: asyncio.Queue[Order] = asyncio.Queue()

    def order(self, effect: Order) -> None:
        """Queue an order."""
        self._orders.put_nowait(effect)

    async def run(self) -> Never:
        """Write for ever."""
        while True:
            order = await self._orders.get()
            try:
                await asyncio.to_thread(self._write, order)
            except sqlite3.Error as failure:
                log.error("directory_not_written", error=type(failure).__name__)

    def _write(self, order: Order) -> None:
        match order:
            case effects.SetMember():
                self._directory.set_member(order.endpoint, order.name, paused=order.paused)
            case effects.WithdrawPhone():
                self._directory.withdraw(order.endpoint)
