"""The views of the board that people have saved, a row each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import msgspec
from sqlalchemy import Row, delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.board.port import MOST_VIEWS, Look, SavedView, TooMany
from agents_ui.shell.port import Person, Unavailable
from contactcentre.engine.clock import now
from contactcentre.storage import database
from contactcentre.storage.tables import board_views


class SavedViews:
    """Keeps `agents_ui.board.port.BoardViews`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def views(self, person: Person) -> Sequence[SavedView]:
        """See `BoardViews`. What an earlier version wrote and this one can't read is left out."""
        asked = select(board_views).where(board_views.c.user_id == person.user_id)
        async with database.transaction(self._engine, part="board", away=Unavailable) as one:
            rows = (await one.execute(asked.order_by(board_views.c.name))).all()
        return tuple(_readable(rows))

    async def save(self, view: SavedView, *, person: Person) -> None:
        """See `BoardViews`."""
        key = {"user_id": person.user_id, "name": view.name}
        row = {**key, "look": asdict(view.look), "saved_at": now()}
        others = select(func.count()).where(
            board_views.c.user_id == person.user_id, board_views.c.name != view.name
        )
        async with database.transaction(self._engine, part="board", away=Unavailable) as one:
            if (await one.execute(others)).scalar_one() >= MOST_VIEWS:
                raise TooMany
            await database.upsert(one, board_views, [row])

    async def remove(self, name: str, *, person: Person) -> None:
        """See `BoardViews`."""
        gone = delete(board_views).where(
            board_views.c.user_id == person.user_id, board_views.c.name == name
        )
        async with database.transaction(self._engine, part="board", away=Unavailable) as one:
            await one.execute(gone)


def _readable(rows: Sequence[Row[Any]]) -> Iterator[SavedView]:
    for row in rows:
        try:
            yield SavedView(name=row.name, look=msgspec.convert(row.look, Look))
        except msgspec.ValidationError:
            continue
