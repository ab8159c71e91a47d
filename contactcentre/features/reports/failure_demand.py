"""Failure demand: whoever rings since something was not done, or was not understood.

Nothing is guessed from what people say. It follows from what stood on record, by number, as the
call came in; a contact is in the first part that fits, so the parts add up:

1. `promise_overdue`: a promise to ring that number was overdue;
2. `case_overdue`: a case of that number, or a promise in it, was;
3. `question_open`: what was asked of a card's owner in a call of that number had no answer;
4. `known_event`: the agent joined the call to a known event;
5. `asked_again`: that number had talked with an agent about the same service within 7 days.

The first three are settled as the call comes in: a term that is moved later changes no past.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, Connection, Select, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from contactcentre.storage import tables as models
from contactcentre.storage.tables.reports import FAILURES
from routing.calendar import midnight

WEEK_S: Final = 7 * 86_400.0

AT_ARRIVAL: Final = FAILURES[:3]

_contacts, _cases, _entries = models.contacts.c, models.cases.c, models.case_entries.c
_asked, _joined = models.enquiries.c, models.case_contacts.c

_these: BindParameter[Any] = bindparam("calls", expanding=True)
_them: BindParameter[Any] = bindparam("callers", expanding=True)

# Made once: they are asked with every call, and to build one costs more than to answer it.
_CALLBACKS = select(
    _contacts.caller, _contacts.due_at, func.coalesce(_contacts.answered_at, _contacts.ended_at)
).where(
    _contacts.caller.in_(_them),
    _contacts.came_by == "callback",
    _contacts.due_at.is_not(None),
)
"""Those that they asked for, and an agent's word."""

_QUESTIONS = (
    select(_contacts.caller, _asked.asked_at, func.coalesce(_asked.answered_at, _asked.over_at))
    .join(models.enquiries, _asked.call_id == _contacts.call_id)
    .where(_contacts.caller.in_(_them))
)
_PROMISED_IN_CASES = (
    select(_cases.caller, _entries.promised_at, _entries.kept_at)
    .join(models.case_entries, _entries.case_id == _cases.case_id)
    .where(_cases.caller.in_(_them), _entries.promised_at.is_not(None))
)
_TERMS = select(_cases.caller, _cases.due_on, _cases.over_at).where(_cases.caller.in_(_them))
_EVENTS = select(_joined.call_id).where(_joined.call_id.in_(_these))
_TALKS = select(_contacts.caller, _contacts.arrived_at, _contacts.services).where(
    _contacts.caller.in_(_them),
    _contacts.arrived_at.between(bindparam("since"), bindparam("until")),
    _contacts.answered_at.is_not(None),
)
_before = aliased(models.contacts).c
_LATER = (
    select(_contacts.call_id)
    .where(
        _before.call_id.in_(_these),
        _before.caller.is_not(None),
        _contacts.caller == _before.caller,
        _contacts.arrived_at > _before.arrived_at,
        _contacts.arrived_at <= _before.arrived_at + WEEK_S,
        _contacts.direction == "in",
    )
    .distinct()
)

Contact = Mapping[str, Any]
Facts = Mapping[str, Mapping[str, Any]]


class Owed(NamedTuple):
    """To a number: since when it is due, or open, and when it was done (UTC seconds)."""

    since_at: float
    done_at: float | None

    def stood(self, at: float) -> bool:
        """Whether it did then."""
        return self.since_at < at and (self.done_at is None or self.done_at >= at)


class EarlierTalk(NamedTuple):
    """With an agent."""

    arrived_at: float
    services: frozenset[str]


def failures(connection: Connection, contacts: Sequence[Contact], former: Facts) -> dict[str, str]:
    """Of contacts that rang in: the part each is in, "" where it is none. `former`: their facts as
    they were made last."""
    theirs = [one for one in contacts if (one["direction"], one["came_by"]) == ("in", "phone")]
    fresh = [one for one in theirs if one["call_id"] not in former and one["caller"]]
    found = _at_arrival(connection, fresh)
    events = _events(connection, [one["call_id"] for one in theirs])
    again = _again(connection, [one for one in theirs if one["caller"]])
    again |= _gone(connection, theirs, again, former)
    return {
        one["call_id"]: _part(one, former.get(one["call_id"]), found, events, again)
        for one in theirs
    }


def _part(
    contact: Contact,
    before: Mapping[str, Any] | None,
    found: Mapping[str, str],
    events: Collection[str],
    again: Collection[str],
) -> str:
    key = contact["call_id"]
    if before is not None:
        stood = next((name for name in FAILURES if before[name]), "")
        if contact["forgotten_at"] is not None or stood in AT_ARRIVAL:
            return stood
    if key in found:
        return found[key]
    if key in events:
        return "known_event"
    return "asked_again" if key in again else ""


def _at_arrival(connection: Connection, contacts: Sequence[Contact]) -> dict[str, str]:
    if not contacts:
        return {}
    callers = {one["caller"] for one in contacts}
    owed = {
        "promise_overdue": _owed(connection, _CALLBACKS, callers),
        "case_overdue": _late_cases(connection, callers),
        "question_open": _owed(connection, _QUESTIONS, callers),
    }
    found = {}
    for one in contacts:
        for name, by_caller in owed.items():
            if any(each.stood(one["arrived_at"]) for each in by_caller[one["caller"]]):
                found[one["call_id"]] = name
                break
    return found


def _owed(
    connection: Connection, query: Select[Any], callers: Collection[str]
) -> defaultdict[str, list[Owed]]:
    found: defaultdict[str, list[Owed]] = defaultdict(list)
    for caller, since_at, done_at in connection.execute(query, {"callers": list(callers)}):
        found[caller].append(Owed(since_at, done_at))
    return found


def _late_cases(connection: Connection, callers: Collection[str]) -> defaultdict[str, list[Owed]]:
    """Late as the page of cases has it: from the day after its term, or once a promise is due."""
    found = _owed(connection, _PROMISED_IN_CASES, callers)
    for caller, due_on, over_at in connection.execute(_TERMS, {"callers": list(callers)}):
        found[caller].append(Owed(_day_after(due_on), over_at))
    return found


def _day_after(day: str) -> float:
    return midnight(date.fromisoformat(day) + timedelta(days=1))


def _events(connection: Connection, calls: Collection[str]) -> set[str]:
    return set(connection.execute(_EVENTS, {"calls": list(calls)}).scalars())


def _again(connection: Connection, contacts: Sequence[Contact]) -> set[str]:
    """Those whose number had talked about one of the same services in the week before."""
    asked = [one for one in contacts if one["services"]]
    if not asked:
        return set()
    times = [one["arrived_at"] for one in asked]
    given = {
        "callers": list({one["caller"] for one in asked}),
        "since": min(times) - WEEK_S,
        "until": max(times),
    }
    talks: defaultdict[str, list[EarlierTalk]] = defaultdict(list)
    for caller, arrived_at, services in connection.execute(_TALKS, given):
        talks[caller].append(EarlierTalk(arrived_at, frozenset(services)))
    return {one["call_id"] for one in asked if _follows(one, talks[one["caller"]])}


def _follows(contact: Contact, talks: Iterable[EarlierTalk]) -> bool:
    at, about = contact["arrived_at"], contact["services"]
    return any(
        at - WEEK_S <= talk.arrived_at < at and not talk.services.isdisjoint(about)
        for talk in talks
    )


def _gone(
    connection: Connection,
    contacts: Sequence[Contact],
    again: Collection[str],
    former: Facts,
) -> set[str]:
    """Those that were counted as asked again, by a talk whose number is erased or a pseudonym now:
    they stay so while anything of the week before is."""
    missed = [
        key
        for key in (one["call_id"] for one in contacts)
        if key in former and former[key]["asked_again"] and key not in again
    ]
    if not missed:
        return set()
    forgotten = aliased(models.contacts).c
    in_the_week = exists().where(
        forgotten.arrived_at.between(_contacts.arrived_at - WEEK_S, _contacts.arrived_at),
        forgotten.forgotten_at.is_not(None),
        forgotten.answered_at.is_not(None),
    )
    query = select(_contacts.call_id).where(_contacts.call_id.in_(missed), in_the_week)
    return set(connection.execute(query).scalars())


def later(connection: Connection, calls: Collection[str]) -> set[str]:
    """Contacts of the same numbers within a week after these: what these were about may tell."""
    return set(connection.execute(_LATER, {"calls": list(calls)}).scalars()) - set(calls)
