"""What the desk needs from the service: an agent's view and commands, callers' earlier contacts,
service cards.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from agents_ui.shell.port import (
    AgentState,
    CrisisNotice,
    Person,
    PhoneLogin,
    ServiceCard,
    Texts,
)

Device = Literal["browser", "desk", "mobile"]
CallPhase = Literal["ringing", "listening", "talking", "rejoining", "wrap_up"]

# --- what the page shows -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackView:
    """The promise to ring a citizen back, while that is what the agent's call is."""

    asked_at: float
    due_at: float  # promised by then
    attempt: int  # the number of the next attempt, or of this one
    attempts: int  # at most
    calling: bool  # the citizen is being rung just now


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """The voice message, while that is what the agent's call is and nobody is being rung."""

    left_at: float
    due_at: float  # to be handled by then
    seconds: float  # its length
    attempt: int  # the number of the next attempt to ring the citizen
    attempts: int  # at most
    ring: bool  # whether who left it may be rung at all


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """The one call that an agent is concerned with."""

    call_id: str
    offer_id: str
    phase: CallPhase
    queue: str
    queue_label: Texts
    path: tuple[Texts, ...]  # the menu path, from the first choice to the last
    language: str
    caller: str | None  # E.164, None when withheld
    dialled: str
    dialled_label: Texts
    arrived_at: float
    queued_at: float
    offered_at: float
    ring_until: float | None
    answered_at: float | None
    held_since: float | None
    ended_at: float | None
    wrap_up_until: float | None
    note: str
    note_version: int
    identified_level: int  # 0..3; history opens at 1
    suggested: tuple[str, ...]  # service codes, most likely first
    kind: str  # default or chosen disposition: consultation, application, ...
    services: tuple[str, ...]
    outcome: str
    saved: bool
    end: str | None = None  # who ended it: caller, agent, lost
    passed_by: str = ""  # the name of the agent who passed it on to here
    # Of a promise or a message: by which limit its citizen may not be rung now.
    barred: Literal["", "prefix", "number", "agent"] = ""
    callback: CallbackView | None = None  # rings when the agent says so
    message: MessageView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """The hotline at a glance, for the desk's top bar."""

    waiting: int
    longest_since: float | None
    service_level: float | None  # 0..1 over the last 30 minutes, None without calls


@dataclass(frozen=True, slots=True, kw_only=True)
class HotlineView:
    """What every desk shows alike; replaces the fields of that name in `DeskView`."""

    telephony: bool
    line: LineView
    crisis: CrisisNotice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """All that one agent's page shows; replaces the former view whole."""

    seq: int
    at: float
    state: AgentState
    reason: str | None  # of NOT_READY: counter, break, lunch, missed, phone, silent, ...
    since: float
    wanted: Literal["READY", "NOT_READY"]
    wanted_reason: str | None
    phone: bool
    microphone: bool
    telephony: bool  # the link to Asterisk
    call: CallView | None
    unsaved: tuple[CallView, ...]  # an earlier call whose record is in hand and not saved yet
    line: LineView
    crisis: CrisisNotice | None = None
    device: Device = "browser"  # what the agent answers on
    resting_until: float | None = None  # NOT_READY that ends by itself
    laid_aside: int = 0  # open records that are not in hand
    gone_at: float | None = None  # logged out as no phone could be rung; until the next choice


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidAside:
    """An earlier call whose record is open still, and not in hand."""

    call_id: str
    arrived_at: float
    queue_label: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """A queue to which the caller can be transferred, and how many others could take the call."""

    queue: str
    label: Texts
    suggested: bool  # the queue of the service that was asked for
    ready: int  # free at this instant
    at_work: int
    waiting: int  # callers in that queue now


@dataclass(frozen=True, slots=True, kw_only=True)
class PastContact:
    """One earlier contact of a number. `note` stays empty until the agent has identified."""

    at: float
    kind: str
    services: tuple[str, ...]
    topic: Texts
    centre: str
    outcome: str
    note: str = ""


# --- who gives and does it ----------------------------------------------------------------------


class BadCommand(Exception):
    """What a page asks for makes no sense; `error` is what it is told."""

    def __init__(self, error: Literal["unknown-command", "bad-arguments"]) -> None:
        super().__init__(error)
        self.error = error


class NotYetOnDisk(Exception):
    """It was done and counts, but the disk has not taken it yet: a crash just now would lose it."""


class Desks(Protocol):
    """The live desk of every agent."""

    def on_duty(self, agent_id: str) -> bool:
        """Whether the agent may work now; whoever is kept in reserve may in a crisis only."""

    async def open(self, person: Person, *, again: bool = False) -> PhoneLogin | None:
        """Log the agent in to the hotline and hand out the phone's secret; a mobile has none.

        Whoever was logged out for want of a phone is so until somebody asks for the page: one that
        comes back by itself (`again`) logs nobody in.
        Called whenever a page's live link opens, so also after a reload or a broken link: while
        the log-in lasts it answers the same secret and changes nothing. Raises `Unavailable`.
        """

    async def phone(self, agent_id: str) -> PhoneLogin | None:
        """The phone's secret as it is now; None where there is none, or no log-in."""

    def phone_changes(self, agent_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        """Yields when the phone's secret has become another one: another log-in of the same user
        has ended, and knew it."""

    async def close(self, agent_id: str) -> None:
        """Log the agent out of the hotline; the phone's secret becomes worthless."""

    def view(self, agent_id: str) -> DeskView:
        """The desk as it stands."""

    def state(self, agent_id: str) -> AgentState:
        """What `view` says of the agent's state."""

    def changes(self, agent_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        """Yields whenever `view` may have changed; several changes may fall into one.

        Not for what every desk shows alike.
        """

    def municipality(self, agent_id: str) -> str:
        """Whose cards are meant where several municipalities have one: the caller's (an id), ""
        where nobody knows; without a call the agent's own, for whoever stands at the counter."""

    def hotline(self) -> HotlineView:
        """What every desk shows alike: the same object until something of it is made anew."""

    def hotline_changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        """Yields whenever `hotline` may have changed."""

    def onward(self, agent_id: str, call_id: str, *, service: str) -> Sequence[Onward]:
        """Where the call could go from here; at most one queue is suggested for the service.

        Raises `LookupError` when the agent does not talk with that caller.
        """

    async def laid_aside(self, agent_id: str) -> Sequence[LaidAside]:
        """The agent's open records that are not in hand, the oldest first. Raises `Unavailable`."""

    async def command(self, agent_id: str, name: str, args: Mapping[str, Any]) -> bool:
        """Carry out; True once it is journaled, False where it does not fit the present state.

        It counts at once, in the order of the calls. Raises `BadCommand` and `Unavailable`, where
        nothing was done, and `NotYetOnDisk`.
        """

    async def leave(self, agent_id: str) -> None:
        """The agent's page is closing or reloading. Raises `Unavailable` and `NotYetOnDisk`."""


class Messages(Protocol):
    """Recordings of voice messages."""

    async def recording(self, person: Person, call_id: str) -> Path:
        """Its file, which may be gone; who gets it is written down before.

        Raises `Unavailable`; `LookupError` unless the agent listens to it, or has.
        """


class PastContacts(Protocol):
    """Earlier contacts of the number that rings."""

    async def contacts(self, person: Person, call_id: str) -> Sequence[PastContact]:
        """Newest first, at most 20; dates and topics only, until this agent has answered the call
        and the caller is identified at level 1.

        Raises `Unavailable`; `LookupError` when the call is not this agent's (any more).
        """


class Catalogue(Protocol):
    """The service catalogue, in memory. `municipality` is the caller's, whose cards are meant."""

    def search(
        self, text: str, *, locale: str, limit: int = 8, municipality: str = ""
    ) -> Sequence[ServiceCard]:
        """Best first; forgives missing diacritics, endings, slips, Russian or English words.
        Empty where nothing fits."""

    def cards(
        self, codes: Sequence[str], *, locale: str, municipality: str = ""
    ) -> Sequence[ServiceCard]:
        """The cards of these codes, unknown codes left out."""


class Misses(Protocol):
    """What was looked for in vain."""

    async def note(self, text: str) -> None:
        """Count it, where nothing fits and it is not about somebody. Raises `Unavailable`."""
