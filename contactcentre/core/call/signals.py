"""Signals: what the matcher's choice, a timer, an agent or another call means for a call.

World makes them; they go through the table as facts from outside do.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from contactcentre.core import events
from contactcentre.core.acts import Mode
from contactcentre.core.agent.state import Agent
from contactcentre.core.call.callback import Promise
from contactcentre.core.call.leg import Leg, Purpose
from contactcentre.core.call.state import Call, Hears
from contactcentre.core.call.voice_message import VoiceMessage
from contactcentre.core.outcomes import Result
from contactcentre.core.work import ByHand
from routing.model import Device
from routing.overflow import Overflow

# --- at the door ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerRefused(events.CallEvent):
    """This caller is on the abuse list, or has rung too often: told so, and never in line."""

    arrival: events.CallArrived | events.CallReturned

    @classmethod
    def of(cls, arrival: events.CallArrived | events.CallReturned) -> CallerRefused:
        """Whoever has come so."""
        return cls(at=arrival.at, call_id=arrival.call_id, arrival=arrival)


# --- in line -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleOpened(events.CallEvent):
    """More centres may answer now, or a circle that was asked has become empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarmarkOver(events.CallEvent):
    """The agent to whom it was given is at work no more, or has had the time: it is everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceKept(events.CallEvent):
    """This caller stood in line before, and still has that place."""

    place_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalsForgiven(events.CallEvent):
    """So many legs, from the first, count no more: whoever refused them may be asked again."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverflowDue(events.CallEvent):
    """A rule of the queue's takes the caller out of the line."""

    rule: Overflow


# --- offers --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChosen(events.CallEvent):
    """The longest idle agent who may answer, found in the circle of that number."""

    agent: Agent
    circle: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseOver(events.LegEvent):
    """Nothing was heard of the offer in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RingOverdue(events.LegEvent):
    """The phone was dialled long enough ago, and nobody has heard that it rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWithdrawn(events.LegEvent):
    """The agent who is rung, or the phone, has gone."""

    result: Result


# --- talks ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RejoinPossible(events.CallEvent):
    """Caller and agent of an interrupted talk can both be reached."""

    agent: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundMoved(events.CallEvent):
    """The agent goes on by another device than the `former`, as the network has it by now."""

    former: Device


@dataclass(frozen=True, slots=True, kw_only=True)
class RejoinOver(events.CallEvent):
    """The agent has not come back in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFromDesk(events.CallEvent):
    """A supervisor has given the caller to others: the desk of the call's agent is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLost(events.CallEvent):
    """the exchange does not have the call any more; `restarted`: nor any other."""

    restarted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyChosen(events.CallEvent):
    """Somebody who can be rung was chosen by the call's agent: to be asked, or for the caller."""

    agent_id: str
    purpose: Purpose
    colleague: Agent | None
    number: str = ""  # E.164, of somebody outside


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkFound(events.CallEvent):
    """The exchange has the agent in a talk with these, whatever was asked for before a restart."""

    hears: Hears


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerChosen(events.CallEvent):
    """Somebody listens to the talk, on the phone of that agent."""

    listener: Agent
    mode: Mode
    by: str
    by_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerTold(events.CallEvent):
    """What the exchange tells of the leg of whoever listens."""

    told: events.LegEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenOver(events.CallEvent):
    """The leg that was listened to talks no more."""


# --- callbacks -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAsked(events.CallEvent):
    """A call has ended in which a callback was asked for: that is a call of its own."""

    asked: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseGiven(events.CallEvent):
    """An agent has promised a citizen a call: that is a call of its own."""

    asked: Call
    number: str = field(repr=False)  # E.164
    due_at: float
    promise: Promise
    about: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberDialled(events.CallEvent):
    """An agent dials a number, which may be dialled: that is a call of its own."""

    agent: Agent
    number: str = field(repr=False)  # E.164
    about: Call | None  # the contact that led to it


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLeft(events.CallEvent):
    """A caller has left a voice message: that is a call of its own."""

    asked: Call
    message: VoiceMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain(events.CallEvent):
    """The citizen has asked for the same once more, from this place in line."""

    place_at: float
    question: VoiceMessage | None = None  # and has said what it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLeft(events.CallEvent):
    """What a callback is about was said in the call that asked for it, which is over."""

    question: VoiceMessage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenRangIn(events.CallEvent):
    """The citizen was faster, and waits in the promised place in the call `by`."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenServed(events.CallEvent):
    """The citizen who rang in talks to an agent: nobody need be rung any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenGaveUp(events.CallEvent):
    """The citizen who rang in has gone unserved: what was promised is still owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenLifted(events.CallEvent):
    """The citizen whom we rang is on the leash: now the agent, who has waited for that."""

    agent: Agent


# --- an agent with two calls ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLasts(events.CallEvent):
    """The agent's telephone has held by itself for as long as a caller hears no word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedAway(events.CallEvent):
    """The agent turns to the call `other`; `parks`: the leg is to be taken out of this talk."""

    other: str
    parks: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedTo(events.CallEvent):
    """The agent comes from the call `other`, by that leg, which may be alone already."""

    other: str
    leg: Leg


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone(events.CallEvent):
    """The agent's other call is over. `given`: its leg is this one's now, and perhaps `alone`."""

    given: bool
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardAgain(events.CallEvent):
    """The agent, whose audio was lost, is back by that leg, in the other call."""

    leg: Leg


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOpened(events.CallEvent, events.AgentEvent):
    """An agent turns to the record of an earlier call, which is over and was laid aside."""

    call: Call  # as the journal has it


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGivenUp(events.CallEvent):
    """Nobody will record any more what was done: it has been too long, or a supervisor says so."""

    call: Call  # as the journal has it
    by: str = ""  # whose word it was


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactBegun(events.CallEvent, events.AgentEvent):
    """An agent writes down what came without a call."""

    channel: ByHand


# --- erased --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerErased(events.CallEvent):
    """The call is over, and whose it was is to be known no more."""
