"""What a transition of a call gives, and what those are told who watch it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from msgspec import Struct

from contactcentre.core import effects, events
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.values import replace
from ivr.interpreter import Passage
from routing.model import Queue

Follow = effects.Effect | events.Event
"""What follows from a fact: an order, or a fact more."""


class Moved(Struct, frozen=True):
    """The outcome of one step: the call as it is now, orders, and word to its agent."""

    call: Call
    follows: tuple[Follow, ...] = ()
    passages: tuple[Passage, ...] = ()  # what happened in the menu


Step = Callable[..., Moved]
"""(call, event, network) -> Moved. Raises `Illegal`."""


@dataclass(frozen=True, slots=True)
class Move:
    """What an event does in a phase, and where it may lead (the diagrams are drawn from this)."""

    do: Step
    to: tuple[Phase, ...]


class Change(Struct, frozen=True):
    """A call before and after one step; `before` is None where it began with that."""

    before: Call | None
    after: Call
    at: float
    network: Network

    @property
    def anew(self) -> bool:
        """Whether the call has entered the phase that it is in."""
        return self.before is None or self.before.phase is not self.after.phase

    @property
    def of_legs(self) -> bool:
        """Whether any leg may be another than before."""
        return self.before is None or self.before.legs is not self.after.legs


Observer = Callable[[Change], Iterable[Follow]]
"""Told of every change of a call; what it gives follows from that."""


def enter(call: Call, phase: Phase, at: float) -> Call:
    """The call in its new phase."""
    return call if call.phase is phase else replace(call, phase=phase, since=at)


def into(call: Call, queue: Queue, network: Network) -> Call:
    """The call in that queue, in the menu's language where policy lets the queue take it.

    A queue that does not take it hides it from no other.
    """
    chosen = call.choice.cursor.language if call.choice.cursor is not None else call.language
    language = network.language_in(queue.queue_id, chosen)
    return replace(call, queue=queue.queue_id, language=language)


def in_place(call: Call, place_at: float) -> Call:
    """The call where it would stand had it come then."""
    return replace(call, queueing=replace(call.queueing, place_at=place_at))


def with_leg(call: Call, leg: Leg) -> Call:
    """The call with that leg as it is now; a new one comes last."""
    if all(known.leg_id != leg.leg_id for known in call.legs):
        return replace(call, legs=(*call.legs, leg))
    return replace(call, legs=tuple(leg if k.leg_id == leg.leg_id else k for k in call.legs))


def next_leg_id(call: Call) -> str:
    """Legs of one call are numbered."""
    return f"{call.call_id}-{len(call.legs) + 1}"


def keep(call: Call, event: events.Event, network: Network) -> Moved:
    """Nothing to do, and nothing wrong either."""
    return Moved(call)
