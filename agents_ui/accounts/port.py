"""What the pages of accounts need from the service: who may log in, and with which roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from agents_ui.shell.port import Grant, Person, Realm, Role


class BadAccount(Exception):
    """Such an account can't be made; `code` says which field is why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role that an account has, and what people call its realm; "" is the whole network."""

    grant: Grant
    realm_name: str
    may_take: bool  # the reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may log in, or could once. `may_edit` is said of the reader."""

    user_id: str
    username: str
    name: str
    centre: str
    agent_id: str | None
    active: bool
    created_at: float
    roles: tuple[HeldRole, ...]
    sessions: int  # open ones
    used_at: float | None  # the latest of them
    may_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountList:
    """One page of the accounts that were looked for."""

    accounts: tuple[Account, ...]
    found: int  # in all
    number: int  # of the page, from 1
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a form offers: the roles and realms that its reader may give, and agents who have no
    account yet, by id with their names."""

    roles: tuple[Role, ...]
    realms: tuple[tuple[Realm, str], ...]
    agents: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What the form of a new account says."""

    username: str
    name: str
    grant: Grant
    agent_id: str | None = None


class People(Protocol):
    """Accounts, as far as a person's roles reach.

    Whatever it does to one raises `LookupError` where the person may not do it, and `Unavailable`;
    it is in the audit log, and holds on open pages within two seconds.
    """

    async def find(self, search: str, *, number: int, person: Person) -> AccountList:
        """Those whose name, user name, centre or role has these words, in alphabetical order."""

    async def account(self, user_id: str, *, person: Person) -> Account:
        """One of them."""

    async def choices(self, person: Person) -> Choices:
        """What a form may offer."""

    async def create(self, new: NewAccount, *, person: Person) -> tuple[str, str]:
        """Make an account: its id, and the password to begin with, which is told this once.

        Raises `BadAccount`.
        """

    async def give(self, user_id: str, grant: Grant, *, person: Person) -> None:
        """Let somebody have a role more."""

    async def take(self, user_id: str, grant: Grant, *, person: Person) -> None:
        """Take a role away."""

    async def set_active(self, user_id: str, *, active: bool, person: Person) -> None:
        """Let somebody log in, or no longer, and then end all sessions."""

    async def end_sessions(self, user_id: str, *, person: Person) -> None:
        """Log somebody out everywhere."""
