"""The calls beneath a figure, and one call from its arrival to its record.

Who looks is written down first; of a number the last two digits are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.reports.port import (
    PAGE,
    CallLine,
    CallPage,
    CallRecording,
    CallStory,
    StoryLine,
)
from agents_ui.shell.permissions import WHOLE, Act, reach
from agents_ui.shell.port import Person
from contactcentre.core.call.leg import Purpose
from contactcentre.core.decisions import Decision
from contactcentre.engine.clock import now
from contactcentre.features.reports import behind, names
from contactcentre.features.reports.facts import HOME
from contactcentre.features.reports.names import Map
from contactcentre.storage import audit
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.test_calls import is_a_citizens

_NUMBER: Final = re.compile(r"\+?[0-9]{4,15}")
_contacts, _facts, _legs = models.contacts.c, models.contact_facts.c, models.legs.c

_COLUMNS: Final = (
    _contacts.call_id,
    _contacts.arrived_at,
    _contacts.caller,
    _contacts.queue,
    _contacts.language,
    _contacts.outcome,
    _contacts.queued_at,
    _contacts.answered_at,
    _contacts.talk_ended_at,
    _contacts.ended_at,
    _contacts.agent_id,
    _contacts.centre_id,
    (~is_a_citizens(_contacts.call_id)).label("scripted"),
)


async def call_page(
    connection: AsyncConnection,
    beneath: ColumnElement[bool],
    measure: str,
    below: str,
    *,
    where: Map,
    person: Person,
    language: str,
) -> CallPage:
    """A page of those that `beneath` says of their facts."""
    query = (
        select(*_COLUMNS)
        .join(models.contact_facts, _facts.call_id == _contacts.call_id)
        .where(beneath, seen(person, where), _before(below))
        .order_by(_contacts.arrived_at.desc(), _contacts.call_id.desc())
        .limit(PAGE + 1)
    )
    rows = (await connection.execute(query)).mappings().all()
    details = {"measure": measure, "rows": min(len(rows), PAGE)}
    entry = AuditEntry(at=now(), who=person.user_id, action=Action.CALLS_LISTED, details=details)
    await audit.write(connection, entry)
    shown = rows[:PAGE]
    said = await _said(connection, shown, language)
    last = shown[-1] if len(rows) > PAGE else None
    return CallPage(
        calls=tuple(_line(row, said) for row in shown),
        below=f"{last['arrived_at']!r} {last['call_id']}" if last is not None else "",
    )


async def call_story(
    connection: AsyncConnection,
    call_id: str,
    *,
    where: Map,
    person: Person,
    language: str,
    pseudonym: Callable[[str], str],
    decisions: Sequence[Decision],
) -> CallStory:
    """All of one call but its note. Raises `LookupError` where it is not seen, or there is none."""
    query = (
        select(*_COLUMNS, _contacts.kind, _contacts.services, _contacts.identified_level)
        .add_columns(_contacts.recorded_at)
        .join(models.contact_facts, _facts.call_id == _contacts.call_id)
        .where(_contacts.call_id == call_id, seen(person, where))
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise LookupError(call_id)
    caller = row["caller"] or ""
    entry = AuditEntry(
        at=now(),
        who=person.user_id,
        action=Action.CALL_OPENED,
        object=call_id,
        person=pseudonym(caller) if _NUMBER.fullmatch(caller) else "",
    )
    await audit.write(connection, entry)
    of_legs = select(models.legs).where(_legs.call_id == call_id).order_by(_legs.from_at)
    legs = (await connection.execute(of_legs)).mappings().all()
    sent = await _sent(connection, call_id)
    recorded = await _recorded(connection, call_id)
    said = await _said(connection, [row, *legs, *recorded], language)
    services = await names.labels(connection, "service", language, row["services"])
    begins, ends = row["arrived_at"], row["ended_at"]
    sent += await behind.deeds(connection, call_id, begins, now() if ends is None else ends)
    lines = sorted((*_lines(row, legs, said), *sent), key=lambda one: one.at)
    agents = await behind.agents_in(connection, decisions, where, person, language)
    return CallStory(
        call=_line(row, said),
        lines=tuple(behind.with_decisions(lines, decisions)),
        kind=row["kind"] if row["recorded_at"] is not None else "",
        services=tuple(services.get(code, code) for code in row["services"]),
        identified_level=row["identified_level"],
        recordings=tuple(_recording(each, said) for each in recorded),
        names=agents,
        labels=await behind.places_and_skills(connection, language) if agents else {},
    )


async def _recorded(connection: AsyncConnection, call_id: str) -> Sequence[RowMapping]:
    rows = models.recordings
    query = select(rows).where(rows.c.call_id == call_id).order_by(rows.c.from_at)
    return (await connection.execute(query)).mappings().all()


def _recording(row: RowMapping, said: Mapping[str, Mapping[str, str]]) -> CallRecording:
    return CallRecording(
        leg_id=row["leg_id"],
        agent=said["agent"].get(row["agent_id"], row["agent_id"]),
        from_at=row["from_at"],
        seconds=row["seconds"],
        state=row["state"],
        deleted_at=row["deleted_at"],
    )


async def _sent(connection: AsyncConnection, call_id: str) -> list[StoryLine]:
    """What the citizen was sent in it; of the number no more than this page shows."""
    columns = models.handouts.c
    query = select(columns.at, columns.way, columns.hint).where(columns.call_id == call_id)
    rows = (await connection.execute(query)).all()
    return [
        StoryLine(at=at, what=f"sent_{way}", who=f"•••• {hint}" if hint else "")
        for at, way, hint in rows
    ]


def seen(person: Person, where: Map) -> ColumnElement[bool]:
    """Calls that started or were answered in a centre of the person's realms, or were about its
    municipality."""
    realms = reach(person.grants, Act.CALLS_EXPLAIN)
    if realms == WHOLE:
        return true()
    centres = where.centres_in(realms)
    towns = [key for kind, key in realms if kind == "municipality"]
    asked = [*towns, *(f"{HOME}{centre}" for centre in centres)]
    return or_(
        _facts.centre.in_(centres), _facts.home_centre.in_(centres), _facts.municipality.in_(asked)
    )


def masked(number: str | None) -> str:
    """The last two digits; "" of a pseudonym, or where there was none."""
    if not number or not _NUMBER.fullmatch(number):
        return ""
    return f"•••• {number[-2:]}"


def _before(below: str) -> ColumnElement[bool]:
    """After the last row of the page before."""
    at, _, call_id = below.partition(" ")
    try:
        instant = float(at)
    except ValueError:
        return true()
    earlier = _contacts.arrived_at < instant
    return or_(earlier, and_(_contacts.arrived_at == instant, _contacts.call_id < call_id))


_Said = Mapping[str, Mapping[str, str]]


async def _said(connection: AsyncConnection, rows: Iterable[RowMapping], language: str) -> _Said:
    columns = {"queue": "queue", "agent": "agent_id", "centre": "centre_id"}
    return {
        dimension: await names.labels(
            connection, dimension, language, {row[name] for row in rows if row.get(name)}
        )
        for dimension, name in columns.items()
    }


def _line(row: RowMapping, said: _Said) -> CallLine:
    queued, answered, ended = row["queued_at"], row["answered_at"], row["ended_at"]
    until = answered if answered is not None else ended
    return CallLine(
        call_id=row["call_id"],
        arrived_at=row["arrived_at"],
        number=masked(row["caller"]),
        queue=said["queue"].get(row["queue"], row["queue"]),
        language=row["language"],
        outcome=row["outcome"] or "",
        wait_s=until - queued if queued is not None and until is not None else None,
        talk_s=_between(answered, row["talk_ended_at"]),
        agent=said["agent"].get(row["agent_id"] or "", row["agent_id"] or ""),
        centre=said["centre"].get(row["centre_id"] or "", ""),
        scripted=row["scripted"],
    )


def _between(since: float | None, until: float | None) -> float | None:
    return until - since if since is not None and until is not None else None


def _lines(
    row: RowMapping, legs: Iterable[RowMapping], said: Mapping[str, Any]
) -> Iterator[StoryLine]:
    yield StoryLine(at=row["arrived_at"], what="arrived")
    if row["queued_at"] is not None:
        yield StoryLine(at=row["queued_at"], what="queued")
    for leg in legs:
        if leg["purpose"] != Purpose.ARRIVAL:
            yield from _of_leg(leg, said["agent"].get(leg["agent_id"] or "", ""))
    if row["recorded_at"] is not None:
        yield StoryLine(at=row["recorded_at"], what="recorded")
    if row["ended_at"] is not None:
        yield StoryLine(at=row["ended_at"], what="ended")


def _of_leg(leg: RowMapping, who: str) -> Iterator[StoryLine]:
    answered, over = leg["answered_at"], leg["to_at"]
    yield StoryLine(at=leg["from_at"], what=leg["purpose"], who=who)
    if answered is not None:
        lasted = _between(answered, over)
        yield StoryLine(at=answered, what="answered", who=who, lasted_s=lasted)
    if over is not None:
        yield StoryLine(at=over, what=leg["why"] or "over", who=who)
