"""Accounts and their sessions in the database. A session is known by the hash of its token."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import starmap
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.shell.port import Grant, Person, RealmKind, Role
from contactcentre.storage import tables as models

_users, _sessions, _grants = models.users.c, models.sessions.c, models.grants.c
_PERSON = (
    _users.user_id,
    _users.name,
    _users.agent_id,
    _users.locale,
    _users.active,
    models.CENTRE_BRIEF.label("centre"),
)
_HAS_FACTOR = or_(
    select(models.totp.c.user_id).where(models.totp.c.user_id == _users.user_id).exists(),
    select(models.passkeys.c.user_id).where(models.passkeys.c.user_id == _users.user_id).exists(),
).label("has_factor")

Row = Mapping[str, Any]

_LOG_IN = select(
    *_PERSON,
    _users.username,
    _users.password_hash,
    _users.first_until,
    _users.sample,
    _HAS_FACTOR,
).outerjoin_from(models.users, models.centres)

# Made once, for each request of a page asks these: to make one costs more than to ask it.
_BY_NAME = _LOG_IN.where(_users.username == bindparam("username"))
_BY_ID = _LOG_IN.where(_users.user_id == bindparam("user_id"))
_SESSION = (
    select(
        *_PERSON,
        _users.sample,
        _users.first_until,
        _sessions.started_at,
        _sessions.used_at,
        _sessions.proof,
        _sessions.browser,
        _sessions.network,
        _HAS_FACTOR,
    )
    .join_from(models.sessions, models.users)
    .outerjoin(models.centres)
    .where(_sessions.token_hash == bindparam("key"))
)
_GRANTS_OF = select(_grants.role, _grants.realm, _grants.realm_id).where(
    _grants.user_id == bindparam("user_id")
)

_ACCOUNT = select(*_PERSON, _users.username, _users.centre_id, _users.created_at).outerjoin_from(
    models.users, models.centres
)


async def user_of(connection: AsyncConnection, username: str) -> Row | None:
    """The account of that name, with the hash of its password."""
    return await _one(connection, _BY_NAME, username=username)


async def known(connection: AsyncConnection, username: str) -> Row:
    """The same. Raises `LookupError`."""
    if (found := await user_of(connection, username)) is None:
        raise LookupError("no such user")
    return found


async def everybody(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Every account."""
    return (await connection.execute(_ACCOUNT)).mappings().all()


async def all_grants(connection: AsyncConnection) -> Mapping[str, frozenset[Grant]]:
    """The roles of every user who has any."""
    found: defaultdict[str, set[Grant]] = defaultdict(set)
    query = select(_grants.user_id, _grants.role, _grants.realm, _grants.realm_id)
    for user_id, role, realm, realm_id in await connection.execute(query):
        found[user_id].add(grant_of(role, realm, realm_id))
    return {user_id: frozenset(grants) for user_id, grants in found.items()}


async def all_sessions(
    connection: AsyncConnection, *, started_after: float, used_after: float
) -> Mapping[str, tuple[int, float]]:
    """Of every user with sessions of that age: how many, and when one was used last."""
    query = (
        select(_sessions.user_id, func.count(), func.max(_sessions.used_at))
        .where(_sessions.started_at > started_after, _sessions.used_at > used_after)
        .group_by(_sessions.user_id)
    )
    rows = await connection.execute(query)
    return {user_id: (count, used_at) for user_id, count, used_at in rows}


async def agents_without_account(connection: AsyncConnection) -> Sequence[RowMapping]:
    """Id, name and centre of every agent whose calls nobody answers."""
    agents = models.agents.c
    query = (
        select(
            agents.agent_id,
            agents.document["name"].as_string().label("name"),
            agents.document["centre_id"].as_string().label("centre_id"),
        )
        .outerjoin_from(models.agents, models.users, _users.agent_id == agents.agent_id)
        .where(_users.user_id.is_(None))
    )
    return (await connection.execute(query)).mappings().all()


async def user_by_id(connection: AsyncConnection, user_id: str) -> RowMapping | None:
    """The account of that id."""
    query = _ACCOUNT.where(_users.user_id == user_id)
    return (await connection.execute(query)).mappings().one_or_none()


async def person(connection: AsyncConnection, user_id: str) -> Person | None:
    """Who it is, with the roles of this moment; None where the account is off or no more."""
    row = await user_by_id(connection, user_id)
    if row is None or not row["active"]:
        return None
    return Person(
        user_id=user_id,
        name=row["name"],
        grants=await grants_of(connection, user_id),
        agent_id=row["agent_id"],
        centre=row["centre"] or "",
        locale=row["locale"],
    )


async def credentials_of(connection: AsyncConnection, user_id: str) -> Row | None:
    """The account of that id, as `user_of` has it."""
    return await _one(connection, _BY_ID, user_id=user_id)


async def session_of(connection: AsyncConnection, key: str) -> Row | None:
    """A session and whose it is."""
    return await _one(connection, _SESSION, key=key)


async def grants_of(connection: AsyncConnection, user_id: str) -> frozenset[Grant]:
    """The roles of a user. One that this software does not know is passed over."""
    rows = await connection.execute(_GRANTS_OF, {"user_id": user_id})
    return frozenset(starmap(grant_of, rows))


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


async def absent_agents(
    connection: AsyncConnection, *, started_after: float, used_after: float
) -> frozenset[str]:
    """Whose account answers calls, and has no session of that age, or the role no more."""
    session = (
        select(_sessions.user_id)
        .join(models.grants, _grants.user_id == _sessions.user_id)
        .where(_sessions.user_id == _users.user_id, _users.active, _grants.role == "agent")
        .where(_sessions.started_at > started_after, _sessions.used_at > used_after)
    )
    query = select(_users.agent_id).where(_users.agent_id.is_not(None), ~session.exists())
    return frozenset((await connection.execute(query)).scalars())


async def sessions_of_agents(
    connection: AsyncConnection, *, started_after: float, used_after: float
) -> dict[tuple[str, str], set[str]]:
    """The good sessions of those who answer calls, by agent and user."""
    query = (
        select(_users.agent_id, _users.user_id, _sessions.token_hash)
        .join(models.sessions, _sessions.user_id == _users.user_id)
        .where(_users.agent_id.is_not(None), _users.active)
        .where(_sessions.started_at > started_after, _sessions.used_at > used_after)
    )
    found: dict[tuple[str, str], set[str]] = {}
    for agent_id, user_id, token_hash in await connection.execute(query):
        found.setdefault((agent_id, user_id), set()).add(token_hash)
    return found


async def keep_password(connection: AsyncConnection, user_id: str, kept: str) -> None:
    """Keep another password's hash."""
    change = update(models.users).where(_users.user_id == user_id).values(password_hash=kept)
    await connection.execute(change)


async def mark_first(connection: AsyncConnection, user_id: str, until: float | None) -> None:
    """Until when a password that another has set counts; None: it is its user's own."""
    change = update(models.users).where(_users.user_id == user_id).values(first_until=until)
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


async def _one(connection: AsyncConnection, query: Select[Any], **asked: str) -> Row | None:
    found = (await connection.execute(query, asked)).mappings().one_or_none()
    return None if found is None else {str(key): value for key, value in found.items()}
