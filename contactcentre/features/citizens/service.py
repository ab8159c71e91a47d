"""What is known of the citizen who rings: the earlier contacts of the person, or of the number.

A number is no identity: it may be a family's or a library's, and it can be forged. So an agent
sees only when and about what, until the caller has been identified; and what is told then is the
person's, whom the agent has chosen, over all numbers. Of a number that several have, what nobody
has said whose it is stays closed, and what is another's is not there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, bindparam, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.desk.port import PastContact
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.call.purpose import looked_at, opens
from contactcentre.core.call.state import Call
from contactcentre.features.citizens.timeline import timeline
from contactcentre.storage import audit, database, people
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.people import KnownPerson

AT_MOST = 50
READ = 80
"""So many are read, as calls that were hung up in the menu are folded."""

OF_NUMBER = 300
"""So many of a number are looked through for those that are nobody's: it may be a library's."""

LEGS = 200
_contacts, _queues, _all_legs = models.contacts, models.queues, models.legs
_ties = models.contact_people.c
_SHOWN = [
    _contacts.c[name]
    for name in (
        *("call_id", "arrived_at", "answered_at", "talk_ended_at", "ended_at", "due_at"),
        *("outcome", "kind", "services", "result", "message_s", "direction", "note"),
    )
]

_LegsOf = Mapping[str, Sequence[RowMapping]]


class CitizenService:
    """Keeps `agents_ui.desk.port.PastContacts`; `calls` are those that are open, by id, and
    `person` gives a number's pseudonym, for the audit log."""

    def __init__(
        self,
        engine: AsyncEngine,
        calls: Mapping[str, Call],
        *,
        person: Callable[[str], str] = lambda _: "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._person = person
        self._engine = engine
        self._calls = calls
        self._clock = clock

    async def contacts(
        self, person: Person, call_id: str, *, before: float | None = None
    ) -> Sequence[PastContact]:
        """See `PastContacts`. Who asked, and why, is written down before anything is shown."""
        call, purpose = looked_at(self._calls, call_id, person.agent_id)
        transaction = database.transaction(self._engine, part="citizens", away=Unavailable)
        async with transaction as connection:
            tie = await people.tied(connection, call_id)
            if tie is None and not call.caller:
                return ()
            opened = opens(call, purpose) and people.is_proved(call, tie)
            entry = AuditEntry(
                at=self._clock(),
                who=person.user_id,
                action=Action.HISTORY_OPENED if opened else Action.HISTORY_LISTED,
                object=call_id,
                purpose=purpose,
                person=tie.person_id if tie else self._person(call.caller or ""),
            )
            await audit.write(connection, entry)
            who = await people.of_root(connection, tie.person_id) if tie else None
            alone = opened and await people.is_alone(connection, call.caller, who)
            rows = await _read(connection, call, who, before)
            legs = await _legs(connection, rows) if opened else {}

        def opens_row(row: RowMapping) -> bool:
            return opened and bool(alone if row["of"] is None else who)

        return list(timeline(rows, legs, opens=opens_row))[:AT_MOST]


async def _read(
    connection: AsyncConnection, call: Call, who: KnownPerson | None, before: float | None
) -> Sequence[RowMapping]:
    """What is over, and what is promised still; `of` is whose it was said to be."""
    query = _contacts_of(is_known=who is not None, is_earlier=before is not None)
    asked = {
        "call_id": call.call_id,
        "number": call.caller or "",
        "people": who.people if who is not None else (),
        "before": before,
    }
    rows: Sequence[RowMapping] = (await connection.execute(query, asked)).mappings().all()
    return rows


# Statements are made once: to make one of these took longer than to ask it, and a caller waits.


@cache
def _contacts_of(*, is_known: bool, is_earlier: bool) -> Select[Any]:
    """Of `number`, and of `people` where somebody is known; before the instant `before`, or all."""
    found = [_of_number(is_free=is_known, is_earlier=is_earlier)]
    if is_known:
        found.append(_of_people(is_earlier=is_earlier))
    ids = union_all(*found).subquery()
    promised = _contacts.c.due_at.is_not(None) & (_contacts.c.direction == "out")
    return (
        select(
            *_SHOWN,
            _queues.c.document["labels"].label("labels"),
            models.CENTRE_BRIEF.label("centre"),
            ids.c.of,
        )
        .join_from(ids, _contacts, _contacts.c.call_id == ids.c.call_id)
        .outerjoin(_queues, _contacts.c.queue == _queues.c.queue_id)
        .outerjoin(models.centres, _contacts.c.centre_id == models.centres.c.centre_id)
        .where(
            _contacts.c.call_id != bindparam("call_id"),
            _contacts.c.ended_at.is_not(None) | promised,
        )
        .order_by(_contacts.c.arrived_at.desc())
        .limit(READ)
    )


def _of_number(*, is_free: bool, is_earlier: bool) -> Select[tuple[str, str]]:
    """The newest of a number; those that are nobody's (`is_free`), or all."""
    newest = (
        select(_contacts.c.call_id)
        .where(_contacts.c.caller == bindparam("number"))
        .where(*_earlier(_contacts.c.arrived_at, is_earlier=is_earlier))
        .order_by(_contacts.c.arrived_at.desc())
        .limit(OF_NUMBER if is_free else READ)
        .subquery()
    )
    query = select(newest.c.call_id, _ties.person_id.label("of")).outerjoin_from(
        newest, models.contact_people, _ties.call_id == newest.c.call_id
    )
    return query.where(_ties.person_id.is_(None)) if is_free else query


def _of_people(*, is_earlier: bool) -> Select[tuple[str, str]]:
    newest = (
        select(_ties.call_id, _ties.person_id)
        .where(_ties.person_id.in_(bindparam("people", expanding=True)))
        .where(*_earlier(_ties.at, is_earlier=is_earlier))
        .order_by(_ties.at.desc())
        .limit(READ)
        .subquery()
    )
    return select(newest.c.call_id, newest.c.person_id.label("of"))


def _earlier(column: ColumnElement[float], *, is_earlier: bool) -> tuple[ColumnElement[bool], ...]:
    return (column < bindparam("before"),) if is_earlier else ()


_LEGS_OF = (
    select(_all_legs, models.CENTRE_BRIEF.label("centre"))
    .outerjoin_from(_all_legs, models.agents, _all_legs.c.agent_id == models.agents.c.agent_id)
    .outerjoin(
        models.centres,
        models.centres.c.centre_id == models.agents.c.document["centre_id"].as_string(),
    )
    .where(_all_legs.c.call_id.in_(bindparam("call_ids", expanding=True)))
    .order_by(_all_legs.c.from_at)
    .limit(LEGS)
)


async def _legs(connection: AsyncConnection, rows: Sequence[RowMapping]) -> _LegsOf:
    """Of the contacts that are shown, in the order of time."""
    asked = {"call_ids": [row["call_id"] for row in rows[:AT_MOST]]}
    found: dict[str, list[RowMapping]] = {}
    for row in (await connection.execute(_LEGS_OF, asked)).mappings():
        found.setdefault(row["call_id"], []).append(row)
    return found
