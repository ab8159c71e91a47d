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

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from contactcentre.storage import tables as models
from contactcentre.storage.tables.reports import FAILURES
from routing.calendar import midnight

WEEK_S: Final = 7 * 86_400.0

AT_ARRIVAL: Final = FAILURES[:3]

_contacts, _cases, _entries = models.contacts.c, models.cases.c, models.case_entries.c
_asked, _joined = models.enquiries.c, models.case_contacts.c

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


async def failures(
    connection: AsyncConnection, contacts: Sequence[Contact], former: Facts
) -> dict[str, str]:
    """Of contacts that rang in: the part each is in, "" where it is none. `former`: their facts as
    they were made last."""
    theirs = [one for one in contacts if (one["direction"], one["came_by"]) == ("in", "phone")]
    fresh = [one for one in theirs if one["call_id"] not in former and one["caller"]]
    found = await _at_arrival(connection, fresh)
    events = await _events(connection, [one["call_id"] for one in theirs])
    again = await _again(connection, [one for one in theirs if one["caller"]])
    again |= await _gone(connection, theirs, again, former)
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


async def _at_arrival(connection: AsyncConnection, contacts: Sequence[Contact]) -> dict[str, str]:
    if not contacts:
        return {}
    callers = {one["caller"] for one in contacts}
    owed = {
        "promise_overdue": await _owed(connection, _promises(callers)),
        "case_overdue": await _late_cases(connection, callers),
        "question_open": await _owed(connection, _questions(callers)),
    }
    found = {}
    for one in contacts:
        for name, by_caller in owed.items():
            if any(each.stood(one["arrived_at"]) for each in by_caller[one["caller"]]):
                found[one["call_id"]] = name
                break
    return found


def _promises(callers: Collection[str]) -> Select[Any]:
    """Callbacks that they asked for, and an agent's word."""
    done = func.coalesce(_contacts.answered_at, _contacts.ended_at)
    return select(_contacts.caller, _contacts.due_at, done).where(
        _contacts.caller.in_(callers),
        _contacts.came_by == "callback",
        _contacts.due_at.is_not(None),
    )


def _questions(callers: Collection[str]) -> Select[Any]:
    done = func.coalesce(_asked.answered_at, _asked.over_at)
    return (
        select(_contacts.caller, _asked.asked_at, done)
        .join(models.enquiries, _asked.call_id == _contacts.call_id)
        .where(_contacts.caller.in_(callers))
    )


async def _owed(connection: AsyncConnection, query: Select[Any]) -> defaultdict[str, list[Owed]]:
    found: defaultdict[str, list[Owed]] = defaultdict(list)
    for caller, since_at, done_at in await connection.execute(query):
        found[caller].append(Owed(since_at, done_at))
    return found


async def _late_cases(
    connection: AsyncConnection, callers: Collection[str]
) -> defaultdict[str, list[Owed]]:
    """Late as the page of cases has it: from the day after its term, or once a promise is due."""
    promised = (
        select(_cases.caller, _entries.promised_at, _entries.kept_at)
        .join(models.case_entries, _entries.case_id == _cases.case_id)
        .where(_cases.caller.in_(callers), _entries.promised_at.is_not(None))
    )
    found = await _owed(connection, promised)
    terms = select(_cases.caller, _cases.due_on, _cases.over_at).where(_cases.caller.in_(callers))
    for caller, due_on, over_at in await connection.execute(terms):
        found[caller].append(Owed(_day_after(due_on), over_at))
    return found


def _day_after(day: str) -> float:
    return midnight(date.fromisoformat(day) + timedelta(days=1))


async def _events(connection: AsyncConnection, calls: Collection[str]) -> set[str]:
    query = select(_joined.call_id).where(_joined.call_id.in_(calls))
    return set((await connection.execute(query)).scalars())


async def _again(connection: AsyncConnection, contacts: Sequence[Contact]) -> set[str]:
    """Those whose number had talked about one of the same services in the week before."""
    asked = [one for one in contacts if one["services"]]
    if not asked:
        return set()
    times = [one["arrived_at"] for one in asked]
    query = select(_contacts.caller, _contacts.arrived_at, _contacts.services).where(
        _contacts.caller.in_({one["caller"] for one in asked}),
        _contacts.arrived_at.between(min(times) - WEEK_S, max(times)),
        _contacts.answered_at.is_not(None),
    )
    talks: defaultdict[str, list[EarlierTalk]] = defaultdict(list)
    for caller, arrived_at, services in await connection.execute(query):
        talks[caller].append(EarlierTalk(arrived_at, frozenset(services)))
    return {one["call_id"] for one in asked if _follows(one, talks[one["caller"]])}


def _follows(contact: Contact, talks: Iterable[EarlierTalk]) -> bool:
    at, about = contact["arrived_at"], contact["services"]
    return any(
        at - WEEK_S <= talk.arrived_at < at and not talk.services.isdisjoint(about)
        for talk in talks
    )


async def _gone(
    connection: AsyncConnection,
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
    return set((await connection.execute(query)).scalars())


async def later(connection: AsyncConnection, calls: Collection[str]) -> set[str]:
    """Contacts of the same numbers within a week after these: what these were about may tell."""
    before, after = aliased(models.contacts).c, _contacts
    query = (
        select(after.call_id)
        .where(
            before.call_id.in_(calls),
            before.caller.is_not(None),
            after.caller == before.caller,
            after.arrived_at > before.arrived_at,
            after.arrived_at <= before.arrived_at + WEEK_S,
            after.direction == "in",
        )
        .distinct()
    )
    return set((await connection.execute(query)).scalars()) - set(calls)
