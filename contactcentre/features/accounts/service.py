"""Log-ins, and the accounts behind them.

While the database is away log-ins fail closed. Guessing is slowed down (`guesses`), and what
strangers cost is bounded (`turns`), so that nobody else is locked out. Who has a second factor gets
a ticket for the right password, and a session for that and a code.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.shell.port import (
    NETWORK,
    Grant,
    PasskeyOffer,
    Realm,
    Role,
    SecondStep,
    Session,
    Unproven,
)
from contactcentre.features.accounts import changes, store
from contactcentre.features.accounts.changes import AccountChanges
from contactcentre.features.accounts.devices import Devices
from contactcentre.features.accounts.factors import FactorService
from contactcentre.features.accounts.grants import written
from contactcentre.features.accounts.oidc import ONE_FACTOR
from contactcentre.features.accounts.own import OwnAccountService
from contactcentre.features.accounts.passkeys import PasskeyService
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.proofs import PASSWORD, Entrant, Proofs, User, account_name
from contactcentre.features.accounts.records import Records
from contactcentre.features.accounts.sessions import Limits, Sessions
from contactcentre.features.accounts.vault import BrokenSeal, Vault
from contactcentre.storage import tables as models
from contactcentre.storage.audit import SHELL, Action

log = structlog.get_logger(__name__)

__all__ = ["AccountService", "Limits", "UsernameTaken"]

FIRST_S = 14 * 24 * 3600.0
"""So long a first password counts that nobody has used: from its making to its person's first day
at work (ASVS 5.0, 6.4.1)."""

WHOSE = "whose page"
WHOSE_S = 24 * 3600
"""Longer than any session lasts."""


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
        vault: Vault | None = None,
        second_factor: AbstractSet[str] = frozenset(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`second_factor`: the roles that must have one."""
        self.records = Records(engine, clock)
        self.sessions = Sessions(
            self.records,
            limits or Limits(),
            lambda person: any(one.role in second_factor for one in person.grants),
        )
        self.changes = AccountChanges(engine, self.sessions.forget)
        vault, self._passwords = vault or Vault(), passwords or Passwords()
        self._vault = vault
        self._devices = Devices(device_secret)
        self.factors = FactorService(self.records, vault, self.sessions.forget)
        self.passkeys = PasskeyService(self.records, vault, self.factors)
        self.own = OwnAccountService(self.records, self.sessions, self._passwords)
        self._proofs = Proofs(
            self.records,
            passwords=self._passwords,
            factors=self.factors,
            devices=self._devices,
            vault=vault,
        )

    async def log_in(
        self, username: str, password: str, *, address: str, device: str = "", browser: str = ""
    ) -> Session:
        """See `Accounts`."""
        entrant = self._proofs.entrant(username, address=address, device=device, browser=browser)
        self._proofs.look(entrant)
        async with self.records.open() as connection:
            found = await store.user_of(connection, entrant.name)
        user = await self._proofs.password(found, password, entrant)
        if user["has_factor"]:
            raise SecondStep(self._proofs.ticket(user))
        return await self._begin(user, "password", entrant)

    async def second_step(
        self, ticket: str, code: str, *, address: str, device: str = "", browser: str = ""
    ) -> Session:
        """See `Accounts`."""
        user, first = await self._proofs.of_ticket(ticket)
        name = user["username"]
        entrant = self._proofs.entrant(name, address=address, device=device, browser=browser)
        code_proof = await self._proofs.code(user["user_id"], code, entrant)
        proof = code_proof if first == PASSWORD else f"{first}+{code_proof}"
        return await self._begin(user, proof, entrant)

    def passkey(self, *, origin: str) -> PasskeyOffer:
        """See `Accounts`."""
        return self.passkeys.ask(origin=origin)

    async def log_in_by_passkey(
        self,
        ticket: str,
        credential: str,
        *,
        origin: str,
        address: str,
        device: str = "",
        browser: str = "",
    ) -> Session:
        """See `Accounts`."""
        try:
            user = await self.passkeys.prove(ticket, credential, origin=origin)
        except Unproven:
            await self._proofs.refuse("", Action.LOG_IN_REFUSED, "passkey")
            raise
        return await self.let_in(user, "passkey", address=address, device=device, browser=browser)

    async def prove(
        self,
        session: Session,
        password: str,
        code: str = "",
        *,
        fresh: bool,
        address: str,
        device: str = "",
    ) -> None:
        """See `Accounts`."""
        await self._proofs.once_more(
            session.token, password, code, fresh=fresh, address=address, device=device
        )

    async def session(self, token: str) -> Session | None:
        """See `Accounts`."""
        return await self.sessions.of(token)

    async def log_out(self, token: str) -> None:
        """See `Accounts`."""
        await self.sessions.end(token)

    async def until_ended(self, token: str, within_s: float) -> None:
        """See `Accounts`."""
        await self.sessions.until_ended(token, within_s)

    async def end_sessions(self, user_id: str, *, by: str = SHELL, why: str = "") -> None:
        """End every session of a user, in every process."""
        async with self.records.open() as connection:
            await store.end_sessions(connection, user_id)
            await changes.note(connection, user_id)
            await self.records.note(
                connection, Action.SESSIONS_ENDED, who=by, of=user_id, purpose=why
            )
        self.sessions.forget(user_id)

    async def remove_samples(self) -> int:
        """Delete the accounts of the sample data, and with them their sessions; how many."""
        async with self.records.open() as connection:
            return await store.remove_samples(connection)

    async def absent_agents(self) -> frozenset[str]:
        """The agents with an account of whom no session is good now. Raises Unavailable."""
        at = self.records.clock()
        async with self.records.open() as connection:
            return await store.absent_agents(
                connection,
                started_after=at - self.sessions.limits.absolute_s,
                used_after=at - self.sessions.limits.idle_s,
            )

    async def sessions_of_agents(self, *, ever: bool = False) -> Mapping[tuple[str, str], set[str]]:
        """The sessions that are good now of each agent, with the user; `ever`: all that are not
        forgotten yet. Raises Unavailable."""
        at, limits = (0.0 if ever else self.records.clock()), self.sessions.limits
        async with self.records.open() as connection:
            return await store.sessions_of_agents(
                connection,
                started_after=at - limits.absolute_s,
                used_after=at - limits.idle_s,
            )

    async def open_sessions(self, connection: AsyncConnection) -> Mapping[str, tuple[int, float]]:
        """Of every user with sessions that are good now: how many, and when one was used last."""
        at = self.records.clock()
        return await store.all_sessions(
            connection,
            started_after=at - self.sessions.limits.absolute_s,
            used_after=at - self.sessions.limits.idle_s,
        )

    def doubt(self) -> None:
        """Ask the database about every session anew: another process has ended some."""
        self.sessions.doubt()

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
        first: bool = False,
        by: str = SHELL,
    ) -> str:
        """Make an account with one role and return its id; with a `first` password, which its
        person replaces. Raises Weak or UsernameTaken."""
        folded, user_id, at = account_name(username), uuid.uuid4().hex, self.records.clock()
        row = {
            "user_id": user_id,
            "username": folded,
            "name": name,
            "agent_id": agent_id,
            "centre_id": centre_id,
            "locale": locale,
            "password_hash": await self._passwords.hash(password, username=folded),
            "first_until": at + FIRST_S if first else None,
            "active": True,
            "sample": sample,
            "created_at": at,
        }
        async with self.records.open() as connection:
            if await store.user_of(connection, folded):
                raise UsernameTaken("somebody has that user name")
            await connection.execute(models.users.insert(), row)
            grant = Grant(role=role, realm=realm)
            await store.add_grant(connection, user_id, grant, at=at, by=by)
            made = {"roles": [written(grant)], "agent_id": agent_id, "active": True}
            await self.records.note_change(connection, by, user_id, after=made)
        return user_id

    async def grants(self, username: str) -> tuple[str, frozenset[Grant]]:
        """A user's id and roles. Raises LookupError where there is no such user."""
        async with self.records.open() as connection:
            found = await store.known(connection, account_name(username))
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
        async with self.records.open() as connection:
            if await store.user_by_id(connection, user_id) is None:
                raise LookupError("no such user")
            before = await store.grants_of(connection, user_id)
            after = change(before)
            for grant in before - after:
                await store.remove_grant(connection, user_id, grant)
            for grant in after - before:
                await store.add_grant(connection, user_id, grant, at=self.records.clock(), by=by)
            roles = [{"roles": sorted(map(written, some))} for some in (before, after)]
            await self.records.note_change(connection, by, user_id, before=roles[0], after=roles[1])
            await changes.note(connection, user_id)
        self.sessions.forget(user_id)

    async def set_password(
        self,
        username: str,
        password: str,
        *,
        sample: bool = False,
        first: bool = False,
        by: str = SHELL,
    ) -> str | None:
        """Change the password and end every session of that user; the agent whose calls they are.
        A `first` one is to be replaced by its person.

        An account of the sample data whose password a person sets is that person's from now on.
        Raises Weak, or LookupError where there is no such user.
        """
        name = account_name(username)
        kept = await self._passwords.hash(password, username=name)
        async with self.records.open() as connection:
            found = await store.known(connection, name)
            await store.keep_password(connection, found["user_id"], kept)
            until = self.records.clock() + FIRST_S if first else None
            await store.mark_first(connection, found["user_id"], until)
            await store.mark_sample(connection, found["user_id"], sample=sample)
            await self.records.note_change(connection, by, found["user_id"], after="password")
        await self.end_sessions(found["user_id"], by=by, why="password")
        agent_id: str | None = found["agent_id"]
        return agent_id

    async def forget_factor(self, username: str, *, by: str = SHELL) -> str | None:
        """Take away a second factor that was lost, and end every session of that user; the agent
        whose calls they are.

        Raises LookupError where there is no such user.
        """
        async with self.records.open() as connection:
            found = await store.known(connection, account_name(username))
            await self.factors.forget(connection, found["user_id"], by=by)
        await self.end_sessions(found["user_id"], by=by, why="factor")
        agent_id: str | None = found["agent_id"]
        return agent_id

    async def set_active(self, username: str, *, active: bool, by: str = SHELL) -> str | None:
        """Let a user log in, or no longer; the latter ends every session at once. The agent whose
        calls they are.

        Raises LookupError where there is no such user.
        """
        async with self.records.open() as connection:
            found = await store.known(connection, account_name(username))
            await store.set_active(connection, found["user_id"], active=active)
            before, after = {"active": found["active"]}, {"active": active}
            await self.records.note_change(
                connection, by, found["user_id"], before=before, after=after
            )
        if not active:
            await self.end_sessions(found["user_id"], by=by, why="disabled")
        agent_id: str | None = found["agent_id"]
        return agent_id

    async def let_in(
        self, user: User, proof: str, *, address: str, device: str = "", browser: str = ""
    ) -> Session:
        """Begin a session of somebody who was proven otherwise. Raises Unavailable, and SecondStep
        where that was by one factor and there is another."""
        name = user["username"]
        if proof == ONE_FACTOR and user["has_factor"]:
            raise SecondStep(self._proofs.ticket(user, proof))
        entrant = self._proofs.entrant(name, address=address, device=device, browser=browser)
        return await self._begin(user, proof, entrant)

    async def refuse(self, user_id: str, how: str) -> None:
        """Write down that somebody failed to log in. Raises Unavailable."""
        await self._proofs.refuse(user_id, Action.LOG_IN_REFUSED, how)

    async def _begin(self, user: User, proof: str, entrant: Entrant) -> Session:
        user_id = user["user_id"]
        async with self.records.open() as connection:
            session = await self.sessions.begin(
                connection, user, proof=proof, address=entrant.address, browser=entrant.browser
            )
            await self.records.note(connection, Action.LOGGED_IN, who=user_id, purpose=how(proof))
        log.info("accounts.logged_in", user_id=user_id)
        now = self.records.clock()
        device = self._devices.remember(entrant.device, entrant.name, now)
        return replace(session, device=device, whose=self._vault.seal(WHOSE, user_id, at=now))

    def owner(self, whose: str) -> str:
        """The user whose page it is, by `Session.whose`; "" where nobody knows."""
        try:
            return self._vault.open(WHOSE, whose, at=self.records.clock(), within_s=WHOSE_S)
        except BrokenSeal:
            return ""


def how(proof: str) -> str:
    """What the record of a log-in says of it: nothing of a password alone."""
    return "" if proof == "password" else proof
