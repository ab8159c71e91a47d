"""What facts are made of, read from what happened: contacts, their legs, wrap-ups and repeats."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from contactcentre.features.reports.facts import Beside, fact, ms
from contactcentre.features.reports.failure_demand import WEEK_S, failures
from contactcentre.storage import tables as models

"""So long after an answered call another one of its number in its queue says: not resolved."""

LONG_WRAP_UP_S: Final = 3600.0

_contacts, _legs, _intervals = models.contacts.c, models.legs.c, models.agent_intervals.c
_facts, _done = models.contact_facts.c, models.services_done.c

Facts = dict[str, dict[str, Any]]
"""Rows of `contact_facts` by contact."""

Stories = dict[tuple[str, str], list[tuple[float, str]]]
"""When which contacts came, in order, by number and queue."""

# Each is made once: they are asked with every call, and to build one costs as much as to answer it.
_these: BindParameter[Any] = bindparam("calls", expanding=True)
_stored_facts = select(models.contact_facts).where(_facts.call_id.in_(_these))
_these_contacts = select(models.contacts).where(_contacts.call_id.in_(_these))
_their_legs = select(models.legs).where(_legs.call_id.in_(_these)).order_by(_legs.from_at)
_their_wrap_ups = select(_intervals.call_id, _intervals.from_at, _intervals.to_at).where(
    _intervals.call_id.in_(_these), _intervals.state == "WRAP_UP", _intervals.to_at.is_not(None)
)
_their_services = select(_done.call_id, _done.service, _done.institution).where(
    _done.call_id.in_(_these)
)
_stood_in = func.coalesce(_contacts.left_queue, _contacts.queue)
_their_stories = select(_contacts.caller, _stood_in, _contacts.arrived_at, _contacts.call_id).where(
    _contacts.caller.in_(bindparam("callers", expanding=True)),
    _contacts.arrived_at.between(bindparam("since"), bindparam("until")),
    _contacts.direction == "in",
    _contacts.queued_at.is_not(None),
)
_them: BindParameter[Any] = bindparam("agents", expanding=True)
_earliest_open = select(func.min(_intervals.from_at)).where(
    _intervals.agent_id.in_(_them), _intervals.to_at.is_(None)
)
_latest_wrap_ups = select(_intervals.call_id).where(
    _intervals.agent_id.in_(_them),
    _intervals.state == "WRAP_UP",
    _intervals.from_at >= bindparam("since"),
)


def stored(connection: Connection, calls: Collection[str]) -> Facts:
    """As they were made last."""
    rows = connection.execute(_stored_facts, _of(calls)).mappings()
    return {row["call_id"]: dict(row) for row in rows}


@dataclass(frozen=True, slots=True)
class Histories:
    """Contacts, and who has stood in which queue by the same numbers about then."""

    contacts: list[dict[str, Any]]
    stories: Stories


def histories(connection: Connection, calls: Collection[str]) -> Histories:
    """Of these contacts."""
    contacts = _contacts_of(connection, calls)
    return Histories(contacts, _stories(connection, contacts))


def made(connection: Connection, read: Histories, former: Facts) -> Facts:
    """As they are made now."""
    contacts = read.contacts
    calls = [contact["call_id"] for contact in contacts]
    legs = _legs_of(connection, calls)
    wrap_up_ms = _wrap_up_ms(connection, calls)
    again = _again(read.stories)
    institutions = _institutions(connection, calls)
    parts = failures(connection, contacts, former)
    rows: Facts = {}
    for contact in contacts:
        key = contact["call_id"]
        beside = Beside(
            acw_ms=wrap_up_ms[key],
            again=_known(contact, again.get(key), former.get(key)),
            institution=institutions.get((key, (contact["services"] or [""])[0]), ""),
            failure=parts.get(key, ""),
        )
        rows[key] = fact(contact, legs[key], beside)
    return rows


def _known(
    contact: dict[str, Any], again: bool | None, before: dict[str, Any] | None
) -> bool | None:
    """Whose number was erased, or became a pseudonym, stays as it was counted."""
    if contact["forgotten_at"] is None or before is None:
        return again
    return bool(before["repeated"]) if before["traceable"] else None


def earlier(read: Histories) -> set[str]:
    """The contacts right before these, of the same number: whether they were the last has
    changed."""
    calls = {contact["call_id"] for contact in read.contacts}
    found = set()
    for story in read.stories.values():
        for before, (_, key) in pairwise(story):
            if key in calls:
                found.add(before[1])
    return found - calls


def wrapped_up(connection: Connection, agents: Collection[tuple[str, int]]) -> set[str]:
    """The contacts whose wrap-up these agents have ended last."""
    if not agents:
        return set()
    names = {"agents": list({agent for agent, _ in agents})}
    earliest: float | None = connection.scalar(_earliest_open, names)
    since = (earliest or 0.0) - LONG_WRAP_UP_S
    found = connection.scalars(_latest_wrap_ups, {**names, "since": since})
    return {call_id for call_id in found if call_id}


def _of(calls: Collection[str]) -> dict[str, list[str]]:
    return {"calls": list(calls)}


def _contacts_of(connection: Connection, calls: Collection[str]) -> list[dict[str, Any]]:
    rows = connection.execute(_these_contacts, _of(calls)).mappings()
    return [dict(row) for row in rows]


def _legs_of(
    connection: Connection, calls: Collection[str]
) -> defaultdict[str, list[dict[str, Any]]]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(_their_legs, _of(calls)).mappings():
        found[row["call_id"]].append(dict(row))
    return found


def _wrap_up_ms(connection: Connection, calls: Collection[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for call_id, from_at, to_at in connection.execute(_their_wrap_ups, _of(calls)):
        found[call_id] += ms(to_at - from_at)
    return found


def _institutions(connection: Connection, calls: Collection[str]) -> dict[tuple[str, str], str]:
    rows = connection.execute(_their_services, _of(calls))
    return {(call_id, service): institution for call_id, service, institution in rows}


def _stories(connection: Connection, contacts: Sequence[dict[str, Any]]) -> Stories:
    """By number and queue: when who has stood in it, in the week before and after these."""
    callers = {row["caller"] for row in contacts if row["caller"]}
    if not callers:
        return {}
    times = [row["arrived_at"] for row in contacts]
    asked = {
        "callers": list(callers),
        "since": min(times) - WEEK_S,
        "until": max(times) + WEEK_S,
    }
    found: Stories = {}
    for caller, name, at, call_id in connection.execute(_their_stories, asked):
        found.setdefault((caller, name), []).append((at, call_id))
    return {key: sorted(story) for key, story in found.items()}


def _again(stories: Stories) -> dict[str, bool]:
    """Of contacts with a number, whether the next one of it came within a week."""
    found = {}
    for story in stories.values():
        for (at, key), following in zip(story, [*story[1:], None], strict=True):
            found[key] = following is not None and following[0] - at <= WEEK_S
    return found
