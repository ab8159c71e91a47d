"""`contactcentre reports`: figures made anew and verified, and a month that leaves the house."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from contactcentre.cli.command import work
from contactcentre.cli.reports import app
from contactcentre.features.reports.keeping import FactKeeper
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.journal import Projector
from contactcentre.storage.spool import Spool
from lab.day import Day
from routing.calendar import LOCAL

pytestmark = pytest.mark.integration

DAY = date(2026, 10, 13)
Command = Callable[..., Awaitable[int]]


def at(hour: int) -> float:
    """On that day in Riga."""
    return datetime(DAY.year, DAY.month, DAY.day, hour, tzinfo=LOCAL).timestamp()


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    """An installation in whose database a day lies."""
    made = Settings(home=tmp_path / "home", cache=tmp_path / "cache", database_url=database_url)
    made.home.mkdir()
    spool = Spool(tmp_path / "spool.db", clock=lambda: at(23))
    await spool.open()
    writing = asyncio.create_task(spool.run())
    async with database.opened(made.database) as engine:
        projector = Projector(spool, engine)
        keeper = FactKeeper(engine, projector.wrote, clock=lambda: at(23))
        entries = Day(calls=80, begins=at(9), ends=at(17), seed=1).entries()
        await asyncio.gather(*[spool.append(one) for one in entries])
        await projector.catch_up()
        await keeper.catch_up()
    writing.cancel()
    await asyncio.wait([writing])
    await spool.close()
    return made


@pytest.fixture
def reports(settings: Settings) -> Command:
    """The command, with what is typed after its name."""

    async def command(*words: object) -> int:
        made = work(app, [*map(str, words)], settings)
        return made if isinstance(made, int) else await made or 0

    return command


async def test_a_wrong_figure_is_found_and_made_anew(reports, settings, capsys):
    """Verified: it holds; not any more once a row was changed by hand; and again when made anew."""
    assert await reports("verify") == 0
    async with database.opened(settings.database) as engine, engine.begin() as connection:
        quarters = models.report_quarters
        await connection.execute(update(quarters).values(answered=quarters.c.answered + 1))
    capsys.readouterr()
    assert await reports("verify") == 1
    assert "report_quarters" in capsys.readouterr().err
    assert await reports("rebuild") == 0
    assert "rows made anew" in capsys.readouterr().out
    assert await reports("verify") == 0


@pytest.mark.parametrize("what", ["ministry", "balance", "open"])
async def test_a_month_leaves_the_house(reports, tmp_path, capsys, what):
    """On the terminal, as CSV and as XLSX: the same rows, with a head."""
    assert await reports(what, "2026-10") == 0
    told = capsys.readouterr().out
    file = tmp_path / "month.csv"
    assert await reports(what, "2026-10", "--out", file) == 0
    written = file.read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written)))
    assert list(csv.reader(io.StringIO(told))) == rows
    assert len({len(row) for row in rows if row}) >= 1
    assert any(cell.isdecimal() for row in rows for cell in row)
    sheet = tmp_path / "month.xlsx"
    assert await reports(what, "2026-10", "--out", sheet) == 0
    with zipfile.ZipFile(sheet) as parts:
        assert "xl/workbook.xml" in parts.namelist()


async def test_a_published_month_is_restated_on_purpose(reports, settings, capsys):
    """Late facts change no file that was published; restated with a reason, what has moved by five
    or more is told, and the reason is on record. Nothing can be restated that was not published,
    and a month that is not over is not published."""
    assert await reports("open", "2026-10", "--restate", "Kļūda") == 1
    assert "not published" in capsys.readouterr().err
    assert await reports("open", "2026-10") == 0
    told = capsys.readouterr().out
    days = models.service_days
    async with database.opened(settings.database) as engine, engine.begin() as connection:
        await connection.execute(update(days).values(count=days.c["count"] + 5))
    assert await reports("open", "2026-10") == 0
    assert capsys.readouterr().out == told
    assert await reports("open", "2026-10", "--restate", "Novēloti ieraksti") == 0
    again = capsys.readouterr().out
    assert again != told
    assert await reports("open", "2026-10") == 0
    assert capsys.readouterr().out == again
    audit = models.audit.c
    made = select(audit.object, audit.purpose).where(audit.action == "open_data.published")
    async with database.opened(settings.database) as engine, engine.connect() as connection:
        found = (await connection.execute(made.order_by(audit.object))).all()
    assert found == [("202610/1", ""), ("202610/2", "Novēloti ieraksti")]
    assert await reports("open", "2099-01") == 1
    assert "not over" in capsys.readouterr().err


@pytest.mark.parametrize("month", ["2026-13", "10.2026", "١٢", "2026-10-01", ""])
async def test_what_is_no_month_is_told(reports, capsys, month):
    """With an example, and nothing is written."""
    assert await reports("ministry", month) == 1
    assert "such as 2026-10" in capsys.readouterr().err


async def test_a_folder_that_is_not_there_is_told(reports, tmp_path, capsys):
    """In words, not as a trace."""
    missing = tmp_path / "none" / "month.csv"
    assert await reports("ministry", "2026-10", "--out", missing) == 1
    assert "month.csv" in capsys.readouterr().err
