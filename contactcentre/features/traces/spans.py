"""A call as spans: menu, waiting, each ring and talk, the wrap-up, beneath the call itself. Pure.

The trace has the call's own id, so it is found by what the log and the story of a call name; of
citizens and agents it says nothing. A span's id follows from what it is of, so one that is told
twice is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from contactcentre.core.call.leg import Leg
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.commands import RecordSaved
from contactcentre.engine.consumer import Changes

Value = str | bool | int | float

ROOT: Final = "call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `began` to `ended` (seconds UTC). `trace` and `span`: 32 and 16 hexadecimal digits;
    `parent` is "" of a call's own."""

    trace: str
    span: str
    parent: str
    name: str
    began: float
    ended: float
    attributes: Mapping[str, Value] = field(default_factory=dict)


def told(changes: Changes) -> Iterator[Span]:
    """What an event lets be told: all of a call that it has ended, or the wrap-up after one whose
    record it has closed."""
    event = changes.event
    for call in changes.calls:
        if call.phase is not Phase.ENDED or call.written is not None:
            continue
        if call.end.at == event.at:
            yield from of_call(call)
        elif isinstance(event, RecordSaved) and event.finish and event.call_id == call.call_id:
            yield from _wrap_up(call, event.at)


def of_call(call: Call) -> Iterator[Span]:
    """All but the wrap-up of a call that has ended."""
    ended = call.end.at if call.end.at is not None else call.since
    outcome = call.end.outcome.value if call.end.outcome is not None else "unknown"
    facts = {"queue": call.queue, "language": call.language, "by": call.end.by or ""}
    facts |= {"came_by": call.came_by, "outcome": outcome, "why": call.end.why}
    yield _span(call, ROOT, "", call.arrived_at, ended, **facts, hold_s=call.hold_s)
    queued = call.queueing.queued_at
    if call.callback is None:
        yield _span(call, "menu", "", call.arrived_at, ended if queued is None else queued)
    if queued is not None:
        answered = call.talk.answered_at
        yield _span(call, "waiting", "", queued, ended if answered is None else answered)
    for leg in call.legs:
        yield from _of_leg(call, leg, ended)


def _of_leg(call: Call, leg: Leg, ended: float) -> Iterator[Span]:
    over = leg.ended_at if leg.ended_at is not None else ended
    lifted = over if leg.answered_at is None else leg.answered_at
    facts: dict[str, Value] = {"purpose": leg.purpose.value, "party": leg.party.value}
    result = leg.result.value if leg.result is not None else ""
    answered = leg.answered_at is not None
    yield _span(
        call,
        "ring",
        leg.leg_id,
        leg.at,
        lifted,
        **facts,
        device=leg.device,
        circle=leg.circle,
        answered=answered,
        result=result,
    )
    if answered:
        yield _span(call, "talk", leg.leg_id, lifted, over, **facts, hold_s=leg.hold_s)


def _wrap_up(call: Call, at: float) -> Iterator[Span]:
    began = call.talk.ended_at
    if began is not None and began < at:
        yield _span(call, "wrap_up", "", began, at, kind=call.record.kind)


def _span(call: Call, name: str, of: str, began: float, ended: float, **facts: Value) -> Span:
    root = _id(call.call_id, ROOT, "")
    return Span(
        trace=_trace(call.call_id),
        span=_id(call.call_id, name, of),
        parent="" if name == ROOT else root,
        name=name,
        began=began,
        ended=max(began, ended),  # a clock that was set back must not make time run backwards
        attributes={key: value for key, value in facts.items() if value != ""},
    )


def _trace(call_id: str) -> str:
    """Of a call that came in its own name, 32 hexadecimal digits; of others a hash."""
    named = len(call_id) == 32 and set(call_id) <= set("0123456789abcdef")
    return call_id if named else hashlib.blake2b(call_id.encode(), digest_size=16).hexdigest()


def _id(*of: str) -> str:
    return hashlib.blake2b("\0".join(of).encode(), digest_size=8).hexdigest()
