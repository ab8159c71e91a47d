"""Centres and agents from a spreadsheet and into one, within what a person edits."""

from __future__ import annotations

import asyncio
import codecs
import hashlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.network import port
from agents_ui.network.port import RowFault, TableName, TableReview
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.config.document import Refused
from contactcentre.engine.clock import now
from contactcentre.features.network import load, sheet
from contactcentre.features.network.form import name_of
from contactcentre.features.network.kinds import Edited
from contactcentre.features.network.load import Difference, FileContents, Review
from contactcentre.features.network.scope import OUTSIDE, Reach
from contactcentre.features.publication.draft import Draft, read_by
from contactcentre.storage import audit, database, settings
from contactcentre.storage.audit import AuditEntry
from contactcentre.storage.documents import key_of

NAME: Final = "table"
"""Of the file, in faults: its own name is somebody's words."""

WORKBOOK: Final = "is a workbook, not a table: save it as CSV UTF-8"
CHARSET: Final = "is not UTF-8: save it as CSV UTF-8"
EMPTY: Final = "is empty"
NO_TABLE: Final = "the first line has neither agent_id nor centre_id"

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PLACE = re.compile(
    rf"{NAME}(: line (?P<line>[0-9]+))?(, column (?P<column>[^:]+))?: (?P<what>.*)", re.DOTALL
)

_FIELD = re.compile(r"\w+ [^,:]+, ([^:]+): ")


class TableService:
    """Keeps `agents_ui.network.port.TableRoom`. `prompts` are the keys of what can be said."""

    def __init__(self, engine: AsyncEngine, *, prompts: Callable[[], AbstractSet[str]]) -> None:
        self._engine = engine
        self._prompts = prompts

    async def export(self, table: TableName, *, person: Person) -> str:
        """See `TableRoom`."""
        kind = sheet.SHEETS[table]
        async with self._transaction() as connection:
            draft = await read_by(connection)
            scope = Reach(draft, person)
            mine = [
                one for one in draft.of(kind.table) if scope.may_edit(table, one[kind.key], one)
            ]
            told = AuditEntry(
                at=now(),
                who=person.user_id,
                action=audit.Action.CONFIGURATION_EXPORTED,
                object=kind.table.name,
                details={"rows": len(mine)},
            )
            await audit.write(connection, told)
        own = replace(draft, rows={kind.table.name: list(map(dict, mine))})
        return await asyncio.to_thread(sheet.written, own, kind)

    async def review(self, content: bytes, *, whole: bool, person: Person) -> TableReview:
        """See `TableRoom`."""
        try:
            text = read_text(content)
        except Refused as refused:
            return _faulty("", whole, refused.problems)
        async with self._transaction() as connection:
            shown, _ = await self._look(connection, text, whole=whole, person=person)
        return shown

    async def load(self, text: str, *, whole: bool, mark: str, person: Person) -> TableReview:
        """See `TableRoom`."""
        async with self._transaction() as connection:
            await settings.changed(connection)  # first of all: who saves at the same time waits
            shown, found = await self._look(connection, _lines(text), whole=whole, person=person)
            if shown.faults or mark != shown.mark:
                meanwhile = bool(shown.table) and mark != shown.mark
                raise port.TableRefused(replace(shown, meanwhile=meanwhile))
            await load.write(connection, found, by=person.user_id)
        return shown

    async def _look(
        self, connection: AsyncConnection, text: str, *, whole: bool, person: Person
    ) -> tuple[TableReview, Review]:
        """What a table would change, and every fault of it."""
        try:
            table, contents, log_ins = await asyncio.to_thread(_read, text)
        except Refused as refused:
            return _faulty(text, whole, refused.problems), _NOTHING
        draft = await read_by(connection)
        found, outside = await asyncio.to_thread(
            _reviewed, draft, contents, sheet.SHEETS[table], whole, person
        )
        wrong = outside or await load.faults(
            connection, found, contents.locate, await asyncio.to_thread(self._prompts)
        )
        shown = partial(_shown, text, table, found, wrong, whole=whole, log_ins=log_ins)
        return await asyncio.to_thread(shown), found

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        async with database.transaction(self._engine, part="tables", away=Unavailable) as one:
            yield one


_NOTHING: Final = Review(differences=(), settings={})


def read_text(content: bytes) -> str:
    """The text of a file: UTF-8, or the UTF-16 of a spreadsheet's own „Unicode text”. Raises
    `Refused`."""
    if len(content) > port.LARGEST_TABLE:
        raise Refused([f"{NAME}: is larger than {port.LARGEST_TABLE // 1_000_000} MB"])
    if content.startswith((_ZIP, _OLE)):
        raise Refused([f"{NAME}: {WORKBOOK}"])
    begun = (one for one in _MARKS if content.startswith(one[0]))
    mark, charset = next(begun, (b"", "utf-8"))
    try:
        text = content[len(mark) :].decode(charset)
    except UnicodeDecodeError:
        raise Refused([f"{NAME}: {CHARSET}"]) from None
    if "\0" in text:
        raise Refused([f"{NAME}: {CHARSET}"])
    return _lines(text)


def _lines(text: str) -> str:
    """With one kind of ends of lines: a form has its own."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read(text: str) -> tuple[TableName, FileContents, int]:
    """Which table it is, what it says, and how many log-ins it names. Raises `Refused`."""
    if not text.strip():
        raise Refused([f"{NAME}: {EMPTY}"])
    head = text.partition("\n")[0]
    columns = {one.strip().strip('"') for one in re.split(r"[;,\t]", head)}
    table: TableName = "agents" if "agent_id" in columns else "centres"
    if not columns & {"agent_id", "centre_id"}:
        raise Refused([f"{NAME}: line 1: {NO_TABLE}"])
    contents, people = sheet.read(text, NAME, sheet.SHEETS[table])
    return table, contents, len(people)


def _reviewed(
    draft: Draft, given: FileContents, kind: Edited, whole: bool, person: Person
) -> tuple[Review, list[str]]:
    """What differs, and the faults of what reaches out of the person's part of the network."""
    found = load.review(draft, given, whole=whole)
    scope, kept, faults = Reach(draft, person), list[Difference](), list[str]()
    for one in found.differences:
        mine = one.before is None or scope.may_edit(kind.kind, one.key, one.before)
        if not mine and one.key not in given.documents[kind.table]:
            continue  # it is not in the table because it is not the person's
        field = key_of(kind.table)
        if mine:
            before = one.before
            field = scope.refused(kind.kind, one.key if before else "", before, one.document)
        if field:
            place = given.locate(kind.table.name, one.key, field)
            faults.append(f"{place or NAME}: {OUTSIDE}")
        kept.append(one)
    return Review(differences=tuple(kept), settings={}), faults


def _shown(
    text: str,
    table: TableName,
    found: Review,
    wrong: Iterable[str],
    *,
    whole: bool,
    log_ins: int,
) -> TableReview:
    kind = sheet.SHEETS[table]
    shown = TableReview(
        text=text,
        whole=whole,
        table=table,
        mark=_mark(found),
        counts=Counter(one.what for one in found.differences),
        rows=tuple(_row(kind, one) for one in found.differences[: port.SHOWN_ROWS]),
        log_ins=log_ins,
    )
    return _with_faults(shown, wrong)


def _row(kind: Edited, one: Difference) -> port.RowChange:
    named = {**one.document, kind.key: one.key}
    return port.RowChange(
        key=one.key,
        name=name_of(named, kind.key),
        what=one.what,
        changes=tuple(replace(each, word=kind.word(each.word)) for each in one.changes),
    )


def _mark(found: Review) -> str:
    made = hashlib.sha256()
    for one in found.differences:  # one at a time: calls are going on
        told = (one.key, one.what, one.before, one.document)
        made.update(json.dumps(told, sort_keys=True, default=str).encode())
    return made.hexdigest()[:32]


def _faulty(text: str, whole: bool, problems: Iterable[str]) -> TableReview:
    return _with_faults(TableReview(text=text, whole=whole), problems)


def _with_faults(review: TableReview, problems: Iterable[str]) -> TableReview:
    faults = sorted(_faults(problems), key=lambda one: (one.line, one.column))
    more = max(0, len(faults) - port.SHOWN_ROWS)
    return replace(review, faults=tuple(faults[: port.SHOWN_ROWS]), more_faults=more)


def _faults(problems: Iterable[str]) -> Iterator[RowFault]:
    for problem in problems:
        found = _PLACE.fullmatch(problem)
        if found is None:
            yield RowFault(line=0, column="", what=problem)
        else:
            field = _FIELD.match(found["what"])  # of which the table has no column
            column = found["column"] or (field[1] if field else "")
            line = int(found["line"] or 0)
            yield RowFault(line=line, column=column, what=found["what"])
