"""Files for analysts: what DuckDB reads in them is what reports say, and nobody is in them."""

# ruff: noqa: S608 - the names of columns are ours

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import bindparam, insert, select, text, update

from agents_ui.reports.measures import MEASURES, VIEWS
from agents_ui.reports.port import ReportQuestion
from agents_ui.shell.port import Grant, Person
from contactcentre.app import reporting
from contactcentre.cli.analysts import app
from contactcentre.cli.command import work
from contactcentre.features.analysts import nightly, parquet
from contactcentre.features.analysts.export import AnalystExport, Behind
from contactcentre.features.analysts.files import AnalystFolder, FolderInUse
from contactcentre.features.analysts.names import AnalystNames
from contactcentre.features.analysts.nightly import NightlyFiles
from contactcentre.features.analysts.parquet import NotInstalled, NotWritten
from contactcentre.features.analysts.sheets import SHEETS
from contactcentre.features.privacy.sweeps import NumberSweep, Reached
from contactcentre.features.reports.keeping import FactKeeper
from contactcentre.features.reports.service import ReportService
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.journal import Projector
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.storage.spool import Spool
from contactcentre.storage.tables.reports import COUNTED
from lab.day import Day
from routing.calendar import LOCAL, midnight

pytestmark = pytest.mark.integration

LEADER = Person(user_id="leader", name="G", grants=frozenset({Grant(role="supervisor")}))
KEY = b"k" * 32
DAYS = (date(2026, 8, 31), date(2026, 9, 1), date(2026, 10, 12), date(2026, 11, 3))
SINCE, UNTIL = DAYS[0], date(2026, 11, 30)
NOW = datetime(2026, 11, 5, 4, 30, tzinfo=LOCAL).timestamp()
SAID = "Zvanītājas māsa Ilze Bērziņa, 010190-12345"


class Office:
    """A database of some days, and the folder of its files."""

    def __init__(self, engine, keeper: FactKeeper, folder: Path) -> None:
        self.engine = engine
        self.keeper = keeper
        self.folder = folder
        self.room = ReportService(engine)
        self.at = NOW

    def export(self, months: int = 12) -> AnalystExport:
        """Of so many months."""
        names = AnalystNames(KEY)
        clock = self.clock
        return AnalystExport(self.engine, self.folder, names, months=months, clock=clock)

    def clock(self) -> float:
        """What it is."""
        return self.at

    async def made(self, months: int = 12) -> tuple[int, ...]:
        """Which months it makes."""
        return (await self.export(months).export()).made

    def ask(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """What an analyst finds, in the folder."""
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"SET file_search_path = '{self.folder}'")
            return connection.execute(question, values).fetchall()

    async def report(self, **more: Any) -> Any:
        """Of all these days."""
        asked = ReportQuestion(since=SINCE, until=UNTIL, **more)
        return await self.room.report(asked, person=LEADER, language="lv")

    async def news(self, **values: Any) -> str:
        """A contact of September is written anew, as a late record is."""
        rows = models.contacts
        first, end = midnight(date(2026, 9, 1)), midnight(date(2026, 10, 1))
        async with self.engine.begin() as connection:
            here = rows.c.arrived_at.between(first, end), rows.c.answered_at.is_not(None)
            found = await connection.execute(select(rows).where(*here).order_by(rows.c.call_id))
            row = found.mappings().first()
            change = update(rows).where(rows.c.call_id == row["call_id"])
            await connection.execute(change.values(last_seq=row["last_seq"] + 1, **values))
            due = {"kind": "call", "key": row["call_id"], "day": 0, "seq": row["last_seq"] + 1}
            await database.upsert(connection, models.report_due, [due], newer_by="seq")
        await self.keeper.catch_up()
        await self.keeper.make_months()
        return row["call_id"]


async def tell(url: str, folder: Path) -> None:
    """By a journal, of calls on days of four months."""
    spool = Spool(folder / "spool.db", clock=lambda: NOW)
    await spool.open()
    writing = asyncio.create_task(spool.run())
    async with database.opened(url) as engine:
        projector = Projector(spool, engine)
        for number, day in enumerate(DAYS, start=1):
            begins = midnight(day) + 9 * 3600
            one = Day(calls=70, begins=begins, ends=begins + 7 * 3600, seed=number)
            await asyncio.gather(*[spool.append(entry) for entry in one.entries()])
        await projector.catch_up()
        await say_more(engine)
        keeper = keeper_of(engine)
        await keeper.catch_up()
        await keeper.make_months()
    writing.cancel()
    await asyncio.wait([writing])
    await spool.close()


def keeper_of(engine) -> FactKeeper:
    """Of the reports."""
    return FactKeeper(engine, asyncio.Event(), clock=lambda: NOW)


@asynccontextmanager
async def office_over(url: str, folder: Path) -> AsyncIterator[Office]:
    """Over a database to which all was told."""
    async with database.opened(url) as engine:
        yield Office(engine, keeper_of(engine), folder / "analysts")


async def say_more(engine) -> None:
    """What the sample days do not have: services, notes, repeats, a number outside that was rung,
    and a test call."""
    rows, services = models.contacts, models.services_done
    async with engine.begin() as connection:
        calls = (await connection.scalars(select(rows.c.call_id).order_by(rows.c.call_id))).all()
        said = {"note": SAID, "result": SAID, "identified_by": SAID}
        given = {one: bindparam(f"new_{one}") for one in ("services", "caller", "last_seq")}
        change = update(rows).where(rows.c.call_id == bindparam("of")).values(**said, **given)
        await connection.execute(
            change,
            [
                {"of": call_id, "new_services": [f"S{number % 3}"], "new_last_seq": 2**62 + number}
                | {"new_caller": f"+371200000{number % 20:02}"}
                for number, call_id in enumerate(calls)
            ],
        )
        done = {"last_seq": 1, "at": 1.0, "kind": "consultation", "outcome": "answered"}
        done |= {"level": "state", "institution": "VSAA"}
        await database.upsert(
            connection,
            services,
            [
                {**done, "call_id": call_id, "service": f"S{number % 3}"}
                | {"municipality": "ludza" if number % 2 else ""}
                for number, call_id in enumerate(calls)
            ],
        )
        test = {"scripted_id": "test", "script": "passport", "version": 1, "tester": "t"}
        test |= {"begun_at": 1.0, "finished_at": 2.0, "call_id": calls[1]}
        test |= {"scorecard": "test", "scorecard_version": 1, "marks": {}, "remarks": {}}
        await connection.execute(insert(models.scripted_calls).values(**test))
        leg = {"leg_id": "leg-outside", "last_seq": 1, "call_id": calls[0], "party": "outside"}
        leg |= {"purpose": "transfer", "device": "phone", "number": "+37167000001", "from_at": 1.0}
        await connection.execute(insert(models.legs).values(hold_s=0.0, circle=0, **leg))


@pytest.fixture(params=["sqlite", "postgresql"])
def told_url(request: pytest.FixtureRequest, filled: Callable[..., str], tmp_path: Path) -> str:
    """Of each kind of database."""
    return filled(request.param, tmp_path, tell)


@pytest.fixture
async def office(told_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """Over each kind of database."""
    async with office_over(told_url, tmp_path) as made:
        yield made


async def test_sums_are_those_of_reports(office):
    """Every count of contacts, by queue and by month, to the unit; agents' time; talks leg by leg;
    and what the ministry gets."""
    assert await office.made() == (202608, 202609, 202610, 202611)
    for by, said in (("queue", "queue"), ("month", "strftime(day, '%Y%m')"), ("path", "path")):
        for view in VIEWS:
            table = await office.report(by=by, view=view)
            counts = [one for one in table.measures if one.plus == (one.key,) and not one.by]
            sums = ", ".join(f'sum("{one.key}")' for one in counts)
            found = office.ask(f"SELECT {said}, {sums} FROM 'contacts/*.parquet' GROUP BY 1")
            place = [table.measures.index(one) for one in counts]
            want = {row.key: [row.values[number] for number in place] for row in table.rows}
            assert {row[0]: [*row[1:]] for row in found} == want
    work = await office.report(by="month", view="work")
    ((logged_in,),) = office.ask(
        "SELECT sum(ready_ms + reserved_ms + talking_ms + wrap_up_ms + not_ready_ms)"
        " FROM 'agent_days/*.parquet'"
    )
    keys = [one.key for one in work.measures]
    assert logged_in / 1000 == work.total.values[keys.index("logged_in")] > 0
    await parts_of_contacts(office)


async def parts_of_contacts(office: Office) -> None:
    """What stands in other files, against the contacts'."""
    ((legs, talk_ms),) = office.ask(
        "SELECT count(talk_ms), sum(talk_ms) FROM 'legs/*.parquet'"
        " WHERE party = 'agent' AND purpose <> 'consult'"
    )
    ((counted, talked_ms),) = office.ask(
        "SELECT sum(legs), sum(talk_ms + hold_ms) FROM 'contacts/*.parquet'"
    )
    assert (legs, talk_ms) == (counted, talked_ms)
    assert legs > 100
    for month in (202608, 202609, 202610, 202611):
        sheet = await office.room.ministry(month)
        places = [sheet.heads.index(name) for name in ("centre_id", "service_id", "kind")]
        found = office.ask(
            "SELECT centre, service, kind, count(*) FROM 'services/*.parquet'"
            " WHERE strftime(day, '%Y%m') = ? GROUP BY ALL ORDER BY ALL",
            str(month),
        )
        want: dict[tuple[Any, ...], int] = {}
        for row in sheet.rows:
            key = tuple(row[place] for place in places)
            want[key] = want.get(key, 0) + int(row[-1])
        assert {row[:3]: row[3] for row in found} == want
        assert want


def guide_of(root: Path) -> str:
    """The page of the handbook."""
    return (root / "docs/handbook/analysts.md").read_text(encoding="utf-8")


async def test_nobody_is_in_them(office, root):
    """No number, id, note or word of a citizen or an agent, nor a pseudonym that the database or
    the audit log have, in any cell of any file; files have the columns that are declared, which
    the handbook names."""
    await office.made()
    async with office.engine.connect() as connection:
        contacts = (await connection.execute(select(models.contacts))).mappings().all()
        legs = (await connection.execute(select(models.legs))).mappings().all()
    secret = {row["caller"] for row in contacts} | {row["call_id"] for row in contacts}
    secret |= {Pseudonyms(KEY).of(row["caller"]) for row in contacts}
    secret |= {row[name] for row in legs for name in ("leg_id", "agent_id", "number") if row[name]}
    assert len(secret) > 500
    guide = guide_of(root)
    for sheet in SHEETS:
        files = f"'{sheet.name}/*.parquet'"
        columns = [row[0] for row in office.ask(f"DESCRIBE SELECT * FROM {files}")]
        assert columns == [*sheet.columns]
        assert [name for name in columns if f"`{name}`" not in guide] == []
        for name in columns:
            cells = {str(row[0]) for row in office.ask(f'SELECT DISTINCT "{name}" FROM {files}')}
            assert not cells & secret, name
            assert not any(SAID in cell or "+371" in cell or "~" in cell for cell in cells), name
    assert office.ask("SELECT count(DISTINCT caller) FROM 'contacts/*.parquet'") == [(20,)]


async def test_the_questions_of_the_handbook(office, root):
    """Each of the three is answered, and the first says what the report says."""
    await office.made()
    guide = guide_of(root)
    questions = re.findall(r"```sql\n(.*?)```", guide, re.S)
    level, again, rings = (office.ask(question) for question in questions)
    table = await office.report(by="queue", only="queue", key="taxes")
    want = dict(zip([one.key for one in table.measures], table.total.values, strict=True))
    mine = [row for row in level if row[1] == "taxes"]
    assert sum(row[2] for row in mine) == want["answered"]
    assert {row[0] for row in level} == {"2026-08", "2026-09", "2026-10", "2026-11"}
    promised = office.ask(
        'SELECT sum("within") / (sum(answered) + sum(abandoned) - sum(short_abandoned))'
        " FROM 'contacts/*.parquet' WHERE queue = 'taxes'"
    )
    assert promised[0][0] == pytest.approx(want["service_level"])
    assert {row[0] for row in again} == {"S0", "S1", "S2"}
    failure = await office.report(by="queue", view="failure")
    assert sum(row[2] for row in again) == failure.total.values[0] > 0
    assert {row[0] for row in rings} <= set(range(9, 16))
    assert all(row[2] == pytest.approx(4.0) for row in rings)


async def test_only_months_that_have_changed_are_made(office):
    """And the one that goes on; a late record is in its month's files, those of others are not
    touched; months older than asked for go."""
    await office.made()
    before = {file: file.stat().st_mtime_ns for file in office.folder.glob("*/*.parquet")}
    assert len(before) == 16
    assert await office.made() == (202611,)
    await office.news(recorded_at=None)
    assert await office.made() == (202609, 202611)
    touched = {file.stem for file in before if file.stat().st_mtime_ns != before[file]}
    assert touched == {"2026-09", "2026-11"}
    view = await office.report(by="month", view="after")
    number = [one.key for one in view.measures].index("recorded")
    ((share,),) = office.ask("SELECT sum(recorded) / sum(handled) FROM 'contacts/2026-09.parquet'")
    assert share == next(row.values[number] for row in view.rows if row.key == "202609")
    done = await office.export(2).export()
    assert (done.made, done.removed) == ((202611,), 2)
    assert {file.stem for file in office.folder.glob("*/*")} == {"2026-10", "2026-11"}
    assert await office.made() == (202608, 202609, 202611)


async def test_who_is_forgotten_is_followed(office):
    """A number that becomes a pseudonym keeps its name in the files; whoever is erased has none;
    all figures stay."""
    await office.made()
    sums = ", ".join(f'sum("{name}")' for name in COUNTED)
    figures = office.ask(f"SELECT {sums} FROM 'contacts/*.parquet'")
    callers = office.ask("SELECT contact, caller FROM 'contacts/*.parquet' ORDER BY contact")
    async with office.engine.begin() as connection:
        sweep = NumberSweep(Pseudonyms(KEY))
        before_at = midnight(date(2026, 10, 1))
        done = await sweep.portion(connection, before_at, Reached(), NOW)
    assert done.count > 100
    assert await office.made() == (202608, 202609, 202611)
    now = office.ask("SELECT contact, caller FROM 'contacts/*.parquet' ORDER BY contact")
    assert now == callers
    async with office.engine.begin() as connection:
        rows = models.contacts
        gone = update(rows).where(rows.c.arrived_at < before_at)
        await connection.execute(gone.values(caller=None, forgotten_at=NOW))
    assert await office.made() == (202608, 202609, 202611)
    assert office.ask("SELECT count(caller) FROM 'contacts/2026-09.parquet'") == [(0,)]
    assert office.ask(f"SELECT {sums} FROM 'contacts/*.parquet'") == figures


async def test_the_folder_is_for_its_owner_and_heals(office):
    """Whatever was cut off is gone and made once more, also where a file or the record of what was
    made is missing or damaged; nobody else reads, and two do not write at a time."""
    office.folder.mkdir(mode=0o755)
    left = office.folder / ".new-left"
    left.mkdir()
    await office.made()
    assert not left.exists()
    assert office.folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in office.folder.glob("*/*")} == {0o600}
    assert {file.stat().st_mode & 0o777 for file in office.folder.glob("[a-z]*/")} == {0o700}
    (office.folder / "legs" / "2026-09.parquet").unlink()
    assert await office.made() == (202609, 202611)
    for damaged in ("[]", '{"202609": 1}', "x", ""):
        (office.folder / "made.json").write_text(damaged)
        assert await office.made() == (202608, 202609, 202610, 202611)
    with AnalystFolder(office.folder).held(), pytest.raises(FolderInUse):
        await office.made()


async def test_a_night(office):
    """Once a night, after four; not while facts are still to be counted; and nothing at all where
    nobody wants files."""
    job = NightlyFiles(office.export(), clock=office.clock)
    office.at = NOW - 3600
    await job.look()
    assert not office.folder.exists()
    office.at = NOW
    due = {"kind": "call", "key": "x", "day": 0, "seq": 1}
    async with office.engine.begin() as connection:
        await database.upsert(connection, models.report_due, [due])
    with pytest.raises(Behind):
        await job.look()
    await office.keeper.catch_up()
    await job.look()
    assert (job.finished_at, job.failed) == (NOW, False)
    (office.folder / "made.json").unlink()
    await job.look()
    assert not (office.folder / "made.json").exists()
    office.at = NOW + 86_400
    await job.look()
    assert (office.folder / "made.json").exists()
    await NightlyFiles(None, clock=office.clock).look()


async def until(holds: Callable[[], bool]) -> None:
    """It does."""
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - the job tells no events
            await asyncio.sleep(0.01)


async def test_a_night_that_fails(office, monkeypatch):
    """Is told, and tried again; nothing else ends by it, and nothing of a row is told."""
    monkeypatch.setattr(nightly, "PERIOD_S", 0.01)
    monkeypatch.setattr(parquet, "MEMORY", "1kB")
    job = NightlyFiles(office.export(), clock=office.clock)
    with pytest.raises(NotWritten, match=r"DuckDB cannot write .*contacts.parquet \(\w+\)$"):
        await job.look()
    running = asyncio.create_task(job.run())
    await until(lambda: job.failed)
    assert job.finished_at == 0.0
    monkeypatch.setattr(parquet, "MEMORY", "256MB")
    await until(lambda: not job.failed)
    assert job.finished_at == NOW
    running.cancel()
    await asyncio.wait([running])
    assert len([*office.folder.glob("*/*.parquet")]) == 16
    assert [*office.folder.glob(".new-*")] == []
    office.folder = office.folder / "made.json" / "below"
    with pytest.raises(NotWritten, match="Not a directory"):
        await office.made()


@pytest.fixture
def in_november(monkeypatch):
    """The command goes by the clock of these days."""
    monkeypatch.setattr(reporting, "AnalystExport", partial(AnalystExport, clock=lambda: NOW))


@pytest.mark.usefixtures("in_november")
async def test_the_command(office, told_url, tmp_path, capfd, monkeypatch):
    """Makes them and says which; says what to set, and what to install, where it can't."""
    home, cache = tmp_path / "home", tmp_path / "cache"
    settings = Settings(home=home, cache=cache, database_url=told_url, analyst_months=12)
    assert await work(app, ["export"], settings) == 0
    said = capfd.readouterr().out
    assert said.startswith(f"in {home / 'analysts'}: made 4 months, removed 0\n2026-08\n")
    none = settings.model_copy(update={"analyst_months": 0})
    assert await work(app, ["export"], none) == 1
    assert "CC_ANALYST_MONTHS" in capfd.readouterr().err
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    assert await work(app, ["export"], settings) == 1
    assert "SETUP_ANALYSTS=1" in capfd.readouterr().err
    with pytest.raises(NotInstalled):
        await office.made()


@pytest.mark.usefixtures("in_november")
async def test_an_installations_own_log_in(installed_url, tmp_path, capfd):
    """May do all that is needed, and rules over nothing else: the database that the installer makes
    is brought up to date, filled, and written into files by it."""
    await database.migrate(installed_url)
    async with database.opened(installed_url) as engine, engine.connect() as connection:
        rights = "rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
        query = text(f"SELECT current_user, {rights} FROM pg_roles WHERE rolname = current_user")
        assert (await connection.execute(query)).one() == ("contactcentre", False)
    await tell(installed_url, tmp_path)
    async with office_over(installed_url, tmp_path) as made:
        settings = Settings(
            home=tmp_path, cache=tmp_path, database_url=installed_url, analyst_months=2
        )
        assert await work(app, ["export"], settings) == 0
        said = capfd.readouterr().out
        assert said.endswith("made 2 months, removed 0\n2026-10\n2026-11\n")
        found = made.ask("SELECT count(*) FROM 'contacts/*.parquet'")
        assert found == [(140,)]


def test_each_count_is_declared():
    """Every sum of reports is a column."""
    names = {name for one in MEASURES for name in one.plus if not name.endswith("_ms")}
    assert names - {*SHEETS[0].columns} == set()
