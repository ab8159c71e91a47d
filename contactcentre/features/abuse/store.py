"""The abuse list in the database. Whether an entry counts follows from the approvals it names."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import RowMapping, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import tables as models

SHOWN = 200
MOST = 10_000
_rows = models.abuse_list.c
_people = models.users.c
_added = models.approvals.alias("added")
_lifted = models.approvals.alias("lifted")


_open = (
    select(
        models.abuse_list,
        _people.name,
        _added.c.decision,
        _lifted.c.decision.label("lift_decision"),
        _lifted.c.expires_at.label("lift_until"),
    )
    .join(_added, _added.c.approval_id == _rows.approval_id)
    .outerjoin(_lifted, _lifted.c.approval_id == _rows.lift_id)
    .outerjoin(models.users, _people.user_id == _rows.added_by)
    .where(_rows.expires_at > bindparam("at"), _added.c.decision != "refused")
    .where((_added.c.decision == "approved") | (_added.c.expires_at > bindparam("at")))
    .where(_lifted.c.decision.is_distinct_from("approved"))
    .order_by(_rows.added_at.desc())
    .limit(MOST)
)


async def open_entries(connection: AsyncConnection, at: float) -> Sequence[RowMapping]:
    """Those not refused, not lifted and not over, the newest first, with the `decision` on each,
    and `lift_decision`: None where nobody has asked for that, or too long ago."""
    return (await connection.execute(_open, {"at": at})).mappings().all()


async def add(connection: AsyncConnection, row: dict[str, object]) -> None:
    """Keep an entry."""
    await connection.execute(models.abuse_list.insert(), row)


async def name_lift(connection: AsyncConnection, entry_id: str, lift_id: str) -> None:
    """The request by which the entry is to be lifted."""
    change = models.abuse_list.update().where(_rows.entry_id == entry_id)
    await connection.execute(change.values(lift_id=lift_id))


async def forget(connection: AsyncConnection, at: float) -> None:
    """Delete what is over: what was done stays in the audit log."""
    await connection.execute(delete(models.abuse_list).where(_rows.expires_at < at))
