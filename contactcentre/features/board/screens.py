"""Big screens: figures of the board for a page without a log-in, opened by the secret of a link.

The secret is kept as its hash alone. A screen that is open is known in memory too, so that it goes
on while the database is away.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager
from typing import Final, get_args

from sqlalchemy import RowMapping, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.board.port import FigureRow
from agents_ui.shell.port import Person, Unavailable
from agents_ui.wallboard.port import (
    LONGEST_NAME,
    MOST_FIGURES,
    MOST_SCREENS,
    Figure,
    FigureCode,
    Screen,
    ScreenView,
    Subject,
    WrongScreen,
)
from contactcentre.engine.clock import now
from contactcentre.features.board.service import BoardService
from contactcentre.features.board.wall_figures import figure
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.digest import hashed

CODES: Final = get_args(FigureCode)
DAY_S: Final = 24 * 3600.0
_rows = models.wall_screens.c


class ScreenService:
    """Keeps `agents_ui.wallboard.port.Screens`."""

    def __init__(self, engine: AsyncEngine, board: BoardService) -> None:
        self._engine = engine
        self._board = board
        self._open: dict[str, RowMapping] = {}  # by id; a row each at the most

    async def screens(self, *, person: Person) -> Sequence[Screen]:
        """See `Screens`."""
        seen = {(one.dimension, one.key): one for one in self.subjects(person=person)}
        asked = (
            select(models.wall_screens, models.users.c.name.label("by"))
            .outerjoin(models.users, models.users.c.user_id == _rows.made_by)
            .order_by(_rows.made_at.desc())
        )
        async with database.transaction(self._engine, part="screens", away=Unavailable) as one:
            rows = (await one.execute(asked)).mappings().all()
        return [
            _screen(row, seen[row["dimension"], row["key"]])
            for row in rows
            if (row["dimension"], row["key"]) in seen
        ]

    def subjects(self, *, person: Person) -> Sequence[Subject]:
        """See `Screens`."""
        view = self._board.view(person)
        return [_subject(row) for row in (view.total, *view.queues, *view.groups)]

    async def add(
        self, name: str, subject: tuple[str, str], figures: Sequence[str], *, person: Person
    ) -> str:
        """See `Screens`."""
        name = " ".join(name.split())
        chosen = [code for code in CODES if code in figures]
        if not 1 <= len(name) <= LONGEST_NAME:
            raise WrongScreen("name")
        if subject not in {(one.dimension, one.key) for one in self.subjects(person=person)}:
            raise WrongScreen("subject")
        if not 1 <= len(chosen) <= MOST_FIGURES:
            raise WrongScreen("figures")
        secret, screen_id = secrets.token_urlsafe(32), uuid.uuid4().hex
        row = {
            "screen_id": screen_id,
            "secret": hashed(secret),
            "name": name,
            "dimension": subject[0],
            "key": subject[1],
            "figures": chosen,
            "made_by": person.user_id,
            "made_at": now(),
        }
        count = select(func.count()).select_from(models.wall_screens)
        async with database.transaction(self._engine, part="screens", away=Unavailable) as one:
            if (await one.execute(count)).scalar_one() >= MOST_SCREENS:
                raise WrongScreen("many")
            await one.execute(models.wall_screens.insert(), row)
            await audit.write(one, _entry(Action.SCREEN_MADE, screen_id, person, subject))
        return secret

    async def revoke(self, screen_id: str, *, person: Person) -> None:
        """See `Screens`."""
        known = {one.screen_id: one for one in await self.screens(person=person)}
        subject = known[screen_id].subject if screen_id in known else None
        if subject is None:
            raise LookupError(screen_id)
        about = subject.dimension, subject.key
        async with database.transaction(self._engine, part="screens", away=Unavailable) as one:
            await one.execute(delete(models.wall_screens).where(_rows.screen_id == screen_id))
            await audit.write(one, _entry(Action.SCREEN_REVOKED, screen_id, person, about))
        self._open.pop(screen_id, None)
        self._board.nudge()

    async def opened(self, secret: str) -> str:
        """See `Screens`."""
        asked = select(models.wall_screens).where(_rows.secret == hashed(secret))
        async with database.transaction(self._engine, part="screens", away=Unavailable) as one:
            row = (await one.execute(asked)).mappings().one_or_none()
            if row is None:
                raise LookupError
            if now() - (row["opened_at"] or 0.0) > DAY_S:
                mine = update(models.wall_screens).where(_rows.screen_id == row["screen_id"])
                await one.execute(mine.values(opened_at=now()))
        self._open[row["screen_id"]] = row
        return str(row["screen_id"])

    def changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        """See `Screens`."""
        return self._board.changes()

    def view(self, screen_id: str) -> ScreenView:
        """See `Screens`."""
        screen = self._open.get(screen_id)
        if screen is None:
            raise LookupError(screen_id)
        picture, key = self._board.picture(), (screen["dimension"], screen["key"])
        row = picture.figures.get(key)  # None: the configuration has it no more
        return ScreenView(
            at=picture.at,
            name=screen["name"],
            subject=_subject(row) if row else Subject(dimension=key[0], key=key[1], label={}),
            telephony=picture.telephony,
            figures=tuple(
                figure(code, row) if row else Figure(code=code, value=None)
                for code in screen["figures"]
            ),
        )

    async def look(self, screen_id: str) -> None:
        """See `Screens`. While the database is away it goes on."""
        asked = select(_rows.screen_id).where(_rows.screen_id == screen_id)
        try:
            async with database.transaction(self._engine, part="screens", away=Unavailable) as one:
                if (await one.execute(asked)).one_or_none() is None:
                    self._open.pop(screen_id, None)
        except Unavailable:
            return


def _entry(action: Action, screen_id: str, person: Person, subject: tuple[str, str]) -> AuditEntry:
    return AuditEntry(
        at=now(),
        who=person.user_id,
        action=action,
        object=screen_id,
        details={"dimension": subject[0], "key": subject[1]},
    )


def _screen(row: RowMapping, subject: Subject) -> Screen:
    return Screen(
        screen_id=row["screen_id"],
        name=row["name"],
        subject=subject,
        figures=tuple(row["figures"]),
        made_by=row["by"] or row["made_by"],
        made_at=row["made_at"],
        opened_at=row["opened_at"],
    )


def _subject(row: FigureRow) -> Subject:
    return Subject(dimension=row.dimension, key=row.key, label=row.label)
