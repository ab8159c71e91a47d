"""Documents of a file: what they would change, and the change itself, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.network.port import FieldChange
from contactcentre.core.config.document import Refused
from contactcentre.features.network import history
from contactcentre.features.network.kinds import KINDS
from contactcentre.features.publication.draft import Draft, read_by
from contactcentre.features.publication.proposal import problems_among
from contactcentre.storage import documents, settings
from contactcentre.storage import tables as models
from contactcentre.storage.audit import HIDDEN, PRIVATE

NOUNS: Mapping[str, str] = {
    **{one.table.name: one.noun for one in KINDS.values()},
    models.trunks.name: "trunk",
    models.notices.name: "notice",
    models.crisis_plans.name: "crisis plan",
}
"""What faults call a document, by its table."""

Documents = Mapping[str, Mapping[str, Any]]
Locate = Callable[[str, str, str], str]
"""Where a document (its table and key) and a field of it stand in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContents:
    """What a file says. Where it is `partial`, a document keeps the fields that no column has."""

    documents: Mapping[Table, Documents]
    locate: Locate
    settings: Mapping[str, Any] = field(default_factory=dict)
    partial: Mapping[Table, AbstractSet[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What becomes of one document; `before` is None of one that is added."""

    table: Table
    key: str
    what: Literal["added", "changed", "retired"]
    before: Mapping[str, Any] | None
    document: Mapping[str, Any]
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """All that a file would change."""

    differences: tuple[Difference, ...]
    settings: Mapping[str, Any]

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.differences or self.settings)


def review(draft: Draft, given: FileContents, *, whole: bool) -> Review:
    """What differs; with `whole`, what a list of the file does not have is retired."""
    found = [one for table in given.documents for one in _of_table(draft, given, table, whole)]
    rules = {key: one for key, one in given.settings.items() if draft.settings.get(key) != one}
    return Review(differences=tuple(found), settings=rules)


def _of_table(draft: Draft, given: FileContents, table: Table, whole: bool) -> Iterator[Difference]:
    name, columns = documents.key_of(table), given.partial.get(table)
    kept = {one[name]: _without(one, name) for one in draft.of(table)}
    for key, document in given.documents[table].items():
        before = kept.get(key)
        after = dict(document)
        if before is not None and columns is not None:
            after = {one: value for one, value in before.items() if one not in columns} | after
        if before is None:
            yield Difference(table=table, key=key, what="added", before=None, document=after)
        elif before != after:
            retired = after.get("active") is False and before.get("active") is not False
            changes = tuple(_changes(table, before, after))
            if not changes:
                continue  # what is as usual may be written down, or left out
            what: Literal["retired", "changed"] = "retired" if retired else "changed"
            yield Difference(
                table=table, key=key, what=what, before=before, document=after, changes=changes
            )
    for key, before in kept.items() if whole else ():
        if key not in given.documents[table] and before.get("active") is not False:
            gone = {**before, "active": False}
            yield Difference(table=table, key=key, what="retired", before=before, document=gone)


def _changes(
    table: Table, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[FieldChange]:
    kind = next((one for one in KINDS.values() if one.table is table), None)
    if kind is None:
        names = [one for one in {**before, **after} if before.get(one) != after.get(one)]
        yield from (FieldChange(word=one, before="", after="") for one in names)
        return
    for one in history.changes(kind, before, after):
        name = one.word.partition(".")[2]
        if one.before == one.after:
            continue
        hidden = name in PRIVATE
        yield FieldChange(
            word=name,
            before=HIDDEN if hidden and one.before else one.before,
            after=HIDDEN if hidden and one.after else one.after,
        )


async def apply(
    connection: AsyncConnection,
    given: FileContents,
    *,
    whole: bool,
    prompts: AbstractSet[str],
    by: str,
    shown: Review | None = None,
) -> Review:
    """Have it so; the transaction is yours. Raises `Refused` with every fault and its place in the
    file, also where something else than was `shown` would change by now."""
    await settings.changed(connection)  # who saves at the same time waits
    found = review(await read_by(connection), given, whole=whole)
    if shown is not None and found != shown:
        raise Refused(["somebody has changed the network meanwhile: look at the changes again"])
    if wrong := await faults(connection, found, given.locate, prompts):
        raise Refused(wrong)
    await write(connection, found, by=by)
    return found


async def faults(
    connection: AsyncConnection, found: Review, locate: Locate, prompts: AbstractSet[str]
) -> list[str]:
    """What would not hold together with these changes, each with its place in the file."""
    changed = _by_table(found)
    return list(_placed(await problems_among(connection, changed, found.settings, prompts), locate))


async def write(connection: AsyncConnection, found: Review, *, by: str) -> None:
    """Write the changes down, within a change of the network; nobody checks them here."""
    for table, some in _by_table(found).items():
        await documents.put(connection, table, some, by=by)
    rules = [{"key": key, "value": value} for key, value in found.settings.items()]
    await documents.save(connection, {models.settings: rules}, by=by)


def _by_table(found: Review) -> Mapping[Table, Mapping[str, Mapping[str, Any]]]:
    changed: dict[Table, dict[str, Mapping[str, Any]]] = {}
    for one in found.differences:
        changed.setdefault(one.table, {})[one.key] = one.document
    return changed


def _placed(problems: Iterable[str], locate: Locate) -> Iterator[str]:
    tables = {noun: table for table, noun in NOUNS.items()}
    begun = re.compile(rf"({'|'.join(tables)}) ([^,:]+)(?:, ([^:]+))?: (.+)", re.DOTALL)
    for problem in problems:
        found = begun.fullmatch(problem)
        place = locate(tables[found[1]], found[2], found[3] or _meant(found[4])) if found else ""
        yield f"{place}: {problem}" if place else problem


def _meant(what: str) -> str:
    """The field of which something is said that is said of the whole document."""
    found = re.match(r"([a-z_]+): ", what)
    return found[1] if found else ""


def _without(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != key}
