"""Accounts and their sessions in the database. A session is known by the hash of its token."""

from __future__ import annotations

from sqlalchemy import RowMapping, delete, func, select, update
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


async def user_of(connection: AsyncConnection, username: str) -> RowMapping | None:
    """The account of that name, with the hash of its password."""
    query = (
        select(*_PERSON, _users.password_hash)
        .outerjoin_from(models.users, models.centres)
        .where(_users.username == username)
    )
    return (await connection.execute(query)).mappings().one_or_none()


async def session_of(connection: AsyncConnection, key: str) -> RowMapping | None:
    """A session and whose it is."""
    query = (
        select(*_PERSON, _sessions.started_at, _sessions.used_at)
        .join_from(models.sessions, models.users)
        .outerjoin(models.centres)
        .where(_sessions.token_hash == key)
    )
    return (await connection.execute(query)).mappings().one_or_none()


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


async def end_sessions(connection: AsyncConnection, user_id: str) -> None:
    """Delete all of a user."""
    await connection.execute(delete(models.sessions).where(_sessions.user_id == user_id))


async def end_old_sessions(connection: AsyncConnection, before_at: float) -> None:
    """Delete everybody's that began before that moment."""
    await connection.execute(delete(models.sessions).where(_sessions.started_at < before_at))
