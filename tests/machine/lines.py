"""Who hangs on the exchange: callers, agents' legs, and citizens who are rung."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from contactcentre.core import effects


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
