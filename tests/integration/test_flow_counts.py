"""The menus' statistics: from the journal to the table to the words of `flow stats`."""

import asyncio
from pathlib import Path

import pytest

from contactcentre.cli.command import run, work
from contactcentre.cli.flow import app
from contactcentre.core import events
from contactcentre.core.call.state import Call, CallerChannel, Phase
from contactcentre.features.menus import counts as flow_counts
from contactcentre.features.menus import store as releases
from contactcentre.features.menus.counts import NodeCounts
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage.entry import Entry
from contactcentre.storage.journal import Projector
from contactcentre.storage.spool import Spool
from contactcentre.testing import FLOW
from ivr.interpreter import Passage

pytestmark = pytest.mark.integration

NOON = 1_800_000_000.0  # 15 January 2027, 10:00 in Riga
DAY = 86_400.0


def passed(*ways: tuple[str, str, str], version: int = 3) -> tuple[Passage, ...]:
    """Passages of the menu `hotline`."""
    return tuple(
        Passage(flow="hotline", version=version, node=node, what=what, key=key)  # type: ignore[arg-type]
        for node, what, key in ways
    )


BENEFITS = passed(("matter", "chosen", "1"), ("benefits", "entered", ""))
PERSON = passed(("benefits", "person", "enqueue"))
LEFT = passed(("matter", "entered", ""), ("matter", "wrong", ""), ("matter", "hung_up", ""))
SILENT = passed(("matter", "timed_out", ""), ("goodbye", "satisfied", ""), version=4)


async def count(settings: Settings, *days: tuple[float, tuple[Passage, ...]]) -> None:
    """Let these passages go the way of the journal."""
    await database.migrate(settings.database)
    spool = Spool(settings.home / "spool.db", clock=lambda: 0.0)
    await spool.open()
    engine = database.engine(settings.database)
    writing = asyncio.create_task(spool.run())
    call = Call(
        call_id="c1",
        channel=CallerChannel(name="PJSIP/carrier-1", unique_id="1.1"),
        caller=None,
        dialled="60000100",
        arrived_at=NOON,
        phase=Phase.MENU,
        since=NOON,
    )
    for number, (at, passages) in enumerate(days, start=1):
        event = events.DigitsEntered(at=at, call_id="c1", step=1, digits="1")
        await spool.append(
            Entry(
                seq=number,
                at=at,
                kind="DigitsEntered",
                call_id="c1",
                agent_id=None,
                event=event,
                calls=(call,),
                passages=passages,
            )
        )
    await Projector(spool, engine).catch_up()
    writing.cancel()
    await asyncio.wait([writing])
    await spool.close()
    await engine.dispose()


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    """Two days of calls."""
    made = Settings(home=tmp_path, database_url=database_url)
    days = (NOON, BENEFITS), (NOON, PERSON), (NOON, LEFT), (NOON + DAY, BENEFITS), (NOON, SILENT)
    await count(made, *days)
    return made


async def read(settings: Settings, **chosen: object) -> list[NodeCounts]:
    engine = database.engine(settings.database)
    async with engine.connect() as connection:
        found = await flow_counts.read(connection, "hotline", **chosen)  # type: ignore[arg-type]
    await engine.dispose()
    return list(found)


async def test_counts_add_up_over_days(settings: Settings) -> None:
    """By version and node, keys and ways to people apart."""
    assert await read(settings, version=3) == [
        NodeCounts(version=3, node="benefits", entered=2, person={"enqueue": 1}),
        NodeCounts(version=3, node="matter", entered=1, wrong=1, hung_up=1, chosen={"1": 2}),
    ]
    nodes = [one.node for one in await read(settings, version=4)]
    assert nodes == ["goodbye", "matter"]


async def test_days_are_local(settings: Settings) -> None:
    """A span of days of Europe/Riga, both ends included."""
    later = (await read(settings, since="2027-01-16", version=3))[-1]
    assert later.chosen == {"1": 1}
    assert await read(settings, until="2027-01-14") == []


async def test_the_command_tells_them(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each node; a time without calls is no empty table, and no menu is no such time."""
    async with database.opened(settings.database) as engine, engine.begin() as connection:
        await releases.publish(connection, "hotline", FLOW, by="anna", comment="", at=NOON)
    assert await work(app, ["stats", "hotline"], settings) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["version", "node", "entered"]
    assert lines[1].split() == ["3", "benefits", "2", "0", "0", "0", "0", "0", "enqueue:", "1"]
    words = ["stats", "hotline", "--until", "2027-01-14"]
    assert await work(app, words, settings) == 0
    assert capsys.readouterr().out == "hotline: nothing has been counted in that time\n"
    assert await work(app, ["stats", "hotlin"], settings) == 1
    assert capsys.readouterr().err == "no menu named 'hotlin'; there are: hotline\n"


def test_days_are_dates(capsys: pytest.CaptureFixture[str]) -> None:
    """What is none is told, instead of a table that counts something else."""
    assert run(app, ["stats", "hotline", "--since", "monday"]) == 2
    assert "--since: 'monday' is no date such as 2026-01-31" in capsys.readouterr().err
