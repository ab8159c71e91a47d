"""Sessions: begun by a log-in, found again by their token, ended by people, age or disuse.

A session's token has 256 bits and only its SHA-256 is kept. Sessions that were seen are remembered
for half a minute, or until the account is changed (`changes`), and for as long as the database is
away: running desks go on.
"""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.shell.port import Grant, Must, Person, Session, Unavailable
from contactcentre.features.accounts import store
from contactcentre.features.accounts.oidc import ONE_FACTOR
from contactcentre.features.accounts.records import Records
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from contactcentre.storage.digest import hashed

log = structlog.get_logger(__name__)

NOTED = 100
"""The use of a session is written down so often in the time after which it would end unused."""

BY_ONE_FACTOR = frozenset({"password", ONE_FACTOR})
BY_PASSWORD = frozenset({"password", "totp", "recovery"})
"""How a session was begun: by one thing alone, and by a password, with a code or without."""

NAMED = 16
"""So much of a session's hash is its name in its user's list: it opens nothing."""


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


class Sessions:
    """Those of this process's browsers, over those in the database.

    `needs_factor` says whether a person must have a second factor.
    """

    def __init__(
        self, records: Records, limits: Limits, needs_factor: Callable[[Person], bool]
    ) -> None:
        self.limits = limits
        self._records = records
        self._needs_factor = needs_factor
        self._seen: dict[str, _Seen] = {}
        self._awaited: dict[str, set[asyncio.Event]] = {}  # set when that session is in doubt
        self._swept_at = 0.0
        self._ended = 0  # so often sessions were ended, or accounts changed
        self._news = asyncio.Event()  # since somebody looked last
        self._doubted: set[str] = set()  # the users of whom there are any

    async def begin(
        self,
        connection: AsyncConnection,
        user: Mapping[str, Any],
        *,
        proof: str,
        address: str,
        browser: str,
    ) -> Session:
        """Begin one for a row of `store.user_of`, in a transaction of yours."""
        now = self._records.clock()
        await store.end_old_sessions(connection, now - self.limits.absolute_s)
        how = {"proof": proof, "browser": browser[:60], "network": neighbourhood(address)}
        return await self.renew(connection, user, how)

    async def renew(
        self, connection: AsyncConnection, user: Mapping[str, Any], former: Mapping[str, Any]
    ) -> Session:
        """Begin one as a former one was begun: by that proof, from there."""
        token, now = secrets.token_urlsafe(32), self._records.clock()
        row: dict[str, Any] = {
            "token_hash": hashed(token),
            "user_id": user["user_id"],
            "started_at": now,
            "used_at": now,
            **{name: former[name] for name in ("proof", "browser", "network")},
        }
        grants = await store.grants_of(connection, user["user_id"])
        await connection.execute(models.sessions.insert(), row)
        session = self._session(token, {**user, **row}, grants)
        self._remember(row["token_hash"], _Seen(session, now, now), now)
        return session

    async def of(self, token: str) -> Session | None:
        """The session of a cookie, if it is still good; marks it as used. Raises Unavailable."""
        now, key = self._records.clock(), hashed(token)
        seen = self._seen.get(key)
        if seen is None or now - seen.confirmed_at >= self.limits.remembered_s:
            seen = await self._confirmed(key, token, seen, now)
        if seen is None or self._over(seen, now):
            self._seen.pop(key, None)
            return None
        seen.used_at = now
        return seen.session

    async def end(self, token: str) -> None:
        """End one for good."""
        key = hashed(token)
        self._seen.pop(key, None)
        async with self._records.open() as connection:
            if (user_id := await store.end_session(connection, key)) is not None:
                await self._records.note(connection, Action.LOGGED_OUT, who=user_id)
        self._seen.pop(key, None)  # a page may have asked meanwhile
        self._ended += 1
        self._tell({user_id} if user_id else set())
        self._wake(key)

    async def until_ended(self, token: str, within_s: float) -> None:
        """Return in so many seconds, or as soon as the session is in doubt."""
        key, ended = hashed(token), asyncio.Event()
        others = self._awaited.setdefault(key, set())
        others.add(ended)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await ended.wait()
        finally:
            others.discard(ended)
            if not others:
                self._awaited.pop(key, None)

    def _tell(self, users: set[str]) -> None:
        self._doubted |= users
        self._news.set()

    async def until_news(self, within_s: float) -> None:
        """Return in so many seconds, or as soon as any may have ended. For one who looks."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._news.wait()

    def doubted(self) -> frozenset[str]:
        """The users of whom sessions may have ended since this was asked last."""
        users, self._doubted = frozenset(self._doubted), set()
        self._news.clear()
        return users

    def doubt(self) -> None:
        """Ask the database about every session anew: another process has ended some."""
        for seen in self._seen.values():
            seen.confirmed_at = -math.inf
        self._tell(set())
        for key in self._awaited:
            self._wake(key)

    def forget(self, user_id: str) -> None:
        """Ask the database about every session of a user anew, and believe nothing else."""
        self._ended += 1
        self._tell({user_id})
        for key, seen in tuple(self._seen.items()):
            if seen.session.person.user_id == user_id:
                del self._seen[key]
                self._wake(key)

    def _wake(self, key: str) -> None:
        """Who waits for the end of that session is to look."""
        for ended in self._awaited.get(key, ()):
            ended.set()

    async def _confirmed(
        self, key: str, token: str, seen: _Seen | None, now: float
    ) -> _Seen | None:
        """What the database says of a session; what we remember while it is away.

        What it said before something was ended is not remembered: it may be of what was ended.
        """
        ended = self._ended
        try:
            async with self._records.open() as connection:
                row = await store.session_of(connection, key)
                grants = await store.grants_of(connection, row["user_id"] if row else "")
        except Unavailable:
            if seen is None:
                raise
            seen.confirmed_at = now  # not asked again at every page
            return seen
        if row is None or not row["active"]:
            return None
        used_at = max(row["used_at"], seen.used_at if seen else 0.0)
        fresh = _Seen(self._session(token, row, grants), now, used_at)
        if not self._over(fresh, now) and now - row["used_at"] > self.limits.idle_s / NOTED:
            await self._note_use(key, now)
        if ended != self._ended:
            fresh.confirmed_at = -math.inf
        self._remember(key, fresh, now)
        return fresh

    async def _note_use(self, key: str, now: float) -> None:
        """In a transaction of one statement: seven hundred desks that come back at once do not wait
        for each other, and none is turned away where its use can't be noted."""
        try:
            async with self._records.single() as connection:
                await store.mark_used(connection, key, now)
        except database.AWAY as error:
            log.warning("accounts.use_not_noted", error=type(error).__name__)

    def _remember(self, key: str, seen: _Seen, now: float) -> None:
        if now - self._swept_at >= self.limits.remembered_s:
            self._swept_at = now
            for old in [key for key, other in self._seen.items() if self._over(other, now)]:
                del self._seen[old]
        self._seen[key] = seen

    def _over(self, seen: _Seen, now: float) -> bool:
        idle, age = now - seen.used_at, now - seen.session.started_at
        return idle >= self.limits.idle_s or age >= self.limits.absolute_s

    def _session(self, token: str, row: Mapping[str, Any], grants: frozenset[Grant]) -> Session:
        person = Person(
            user_id=row["user_id"],
            name=row["name"],
            grants=grants,
            agent_id=row["agent_id"],
            centre=row["centre"],
            locale=row["locale"],
        )
        return Session(
            token=token,
            # Forms need a secret of their own that a page may show: it says nothing of the token.
            csrf=hashed("csrf", token),
            person=person,
            started_at=row["started_at"],
            must=self._must(row, person),
        )

    def _must(self, row: Mapping[str, Any], person: Person) -> Must:
        if row["first_until"] is not None and row["proof"] in BY_PASSWORD:
            return "password"
        weak = row["proof"] in BY_ONE_FACTOR and not (row["has_factor"] or row["sample"])
        return "factor" if weak and self._needs_factor(person) else ""


def neighbourhood(address: str) -> str:
    """The network of an address, wide enough to be nobody's own: /24, and /48 of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ip_network((int(parsed), 24 if parsed.version == 4 else 48), strict=False))
