"""What facts are made of, read from what happened: contacts, their legs, wrap-ups and repeats."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.reports.facts import Beside, fact, ms
from contactcentre.features.reports.failure_demand import failures
from contactcentre.storage import tables as models

WEEK_S: Final = 7 * 86_400.0
"""So long after an answered call another one of its number in its queue says: not resolved."""

_contacts, _legs, _intervals = models.contacts.c, models.legs.c, models.agent_intervals.c
_facts = models.contact_facts.c

Facts = dict[str, dict[str, Any]]
"""Rows of `contact_facts` by contact."""


async def stored(connection: AsyncConnection, calls: Collection[str]) -> Facts:
    """As they were made last."""
    query = select(models.contact_facts).where(_facts.call_id.in_(calls))
    rows = (await connection.execute(query)).mappings()
    return {row["call_id"]: dict(row) for row in rows}


async def made(connection: AsyncConnection, calls: Collection[str], former: Facts) -> Facts:
    """As they are made now."""
    query = select(models.contacts).where(_contacts.call_id.in_(calls))
    contacts = [dict(row) for row in (await connection.execute(query)).mappings()]
    legs = await _legs_of(connection, calls)
    wrap_up_ms = await _wrap_up_ms(connection, calls)
    again = await _again(connection, contacts)
    institutions = await _institutions(connection, calls)
    parts = await failures(connection, contacts, former)
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


async def earlier(connection: AsyncConnection, calls: Collection[str]) -> set[str]:
    """The contacts right before these, of the same number: whether they were the last has
    changed."""
    query = select(models.contacts).where(_contacts.call_id.in_(calls))
    contacts = [dict(row) for row in (await connection.execute(query)).mappings()]
    found = set()
    for story in (await _stories(connection, contacts)).values():
        for before, (_, key) in pairwise(story):
            if key in calls:
                found.add(before[1])
    return found - set(calls)


async def wrapped_up(connection: AsyncConnection, agents: Collection[tuple[str, int]]) -> set[str]:
    """The contacts whose wrap-up these agents have ended last."""
    if not agents:
        return set()
    names = {agent for agent, _ in agents}
    latest = (
        select(_intervals.call_id, _intervals.agent_id, _intervals.from_at)
        .where(_intervals.agent_id.in_(names), _intervals.state == "WRAP_UP")
        .where(_intervals.from_at >= (await _since(connection, names)))
    )
    rows = await connection.execute(latest)
    return {row[0] for row in rows if row[0]}


async def _since(connection: AsyncConnection, agents: Collection[str]) -> float:
    """The start of the earliest of their open intervals, less a long wrap-up."""
    query = select(func.min(_intervals.from_at)).where(
        _intervals.agent_id.in_(agents), _intervals.to_at.is_(None)
    )
    found: float | None = await connection.scalar(query)
    return (found or 0.0) - 3600.0


async def _legs_of(
    connection: AsyncConnection, calls: Collection[str]
) -> defaultdict[str, list[dict[str, Any]]]:
    query = select(models.legs).where(_legs.call_id.in_(calls)).order_by(_legs.from_at)
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in (await connection.execute(query)).mappings():
        found[row["call_id"]].append(dict(row))
    return found


async def _wrap_up_ms(connection: AsyncConnection, calls: Collection[str]) -> Counter[str]:
    query = select(_intervals.call_id, _intervals.from_at, _intervals.to_at).where(
        _intervals.call_id.in_(calls),
        _intervals.state == "WRAP_UP",
        _intervals.to_at.is_not(None),
    )
    found: Counter[str] = Counter()
    for call_id, from_at, to_at in await connection.execute(query):
        found[call_id] += ms(to_at - from_at)
    return found


async def _institutions(
    connection: AsyncConnection, calls: Collection[str]
) -> dict[tuple[str, str], str]:
    done = models.services_done.c
    query = select(done.call_id, done.service, done.institution).where(done.call_id.in_(calls))
    return {(row[0], row[1]): row[2] for row in await connection.execute(query)}


_Story = list[tuple[float, str]]


async def _stories(
    connection: AsyncConnection, contacts: Sequence[dict[str, Any]]
) -> dict[tuple[str, str], _Story]:
    """By number and queue: when who has stood in it, in the week before and after these."""
    callers = {row["caller"] for row in contacts if row["caller"]}
    if not callers:
        return {}
    times = [row["arrived_at"] for row in contacts]
    queue = func.coalesce(_contacts.left_queue, _contacts.queue)
    query = select(_contacts.caller, queue, _contacts.arrived_at, _contacts.call_id).where(
        _contacts.caller.in_(callers),
        _contacts.arrived_at.between(min(times) - WEEK_S, max(times) + WEEK_S),
        _contacts.direction == "in",
        _contacts.queued_at.is_not(None),
    )
    found: dict[tuple[str, str], _Story] = {}
    for caller, name, at, call_id in await connection.execute(query):
        found.setdefault((caller, name), []).append((at, call_id))
    return {key: sorted(story) for key, story in found.items()}


async def _again(
    connection: AsyncConnection, contacts: Sequence[dict[str, Any]]
) -> dict[str, bool]:
    """Of contacts with a number, whether the next one of it came within a week."""
    found = {}
    for story in (await _stories(connection, contacts)).values():
        for (at, key), following in zip(story, [*story[1:], None], strict=True):
            found[key] = following is not None and following[0] - at <= WEEK_S
    return found
