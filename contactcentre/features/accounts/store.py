"""Accounts and their sessions in the database. A session is known by the hash of its token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import starmap

from sqlalchemy import ColumnElement, RowMapping, Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.shell.port import NETWORK, Grant, Realm, RealmKind, Role
from contactcentre.storage import tables as models

_users, _sessions, _grants = models.users.c, models.sessions.c, models.grants.c
_REALMS: Mapping[RealmKind, Table] = {
    "municipality": models.municipalities,
    "centre": models.centres,
}
_PERSON = (
    _users.user_id,
    _users.name,
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


async def user_by_id(connection: AsyncConnection, user_id: str) -> RowMapping | None:
    """The account of that id."""
    query = (
        select(*_PERSON, _users.username, _users.centre_id, _users.sample, _users.created_at)
        .outerjoin_from(models.users, models.centres)
        .where(_users.user_id == user_id)
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


async def grants_of(connection: AsyncConnection, user_id: str) -> frozenset[Grant]:
    """The roles of a user. One that this software does not know is passed over."""
    query = select(_grants.role, _grants.realm, _grants.realm_id).where(_grants.user_id == user_id)
    return frozenset(starmap(grant_of, await connection.execute(query)))


def grant_of(role: Role, realm: RealmKind, realm_id: str) -> Grant:
    """As a row has it."""
    return Grant(role=role, realm=(realm, realm_id))


async def add_grant(
    connection: AsyncConnection, user_id: str, grant: Grant, *, at: float, by: str
) -> None:
    """Keep a role; one that is there already stays as it is."""
    row = {**_key_of(user_id, grant), "granted_at": at, "granted_by": by}
    if await connection.scalar(select(_grants.role).where(*_is(user_id, grant))) is None:
        await connection.execute(models.grants.insert(), row)


async def remove_grant(connection: AsyncConnection, user_id: str, grant: Grant) -> bool:
    """Delete a role; whether it was there."""
    gone = await connection.execute(delete(models.grants).where(*_is(user_id, grant)))
    return gone.rowcount > 0


def _key_of(user_id: str, grant: Grant) -> dict[str, str]:
    realm, realm_id = grant.realm
    return {"user_id": user_id, "role": grant.role, "realm": realm, "realm_id": realm_id}


def _is(user_id: str, grant: Grant) -> Iterator[ColumnElement[bool]]:
    return (_grants[name] == value for name, value in _key_of(user_id, grant).items())


async def realms(connection: AsyncConnection) -> Mapping[Realm, str]:
    """Every realm in which a role can be given, with its name: as things are published."""
    found: dict[Realm, str] = {NETWORK: ""}
    for kind, table in _REALMS.items():
        (key,) = table.primary_key.columns
        query = select(key, table.c.document["name"].as_string())
        found |= {(kind, one): name for one, name in await connection.execute(query)}
    institution = models.services.c.document["institution"]["lv"].as_string()
    for name in (await connection.execute(select(institution).distinct())).scalars():
        found["institution", name] = name
    return found


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


async def end_session(connection: AsyncConnection, key: str) -> None:
    """Delete one."""
    await connection.execute(delete(models.sessions).where(_sessions.token_hash == key))


async def end_sessions(connection: AsyncConnection, user_id: str) -> None:
    """Delete all of a user."""
    await connection.execute(delete(models.sessions).where(_sessions.user_id == user_id))


async def end_old_sessions(connection: AsyncConnection, before_at: float) -> None:
    """Delete everybody's that began before that moment."""
    await connection.execute(delete(models.sessions).where(_sessions.started_at < before_at))
