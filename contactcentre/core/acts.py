"""What a supervisor asks for on the board: what it may say, who has asked, and why.

Each is an event like all others, and its moves stand in the one table. The page's words are decoded
straight into it (`ACTS`). What takes something from somebody needs a reason, which stays on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from msgspec import Meta

from contactcentre.core.commands import ChosenReason, Code
from contactcentre.core.events import AgentEvent, CallEvent, Event

Reason = Annotated[str, Meta(max_length=300, pattern=r"^[^\x00]*[^\s\x00][^\x00]*\Z")]
"""Why, in a supervisor's words."""

MemoText = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*[^\s\x00][^\x00]*\Z")]

Named = Annotated[Code, Meta(min_length=1)]

Given = Annotated[tuple[tuple[Named, Annotated[int, Meta(ge=1, le=5)]], ...], Meta(max_length=200)]
"""Levels by name."""

Mode = Literal["listen", "whisper", "barge"]
"""Nobody hears the supervisor; the agent alone does; all hear all."""

Ending = Literal["callback", "busy", "closed"]
"""What a caller who is taken out of the line hears: that we ring back, or why nobody answers."""


@dataclass(frozen=True, kw_only=True)
class SupervisorAct(Event):
    """Somebody (`by` a name, `by_id` a log-in) has asked for it. (Of the bases, an event may have
    several: they hold no slots.)"""

    __slots__ = ()
    by: str
    by_id: str


@dataclass(frozen=True, kw_only=True)
class ReasonedAct(SupervisorAct):
    """The same, with a reason."""

    __slots__ = ()
    why: Reason = field(repr=False)


# --- a call ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMoved(ReasonedAct, CallEvent):
    """To another queue: a caller who waits, or a promise. The wait so far goes along."""

    queue: Named


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPutFirst(ReasonedAct, CallEvent):
    """Before all others in line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPutBack(SupervisorAct, CallEvent):
    """To the place that is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEarmarked(ReasonedAct, CallEvent, AgentEvent):
    """To one agent: offered now, or next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarmarkLifted(SupervisorAct, CallEvent):
    """To whoever is next, as before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWithdrawn(ReasonedAct, CallEvent):
    """A caller who waits is told why, and the call ends."""

    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEndForced(ReasonedAct, CallEvent):
    """The call is stuck: everybody in it is let go, whether the exchange knows of it or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenAsked(ReasonedAct, CallEvent):
    """To the talk, on the phone of that agent, who is this supervisor."""

    listener: Named
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenTurned(SupervisorAct, CallEvent):
    """Another mode, without hanging up."""

    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenEnded(SupervisorAct, CallEvent):
    """No more."""


# --- an agent --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyForced(ReasonedAct, AgentEvent):
    """The agent is there for calls, now or after this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReadyForced(ReasonedAct, AgentEvent):
    """The agent gets no calls, now or after this one."""

    reason: ChosenReason


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOutForced(ReasonedAct, AgentEvent):
    """The agent is logged out, now or after this call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReleased(ReasonedAct, AgentEvent):
    """The agent is held by a call, an offer or a wrap-up that does not end: no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerGiven(ReasonedAct, AgentEvent):
    """The agent's desk is lost in mid-call: the caller goes to whoever is next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuesAssigned(ReasonedAct, AgentEvent):
    """For the rest of the day the agent takes these queues; None: those that are usual. The network
    that says so is published; by this the agent is told."""

    queues: Annotated[tuple[Named, ...], Meta(max_length=200)] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillsAssigned(ReasonedAct, AgentEvent):
    """The same of skills and languages, each with its level: these, in place of the usual ones."""

    skills: Given
    languages: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoWritten(SupervisorAct):
    """A message to these agents, on their desks until they have seen it."""

    memo_id: Named
    text: MemoText = field(repr=False)
    agents: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=5000)]


ACTS: Final[Mapping[str, type[SupervisorAct]]] = {
    "move": CallMoved,
    "put_first": CallPutFirst,
    "put_back": CallPutBack,
    "earmark": CallEarmarked,
    "lift": EarmarkLifted,
    "withdraw": CallWithdrawn,
    "end_call": CallEndForced,
    "listen": ListenAsked,
    "listen_turn": ListenTurned,
    "listen_end": ListenEnded,
    "ready": ReadyForced,
    "not_ready": NotReadyForced,
    "log_out": LogOutForced,
    "release": AgentReleased,
    "give_caller": CallerGiven,
}
"""By the names that the board's scripts use. The page gives the event's fields, but `at` and who it
is.
"""
