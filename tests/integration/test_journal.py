"""The journal in the database: nothing lost, nothing doubled, whatever fails on the way."""

# ruff: noqa: S603, ASYNC220, ASYNC110 - a victim of our own; a condition is waited for

import asyncio
import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select, text
from structlog.testing import capture_logs

from contactcentre.core import commands, events
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import signals
from contactcentre.core.call.callback import Callback
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.state import Call, CallerChannel, Phase
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.values import replace
from contactcentre.engine.consumer import EventSetAside
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.storage.entry import Entry
from contactcentre.storage.journal import Projector, retries
from contactcentre.storage.projection import PERSONAL
from contactcentre.storage.spool import Spool
from ivr.interpreter import Passage
from routing.calendar import LOCAL

pytestmark = pytest.mark.integration

NOW = 1_800_000_000.0
PASSAGES = (
    Passage(flow="hotline", version=3, node="matter", what="chosen", key="1"),
    Passage(flow="hotline", version=3, node="benefits", what="entered"),
)


def a_call(number: int) -> Iterator[tuple[events.Event, Call, Agent]]:
    """A whole call of one agent: six records."""
    at, call_id, offer_id = NOW + number * 100 + 1 / 3, f"c{number}", f"c{number}-1"
    agent = Agent(agent_id="a1", endpoint="a-1", name="Anna", state=State.READY, since=at - 1)
    call = Call(
        call_id=call_id,
        channel=CallerChannel(name="PJSIP/carrier-1", unique_id="1.1"),
        caller="+37120000000",
        dialled="60000100",
        arrived_at=at,
        phase=Phase.MENU,
        since=at,
    )
    arrived = events.CallArrived(
        at=at,
        call_id=call_id,
        channel=call.channel.name,
        channel_id="1.1",
        caller=call.caller,
        dialled=call.dialled,
    )
    yield arrived, call, agent
    call = replace(
        call,
        phase=Phase.WAITING,
        queue="benefits",
        queueing=replace(call.queueing, queued_at=at + 1),
    )
    yield events.DigitsEntered(at=at + 1, call_id=call_id, step=1, digits="1"), call, agent
    offer = Leg(leg_id=offer_id, agent_id="a1", at=at + 2, ring_until=at + 22)
    call = replace(call, phase=Phase.OFFERED, legs=(offer,))
    agent = replace(agent, state=State.RESERVED, since=at + 2, call_id=call_id)
    yield events.LegRang(at=at + 2, offer_id=offer_id), call, agent
    offer = replace(offer, answered_at=at + 4.1)
    call = replace(
        call,
        phase=Phase.TALKING,
        legs=(offer,),
        talk=replace(call.talk, agent_id="a1", answered_at=at + 4.1),
        record=replace(call.record, note="ok\0"),
    )
    agent = replace(agent, state=State.TALKING, since=at + 4.1)
    yield events.LegAnswered(at=at + 4.1, offer_id=offer_id), call, agent
    call = replace(
        call,
        phase=Phase.ENDED,
        legs=(replace(offer, held_since=at + 30).over(at + 60, Result.CALLER_LEFT),),
        talk=replace(call.talk, ended_at=at + 60),
        end=replace(call.end, at=at + 60, by="caller", outcome=Outcome.ANSWERED),
    )
    agent = replace(agent, state=State.WRAP_UP, since=at + 60, unsaved=(call_id,))
    yield events.CallerHungUp(at=at + 60, call_id=call_id), call, agent
    done = replace(call.record, kind="application", services=("VSAA-KOPS",), saved_at=at + 70)
    call = replace(call, record=done)
    agent = replace(agent, state=State.READY, since=at + 70, unsaved=(), call_id=None)
    saved = commands.RecordSaved(
        at=at + 70,
        agent_id="a1",
        call_id=call_id,
        kind="application",
        services=("VSAA-KOPS",),
        outcome="answered",
        finish=True,
    )
    yield saved, call, agent


def entries(first_call: int, calls: int, last_seq: int) -> Iterator[Entry]:
    for number in range(first_call, first_call + calls):
        for event, call, agent in a_call(number):
            last_seq += 1
            yield Entry(
                seq=last_seq,
                at=event.at,
                kind=type(event).__name__,
                call_id=call.call_id,
                agent_id="a1",
                event=event,
                calls=(call,),
                agents=(agent,),
                passages=PASSAGES if isinstance(event, events.DigitsEntered) else (),
            )


@asynccontextmanager
async def running(path: Path, url: str) -> AsyncIterator[tuple[Spool, Projector]]:
    spool = Spool(path, clock=lambda: 0.0)
    await spool.open()
    engine = database.engine(url)
    projector = Projector(spool, engine, clock=lambda: NOW, retry_s=0.05)
    writing = asyncio.create_task(spool.run())
    moving = asyncio.create_task(projector.run())
    try:
        yield spool, projector
    finally:
        for task in (moving, writing):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await spool.close()
        await engine.dispose()


def test_the_database_is_asked_again_soon_however_long_it_was_away() -> None:
    """At once at first, and at any time within two seconds of its return."""
    waits = list(islice(retries(0.25), 100))
    assert waits[:3] == [0.25, 0.5, 1.0]
    assert max(waits) == waits[-1] == 2.0


async def moved(spool: Spool, some: Iterable[Entry]) -> None:
    """Append these and wait until the database has them."""
    await asyncio.gather(*[spool.append(entry) for entry in some])
    await caught_up(spool)


async def caught_up(spool: Spool) -> None:
    async with asyncio.timeout(60):
        while spool.unsent_count:
            await asyncio.sleep(0.01)


async def counts(url: str) -> dict[str, int]:
    engine = database.engine(url)
    tables = (models.journal, models.contacts, models.legs, models.agent_intervals)
    async with engine.connect() as connection:
        found = {
            table.name: await connection.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }
        counted = await connection.scalar(select(func.sum(models.flow_counts.c.count)))
    await engine.dispose()
    return {**found, "passages": counted or 0}


async def fetch(url: str, table: Any, *order: Any) -> list[dict[str, Any]]:
    engine = database.engine(url)
    async with engine.connect() as connection:
        found = (await connection.execute(select(table).order_by(*order))).mappings().all()
    await engine.dispose()
    return [dict(row) for row in found]


def expected(calls: int) -> dict[str, int]:
    # One state of an agent runs from one call into the next.
    return {
        "journal": 6 * calls,
        "contacts": calls,
        "legs": 2 * calls,
        "agent_intervals": 5 * calls,
        "passages": 2 * calls,
    }


async def test_a_call_becomes_one_row_with_its_own_times(database_url: str, tmp_path: Path) -> None:
    """The contact holds exactly the call's times; number and note stand nowhere else."""
    async with running(tmp_path / "spool.db", database_url) as (spool, _):
        await moved(spool, entries(0, 1, 0))
    (contact,) = await fetch(database_url, models.contacts)
    *_, (_, call, _) = a_call(0)
    assert (contact["arrived_at"], contact["queued_at"]) == (NOW + 1 / 3, NOW + 1 / 3 + 1)
    assert (contact["answered_at"], contact["talk_ended_at"], contact["ended_at"]) == (
        call.talk.answered_at,
        call.talk.ended_at,
        call.end.at,
    )
    assert contact["caller"] == call.caller
    assert (contact["kind"], contact["services"]) == ("application", ["VSAA-KOPS"])
    assert (contact["outcome"], contact["note"]) == ("answered", "ok")
    journal = await fetch(database_url, models.journal, models.journal.c.seq)
    assert [row["kind"] for row in journal][::5] == ["CallArrived", "RecordSaved"]
    assert call.caller not in str(journal)
    assert "digits" not in journal[1]["event"]


async def test_its_legs_stand_beneath_it(database_url: str, tmp_path: Path) -> None:
    """Who, on what device, from when to when, why it ended, how long the caller was on hold."""
    async with running(tmp_path / "spool.db", database_url) as (spool, _):
        await moved(spool, entries(0, 1, 0))
    legs = await fetch(database_url, models.legs, models.legs.c.from_at)
    assert {leg["call_id"] for leg in legs} == {"c0"}
    at = NOW + 1 / 3
    who = [(leg["party"], leg["purpose"], leg["device"], leg["agent_id"]) for leg in legs]
    assert who == [
        ("citizen", "arrival", "telephone", None),
        ("agent", "offer", "browser", "a1"),
    ]
    times = [(leg["from_at"], leg["answered_at"], leg["to_at"], leg["hold_s"]) for leg in legs]
    assert times == [(at, at, at + 60, 0.0), (at + 2, at + 4.1, at + 60, 30.0)]
    assert [leg["why"] for leg in legs] == ["hung_up", "caller_left"]


async def test_a_callback_is_a_row_of_its_own(database_url: str, tmp_path: Path) -> None:
    """It says of which contact it is, how often the citizen was rung, and until when promised."""
    promise = Callback(asked_in="c0", asked_at=NOW, due_at=NOW + 86_400, attempts=2)
    first, *_ = entries(0, 1, 0)
    (call,) = first.calls
    promised = replace(call, call_id="c1", phase=Phase.CALLBACK, callback=promise)
    async with running(tmp_path / "spool.db", database_url) as (spool, _):
        await moved(spool, [dataclasses.replace(first, calls=(call, promised))])
    asked, row = await fetch(database_url, models.contacts, models.contacts.c.call_id)
    assert (asked["callback_of"], asked["attempts"], asked["due_at"]) == (None, 0, None)
    assert (row["callback_of"], row["attempts"], row["due_at"]) == ("c0", 2, NOW + 86_400)


def test_personal_fields_of_events_are_known() -> None:
    """Whoever adds a field to an event must say here whether it tells anything of a citizen."""
    harmless = (
        "agent_id answered_at arrived_at at busy by by_id call_id call_ids cause channel "
        "channel_id channels contact crisis_id dial dialled ended_at endpoint finish "
        "granted key kind language leg level method municipality network offer_id on "
        "outcome phones plan_id queue queued_at reachable reason recording restarted "
        "result seconds service services status step talked until version why"
    )
    kinds = [kind for kind in events.Event.__subclasses__() if kind.__module__ == events.__name__]
    fields = {field.name for kind in kinds for field in dataclasses.fields(kind)}
    assert fields - set(harmless.split()) <= PERSONAL


async def test_the_agents_day_has_no_gap(database_url: str, tmp_path: Path) -> None:
    """Each interval ends where the next one begins; the last is open."""
    async with running(tmp_path / "spool.db", database_url) as (spool, _):
        await moved(spool, entries(0, 20, 0))
    rows = await fetch(database_url, models.agent_intervals, models.agent_intervals.c.from_at)
    assert [row["to_at"] for row in rows] == [*[row["from_at"] for row in rows[1:]], None]
    assert [row["state"] for row in rows[:5]] == [
        "READY",
        "RESERVED",
        "TALKING",
        "WRAP_UP",
        "READY",
    ]
    assert rows[2]["call_id"] == "c0"


async def test_what_begins_no_interval_makes_no_day_due(database_url: str, tmp_path: Path) -> None:
    """Much is told of an agent that reports do not count: a message, another address of the phone.
    What a failover has lost is written again all the same."""
    first, *_ = entries(0, 1, 0)
    later = [
        dataclasses.replace(
            first, seq=seq, calls=(), agents=(replace(first.agents[0], contact=f"sip:{seq}"),)
        )
        for seq in range(2, 5)
    ]
    due = models.report_due.c
    async with running(tmp_path / "spool.db", database_url) as (spool, _):
        await moved(spool, [first])
        await moved(spool, later)
        assert await fetch(database_url, models.report_due, due.kind) == [
            {"kind": "agent", "key": "a1", "day": 20270115, "seq": 1},
            {"kind": "call", "key": "c0", "day": 0, "seq": 1},
        ]
        await lose(database_url, after_seq=0)
        await moved(spool, [dataclasses.replace(later[-1], seq=5)])
    rows = await fetch(database_url, models.agent_intervals, models.agent_intervals.c.from_at)
    assert [row["from_at"] for row in rows] == [first.agents[0].since]


async def test_an_outage_loses_and_doubles_nothing(postgres: Any, tmp_path: Path) -> None:
    """PostgreSQL dies and comes back while calls go on: the spool waits, then all is there."""
    url = postgres.create("outage")
    await database.migrate(url)
    async with running(tmp_path / "spool.db", url) as (spool, projector):
        stream = entries(0, 300, 0)
        await moved(spool, islice(stream, 600))
        postgres.stop()
        with capture_logs() as logs:
            try:
                for _ in range(600):
                    await spool.append(next(stream))
                while not any(entry["event"] == "projector.waits" for entry in logs):
                    await asyncio.sleep(0.01)
                count, seconds = projector.lag()
                assert count == 600
                assert seconds >= 0
            finally:
                postgres.start()
            await moved(spool, stream)
        assert projector.lag() == (0, 0.0)
    assert await counts(url) == expected(300)


_VICTIM = """
import asyncio, sys
from itertools import islice
from pathlib import Path
from contactcentre.engine.consumer import EventSetAside
from contactcentre.storage import database
from contactcentre.storage.journal import Projector, retries
from contactcentre.storage.projection import PERSONAL
from contactcentre.storage.spool import Spool

async def main():
    spool = Spool(Path(sys.argv[1]), clock=lambda: 0.0)
    await spool.open()
    engine = database.engine(sys.argv[2])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(spool.run())
        tasks.create_task(Projector(spool, engine).run())
        print("ready", flush=True)

asyncio.run(main())
"""


async def test_kills_in_mid_batch_lead_to_the_same_rows(database_url: str, tmp_path: Path) -> None:
    """SIGKILL at any moment of the projection, again and again, changes nothing in the end."""
    path = tmp_path / "spool.db"
    calls = 500
    spool = Spool(path, clock=lambda: 0.0)
    await spool.open()
    for entry in entries(0, calls, 0):
        spool.append(entry)
    await spool.close()
    command = [sys.executable, "-c", _VICTIM, str(path), database_url]
    for delay_s in (0.05, 0.2):
        victim = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert victim.stdout
        victim.stdout.readline()
        with suppress(subprocess.TimeoutExpired):
            victim.wait(delay_s)
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()
        victim.stdout.close()
    async with running(path, database_url) as (spool, _):
        await caught_up(spool)
    assert await counts(database_url) == expected(calls)


async def test_the_same_records_again_change_nothing(database_url: str, tmp_path: Path) -> None:
    """Moving everything a second time (a mark that was lost) leaves every row as it was."""
    path = tmp_path / "spool.db"
    async with running(path, database_url) as (spool, _):
        await moved(spool, entries(0, 10, 0))
        before = await fetch(database_url, models.agent_intervals, models.agent_intervals.c.from_at)
        spool._files[0]._db.execute("UPDATE spool SET sent = 0")
    async with running(path, database_url) as (spool, _):
        await caught_up(spool)
    again = await fetch(database_url, models.agent_intervals, models.agent_intervals.c.from_at)
    assert again == before
    assert await counts(database_url) == expected(10)


async def test_a_record_no_database_takes_stops_nothing(tmp_path: Path) -> None:
    """One impossible record is reported and left in the spool; the others are moved."""
    url = f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
    await database.migrate(url)
    engine = database.engine(url)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "CREATE TRIGGER no BEFORE INSERT ON journal WHEN NEW.kind = 'LegRang' "
                "BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        )
    await engine.dispose()
    with capture_logs() as logs:
        async with running(tmp_path / "spool.db", url) as (spool, _):
            await moved(spool, entries(0, 2, 0))
    assert [entry["kind"] for entry in logs] == ["LegRang", "LegRang"]
    assert (await counts(url))["journal"] == 10


def poisoned(entry: Entry, poison: str) -> Entry:
    """The entry with something in it that makes no row, or none that a database takes."""
    (call,) = entry.calls
    match poison:
        case "beyond every integer":
            return dataclasses.replace(
                entry,
                calls=(
                    replace(call, call_id="x", identity=replace(call.identity, level=2**63 - 1)),
                ),
            )
        case "no text":
            return dataclasses.replace(entry, call_id="c\0")
        case "no date":
            return dataclasses.replace(entry, at=1e300, passages=PASSAGES)
    raise AssertionError(poison)


@pytest.mark.parametrize("poison", ["beyond every integer", "no text", "no date"])
async def test_a_poisonous_record_is_set_aside(postgres: Any, tmp_path: Path, poison: str) -> None:
    """PostgreSQL refuses it for good, or nothing can be made of it: it is told without a value,
    counted, and the others are moved."""
    url = postgres.empty()
    await database.migrate(url)
    before, bad, *after = entries(0, 1, 0)
    with capture_logs() as logs:
        async with running(tmp_path / "spool.db", url) as (spool, _):
            await moved(spool, [before, poisoned(bad, poison), *after])
            assert spool.aside_count == 1
    (told,) = logs
    assert (told["event"], told["seq"], told["kind"]) == ("projector.refused", bad.seq, bad.kind)
    assert bad.calls[0].caller not in str(told)
    assert (await counts(url))["journal"] == 5
    async with running(tmp_path / "spool.db", url) as (spool, _):
        assert (spool.aside_count, spool.unsent_count) == (1, 0)


async def test_what_a_failover_lost_is_sent_again(database_url: str, tmp_path: Path) -> None:
    """The standby that took over lacks the last rows, confirmed as they were: it gets them with the
    next record, and a whole day into an empty database."""
    stream = entries(0, 20, 0)
    async with running(tmp_path / "spool.db", database_url) as (spool, _):
        await moved(spool, islice(stream, 60))
        await lose(database_url, after_seq=30)
        await moved(spool, islice(stream, 6))
        assert await counts(database_url) == expected(11)
        await lose(database_url, after_seq=0)
        await moved(spool, stream)
    assert await counts(database_url) == expected(20)


async def test_contacts_are_of_the_network_as_it_is_then(database_url: str, tmp_path: Path) -> None:
    """Which is read when it has changed, and not with every batch."""
    engine, asked = database.engine(database_url), []
    hotline = {"60000100": {"centre_id": "c1"}}
    async with engine.begin() as connection:
        await documents.put(connection, models.hotlines, hotline)
    async with running(tmp_path / "spool.db", database_url) as (spool, projector):
        sqlalchemy_event.listen(
            projector._engine.sync_engine,
            "before_cursor_execute",
            lambda _, __, statement, *___: asked.append("FROM hotlines" in statement),
        )
        stream = entries(0, 3, 0)
        await moved(spool, islice(stream, 6))
        await moved(spool, islice(stream, 6))
        assert sum(asked) == 1
        async with engine.begin() as connection:
            await documents.change(connection, models.hotlines, "60000100", centre_id="c2")
        await moved(spool, stream)
    await engine.dispose()
    rows = await fetch(database_url, models.contacts, models.contacts.c.call_id)
    assert [row["home_centre_id"] for row in rows] == ["c1", "c1", "c2"]


async def test_what_was_set_aside_is_no_loss(database_url: str, tmp_path: Path) -> None:
    """A database that refused the last record has lost nothing: nothing is sent again for it."""
    *others, last = entries(0, 1, 0)
    with capture_logs() as logs:
        async with running(tmp_path / "spool.db", database_url) as (spool, projector):
            await moved(spool, [*others, poisoned(last, "no date")])
            await projector.catch_up()
            await moved(spool, [dataclasses.replace(others[-1], seq=last.seq + 1)])
    assert [entry["event"] for entry in logs] == ["projector.refused"]


async def lose(url: str, after_seq: int) -> None:
    """What a standby never had: whole transactions, the latest."""
    engine = database.engine(url)
    async with engine.begin() as connection:
        for table in (models.contacts, models.legs, models.agent_intervals):
            await connection.execute(table.delete().where(table.c.last_seq > after_seq))
        await connection.execute(models.flow_counts.delete())
        calls = -(-after_seq // 6)
        if calls:
            counted = [
                {
                    "flow": one.flow,
                    "version": one.version,
                    "node": one.node,
                    "day": datetime.fromtimestamp(NOW, LOCAL).date().isoformat(),
                    "what": one.what,
                    "key": one.key,
                    "count": calls,
                }
                for one in PASSAGES
            ]
            await connection.execute(models.flow_counts.insert(), counted)
        await connection.execute(models.journal.delete().where(models.journal.c.seq > after_seq))
    await engine.dispose()


async def test_catching_up_costs_no_more_with_more_to_catch_up(tmp_path: Path) -> None:
    """Of a long outage each batch is confirmed with the same work as of a short one."""
    steps = []
    for number in (500, 5000):
        spool = Spool(tmp_path / f"{number}.db", clock=lambda: 0.0)
        await spool.open()
        writing = asyncio.create_task(spool.run())
        await asyncio.gather(*[spool.append(one) for one in islice(entries(0, 1000, 0), number)])
        done = 0

        def step() -> int:
            nonlocal done
            done += 1
            return 0

        spool._files[0]._db.set_progress_handler(step, 1)
        await spool.sent(200)
        spool._files[0]._db.set_progress_handler(None, 1)
        assert spool.unsent_count == number - 200
        steps.append(done)
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        await spool.close()
    assert steps[1] <= steps[0] * 1.1


async def test_what_was_set_aside_tells_nothing_of_a_citizen(tmp_path: Path) -> None:
    """The database learns what could not be handled and where it failed; the event itself, and a
    call that an event carries, stay in the local journal."""
    url = f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
    await database.migrate(url)
    arrived, *_ = entries(0, 1, 0)
    assert isinstance(arrived.event, events.CallArrived)
    aside = EventSetAside(
        at=NOW, what="CallArrived", error="KeyError", place="table.py:1", event=arrived.event
    )
    (call,) = arrived.calls
    given_up = signals.RecordGivenUp(at=NOW, call_id=call.call_id, call=call)
    async with running(tmp_path / "spool.db", url) as (spool, _):
        told = dataclasses.replace(arrived, event=aside, kind="EventSetAside", calls=())
        await moved(
            spool, [told, dataclasses.replace(told, seq=2, event=given_up, kind="RecordGivenUp")]
        )
    rows = await fetch(url, models.journal, models.journal.c.seq)
    assert rows[0]["event"]["error"] == "KeyError"
    assert str(call.caller) not in str(rows)
