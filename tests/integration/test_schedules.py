"""Reports that are sent by e-mail: with the rights of the moment, once, and over a lost time."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import select, update

from agents_ui.reports.port import ScheduleText
from agents_ui.reports.schedules import letter
from agents_ui.reports.sheet import sheet_of
from agents_ui.shell import texts
from agents_ui.shell.port import Grant, Person
from contactcentre.app.reporting import _person_of
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.reports.postman import Postman
from contactcentre.features.reports.schedules import MOST, ScheduleService
from contactcentre.features.reports.service import ReportService
from contactcentre.storage import database
from contactcentre.storage import tables as models
from lab.pages import reported
from routing.calendar import LOCAL

pytestmark = pytest.mark.integration

TEXT = ScheduleText(
    name="Vakardiena", to="anna@ludza.example ilze@ludza.example", view="ways", by="queue"
)
LANGUAGES = texts.read()


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).timestamp()


class Post:
    """A database with two accounts, and a clock that is set."""

    def __init__(self, engine):
        self.engine = engine
        self.at = moment("2026-06-22 12:00")
        self.schedules = ScheduleService(engine, sends=True, clock=lambda: self.at)
        self.accounts = AccountService(engine, passwords=Passwords())

    def postman(self, *, sends=True):
        return Postman(
            self.engine,
            ReportService(self.engine),
            person_of=partial(_person_of, self.engine),
            sheet_of=sheet_of,
            words=lambda one, asked: letter(
                LANGUAGES, "https://zvani.example", one.name, one.language, asked
            ),
            sends=sends,
            clock=lambda: self.at,
        )

    async def person(self, username, role="supervisor"):
        user_id = await self.accounts.create_user(
            username, "a long enough word", name=username, role=role, realm=("network", "")
        )
        return Person(user_id=user_id, name=username, grants=frozenset({Grant(role=role)}))

    async def save(self, person, text=TEXT, schedule_id=""):
        await self.schedules.save(schedule_id, text, person=person, language="lv")
        return (await self.schedules.mine(person))[0]

    async def sent(self):
        async with self.engine.connect() as connection:
            found = await connection.execute(select(models.outbox).order_by(models.outbox.c.to))
            return found.mappings().all()


@pytest.fixture
async def post(database_url):
    """With our tables."""
    async with database.opened(database_url) as engine:
        yield Post(engine)


async def test_it_is_sent_at_its_time_with_the_sheet(post):
    """To each, once; of the day before; the next time is a day later."""
    person = await post.person("anna")
    await post.save(person)
    assert await post.postman().look() == 0
    post.at = moment("2026-06-23 07:00") + 5
    assert await post.postman().look() == 1
    assert await post.postman().look() == 0
    first, second = await post.sent()
    assert [first["to"], second["to"]] == ["anna@ludza.example", "ilze@ludza.example"]
    assert first["subject"] == "Vakardiena · 22.06.2026."
    assert "https://zvani.example/reports/schedules" in first["body"]
    assert first["attachment_name"] == "ways-by-queue-2026-06-22-2026-06-22.xlsx"
    assert zipfile.is_zipfile(io.BytesIO(first["attachment"]))
    (row,) = await post.schedules.mine(person)
    assert (row.result, row.last_at) == ("sent", moment("2026-06-23 07:00"))
    assert row.next_at == moment("2026-06-24 07:00")


async def test_a_time_that_was_missed_comes_once(post):
    """Of the day before the last time, as the figures have it now."""
    person = await post.person("anna")
    await post.save(person)
    post.at = moment("2026-06-27 15:00")
    assert await post.postman().look() == 1
    assert {one["subject"] for one in await post.sent()} == {"Vakardiena · 26.06.2026."}
    assert len(await post.sent()) == 2
    (row,) = await post.schedules.mine(person)
    assert row.next_at == moment("2026-06-28 07:00")


@pytest.mark.parametrize(("change", "result"), [("off", "no-account"), ("agent", "no-right")])
async def test_it_stops_with_its_owners_right(post, change, result):
    """Looked at when it is sent: an account that is off, or a role that is gone. It says so, and
    goes on once it is saved anew by somebody who may."""
    person = await post.person("anna")
    await post.save(person)
    if change == "off":
        users = models.users
        async with post.engine.begin() as connection:
            mine = update(users).where(users.c.user_id == person.user_id)
            await connection.execute(mine.values(active=False))
    else:
        await post.accounts.set_grants(person.user_id, {Grant(role="agent")}, by="test")
    post.at = moment("2026-06-23 08:00")
    assert await post.postman().look() == 1
    assert await post.sent() == []
    (row,) = await post.schedules.mine(person)
    assert (row.next_at, row.result) == (None, result)
    again = await post.save(person, schedule_id=row.schedule_id)
    assert again.next_at == moment("2026-06-24 07:00")


async def test_without_a_mail_server_it_says_so(post):
    """And goes on when there is one."""
    person = await post.person("anna")
    await post.save(person)
    post.at = moment("2026-06-23 08:00")
    await post.postman(sends=False).look()
    (row,) = await post.schedules.mine(person)
    assert (row.result, row.next_at) == ("no-mail", moment("2026-06-24 07:00"))


async def test_a_full_outbox_is_told(post, monkeypatch):
    """Nothing of it is sent, and the next one may be."""
    monkeypatch.setattr("contactcentre.storage.outbox.MOST_WAITING", 1)
    person = await post.person("anna")
    await post.save(person)
    post.at = moment("2026-06-23 08:00")
    await post.postman().look()
    (row,) = await post.schedules.mine(person)
    assert (row.result, await post.sent()) == ("full", [])
    assert row.next_at is not None


async def test_a_document_that_cant_be_read_stops(post):
    """As of a release that had other figures; the others go on."""
    person = await post.person("anna")
    old = await post.save(person)
    table = models.report_schedules
    async with post.engine.begin() as connection:
        mine = update(table).where(table.c.schedule_id == old.schedule_id)
        await connection.execute(mine.values(document={"view": "moon"}))
    await post.save(person, replace(TEXT, name="Jauns"))
    post.at = moment("2026-06-23 08:00")
    assert await post.postman().look() == 2
    results = {row.text.name: row.result for row in await post.schedules.mine(person)}
    assert results == {"Vakardiena": "unreadable", "Jauns": "sent"}


async def test_they_are_ones_own(post):
    """Nobody reads, changes or removes another's; each change is on record; so many and no more."""
    anna, ilze = await post.person("anna"), await post.person("ilze")
    row = await post.save(anna)
    assert await post.schedules.mine(ilze) == []
    with pytest.raises(LookupError):
        await post.schedules.save(row.schedule_id, TEXT, person=ilze, language="lv")
    with pytest.raises(LookupError):
        await post.schedules.remove(row.schedule_id, person=ilze)
    await post.schedules.remove(row.schedule_id, person=anna)
    assert await post.schedules.mine(anna) == []
    async with post.engine.connect() as connection:
        name = models.audit.c.object == f"report_schedules/{row.schedule_id}"
        rows = (await connection.execute(select(models.audit.c.who).where(name))).scalars().all()
    assert rows == [anna.user_id, anna.user_id]
    for number in range(MOST):
        await post.save(anna, replace(TEXT, name=f"n{number}"))
    with pytest.raises(ValueError, match="name"):
        await post.save(anna, replace(TEXT, name="one more"))


async def test_rows_of_agents_are_those_of_the_moment(post):
    """Who leads nobody any more is sent no row of an agent, though the same schedule had them."""
    await reported.lay(post.engine)
    person = await post.person("anna")
    this_morning = datetime.now(LOCAL).replace(hour=6, minute=0, second=0, microsecond=0)
    rows = []
    for role in ("supervisor", "auditor"):
        await post.accounts.set_grants(person.user_id, {Grant(role=role)}, by="test")
        post.at = this_morning.timestamp()
        text = replace(TEXT, by="agent", view="work", to="anna@ludza.example")
        made = await post.save(person, text)
        post.at += 3700
        await post.postman().look()
        (sent,) = await post.sent()
        book = zipfile.ZipFile(io.BytesIO(sent["attachment"]))
        rows.append(book.read("xl/worksheets/sheet1.xml").count(b"<row "))
        await post.schedules.remove(made.schedule_id, person=person)
        async with post.engine.begin() as connection:
            await connection.execute(models.outbox.delete())
    assert rows[0] > 2
    assert rows[1] == 2  # the heads, and what all come to
