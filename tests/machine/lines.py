"""Who hangs on the exchange: callers, agents' legs, and citizens who are rung."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from contactcentre.core import effects, events
from contactcentre.core.events import Where


@dataclass
class Dial:
    """An agent's leg."""

    offer_id: str
    endpoint: str
    leg: str
    since: float
    until: float
    auto: bool = False  # back into a talk
    rang: bool = False
    answered: bool = False


@dataclass
class Citizen:
    """A telephone that we ring."""

    call_id: str
    dial: str
    shown: str
    until: float


@dataclass
class Fall:
    """Into the exchange's own queue, while no service lives."""

    since: float
    leg: str = ""  # the phone's that has answered there
    endpoint: str = ""
    answered_at: float | None = None


@dataclass
class Caller:
    """A caller's channel."""

    call_id: str
    channel: str
    channel_id: str
    number: str | None
    dialled: str
    held: bool = False  # by a socket of the service
    recalled: bool = False
    music: bool = False
    asked: effects.Ask | None = None
    dial: Dial | None = None
    away: effects.Record | effects.Transfer | None = None  # leaves a message, or talks elsewhere
    place: effects.KeepPlace | None = None
    orders: deque[effects.CallEffect] = field(default_factory=deque)
    fall: Fall | None = None
    known: bool = True  # to the service: it had the caller before
    joined: str = ""  # by that order
    bridge: str = ""  # with legs that have leashes of their own

    @property
    def talks(self) -> bool:
        """Whether an agent is on the line."""
        answered = self.fall is not None and self.fall.answered_at is not None
        return answered or bool(self.bridge) or (self.dial is not None and self.dial.answered)


def channels(citizens: Iterable[Citizen], callers: Iterable[Caller]) -> Iterator[events.Channel]:
    """All channels, but those of legs that are apart."""
    for citizen in citizens:
        yield events.Channel(
            channel=f"PJSIP/carrier-{citizen.dial}",
            channel_id=citizen.dial,
            our_id=citizen.call_id,
            bridge="",
            rung=False,
        )
    for caller in callers:
        dial, fall = caller.dial, caller.fall
        common = events.Channel(
            channel=caller.channel,
            channel_id=caller.channel_id,
            our_id=caller.call_id if caller.known else "",
            bridge=caller.bridge or (caller.call_id if caller.talks else ""),
            rung=False,
            where=Where.FALLBACK_QUEUE if fall is not None else Where.ELSEWHERE,
        )
        yield common
        if fall is not None and fall.answered_at is not None:
            yield replace(
                common,
                channel=fall.leg,
                channel_id=f"2.{fall.leg}",
                our_id="",
                rung=True,
                endpoint=fall.endpoint,
                where=Where.ELSEWHERE,
            )
        if dial is not None:
            yield replace(
                common,
                channel=dial.leg,
                channel_id=f"2.{dial.leg}",
                our_id=dial.offer_id,
                rung=True,
                endpoint=dial.endpoint,
                rings=dial.rang and not dial.answered,
            )
