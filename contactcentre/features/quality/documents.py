"""Scorecards, rules and scripts in the database: every version stays, the newest is in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import RowMapping, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.core.config import document
from contactcentre.core.config.document import Refused
from contactcentre.features.quality.document import (
    FORMS,
    MOST_KEPT,
    CallScript,
    Document,
    Kind,
    SamplingRule,
    Scorecard,
    faults,
)
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import configured

_rows: Final = models.quality_documents.c
_STARTER: Final[Mapping[Kind, str]] = {
    "scorecard": "scorecards",
    "rule": "rules",
    "script": "scripts",
}


class Stale(Exception):
    """Somebody else has saved it meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentVersion:
    """A version of one."""

    key: str
    version: int
    document: Document
    made_at: float
    made_by: str


async def newest(connection: AsyncConnection, kind: Kind) -> dict[str, DocumentVersion]:
    """What is in force, and what was put out of force, by key; in the order they were begun."""
    last = (
        select(_rows.key, func.max(_rows.version).label("version"))
        .where(_rows.kind == kind)
        .group_by(_rows.key)
        .subquery()
    )
    query = (
        select(models.quality_documents)
        .join(last, (last.c.key == _rows.key) & (last.c.version == _rows.version))
        .where(_rows.kind == kind)
        .order_by(_rows.key)
        .limit(MOST_KEPT)
    )
    found = (await connection.execute(query)).mappings()
    return {row["key"]: _edited(row, kind) for row in found}


async def one(
    connection: AsyncConnection, kind: Kind, key: str, version: int = 0
) -> DocumentVersion:
    """That version of it, or (0) the newest. Raises `LookupError`."""
    query = select(models.quality_documents).where(_rows.kind == kind, _rows.key == key)
    if version:
        query = query.where(_rows.version == version)
    found = await connection.execute(query.order_by(_rows.version.desc()).limit(1))
    row = found.mappings().one_or_none()
    if row is None:
        raise LookupError(key)
    return _edited(row, kind)


async def scorecard(connection: AsyncConnection, key: str, version: int = 0) -> DocumentVersion:
    """The same of a scorecard."""
    return await one(connection, "scorecard", key, version)


async def versions(connection: AsyncConnection, kind: Kind, key: str) -> Sequence[RowMapping]:
    """The newest first, with the names of who has made them."""
    users = models.users.c
    query = (
        select(_rows.version, _rows.made_at, users.name)
        .outerjoin(models.users, users.user_id == _rows.made_by)
        .where(_rows.kind == kind, _rows.key == key)
        .order_by(_rows.version.desc())
        .limit(MOST_KEPT)
    )
    return (await connection.execute(query)).mappings().all()


async def put(
    connection: AsyncConnection,
    kind: Kind,
    key: str,
    made: Document,
    *,
    base: int,
    at: float,
    by: str,
) -> int:
    """The next version, made from `base` (0: a new one). Raises `Stale`, or `OverflowError` where
    there are enough of that kind."""
    last = await connection.scalar(
        select(func.max(_rows.version)).where(_rows.kind == kind, _rows.key == key)
    )
    if (last or 0) != base:
        raise Stale(key)
    before = asdict((await one(connection, kind, key)).document) if last else None
    if before is None and len(await newest(connection, kind)) >= MOST_KEPT:
        raise OverflowError(key)
    after = asdict(made)
    entry = configured(f"quality/{kind}/{key}", before, after, at=at, by=by)
    if entry is None:
        return base
    row = {"kind": kind, "key": key, "version": base + 1, "document": after}
    try:
        await connection.execute(
            models.quality_documents.insert(), {**row, "made_at": at, "made_by": by}
        )
    except DBAPIError as error:
        if database.refused(error):  # at the same instant
            raise Stale(key) from None
        raise
    await audit.write(connection, entry)
    return base + 1


def starter(path: Path) -> Mapping[Kind, Mapping[str, Document]]:
    """Of the file to begin with. Raises `Refused`."""
    given: Any = document.read(
        dict[str, dict[str, Any]], document.parse(path.read_text("utf-8"), path.name), path.name
    )
    made: dict[Kind, Mapping[str, Document]] = {
        kind: {
            key: read(kind, one, f"{path.name}, {key}")
            for key, one in given.get(_STARTER[kind], {}).items()
        }
        for kind in FORMS
    }
    return made


async def begin(
    connection: AsyncConnection,
    made: Mapping[Kind, Mapping[str, Document]],
    *,
    at: float,
    by: str,
) -> None:
    """These, where there is no document of any kind yet."""
    if await connection.scalar(select(func.count()).select_from(models.quality_documents)):
        return
    for kind, some in made.items():
        for key, each in some.items():
            await put(connection, kind, key, each, base=0, at=at, by=by)


def read(kind: Kind, given: object, where: str = "") -> Document:
    """As people wrote it. Raises `Refused`."""
    made = document.read(FORMS[kind], given, where)
    if isinstance(made, Scorecard) and (found := list(faults(made))):
        raise Refused(f"groups: {one}" for one in found)
    return made


def as_scorecard(edited: DocumentVersion) -> Scorecard:
    """Whose kind is known."""
    return cast(Scorecard, edited.document)


def as_rule(edited: DocumentVersion) -> SamplingRule:
    """The same."""
    return cast(SamplingRule, edited.document)


def as_script(edited: DocumentVersion) -> CallScript:
    """The same."""
    return cast(CallScript, edited.document)


def _edited(row: RowMapping, kind: Kind) -> DocumentVersion:
    return DocumentVersion(
        key=row["key"],
        version=row["version"],
        document=document.read(FORMS[kind], row["document"], f"{kind} {row['key']}"),
        made_at=row["made_at"],
        made_by=row["made_by"],
    )
