"""Signals: what the transition of a call, a timer or the configuration means for an agent."""

from __future__ import annotations

from dataclasses import dataclass

from contactcentre.core import events
from contactcentre.core.agent.memo import Memo
from contactcentre.core.outcomes import Result
from routing.model import Device


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved(events.AgentEvent):
    """A call was chosen for this agent."""

    offer_id: str
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningBegan(events.AgentEvent):
    """The agent hears the voice message that was offered."""

    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferOver(events.AgentEvent):
    """The offer ended without a talk."""

    offer_id: str
    result: Result
    rest_s: float  # by the network's rules; 0 is none
    misses: int  # so many in a row are no rest any more
    dial: Result | None = None  # why the citizen was not reached, who was rung for this agent


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSilent(events.AgentEvent):
    """The phone was dialled and did not ring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRang(events.AgentEvent):
    """The phone had rung when it was taken for silent: we were told late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongUnreachable(events.AgentEvent):
    """No phone of the agent could be rung for longer than the rules allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkStarted(events.AgentEvent):
    """Caller and agent hear each other."""

    offer_id: str
    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkEnded(events.AgentEvent):
    """The talk is over; `wrap_up_s` 0 leaves no wrap-up, `unsaved` leaves its record open.

    `gone`: the agent was called back into it, and did not come.
    """

    call_id: str
    wrap_up_s: float
    unsaved: bool
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RestOver(events.AgentEvent):
    """The rest after an offer that came to nothing has been long enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreHours(events.AgentEvent):
    """The agent's centre has opened or closed; `new_day`: the agent wants calls since a day before
    today, and it was closed in between.
    """

    opened: bool
    new_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpOver(events.AgentEvent):
    """Time is up, or the agent is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged(events.AgentEvent):
    """The agent's configuration as it is now."""

    name: str
    phones: tuple[str, ...]  # what registers, the one that rings first
    devices: tuple[Device, ...]  # what there is to choose among
    browser: bool
    mobile: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DialsUsedUp(events.AgentEvent):
    """The agent's mobile was dialled as often as the limits allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpGiven(events.AgentEvent):
    """A supervisor (a log-in, and a name) has seen to it that this agent asks for help."""

    by: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoLeft(events.AgentEvent):
    """A supervisor has written something to the agent."""

    memo: Memo


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOwed(events.AgentEvent):
    """The agent has served a call while we were away."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordClosed(events.AgentEvent):
    """The record of this call has been saved; the wrap-up after it is over."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTaken(events.AgentEvent):
    """The agent turns to the open record of this earlier call."""

    call_id: str
