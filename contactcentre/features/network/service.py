"""The pages of the network, kept: documents, checked with the whole network before they count."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.network import port
from agents_ui.network.port import Kind
from agents_ui.shell.port import Person, Unavailable
from contactcentre.features.network import lists
from contactcentre.features.network.editing import Document, Editing, opened
from contactcentre.features.network.kinds import KINDS
from contactcentre.features.network.scope import OUTSIDE, Reach
from contactcentre.features.network.shape import Reading, rows_in
from contactcentre.features.publication.draft import read_by
from contactcentre.storage import database, documents, settings


class NetworkService:
    """Keeps `agents_ui.network.port.NetworkRoom`. `prompts` are the keys of what can be said."""

    def __init__(self, engine: AsyncEngine, *, prompts: Callable[[], AbstractSet[str]]) -> None:
        self._engine = engine
        self._prompts = prompts

    # --- seeing ----------------------------------------------------------------------------

    async def overview(self, *, person: Person) -> port.Overview:
        """See `NetworkRoom`."""
        async with self._transaction() as connection:
            draft = await read_by(connection)
        return lists.overview(draft, Reach(draft, person))

    async def find(
        self, kind: Kind, search: str, *, sort: str, number: int, person: Person
    ) -> port.RowList:
        """See `NetworkRoom`."""
        async with self._transaction() as connection:
            draft = await read_by(connection)
        scope = Reach(draft, person)
        if kind not in scope.kinds():
            raise LookupError(kind)
        return lists.listed(draft, scope, KINDS[kind], search, sort=sort, number=number)

    async def form(
        self, kind: Kind, key: str, *, version: int | None = None, person: Person
    ) -> port.Form:
        """See `NetworkRoom`."""
        async with self._transaction() as connection:
            one = await opened(connection, KINDS[kind], key, person=person)
            steps = await one.steps()
        shown = next((step for step in steps if step.row["number"] == version), None)
        given = shown.document if shown is not None else one.before
        number = version if shown is not None else None
        return one.form(one.typed(given), steps=steps, shown=number)

    # --- doing -----------------------------------------------------------------------------

    async def save(
        self, kind: Kind, key: str, typed: Mapping[str, str], *, base: str, person: Person
    ) -> str:
        """See `NetworkRoom`."""
        async with self._writing(kind, key, person) as one:
            if more := typed.get("more"):
                another = f"{more}.{rows_in(typed, more)}.key"
                raise port.FormRefused(one.form({**typed, another: ""}, steps=await one.steps()))
            reading = Reading(typed, one.faults)
            after = reading.document(one.edited.shape)
            if one.before.get("active") is False:
                after["active"] = False
            new_key = key or one.choose_key(typed, after)
            if outside := one.scope.refused(kind, key, one.before if key else None, after):
                one.faults[outside] = OUTSIDE
            refused = await self._refused(one, new_key, after, base)
            if refused or one.wrong:
                shown = {**one.typed(after), "key": new_key}
                mine = after if refused else None
                raise port.FormRefused(one.form(shown, steps=await one.steps(), mine=mine))
            await self._put(one, new_key, after, person)
        return new_key

    async def set_active(
        self, kind: Kind, key: str, *, active: bool, base: str, person: Person
    ) -> None:
        """See `NetworkRoom`."""
        async with self._writing(kind, key, person) as one:
            if not key:
                raise LookupError(key)
            after = {name: value for name, value in one.before.items() if name != "active"}
            after |= {} if active else {"active": False}
            refused = await self._refused(one, key, after, base)
            if refused or one.wrong:
                mine = after if refused else None
                form = one.form(one.typed(one.before), steps=await one.steps(), mine=mine)
                raise port.FormRefused(form)
            await self._put(one, key, after, person)

    async def _refused(self, one: Editing, key: str, after: Document, base: str) -> bool:
        """Whether somebody else was quicker; what is wrong by itself is looked for where not."""
        if one.key and base != one.base:
            return True
        if not one.wrong:
            await one.check(key, after, self._prompts())
        return False

    async def _put(self, one: Editing, key: str, after: Document, person: Person) -> None:
        await documents.put(one.connection, one.edited.table, {key: after}, by=person.user_id)

    @asynccontextmanager
    async def _writing(self, kind: Kind, key: str, person: Person) -> AsyncIterator[Editing]:
        async with self._transaction() as connection:
            await settings.changed(connection)  # first of all: who saves at the same time waits
            yield await opened(connection, KINDS[kind], key, person=person)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        async with database.transaction(self._engine, part="network", away=Unavailable) as one:
            yield one
