"""Replay: a recorded day comes out as it was, and a changed rule changes what it should."""

# ruff: noqa: ASYNC110 - a condition is waited for

import asyncio
import json
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random

import pytest

from contactcentre.cli.replay import Wish, compared, main_replay
from contactcentre.core import events
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Centre, Hotline, Network
from contactcentre.core.outcomes import DialResult
from contactcentre.core.world import World
from contactcentre.storage import database
from contactcentre.storage.entry import Entry
from contactcentre.storage.journal import Projector
from contactcentre.storage.spool import Spool
from contactcentre.testing import municipalities, network, profile
from contactcentre.whatif.replay import archive, period_log, rules
from contactcentre.whatif.replay.comparison import ComparisonRow
from contactcentre.whatif.replay.exchange import Arrival, Exchange, Handling, Reaction
from contactcentre.whatif.replay.period_log import BadLog, PeriodLog
from contactcentre.whatif.replay.rules import ChangedRules
from contactcentre.whatif.replay.run import recorded, replay
from routing.circles import Circle, CirclePlan

pytestmark = pytest.mark.integration

BEGIN = 1_790_000_000.0
HOUR_S = 3600.0
HOURS = 3

CIRCLES = CirclePlan(
    circles=(
        Circle(kind="agent", lasts_s=5.0),
        Circle(kind="centre", lasts_s=15.0),
        Circle(kind="municipality", lasts_s=10.0),
        Circle(kind="network"),
    )
)


def a_network() -> Network:
    """Fourteen agents in seven centres, each with its number; every other one knows taxes."""
    made = network(
        *(replace(profile(n, taxes=n % 2 == 0), centre_id=f"c{n % 7}") for n in range(14))
    )
    centres = {
        f"c{n}": Centre(centre_id=f"c{n}", name=f"C{n}", municipality=f"m{n // 2}")
        for n in range(7)
    }
    hotlines = {
        f"6000010{n}": Hotline(number=f"6000010{n}", labels={}, flow="hotline", centre_id=f"c{n}")
        for n in range(7)
    }
    queues = {key: replace(queue, circles=CIRCLES) for key, queue in made.queues.items()}
    around = municipalities(m0="r", m1="r", m2="r", m3="r")
    return replace(made, municipalities=around, centres=centres, hotlines=hotlines, queues=queues)


@dataclass
class People:
    """Drawn by chance: answers, misses, talks."""

    chance: Random = field(default_factory=lambda: Random(7))  # noqa: S311

    def rung(self, call: Call, agent_id: str, at: float, timeout_s: float) -> Reaction:
        if self.chance.random() < 0.04:
            return Reaction(result=DialResult.NO_ANSWER, after_s=timeout_s, away_s=90.0)
        return Reaction(after_s=self.chance.uniform(1, 6))

    def handles(self, call: Call, agent_id: str, at: float) -> Handling:
        talk_s = self.chance.lognormvariate(math.log(170), 0.7)
        return Handling(talk_s=talk_s, wrap_up_s=self.chance.choice([0.0, 20.0, 60.0, 75.0]))


def arrivals(chance: Random, per_hour: float) -> list[Arrival]:
    at, found = BEGIN, []
    while (at := at + chance.expovariate(per_hour / HOUR_S)) < BEGIN + HOURS * HOUR_S:
        number = len(found)
        caller = number if chance.random() < 0.9 else max(0, number - 5)
        found.append(
            Arrival(
                call_id=f"{number:032x}",
                at=at,
                caller=f"+3712{caller:07}",
                dialled=f"6000010{chance.randrange(7)}",
                queue=chance.choice(["general", "taxes"]),
                language="lv",
                patience_s=chance.expovariate(1 / 150),
            )
        )
    return found


def a_day(given: Network, watch: Callable[[World, events.Event], None], per_hour: float) -> None:
    """Everybody comes in the first minutes; breaks, a lost phone and a log-out on the way."""
    world = World(given)
    exchange = Exchange(world, People(), watch=partial(watch, world))
    chance = Random(3)  # noqa: S311
    for number, agent_id in enumerate(given.agents):
        exchange.later(BEGIN - 600 + number, partial(exchange.come, agent_id))
        at = BEGIN + chance.uniform(600, HOURS * HOUR_S - 1200)
        exchange.later(at, partial(exchange.pause, agent_id, "break"))
        exchange.later(at + 600, partial(exchange.come, agent_id))
    exchange.later(BEGIN + 4000, partial(exchange.lose_phone, "a3"))
    exchange.later(BEGIN + 4300, partial(exchange.come, "a3"))
    exchange.later(BEGIN + 7000, partial(exchange.leave, "a5"))
    exchange.expect(arrivals(chance, per_hour))
    exchange.run(BEGIN + (HOURS + 1) * HOUR_S)


@asynccontextmanager
async def journal(url: str, path: Path) -> AsyncIterator[Spool]:
    spool = Spool(path, clock=lambda: 0.0)
    await spool.open()
    engine = database.engine(url)
    work = [
        asyncio.create_task(spool.run()),
        asyncio.create_task(Projector(spool, engine, clock=lambda: BEGIN).run()),
    ]
    try:
        yield spool
        async with asyncio.timeout(100):
            while spool.unsent_count:
                await asyncio.sleep(0.01)
    finally:
        for task in work:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await spool.close()
        await engine.dispose()


async def a_recorded_day(url: str, folder: Path, given: Network, per_hour: float) -> PeriodLog:
    """Lived through the real World, journal and projector, and read back from the database."""
    await database.migrate(url)
    entries: list[Entry] = []

    def note(world: World, event: events.Event) -> None:
        entries.append(
            Entry(
                seq=len(entries) + 1,
                at=event.at,
                kind=type(event).__name__,
                call_id=None,
                agent_id=None,
                event=event,
                calls=tuple(world.touched_calls.values()),
                agents=tuple(world.touched_agents.values()),
            )
        )

    a_day(given, note, per_hour)
    async with journal(url, folder / "spool.db") as spool:
        await asyncio.gather(*(spool.append(entry) for entry in entries))
    engine = database.engine(url)
    record = await archive.record(engine, BEGIN, BEGIN + HOURS * HOUR_S)
    await engine.dispose()
    return record


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> PeriodLog:
    """One recorded day, for everything that only reads it."""
    folder = tmp_path_factory.mktemp("day")
    url = f"sqlite+aiosqlite:///{folder}/hotline.db"
    return asyncio.run(a_recorded_day(url, folder, a_network(), per_hour=190))


async def test_a_recorded_day_comes_out_as_it_was(database_url: str, tmp_path: Path) -> None:
    """Same calls answered by the same agents after the same waits, under the same rules."""
    given = a_network()
    record = await a_recorded_day(database_url, tmp_path, given, per_hour=190)
    before = recorded(record)
    again = replay(record, given, ChangedRules(network=given))
    assert {each.left for each in before.values()} == {"answered", "abandoned"}
    assert len(before) == len(record.calls) > 400
    assert {each.result for each in record.refused} >= {"missed", "caller_left"}
    same = [
        number
        for number, departed in before.items()
        if again[number].left == departed.left
        and abs(again[number].wait_s - departed.wait_s) < 0.01
        and again[number].agent_id == departed.agent_id
    ]
    assert len(same) / len(before) > 0.99
    for row in compared(record, given, None, 1):
        was, came = row.sides["recorded"].level, row.sides["present"].level
        assert came.service_level == pytest.approx(was.service_level, abs=0.01), row.key


def changed(text: str, given: Network) -> ChangedRules:
    return rules.parse(text, given, name="rules.yaml")


def total(record: PeriodLog, given: Network, text: str) -> ComparisonRow:
    rows = compared(record, given, changed(text, given), 1)
    (row,) = [row for row in rows if row.kind == "total"]
    return row


def test_asking_everybody_at_once_shortens_the_waits(day: PeriodLog) -> None:
    """Without the rings a call need not wait for its own centre first."""
    rings = "circles: [{kind: network}]"
    row = total(day, a_network(), f"queues: {{general: {{{rings}}}, taxes: {{{rings}}}}}")
    assert row.sides["changed"].level.service_level > row.sides["present"].level.service_level + 0.1
    assert row.sides["changed"].p50_s < row.sides["present"].p50_s


def test_one_more_agent_helps_and_one_less_hurts(day: PeriodLog) -> None:
    """Hours put somebody to work who was not in the record, or keep home somebody who was."""
    given = a_network()
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    week = {day: [["00:00", "24:00"]] for day in days}
    more = {"agents": {f"more{n}": _newcomer(week) for n in range(3)}}
    less = {"agents": {f"a{n}": {"hours": {}} for n in range(3)}}
    present = total(day, given, "").sides["present"].level
    helped = total(day, given, json.dumps(more)).sides["changed"].level
    hurt = total(day, given, json.dumps(less)).sides["changed"].level
    assert hurt.abandoned > present.abandoned > helped.abandoned
    assert hurt.service_level < present.service_level < helped.service_level


def _newcomer(week: object) -> dict[str, object]:
    return {
        "centre_id": "c1",
        "skills": {"taxes": 1},
        "languages": {"lv": 5},
        "hours": week,
    }


def test_a_skill_for_everybody_helps_its_queue(day: PeriodLog) -> None:
    """Those who wait for taxes are answered sooner once every agent knows taxes."""
    given = a_network()
    text = json.dumps({"agents": {f"a{n}": {"skills": {"taxes": 1}} for n in range(14)}})
    rows = compared(day, given, changed(text, given), 1)
    taxes = next(row for row in rows if row.key == "taxes").sides
    assert taxes["changed"].level.service_level > taxes["present"].level.service_level + 0.1


def test_a_ring_too_short_to_be_answered_is_missed(day: PeriodLog) -> None:
    """Who takes longer to answer than the phone rings does not answer."""
    row = total(day, a_network(), "queues: {general: {ring_s: 2}, taxes: {ring_s: 2}}")
    assert row.sides["changed"].level.service_level < row.sides["present"].level.service_level - 0.1


def test_the_seed_decides_what_was_not_recorded(day: PeriodLog) -> None:
    """The same seed gives the same replay to the last digit; another seed need not."""
    given = a_network()
    rings = changed("queues: {general: {circles: [{kind: network}]}}", given)
    first, again, other = (replay(day, given, rings, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_nobody_gives_up_sooner_than_recorded(day: PeriodLog) -> None:
    """An answered caller had the patience for that wait at least; an abandoned one no more."""
    given = a_network()
    slow = changed("queues: {general: {head_start_s: 0, wrap_up_s: 300}}", given)
    after = replay(day, given, slow)
    for number, call in enumerate(day.calls):
        if after[number].left == "abandoned":
            assert after[number].wait_s >= (call.wait_s or 0.0) - 0.01
            if call.left == "abandoned":
                assert after[number].wait_s == pytest.approx(call.wait_s, abs=0.01)


def test_own_skills_of_a_call_are_asked_for(day: PeriodLog) -> None:
    """A call whose menu asked for more than its queue does is answered by who has it."""
    given = a_network()
    asks = replace(day, calls=tuple(replace(call, skills=(("taxes", 1),)) for call in day.calls))
    again = replay(asks, given, ChangedRules(network=given))
    answered = [each.agent_id for each in again.values() if each.left == "answered"]
    assert {int((agent_id or "a1")[1:]) % 2 for agent_id in answered} == {0}


def test_an_export_is_read_back_and_holds_no_number(day: PeriodLog, tmp_path: Path) -> None:
    """The file says the same as the database and no caller's number."""
    path = tmp_path / "period.json"
    path.write_bytes(period_log.encoded(day))
    assert period_log.read(path) == day
    assert "+371" not in path.read_text()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "period.json: "),
        ('{"from_at": 2, "to_at": 1}', "from_at must be before to_at"),
        ('{"from_at": 1, "to_at": 2, "schema": 9}', "schema 9 is not known"),
        (
            '{"from_at": 1, "to_at": 2, "calls": [{"queued_at": 1, "queue": "q", "language": "lv",'
            ' "dialled": "1", "wait_s": -1}]}',
            "calls[0].wait_s is below 0",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_place(content: str, says: str, tmp_path: Path) -> None:
    """The error names the file and what is wrong in it."""
    path = tmp_path / "period.json"
    path.write_text(content)
    with pytest.raises(BadLog) as refused:
        period_log.read(path)
    assert says in str(refused.value)


async def test_the_command_compares_and_exports(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A period of the database, or a file of it, with and without changed rules."""
    await a_recorded_day(database_url, tmp_path, a_network(), per_hour=30)
    period, document = tmp_path / "period.json", tmp_path / "rules.yaml"
    dates = {"from_": "2026-09-21T00:00", "to": "2026-09-22T00:00"}
    assert await main_replay(database_url, Wish(**dates, export=period)) == 0
    document.write_text("queues: {}")
    capsys.readouterr()
    assert await main_replay(database_url, Wish(file=period, rules=document, as_json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"][0]["recorded"]["calls"] > 50
    assert set(told["rows"][0]) >= {"recorded", "present", "changed"}
    assert await main_replay(database_url, Wish(**dates)) == 0
    assert "percentage points off the record" in capsys.readouterr().out
    assert await main_replay(database_url, Wish(from_="yesterday", to="2026-09-22")) == 2
    assert "'yesterday' is no date" in capsys.readouterr().err
    document.write_text("queues: {none: {ring_s: 1}}")
    assert await main_replay(database_url, Wish(file=period, rules=document)) == 2
