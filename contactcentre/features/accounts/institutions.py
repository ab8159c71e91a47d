"""Log-ins by an institution's own provider: whose account it is, and which roles its groups give.

An account is known by issuer and subject alone. No e-mail address links anything: whoever may
choose an address somewhere would choose somebody's account here.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.entrance.port import AnotherPerson
from agents_ui.shell.port import Grant, Session, Unproven
from contactcentre.features.accounts import factor_store, store
from contactcentre.features.accounts.grants import grants_of, read
from contactcentre.features.accounts.oidc import CodeFlow, FreshLogIn, Provider, Providers
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.accounts.vault import BrokenSeal, Vault
from contactcentre.storage import tables as models
from contactcentre.storage.digest import hashed

FLOW_S = 600
FLOW = "oidc"

_identities = models.identities.c


class BadProviders(ValueError):
    """The file of providers can't be used; the text says where and why."""


class InstitutionService:
    """Keeps `agents_ui.entrance.port.Institutions`."""

    def __init__(self, accounts: AccountService, providers: Providers, vault: Vault) -> None:
        self._accounts = accounts
        self._providers = providers
        self._records = accounts.records
        self._vault = vault

    def labels(self) -> Mapping[str, str]:
        """See `Institutions`."""
        return {name: one.label for name, one in self._providers.of.items()}

    async def begin(
        self, provider: str, *, redirect: str, whose: str | None = None
    ) -> tuple[str, str]:
        """See `Institutions`."""
        now = self._records.clock()
        again = None
        if whose is not None:
            again = FreshLogIn(user_id=self._accounts.owner(whose), asked_at=now)
        flow = CodeFlow.fresh(provider, again)
        address = await self._providers.address(flow, redirect)
        return address, self._vault.seal(FLOW, json.dumps(asdict(flow)), at=now)

    async def finish(
        self,
        provider: str,
        kept: str,
        answer: Mapping[str, str],
        *,
        redirect: str,
        address: str,
        device: str = "",
        browser: str = "",
    ) -> Session:
        """See `Institutions`."""
        try:
            user, proof = await self._whose(provider, kept, answer, redirect)
        except Unproven:
            await self._accounts.refuse("", f"oidc {provider}"[:80])
            raise
        return await self._accounts.let_in(
            user, proof, address=address, device=device, browser=browser
        )

    async def _whose(
        self, name: str, kept: str, answer: Mapping[str, str], redirect: str
    ) -> tuple[store.Row, str]:
        """Who has logged in, and how that counts."""
        flow = self._flow(kept)
        if flow.provider != name:
            raise Unproven
        claims = await self._providers.claims(flow, answer, redirect)
        provider = self._providers.of[name]
        grants = grants_of(claims, provider.grants, claim=provider.groups_claim)
        if provider.grants and not grants:
            raise Unproven  # of no group that has to do with us, or no longer
        made = bool(grants) and flow.again is None
        user_id = await self._account(name, flow, claims, may_be_made=made)
        if flow.again is not None and flow.again.user_id != user_id:
            raise AnotherPerson
        if provider.grants:
            await self._follow(user_id, grants, name)
        async with self._records.open() as connection:
            user = await store.credentials_of(connection, user_id)
        if user is None or not user["active"]:
            raise Unproven
        return user, provider.proof(claims)

    async def _account(
        self, name: str, flow: CodeFlow, claims: Mapping[str, Any], *, may_be_made: bool
    ) -> str:
        issuer, subject, now = self._providers.of[name].issuer, claims["sub"], self._records.clock()
        async with self._records.open() as connection:
            once = f"oidc\n{flow.state}"
            if not await factor_store.spend(connection, once, now + 2 * FLOW_S, now=now):
                raise Unproven
            mine = (_identities.issuer == issuer, _identities.subject == subject)
            query = select(_identities.user_id).where(*mine)
            user_id: str | None = await connection.scalar(query)
            if user_id is None and may_be_made:
                user_id = await self._made(connection, name, issuer, claims)
        if user_id is None:
            raise Unproven
        return user_id

    async def _made(
        self, connection: AsyncConnection, name: str, issuer: str, claims: Mapping[str, Any]
    ) -> str:
        """An account without a password, which opens nothing."""
        user_id, subject = uuid.uuid4().hex, claims["sub"]
        row = {
            "user_id": user_id,
            "username": f"{name}-{hashed(issuer, subject)[:16]}"[:80],
            "name": _called(claims),
            "locale": "lv",
            "password_hash": "",
            "active": True,
            "created_at": self._records.clock(),
        }
        await connection.execute(models.users.insert(), row)
        await link(connection, issuer, subject, user_id)
        await self._records.note_change(connection, f"oidc:{name}", user_id, after={"active": True})
        return user_id

    async def _follow(self, user_id: str, grants: frozenset[Grant], name: str) -> None:
        """The provider's groups say which roles there are, at each log-in."""
        async with self._records.open() as connection:
            before = await store.grants_of(connection, user_id)
        if before != grants:
            await self._accounts.set_grants(user_id, grants, by=f"oidc:{name}")

    def _flow(self, kept: str) -> CodeFlow:
        try:
            opened = self._vault.open(FLOW, kept, at=self._records.clock(), within_s=FLOW_S)
        except BrokenSeal:
            raise Unproven from None
        return msgspec.json.decode(opened, type=CodeFlow)


async def link(connection: AsyncConnection, issuer: str, subject: str, user_id: str) -> None:
    """From now on whoever is that at the issuer is this user here."""
    row = {"issuer": issuer, "subject": subject, "user_id": user_id}
    await connection.execute(models.identities.insert(), row)


def providers_of(path: Path) -> dict[str, Provider]:
    """The providers of a YAML file; none where there is no file. Raises BadProviders."""
    if not path.exists():
        return {}
    try:
        found = msgspec.convert(yaml.safe_load(path.read_text()) or {}, dict[str, Provider])
        for provider in found.values():
            for texts in provider.grants.values():
                for text in texts:
                    read(text)
    except (ValueError, yaml.YAMLError) as error:
        raise BadProviders(f"{path}: {error}") from None
    return found


def _called(claims: Mapping[str, Any]) -> str:
    name = claims.get("name")
    return name.strip()[:200] if isinstance(name, str) and name.strip() else "–"
