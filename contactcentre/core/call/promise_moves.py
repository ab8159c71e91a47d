"""An agent's promise to ring a citizen back: given in a talk, kept like every callback.

It is a call of its own, as a callback is that was asked for in the menu, but it is one person's:
whoever else rings from that number, or is promised something there, takes nothing of it away. So
only an agent can say that it is kept without a call.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from contactcentre.core import commands
from contactcentre.core.call import callback_moves
from contactcentre.core.call.callback import Callback, Promise
from contactcentre.core.call.move import Follow, Moved
from contactcentre.core.call.offers import cut_off, ended
from contactcentre.core.call.signals import PromiseGiven
from contactcentre.core.call.state import (
    NOT_RECORDED,
    Call,
    CallerChannel,
    CallRecord,
    MenuChoice,
    Phase,
)
from contactcentre.core.config.callback_rules import LONGEST_S
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.values import replace
from routing.calendar import LOCAL, local_day, midnight

MOST = 5
"""Of promises in one contact."""

DAYS = 14
"""So far ahead the next day is looked for on which citizens may be rung."""

STEP_S = 900.0
"""Hours of ringing begin and end at a quarter of an hour, or are taken as if they did."""

_NAMES = uuid.UUID("5f0b1f2e-6f0c-4a57-9a5e-3f4f0f1d7c12")


def promised(call: Call, event: commands.CallbackPromised, network: Network) -> Moved:
    """The promise, for whom the agent has talked with; what came of the call is that."""
    number = network.callback_number(event.number or call.caller)
    due_at = due(event, network)
    owned = call.talk.agent_id == event.agent_id and call.talk.answered_at is not None
    if not owned or number is None or due_at is None or event.base != call.promises:
        raise Illegal
    if call.promises >= MOST:
        raise Illegal
    centre = network.agents[event.agent_id].centre_id if event.agent_id in network.agents else ""
    given = PromiseGiven(
        at=event.at,
        call_id=uuid.uuid5(_NAMES, f"{call.call_id} {event.base}").hex,
        asked=call,
        number=number,
        due_at=due_at,
        promise=Promise(agent_id=event.agent_id, centre_id=centre, keeper=event.keeper),
        about=event.about or _first_line(call.record.note),
    )
    record = replace(call.record, outcome="callback")
    return Moved(replace(call, promises=call.promises + 1, record=record), (given,))


def asked_then(contact: Mapping[str, Any], service: str) -> Call:
    """The call in which something was asked about a service, as the row of its contact tells once
    it has left memory: what a promise takes of it, and no number, for the journal has it."""
    at = contact["arrived_at"]
    return Call(
        call_id=contact["call_id"],
        channel=CallerChannel(leashed=False),
        caller=None,
        dialled=contact["dialled"],
        arrived_at=at,
        phase=Phase.ENDED,
        since=at,
        queue=contact["queue"],
        language=contact["language"],
        choice=MenuChoice(matter=contact["matter"], municipality=contact["municipality"]),
        record=CallRecord(services=(service,)),
    )


def _first_line(note: str) -> str:
    lines = note.strip().splitlines()
    return lines[0][: commands.ABOUT_LENGTH] if lines else ""


def due(event: commands.CallbackPromised, network: Network) -> float | None:
    """By when; None where citizens are not rung then. Today and tomorrow end with the hours in
    which they are, and tomorrow is the next day that has any."""
    match event.when:
        case "usual":
            return callback_moves.due_at(event.at, network.callbacks.promise_s, network)
        case "today":
            return _end_of_day(event.at, 0, network)
        case "tomorrow":
            ends = (_end_of_day(event.at, days, network) for days in range(1, DAYS))
            return next((end for end in ends if end is not None), None)
        case "time":
            due_at = _instant(event.local)
            known = event.at < due_at <= event.at + LONGEST_S
            return due_at if known and _may_end(due_at, network) else None


def _instant(local: str) -> float:
    """0 where there is no such time."""
    try:
        return datetime.fromisoformat(local).replace(tzinfo=LOCAL).timestamp()
    except ValueError:
        return 0.0


def _may_end(at: float, network: Network) -> bool:
    return callback_moves.may_ring(at - 1.0, network)


def _end_of_day(at: float, days: int, network: Network) -> float | None:
    """The last instant of a local day in which citizens may be rung, if one is left."""
    for instant in _quarters(at, days):
        if instant > at and _may_end(instant, network):
            return instant
    return None


def _quarters(at: float, days: int) -> Iterator[float]:
    """Of a local day, from its end."""
    day = local_day(at) + timedelta(days=days)
    start, instant = midnight(day), midnight(day + timedelta(days=1))
    while instant > start:
        yield instant
        instant -= STEP_S


def given(call: None, event: PromiseGiven, network: Network) -> Moved:
    """In line from when it comes up, with what it is about as its note."""
    at, asked = event.at, event.asked
    promise = Callback(
        asked_in=asked.call_id, asked_at=at, due_at=event.due_at, given=event.promise
    )
    made = callback_moves.made(event.call_id, asked, event.number, promise, network)
    place_at = max(at, promise.opens_at)
    record = CallRecord(
        note=event.about, note_version=int(bool(event.about)), services=asked.record.services
    )
    queueing = replace(made.queueing, queued_at=at, place_at=place_at)
    return Moved(replace(made, queueing=queueing, record=record))


def kept(call: Call, event: commands.PromiseKept, network: Network) -> Moved:
    """Without a call, or it is not wanted any more: says who gave it, or who has its card."""
    promise, offer = call.callback, call.open_offer
    given_by = promise.given.agent_id if promise is not None and promise.given else None
    if given_by is None:
        raise Illegal
    if event.agent_id not in (given_by, offer.agent_id if offer is not None else None):
        raise Illegal
    follows: tuple[Follow, ...] = ()
    if offer is not None:
        call, follows = cut_off(call, offer, Result.HANDLED, event.at, network)
    record = replace(call.record, kind=NOT_RECORDED, outcome="", saved_at=event.at)
    over = ended(replace(call, record=record), event.at, "agent", Outcome.HANDLED)
    return Moved(over, follows)
