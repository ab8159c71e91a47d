"""What one's own page needs: second factors, the password, and where one is logged in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agents_ui.shell.port import PasskeyOffer, Person, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A telephone, computer or key that proves who uses it."""

    passkey_id: str
    name: str
    added_at: float
    used_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """The second factors that a person has."""

    totp_added_at: float | None = None
    passkeys: tuple[Passkey, ...] = ()
    codes_left: int = 0  # on paper

    @property
    def any(self) -> bool:
        """Whether a password alone is not enough."""
        return self.totp_added_at is not None or bool(self.passkeys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """An authenticator app that is being set up."""

    secret: str = field(repr=False)  # in base 32, to be typed
    address: str = field(repr=False)  # otpauth://..., to be shown as a picture
    ticket: str = field(repr=False)  # comes back with the first code


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """One of a person's sessions."""

    name: str  # ends it
    current: bool  # the one that asks
    started_at: float
    used_at: float
    browser: str
    network: str
    proof: str  # password, totp, recovery, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProof:
    """How somebody shows once more who they are. Where neither `password` nor `fresh` will do, by
    another log-in."""

    own: bool = False  # there is a password
    password: bool = False  # it will do,
    code: bool = False  # with a code of the app beside it
    fresh: bool = False  # a log-in of a moment ago stands for it: by the institution or a passkey


class BadPasskey(Exception):
    """It answers another challenge, or too late, did not verify its user, or is known already."""


class OldTicket(Exception):
    """The setting up took too long, or began in another log-in: begin anew."""


class UnfitPassword(ValueError):
    """The new password will not do; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FactorKeeper(Protocol):
    """Second factors of one's own; a database that is away raises `Unavailable`."""

    async def of(self, person: Person) -> Factors:
        """What a person has."""

    def begin(self, person: Person) -> Enrolment:
        """Set up an app; nothing counts before it is finished."""

    def again(self, person: Person, ticket: str) -> Enrolment:
        """The one that was begun. Raises `OldTicket`."""

    async def finish(self, person: Person, ticket: str, code: str) -> list[str]:
        """From now on the app's codes are asked for; the recovery codes, told this once.

        Raises `OldTicket` or `WrongCode`.
        """

    async def remove(self, person: Person) -> None:
        """The app counts no more."""

    async def new_codes(self, person: Person) -> list[str]:
        """Fresh recovery codes in place of all of before."""


class PasskeyKeeper(Protocol):
    """Passkeys of one's own; a database that is away raises `Unavailable`."""

    async def offer(self, person: Person, *, origin: str) -> PasskeyOffer:
        """What the browser is asked to make one by. `origin` is the panel's."""

    async def add(
        self, person: Person, ticket: str, credential: str, name: str, *, origin: str
    ) -> list[str]:
        """Keep what it has made; recovery codes, where there were none. Raises `BadPasskey`."""

    async def remove(self, person: Person, passkey_id: str) -> bool:
        """One's own counts no more; whether it was there."""


class OwnAccount(Protocol):
    """One's own log-ins; a database that is away raises `Unavailable`."""

    async def sessions(self, session: Session) -> Sequence[OpenSession]:
        """Where one is logged in, the latest first."""

    async def proof(self, session: Session) -> OwnProof:
        """How whoever asks can show who they are."""

    async def end_session(self, session: Session, name: str) -> bool:
        """End one of one's own; whether it was there."""

    async def end_others(self, session: Session) -> int:
        """End all but the one that asks; how many there were."""

    async def change_password(self, session: Session, password: str) -> Session:
        """A new password, and a new session: all of before are over. Raises `UnfitPassword`, and
        `LookupError` where there is none to be changed."""
