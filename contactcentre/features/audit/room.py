"""The audit log as its page shows it: searched by people's names, and exported when two agree."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.audit import port
from agents_ui.shell.permissions import Act
from agents_ui.shell.port import Person, Unavailable
from contactcentre.engine.clock import now
from contactcentre.features.audit import reading, store
from contactcentre.features.audit.export import json_line
from contactcentre.storage import audit, database, people
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.pseudonyms import is_pseudonym
from contactcentre.telephony.translation import caller_of

PERSON_ID = re.compile(r"[0-9a-f]{32}")

NAMES = 50
"""Of so many people whose names have what is looked for."""

_users = models.users.c


class SecondPerson(Protocol):
    """Asks for a second person, and knows what was approved."""

    async def ask(self, act: Act, of: str, *, why: str, person: Person) -> str: ...

    async def approved(self, act: Act, *, person: Person) -> Sequence[str]: ...

    async def use_in(
        self, connection: AsyncConnection, act: Act, of: str, *, person: Person
    ) -> bool: ...


class AuditLog:
    """Keeps `agents_ui.audit.port.AuditRoom`. `seal` brings the chain to its end."""

    def __init__(
        self,
        engine: AsyncEngine,
        second: SecondPerson,
        *,
        seal: Callable[[], Awaitable[object]],
        stands_for: Callable[[str], str],
    ) -> None:
        """`stands_for`: the pseudonym of a number."""
        self._stands_for = stands_for
        self._engine = engine
        self._second = second
        self._seal = seal

    async def rows(self, search: port.AuditSearch, *, person: Person) -> Sequence[port.AuditRow]:
        """See `AuditRoom`."""
        async with self._database() as connection:
            names_of = await self._citizen(connection, search.citizen) if search.citizen else None
            found = await reading.find(
                connection,
                reading.Search(
                    people=await _people(connection, search.who) if search.who else None,
                    action=search.what,
                    object=search.object,
                    citizen=names_of,
                    since=search.since,
                    until=search.until,
                    below=search.below,
                    limit=port.PAGE + 1,
                ),
            )
            names = await _names(connection, {row["who"] for row in found})
            entry = AuditEntry(
                at=now(),
                who=person.user_id,
                action=Action.AUDIT_READ,
                purpose=search.why if names_of else "",
                person=names_of[0] if names_of else "",
                details={"rows": len(found)},
            )
            await audit.write(connection, entry)
        return [_row(row, names) for row in found]

    async def _citizen(self, connection: AsyncConnection, asked: str) -> tuple[str, ...]:
        """All by which rows name somebody: the id of now, those of before, and what stands for the
        numbers that nobody else has."""
        typed = "".join(asked.split())
        if is_pseudonym(typed):
            return (typed,)
        of = typed if PERSON_ID.fullmatch(typed) else caller_of(typed)
        try:
            who = await people.behind(connection, of or "")
        except people.SharedNumber:
            raise port.WhichCitizen("shared") from None
        except LookupError:
            raise port.WhichCitizen("unknown") from None
        ids = dict.fromkeys((who.person_id, *who.people)) if who.person_id else ()
        return (*ids, *map(self._stands_for, who.own))

    async def ask_export(self, period: str, *, why: str, person: Person) -> None:
        """See `AuditRoom`."""
        await self._second.ask(Act.AUDIT_EXPORT, period, why=why, person=person)

    async def approved(self, *, person: Person) -> Sequence[str]:
        """See `AuditRoom`."""
        return await self._second.approved(Act.AUDIT_EXPORT, person=person)

    async def export(
        self, period: str, since: float, until: float, *, person: Person
    ) -> AsyncIterator[str]:
        """See `AuditRoom`."""
        await self._seal()
        async with self._database() as connection:
            if not await self._second.use_in(connection, Act.AUDIT_EXPORT, period, person=person):
                raise port.NotApprovedYet
            details = {"since": since, "until": until}
            await _note(connection, Action.AUDIT_EXPORTED, person, details)
        return self._lines(since, until)

    async def _lines(self, since: float, until: float) -> AsyncIterator[str]:
        """A portion at a time, each in a connection of its own: whoever fetches may be slow."""
        after = 0
        while True:
            async with self._database() as connection:
                portion = await store.links_between(connection, since, until, after)
            for row in portion:
                yield json_line(row)
            if len(portion) < store.PORTION:
                return
            after = portion[-1]["position"]

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="audit", away=Unavailable)


def _row(row: Mapping[Any, Any], names: Mapping[str, str]) -> port.AuditRow:
    return port.AuditRow(
        number=row["number"],
        at=row["at"],
        who=names.get(row["who"], row["who"]),
        what=row["action"],
        object=row["object"],
        purpose=row["purpose"],
        person=row["person"],
        details=row["details"],
    )


async def _people(connection: AsyncConnection, text: str) -> frozenset[str]:
    """The ids of those whose name or user name has this in it; and what was typed, as it is."""
    like = (
        func.lower(column).contains(text.lower(), autoescape=True)
        for column in (_users.name, _users.username)
    )
    query = select(_users.user_id).where(or_(*like)).limit(NAMES)
    return frozenset((await connection.execute(query)).scalars()) | {text}


async def _names(connection: AsyncConnection, ids: set[str]) -> Mapping[str, str]:
    query = select(_users.user_id, _users.name).where(_users.user_id.in_(ids))
    return {row.user_id: row.name for row in await connection.execute(query)}


async def _note(
    connection: AsyncConnection, action: Action, person: Person, details: Mapping[str, Any]
) -> None:
    entry = AuditEntry(at=now(), who=person.user_id, action=action, details=details)
    await audit.write(connection, entry)
