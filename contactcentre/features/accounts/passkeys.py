"""Passkeys: a telephone, a computer or a key that knows its user and proves it to this panel alone.

Each stands for the password and the second factor at once, so the authenticator must have verified
its user. A challenge is sealed, lasts some minutes and counts once.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

import webauthn
from sqlalchemy.ext.asyncio import AsyncConnection
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from agents_ui.account.port import BadPasskey
from agents_ui.shell.port import PasskeyOffer, Person, Unproven, site_of
from contactcentre.features.accounts import changes, factor_store, passkey_store, store
from contactcentre.features.accounts.factors import ISSUER, FactorService
from contactcentre.features.accounts.records import Records
from contactcentre.features.accounts.vault import BrokenSeal, Vault
from contactcentre.storage.audit import Action

T = TypeVar("T")

CHALLENGE_S = 300
MOST = 10
"""So many of one person."""

ADDING, ENTERING = "passkey adding", "passkey entering"

UNREADABLE = (WebAuthnException, ValueError, LookupError, TypeError, RecursionError)
"""What is said of an answer that is none of an authenticator's, or not to this challenge."""


class PasskeyService:
    """Keeps `agents_ui.account.port.PasskeyKeeper`, and says whose a passkey is."""

    def __init__(self, records: Records, vault: Vault, factors: FactorService) -> None:
        self._records = records
        self._vault = vault
        self._factors = factors

    async def offer(self, person: Person, *, origin: str) -> PasskeyOffer:
        """See `PasskeyKeeper`."""
        async with self._records.open() as connection:
            known = await passkey_store.of_user(connection, person.user_id)
        challenge = secrets.token_bytes(32)
        options = webauthn.generate_registration_options(
            rp_id=site_of(origin),
            rp_name=ISSUER,
            user_id=person.user_id.encode(),
            user_name=person.name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.passkey_id))
                for one in known
            ],
        )
        ticket = self._seal(ADDING, person.user_id, challenge)
        return PasskeyOffer(options=json.loads(webauthn.options_to_json(options)), ticket=ticket)

    async def add(
        self, person: Person, ticket: str, credential: str, name: str, *, origin: str
    ) -> list[str]:
        """See `PasskeyKeeper`."""
        challenge = self._challenge(ADDING, person.user_id, ticket)
        made = _read(
            lambda: webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=site_of(origin),
                expected_origin=origin,
                require_user_verification=True,
            ),
        )
        row: dict[str, Any] = {
            "credential_id": bytes_to_base64url(made.credential_id),
            "user_id": person.user_id,
            "name": name,
            "public_key": bytes_to_base64url(made.credential_public_key),
            "sign_count": made.sign_count,
            "added_at": self._records.clock(),
        }
        async with self._records.open() as connection:
            await self._spend(connection, challenge)
            known = await passkey_store.of_user(connection, person.user_id)
            taken = await passkey_store.one(connection, row["credential_id"])
            if taken is not None or len(known) >= MOST:
                raise BadPasskey
            await passkey_store.keep(connection, row)
            await self._note(connection, Action.FACTOR_ADDED, person)
            left = (await factor_store.factors(connection, person.user_id)).codes_left
            codes = [] if left else await self._factors.new_codes_in(connection, person.user_id)
        self._factors.forget_sessions(person.user_id)
        return codes

    async def remove(self, person: Person, passkey_id: str) -> bool:
        """See `PasskeyKeeper`."""
        async with self._records.open() as connection:
            removed = await passkey_store.drop(connection, person.user_id, passkey_id)
            if removed:
                await self._note(connection, Action.FACTOR_REMOVED, person)
                await self._factors.drop_codes_of_none(connection, person.user_id)
        self._factors.forget_sessions(person.user_id)
        return removed

    def ask(self, *, origin: str) -> PasskeyOffer:
        """What a browser is asked that wants in; any passkey of this panel will do."""
        challenge = secrets.token_bytes(32)
        options = webauthn.generate_authentication_options(
            rp_id=site_of(origin),
            challenge=challenge,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        ticket = self._seal(ENTERING, "", challenge)
        return PasskeyOffer(options=json.loads(webauthn.options_to_json(options)), ticket=ticket)

    async def prove(self, ticket: str, credential: str, *, origin: str) -> store.Row:
        """Whose account it is. Raises Unproven or Unavailable."""
        try:
            return await self._prove(ticket, credential, origin)
        except BadPasskey:
            raise Unproven from None

    async def _prove(self, ticket: str, credential: str, origin: str) -> store.Row:
        challenge = self._challenge(ENTERING, "", ticket)
        given = _read(lambda: webauthn.helpers.parse_authentication_credential_json(credential))
        async with self._records.open() as connection:
            kept = await passkey_store.one(connection, bytes_to_base64url(given.raw_id))
            if kept is None:
                raise BadPasskey
            proven = _read(
                lambda: webauthn.verify_authentication_response(
                    credential=given,
                    expected_challenge=challenge,
                    expected_rp_id=site_of(origin),
                    expected_origin=origin,
                    credential_public_key=base64url_to_bytes(kept["public_key"]),
                    credential_current_sign_count=kept["sign_count"],
                    require_user_verification=True,
                )
            )
            await self._spend(connection, challenge)
            await passkey_store.mark_used(
                connection, kept["credential_id"], proven.new_sign_count, self._records.clock()
            )
            user = await store.credentials_of(connection, kept["user_id"])
        if user is None or not user["active"]:
            raise BadPasskey
        return user

    def _seal(self, purpose: str, user_id: str, challenge: bytes) -> str:
        return self._vault.seal_of(purpose, user_id, challenge.hex(), at=self._records.clock())

    def _challenge(self, purpose: str, user_id: str, ticket: str) -> bytes:
        now = self._records.clock()
        try:
            owner, challenge = self._vault.open_of(purpose, ticket, at=now, within_s=CHALLENGE_S)
        except BrokenSeal:
            raise BadPasskey from None
        if owner != user_id:
            raise BadPasskey
        return bytes.fromhex(challenge)

    async def _spend(self, connection: AsyncConnection, challenge: bytes) -> None:
        now = self._records.clock()
        what = f"passkey\n{challenge.hex()}"
        if not await factor_store.spend(connection, what, now + CHALLENGE_S + 60, now=now):
            raise BadPasskey

    async def _note(self, connection: AsyncConnection, action: Action, person: Person) -> None:
        user_id = person.user_id
        await changes.note(connection, user_id)
        await self._records.note(connection, action, who=user_id, of=user_id, purpose="passkey")


def _read(look: Callable[[], T]) -> T:
    """Raises BadPasskey where it is not what was asked for."""
    try:
        return look()
    except UNREADABLE:
        raise BadPasskey from None
