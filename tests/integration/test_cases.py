"""Cases and the record's rows on each kind of database: kept, given out, erased, counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.core import events
from contactcentre.core.call.state import Call, CallerChannel, CallRecord, Phase
from contactcentre.core.values import replace
from contactcentre.core.work import ServiceDone
from contactcentre.features.cases import event_store, store
from contactcentre.features.privacy.case_sweep import CaseSweep
from contactcentre.features.privacy.disclosure import disclose, page
from contactcentre.features.privacy.document import CLASSES, rules
from contactcentre.features.privacy.erasure import Erasure, OpenContact, by_shell
from contactcentre.features.privacy.sweeps import Reached
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.entry import Entry
from contactcentre.storage.journal import Projector
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.storage.sealed_talks import SealedTalks
from contactcentre.storage.spool import at_work
from contactcentre.telephony.message_files import MessageFiles

pytestmark = pytest.mark.integration

ANNA, JANIS = "+37120000001", "+37120000002"
PSEUDONYMS = Pseudonyms(b"not in the database")
CASE = {
    "kind": "submission",
    "state": "open",
    "subject": "Ceļš",
    "service": "",
    "municipality": "m",
    "owner": "centre:c1",
    "begun_at": "centre:c1",
    "opened_at": 100.0,
    "opened_by": "u",
    "due_on": "2026-01-01",
    "over_at": None,
    "caller": ANNA,
    "submission": "Lūdzu tīrīt ceļu",
}

CONTACT = {
    **dict.fromkeys(("dialled", "phase", "language", "matter", "kind", "result"), "x"),
    **dict.fromkeys(("note", "identified_by"), ""),
    **dict.fromkeys(("last_seq", "hold_s", "identified_level"), 0),
    "services": [],
}


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """On each kind of database."""
    async with database.opened(database_url) as made:
        yield made


async def has(engine: AsyncEngine, **changes: Any) -> int:
    """A case with one entry; its id."""
    async with engine.begin() as connection:
        case_id = await store.begin(connection, {**CASE, **changes})
        entry = {"case_id": case_id, "at": 100.0, "by": "u", "what": "opened", "text": "Vārdi"}
        await store.add(connection, entry)
    return case_id


async def has_file(engine: AsyncEngine, case_id: int) -> None:
    """Attached to that case."""
    row = {"file_id": f"{case_id:032x}", "case_id": case_id, "name": "rekins.pdf", "kind": "pdf"}
    row |= {"size": 1, "added_at": 100.0, "added_by": "u"}
    async with engine.begin() as connection:
        await connection.execute(insert(models.case_files), row)


async def words(engine: AsyncEngine) -> list[tuple[str, str, str | None, str]]:
    """What is left of every case: subject, submission, whose, and its entry."""
    cases, entries = models.cases.c, models.case_entries.c
    query = (
        select(cases.subject, cases.submission, cases.caller, entries.text)
        .join(models.case_entries, entries.case_id == cases.case_id)
        .order_by(cases.case_id)
    )
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(query)]


class Resting:
    """No service runs."""

    async def forget(self, number: str, calls: Sequence[str] = ()) -> bool:
        """Nothing is in memory."""
        return True

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Nothing moves."""
        yield

    async def erase(self, number: str) -> int:
        """There is no journal."""
        return 0

    async def erase_call(self, call_id: str) -> int:
        """There is no journal."""
        return 0


async def test_what_is_over_loses_its_words(engine: AsyncEngine) -> None:
    """After its term and not before; what is open, and what a court holds, stays whole."""
    await has(engine, over_at=200.0)
    await has(engine, over_at=900.0)
    await has(engine)
    await has(engine, over_at=200.0, caller=JANIS)
    hold = {
        "hold_id": "h",
        "person": PSEUDONYMS.of(JANIS),
        "why": "x",
        "placed_at": 1.0,
        "placed_by": "u",
    }
    async with engine.begin() as connection:
        await connection.execute(insert(models.legal_holds), hold)
        done = await CaseSweep(PSEUDONYMS).portion(connection, 500.0, Reached(), 1000.0)
    assert (done.count, done.reached) == (1, None)
    whole = ("Ceļš", "Lūdzu tīrīt ceļu", ANNA, "Vārdi")
    left = [("", "", PSEUDONYMS.of(ANNA), ""), whole, whole, (whole[0], whole[1], JANIS, "Vārdi")]
    assert await words(engine) == left


async def test_a_person_is_given_its_cases_and_has_them_erased(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    """Of that number alone; nothing is erased while one of them is open."""
    case_id = await has(engine)
    theirs = await has(engine, caller=JANIS)
    for case in (case_id, theirs):
        await has_file(engine, case)
    terms = rules((), dict.fromkeys(CLASSES, 30))
    async with engine.connect() as connection:
        found = await disclose(connection, [ANNA], PSEUDONYMS, terms, at=300.0)
    assert "rekins.pdf" in page(found)
    assert [one["entries"][0]["text"] for one in found["cases"]] == ["Vārdi"]
    assert "Lūdzu tīrīt ceļu" in page(found)
    files = MessageFiles(tmp_path, most_bytes=1000)
    talks = SealedTalks(tmp_path / "sealed", lambda: ("key",))
    erasure = Erasure(engine, Resting(), files, PSEUDONYMS, talks=talks, approved=by_shell)
    with pytest.raises(OpenContact):
        await erasure.erase(ANNA, by="shell", why="x")
    async with engine.begin() as connection:
        await store.change(connection, case_id, {"state": "closed", "over_at": 400.0})
    await erasure.erase(ANNA, by="shell", why="x")
    async with engine.connect() as connection:
        files = await connection.execute(select(models.case_files))
    left = {one.case_id: (one.name, one.gone_at is None) for one in files}
    assert left == {case_id: ("", False), theirs: ("rekins.pdf", True)}
    assert await words(engine) == [
        ("", "", None, ""),
        ("Ceļš", "Lūdzu tīrīt ceļu", JANIS, "Vārdi"),
    ]


async def test_no_number_is_told_twice(engine: AsyncEngine) -> None:
    """Not even when the last case is gone."""
    first = await has(engine)
    async with engine.begin() as connection:
        await connection.execute(models.case_entries.delete())
        await connection.execute(models.cases.delete())
    assert await has(engine) > first


async def test_what_was_done_is_in_rows(engine: AsyncEngine, tmp_path: Path) -> None:
    """One a service, with what its card says; a record that is closed anew says all of it, and an
    older one that is sent once more changes nothing."""
    card = {"institution": {"lv": "VSAA", "en": "SSIA"}, "level": "state"}
    async with engine.begin() as connection:
        await connection.execute(
            insert(models.services), {"code": "A", "position": 1, "document": card}
        )
    apart = (ServiceDone(service="B", kind="application", outcome="handed_on"),)
    async with at_work(tmp_path / "journal.sqlite", lambda: 0.0) as spool:
        projector = Projector(spool, engine)
        for seq, services in ((1, ("A", "B")), (2, ("A",))):
            record = CallRecord(services=services, apart=apart, municipality="m", saved_at=50.0)
            await spool.append(saved(seq, record))
            await projector.catch_up()
            assert [row[0] for row in await done(engine)] == list(services)
    assert await done(engine) == [("A", "consultation", "answered", "VSAA", "state", "m")]


async def done(engine: AsyncEngine) -> list[tuple[str, ...]]:
    """The rows of the statistics."""
    names = "service, kind, outcome, institution, level, municipality"
    async with engine.connect() as connection:
        query = text(f"SELECT {names} FROM services_done ORDER BY service")  # noqa: S608 - ours
        return [tuple(row) for row in await connection.execute(query)]


def saved(seq: int, record: CallRecord) -> Entry:
    """A call whose record was closed."""
    call = Call(
        call_id="c",
        caller=None,
        dialled="60000100",
        arrived_at=10.0,
        phase=Phase.ENDED,
        since=20.0,
        channel=CallerChannel(),
        record=replace(record, version=seq),
    )
    return Entry(
        seq=seq,
        at=50.0,
        kind="CallerHungUp",
        call_id="c",
        agent_id=None,
        event=events.CallerHungUp(at=50.0, call_id="c"),
        calls=(call,),
        agents=(),
        passages=(),
    )


async def test_a_known_event_forgets_whoever_is_forgotten(engine: AsyncEngine) -> None:
    """It is in what a person is given, the number is rung once, and an erased one never; its words
    go when its case is swept, what it was joined by stays as a number of rows."""
    case_id = await has(engine, kind="fault", event="Nav ūdens", caller=None)
    for call_id, caller in (("a", ANNA), ("b", JANIS), ("c", ANNA)):
        await rang(engine, case_id, call_id, caller)
    terms = rules((), dict.fromkeys(CLASSES, 30))
    async with engine.begin() as connection:
        await event_store.join(connection, joined(case_id, "a"))  # once, however often
        found = await disclose(connection, [ANNA], PSEUDONYMS, terms, at=300.0)
        assert "Nav ūdens" in page(found)
        (row,) = await event_store.near(connection, "b", "m", "")
        assert (row["contacts"], row["to_tell"], row["joined"]) == (3, 2, True)
        assert await event_store.places(connection, case_id) == [("m", 3)]
        await store.change(connection, case_id, {"state": "done", "over_at": 200.0})
        assert await event_store.take(connection, case_id, "u", 400.0) == ANNA
        assert await event_store.told(connection, case_id, "c", "v", at=401.0) is None
        assert await event_store.told(connection, case_id, "c", "u", at=401.0) == ANNA
        gone = update(models.contacts).where(models.contacts.c.caller == JANIS)
        await connection.execute(gone.values(caller=None, forgotten_at=402.0))
        assert await event_store.take(connection, case_id, "u", 403.0) is None
        assert not await event_store.listed(connection, "")
        await CaseSweep(PSEUDONYMS).portion(connection, 500.0, Reached(), 1000.0)
        assert await event_store.one(connection, case_id, "") is None
        assert await event_store.places(connection, case_id) == [("m", 3)]


def joined(case_id: int, call_id: str) -> dict[str, Any]:
    """A contact that is to be told."""
    row = {"case_id": case_id, "call_id": call_id, "municipality": "m", "joined_at": 150.0}
    return {**row, "joined_by": "u", "wants_word": True}


async def rang(engine: AsyncEngine, case_id: int, call_id: str, caller: str) -> None:
    """About that event, and wants to be told."""
    async with engine.begin() as connection:
        whose = {"call_id": call_id, "caller": caller, "arrived_at": 140.0, "queue": "q"}
        await connection.execute(insert(models.contacts), {**CONTACT, **whose})
        await event_store.join(connection, joined(case_id, call_id))
