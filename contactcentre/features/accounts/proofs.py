"""Who somebody is: a password, and the ticket and the code that come after it.

Every try is counted (`guesses`) before it is looked at, and each that fails is written down.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.account.port import OwnProof
from agents_ui.shell.port import (
    FirstPasswordOver,
    LogInAgain,
    SlowDown,
    TicketOver,
    WrongCode,
    WrongPassword,
)
from contactcentre.features.accounts import factor_store, store
from contactcentre.features.accounts.devices import Devices
from contactcentre.features.accounts.factors import FactorService
from contactcentre.features.accounts.guesses import AT_CODES, Guesses, LogInPlace, network_of
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.records import Records
from contactcentre.features.accounts.turns import NoRoom
from contactcentre.features.accounts.vault import BrokenSeal, Vault
from contactcentre.storage.audit import Action
from contactcentre.storage.digest import hashed

log = structlog.get_logger(__name__)

NO_ROOM_S = 2.0
"""So much later to try again, where too many try to log in."""

TICKET_S = 300
"""So long the right password waits for its code."""

SECOND_STEP = "second step"

FRESH_S = 600.0
"""A log-in is so long one of a moment ago: it stands for the code that it took, and one by the
institution or a passkey for the password that it goes without."""

PASSWORD = "password"  # noqa: S105 - how a session was begun

User = store.Row
"""As `store.user_of` has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """Somebody who wants in: at which account, and from where."""

    name: str  # the user name, folded
    place: LogInPlace
    address: str
    device: str = ""
    browser: str = ""


class Proofs:
    """Passwords and codes, looked at."""

    def __init__(
        self,
        records: Records,
        *,
        passwords: Passwords,
        factors: FactorService,
        devices: Devices,
        vault: Vault,
    ) -> None:
        self._records = records
        self._passwords = passwords
        self._factors = factors
        self._devices = devices
        self._vault = vault
        self._guesses, self._code_guesses = Guesses(), Guesses(at_an_account=AT_CODES)

    def entrant(self, username: str, *, address: str, device: str, browser: str) -> Entrant:
        """Somebody at this account."""
        name = account_name(username)
        known = self._devices.known(device, name, self._records.clock())
        place = LogInPlace(known, known=True) if known else LogInPlace(network_of(address))
        return Entrant(name=name, place=place, address=address, device=device, browser=browser)

    def look(self, entrant: Entrant) -> None:
        """Before anything is done for a guess at a password: whoever has to wait costs nothing.
        Raises SlowDown."""
        wait_s = self._guesses.wait_s(entrant.name, entrant.place, self._records.clock())
        if wait_s > 0:
            raise SlowDown(wait_s)

    async def password(
        self,
        found: User | None,
        password: str,
        entrant: Entrant,
        refused: Action = Action.LOG_IN_REFUSED,
    ) -> User:
        """The user, whose password it is. Raises WrongPassword, FirstPasswordOver, SlowDown or
        Unavailable."""
        _count(self._guesses, entrant, self._records.clock())
        user = found if found is not None and found["active"] else None
        kept = None if user is None else user["password_hash"]
        try:
            right = await self._passwords.verify(kept, password, place=entrant.place)
            if not right or user is None:
                await self.refuse(found["user_id"] if found else "", refused)
                raise WrongPassword
            if _is_over(user, self._records.clock()):
                await self.refuse(user["user_id"], refused, "first password")
                raise FirstPasswordOver
            if self._passwords.outdated(user["password_hash"]):
                user = await self._rehashed(user, password, entrant)
        except NoRoom:
            raise SlowDown(NO_ROOM_S) from None
        self._guesses.forgive(entrant.name, entrant.place, self._records.clock())
        return user

    async def code(
        self,
        user_id: str,
        code: str,
        entrant: Entrant,
        refused: Action = Action.LOG_IN_REFUSED,
    ) -> str:
        """How it was proven. Raises WrongCode, SlowDown or Unavailable."""
        _count(self._code_guesses, entrant, self._records.clock())
        try:
            async with self._records.open() as connection:
                proof = await self._factors.prove(connection, user_id, code)
        except WrongCode:
            await self.refuse(user_id, refused, "code")
            raise
        self._code_guesses.forgive(entrant.name, entrant.place, self._records.clock())
        return proof

    async def once_more(
        self, token: str, password: str, code: str, *, fresh: bool, address: str, device: str
    ) -> None:
        """Whether it is still who has begun that session, by all that a log-in takes. Raises as
        `password` and `code`, and LogInAgain."""
        async with self._records.open() as connection:
            user, proof = await standing(connection, token, self._records.clock())
        if fresh and proof.fresh:
            return
        if not proof.password:
            raise LogInAgain
        name = user["username"] if user else ""
        entrant = self.entrant(name, address=address, device=device, browser="")
        user = await self.password(user, password, entrant, refused=Action.PROOF_REFUSED)
        if proof.code:
            await self.code(user["user_id"], code, entrant, refused=Action.PROOF_REFUSED)

    def ticket(self, user: User, first: str = PASSWORD) -> str:
        """For the second step, after that first one. With another password, or minutes later, it is
        nothing."""
        kept, now = f"{first}\n{hashed(user['password_hash'])}", self._records.clock()
        return self._vault.seal_of(SECOND_STEP, user["user_id"], kept, at=now)

    async def of_ticket(self, ticket: str) -> tuple[User, str]:
        """Who has taken the first step, and which. Raises TicketOver or Unavailable."""
        now = self._records.clock()
        try:
            user_id, text = self._vault.open_of(SECOND_STEP, ticket, at=now, within_s=TICKET_S)
        except BrokenSeal:
            raise TicketOver from None
        first, _, kept = text.partition("\n")
        async with self._records.open() as connection:
            user = await store.credentials_of(connection, user_id)
        if user is None or not user["active"] or hashed(user["password_hash"]) != kept:
            raise TicketOver
        return user, first

    async def _rehashed(self, user: User, password: str, entrant: Entrant) -> User:
        fresh = await self._passwords.hash(password, username=entrant.name, place=entrant.place)
        async with self._records.open() as connection:
            await store.keep_password(connection, user["user_id"], fresh)
        return {**user, "password_hash": fresh}

    async def refuse(self, user_id: str, action: Action, purpose: str = "") -> None:
        """Write down that somebody failed, at whose account where that is known."""
        log.warning("accounts.refused", user_id=user_id or None)
        async with self._records.open() as connection:
            await self._records.note(connection, action, of=user_id, purpose=purpose)


def _is_over(user: User, now: float) -> bool:
    return user["first_until"] is not None and now >= user["first_until"]


async def standing(
    connection: AsyncConnection, token: str, now: float
) -> tuple[User | None, OwnProof]:
    """Whose session it is, and by what that person shows once more who they are."""
    session = await store.session_of(connection, hashed(token))
    user = session and await store.credentials_of(connection, session["user_id"])
    if session is None or user is None:
        return None, OwnProof(password=True)  # which is then wrong
    app = await factor_store.totp_of(connection, user["user_id"]) is not None
    recent = 0 <= now - session["started_at"] < FRESH_S
    own = bool(user["password_hash"])
    return user, OwnProof(
        own=own,
        password=own and (recent or app or not user["has_factor"]),
        code=own and app and not recent,
        fresh=recent and session["proof"].startswith(("passkey", "oidc")),
    )


def account_name(username: str) -> str:
    """As accounts are named."""
    return username.strip().casefold()[:80]


def _count(guesses: Guesses, entrant: Entrant, now: float) -> None:
    if (retry_after_s := guesses.count(entrant.name, entrant.place, now)) > 0:
        raise SlowDown(retry_after_s)
