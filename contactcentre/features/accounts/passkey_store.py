"""Passkeys in the database: of each the public half."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.account.port import Passkey
from contactcentre.storage import tables as models

_passkeys = models.passkeys.c


async def of_user(connection: AsyncConnection, user_id: str) -> Sequence[Passkey]:
    """A user's, the oldest first."""
    query = (
        select(_passkeys.credential_id, _passkeys.name, _passkeys.added_at, _passkeys.used_at)
        .where(_passkeys.user_id == user_id)
        .order_by(_passkeys.added_at)
    )
    return [
        Passkey(
            passkey_id=row.credential_id, name=row.name, added_at=row.added_at, used_at=row.used_at
        )
        for row in await connection.execute(query)
    ]


async def one(connection: AsyncConnection, credential_id: str) -> RowMapping | None:
    """The one of that name."""
    query = select(models.passkeys).where(_passkeys.credential_id == credential_id)
    return (await connection.execute(query)).mappings().one_or_none()


async def keep(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Keep another."""
    await connection.execute(models.passkeys.insert(), dict(row))


async def mark_used(
    connection: AsyncConnection, credential_id: str, sign_count: int, at: float
) -> None:
    """It was used, and has counted so far."""
    change = update(models.passkeys).where(_passkeys.credential_id == credential_id)
    await connection.execute(change.values(sign_count=sign_count, used_at=at))


async def drop(connection: AsyncConnection, user_id: str, credential_id: str) -> bool:
    """Delete one of a user's; whether it was there."""
    mine = (_passkeys.user_id == user_id, _passkeys.credential_id == credential_id)
    return (await connection.execute(delete(models.passkeys).where(*mine))).rowcount > 0


async def drop_all(connection: AsyncConnection, user_id: str) -> None:
    """Delete every one of a user's."""
    await connection.execute(delete(models.passkeys).where(_passkeys.user_id == user_id))
