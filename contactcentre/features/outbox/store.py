"""Messages on their way, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import tables as models
from contactcentre.storage.outbox import Kind

PORTION: Final = 16
"""Messages of one round: they are sent beside each other."""
MOST_TRIES: Final = 12
FIRST_PAUSE_S: Final = 20.0
LONGEST_PAUSE_S: Final = 3600.0
TROUBLE_LENGTH: Final = 200

_box = models.outbox.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message that is to be sent."""

    message_id: str
    kind: Kind
    to: str
    subject: str
    body: str
    attachment: bytes | None
    attachment_name: str
    personal: bool
    made_at: float
    expires_at: float
    tries: int


@dataclass(frozen=True, slots=True)
class Undelivered:
    """How it is with the outbox: what waits longer than it should, and what was given up lately."""

    late: int = 0
    failed: int = 0


NEXT_DUE = select(func.min(_box.next_try_at)).where(_box.state == "waiting").scalar_subquery()
"""When the first of them is due (UTC seconds); None where none waits."""

# Made once: to build it takes longer than to answer it.
_due = (
    select(*(_box[name] for name in Waiting.__dataclass_fields__))
    .where(_box.state == "waiting", _box.next_try_at <= bindparam("at"))
    .order_by(_box.next_try_at)
    .limit(PORTION)
)


async def due(connection: AsyncConnection, at: float) -> Sequence[Waiting]:
    """Those whose time has come, the longest due first."""
    return [Waiting(**row) for row in (await connection.execute(_due, {"at": at})).mappings()]


async def sent(connection: AsyncConnection, one: Waiting, at: float) -> None:
    """It is there: what it said goes."""
    await _done(connection, one, at, state="sent", trouble="")


async def failed(
    connection: AsyncConnection, one: Waiting, at: float, trouble: str, *, final: bool
) -> bool:
    """It is not: try it later, or give it up; whether it is given up."""
    tries = one.tries + 1
    trouble = trouble[:TROUBLE_LENGTH]
    pause_s = min(FIRST_PAUSE_S * 2.0**one.tries, LONGEST_PAUSE_S)
    if final or tries >= MOST_TRIES or at + pause_s >= one.expires_at:
        await _done(connection, one, at, state="failed", trouble=trouble)
        return True
    change = update(models.outbox).where(_box.message_id == one.message_id)
    await connection.execute(change.values(tries=tries, next_try_at=at + pause_s, trouble=trouble))
    return False


async def standing(
    connection: AsyncConnection, at: float, *, late_s: float, back_s: float
) -> Undelivered:
    """What should have gone before that many seconds, and what was given up within so many."""
    waits = _box.state == "waiting"
    late = select(func.count()).where(waits, _box.made_at < at - late_s)
    gone = select(func.count()).where(_box.made_at >= at - back_s, _box.state == "failed")
    return Undelivered(await connection.scalar(late) or 0, await connection.scalar(gone) or 0)


async def _done(
    connection: AsyncConnection, one: Waiting, at: float, *, state: str, trouble: str
) -> None:
    change = update(models.outbox).where(_box.message_id == one.message_id)
    blank = {"subject": "", "body": "", "attachment": None, "attachment_name": ""}
    if one.personal:
        blank["to"] = f"…{one.to[-2:]}" if one.kind == "sms" else ""
    await connection.execute(
        change.values(state=state, done_at=at, tries=one.tries + 1, trouble=trouble, **blank)
    )


async def soon(connection: AsyncConnection, at: float) -> None:
    """A clock that was set back holds nothing up: no pause is longer than the longest."""
    change = update(models.outbox).where(
        _box.state == "waiting", _box.next_try_at > at + LONGEST_PAUSE_S
    )
    await connection.execute(change.values(next_try_at=at))
