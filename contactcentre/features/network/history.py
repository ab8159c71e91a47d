"""What was changed of a document, read from the audit log: nothing is kept twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.network.port import FieldChange, Version
from contactcentre.features.network.kinds import Edited
from contactcentre.features.network.shape import told
from contactcentre.storage import codec
from contactcentre.storage import tables as models
from contactcentre.storage.audit import HIDDEN, Action

SHOWN: Final = 50

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PastState:
    """A change on record, and the document as it left it."""

    row: RowMapping
    before: Document | None
    after: Document
    document: Document


async def steps(
    connection: AsyncConnection, kind: Edited, key: str, document: Document
) -> list[PastState]:
    """The latest changes of a document, the newest first, back from what it is now."""
    audit, users = models.audit.c, models.users.c
    query = (
        select(audit.number, audit.at, audit.who, audit.details, users.name)
        .outerjoin_from(models.audit, models.users, users.user_id == audit.who)
        .where(audit.object == f"{kind.table.name}/{key}", audit.action == Action.CONFIGURED)
        .order_by(audit.number.desc())
        .limit(SHOWN)
    )
    rows = (await connection.execute(query)).mappings().all()
    return list(_back(rows, document))


def _back(rows: Sequence[RowMapping], document: Document) -> Iterator[PastState]:
    for row in rows:
        details = codec.decode(row["details"] or "{}", dict[str, Any])
        before, after = details.get("before"), details.get("after")
        if not isinstance(after, dict):
            return  # it was deleted, or is another kind of change
        yield PastState(row, before, after, document)
        if not isinstance(before, dict):
            return
        # What is hidden in the log stays as it is now.
        back = {name: one for name, one in before.items() if one != HIDDEN}
        document = {name: one for name, one in document.items() if name not in after} | back


def version(kind: Edited, step: PastState) -> Version:
    """The change in words."""
    before = step.before or {}
    return Version(
        number=step.row["number"],
        at=step.row["at"],
        who=step.row["name"] or step.row["who"],
        new=step.before is None,
        changes=changes(kind, before, step.after),
    )


def changes(kind: Edited, before: Document, after: Document) -> tuple[FieldChange, ...]:
    """What differs, field by field."""
    shapes = {part.name: part.shape for part in kind.shape.parts}

    def shown(name: str, given: Document) -> str:
        value = given.get(name)
        return told(shapes[name], value) if name in shapes else "" if value is None else str(value)

    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return tuple(
        FieldChange(word=kind.word(name), before=shown(name, before), after=shown(name, after))
        for name in names
    )
