"""The network as files, out and in, within what a person edits."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.network import port
from agents_ui.network.port import Kind, RowFault, TableName, TableReview
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.config import archive
from contactcentre.core.config.document import Refused
from contactcentre.engine.clock import now
from contactcentre.features.network import brought, load, sheet
from contactcentre.features.network.brought import Brought
from contactcentre.features.network.form import name_of
from contactcentre.features.network.kinds import KINDS
from contactcentre.features.network.load import Difference, FileContents, Review
from contactcentre.features.network.scope import OUTSIDE, Reach
from contactcentre.features.publication.draft import Draft, read_by
from contactcentre.storage import audit, database, settings
from contactcentre.storage.audit import AuditEntry
from contactcentre.storage.documents import key_of

_PLACE: Final = re.compile(
    rf"(?P<file>{brought.TABLE}|[a-z0-9_-]+\.ya?ml)"
    r"(: line (?P<line>[0-9]+))?(, column (?P<column>[^:]+))?: (?P<what>.*)",
    re.DOTALL,
)

_OF_TABLE: Final = {one.table.name: one for one in KINDS.values()}

_FIELD: Final = re.compile(rf"(?:{'|'.join(load.NOUNS.values())}) [^,:]+, ([^:]+): ")


class TableService:
    """Keeps `agents_ui.network.port.TableRoom`. `prompts` are the keys of what can be said."""

    def __init__(self, engine: AsyncEngine, *, prompts: Callable[[], AbstractSet[str]]) -> None:
        self._engine = engine
        self._prompts = prompts

    async def export(self, table: TableName, *, person: Person) -> bytes:
        """See `TableRoom`."""
        own, kinds = await self._taken(tuple(KINDS) if table == "all" else (table,), person)
        if table == "all":
            return await asyncio.to_thread(brought.packed, own, kinds)
        return (await asyncio.to_thread(sheet.written, own, sheet.SHEETS[table])).encode()

    async def _taken(
        self, wanted: Collection[Kind], person: Person
    ) -> tuple[Draft, tuple[Kind, ...]]:
        """What is the person's of these kinds, and that it was taken away: on record."""
        rows: dict[str, list[dict[str, Any]]] = {}
        async with self._transaction() as connection:
            draft = await read_by(connection)
            scope = Reach(draft, person)
            kinds = tuple(one for one in wanted if one in scope.kinds())
            for kind in (KINDS[one] for one in kinds):
                every = map(dict, draft.of(kind.table))
                own = [one for one in every if scope.may_edit(kind.kind, one[kind.key], one)]
                rows[kind.table.name] = own
                told = AuditEntry(
                    at=now(),
                    who=person.user_id,
                    action=audit.Action.CONFIGURATION_EXPORTED,
                    object=kind.table.name,
                    details={"rows": len(own)},
                )
                await audit.write(connection, told)
        return replace(draft, rows=rows, settings={}), kinds

    async def review(self, content: bytes, *, whole: bool, person: Person) -> TableReview:
        """See `TableRoom`."""
        try:
            text = await asyncio.to_thread(brought.text_of, content)
        except Refused as refused:
            return _faulty("", whole, refused.problems)
        async with self._transaction() as connection:
            shown, _ = await self._look(connection, text, whole=whole, person=person)
        return shown

    async def load(self, text: str, *, whole: bool, mark: str, person: Person) -> TableReview:
        """See `TableRoom`."""
        async with self._transaction() as connection:
            await settings.changed(connection)  # first of all: who saves at the same time waits
            shown, found = await self._look(
                connection, archive.lines(text), whole=whole, person=person
            )
            if shown.faults or mark != shown.mark:
                meanwhile = bool(shown.kinds) and mark != shown.mark
                raise port.TableRefused(replace(shown, meanwhile=meanwhile))
            await load.write(connection, found, by=person.user_id)
        return shown

    async def _look(
        self, connection: AsyncConnection, text: str, *, whole: bool, person: Person
    ) -> tuple[TableReview, Review]:
        """What a table would change, and every fault of it."""
        try:
            given = await asyncio.to_thread(brought.read, text)
        except Refused as refused:
            return _faulty(text, whole, refused.problems), _NOTHING
        draft = await read_by(connection)
        found, outside = await asyncio.to_thread(_reviewed, draft, given.contents, whole, person)
        wrong = outside or await load.faults(
            connection, found, given.contents.locate, await asyncio.to_thread(self._prompts)
        )
        shown = partial(_shown, text, given, found, wrong, whole=whole)
        return await asyncio.to_thread(shown), found

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        async with database.transaction(self._engine, part="tables", away=Unavailable) as one:
            yield one


_NOTHING: Final = Review(differences=(), settings={})


def _reviewed(
    draft: Draft, given: FileContents, whole: bool, person: Person
) -> tuple[Review, list[str]]:
    """What differs, and the faults of what reaches out of the person's part of the network."""
    found = load.review(draft, given, whole=whole)
    scope, kept, faults = Reach(draft, person), list[Difference](), list[str]()
    for one in found.differences:
        kind = _OF_TABLE[one.table.name].kind
        mine = kind in scope.kinds()
        if one.before is not None:
            mine = scope.may_edit(kind, one.key, one.before)
        if not mine and one.key not in given.documents[one.table]:
            continue  # it is not in the file because it is not the person's
        field = key_of(one.table)
        if mine:
            before = one.before
            field = scope.refused(kind, one.key if before else "", before, one.document)
        if field:
            place = given.locate(one.table.name, one.key, field)
            faults.append(f"{place or brought.TABLE}: {OUTSIDE}")
        kept.append(one)
    return Review(differences=tuple(kept), settings={}), faults


def _shown(
    text: str, given: Brought, found: Review, wrong: Iterable[str], *, whole: bool
) -> TableReview:
    shown = TableReview(
        text=text,
        whole=whole,
        kinds=given.kinds,
        mark=_mark(found),
        counts=Counter(one.what for one in found.differences),
        rows=tuple(map(_row, found.differences[: port.SHOWN_ROWS])),
        log_ins=given.log_ins,
    )
    return _with_faults(shown, wrong)


def _row(one: Difference) -> port.RowChange:
    kind = _OF_TABLE[one.table.name]
    named = {**one.document, kind.key: one.key}
    return port.RowChange(
        kind=kind.kind,
        key=one.key,
        name=name_of(named, kind.key),
        what=one.what,
        changes=tuple(replace(each, word=kind.word(each.word)) for each in one.changes),
    )


def _mark(found: Review) -> str:
    made = hashlib.sha256()
    for one in found.differences:  # one at a time: calls are going on
        told = (one.table.name, one.key, one.what, one.before, one.document)
        made.update(json.dumps(told, sort_keys=True, default=str).encode())
    return made.hexdigest()[:32]


def _faulty(text: str, whole: bool, problems: Iterable[str]) -> TableReview:
    return _with_faults(TableReview(text=text, whole=whole), problems)


def _with_faults(review: TableReview, problems: Iterable[str]) -> TableReview:
    faults = sorted(_faults(problems), key=lambda one: (one.file, one.line, one.column))
    more = max(0, len(faults) - port.SHOWN_ROWS)
    return replace(review, faults=tuple(faults[: port.SHOWN_ROWS]), more_faults=more)


def _faults(problems: Iterable[str]) -> Iterator[RowFault]:
    for problem in problems:
        found = _PLACE.fullmatch(problem)
        if found is None:
            yield RowFault(file="", line=0, column="", what=problem)
        else:
            field = _FIELD.match(found["what"])  # of which the table has no column
            column = found["column"] or (field[1] if field else "")
            file = found["file"].removeprefix(brought.TABLE)
            line = int(found["line"] or 0)
            yield RowFault(file=file, line=line, column=column, what=found["what"])
