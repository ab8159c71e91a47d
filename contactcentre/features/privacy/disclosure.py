"""Everything that is kept of a person, as it is given out: JSON, and a page that can be read.

The law gives it to the person (GDPR 15, 20). What others have looked at, and why, belongs to it;
who they are does not. Of a number that others have too it holds what was said to be this person's
alone.
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
from contactcentre.features.privacy.belongings import Belongings
from contactcentre.features.privacy.document import DataClass, RetentionRule
from contactcentre.features.privacy.record_store import municipality
from contactcentre.storage import people
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from contactcentre.storage.people import KnownPerson
from contactcentre.storage.personal_codes import PersonalCodes
from contactcentre.storage.pseudonyms import Pseudonyms
from routing.calendar import LOCAL

_contacts, _audit = models.contacts.c, models.audit.c
_people, _codes = models.people.c, models.person_codes.c
_cases, _entries, _joined = models.cases.c, models.case_entries.c, models.case_contacts.c

_TOLD: Final = (
    *("call_id", "dialled", "language", "outcome", "kind", "result", "note"),
    *("identified_level", "identified_by", "callback_of", "attempts", "direction"),
)
_LOOKS: Final = (
    *(Action.HISTORY_LISTED, Action.HISTORY_OPENED),
    *(Action.MESSAGE_HEARD, Action.PERSON_EXPORTED),
    *(Action.CASES_LISTED, Action.CASE_READ, Action.CASE_CALLER_TAKEN),
    *(Action.CASE_FILE_OPENED, Action.ASSESSMENT_OPENED),
    *(Action.CALLERS_LISTED, Action.PERSON_CHOSEN, Action.PERSON_RELEASED, Action.PERSON_ADDED),
    *(Action.CODE_ADDED, Action.PERSON_FOUND),
    *(Action.PERSON_MERGED, Action.PERSON_SPLIT, Action.MERGE_UNDONE),
)

PersonalData = dict[str, Any]


async def disclose(
    connection: AsyncConnection,
    asked: Collection[str],
    pseudonyms: Pseudonyms,
    terms: Mapping[DataClass, RetentionRule],
    *,
    at: float,
    codes: PersonalCodes | None = None,
) -> PersonalData:
    """Of one person, as plain values: whose numbers these are (E.164), or who has this id.

    Raises `SharedNumber`, and `LookupError` where there is no such person.
    """
    found = [await people.behind(connection, one) for one in asked]
    kept = Belongings(found, pseudonyms)
    return {
        "made_at": _time(at),
        "numbers": sorted({number for one in found for number in one.numbers}),
        "shared": sorted({number for one in found for number in one.shared}),
        "names": [
            {**_named(row), "municipality": await municipality(connection, row["municipality"])}
            for row in await _names(connection, found)
        ],
        "personal_codes": await _codes_of(connection, found, codes, at),
        "contacts": [_contact(row) for row in await _rows(connection, kept)],
        "cases": [await _case(connection, row) for row in await _cases_of(connection, kept)],
        "enquiries": [_enquiry(row) for row in await _enquiries_of(connection, kept)],
        "assessments": await _assessments_of(connection, kept),
        "events": [_event(row) for row in await _events_of(connection, kept)],
        "looked_at": [_look(row) for row in await _looks(connection, kept)],
        "kept_for": [
            {"what": name, "days": term.days, "basis": term.basis} for name, term in terms.items()
        ],
    }


def page(person: PersonalData) -> str:
    """The same to be read, in Latvian."""
    folder = FileSystemLoader(Path(__file__).parent)
    templates = Environment(loader=folder, autoescape=True, undefined=StrictUndefined)
    return templates.get_template("person.html").render(person=person)


async def _rows(connection: AsyncConnection, kept: Belongings) -> Sequence[RowMapping]:
    query = (
        select(
            models.contacts,
            models.queues.c.document["labels"].label("queue_labels"),
            models.centres.c.document["name"].as_string().label("centre"),
        )
        .outerjoin_from(models.contacts, models.queues, _contacts.queue == models.queues.c.queue_id)
        .outerjoin(models.centres, _contacts.centre_id == models.centres.c.centre_id)
        .where(kept.contacts())
        .order_by(_contacts.arrived_at, _contacts.call_id)
    )
    return (await connection.execute(query)).mappings().all()


async def _names(connection: AsyncConnection, found: Sequence[KnownPerson]) -> Sequence[RowMapping]:
    ids = [row_id for one in found for row_id in one.people]
    query = select(models.people).where(_people.person_id.in_(ids)).order_by(_people.made_at)
    return (await connection.execute(query)).mappings().all()


def _named(row: RowMapping) -> dict[str, Any]:
    return {"at": _time(row["made_at"]), "name": row["name"], "language": row["language"]}


async def _codes_of(
    connection: AsyncConnection,
    found: Sequence[KnownPerson],
    codes: PersonalCodes | None,
    at: float,
) -> Sequence[dict[str, Any]]:
    """Raises `ValueError` where the key is another one: then not all could be given out."""
    if codes is None:
        return []
    ids = [row_id for one in found for row_id in one.people]
    query = select(_codes.sealed, _codes.former_at).where(_codes.person_id.in_(ids))
    rows = (await connection.execute(query.order_by(_codes.added_at))).all()
    return [
        {"code": codes.opened(row.sealed, at=at), "former_at": _time(row.former_at)} for row in rows
    ]


async def _cases_of(connection: AsyncConnection, kept: Belongings) -> Sequence[RowMapping]:
    query = select(models.cases).where(kept.cases()).order_by(_cases.case_id)
    return (await connection.execute(query)).mappings().all()


async def _case(connection: AsyncConnection, row: RowMapping) -> dict[str, Any]:
    query = select(models.case_entries).where(_entries.case_id == row["case_id"])
    entries = (await connection.execute(query.order_by(_entries.entry_id))).mappings().all()
    return {
        "opened_at": _time(row["opened_at"]),
        "over_at": _time(row["over_at"]),
        **{name: row[name] for name in ("kind", "state", "subject", "service", "due_on")},
        "files": [
            {"name": one["name"], "added_at": _time(one["added_at"])}
            for one in await _files_of(connection, row["case_id"])
        ],
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


async def _files_of(connection: AsyncConnection, case_id: int) -> Sequence[RowMapping]:
    files = models.case_files.c
    there = select(models.case_files).where(files.case_id == case_id, files.gone_at.is_(None))
    return (await connection.execute(there.order_by(files.added_at))).mappings().all()


async def _events_of(connection: AsyncConnection, kept: Belongings) -> Sequence[RowMapping]:
    query = (
        select(models.case_contacts, _cases.event)
        .join(models.cases, _cases.case_id == _joined.case_id)
        .join(models.contacts, _contacts.call_id == _joined.call_id)
        .where(kept.contacts())
        .order_by(_joined.joined_at)
    )
    return (await connection.execute(query)).mappings().all()


async def _enquiries_of(connection: AsyncConnection, kept: Belongings) -> Sequence[RowMapping]:
    asked = models.enquiries.c
    query = (
        select(models.enquiries)
        .join(models.contacts, _contacts.call_id == asked.call_id)
        .where(kept.contacts())
        .order_by(asked.asked_at)
    )
    return (await connection.execute(query)).mappings().all()


def _enquiry(row: RowMapping) -> dict[str, Any]:
    """What was asked of the owner of a card in a call."""
    told = {name: row[name] for name in ("service", "institution", "question", "answer")}
    return {"at": _time(row["asked_at"]), **told, "answered_at": _time(row["answered_at"])}


async def _assessments_of(connection: AsyncConnection, kept: Belongings) -> list[dict[str, Any]]:
    """That a talk was assessed; how the agent did is not the citizen's."""
    found = models.assessments.c
    query = (
        select(_contacts.arrived_at, found.finished_at)
        .join(models.contacts, _contacts.call_id == found.call_id)
        .where(kept.contacts(), found.finished_at.is_not(None))
        .order_by(found.finished_at)
    )
    rows = await connection.execute(query)
    return [{"talk_at": _time(at), "assessed_at": _time(done)} for at, done in rows]


def _event(row: RowMapping) -> dict[str, Any]:
    """A known event that a contact was joined to."""
    told = {"wants_word": row["wants_word"], "told_at": _time(row["told_at"])}
    return {"at": _time(row["joined_at"]), "event": row["event"], **told}


async def _looks(connection: AsyncConnection, kept: Belongings) -> Sequence[RowMapping]:
    query = select(_audit.at, _audit.action, _audit.purpose).where(
        kept.looks(), _audit.action.in_(_LOOKS)
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
