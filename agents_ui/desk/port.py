"""What one agent's page shows, and the live desks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from agents_ui.ports.commands import Command
from agents_ui.ports.crisis import CrisisNotice
from agents_ui.ports.people import Person
from agents_ui.ports.texts import Texts

AgentState = Literal["LOGGED_OUT", "NOT_READY", "READY", "RESERVED", "TALKING", "WRAP_UP"]
Device = Literal["browser", "desk", "mobile"]
CallPhase = Literal["ringing", "talking", "rejoining", "wrap_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLogin:
    """What the browser phone needs to register; the secret lasts as long as the log-in."""

    uri: str  # sip:a-12@host
    password: str = field(repr=False)
    websocket: str  # ws(s)://host:port/ws
    display_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackView:
    """The promise to ring a citizen back, while that is what the agent's call is."""

    asked_at: float
    due_at: float  # promised by then
    attempt: int  # the number of the next attempt, or of this one
    attempts: int  # at most
    calling: bool  # the citizen is being rung just now


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
    callback: CallbackView | None = None  # rings when the agent says so


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """The hotline at a glance, for the desk's top bar."""

    waiting: int
    longest_since: float | None
    service_level: float | None  # 0..1 over the last 30 minutes, None without calls


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """All that one agent's page shows; replaces the former view whole."""

    seq: int
    at: float
    state: AgentState
    reason: str | None  # of NOT_READY: counter, break, lunch, missed, phone, microphone, ...
    since: float
    wanted: Literal["READY", "NOT_READY"]
    wanted_reason: str | None
    phone: bool
    microphone: bool
    telephony: bool  # the link to Asterisk
    call: CallView | None
    unsaved: tuple[CallView, ...]  # earlier calls whose record is not saved yet
    line: LineView
    crisis: CrisisNotice | None = None
    device: Device = "browser"  # what the agent answers on
    resting_until: float | None = None  # NOT_READY that ends by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """A queue to which the caller can be passed on, and how many others could take the call."""

    queue: str
    label: Texts
    suggested: bool  # the queue of the service that was asked for
    ready: int  # free at this instant
    at_work: int
    waiting: int  # callers in that queue now


class Desks(Protocol):
    """The live desk of every agent."""

    def on_duty(self, agent_id: str) -> bool:
        """Whether the agent may work now; whoever is kept in reserve may in a crisis only."""

    async def open(self, person: Person) -> PhoneLogin | None:
        """Log the agent in to the hotline and hand out the phone's secret; a mobile has none.

        Called whenever a page's live link opens, so also after a reload or a broken link: while
        the log-in lasts it answers the same secret and changes nothing. Raises `Unavailable`.
        """

    async def close(self, agent_id: str) -> None:
        """Log the agent out of the hotline; the phone's secret becomes worthless."""

    def view(self, agent_id: str) -> DeskView:
        """The desk as it stands."""

    def changes(self, agent_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        """Yields whenever `view` may have changed; several changes may fall into one."""

    def onward(self, agent_id: str, call_id: str, *, service: str) -> Sequence[Onward]:
        """Where the call could go from here; at most one queue is suggested for the service.

        Raises `LookupError` when the agent does not talk with that caller.
        """

    async def command(self, agent_id: str, command: Command) -> bool:
        """Carry out; True once it is journaled, False where it does not fit the present state.

        Raises `Unavailable`.
        """
