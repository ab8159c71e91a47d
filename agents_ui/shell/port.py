"""Who may log in, and what a log-in is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

Role = Literal["agent", "supervisor", "admin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who may log in. `agent_id` is set for those who answer calls."""

    user_id: str
    name: str
    role: Role
    agent_id: str | None = None
    centre: str = ""
    locale: str = "lv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A log-in that lasts: `token` is the cookie's secret, `csrf` goes into forms."""

    token: str = field(repr=False)
    csrf: str = field(repr=False)
    person: Person
    started_at: float


class Accounts(Protocol):
    """Log-ins and their sessions; a database that is away raises `Unavailable`."""

    async def log_in(self, username: str, password: str, *, address: str) -> Session:
        """Start a session. Raises `Refused` (wrong) or `SlowDown` (guessing)."""

    async def session(self, token: str) -> Session | None:
        """The session of a cookie, if it is still good; marks it as used."""

    async def log_out(self, token: str) -> None:
        """End the session for good."""


class Refused(Exception):
    """The user name and the password do not belong together."""


class SlowDown(Exception):
    """Too many wrong guesses: wait before the next try."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("too many guesses")
        self.retry_after_s = retry_after_s


class Unavailable(Exception):
    """A part that this needs is away for the moment; nothing was changed."""
