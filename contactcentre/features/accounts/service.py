"""Log-ins and sessions, kept in the database.

A session's token has 256 bits and only its SHA-256 is kept. Sessions that were seen are remembered
for half a minute, or until the account is changed (`changes`), and for as long as the database is
away: running desks go on, while log-ins fail closed. Guessing is slowed down (`guesses`), and what
strangers cost is bounded (`turns`), so that nobody else is locked out.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.shell.port import (
    NETWORK,
    Grant,
    Person,
    Realm,
    Role,
    Session,
    SlowDown,
    Unavailable,
    WrongPassword,
)
from contactcentre.features.accounts import changes, store
from contactcentre.features.accounts.changes import AccountChanges
from contactcentre.features.accounts.devices import Devices
from contactcentre.features.accounts.grants import written
from contactcentre.features.accounts.guesses import Guesses, LogInPlace, network_of
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.turns import NoRoom
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import SHELL, Action, AuditEntry

log = structlog.get_logger(__name__)

NO_ROOM_S = 2.0
"""So much later to try again, where too many try to log in."""

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
        device_secret: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._single = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._limits = limits or Limits()
        self._passwords = passwords or Passwords()
        self._clock = clock
        self._guesses = Guesses()
        self._devices = Devices(device_secret)
        self._seen: dict[str, _Seen] = {}
        self._awaited: dict[str, set[asyncio.Event]] = {}  # set when that session is in doubt
        self._swept_at = 0.0
        self._ended = 0  # so often sessions were ended, or accounts changed
        self.changes = AccountChanges(engine, self._forget)

    async def log_in(
        self, username: str, password: str, *, address: str, device: str = ""
    ) -> Session:
        """See `Accounts`."""
        name, now = _folded(username), self._clock()
        known = self._devices.known(device, name, now)
        place = LogInPlace(known, known=True) if known else LogInPlace(network_of(address))
        if (retry_after_s := self._guesses.count(name, place, now)) > 0:
            raise SlowDown(retry_after_s)
        async with self._database() as connection:
            found = await store.user_of(connection, name)
        try:
            user = await self._verified(found, password, place)
            session = await self._begin(user, password, name, place)
        except NoRoom:
            raise SlowDown(NO_ROOM_S) from None
        self._guesses.forgive(name, place, now)
        return replace(session, device=self._devices.remember(device, name, now))

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
            if (user_id := await store.end_session(connection, key)) is not None:
                await self._note(connection, Action.LOGGED_OUT, who=user_id)
        self._seen.pop(key, None)  # a page may have asked meanwhile
        self._ended += 1
        self._wake(key)

    async def until_ended(self, token: str, within_s: float) -> None:
        """See `Accounts`."""
        key, ended = _hashed(token), asyncio.Event()
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

    async def end_sessions(self, user_id: str, *, by: str = SHELL, why: str = "") -> None:
        """End every session of a user, in every process."""
        async with self._database() as connection:
            await store.end_sessions(connection, user_id)
            await changes.note(connection, user_id)
            await self._note(connection, Action.SESSIONS_ENDED, who=by, of=user_id, purpose=why)
        self._forget(user_id)

    async def remove_samples(self) -> int:
        """Delete the accounts of the sample data, and with them their sessions; how many."""
        async with self._database() as connection:
            return await store.remove_samples(connection)

    async def absent_agents(self) -> frozenset[str]:
        """The agents with an account of whom no session is good now. Raises Unavailable."""
        at = self._clock()
        async with self._database() as connection:
            return await store.absent_agents(
                connection,
                started_after=at - self._limits.absolute_s,
                used_after=at - self._limits.idle_s,
            )

    async def open_sessions(self, connection: AsyncConnection) -> Mapping[str, tuple[int, float]]:
        """Of every user with sessions that are good now: how many, and when one was used last."""
        at = self._clock()
        return await store.all_sessions(
            connection,
            started_after=at - self._limits.absolute_s,
            used_after=at - self._limits.idle_s,
        )

    def doubt(self) -> None:
        """Ask the database about every session anew: another process has ended some."""
        for seen in self._seen.values():
            seen.confirmed_at = -math.inf
        for key in self._awaited:
            self._wake(key)

    async def create_user(
        self,
        username: str,
        password: str,
        *,
        name: str,
        role: Role,
        realm: Realm = NETWORK,
        agent_id: str | None = None,
        centre_id: str | None = None,
        locale: str = "lv",
        sample: bool = False,
        by: str = SHELL,
    ) -> str:
        """Make an account with one role and return its id. Raises Weak or UsernameTaken."""
        folded, user_id, at = _folded(username), uuid.uuid4().hex, self._clock()
        row = {
            "user_id": user_id,
            "username": folded,
            "name": name,
            "agent_id": agent_id,
            "centre_id": centre_id,
            "locale": locale,
            "password_hash": await self._passwords.hash(password, username=folded),
            "active": True,
            "sample": sample,
            "created_at": at,
        }
        async with self._database() as connection:
            if await store.user_of(connection, folded):
                raise UsernameTaken("somebody has that user name")
            await connection.execute(models.users.insert(), row)
            grant = Grant(role=role, realm=realm)
            await store.add_grant(connection, user_id, grant, at=at, by=by)
            made = {"roles": [written(grant)], "agent_id": agent_id, "active": True}
            await self._note_change(connection, by, user_id, after=made)
        return user_id

    async def grants(self, username: str) -> tuple[str, frozenset[Grant]]:
        """A user's id and roles. Raises LookupError where there is no such user."""
        async with self._database() as connection:
            found = await store.user_of(connection, _folded(username))
            if found is None:
                raise LookupError("no such user")
            return found["user_id"], await store.grants_of(connection, found["user_id"])

    async def set_grants(self, user_id: str, grants: AbstractSet[Grant], *, by: str) -> None:
        """Let a user have these roles and no others, at once. Raises LookupError for no user."""
        await self._change_grants(user_id, lambda _: grants, by)

    async def change_grants(
        self,
        user_id: str,
        *,
        give: AbstractSet[Grant] = frozenset(),
        take: AbstractSet[Grant] = frozenset(),
        by: str,
    ) -> None:
        """Let a user have some roles more, or less, at once. Raises LookupError for no user."""
        await self._change_grants(user_id, lambda before: (before - take) | give, by)

    async def _change_grants(
        self, user_id: str, change: Callable[[AbstractSet[Grant]], AbstractSet[Grant]], by: str
    ) -> None:
        async with self._database() as connection:
            if await store.user_by_id(connection, user_id) is None:
                raise LookupError("no such user")
            before = await store.grants_of(connection, user_id)
            after = change(before)
            for grant in before - after:
                await store.remove_grant(connection, user_id, grant)
            for grant in after - before:
                await store.add_grant(connection, user_id, grant, at=self._clock(), by=by)
            roles = [{"roles": sorted(map(written, some))} for some in (before, after)]
            await self._note_change(connection, by, user_id, before=roles[0], after=roles[1])
            await changes.note(connection, user_id)
        self._forget(user_id)

    async def set_password(
        self, username: str, password: str, *, sample: bool = False, by: str = SHELL
    ) -> str | None:
        """Change the password and end every session of that user; the agent whose calls they are.

        An account of the sample data whose password a person sets is that person's from now on.
        Raises Weak, or LookupError where there is no such user.
        """
        name = _folded(username)
        kept = await self._passwords.hash(password, username=name)
        async with self._database() as connection:
            found = await store.user_of(connection, name)
            if found is None:
                raise LookupError("no such user")
            await store.keep_password(connection, found["user_id"], kept)
            await store.mark_sample(connection, found["user_id"], sample=sample)
            await self._note_change(connection, by, found["user_id"], after="password")
        await self.end_sessions(found["user_id"], by=by, why="password")
        agent_id: str | None = found["agent_id"]
        return agent_id

    async def set_active(self, username: str, *, active: bool, by: str = SHELL) -> str | None:
        """Let a user log in, or no longer; the latter ends every session at once. The agent whose
        calls they are.

        Raises LookupError where there is no such user.
        """
        async with self._database() as connection:
            found = await store.user_of(connection, _folded(username))
            if found is None:
                raise LookupError("no such user")
            await store.set_active(connection, found["user_id"], active=active)
            before, after = {"active": found["active"]}, {"active": active}
            await self._note_change(connection, by, found["user_id"], before=before, after=after)
        if not active:
            await self.end_sessions(found["user_id"], by=by, why="disabled")
        agent_id: str | None = found["agent_id"]
        return agent_id

    async def _verified(
        self, found: RowMapping | None, password: str, place: LogInPlace
    ) -> RowMapping:
        """The user, whose password it is. Raises WrongPassword, Unavailable or NoRoom."""
        user = found if found is not None and found["active"] else None
        kept = None if user is None else user["password_hash"]
        if await self._passwords.verify(kept, password, place=place) and user is not None:
            return user
        user_id = found["user_id"] if found else ""
        log.warning("accounts.refused", user_id=user_id or None)
        async with self._database() as connection:
            await self._note(connection, Action.LOG_IN_REFUSED, of=user_id)
        raise WrongPassword

    async def _begin(
        self, user: RowMapping, password: str, name: str, place: LogInPlace
    ) -> Session:
        token, now, user_id = secrets.token_urlsafe(32), self._clock(), user["user_id"]
        fresh = None
        if self._passwords.outdated(user["password_hash"]):
            fresh = await self._passwords.hash(password, username=name, place=place)
        row = {"token_hash": _hashed(token), "user_id": user_id, "started_at": now, "used_at": now}
        async with self._database() as connection:
            grants = await store.grants_of(connection, user_id)
            if fresh is not None:
                await store.keep_password(connection, user_id, fresh)
            await store.end_old_sessions(connection, now - self._limits.absolute_s)
            await connection.execute(models.sessions.insert(), row)
            await self._note(connection, Action.LOGGED_IN, who=user_id)
        session = _session(token, user, grants, now)
        self._seen[row["token_hash"]] = _Seen(session, now, now)
        log.info("accounts.logged_in", user_id=user_id)
        return session

    async def _note(
        self,
        connection: AsyncConnection,
        action: Action,
        *,
        who: str = "",
        of: str = "",
        purpose: str = "",
    ) -> None:
        entry = AuditEntry(at=self._clock(), who=who, action=action, object=of, purpose=purpose)
        await audit.write(connection, entry)

    async def _note_change(
        self,
        connection: AsyncConnection,
        by: str,
        user_id: str,
        *,
        before: object = None,
        after: object,
    ) -> None:
        entry = AuditEntry(
            at=self._clock(),
            who=by,
            action=Action.ACCOUNT_CHANGED,
            object=user_id,
            details={"before": before, "after": after},
        )
        await audit.write(connection, entry)

    async def _confirmed(
        self, key: str, token: str, seen: _Seen | None, now: float
    ) -> _Seen | None:
        """What the database says of a session; what we remember while it is away.

        What it said before something was ended is not remembered: it may be of what was ended.
        """
        ended = self._ended
        try:
            async with self._database() as connection:
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
        fresh = _Seen(_session(token, row, grants, row["started_at"]), now, used_at)
        if not self._over(fresh, now) and now - row["used_at"] > self._limits.idle_s / NOTED:
            await self._note_use(key, now)
        if ended != self._ended:
            fresh.confirmed_at = -math.inf
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
        self._ended += 1
        for key, seen in tuple(self._seen.items()):
            if seen.session.person.user_id == user_id:
                del self._seen[key]
                self._wake(key)

    def _wake(self, key: str) -> None:
        """Who waits for the end of that session is to look."""
        for ended in self._awaited.get(key, ()):
            ended.set()

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.begin() as connection:
                yield connection
        except database.AWAY as error:
            log.warning("accounts.database_away", error=type(error).__name__)
            raise Unavailable from None


def _session(token: str, row: RowMapping, grants: frozenset[Grant], started_at: float) -> Session:
    person = Person(
        user_id=row["user_id"],
        name=row["name"],
        grants=grants,
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
