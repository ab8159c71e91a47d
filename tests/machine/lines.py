"""Who hangs on the exchange: callers, agents' legs, and citizens who are rung."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from contactcentre.core import effects, events


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


def channels(citizens: Iterable[Citizen], callers: Iterable[Caller]) -> Iterator[events.Channel]:
    """All channels."""
    for citizen in citizens:
        yield events.Channel(
            channel=f"PJSIP/carrier-{citizen.dial}",
            channel_id=citizen.dial,
            our_id=citizen.call_id,
            bridge="",
            rung=False,
        )
    for caller in callers:
        dial = caller.dial
        bridge = caller.call_id if dial is not None and dial.answered else ""
        common = events.Channel(
            channel=caller.channel,
            channel_id=caller.channel_id,
            our_id=caller.call_id,
            bridge=bridge,
            rung=False,
        )
        yield common
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
