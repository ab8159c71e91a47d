"""From the journal to the tables, pure: which rows a run of records leads to.

The journal in the database says what happened and when, but not to whom: numbers, keys and notes
stand in `contacts` alone, so that one row erases them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import msgspec

from contactcentre.core.agent.state import Agent
from contactcentre.core.call.leg import Leg, Party, Purpose
from contactcentre.core.call.state import NOT_RECORDED, Call
from contactcentre.core.config.crisis import Crisis
from contactcentre.core.outcomes import Result
from contactcentre.storage import codec
from contactcentre.storage.entry import JournalRecord
from routing.calendar import local_day

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftLine:
    """How a call left the line, for good: where, and what that queue promised then (seconds)."""

    queue: str
    within_s: float
    short_s: float


@dataclass(frozen=True, slots=True)
class Card:
    """What the statistics tell of a service."""

    institution: str = ""
    level: str = ""


PERSONAL = frozenset({"about", "call", "caller", "digit", "digits", "event", "number", "text"})
"""Fields of events that may tell something of a citizen; `event` is one that was set aside."""
FLOW_COUNT_KEY = ("flow", "version", "node", "day", "what", "key")
LONGEST = 200
"""Of a text that comes from the network; a note may be longer."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What to write, each row once."""

    journal: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    legs: list[Row] = field(default_factory=list)
    services_done: list[Row] = field(default_factory=list)  # instead of all of their contacts
    agent_intervals: list[Row] = field(default_factory=list)
    crises: list[Row] = field(default_factory=list)
    flow_counts: list[Row] = field(default_factory=list)  # to be added to what is there


def rows(
    source: str,
    records: Sequence[JournalRecord],
    *,
    home: Mapping[str, str | None],
    centre: Mapping[str, str],
    cards: Mapping[str, Card] = MappingProxyType({}),
    promises: Mapping[str, tuple[float, float]] = MappingProxyType({}),
    known: AbstractSet[int] = frozenset(),
) -> Rows:
    """The rows of records in order.

    `home` gives the centre of a dialled number, `centre` that of an agent, `cards` what a service's
    card says, `promises` within how many seconds a queue answers, and until when an abandon is a
    short one; all are kept with the contact, because people and cards move on and history does not.
    `known` are the numbers of records that
    were written before: they are counted once.
    """
    calls = {call.call_id: (record.seq, call) for record in records for call in record.calls}
    left: dict[str, LeftLine] = {}
    for record in records:
        for call in record.calls:
            if call.call_id not in left and has_left_line(call):
                within_s, short_s = promises.get(call.queue, (0.0, 0.0))
                here = LeftLine(queue=call.queue, within_s=within_s, short_s=short_s)
                left[call.call_id] = here
    intervals = {
        (agent.agent_id, agent.since): _interval(record.seq, agent)
        for record in records
        for agent in record.agents
    }
    crises = {one.crisis_id: (record.seq, one) for record in records for one in record.crises}
    return Rows(
        journal=[_journal(source, record) for record in records],
        contacts=[
            {**_contact(seq, call, home, centre), **_left(left.get(call.call_id))}
            for seq, call in calls.values()
        ],
        legs=list(_legs(calls.values())),
        services_done=[row for seq, call in calls.values() for row in _done(seq, call, cards)],
        agent_intervals=sorted(intervals.values(), key=lambda row: row["from_at"]),
        crises=[_crisis(seq, one) for seq, one in crises.values()],
        flow_counts=list(_flow_counts(one for one in records if one.seq not in known)),
    )


def _journal(source: str, record: JournalRecord) -> Row:
    event = codec.decode(record.event, dict)
    return {
        "source": source,
        "seq": record.seq,
        "at": record.at,
        "kind": record.kind,
        "call_id": record.call_id,
        "agent_id": record.agent_id,
        "event": {key: value for key, value in event.items() if key not in PERSONAL},
    }


def _contact(
    seq: int, call: Call, home: Mapping[str, str | None], centre: Mapping[str, str]
) -> Row:
    done, promise, message = call.record, call.callback, call.message
    question = call.recording if message is None else None
    return {
        "call_id": call.call_id,
        "last_seq": seq,
        "caller": None if call.caller is None else _text(call.caller),
        "dialled": _text(call.dialled),
        "home_centre_id": home.get(call.dialled),
        "phase": call.phase,
        "language": call.language,
        "queue": call.queue,
        "matter": _text(call.choice.matter),
        "first_queue": call.choice.queue,
        "skills": [list(skill) for skill in call.choice.skills],
        "municipality": _text(call.choice.municipality),
        "outcome": call.end.outcome,
        "agent_id": call.talk.agent_id,
        "centre_id": centre.get(call.talk.agent_id or ""),
        "arrived_at": call.arrived_at,
        "queued_at": call.queueing.queued_at,
        "answered_at": call.talk.answered_at,
        "talk_ended_at": call.talk.ended_at,
        "ended_at": call.end.at,
        "ended_by": call.end.by,
        "hold_s": call.hold_s,
        "kind": _text(done.kind),
        "services": list(done.services),
        "result": _text(done.outcome),
        "recorded_at": done.saved_at,
        "note": _clean(call.record.note),
        "identified_level": call.identity.level,
        "identified_by": _text(call.identity.method),
        "came_by": call.came_by,
        "matter_municipality": _text(done.municipality),
        "spoken_language": _text(done.language or call.language),
        "why": call.end.why,
        "path": _path(call),
        "follow_up_on": done.follow_up_on.isoformat() if done.follow_up_on is not None else None,
        "notices": list(call.heard.notices),
        "callback_of": (promise.asked_in or None) if promise is not None else None,
        "attempts": promise.attempts if promise is not None else 0,
        "due_at": promise.due_at if promise is not None else None,
        "direction": "out" if promise is not None and message is None else "in",
        "promised_by": promise.given.agent_id if promise is not None and promise.given else None,
        "question_s": question.seconds if question is not None else None,
        "message_s": message.seconds if message is not None else None,
        "message_heard_at": message.heard_at if message is not None else None,
    }


def _path(call: Call) -> str:
    """What was chosen in the menu, node by node: keys of labels, none of them typed."""
    cursor = call.choice.cursor
    return _text(" › ".join(cursor.path)) if cursor is not None else ""


def has_left_line(call: Call) -> bool:
    """Whether a caller who stood in it was answered, or is gone."""
    if call.queueing.queued_at is None or call.callback is not None:
        return False
    return call.talk.answered_at is not None or call.end.at is not None


def _left(left: LeftLine | None) -> Row:
    return {
        "left_queue": left.queue if left is not None else None,
        "within_s": left.within_s if left is not None else None,
        "short_s": left.short_s if left is not None else None,
    }


def _done(seq: int, call: Call, cards: Mapping[str, Card]) -> Iterable[Row]:
    """Of a record that is closed; one of which nobody said what was done has none."""
    record = call.record
    if record.saved_at is None or record.kind == NOT_RECORDED:
        return
    apart = {one.service: one for one in record.apart}
    for service in dict.fromkeys(record.services or ("",)):
        own, card = apart.get(service), cards.get(service, Card())
        yield {
            "call_id": call.call_id,
            "service": _text(service),
            "last_seq": seq,
            "at": call.arrived_at,
            "kind": own.kind if own is not None else _text(record.kind),
            "outcome": own.outcome if own is not None else _text(record.outcome),
            "institution": card.institution,
            "level": card.level,
            "municipality": _text(record.municipality),
        }


def _legs(calls: Iterable[tuple[int, Call]]) -> Iterable[Row]:
    for seq, call in calls:
        if call.callback is None and call.written is None:
            yield _leg(seq, call, _own(call))
        for leg in call.legs:
            yield _leg(seq, call, leg)


def _own(call: Call) -> Leg:
    """The leg of the citizen who rang in: the call itself."""
    why = {"caller": Result.HUNG_UP, "lost": Result.LOST}.get(call.end.by or "", Result.WITHDRAWN)
    return Leg(
        leg_id=call.call_id,
        party=Party.CITIZEN,
        purpose=Purpose.ARRIVAL,
        device="telephone",
        at=call.arrived_at,
        ring_until=call.arrived_at,
        answered_at=call.arrived_at,
        ended_at=call.end.at,
        result=why if call.end.at is not None else None,
    )


def _leg(seq: int, call: Call, leg: Leg) -> Row:
    return {
        "leg_id": leg.leg_id,
        "last_seq": seq,
        "call_id": call.call_id,
        "party": leg.party,
        "purpose": leg.purpose,
        "device": leg.device,
        "agent_id": leg.agent_id or None,
        "number": _text(leg.number) or None,
        "from_at": leg.at,
        "dialed_at": leg.dialed_at,
        "rang_at": leg.rang_at,
        "answered_at": leg.answered_at,
        "to_at": leg.ended_at,
        "why": leg.result,
        "hold_s": leg.hold_s,
        "circle": leg.circle,
        "recorded": leg.recorded.basis if leg.recorded is not None else None,
    }


def _interval(seq: int, agent: Agent) -> Row:
    return {
        "agent_id": agent.agent_id,
        "from_at": agent.since,
        "last_seq": seq,
        "state": agent.state,
        "reason": agent.reason,
        "call_id": agent.call_id,
    }


def _crisis(seq: int, crisis: Crisis) -> Row:
    row: Row = msgspec.to_builtins(crisis)
    for name in ("by", "why", "ended_by"):
        row[name] = _clean(row[name])
    return {**row, "plan_id": crisis.plan.plan_id, "last_seq": seq}


def _flow_counts(records: Iterable[JournalRecord]) -> Iterable[Row]:
    counts = Counter(
        (one.flow, one.version, one.node, _day(record.at), one.what, one.key)
        for record in records
        for one in record.passages
    )
    for values, count in sorted(counts.items()):
        yield {**dict(zip(FLOW_COUNT_KEY, values, strict=True)), "count": count}


def _day(at: float) -> str:
    return local_day(at).isoformat()


def _text(value: str) -> str:
    return _clean(value)[:LONGEST]


def _clean(value: str) -> str:
    # PostgreSQL keeps no NUL in a text.
    return value.replace("\0", "")
