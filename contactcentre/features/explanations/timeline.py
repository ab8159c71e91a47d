"""A call's life as a supervisor is told it: its times, and what was decided on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agents_ui.board.port import Moment, MomentKind
from contactcentre.core.call.leg import Leg, Purpose
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.decisions import Decision
from contactcentre.core.outcomes import Result
from routing.explanation import Digest

_UNANSWERED: dict[Result | None, MomentKind] = {
    Result.MISSED: "missed",
    Result.REJECTED: "rejected",
    Result.BUSY: "busy",
    Result.UNREACHABLE: "unreachable",
    Result.CALLER_LEFT: "caller_left",
    Result.WITHDRAWN: "withdrawn",
}

_ORDER: tuple[MomentKind, ...] = (
    "arrived",
    "queued",
    "widened",
    *_UNANSWERED.values(),
    "transferred",
    "taken_over",
    "offered",
    "answered",
    "talk_ended",
    "ended",
)
"""Of what happens in one instant."""


def moments(call: Call, decisions: Sequence[Decision]) -> tuple[Moment, ...]:
    """In order. The call's own times stand even where the log of decisions has a gap."""
    told = [*_facts(call), *_offers(call, decisions)]
    told += (
        Moment(at=each.at, kind=each.kind, decision=_seen(each))
        for each in decisions
        if each.kind in ("queued", "widened")
    )
    if call.queueing.queued_at is not None and not any(each.kind == "queued" for each in told):
        told.append(Moment(at=call.queueing.queued_at, kind="queued"))
    if call.phase is Phase.ENDED and call.end.at is not None:
        last = next((each for each in decisions if each.kind == "ended"), None)
        outcome = call.end.outcome.value if call.end.outcome else ""
        told.append(Moment(at=call.end.at, kind="ended", outcome=outcome, decision=_seen(last)))
    return tuple(sorted(told, key=lambda each: (each.at, _ORDER.index(each.kind))))


def _facts(call: Call) -> Iterator[Moment]:
    yield Moment(at=call.arrived_at, kind="arrived")
    if call.talk.ended_at is not None:
        yield Moment(at=call.talk.ended_at, kind="talk_ended")


def _offers(call: Call, decisions: Sequence[Decision]) -> Iterator[Moment]:
    made = {each.offers: each for each in decisions if each.kind == "offered"}
    for number, offer in enumerate(call.offers, start=1):
        who, decision = offer.agent_id, _seen(made.get(number))
        if offer.purpose is Purpose.HANDED:
            yield from _handed(call, offer)
            continue
        yield Moment(at=offer.at, kind="offered", agent_id=who, decision=decision)
        if offer.answered_at is not None:
            yield Moment(at=offer.answered_at, kind="answered", agent_id=who)
            if offer.result is Result.TRANSFERRED and offer.ended_at is not None:
                yield Moment(at=offer.ended_at, kind="transferred", agent_id=who)
        elif offer.ended_at is not None and offer.result in _UNANSWERED:
            yield Moment(at=offer.ended_at, kind=_UNANSWERED[offer.result], agent_id=who)


def _handed(call: Call, leg: Leg) -> Iterator[Moment]:
    """A colleague who was chosen by name has the caller, from when the agent before has not."""
    before = (one for one in call.offers if one.agent_id == leg.by)
    left = [one.ended_at for one in before if one.ended_at is not None and one.ended_at >= leg.at]
    at = min(left, default=leg.answered_at or leg.at)
    yield Moment(at=at, kind="taken_over", agent_id=leg.agent_id, by=leg.by)
    if leg.result is Result.TRANSFERRED and leg.ended_at is not None:
        yield Moment(at=leg.ended_at, kind="transferred", agent_id=leg.agent_id)


def _seen(decision: Decision | None) -> Digest | None:
    return decision.digest if decision is not None else None
