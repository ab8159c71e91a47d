"""An owner's answer by the link of a letter, without a log-in.

Whoever has the secret reads one question and answers it once. The secret comes in a request's body
and stands in no address; where somebody guesses, no more than so many tries a minute come through,
and what a try tells is the same whatever was wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.answer.port import (
    ANSWER_LENGTH,
    SECRET_LENGTH,
    AnswerRefused,
    Busy,
    OwnersQuestion,
)
from agents_ui.shell.port import Texts, Unavailable
from contactcentre.engine.clock import now
from contactcentre.engine.throttle import Throttle
from contactcentre.features.upkeep import store
from contactcentre.features.upkeep.guard import found_in
from contactcentre.features.upkeep.watch import UpkeepWatch
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry

TRIES: Final = 20
PERIOD_S: Final = 600.0
OF_ALL: Final = 300
"""Tries in that time, of one address and of all of them."""
NOT_ANSWERED: Final = frozenset({"code", "card"})
"""What an answer may not hold: numbers and accounts of institutions are what one asks for."""


class OwnerLinkService:
    """Keeps `agents_ui.answer.port.OwnerLinks`."""

    def __init__(
        self,
        engine: AsyncEngine,
        watch: UpkeepWatch,
        *,
        named: Callable[[str], Texts],
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._watch = watch
        self._named = named
        self._clock = clock
        self._each = Throttle(TRIES, PERIOD_S)
        self._all = Throttle(OF_ALL, PERIOD_S, kinds=1)

    async def read(self, secret: str, *, address: str) -> OwnersQuestion:
        """See `OwnerLinks`."""
        self._admit(address)
        async with self._database() as connection:
            row = await self._opened(connection, secret)
        return OwnersQuestion(
            card=self._named(row["service"]),
            service=row["service"],
            question=row["question"],
            due_at=row["due_at"],
            expires_at=row["expires_at"],
        )

    async def answer(self, secret: str, text: str, *, address: str) -> None:
        """See `OwnerLinks`."""
        self._admit(address)
        said, at = checked(text), self._clock()
        async with self._database() as connection:
            row = await self._opened(connection, secret, lock=True)
            values = {"answer": said, "answered_at": at, "secret": ""}
            await store.change(connection, row["enquiry_id"], values, store.is_open())
            entry = AuditEntry(
                at=at,
                who="",
                action=Action.ENQUIRY_ANSWERED,
                object=row["enquiry_id"],
                details={"service": row["service"], "by": "link"},
            )
            await audit.write(connection, entry)
        self._watch.note()

    def _admit(self, address: str) -> None:
        at = self._clock()
        if self._each.admit(address, at) is None or self._all.admit("", at) is None:
            raise Busy

    async def _opened(
        self, connection: AsyncConnection, secret: str, *, lock: bool = False
    ) -> RowMapping:
        if not secret or len(secret) > SECRET_LENGTH:
            raise LookupError
        one = (store.asked.secret == store.hashed(secret)) & store.is_open()
        row = await store.enquiry(connection, one, lock=lock)
        if row is None or row["expires_at"] <= self._clock():
            raise LookupError
        return row

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="upkeep", away=Unavailable)


def checked(text: str) -> str:
    """The answer as it is kept. Raises `AnswerRefused`."""
    said = text.strip()
    if not said or len(said) > ANSWER_LENGTH:
        raise AnswerRefused("length")
    if NOT_ANSWERED.intersection(found_in(said)):
        raise AnswerRefused("personal")
    return said
