"""The spool: nothing that was promised is lost, and a restart finds what was open."""

# ruff: noqa: S603, ASYNC220, ASYNC240 - a victim of our own, and files of a test are quick

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from contactcentre.core import values
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.queueing import Queueing
from contactcentre.core.call.state import (
    Call,
    CallEnd,
    CallerChannel,
    CallRecord,
    MenuChoice,
    Phase,
    Talk,
)
from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.commands import NoteWritten
from contactcentre.core.config.network import Network
from contactcentre.core.events import CallArrived, Event, NetworkPublished
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.engine import figures
from contactcentre.engine.figures import Figures
from contactcentre.storage.entry import Dialled, Entry, JournalRecord, Restored
from contactcentre.storage.spool import Spool, SpoolFailed, at_work
from contactcentre.storage.spool_file import SpoolFile
from ivr.interpreter import Cursor
from lab.day import QUEUES, Day, write

pytestmark = pytest.mark.integration

NOW = 1_800_000_000.0


def _events() -> list[type[Event]]:
    """All of them but the one that is journaled as its number."""
    kinds = {kind.__name__: kind for kind in Event.__subclasses__()}
    return [kind for name, kind in sorted(kinds.items()) if name != "NetworkPublished"]


def a_call(call_id: str, phase: Phase = Phase.WAITING, **changes: object) -> Call:
    call = Call(
        call_id=call_id,
        channel=CallerChannel(name="PJSIP/carrier-1", unique_id="1.1"),
        caller="+37120000000",
        dialled="60000100",
        arrived_at=NOW,
        phase=phase,
        since=NOW,
    )
    return values.replace(call, **changes)  # type: ignore[arg-type]


def an_entry(seq: int, call: Call | None = None, agent: Agent | None = None) -> Entry:
    event = CallArrived(
        at=NOW + seq, call_id="c1", channel="x", channel_id="1.1", caller=None, dialled="60000100"
    )
    return Entry(
        seq=seq,
        at=event.at,
        kind="CallArrived",
        call_id=call.call_id if call else None,
        agent_id=agent.agent_id if agent else None,
        event=event,
        calls=(call,) if call else (),
        agents=(agent,) if agent else (),
    )


def a_record() -> JournalRecord:
    return JournalRecord(
        seq=1, at=NOW, kind="NoteWritten", call_id="c1", agent_id=None, event=b"{}"
    )


@asynccontextmanager
async def running(path: Path, now: float = NOW) -> AsyncIterator[Spool]:
    async with at_work(path, lambda: now) as spool:
        yield spool


@asynccontextmanager
async def reopened(path: Path, now: float = NOW) -> AsyncIterator[tuple[Spool, object]]:
    spool = Spool(path, clock=lambda: now)
    restored = await spool.open()
    try:
        yield spool, restored
    finally:
        await spool.close()


async def test_a_restart_finds_every_entity_as_it_was_last(tmp_path: Path) -> None:
    """Calls and agents come back equal, down to cursors, offers and dispositions."""
    offer = Leg(
        leg_id="c1-1", agent_id="a1", at=NOW + 0.1, ring_until=NOW + 20, result=Result.MISSED
    )
    cursor = Cursor(flow="hotline", version=1, node="main", path=("family",))
    first = a_call("c1")
    last = a_call(
        "c1",
        Phase.TALKING,
        choice=MenuChoice(cursor=cursor),
        legs=(offer,),
        queueing=Queueing(skills=(("benefits", 1),)),
        record=CallRecord(note="bērna kopšanas pabalsts", services=("VSAA-KOPS",)),
        talk=Talk(answered_at=NOW + 0.123456789),
    )
    agent = Agent(agent_id="a1", endpoint="a-1", name="Anna", state=State.TALKING, unsaved=("c1",))
    async with running(tmp_path / "spool.db") as spool:
        spool.append(an_entry(1, first))
        await spool.append(an_entry(2, last, agent))
    async with reopened(tmp_path / "spool.db") as (_, restored):
        assert restored.calls == (last,)
        assert restored.agents == (agent,)


async def test_only_calls_that_matter_come_back(tmp_path: Path) -> None:
    """Open and today's calls are restored; old finished ones are not, and an old record that nobody
    saved is there for whoever asks."""
    ended = CallEnd(at=NOW, outcome=Outcome.ABANDONED)
    answered = CallEnd(at=NOW, outcome=Outcome.ANSWERED)
    talk, saved = Talk(answered_at=NOW), CallRecord(saved_at=NOW)
    calls = (
        a_call("open"),
        a_call("finished", Phase.ENDED, end=ended),
        a_call("unsaved", Phase.ENDED, end=answered, talk=talk),
        a_call("saved", Phase.ENDED, end=answered, talk=talk, record=saved),
    )
    async with running(tmp_path / "spool.db") as spool:
        for seq, call in enumerate(calls, 1):
            await spool.append(an_entry(seq, call))
    async with reopened(tmp_path / "spool.db", NOW + 3600) as (_, restored):
        assert {call.call_id for call in restored.calls} == {"open", "finished", "unsaved", "saved"}
    async with reopened(tmp_path / "spool.db", NOW + 25 * 3600) as (_, restored):
        assert {call.call_id for call in restored.calls} == {"open"}
    async with running(tmp_path / "spool.db") as spool:
        assert await spool.records(["unsaved", "unknown"]) == (calls[2],)
        assert await spool.unsaved(NOW + 4, 10) == (calls[2],)
        assert await spool.unsaved(NOW + 3, 10) == ()


async def test_a_record_in_hand_comes_back(tmp_path: Path) -> None:
    """However old it is: its agent goes on where the last process ended."""
    talk, answered = Talk(answered_at=NOW), CallEnd(at=NOW, outcome=Outcome.ANSWERED)
    calls = [a_call(key, Phase.ENDED, talk=talk, end=answered) for key in ("aside", "last")]
    agent = Agent(agent_id="a1", endpoint="a-1", name="Anna", unsaved=("aside", "last"))
    async with running(tmp_path / "spool.db") as spool:
        for seq, call in enumerate(calls, 1):
            await spool.append(an_entry(seq, call, agent))
    async with reopened(tmp_path / "spool.db", NOW + 100 * 3600) as (_, restored):
        assert [call.call_id for call in restored.calls] == ["last"]


async def test_numbers_go_on_above_everything_written(tmp_path: Path) -> None:
    """A new or moved spool starts above the clock's microseconds, an old one above its last."""
    async with reopened(tmp_path / "new.db", NOW) as (_, restored):
        assert restored.last_seq == int(NOW * 1e6)
    async with running(tmp_path / "spool.db", 0.0) as spool:
        await spool.append(an_entry(7))
    async with reopened(tmp_path / "spool.db", 0.0) as (_, restored):
        assert restored.last_seq == 7


async def test_cancelling_writes_what_is_queued(tmp_path: Path) -> None:
    """A stop in an orderly way loses nothing, waited for or not."""
    async with running(tmp_path / "spool.db") as spool:
        for seq in range(1, 501):
            spool.append(an_entry(seq))
    async with reopened(tmp_path / "spool.db") as (spool, _):
        assert [record.seq for record in await spool.unsent(1000)] == list(range(1, 501))


async def test_a_cancelled_waiter_harms_nobody(tmp_path: Path) -> None:
    """Cancelling one future leaves its entry and the others' futures as they were."""
    async with running(tmp_path / "spool.db") as spool:
        first, second = spool.append(an_entry(1)), spool.append(an_entry(2))
        first.cancel()
        await second
        assert [record.seq for record in await spool.unsent(10)] == [1, 2]


async def test_what_is_on_its_way_to_the_disk_is_counted(tmp_path: Path) -> None:
    """Or a journal that has just been written to would look level with the database."""
    async with running(tmp_path / "spool.db") as spool:
        first, second = spool.append(an_entry(1)), spool.append(an_entry(2))
        assert spool.unwritten_count == 2
        first.cancel()
        await second
        assert (spool.unwritten_count, spool.unsent_count) == (0, 2)


async def test_the_confirmed_is_not_sent_again_and_goes_in_time(tmp_path: Path) -> None:
    """`sent` moves the mark; two days later the records are gone, the open states are not."""
    path = tmp_path / "spool.db"
    async with running(path) as spool:
        for seq in range(1, 5):
            await spool.append(an_entry(seq, a_call("c1")))
        await spool.sent(3)
        assert [record.seq for record in await spool.unsent(10)] == [4]
        assert spool.unsent_count == 1
    async with running(path, NOW + 49 * 3600) as spool:
        await spool.sent(4)
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM record").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM entity").fetchone() == (1,)
    db.close()
    async with reopened(path, 0.0) as (_, restored):
        assert restored.last_seq == 4


async def test_a_published_network_is_kept_as_its_number(tmp_path: Path) -> None:
    """The journal holds the version of a configuration, not the configuration."""
    event = NetworkPublished(at=NOW, network=Network(version=42))
    entry = Entry(seq=1, at=NOW, kind="NetworkPublished", call_id=None, agent_id=None, event=event)
    async with running(tmp_path / "spool.db") as spool:
        await spool.append(entry)
        (record,) = await spool.unsent(1)
    assert record.event == b'{"at":1800000000.0,"version":42}'


async def test_a_note_of_broken_unicode_is_mended(tmp_path: Path) -> None:
    """Half an emoji in a note becomes a replacement mark and stops nothing."""
    event = NoteWritten(at=NOW, agent_id="a1", call_id="c1", text="ok \ud83d", base=0)
    entry = replace(
        an_entry(1, a_call("c1", record=CallRecord(note=event.text))),
        event=event,
        kind="NoteWritten",
    )
    async with running(tmp_path / "spool.db") as spool:
        await spool.append(entry)
        (record,) = await spool.unsent(1)
    assert record.calls[0].record.note == "ok \ufffd"


AGENT = Agent(agent_id="a1", name="A", endpoint="a-1")


async def test_what_is_at_hand_is_what_the_file_has(tmp_path: Path) -> None:
    """Not read again where it is all that the database lacks; what was changed is read."""
    path = tmp_path / "spool.db"
    mended = NoteWritten(at=NOW, agent_id="a1", call_id="c1", text="ok \ud83d", base=0)
    async with running(path) as spool:
        for seq in (1, 2, 3):
            await spool.append(an_entry(seq, a_call("c1"), AGENT))
        there = await spool.look(lambda file: file.unsent(10))
        await spool.look(lambda file: file.close())  # whoever read it would fail
        assert await spool.unsent(10) == there
        assert [record.seq for record in await spool.unsent(2)] == [1, 2]
        await spool.sent(2)
        assert await spool.unsent(10) == there[2:]
    async with running(path) as spool:
        await spool.append(replace(an_entry(4), event=mended, kind="NoteWritten"))
        await spool.append(an_entry(5))
        assert [record.seq for record in await spool.unsent(10)] == [3, 4, 5]
        await spool.sent(5)
        await spool.append(an_entry(6, a_call("c1")))
        await spool.do(lambda file: file._db.execute("UPDATE record SET changes = '{}'"))
        (changed,) = await spool.unsent(10)
        assert changed.calls == ()


async def test_a_full_disk_is_waited_out(tmp_path: Path) -> None:
    """While there is no room, entries wait and the trouble is named; then all are written."""
    path = tmp_path / "spool.db"
    with capture_logs() as logs:
        await _fill_up(path)
    assert [entry["event"] for entry in logs] == ["spool.waits", "spool.writes_again"]


async def _fill_up(path: Path) -> None:
    async with running(path) as spool:
        await spool.append(an_entry(1))
        file = spool._files[0]._db
        (pages,) = file.execute("PRAGMA page_count").fetchone()
        file.execute(f"PRAGMA max_page_count = {pages}")
        waiting = [spool.append(an_entry(seq, a_call("c" * 9000))) for seq in (2, 3)]
        while not spool.trouble:
            await asyncio.wait(waiting, timeout=0.01)
        assert "make room" in spool.trouble
        file.execute("PRAGMA max_page_count = 1000000")
        await asyncio.gather(*waiting)
        assert spool.trouble is None
        assert len(await spool.unsent(10)) == 3


async def test_a_damaged_file_is_moved_aside_loudly(tmp_path: Path) -> None:
    """The service starts with a new file, keeps the old one and says so."""
    path = tmp_path / "spool.db"
    path.write_bytes(b"this was a journal once" * 1000)
    with capture_logs() as logs:
        async with reopened(path) as (_, restored):
            assert restored.calls == ()
    (aside,) = tmp_path.glob("spool.db.corrupt-*")
    assert aside.read_bytes().startswith(b"this was")
    assert logs[0]["kept_as"] == aside.name


async def test_damage_under_way_ends_the_service(tmp_path: Path) -> None:
    """A file that breaks while in use fails the waiters and `run`, and is set aside."""
    path = tmp_path / "spool.db"
    spool = Spool(path, clock=lambda: NOW)
    await spool.open()
    writing = asyncio.create_task(spool.run())
    await spool.append(an_entry(1))
    spool._files[0]._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    spool._files[1].close()
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    path.write_bytes(damaged)
    spool._files[0]._db.execute("PRAGMA cache_size = 0")
    waiting = [spool.append(an_entry(seq, a_call(f"c{seq}"))) for seq in range(2, 200)]
    with pytest.raises(SpoolFailed, match="damaged"):
        await asyncio.gather(*waiting)
    with pytest.raises(SpoolFailed):
        await writing
    await spool.close()
    assert list(tmp_path.glob("spool.db.corrupt-*"))


async def test_a_file_that_cannot_be_opened_says_what_to_do(tmp_path: Path) -> None:
    """A folder in the file's place gives an error that names the way out."""
    (tmp_path / "spool.db").mkdir()
    spool = Spool(tmp_path / "spool.db")
    with pytest.raises(SpoolFailed, match="permissions"):
        await spool.open()
    await spool.close()


async def test_a_second_service_is_kept_out(tmp_path: Path) -> None:
    """Whoever opens a journal that is in use gets an error that says what to do."""
    async with running(tmp_path / "spool.db"):
        second = Spool(tmp_path / "spool.db")
        with pytest.raises(SpoolFailed, match="stop that one first"):
            await second.open()
        await second.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entity SET state = '{}' WHERE id = 'c1'",
        "UPDATE entity SET state = json_set(state, '$.channel', 'PJSIP/carrier-1') WHERE id = 'c1'",
    ],
)
async def test_states_of_a_forgotten_form_are_left_out(tmp_path: Path, change: str) -> None:
    """What an older version wrote in a form we can't read is reported; the rest comes back."""
    path = tmp_path / "spool.db"
    async with running(path) as spool:
        await spool.append(an_entry(1, a_call("c1")))
        await spool.append(an_entry(2, a_call("c2")))
        spool._files[0]._db.execute(change)
        spool._files[0]._db.execute("UPDATE record SET changes = '{\"calls\":[{}]}' WHERE seq = 1")
    with capture_logs() as logs:
        async with reopened(path) as (spool, restored):
            assert [call.call_id for call in restored.calls] == ["c2"]
            records = await spool.unsent(10)
    assert [len(record.calls) for record in records] == [0, 1]
    assert [entry["event"] for entry in logs] == [
        "spool.state_unreadable",
        "spool.changes_unreadable",
    ]


@pytest.mark.parametrize("kind", _events())
def test_every_event_can_be_journaled(kind: type[Event]) -> None:
    """No event holds anything that JSON can't carry."""
    assert msgspec.json.schema(kind)


_VICTIM = """
import asyncio, sys
from pathlib import Path
from contactcentre.core.events import ServiceStarted
from contactcentre.storage.entry import Entry
from contactcentre.storage.spool import Spool

async def main():
    spool = Spool(Path(sys.argv[1]))
    restored = await spool.open()
    first = restored.last_seq + 1
    writing = asyncio.create_task(spool.run())
    print(first, flush=True)
    for base in range(first, first + 10_000_000, 50):
        entries = [
            Entry(seq=seq, at=1.0, kind="ServiceStarted", call_id=None, agent_id=None,
                  event=ServiceStarted(at=1.0))
            for seq in range(base, base + 50)
        ]
        await asyncio.gather(*[spool.append(entry) for entry in entries])
        print(base + 49, flush=True)

asyncio.run(main())
"""


async def test_what_was_promised_survives_a_kill(tmp_path: Path) -> None:
    """After SIGKILL in the middle of writing, every entry whose future was done is there."""
    path = tmp_path / "spool.db"
    for _ in range(3):
        victim = subprocess.Popen(
            [sys.executable, "-c", _VICTIM, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert victim.stdout
        first = promised = int(victim.stdout.readline())
        while promised < first + 3000:
            promised = int(victim.stdout.readline())
        os.kill(victim.pid, signal.SIGKILL)
        promised = max([promised, *map(int, victim.stdout.read().split("\n")[:-1])])
        victim.wait()
        victim.stdout.close()
        async with reopened(path) as (spool, _):
            written = {record.seq for record in await spool.unsent(1_000_000)}
        assert written >= set(range(first, promised + 1))


async def test_hundreds_of_entries_a_second(tmp_path: Path) -> None:
    """The journal keeps up with more than a nation's calls, on however busy a machine."""
    call = a_call("c1", record=CallRecord(note="x" * 200))
    loop = asyncio.get_running_loop()
    async with running(tmp_path / "spool.db") as spool:
        began = loop.time()
        last = [spool.append(an_entry(seq, call)) for seq in range(1, 10_001)][-1]
        await last
        assert loop.time() - began < 20.0


async def test_what_no_json_can_carry_stops_no_journal(tmp_path: Path) -> None:
    """The fact is kept and the rest set aside; what comes before and after is written whole."""
    path = tmp_path / "spool.db"
    bad = replace(an_entry(2, a_call("c1", record=CallRecord(note="new"))), event=object())
    with capture_logs() as logs:
        async with running(path) as spool:
            await spool.append(an_entry(1, a_call("c1", record=CallRecord(note="old"))))
            await asyncio.gather(spool.append(bad), spool.append(an_entry(3, a_call("c2"))))
            records = await spool.unsent(10)
    assert [(one.seq, len(one.calls)) for one in records] == [(1, 1), (2, 0), (3, 1)]
    assert [entry["event"] for entry in logs] == ["spool.unwritable"]
    async with reopened(path) as (spool, restored):
        assert [call.record.note for call in restored.calls] == ["old", ""]
        assert spool.aside_count == 1


async def test_a_start_reads_as_much_at_the_days_end_as_at_its_beginning(tmp_path: Path) -> None:
    """Of ten hours' calls those of the last hour come back whole, the callers in short."""
    path = tmp_path / "spool.db"
    day = Day(calls=2000, begins=NOW - 10 * 3600, ends=NOW)
    write(path, day)
    async with reopened(path) as (_, restored):
        lately = [call for call in restored.calls if (call.end.at or NOW) < NOW - 3700]
        assert len(restored.calls) in range(200, 300)
        assert not lately
        assert len(restored.callers) > 1500


def test_what_is_unsent_is_found_as_quickly_on_a_full_day(tmp_path: Path) -> None:
    """However much the database has confirmed already, it is not walked for the next batch, nor
    for its count."""
    work: list[int] = []
    for calls in (100, 2000):
        path = tmp_path / f"{calls}.db"
        write(path, Day(calls=calls, begins=NOW - 10 * 3600, ends=NOW))
        file = SpoolFile(path)
        file.write([an_entry(file.last_seq() + 1, a_call("c1"))])
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        file._db.set_progress_handler(step, 1)
        assert len(file.unsent(10)) == file.unsent_count() == 1
        file.close()
        work.append(steps)
    assert work[0] == work[1]


async def test_the_days_figures_go_on_where_they_were(tmp_path: Path) -> None:
    """A restart counts on from the minutes that the journal kept, and comes to the same figures as
    a service that has seen every call; the day before is left out."""
    path = tmp_path / "spool.db"
    day = Day(calls=3000, begins=NOW - 20 * 3600, ends=NOW)
    write(path, day)
    seen, before = Figures(), dict[str, Call]()
    for entry in day.entries():
        (call,) = entry.calls
        former = before.get(call.call_id)
        left, ended = figures.left(former, call, QUEUES), figures.end(former, call)
        seen.count([left] if left is not None else [], [ended] if ended is not None else [])
        before[call.call_id] = call
    async with reopened(path) as (_, restored):
        again = Figures()
        again.restore(restored.minutes, restored.ends, NOW)
        assert len(restored.minutes) + len(restored.ends) < 6 * 1200
    for queue in (None, *day.queues):
        assert again.today(NOW, queue).answered == seen.today(NOW, queue).answered > 100
        assert again.today(NOW, queue).wait_sum_s == pytest.approx(
            seen.today(NOW, queue).wait_sum_s
        )
        assert again.window(NOW, queue).within == seen.window(NOW, queue).within
        for outcome in Outcome:
            assert again.ended(outcome, queue) == seen.ended(outcome, queue)


def test_a_file_of_before_counts_on(tmp_path: Path) -> None:
    """One whose counts knew nothing of calls that leave their queue otherwise: what it has stays,
    and those are counted from now on."""
    path, day = tmp_path / "spool.db", Day(calls=40, begins=NOW, ends=NOW + 600, otherwise=0.5)
    write(path, replace(day, otherwise=0.0))
    with sqlite3.connect(path) as before:
        for table in ("left_queue", "left_under"):
            before.execute(f"ALTER TABLE {table} DROP COLUMN otherwise")
    file = SpoolFile(path)
    kept = sum(one.level.answered for one in file.minutes(NOW))
    assert kept > 20
    file.write(list(replace(day, begins=NOW + 600, ends=NOW + 1200, seed=2).entries()))
    levels = [one.level for one in file.minutes(NOW)]
    assert sum(one.otherwise for one in levels) > 5
    assert sum(one.answered for one in levels) > kept
    assert any(one.level.otherwise for one in file.minutes_under(NOW, NOW))
    file.close()


async def test_on_a_quiet_day_the_latest_calls_come_back(tmp_path: Path) -> None:
    """The board shows those that ended hours ago, too."""
    path = tmp_path / "spool.db"
    write(path, Day(calls=600, begins=NOW - 20 * 3600, ends=NOW - 10 * 3600))
    async with reopened(path) as (_, restored):
        assert len(restored.calls) == 200
        assert min(call.since for call in restored.calls) > NOW - 14 * 3600


async def test_every_table_of_the_spool_shrinks(tmp_path: Path) -> None:
    """Two days after a day that the database has, agents are left, a portion at a time."""
    path = tmp_path / "spool.db"
    write(path, Day(calls=1500, begins=NOW - 10 * 3600, ends=NOW))
    async with running(path, NOW + 50 * 3600) as spool:
        await spool.set_aside(a_record(), "test")
        portions = 0
        while spool._pruned_at == 0.0:
            await spool.sent(0)
            portions += 1
    assert portions > 1
    with sqlite3.connect(path) as db:
        left = dict(db.execute("SELECT kind, count(*) FROM entity GROUP BY kind"))
        assert left.keys() == {"agent"}
        for table in ("record", "aside", "left_queue", "ended"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608
    db.close()


async def test_the_last_step_of_the_clock_is_kept(tmp_path: Path) -> None:
    """With all that it has moved, and with when the last event was."""
    path = tmp_path / "spool.db"
    step = ClockStepped(at=NOW + 1, by_s=-3600.0, boot="b", base=5.0)
    entry = replace(an_entry(1, a_call("c1")), at=step.at, kind="ClockStepped", event=step)
    async with running(path) as spool:
        await spool.append(entry)
        await spool.append(an_entry(2))
    async with reopened(path) as (_, restored):
        assert isinstance(restored, Restored)
        assert (restored.clock, restored.latest_at) == (step, NOW + 2)


async def test_what_was_dialled_out_is_not_forgotten(tmp_path: Path) -> None:
    """Minute by minute, as the carrier is paid for it; what is older than a day is left out."""
    path = tmp_path / "spool.db"
    file = SpoolFile(path)
    for number, (at, seconds) in enumerate(((NOW, 30.0), (NOW, 31.5), (NOW - 200_000, 7.0)), 1):
        entry = an_entry(number, a_call("c1"))
        file.write([replace(entry, dialled=(Dialled(at=at, seconds=seconds),))])
    file.close()
    async with reopened(path) as (_, restored):
        assert [(one.at // 60, one.seconds) for one in restored.dialled] == [(NOW // 60, 61.5)]
