"""Failure demand over real databases: each part, the order of parts, and what changes no past."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime

import pytest
from sqlalchemy import delete, insert, select, update

from agents_ui.reports.measures import BY_KEY
from agents_ui.reports.port import ReportQuestion
from agents_ui.shell.port import Grant, Person
from contactcentre.core.outcomes import Outcome
from contactcentre.features.cases import event_store
from contactcentre.features.privacy.sweeps import NumberSweep, Reached
from contactcentre.features.reports import invariants
from contactcentre.features.reports.keeping import FactKeeper
from contactcentre.features.reports.service import ReportService
from contactcentre.features.reports.verification import verify
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.storage.tables.reports import FAILURES
from routing.calendar import LOCAL, number_of

pytestmark = pytest.mark.integration

LEADER = Person(user_id="leader", name="G", grants=frozenset({Grant(role="supervisor")}))
DAY = date(2026, 11, 4)


def at(hour: float, day: int = DAY.day) -> float:
    """An hour of a day of that November, on the clock of Latvia."""
    return datetime(2026, 11, day, tzinfo=LOCAL).timestamp() + hour * 3600


class Records:
    """What is on record, written row by row, and what is counted of it."""

    def __init__(self, engine) -> None:
        self.engine = engine
        self.keeper = FactKeeper(engine, asyncio.Event(), clock=lambda: at(3, 30))
        self.room = ReportService(engine)
        self._seq = 0

    async def call(self, name: str, caller: str | None, at_: float, *, answered=True, **more):
        """A contact of two minutes, and that it is to be counted."""
        row = {
            "call_id": name,
            "caller": caller,
            "arrived_at": at_,
            "queued_at": at_ + 10,
            "answered_at": at_ + 20 if answered else None,
            "ended_at": at_ + 120,
            "outcome": Outcome.ANSWERED if answered else Outcome.ABANDONED,
            "kind": "",
            "dialled": "60000100",
            "phase": "ENDED",
            "language": "lv",
            "queue": "general",
            "matter": "",
            "hold_s": 0.0,
            "services": [],
            "result": "",
            "note": "",
            "identified_level": 0,
            "identified_by": "",
            **more,
        }
        async with self.engine.begin() as connection:
            await connection.execute(insert(models.contacts).values(last_seq=0, **row))
        await self.news(name)

    async def change(self, name: str, **values) -> None:
        """A contact is written anew."""
        rows = models.contacts
        async with self.engine.begin() as connection:
            await connection.execute(update(rows).where(rows.c.call_id == name).values(**values))
        await self.news(name)

    async def news(self, name: str) -> None:
        """The projector has written to a contact."""
        self._seq += 1
        due = {"kind": "call", "key": name, "day": 0, "seq": self._seq}
        async with self.engine.begin() as connection:
            await database.upsert(connection, models.report_due, [due], newer_by="seq")
        await self.keeper.catch_up()

    async def case(self, caller: str | None, due_on: str, *, over_at: float | None = None) -> int:
        """Opened in October."""
        row = {
            "kind": "matter",
            "state": "open",
            "subject": "s",
            "service": "",
            "owner": "o",
            "municipality": "",
            "begun_at": "",
            "opened_at": at(9, 1),
            "opened_by": "u",
            "due_on": due_on,
            "over_at": over_at,
            "caller": caller,
        }
        async with self.engine.begin() as connection:
            made = await connection.execute(insert(models.cases).values(**row))
        return made.inserted_primary_key[0]

    async def joined(self, case_id: int, name: str, at_: float) -> None:
        """A contact, to a known event."""
        row = {"case_id": case_id, "call_id": name, "municipality": "ludza", "joined_at": at_}
        async with self.engine.begin() as connection:
            row |= {"joined_by": "a1", "wants_word": False}
            await event_store.join(connection, row)
        await self.keeper.catch_up()

    async def parts(self) -> dict[str, list[str]]:
        """The calls beneath each part, as the page lists them."""
        asked, found = self.asked(), {}
        for part in FAILURES:
            page = await self.room.calls(
                asked, part, row="", below="", person=LEADER, language="lv"
            )
            found[part] = sorted(one.call_id for one in page.calls)
        return found

    async def figures(self) -> dict[str, float | None]:
        """The totals of the view."""
        told = await self.room.report(self.asked(), person=LEADER, language="lv")
        keys = (one.key for one in told.measures)
        return dict(zip(keys, told.total.values, strict=True))

    def asked(self) -> ReportQuestion:
        """The month's, by days."""
        return ReportQuestion(since=date(2026, 11, 1), until=date(2026, 11, 30), view="failure")

    async def facts(self) -> list:
        """All of them."""
        async with self.engine.connect() as connection:
            query = select(models.contact_facts).order_by(models.contact_facts.c.call_id)
            return [tuple(row) for row in await connection.execute(query)]


@pytest.fixture
async def records(database_url: str) -> AsyncIterator[Records]:
    """Over each kind of database."""
    async with database.opened(database_url) as engine:
        yield Records(engine)


async def everything(records: Records) -> None:
    """Each part once or twice, and beside each what is none."""
    promised = {"came_by": "callback", "direction": "out", "due_at": at(10)}
    await records.call("p", "+37120000001", at(9), answered=False, **promised)
    await records.change("p", answered_at=at(12), ended_at=at(12.1))
    for name, hour in (("p-early", 9.5), ("p-late", 11), ("p-done", 13)):
        await records.call(name, "+37120000001", at(hour))
    await records.case("+37120000002", "2026-11-03", over_at=at(12))
    for name, hour in (("c-late", 10), ("c-over", 14)):
        await records.call(name, "+37120000002", at(hour))
    await records.case("+37120000003", "2026-11-04")
    await records.call("c-in-time", "+37120000003", at(10))
    await promise_in_case(records, await records.case("+37120000004", "2026-11-20"))
    for name, hour in (("e-late", 11), ("e-kept", 16)):
        await records.call(name, "+37120000004", at(hour))
    await records.call("q", "+37120000005", at(9))
    await question(records, "q")
    for name, hour in (("q-open", 11), ("q-told", 13)):
        await records.call(name, "+37120000005", at(hour))
    event = await records.case(None, "2026-12-01")
    await records.call("v-withheld", None, at(10))
    await records.call("v-none", None, at(10))
    await records.joined(event, "v-withheld", at(10.1))
    await asked_again(records)


async def promise_in_case(records: Records, case_id: int) -> None:
    """To be kept by ten, kept at three."""
    said = {"case_id": case_id, "at": at(9, 2), "by": "u", "what": "promise", "text": ""}
    async with records.engine.begin() as connection:
        entry = insert(models.case_entries).values(promised_at=at(10), kept_at=at(15), **said)
        await connection.execute(entry)


async def question(records: Records, call_id: str) -> None:
    """Of a card's owner, answered at noon."""
    row = {
        "enquiry_id": "1",
        "service": "a",
        "institution": "i",
        "call_id": call_id,
        "agent_id": "a1",
        "asked_by": "u",
        "asked_at": at(9.1),
        "due_at": at(17),
        "language": "lv",
        "question": "?",
        "wants_call": True,
        "expires_at": at(17),
    }
    async with records.engine.begin() as connection:
        await connection.execute(insert(models.enquiries).values(answered_at=at(12), **row))


async def asked_again(records: Records) -> None:
    """By numbers that have talked about a service before, or have not."""
    about = {"services": ["VSAA-1"]}
    await records.call("a", "+37120000006", at(9, 1), **about)
    await records.call("a-again", "+37120000006", at(9), services=["X", "VSAA-1"])
    await records.call("a-other", "+37120000006", at(10), services=["Y"])
    await records.call("a-late", "+37120000006", at(9, 15), **about)
    await records.call("b", "+37120000007", at(9, 1), answered=False, **about)
    await records.call("b-first", "+37120000007", at(9), **about)


WANT = {
    "promise_overdue": ["p-late"],
    "case_overdue": ["c-late", "e-late"],
    "question_open": ["q-open"],
    "known_event": ["v-withheld"],
    "asked_again": ["a-again"],
}


async def test_each_part_opens_into_its_calls(records):
    """By what stood on record as the call came in; the parts add up to the figure, the share is of
    all who rang in, and the rule of the night holds."""
    await everything(records)
    assert await records.parts() == WANT
    told = await records.figures()
    assert told["failure_demand"] == sum(told[part] for part in FAILURES) == 6
    assert told["rang_in"] == 19
    assert told["failure_share"] == pytest.approx(6 / 19)
    found = await invariants.look(records.engine, [number_of(DAY)], 1.0)
    rule = next(one for one in found if one.rule == "failure")
    assert (rule.holds, rule.left, rule.right) == (True, 6, 6)
    assert all(part in BY_KEY for part in FAILURES)


async def test_a_contact_is_in_the_first_part_that_fits(records):
    """A promise comes before all else, an event before a repeat; what comes later takes the place
    of what comes after it alone."""
    await everything(records)
    event = await records.case(None, "2026-12-01")
    await records.joined(event, "a-again", at(9.1))
    await records.joined(event, "p-late", at(11.1))
    parts = await records.parts()
    assert parts == {**WANT, "known_event": ["a-again", "v-withheld"], "asked_again": []}
    async with records.engine.begin() as connection:
        assert await event_store.leave(connection, event, "a-again", at(12))
    await records.keeper.catch_up()
    assert await records.parts() == WANT


async def test_what_an_earlier_talk_was_about_is_told_later(records):
    """A record that is closed after the next call has come in makes that one a repeat, and one that
    is corrected makes it none."""
    await records.call("one", "+37120000008", at(9))
    await records.call("two", "+37120000008", at(11), services=["A"])
    assert (await records.parts())["asked_again"] == []
    await records.change("one", services=["A"])
    assert (await records.parts())["asked_again"] == ["two"]
    await records.change("one", services=["B"])
    assert (await records.parts())["asked_again"] == []
    assert await verify(records.engine) == []


async def test_made_anew_it_is_the_same(records):
    """By a rebuild over what is there, and by one from nothing."""
    await everything(records)
    kept = await records.facts()
    await records.keeper.rebuild()
    assert await records.facts() == kept
    assert await verify(records.engine) == []
    async with records.engine.begin() as connection:
        await connection.execute(delete(models.contact_facts))
    await records.keeper.rebuild()
    assert await records.facts() == kept


async def test_no_term_that_is_moved_or_deleted_changes_the_past(records):
    """A case that is opened again or gets another term, numbers that became pseudonyms or were
    erased, case by case: what was counted stays, and is found right."""
    await everything(records)
    kept = await records.facts()
    async with records.engine.begin() as connection:
        await connection.execute(update(models.cases).values(due_on="2026-12-31", over_at=None))
        await connection.execute(update(models.cases).values(caller=None))
        await connection.execute(delete(models.enquiries))
        sweep = NumberSweep(Pseudonyms(b"k" * 32))
        done = await sweep.portion(connection, at(0, 2), Reached(), at(3, 29))
    assert done.count == 2  # of the talks before, not of the calls that followed them
    assert await verify(records.engine) == []
    await records.keeper.rebuild()
    assert await records.facts() == kept
    rows = models.contacts
    async with records.engine.begin() as connection:
        gone = update(rows).values(caller=None, forgotten_at=at(3, 30))
        await connection.execute(gone)
    await records.keeper.rebuild()
    assert await records.facts() == kept
