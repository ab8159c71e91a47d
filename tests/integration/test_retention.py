"""The nightly job: what has outlived its term goes, on the day after and not before."""

import os
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.cli.command import work
from contactcentre.cli.retention import app
from contactcentre.features.privacy import store, sweeps
from contactcentre.features.privacy.document import CLASSES
from contactcentre.features.privacy.nightly import Nightly
from contactcentre.features.privacy.sweeps import (
    EventSweep,
    NoteSweep,
    NumberSweep,
    Portion,
    Reached,
)
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.storage.pseudonyms import Pseudonyms
from routing.calendar import LOCAL

pytestmark = pytest.mark.integration

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=LOCAL)
PSEUDONYMS = Pseudonyms(b"not in the database")
ANNA, JANIS = "+37120000001", "+37120000002"
TERMS = {**dict.fromkeys(CLASSES, 1000), "numbers": 7, "notes": 3}


def contact(number: int, at: datetime, **changes: Any) -> dict[str, Any]:
    """A call that was answered and is over."""
    from_at = at.timestamp()
    return {
        "call_id": f"c{number}",
        "last_seq": number,
        "caller": ANNA,
        "dialled": "60000100",
        "phase": "ended",
        "language": "lv",
        "queue": "benefits",
        "matter": "",
        "outcome": "answered",
        "arrived_at": from_at,
        "answered_at": from_at + 5,
        "ended_at": from_at + 60,
        "hold_s": 0.0,
        "kind": "application",
        "services": ["VSAA-KOPS"],
        "result": "answered",
        "note": "piezīme par Annu",
        "identified_level": 1,
        "identified_by": "",
        **changes,
    }


class Kept:
    """A database, its nightly job, and a clock that is set."""

    def __init__(self, engine: AsyncEngine, folder: Path) -> None:
        self.engine = engine
        self.journal = folder / "journal.sqlite"
        self.at = MONDAY
        self.sweeps: Sequence[sweeps.Sweep] = (
            NumberSweep(PSEUDONYMS),
            NoteSweep(PSEUDONYMS),
            EventSweep(),
        )

    def nightly(self) -> Nightly:
        """As a service that has just started."""
        return Nightly(
            self.engine,
            self.sweeps,
            usual=TERMS,
            journal=self.journal,
            clock=lambda: self.at.timestamp(),
        )

    async def night(self, days: int, hour: int = 3) -> int:
        """So many days after the Monday."""
        self.at = MONDAY.replace(hour=hour) + timedelta(days=days)
        return await self.nightly().look()

    async def has(self, *rows: dict[str, Any]) -> None:
        """These contacts."""
        async with self.engine.begin() as connection:
            await connection.execute(insert(models.contacts), list(rows))

    async def callers(self) -> list[str | None]:
        """Of all contacts, in order."""
        return await self._column(models.contacts.c.caller)

    async def notes(self) -> list[str]:
        """The same."""
        return await self._column(models.contacts.c.note)

    async def _column(self, column: Any) -> list[Any]:
        query = select(column).order_by(models.contacts.c.arrived_at, models.contacts.c.call_id)
        async with self.engine.connect() as connection:
            return list((await connection.execute(query)).scalars())

    async def report(self) -> dict[str, int]:
        """How much was deleted of each class, and its night was finished."""
        async with self.engine.connect() as connection:
            rows = await store.report(connection, "")
        told: dict[str, int] = {}
        for row in rows:
            assert row["finished_at"] is not None
            told[row["class_id"]] = told.get(row["class_id"], 0) + row["count"]
        return told


@pytest.fixture
async def kept(database_url: str, tmp_path: Path) -> AsyncIterator[Kept]:
    """On each kind of database."""
    async with database.opened(database_url) as engine:
        yield Kept(engine, tmp_path)


async def test_a_number_becomes_a_pseudonym_on_day_n_plus_1(kept: Kept) -> None:
    """Seven days are seven days: in the seventh night it is there, in the eighth it is not; the
    contact stays, and who rang twice is still one person."""
    await kept.has(
        contact(1, MONDAY),
        contact(2, MONDAY.replace(hour=23, minute=58)),
        contact(3, MONDAY, caller=JANIS),
        contact(4, MONDAY, caller=None),
        contact(5, MONDAY + timedelta(days=1)),
        contact(6, MONDAY, ended_at=None),
    )
    await kept.night(7)
    assert (await kept.callers()).count(ANNA) == 4
    assert await kept.night(8, hour=1) == 0  # people still ring
    await kept.night(8)
    anna, janis = map(PSEUDONYMS.of, (ANNA, JANIS))
    assert await kept.callers() == [anna, janis, None, ANNA, anna, ANNA]
    async with kept.engine.connect() as connection:
        repeated = select(func.count()).where(models.contacts.c.caller == anna)
        assert await connection.scalar(repeated) == 2


async def test_notes_go_sooner(kept: Kept) -> None:
    """Each class has its own term; what was done stays."""
    await kept.has(contact(1, MONDAY), contact(2, MONDAY + timedelta(days=1)))
    await kept.night(3)
    assert all(await kept.notes())
    await kept.night(4)
    assert [bool(note) for note in await kept.notes()] == [False, True]
    assert await kept.callers() == [ANNA, ANNA]
    assert await kept.report() == {"numbers": 0, "notes": 1, "events": 0}


async def test_events_go_and_contacts_stay(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happened second by second, in as many portions as it takes."""
    monkeypatch.setattr(sweeps, "EVENTS", 2)
    await kept.has(contact(1, MONDAY))
    old, young = MONDAY.timestamp(), (MONDAY + timedelta(days=1)).timestamp()
    told = {"source": "s", "kind": "x", "call_id": "c1", "agent_id": None, "event": {}}
    decided = {"call_id": "c1", "kind": "queued", "document": {}}
    async with kept.engine.begin() as connection:
        for offset, at in enumerate((old, young)):
            journal = [{**told, "seq": 10 * offset + n, "at": at + n} for n in range(5)]
            decisions = [{**decided, "offers": n, "at": at + n} for n in range(3)]
            await connection.execute(insert(models.journal), journal)
            await connection.execute(insert(models.decisions), decisions)
    await kept.night(1000)
    assert (await kept.report())["events"] == 0
    await kept.night(1001)
    assert (await kept.report())["events"] == 8
    async with kept.engine.connect() as connection:
        for table, count in ((models.journal, 5), (models.decisions, 3)):
            left = (await connection.execute(select(table.c.at))).scalars().all()
            assert (len(left), min(left)) == (count, young)
    assert len(await kept.callers()) == 1


async def test_people_set_the_terms(kept: Kept) -> None:
    """A row that is edited counts from the next look on."""
    await kept.has(contact(1, MONDAY))
    rule = {"class_id": "notes", "days": 90, "basis": "MK 1"}
    rows = documents.rows(models.retention, [rule])
    async with kept.engine.begin() as connection:
        await documents.save(connection, {models.retention: rows})
    await kept.night(90)
    assert all(await kept.notes())
    await kept.night(91)
    assert not any(await kept.notes())


async def test_a_hold_keeps(kept: Kept) -> None:
    """Everything of one person, for as long as it lasts; others' data go."""
    await kept.has(contact(1, MONDAY), contact(2, MONDAY, caller=JANIS))
    person = PSEUDONYMS.of(ANNA)
    row = {"hold_id": "h", "person": person, "why": "tiesa", "placed_at": 0.0, "placed_by": "u"}
    async with kept.engine.begin() as connection:
        await store.hold(connection, row)
    await kept.night(30)
    assert await kept.callers() == [ANNA, PSEUDONYMS.of(JANIS)]
    assert [bool(note) for note in await kept.notes()] == [True, False]
    async with kept.engine.begin() as connection:
        assert await store.lift(connection, person, at=1.0, by="u") == 1
    await kept.night(31)
    assert await kept.callers() == [person, PSEUDONYMS.of(JANIS)]
    assert not any(await kept.notes())


class Crashes:
    """A sweep whose process ends after so many portions."""

    def __init__(self, sweep: sweeps.Sweep, after: int) -> None:
        self.class_id = sweep.class_id
        self._sweep = sweep
        self._left = after

    async def portion(
        self, connection: AsyncConnection, before_at: float, reached: Reached, at: float
    ) -> Portion:
        done = await self._sweep.portion(connection, before_at, reached, at)
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        return done


async def test_a_crash_in_the_middle_of_the_night(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done is done and counted once; the rest is done by whoever starts next."""
    monkeypatch.setattr(sweeps, "PORTION", 2)
    held = contact(3, MONDAY, caller=JANIS)
    await kept.has(*(contact(number, MONDAY) for number in (1, 2, 4, 5, 6, 7)), held)
    row = {"person": PSEUDONYMS.of(JANIS), "why": "tiesa", "placed_at": 0.0, "placed_by": "u"}
    async with kept.engine.begin() as connection:
        await store.hold(connection, {"hold_id": "h", **row})
    whole, kept.sweeps = kept.sweeps, (Crashes(NumberSweep(PSEUDONYMS), after=2),)
    with pytest.raises(KeyboardInterrupt):
        await kept.night(8)
    assert sum(caller == ANNA for caller in await kept.callers()) == 3
    kept.sweeps = whole
    await kept.night(8)
    assert await kept.night(8) == 0
    assert [caller for caller in await kept.callers() if caller in (ANNA, JANIS)] == [JANIS]
    assert await kept.report() == {"numbers": 6, "notes": 6, "events": 0}


async def test_a_damaged_journal_goes_in_time(kept: Kept) -> None:
    """It has numbers too; for as long as those are kept, somebody may mend it."""
    damaged = kept.journal.with_name(f"{kept.journal.name}.corrupt-20260302T080000Z")
    for path in (damaged, kept.journal):
        path.write_bytes(b"x")
        os.utime(path, (MONDAY.timestamp(), MONDAY.timestamp()))
    await kept.night(7)
    assert damaged.exists()
    await kept.night(8)
    assert not damaged.exists()
    assert kept.journal.exists()


async def test_nothing_is_left_on_the_disk(tmp_path: Path) -> None:
    """SQLite's free pages and its write-ahead log are overwritten too."""
    url = f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
    await database.migrate(url)
    async with database.opened(url) as engine:
        kept = Kept(engine, tmp_path)
        rows = [
            contact(number, MONDAY, caller=f"+371299{number:05}", note=f"slepeni {number}")
            for number in range(3000)
        ]
        await kept.has(*rows)
        assert b"slepeni 77" in _files(tmp_path)
        await kept.night(8)
        found = _files(tmp_path)
        assert b"slepeni" not in found
        assert b"+371299" not in found


def _files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


class Weighed:
    """A sweep of which it is kept how much each portion was."""

    def __init__(self, sweep: sweeps.Sweep) -> None:
        self._sweep = sweep
        self.class_id = sweep.class_id
        self.counts: list[int] = []

    async def portion(
        self, connection: AsyncConnection, before_at: float, reached: Reached, at: float
    ) -> Portion:
        """See `Sweep`."""
        done = await self._sweep.portion(connection, before_at, reached, at)
        self.counts.append(done.count)
        return done


@pytest.mark.long
async def test_a_busy_day_goes_in_small_portions(database_url: str, tmp_path: Path) -> None:
    """33,000 contacts in one night: the loop that serves callers never has many in hand."""
    async with database.opened(database_url) as engine:
        kept = Kept(engine, tmp_path)
        begin = MONDAY.replace(hour=0)
        for hour in range(11):
            at = begin + timedelta(hours=hour)
            some = range(3000 * hour, 3000 * (hour + 1))
            await kept.has(
                *(
                    contact(one, at + timedelta(seconds=one % 3000), caller=f"+3712{one:07}")
                    for one in some
                )
            )
        weighed = [Weighed(NumberSweep(PSEUDONYMS)), Weighed(NoteSweep(PSEUDONYMS))]
        kept.sweeps = weighed
        assert await kept.night(8) == 66_000
        assert [sum(one.counts) for one in weighed] == [33_000, 33_000]
        assert max(max(one.counts) for one in weighed) == sweeps.PORTION
        assert not any((caller or "").startswith("+") for caller in await kept.callers())


async def test_the_command(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Terms are set with what they are founded on, and are on record; the report tells of nights
    that are not finished too."""
    settings = Settings(home=tmp_path, database_url=database_url)
    assert await work(app, ["set", "notes", "90", "--basis", "MK 1"], settings) == 0
    assert await work(app, ["set", "notes", "0", "--basis", "MK 1"], settings) == 1
    assert "retention notes, days: must be 1 to 36500 days" in capsys.readouterr().err
    await work(app, ["list"], settings)
    assert "notes         90 days" in capsys.readouterr().out
    day = datetime.now(LOCAL).date().isoformat()
    async with database.opened(database_url) as engine, engine.begin() as connection:
        await store.note(connection, store.Night(day, "notes", 0.0), 3, 0.0)
        objects = await connection.execute(select(models.audit.c.object))
        assert list(objects.scalars()) == ["retention/notes"]
    await work(app, ["report"], settings)
    assert f"{day}  notes           3  before 1970-01-01 03:00  (not finished)" in (
        capsys.readouterr().out
    )
