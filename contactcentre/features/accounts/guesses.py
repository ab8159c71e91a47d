"""Wrong guesses at passwords, counted per account and address.

A guess is counted before the password is looked at and forgiven when it was right, so that many
guesses at once gain nothing. The key says nothing of whose account or address it is.
"""

from __future__ import annotations

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import database
from contactcentre.storage import tables as models

FREE = 3
LONGEST_DELAY_S = 60.0
FORGIVEN_AFTER_S = 900.0

_attempts = models.login_attempts.c


async def count(connection: AsyncConnection, attempt: str, now: float) -> float:
    """Count one guess of this account from this address; the seconds to wait, 0 to go on.

    One statement does it, so guesses at the same time are counted one after the other.
    """
    fresh = {"key": attempt, "failures": 1, "last_at": now, "next_at": now}
    insert = database.insert(connection, models.login_attempts).values(fresh)
    failures = case((_attempts.last_at < now - FORGIVEN_AFTER_S, 1), else_=_attempts.failures + 1)
    counted = insert.on_conflict_do_update(
        index_elements=[_attempts.key],
        set_={"failures": failures, "last_at": now},
        where=_attempts.next_at <= now,
    ).returning(_attempts.failures)
    made = (await connection.execute(counted)).scalar()
    this = _attempts.key == attempt
    if made is None:
        until = await connection.scalar(select(_attempts.next_at).where(this))
        return max(0.1, (until or now) - now)
    next_at = now + _delay_s(made)
    await connection.execute(update(models.login_attempts).where(this).values(next_at=next_at))
    return 0.0


def _delay_s(failures: int) -> float:
    """How long to wait after that many wrong guesses: none at first, then 2, 4, 8 ... 60 s.

    That is 7 guesses in the first minute and one a minute in the end.
    """
    beyond = failures - FREE
    return 0.0 if beyond < 0 else min(LONGEST_DELAY_S, 2.0 ** (beyond + 1))


async def forgive(connection: AsyncConnection, attempt: str, now: float) -> None:
    """Forget the guesses of this account from this address, and everybody's old ones."""
    this, old = _attempts.key == attempt, _attempts.last_at < now - FORGIVEN_AFTER_S
    await connection.execute(delete(models.login_attempts).where(or_(this, old)))
