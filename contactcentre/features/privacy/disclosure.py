"""Everything that is kept of a person, as it is given out: JSON, and a page that can be read.

The law gives it to the person (GDPR 15, 20). What others have looked at, and why, belongs to it;
who they are does not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.core.outcomes import Outcome
from contactcentre.features.privacy.document import DataClass, RetentionRule
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from contactcentre.storage.pseudonyms import Pseudonyms
from routing.calendar import LOCAL

_contacts, _audit = models.contacts.c, models.audit.c
_cases, _entries = models.cases.c, models.case_entries.c

_TOLD: Final = (
    *("call_id", "dialled", "language", "outcome", "kind", "result", "note"),
    *("identified_level", "identified_by", "callback_of", "attempts", "direction"),
)
_LOOKS: Final = (
    *(Action.HISTORY_LISTED, Action.HISTORY_OPENED),
    *(Action.MESSAGE_HEARD, Action.PERSON_EXPORTED),
    *(Action.CASES_LISTED, Action.CASE_READ),
)

PersonalData = dict[str, Any]


async def disclose(
    connection: AsyncConnection,
    numbers: Collection[str],
    pseudonyms: Pseudonyms,
    terms: Mapping[DataClass, RetentionRule],
    *,
    at: float,
) -> PersonalData:
    """Of the person whose numbers these are (E.164), as plain values."""
    people = [pseudonyms.of(number) for number in numbers]
    return {
        "made_at": _time(at),
        "numbers": sorted(numbers),
        "contacts": [_contact(row) for row in await _rows(connection, [*numbers, *people])],
        "cases": [
            await _case(connection, row) for row in await _cases_of(connection, [*numbers, *people])
        ],
        "looked_at": [_look(row) for row in await _looks(connection, people)],
        "kept_for": [
            {"what": name, "days": term.days, "basis": term.basis} for name, term in terms.items()
        ],
    }


def page(person: PersonalData) -> str:
    """The same to be read, in Latvian."""
    folder = FileSystemLoader(Path(__file__).parent)
    templates = Environment(loader=folder, autoescape=True, undefined=StrictUndefined)
    return templates.get_template("person.html").render(person=person)


async def _rows(connection: AsyncConnection, callers: Collection[str]) -> Sequence[RowMapping]:
    query = (
        select(
            models.contacts,
            models.queues.c.document["labels"].label("queue_labels"),
            models.centres.c.document["name"].as_string().label("centre"),
        )
        .outerjoin_from(models.contacts, models.queues, _contacts.queue == models.queues.c.queue_id)
        .outerjoin(models.centres, _contacts.centre_id == models.centres.c.centre_id)
        .where(_contacts.caller.in_(callers))
        .order_by(_contacts.arrived_at, _contacts.call_id)
    )
    return (await connection.execute(query)).mappings().all()


async def _cases_of(connection: AsyncConnection, callers: Collection[str]) -> Sequence[RowMapping]:
    query = select(models.cases).where(_cases.caller.in_(callers)).order_by(_cases.case_id)
    return (await connection.execute(query)).mappings().all()


async def _case(connection: AsyncConnection, row: RowMapping) -> dict[str, Any]:
    query = select(models.case_entries).where(_entries.case_id == row["case_id"])
    entries = (await connection.execute(query.order_by(_entries.entry_id))).mappings().all()
    return {
        "opened_at": _time(row["opened_at"]),
        "over_at": _time(row["over_at"]),
        **{name: row[name] for name in ("kind", "state", "subject", "service", "due_on")},
        "submission": row["submission"],
        "submission_confirmed_at": _time(row["submission_confirmed_at"]),
        "entries": [
            {
                "at": _time(one["at"]),
                "what": one["what"],
                "text": one["text"],
                "promised_at": _time(one["promised_at"]),
                "kept_at": _time(one["kept_at"]),
            }
            for one in entries
        ],
    }


async def _looks(connection: AsyncConnection, people: Collection[str]) -> Sequence[RowMapping]:
    query = select(_audit.at, _audit.action, _audit.purpose).where(
        _audit.person.in_(people), _audit.action.in_(_LOOKS)
    )
    return (await connection.execute(query.order_by(_audit.number))).mappings().all()


def _contact(row: RowMapping) -> dict[str, Any]:
    return {
        "at": _time(row["arrived_at"]),
        **{name: row[name] for name in _TOLD},
        "matter": (row["queue_labels"] or {}).get("lv", row["queue"]),
        "centre": row["centre"] or "",
        "services": list(row["services"]),
        "answered_at": _time(row["answered_at"]),
        "ended_at": _time(row["ended_at"]),
        "message": _message(row),
    }


def _message(row: RowMapping) -> dict[str, Any] | None:
    """A recording of that person's: a message, or what a callback was asked for."""
    asked = row["outcome"] == Outcome.CALLBACK
    seconds = row["question_s"] if asked else row["message_s"]
    if seconds is None:
        return None
    return {"seconds": seconds, "deleted_at": _time(row["message_deleted_at"])}


def _look(row: RowMapping) -> dict[str, Any]:
    return {"at": _time(row["at"]), "what": str(row["action"]), "purpose": row["purpose"]}


def _time(at: float | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at, LOCAL).isoformat(timespec="seconds")
