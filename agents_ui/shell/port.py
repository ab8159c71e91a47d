"""What every page needs from the service: people and their log-ins, settings, health, and the few
values that several pages show.

The panel knows nothing of the engine, Asterisk or the database: `contactcentre` hands it objects
that keep these promises. Views are plain frozen data that turn into JSON as they stand; every
`..._at`, `since` and `until` is in seconds since the epoch, UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol
from urllib.parse import urlsplit

Texts = Mapping[str, str]
"""A label per language, at least `lv` and `en`."""

Role = Literal["agent", "supervisor", "editor", "admin", "auditor", "dpo"]
"""What people are: `editor` of services, `auditor`, data-protection officer (`dpo`), ..."""

RealmKind = Literal["network", "municipality", "institution", "centre"]
Realm = tuple[RealmKind, str]
"""A part of the network: its kind and its id, as in `("municipality", "ludza")`. An institution is
known by its Latvian name, as service cards have it; the whole is `NETWORK`."""

NETWORK: Final[Realm] = ("network", "")
Must = Literal["", "password", "factor"]
"""What somebody has to do before anything else opens: choose a password in the place of the first,
which another has seen, or set up a second factor."""

AgentState = Literal["LOGGED_OUT", "NOT_READY", "READY", "RESERVED", "TALKING", "WRAP_UP"]


class Unavailable(Exception):
    """A part that this needs is away for the moment; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role that somebody has in a part of the network; a person has several."""

    role: Role
    realm: Realm = NETWORK


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who may log in. `agent_id` is set for those who answer calls."""

    user_id: str
    name: str
    grants: frozenset[Grant] = frozenset()
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
    must: Must = ""
    # Only of a log-in just now: what the browser keeps, to be known again at the next, and whose
    # page it is that may be unlocked by the institution's log-in.
    device: str = field(default="", repr=False, compare=False)
    whose: str = field(default="", repr=False, compare=False)


class WrongPassword(Exception):
    """The user name and the password do not belong together."""


class FirstPasswordOver(WrongPassword):
    """It is a first password that nobody has used within its time."""


class LogInAgain(Exception):
    """Who has no password shows who it is by a log-in that is not older than some minutes."""


class SlowDown(Exception):
    """Too many wrong guesses: wait before the next try."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("too many guesses")
        self.retry_after_s = retry_after_s


class SecondStep(Exception):
    """The password is right, and not enough: `ticket` says whose it was, for a few minutes."""

    def __init__(self, ticket: str) -> None:
        super().__init__("a second factor is asked for")
        self.ticket = ticket


class TicketOver(Exception):
    """The second step came too late, or the password was changed meanwhile: log in anew."""


class WrongCode(Exception):
    """It is not the code of this moment, or it was used before."""


class Unproven(Exception):
    """The passkey is none of ours, or has not answered what it was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyOffer:
    """What a browser asks its authenticator, and the ticket that comes back with the answer."""

    options: Mapping[str, object]
    ticket: str = field(repr=False)


def site_of(origin: str) -> str:
    """The host that passkeys are bound to; "" where browsers make none: at bare addresses, and
    without TLS elsewhere than on this machine."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    bare = ":" in host or host.replace(".", "").isdecimal()
    return host if not bare and (parts.scheme == "https" or host == "localhost") else ""


class Accounts(Protocol):
    """Log-ins and their sessions; a database that is away raises `Unavailable`."""

    async def log_in(
        self, username: str, password: str, *, address: str, device: str = "", browser: str = ""
    ) -> Session:
        """Start a session. `device` is what `Session.device` of an earlier log-in said, `browser`
        the family that its user knows it by.

        Raises `WrongPassword` (wrong), `FirstPasswordOver`, `SecondStep` (right, and a code is
        needed) or `SlowDown` (guessing, or too many at once).
        """

    async def second_step(
        self, ticket: str, code: str, *, address: str, device: str = "", browser: str = ""
    ) -> Session:
        """Start the session for which `SecondStep` was raised, by a code of the app or on paper.

        Raises `WrongCode`, `TicketOver` or `SlowDown`.
        """

    def passkey(self, *, origin: str) -> PasskeyOffer:
        """Ask the browser for a passkey, whoever sits there."""

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
        """Start a session for whose passkey it is. Raises `Unproven`."""

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
        """Whether it is still the person who has logged in: by the password, with a code of the app
        unless the log-in was a moment ago, or, where `fresh` will do, because it was, by the
        institution or a passkey. Raises as `log_in`, `WrongCode` and `LogInAgain`."""

    async def session(self, token: str) -> Session | None:
        """The session of a cookie, if it is still good; marks it as used."""

    async def log_out(self, token: str) -> None:
        """End the session for good."""

    async def until_ended(self, token: str, within_s: float) -> None:
        """Return in so many seconds, or sooner, as soon as the session may have been ended."""


class Shifts(Protocol):
    """The agents who are at work."""

    async def close(self, agent_id: str) -> None:
        """Log the agent out of the hotline; the phone's secret becomes worthless."""


class RefusedAccess(Protocol):
    """Those whom the table of permissions has refused."""

    async def note(self, person: Person, route: str) -> None:
        """Write down who wanted to go where; never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnServer:
    """A relay for sound, as browsers take it (`RTCIceServer`)."""

    urls: tuple[str, ...]
    username: str
    credential: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLogin:
    """What the browser phone needs to register; the secret lasts as long as the log-in."""

    uri: str  # sip:a-12@host
    password: str = field(repr=False)
    websocket: str  # ws(s)://host:port/path
    display_name: str
    turn: TurnServer | None = None
    relayed: bool = False  # sound goes by `turn` and no other way


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLogin:
    """A log-in that a demonstration offers on its log-in page; never in production."""

    username: str
    password: str = field(repr=False)
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSettings:
    """How the panel is reached."""

    origin: str  # scheme://host:port that browsers use
    secure: bool  # behind TLS: `__Host-` cookies, HSTS
    demo_phone: PhoneLogin | None = None
    exchange: str = ""  # ws://host:port/path to which the desks' phones are joined
    demo_exchange: str = ""  # the same of the demonstration's phone
    phone_origins: tuple[str, ...] = ()  # ws(s)://host:port of phones that do not go through us
    sockets: int = 4_000  # connections at a time, half of them for who is not logged in
    sockets_each: int = 500  # of those, of one address
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")  # networks that may read /metrics
    trusted_proxies: tuple[str, ...] = ()  # networks whose X-Forwarded-For is believed
    samples: tuple[SampleLogin, ...] | None = None
    lock_s: float = 0.0  # so long unused, and a page locks; 0: never
    compiled: Path | None = None  # a folder for templates that are compiled, nobody else's


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisNotice:
    """Crisis mode is on: what every desk and board says of it."""

    label: Texts
    since: float
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAnswer:
    """What a citizen has asked and the card's owner has answered, in the language of the talk."""

    language: str
    question: str
    answer: str
    checked_on: str  # ISO date


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCard:
    """What is told a citizen: one service of the catalogue, in one language."""

    code: str
    name: str
    institution: str
    level: Literal["state", "municipal"]
    summary: str
    fee: str
    term: str
    channels: tuple[str, ...]  # in_person, online, post, e_address, phone, centre
    documents: str
    legal_act: str
    checked_on: str  # ISO date
    who: str = ""  # for whom it is
    steps: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    link: str = ""  # https://...
    telephone: str = ""  # of the owner, E.164 or a short number
    by_phone: tuple[str, ...] = ()  # what can be done in the call: inform, submission, file
    identification: int = 0  # the level that it takes, 0..3
    owner: str = ""  # who keeps the card right
    to_check: tuple[str, ...] = ()  # facts that the owner has not confirmed: fee, term, ...
    municipality: str = ""  # its id, where this is what that one alone says
    coming_on: str = ""  # ISO date of the next change that is known, of:
    coming_fee: str = ""
    coming_term: str = ""
    answers: tuple[CardAnswer, ...] = ()


class Health(Protocol):
    """For /healthz, /readyz and /metrics."""

    def ready(self) -> tuple[bool, Mapping[str, str]]:
        """Whether calls can be taken, and the state of each part in a word."""

    def metrics(self) -> bytes:
        """Prometheus text."""
