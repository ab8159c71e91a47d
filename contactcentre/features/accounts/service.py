"""Log-ins and sessions, kept in the database.

A session's token has 256 bits and only its SHA-256 is kept. Sessions that were seen are remembered
for half a minute, and for as long as the database is away: running desks go on, while log-ins
fail closed. Guessing is slowed down per account and address, counted before the password is even
looked at, so that many guesses at once gain nothing and nobody else is locked out.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.shell.port import Person, Role, Session, SlowDown, Unavailable, WrongPassword
from contactcentre.features.accounts import guesses, store
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.storage import database
from contactcentre.storage import tables as models

log = structlog.get_logger(__name__)

CROWD = 60
"""Log-ins under way at most, which is a wait of some two seconds; more is a flood."""


NOTED = 100
"""The use of a session is written down so often in the time after which it would end unused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a session lasts: unused, and at all. Seconds.

    The idle limit covers a shift: an open desk does not ask for pages while its agent talks.
    """

    idle_s: float = 12 * 3600.0
    absolute_s: float = 16 * 3600.0
    remembered_s: float = 30.0


@dataclass(slots=True)
class _Seen:
    """A session as last confirmed by the database, and when it was used last."""

    session: Session
    confirmed_at: float
    used_at: float


class UsernameTaken(ValueError):
    """Somebody has that user name."""


class AccountService:
    """Keeps `agents_ui.shell.port.Accounts`, and makes accounts."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        limits: Limits | None = None,
        passwords: Passwords | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._single = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._limits = limits or Limits()
        self._passwords = passwords or Passwords()
        self._clock = clock
        self._seen: dict[str, _Seen] = {}
        self._swept_at = 0.0
        self._trying = 0

    async def log_in(self, username: str, password: str, *, address: str) -> Session:
        """Start a session. Raises WrongPassword, SlowDown or Unavailable."""
        if self._trying >= CROWD:
            raise SlowDown(2.0)
        self._trying += 1
        try:
            return await self._log_in(_folded(username), password, address)
        finally:
            self._trying -= 1

    async def session(self, token: str) -> Session | None:
        """The session of a cookie, if it is still good; marks it as used. Raises Unavailable."""
        now, key = self._clock(), _hashed(token)
        seen = self._seen.get(key)
        if seen is None or now - seen.confirmed_at >= self._limits.remembered_s:
            seen = await self._confirmed(key, token, seen, now)
        if seen is None or self._over(seen, now):
            self._seen.pop(key, None)
            return None
        seen.used_at = now
        return seen.session

    async def log_out(self, token: str) -> None:
        """End the session for good."""
        key = _hashed(token)
        self._seen.pop(key, None)
        async with self._database() as connection:
            await store.end_session(connection, key)

    async def end_sessions(self, user_id: str) -> None:
        """End every session of a user; other processes notice within `remembered_s`."""
        self._forget(user_id)
        async with self._database() as connection:
            await store.end_sessions(connection, user_id)

    async def absent_agents(self) -> frozenset[str]:
        """The agents with an account of whom no session is good now. Raises Unavailable."""
        at = self._clock()
        async with self._database() as connection:
            return await store.absent_agents(
                connection,
                started_after=at - self._limits.absolute_s,
                used_after=at - self._limits.idle_s,
            )

    def doubt(self) -> None:
        """Ask the database about every session anew: another process has ended some."""
        for seen in self._seen.values():
            seen.confirmed_at = -math.inf

    async def create_user(
        self,
        username: str,
        password: str,
        *,
        name: str,
        role: Role,
        agent_id: str | None = None,
        centre_id: str | None = None,
        locale: str = "lv",
    ) -> str:
        """Make an account and return its id. Raises Weak or UsernameTaken."""
        folded, user_id = _folded(username), uuid.uuid4().hex
        row = {
            "user_id": user_id,
            "username": folded,
            "name": name,
            "role": role,
            "agent_id": agent_id,
            "centre_id": centre_id,
            "locale": locale,
            "password_hash": await self._passwords.hash(password, username=folded),
            "active": True,
            "created_at": self._clock(),
        }
        async with self._database() as connection:
            if await store.user_of(connection, folded):
                raise UsernameTaken("somebody has that user name")
            await connection.execute(models.users.insert(), row)
        return user_id

    async def set_password(self, username: str, password: str) -> None:
        """Change the password and end every session of that user.

        Raises Weak, or LookupError where there is no such user.
        """
        name = _folded(username)
        kept = await self._passwords.hash(password, username=name)
        async with self._database() as connection:
            found = await store.user_of(connection, name)
            if found is None:
                raise LookupError("no such user")
            await store.keep_password(connection, found["user_id"], kept)
        await self.end_sessions(found["user_id"])

    async def set_active(self, username: str, *, active: bool) -> None:
        """Let a user log in, or no longer; the latter ends every session at once.

        Raises LookupError where there is no such user.
        """
        async with self._database() as connection:
            found = await store.user_of(connection, _folded(username))
            if found is None:
                raise LookupError("no such user")
            await store.set_active(connection, found["user_id"], active=active)
        if not active:
            await self.end_sessions(found["user_id"])

    async def _log_in(self, name: str, password: str, address: str) -> Session:
        now = self._clock()
        attempt = _hashed(f"{name}\n{address}")
        async with self._database() as connection:
            retry_after_s = await guesses.count(connection, attempt, now)
            found = await store.user_of(connection, name)
        if retry_after_s > 0:
            raise SlowDown(retry_after_s)
        kept = found["password_hash"] if found and found["active"] else None
        if not await self._passwords.verify(kept, password):
            log.warning("accounts.refused", user_id=found["user_id"] if found else None)
            raise WrongPassword
        assert found is not None and kept is not None  # noqa: S101, PT018 - verified just now
        return await self._begin(found, kept, password, name, attempt)

    async def _begin(
        self, found: RowMapping, kept: str, password: str, name: str, attempt: str
    ) -> Session:
        token, now = secrets.token_urlsafe(32), self._clock()
        stale = self._passwords.outdated(kept)
        fresh = await self._passwords.hash(password, username=name) if stale else kept
        row = {
            "token_hash": _hashed(token),
            "user_id": found["user_id"],
            "started_at": now,
            "used_at": now,
        }
        async with self._database() as connection:
            if stale:
                await store.keep_password(connection, found["user_id"], fresh)
            await guesses.forgive(connection, attempt, now)
            await store.end_old_sessions(connection, now - self._limits.absolute_s)
            await connection.execute(models.sessions.insert(), row)
        session = _session(token, found, now)
        self._seen[row["token_hash"]] = _Seen(session, now, now)
        log.info("accounts.logged_in", user_id=found["user_id"])
        return session

    async def _confirmed(
        self, key: str, token: str, seen: _Seen | None, now: float
    ) -> _Seen | None:
        """What the database says of a session; what we remember while it is away."""
        try:
            async with self._database() as connection:
                row = await store.session_of(connection, key)
        except Unavailable:
            if seen is None:
                raise
            seen.confirmed_at = now  # not asked again at every page
            return seen
        if row is None or not row["active"]:
            return None
        used_at = max(row["used_at"], seen.used_at if seen else 0.0)
        fresh = _Seen(_session(token, row, row["started_at"]), now, used_at)
        if not self._over(fresh, now) and now - row["used_at"] > self._limits.idle_s / NOTED:
            await self._note_use(key, now)
        self._remember(key, fresh, now)
        return fresh

    async def _note_use(self, key: str, now: float) -> None:
        """In a transaction of one statement: seven hundred desks that come back at once do not wait
        for each other, and none is turned away where its use can't be noted."""
        try:
            async with self._single.connect() as connection:
                await store.mark_used(connection, key, now)
        except database.AWAY as error:
            log.warning("accounts.use_not_noted", error=type(error).__name__)

    def _remember(self, key: str, seen: _Seen, now: float) -> None:
        if now - self._swept_at >= self._limits.remembered_s:
            self._swept_at = now
            for old in [key for key, other in self._seen.items() if self._over(other, now)]:
                del self._seen[old]
        self._seen[key] = seen

    def _over(self, seen: _Seen, now: float) -> bool:
        idle, age = now - seen.used_at, now - seen.session.started_at
        return idle >= self._limits.idle_s or age >= self._limits.absolute_s

    def _forget(self, user_id: str) -> None:
        self._seen = {
            key: seen for key, seen in self._seen.items() if seen.session.person.user_id != user_id
        }

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.begin() as connection:
                yield connection
        except database.AWAY as error:
            log.warning("accounts.database_away", error=type(error).__name__)
            raise Unavailable from None


def _session(token: str, row: RowMapping, started_at: float) -> Session:
    person = Person(
        user_id=row["user_id"],
        name=row["name"],
        role=row["role"],
        agent_id=row["agent_id"],
        centre=row["centre"],
        locale=row["locale"],
    )
    # Forms need a secret of their own that a page may show: it says nothing of the token.
    csrf = _hashed("csrf\n" + token)
    return Session(token=token, csrf=csrf, person=person, started_at=started_at)


def _folded(username: str) -> str:
    return username.strip().casefold()[:80]


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
