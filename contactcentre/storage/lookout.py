"""What is new in the database: asked once a second, in one question for all who want to know.

To take a connection, begin, and give it back costs several times what such an answer does. So each
says what it wants to see beforehand, and looks for itself only where that has changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final, Never

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.storage import database

PERIOD_S: Final = 1.0


class Lookout:
    """Keep `run` running; until then nobody is answered."""

    def __init__(self, engine: AsyncEngine, *, period_s: float = PERIOD_S) -> None:
        self._engine = engine
        self._period_s = period_s
        self._asked: list[ScalarSelect[Any]] = []
        self._question: Select[Any] | None = None
        self._answers: asyncio.Future[Sequence[Any]] | None = None  # who waits for the next ones

    def watch(self, answer: ScalarSelect[Any]) -> Watch:
        """For a part that wants to see this value: made with it, and asked as long as we run."""
        self._asked.append(answer)
        self._question = None
        return Watch(self, len(self._asked) - 1)

    async def run(self) -> Never:
        """Ask, until cancelled. While the database is away that is the answer."""
        while True:
            await asyncio.sleep(self._period_s)
            if self._answers is not None:
                await self._answer(self._answers)

    async def _answer(self, waiting: asyncio.Future[Sequence[Any]]) -> None:
        try:
            waiting.set_result(await self._ask())
        except database.AWAY as error:
            waiting.set_exception(error)
            waiting.exception()  # perhaps nobody waits any more
        self._answers = None

    async def _ask(self) -> Sequence[Any]:
        if self._question is None:
            self._question = select(*self._asked)
        async with self._engine.connect() as connection:
            return tuple((await connection.execute(self._question)).one())

    async def answers(self) -> Sequence[Any]:
        """All of the next ones, in the order in which they were asked for."""
        if self._answers is None:
            self._answers = asyncio.get_running_loop().create_future()
        return await asyncio.shield(self._answers)


class Watch:
    """Made by `Lookout.watch`."""

    def __init__(self, lookout: Lookout, place: int) -> None:
        self._lookout = lookout
        self._place = place

    async def next(self) -> Any:
        """The next answer. Raises `database.AWAY` errors."""
        while len(answers := await self._lookout.answers()) <= self._place:
            pass  # asked before we came
        return answers[self._place]


def latest(number: ColumnElement[int], among: int) -> ScalarSelect[Any]:
    """Another value whenever a row has come to be among those with the highest numbers: one that
    took its number early may show late."""
    highest = select(func.coalesce(func.max(number), 0)).scalar_subquery()
    return select(func.sum(number)).where(number > highest - among).scalar_subquery()
