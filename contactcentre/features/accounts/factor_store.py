"""Second factors in the database, and what counts once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.account.port import Factors
from contactcentre.features.accounts import passkey_store
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.digest import hashed

_totp, _codes, _spent = models.totp.c, models.recovery_codes.c, models.spent.c


async def factors(connection: AsyncConnection, user_id: str) -> Factors:
    """What a user has."""
    added_at = await connection.scalar(select(_totp.added_at).where(_totp.user_id == user_id))
    left = select(func.count()).where(_codes.user_id == user_id)
    return Factors(
        totp_added_at=added_at,
        passkeys=tuple(await passkey_store.of_user(connection, user_id)),
        codes_left=await connection.scalar(left) or 0,
    )


async def totp_of(connection: AsyncConnection, user_id: str) -> str | None:
    """The sealed secret of the app."""
    query = select(_totp.sealed).where(_totp.user_id == user_id)
    sealed: str | None = await connection.scalar(query)
    return sealed


async def every_totp(connection: AsyncConnection) -> Sequence[tuple[str, str]]:
    """Whose it is, and the sealed secret; nobody else changes them meanwhile."""
    query = select(_totp.user_id, _totp.sealed).with_for_update()
    return [(row.user_id, row.sealed) for row in await connection.execute(query)]


async def keep_totp(connection: AsyncConnection, user_id: str, sealed: str, *, at: float) -> None:
    """Keep it; a former one is gone."""
    row = {"user_id": user_id, "sealed": sealed, "added_at": at}
    await database.upsert(connection, models.totp, [row])


async def reseal(connection: AsyncConnection, user_id: str, sealed: str) -> None:
    """The same secret under another key."""
    change = update(models.totp).where(_totp.user_id == user_id).values(sealed=sealed)
    await connection.execute(change)


async def drop_totp(connection: AsyncConnection, user_id: str) -> None:
    """Delete it."""
    await connection.execute(delete(models.totp).where(_totp.user_id == user_id))


async def keep_codes(connection: AsyncConnection, user_id: str, digests: Sequence[str]) -> None:
    """Keep these recovery codes and no others."""
    await drop_codes(connection, user_id)
    rows = [{"user_id": user_id, "code_hash": digest} for digest in digests]
    await connection.execute(models.recovery_codes.insert(), rows)


async def drop_codes(connection: AsyncConnection, user_id: str) -> None:
    """Delete every recovery code."""
    await connection.execute(delete(models.recovery_codes).where(_codes.user_id == user_id))


async def use_code(connection: AsyncConnection, user_id: str, digest: str) -> bool:
    """Delete a recovery code; whether it was there."""
    mine = (_codes.user_id == user_id, _codes.code_hash == digest)
    return (await connection.execute(delete(models.recovery_codes).where(*mine))).rowcount > 0


async def spend(connection: AsyncConnection, what: str, until: float, *, now: float) -> bool:
    """Whether it was not spent before. Two at the same instant: the later one's transaction fails.

    `until`: from when on nobody would believe it any more, so that it can be forgotten.
    """
    await connection.execute(delete(models.spent).where(_spent.until < now))
    key = hashed(what)
    if await connection.scalar(select(_spent.key).where(_spent.key == key)) is not None:
        return False
    await connection.execute(models.spent.insert(), {"key": key, "until": until})
    return True
