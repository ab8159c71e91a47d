"""Accounts as administrators look at them and change them, as far as their own roles reach.

An account is seen by whoever reaches one of its roles, or its centre; it is changed by whoever
could give every one of its roles, and never by its own person: so the last administrator stays,
nobody lifts themselves up, and a municipality's administrator is master of no one else's people.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

import structlog
from sqlalchemy import RowMapping

from agents_ui.accounts import port
from agents_ui.shell.permissions import Act, may, may_give
from agents_ui.shell.port import Grant, Person, Realm, Role
from contactcentre.features.accounts import realms, store
from contactcentre.features.accounts.realms import Realms
from contactcentre.features.accounts.service import AccountService, UsernameTaken
from routing.plain import plain

log = structlog.get_logger(__name__)

PAGE: Final = 50
NAME_LENGTH: Final = 200
USERNAME_LENGTH: Final = 80

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
_ALPHABET: Final = "aābcčdeēfgģhiīyjkķlļmnņoōpqrŗsštuūvwxzž"
_ORDER: Final = {letter: number for number, letter in enumerate(_ALPHABET, 1)}


async def _nothing() -> None:
    return None


class PeopleService:
    """Keeps `agents_ui.accounts.port.People`. `ended` is told when sessions were ended."""

    def __init__(
        self,
        accounts: AccountService,
        *,
        ended: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        self._accounts = accounts
        self._ended = ended

    # --- seeing ----------------------------------------------------------------------------

    async def find(self, search: str, *, number: int, person: Person) -> port.AccountList:
        """See `People`."""
        words = plain(search).split()
        everybody = await self._everybody()
        found = [
            row
            for row in everybody.rows
            if everybody.seen_by(person, row) and everybody.has(row, words)
        ]
        found.sort(key=lambda row: (_sorted(row["name"]), row["username"]))
        pages = max(1, -(-len(found) // PAGE))
        number = min(max(number, 1), pages)
        shown = found[(number - 1) * PAGE : number * PAGE]
        return port.AccountList(
            accounts=tuple(everybody.account(row, person) for row in shown),
            found=len(found),
            number=number,
            pages=pages,
        )

    async def account(self, user_id: str, *, person: Person) -> port.Account:
        """See `People`."""
        everybody = await self._everybody()
        return everybody.account(everybody.row(user_id, person), person)

    async def choices(self, person: Person) -> port.Choices:
        """See `People`."""
        async with self._accounts.records.open() as connection:
            known = await realms.read(connection)
            agents = await store.agents_without_account(connection)
        reached = [
            (realm, name)
            for realm, name in known.names.items()
            if may(person, Act.ACCOUNTS_EDIT, known.lies_in(realm))
        ]
        return port.Choices(
            roles=tuple(role for role in get_args(Role) if _may_offer(person, role)),
            realms=tuple(sorted(reached, key=lambda one: _sorted(one[1]))),
            agents=tuple(
                (row["agent_id"], row["name"])
                for row in sorted(agents, key=lambda row: _sorted(row["name"]))
                if may(person, Act.ACCOUNTS_EDIT, known.of_centre(row["centre_id"]))
            ),
        )

    # --- doing -----------------------------------------------------------------------------

    async def create(self, new: port.NewAccount, *, person: Person) -> tuple[str, str]:
        """See `People`."""
        async with self._accounts.records.open() as connection:
            known = await realms.read(connection)
            agents = await store.agents_without_account(connection)
        centres = {row["agent_id"]: row["centre_id"] for row in agents}
        if not 0 < len(new.name) <= NAME_LENGTH:
            raise port.BadAccount("name")
        if not 0 < len(new.username) <= USERNAME_LENGTH or not new.username.isprintable():
            raise port.BadAccount("username")
        if not _may_give(person, new.grant, known):
            raise port.BadAccount("role")
        kind, key = new.grant.realm
        centre_id = key if kind == "centre" else None
        if new.agent_id is not None:
            centre_id = centres.get(new.agent_id)
            reached = may(person, Act.ACCOUNTS_EDIT, known.of_centre(centre_id))
            if new.agent_id not in centres or not reached:
                raise port.BadAccount("agent")
        password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
        try:
            user_id = await self._accounts.create_user(
                new.username,
                password,
                name=new.name,
                role=new.grant.role,
                realm=new.grant.realm,
                agent_id=new.agent_id,
                centre_id=centre_id,
                first=True,
                by=person.user_id,
            )
        except UsernameTaken:
            raise port.BadAccount("taken") from None
        return user_id, password

    async def give(self, user_id: str, grant: Grant, *, person: Person) -> None:
        """See `People`."""
        everybody = await self._everybody()
        everybody.row_to_edit(user_id, person)
        if not _may_give(person, grant, everybody.realms):
            raise LookupError(grant)
        await self._accounts.change_grants(user_id, give={grant}, by=person.user_id)

    async def take(self, user_id: str, grant: Grant, *, person: Person) -> None:
        """See `People`."""
        everybody = await self._everybody()
        everybody.row(user_id, person)
        lies_in = everybody.realms.lies_in(grant.realm)
        if user_id == person.user_id or not may_give(person, grant, lies_in):
            raise LookupError(user_id)
        await self._accounts.change_grants(user_id, take={grant}, by=person.user_id)
        await self._ended()

    async def set_active(self, user_id: str, *, active: bool, person: Person) -> None:
        """See `People`."""
        row = (await self._everybody()).row_to_edit(user_id, person)
        await self._accounts.set_active(row["username"], active=active, by=person.user_id)
        await self._ended()

    async def end_sessions(self, user_id: str, *, person: Person) -> None:
        """See `People`."""
        (await self._everybody()).row_to_edit(user_id, person)
        await self._accounts.end_sessions(user_id, by=person.user_id, why="administrator")
        await self._ended()

    async def _everybody(self) -> _Everybody:
        async with self._accounts.records.open() as connection:
            return _Everybody(
                rows=await store.everybody(connection),
                grants=await store.all_grants(connection),
                sessions=await self._accounts.open_sessions(connection),
                realms=await realms.read(connection),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Everybody:
    """All accounts at an instant: some hundreds, read anew whenever somebody looks."""

    rows: Sequence[RowMapping]
    grants: Mapping[str, frozenset[Grant]]
    sessions: Mapping[str, tuple[int, float]]
    realms: Realms

    def row(self, user_id: str, person: Person) -> RowMapping:
        """That account. Raises `LookupError` where the person does not see it."""
        found = next((row for row in self.rows if row["user_id"] == user_id), None)
        if found is None or not self.seen_by(person, found):
            raise LookupError(user_id)
        return found

    def row_to_edit(self, user_id: str, person: Person) -> RowMapping:
        """The same. Raises `LookupError` where the person may not change it."""
        found = self.row(user_id, person)
        if not self.edited_by(person, found):
            raise LookupError(user_id)
        return found

    def grants_of(self, row: RowMapping) -> frozenset[Grant]:
        """Its roles."""
        return self.grants.get(row["user_id"], frozenset())

    def seen_by(self, person: Person, row: RowMapping) -> bool:
        """Whether one of its roles is reached, or its centre."""
        return any(may(person, Act.ACCOUNTS_SEE, each) for each in self._lies_in(row))

    def edited_by(self, person: Person, row: RowMapping) -> bool:
        """Whether the person could give all of its roles, and reaches its centre."""
        grants = self.grants_of(row)
        centre = self.realms.of_centre(row["centre_id"])
        return (
            row["user_id"] != person.user_id
            and all(may_give(person, one, self.realms.lies_in(one.realm)) for one in grants)
            and (may(person, Act.ACCOUNTS_EDIT, centre) or (bool(grants) and not row["centre_id"]))
        )

    def has(self, row: RowMapping, words: list[str]) -> bool:
        """Whether every word stands in something that is shown of it."""
        roles = (f"{one.role} {self.realms.name(one.realm)}" for one in self.grants_of(row))
        text = plain(" ".join((row["name"], row["username"], row["centre"], *roles)))
        return all(word in text for word in words)

    def account(self, row: RowMapping, person: Person) -> port.Account:
        """As the page shows it."""
        count, used_at = self.sessions.get(row["user_id"], (0, None))
        own = row["user_id"] == person.user_id
        roles = sorted(self.grants_of(row), key=lambda one: (one.role, one.realm))
        return port.Account(
            user_id=row["user_id"],
            username=row["username"],
            name=row["name"],
            centre=row["centre"],
            agent_id=row["agent_id"],
            active=row["active"],
            created_at=row["created_at"],
            roles=tuple(
                port.HeldRole(
                    grant=one,
                    realm_name=self.realms.name(one.realm),
                    may_take=not own and may_give(person, one, self.realms.lies_in(one.realm)),
                )
                for one in roles
            ),
            sessions=count,
            used_at=used_at,
            may_edit=self.edited_by(person, row),
        )

    def _lies_in(self, row: RowMapping) -> Iterator[frozenset[Realm]]:
        yield self.realms.of_centre(row["centre_id"])
        for grant in self.grants_of(row):
            yield self.realms.lies_in(grant.realm)


def _may_give(person: Person, grant: Grant, known: Realms) -> bool:
    """Also whether there is such a realm."""
    return grant.realm in known.names and may_give(person, grant, known.lies_in(grant.realm))


def _may_offer(person: Person, role: Role) -> bool:
    return any(
        may_give(person, Grant(role=role, realm=one.realm), {one.realm}) for one in person.grants
    )


def _sorted(text: str) -> tuple[list[int], str]:
    """Where it stands in a Latvian list: č after c, ļ after l."""
    folded = unicodedata.normalize("NFC", text.casefold())
    return [_ORDER.get(letter, 0) for letter in folded], folded
