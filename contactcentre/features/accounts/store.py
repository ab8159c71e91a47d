"""Accounts and their sessions in the database. A session is known by the hash of its token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import tables as models

_users, _sessions = models.users.c, models.sessions.c
_PERSON = (
    _users.user_id,
    _users.name,
    _users.role,
    _users.agent_id,
    _users.locale,
    _users.active,
    func.coalesce(models.centres.c.document["name"].as_string(), "").label("centre"),
)
_HAS_FACTOR = or_(
    select(models.totp.c.user_id).where(models.totp.c.user_id == _users.user_id).exists(),
    select(models.passkeys.c.user_id).where(models.passkeys.c.user_id == _users.user_id).exists(),
).label("has_factor")

Row = Mapping[str, Any]

_LOGGING_IN = (*_PERSON, _users.username, _users.password_hash, _users.sample, _HAS_FACTOR)


async def user_of(connection: AsyncConnection, username: str) -> Row | None:
    """The account of that name, with the hash of its password."""
    query = (
        select(*_LOGGING_IN)
        .outerjoin_from(models.users, models.centres)
        .where(_users.username == username)
    )
    return await _one(connection, query)


async def credentials_of(connection: AsyncConnection, user_id: str) -> Row | None:
    """The account of that id, as `user_of` has it."""
    query = (
        select(*_LOGGING_IN)
        .outerjoin_from(models.users, models.centres)
        .where(_users.user_id == user_id)
    )
    return await _one(connection, query)


async def session_of(connection: AsyncConnection, key: str) -> Row | None:
    """A session and whose it is."""
    query = (
        select(
            *_PERSON,
            _users.sample,
            _sessions.started_at,
            _sessions.used_at,
            _sessions.proof,
            _sessions.browser,
            _sessions.network,
            _HAS_FACTOR,
        )
        .join_from(models.sessions, models.users)
        .outerjoin(models.centres)
        .where(_sessions.token_hash == key)
    )
    return await _one(connection, query)


async def absent_agents(
    connection: AsyncConnection, *, started_after: float, used_after: float
) -> frozenset[str]:
    """Who may answer calls by their account, and has no session of that age."""
    session = (
        select(_sessions.user_id)
        .where(_sessions.user_id == _users.user_id, _users.active)
        .where(_sessions.started_at > started_after, _sessions.used_at > used_after)
    )
    query = select(_users.agent_id).where(_users.agent_id.is_not(None), ~session.exists())
    return frozenset((await connection.execute(query)).scalars())


async def keep_password(connection: AsyncConnection, user_id: str, kept: str) -> None:
    """Keep another password's hash."""
    change = update(models.users).where(_users.user_id == user_id).values(password_hash=kept)
    await connection.execute(change)


async def set_active(connection: AsyncConnection, user_id: str, *, active: bool) -> None:
    """Let a user log in, or no longer."""
    change = update(models.users).where(_users.user_id == user_id).values(active=active)
    await connection.execute(change)


async def mark_sample(connection: AsyncConnection, user_id: str, *, sample: bool) -> None:
    """Whether it is an account of the sample data."""
    change = update(models.users).where(_users.user_id == user_id).values(sample=sample)
    await connection.execute(change)


async def remove_samples(connection: AsyncConnection) -> int:
    """Delete the accounts of the sample data; their sessions go along. How many there were."""
    return (await connection.execute(delete(models.users).where(_users.sample))).rowcount


async def mark_used(connection: AsyncConnection, key: str, at: float) -> None:
    """A session was used at that moment."""
    change = update(models.sessions).where(_sessions.token_hash == key).values(used_at=at)
    await connection.execute(change)


async def end_session(connection: AsyncConnection, key: str) -> str | None:
    """Delete one; whose it was."""
    one = delete(models.sessions).where(_sessions.token_hash == key)
    return (await connection.execute(one.returning(_sessions.user_id))).scalar()


async def sessions_of(
    connection: AsyncConnection, user_id: str, *, started_after: float, used_after: float
) -> Sequence[RowMapping]:
    """A user's sessions that are good, the latest first."""
    query = (
        select(models.sessions)
        .where(_sessions.user_id == user_id)
        .where(_sessions.started_at > started_after, _sessions.used_at > used_after)
        .order_by(_sessions.started_at.desc())
    )
    return (await connection.execute(query)).mappings().all()


async def end_named_session(
    connection: AsyncConnection, user_id: str, name: str, length: int
) -> int:
    """Delete those of a user whose hash begins with that name, of that length; how many."""
    named = func.substr(_sessions.token_hash, 1, length) == name
    mine = delete(models.sessions).where(_sessions.user_id == user_id, named)
    return (await connection.execute(mine)).rowcount


async def end_other_sessions(connection: AsyncConnection, user_id: str, keep: str) -> int:
    """Delete all of a user but one; how many."""
    others = (_sessions.user_id == user_id, _sessions.token_hash != keep)
    return (await connection.execute(delete(models.sessions).where(*others))).rowcount


async def end_sessions(connection: AsyncConnection, user_id: str) -> None:
    """Delete all of a user."""
    await connection.execute(delete(models.sessions).where(_sessions.user_id == user_id))


async def end_old_sessions(connection: AsyncConnection, before_at: float) -> None:
    """Delete everybody's that began before that moment."""
    await connection.execute(delete(models.sessions).where(_sessions.started_at < before_at))


async def _one(connection: AsyncConnection, query: Select[Any]) -> Row | None:
    found = (await connection.execute(query)).mappings().one_or_none()
    return None if found is None else {str(key): value for key, value in found.items()}
