"""What stands behind a call: what was decided about it, and what supervisors did with it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.reports.port import StoryLine
from agents_ui.shell.permissions import Act, around, reach
from agents_ui.shell.port import NETWORK, Person, Texts
from contactcentre.core.decisions import Decision
from contactcentre.features.reports import names
from contactcentre.features.reports.names import Map
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action

Decided = Callable[[str], Coroutine[Any, Any, Sequence[Decision]]]
"""What was decided for a call, in order."""

LATE_S: Final = 60.0
"""So long after its end somebody may still do something with a call."""

_BESIDE: Final = {"queued": "queued", "offered": "offer", "ended": "ended"}
_audit, _users = models.audit.c, models.users.c


async def nothing_decided(call_id: str) -> Sequence[Decision]:
    """Where nobody keeps the log."""
    return ()


async def deeds(
    connection: AsyncConnection, call_id: str, begins: float, ends: float
) -> list[StoryLine]:
    """What supervisors did with it, or with an agent who had it, and why: as in the audit log."""
    own = (_audit.object == call_id) & _audit.action.in_((Action.CALL_LED, Action.CALL_LISTENED))
    query = (
        select(_audit.at, _audit.action, _audit.details, _audit.purpose, _users.name)
        .outerjoin(models.users, _users.user_id == _audit.who)
        .where(_audit.at.between(begins, ends + LATE_S))
        .where(own | (_audit.action == Action.AGENT_LED))
        .order_by(_audit.number)
    )
    found = []
    for row in await connection.execute(query):
        told = msgspec.json.decode(row.details or "{}")
        if row.action == Action.AGENT_LED and call_id not in told.get("calls", ()):
            continue
        what = _deed(row.action, told)
        found.append(StoryLine(at=row.at, what=what, who=row.name or "", why=row.purpose))
    return found


def _deed(action: str, told: Mapping[str, Any]) -> str:
    if action == Action.CALL_LISTENED:
        return f"did_{told.get('mode') or 'listen_end'}"
    return f"did_{told.get('act', '')}"


def with_decisions(
    lines: Iterable[StoryLine], decisions: Iterable[Decision]
) -> Sequence[StoryLine]:
    """Each stands beside what came of it; what nothing else tells of has a line of its own."""
    told = list(lines)
    for one in decisions:
        if one.digest is None:
            continue
        what = _BESIDE.get(one.kind)
        places = (at for at, line in enumerate(told) if (line.at, line.what) == (one.at, what))
        place = next(places, None)
        if place is None:
            own = "widened" if one.kind == "widened" else "decided"
            told.append(StoryLine(at=one.at, what=own, decision=one.digest))
        else:
            told[place] = replace(told[place], decision=one.digest)
    return sorted(told, key=lambda line: line.at)


async def agents_in(
    connection: AsyncConnection,
    decisions: Iterable[Decision],
    where: Map,
    person: Person,
    language: str,
) -> dict[str, str]:
    """The names of those whom they name; of whom the person does not lead, the centre's."""
    digests = (one.digest for one in decisions if one.digest is not None)
    agents = {one.agent_id for digest in digests for one in digest.nearest}
    if not agents:
        return {}
    realms = reach(person.grants, Act.CALLS_EXPLAIN)
    led = {one for one in agents if realms & {NETWORK, *around(where.agent(one))}}
    own = await names.labels(connection, "agent", language, led)
    centres = {one: where.centre_of(one) for one in agents - led}
    told = await names.labels(connection, "centre", language, {*centres.values()})
    return own | {one: told.get(centre, "–") for one, centre in centres.items()}


async def places_and_skills(connection: AsyncConnection, language: str) -> dict[str, Texts]:
    """What people call them: a skill by the id of its queue, a place by its kind and id."""
    found: dict[str, Texts] = {}
    for dimension in ("queue", "centre", "municipality", "region"):
        prefix = "" if dimension == "queue" else f"{dimension}:"
        named = await names.labels(connection, dimension, language)
        found |= {f"{prefix}{key}": {language: name} for key, name in named.items()}
    return found
