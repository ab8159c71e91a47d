"""Second factors of one's own: an authenticator app, and codes on paper for when it is lost."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.account.port import Enrolment, Factors, OldTicket
from agents_ui.shell.port import Person, WrongCode
from contactcentre.features.accounts import changes, codes, factor_store, passkey_store
from contactcentre.features.accounts.records import Records
from contactcentre.features.accounts.vault import BrokenSeal, Vault
from contactcentre.storage.audit import Action

log = structlog.get_logger(__name__)

ISSUER = "Zvanu centrs"
"""How apps name this panel in their list."""

ENROLLING_S = 900
AT_REST, ENROLLING = "totp", "totp enrolling"


class FactorService:
    """Adds, removes and checks them; what is done to them is written down."""

    def __init__(
        self, records: Records, vault: Vault, forget_sessions: Callable[[str], None]
    ) -> None:
        """`forget_sessions`: of a user whose factors changed, who may have waited for that."""
        self._records = records
        self.forget_sessions = forget_sessions
        self._vault = vault

    async def of(self, person: Person) -> Factors:
        """What a person has. Raises Unavailable."""
        async with self._records.open() as connection:
            return await factor_store.factors(connection, person.user_id)

    def begin(self, person: Person) -> Enrolment:
        """A fresh secret; nothing is kept before a code of it has been typed."""
        secret = codes.new_secret()
        now = self._records.clock()
        return Enrolment(
            secret=secret,
            address=codes.address(secret, username=person.name, issuer=ISSUER),
            ticket=self._vault.seal_of(ENROLLING, person.user_id, secret, at=now),
        )

    def again(self, person: Person, ticket: str) -> Enrolment:
        """The one that was begun. Raises OldTicket."""
        now = self._records.clock()
        try:
            user_id, secret = self._vault.open_of(ENROLLING, ticket, at=now, within_s=ENROLLING_S)
        except BrokenSeal:
            raise OldTicket from None
        if user_id != person.user_id:
            raise OldTicket
        address = codes.address(secret, username=person.name, issuer=ISSUER)
        return Enrolment(secret=secret, address=address, ticket=ticket)

    async def finish(self, person: Person, ticket: str, code: str) -> list[str]:
        """Keep it, once the app shows the right code; the recovery codes, which replace others.

        Raises OldTicket, WrongCode or Unavailable.
        """
        secret, now = self.again(person, ticket).secret, self._records.clock()
        step = codes.step_of(secret, code, now)
        if step is None:
            raise WrongCode
        sealed = self._vault.seal_of(AT_REST, person.user_id, secret, at=now)
        async with self._records.open() as connection:
            if not await self._spend(connection, person.user_id, step):
                raise WrongCode
            await factor_store.keep_totp(connection, person.user_id, sealed, at=now)
            await self._records.note(
                connection,
                Action.FACTOR_ADDED,
                who=person.user_id,
                of=person.user_id,
                purpose="totp",
            )
            await changes.note(connection, person.user_id)
            fresh = await self.new_codes_in(connection, person.user_id)
        self.forget_sessions(person.user_id)
        return fresh

    async def remove(self, person: Person) -> None:
        """Take the app's away. Raises Unavailable."""
        user_id = person.user_id
        async with self._records.open() as connection:
            await factor_store.drop_totp(connection, user_id)
            await self._records.note(
                connection, Action.FACTOR_REMOVED, who=user_id, of=user_id, purpose="totp"
            )
            await self.drop_codes_of_none(connection, user_id)
            await changes.note(connection, user_id)
        self.forget_sessions(user_id)

    async def forget(self, connection: AsyncConnection, user_id: str, *, by: str) -> None:
        """Take every factor of a user away, and the codes on paper with them."""
        await factor_store.drop_totp(connection, user_id)
        await passkey_store.drop_all(connection, user_id)
        await factor_store.drop_codes(connection, user_id)
        await self._records.note(
            connection, Action.FACTOR_REMOVED, who=by, of=user_id, purpose="all"
        )

    async def drop_codes_of_none(self, connection: AsyncConnection, user_id: str) -> None:
        """Codes on paper stand for another factor: without one there are none."""
        if not (await factor_store.factors(connection, user_id)).any:
            await factor_store.drop_codes(connection, user_id)

    async def new_codes(self, person: Person) -> list[str]:
        """Fresh recovery codes; those of before count no more. Raises Unavailable."""
        async with self._records.open() as connection:
            return await self.new_codes_in(connection, person.user_id)

    async def prove(self, connection: AsyncConnection, user_id: str, code: str) -> str:
        """Take a code, which counts once: how it was proven, "totp" or "recovery".

        Raises WrongCode.
        """
        if await factor_store.use_code(connection, user_id, codes.digest(code)):
            return "recovery"
        sealed = await factor_store.totp_of(connection, user_id)
        step = None if sealed is None else self._step(user_id, sealed, code)
        if step is None or not await self._spend(connection, user_id, step):
            raise WrongCode
        return "totp"

    async def reseal(self) -> int:
        """Seal every secret with the newest key; how many there were. Raises Unavailable."""
        now, count = self._records.clock(), 0
        async with self._records.open() as connection:
            for user_id, sealed in await factor_store.every_totp(connection):
                plain = self._vault.open(AT_REST, sealed, at=now)
                fresh = self._vault.seal(AT_REST, plain, at=now)
                await factor_store.reseal(connection, user_id, fresh)
                count += 1
        return count

    def _step(self, user_id: str, sealed: str, code: str) -> int | None:
        now = self._records.clock()
        try:
            owner, secret = self._vault.open_of(AT_REST, sealed, at=now)
        except BrokenSeal:
            log.error("accounts.factor_unreadable", user_id=user_id)
            return None
        # A row that was moved to another account in the database opens nothing.
        return codes.step_of(secret, code, now) if owner == user_id else None

    async def new_codes_in(self, connection: AsyncConnection, user_id: str) -> list[str]:
        """Fresh recovery codes, in a transaction of yours."""
        fresh = codes.on_paper()
        await factor_store.keep_codes(connection, user_id, [codes.digest(one) for one in fresh])
        await self._records.note(connection, Action.RECOVERY_CODES_MADE, who=user_id, of=user_id)
        return fresh

    async def _spend(self, connection: AsyncConnection, user_id: str, step: int) -> bool:
        now = self._records.clock()
        until = now + codes.LIVES_S
        return await factor_store.spend(connection, f"totp\n{user_id}\n{step}", until, now=now)
