"""Recordings are sealed, told of, found again and deleted: on a disk and in a database."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, event, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core import events
from contactcentre.core.config.network import Network
from contactcentre.features.recordings import keeper
from contactcentre.features.recordings.keeper import LOST_S, RecordingKeeper
from contactcentre.storage import database, projection
from contactcentre.storage import tables as models
from contactcentre.storage.entry import JournalRecord
from contactcentre.storage.sealed_file import PIECE, DamagedFile, SealedFile, WrongKey, seal
from contactcentre.storage.sealed_talks import SealedTalks
from contactcentre.telephony.sound_files import BYTES_S
from contactcentre.telephony.talk_files import TalkFiles
from contactcentre.testing import History, call_id, network, profile
from routing.recording import RecordingPolicy

pytestmark = pytest.mark.integration

KEY, OTHER = "0" * 64, "1" * 64
DAY_S = 24 * 3600.0
LEG = f"{call_id(1)}-1"


def recorded_network() -> Network:
    """One agent, and queues that record."""
    given = network(profile(1))
    policy = RecordingPolicy(basis="MK noteikumi", notice="wait.recording")
    queues = {key: replace(one, recording=policy) for key, one in given.queues.items()}
    return replace(given, queues=queues, recordings=True)


def away(*_: object) -> None:
    """There is no database."""
    raise OSError


class Hotline:
    """A history, what Asterisk writes, and the keeper."""

    def __init__(self, folder: Path, engine: AsyncEngine) -> None:
        self.clear, self.kept = folder / "talks", folder / "sealed"
        self.clear.mkdir()
        self.keys = (KEY,)
        self.engine = engine
        self.history = History(recorded_network())
        self.history.links_up()
        self.held: set[str] = set()
        self.most_bytes = 10**9
        self.days = 90.0
        self.keeper = self.begin()

    def begin(self) -> RecordingKeeper:
        """A service, from its start on."""
        self.sealed = SealedTalks(self.kept, lambda: self.keys)
        self.keeper = RecordingKeeper(
            self.history.world,
            TalkFiles(self.clear),
            self.sealed,
            self.engine,
            days=lambda: self.days,
            held=self._held,
            most_bytes=self.most_bytes,
            clock=lambda: self.history.at,
        )
        return self.keeper

    async def _held(self, _: AsyncConnection, key: str) -> bool:
        return key in self.held

    def writes(
        self, leg_id: str, seconds: float, *, closed: bool = True, age_s: float = 60
    ) -> Path:
        """As Asterisk does."""
        size = round(seconds * BYTES_S)
        head = struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            b"RIFF",
            36 + size,
            b"WAVE",
            b"fmt ",
            16,
            1,
            1,
            8000,
            16000,
            2,
            16,
            b"data",
            size if closed else 0,
        )
        path = self.clear / f"{leg_id}.wav"
        path.write_bytes(head + os.urandom(size))
        at = path.stat().st_mtime - age_s
        os.utime(path, (at, at))
        return path

    def talks(self, number: int, seconds: float) -> str:
        """A talk that is over, and written down."""
        self.history.talks(1, number)
        self.history.pass_s(seconds)
        self.history.hangs_up(number)
        self.history.saves(1, number)
        self.history.pass_s(1)
        return f"{call_id(number)}-1"

    async def rows(self) -> list[dict[str, object]]:
        """All of them, by their time."""
        query = select(models.recordings).order_by(models.recordings.c.from_at)
        async with self.engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def project(self) -> None:
        """The calls that are over, as the projector would have written them."""
        record = JournalRecord(
            seq=1,
            at=self.history.at,
            kind="x",
            call_id=None,
            agent_id=None,
            event=b"{}",
            calls=tuple(self.history.world.ended),
            agents=(),
        )
        made = projection.rows("test", [record], home={}, centre={})
        async with self.engine.begin() as connection:
            await database.upsert(connection, models.contacts, made.contacts)
            await database.upsert(connection, models.legs, made.legs)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """The database of the test."""
    async with database.opened(database_url) as made:
        yield made


@pytest.fixture
def hotline(tmp_path: Path, engine: AsyncEngine) -> Hotline:
    """One that records."""
    return Hotline(tmp_path, engine)


async def test_sealed_when_the_talk_is_over(hotline: Hotline) -> None:
    """Not before, and not while it is still written; then nothing is left in clear, the row says
    all, and the sound is as it was, from any place."""
    hotline.history.talks(1, 1)
    path = hotline.writes(LEG, 20)
    sound = path.read_bytes()
    await hotline.keeper.look()
    assert path.exists()
    hotline.history.pass_s(20)
    hotline.history.hangs_up(1)
    os.utime(path)
    await hotline.keeper.look()
    assert path.exists()
    hotline.writes(LEG, 20).write_bytes(sound)
    os.utime(path, (0, path.stat().st_mtime - 10))
    await hotline.keeper.look()
    assert list(hotline.clear.iterdir()) == []
    (row,) = await hotline.rows()
    assert (row["state"], row["agent_id"], row["basis"]) == ("whole", "a1", "MK noteikumi")
    assert row["seconds"] == pytest.approx(20.0)
    assert (row["to_at"], row["size"]) == (row["from_at"] + 20.0, len(sound))  # type: ignore[operator]
    file = hotline.sealed.open(LEG)
    for start, stop in ((0, len(sound)), (PIECE - 3, PIECE + 3), (len(sound) - 5, 10**9), (7, 7)):
        assert b"".join(file.read(start, stop)) == sound[start:stop]
    (kept,) = hotline.kept.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert sound[1000:1032] not in kept.read_bytes()
    assert call_id(1).encode() not in kept.read_bytes()


@pytest.mark.parametrize(
    ("seconds", "closed", "state"),
    [(20.0, True, "whole"), (9.0, True, "short"), (20.0, False, "truncated")],
)
async def test_what_is_not_whole_is_flagged(
    hotline: Hotline, seconds: float, closed: bool, state: str
) -> None:
    """Much shorter than its talk, or never closed."""
    leg_id = hotline.talks(1, 20)
    hotline.writes(leg_id, seconds, closed=closed)
    await hotline.keeper.look()
    assert [row["state"] for row in await hotline.rows()] == [state]


async def test_hold_is_not_missing(hotline: Hotline) -> None:
    """Nothing is recorded meanwhile."""
    hotline.history.talks(1, 1)
    hotline.history.apply(events.HoldStarted(at=hotline.history.at, offer_id=LEG))
    hotline.history.pass_s(30)
    hotline.history.apply(events.HoldEnded(at=hotline.history.at, offer_id=LEG))
    hotline.history.pass_s(5)
    hotline.history.hangs_up(1)
    hotline.writes(LEG, 5)
    await hotline.keeper.look()
    assert [row["state"] for row in await hotline.rows()] == ["whole"]


async def test_of_which_there_is_nothing(hotline: Hotline) -> None:
    """It is missing, once it cannot come any more, and said once."""
    hotline.talks(1, 20)
    await hotline.project()
    await hotline.keeper.look()
    assert await hotline.rows() == []
    hotline.history.pass_s(300)
    await hotline.keeper.look()
    await hotline.keeper.look()
    assert [(row["leg_id"], row["state"]) for row in await hotline.rows()] == [(LEG, "missing")]


async def test_what_was_not_to_be_recorded_goes(hotline: Hotline) -> None:
    """Its caller had said no, or nobody had answered."""
    hotline.history.ready(1)
    hotline.history.waits(1)
    hotline.history.pass_s(3)
    hotline.history.apply(events.DigitPressed(at=hotline.history.at, call_id=call_id(1), digit="5"))
    hotline.history.leg_answers(1)
    path = hotline.writes(LEG, 3)
    hotline.history.hangs_up(1)
    await hotline.keeper.look()
    assert not path.exists()
    assert await hotline.rows() == []


async def test_a_service_that_was_killed(hotline: Hotline) -> None:
    """The next one knows the talk from the database, and seals what is left in clear; a file of
    which nobody knows anything is sealed as well, after an hour."""
    leg_id, lost = hotline.talks(1, 20), f"{'e' * 32}-1"
    await hotline.project()
    hotline.writes(leg_id, 20)
    hotline.writes(lost, 20)
    hotline.history = History(recorded_network())
    await hotline.begin().look()
    assert [path.stem for path in hotline.clear.iterdir()] == [lost]
    hotline.writes(lost, 20, age_s=LOST_S + 1)
    await hotline.keeper.look()
    assert list(hotline.clear.iterdir()) == []
    assert {row["leg_id"]: row["agent_id"] for row in await hotline.rows()} == {
        leg_id: "a1",
        lost: "",
    }


async def test_while_the_database_is_away(hotline: Hotline, engine: AsyncEngine) -> None:
    """It is sealed all the same; the row comes later."""
    leg_id = hotline.talks(1, 20)
    hotline.writes(leg_id, 20)
    await engine.dispose()
    event.listen(engine.sync_engine, "do_connect", away)
    await hotline.keeper.look()
    assert list(hotline.clear.iterdir()) == []
    event.remove(engine.sync_engine, "do_connect", away)
    await hotline.keeper.look()
    assert [row["leg_id"] for row in await hotline.rows()] == [leg_id]


async def test_a_lost_database(hotline: Hotline) -> None:
    """The files say themselves whose they are: the rows are made again."""
    for number in (1, 2, 3):
        hotline.writes(hotline.talks(number, 20), 20)
    await hotline.keeper.look()
    before = await hotline.rows()
    async with hotline.engine.begin() as connection:
        await connection.execute(delete(models.recordings))
    await hotline.begin().look()
    assert [{**row, "sealed_at": 0} for row in await hotline.rows()] == [
        {**row, "sealed_at": 0} for row in before
    ]


async def test_deleted_by_age_the_row_first(hotline: Hotline) -> None:
    """One that is held stays; a file whose row says that it is gone goes at the next start."""
    first, held = (hotline.talks(number, 20) for number in (1, 2))
    for leg_id in (first, held):
        hotline.writes(leg_id, 20)
    await hotline.keeper.look()
    saved = (hotline.kept / f"{first}.sealed").read_bytes()
    hotline.history.pass_s(91 * DAY_S)
    hotline.held = {call_id(2)}
    await hotline.keeper.look()
    assert [path.stem for path in hotline.kept.iterdir()] == [held]
    assert [row["deleted_why"] for row in await hotline.rows()] == ["term", None]
    (hotline.kept / f"{first}.sealed").write_bytes(saved)
    await hotline.begin().look()
    assert [path.stem for path in hotline.kept.iterdir()] == [held]


async def test_what_a_hold_keeps_is_passed_a_portion_at_a_time(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And found again once nothing keeps it."""
    monkeypatch.setattr(keeper, "PORTION", 2)
    legs = [hotline.talks(number, 20) for number in range(1, 6)]
    for leg_id in legs:
        hotline.writes(leg_id, 20)
    await hotline.keeper.look()
    hotline.history.pass_s(91 * DAY_S)
    hotline.held = {call_id(number) for number in (1, 2, 3)}
    for _ in range(3):
        await hotline.keeper.look()
    assert sorted(path.stem for path in hotline.kept.iterdir()) == sorted(legs[:3])
    hotline.held = set()
    for _ in range(2):
        await hotline.keeper.look()
    assert list(hotline.kept.iterdir()) == []


async def test_erased_before_it_was_sealed(hotline: Hotline) -> None:
    """The citizen asked within seconds of the talk: nothing is kept."""
    leg_id = hotline.talks(1, 20)
    await hotline.project()
    async with hotline.engine.begin() as connection:
        await connection.execute(update(models.contacts).values(caller=None, forgotten_at=1.0))
    hotline.writes(leg_id, 20)
    await hotline.keeper.look()
    assert list(hotline.kept.iterdir()) == []
    assert [row["deleted_why"] for row in await hotline.rows()] == ["erasure"]


async def test_room_is_made_by_the_oldest(hotline: Hotline) -> None:
    """No more than is needed, and the board tells."""
    legs = [hotline.talks(number, 20) for number in range(1, 6)]
    for leg_id in legs:
        hotline.writes(leg_id, 20)
    await hotline.keeper.look()
    hotline.most_bytes = round(hotline.keeper.bytes * 0.75)
    hotline.history.pass_s(2 * LOST_S)
    await hotline.begin().look()
    assert "recordings-full" in [alarm.code for alarm in hotline.keeper.alarms()]
    gone = [row["leg_id"] for row in await hotline.rows() if row["deleted_why"] == "room"]
    assert gone == legs[:2]
    await hotline.keeper.look()
    assert list(hotline.keeper.alarms()) == []


async def test_a_key_is_replaced_and_one_is_lost(hotline: Hotline) -> None:
    """The newest seals, all open; without it that is told, and nothing is deleted for it."""
    leg_id = hotline.talks(1, 20)
    hotline.writes(leg_id, 20)
    await hotline.keeper.look()
    hotline.keys = (OTHER, KEY)
    second = hotline.talks(2, 20)
    hotline.writes(second, 20)
    await hotline.keeper.look()
    for one in (leg_id, second):
        assert hotline.sealed.facts(one).agent_id == "a1"
    hotline.keys = (OTHER,)
    with pytest.raises(WrongKey, match="put that one back"):
        hotline.sealed.open(leg_id)
    async with hotline.engine.begin() as connection:
        await connection.execute(delete(models.recordings))
    await hotline.begin().look()
    assert [alarm.code for alarm in hotline.keeper.alarms()] == ["recordings-unreadable"]
    assert len(list(hotline.kept.iterdir())) == 2


@pytest.mark.parametrize("harm", ["flipped", "cut", "swapped", "dropped", "another"])
def test_a_sealed_file_is_whole_or_nothing(tmp_path: Path, harm: str) -> None:
    """No bit, piece or end of it can be changed unseen."""
    clear = tmp_path / "clear"
    clear.write_bytes(os.urandom(3 * PIECE + 100))
    for name in ("a", "b"):
        with clear.open("rb") as source:
            seal(source, 3 * PIECE + 100, b"about", tmp_path / name, KEY)
    path = tmp_path / "a"
    data, begin = path.read_bytes(), path.stat().st_size - 3 * (PIECE + 16) - 116
    one = PIECE + 16
    pieces = [data[begin + n * one : begin + (n + 1) * one] for n in range(4)]
    other = (tmp_path / "b").read_bytes()
    made = {
        "flipped": data[:-20] + bytes([data[-20] ^ 1]) + data[-19:],
        "cut": data[: begin + 3 * one],
        "swapped": data[:begin] + pieces[1] + pieces[0] + pieces[2] + pieces[3],
        "dropped": data[:begin] + pieces[0] + pieces[2] + pieces[3],
        "another": data[:begin] + other[begin:],
    }
    path.write_bytes(made[harm])
    with pytest.raises(DamagedFile):
        b"".join(SealedFile(path, (KEY,)).read(0, 10**9))


def test_nothing_else_is_ever_opened(tmp_path: Path) -> None:
    """A name is ids of ours."""
    talks = SealedTalks(tmp_path, lambda: (KEY,))
    (tmp_path / "secret.sealed").write_bytes(b"x")
    for name in ("secret", "../secret", "", "a" * 32, f"{'a' * 32}-1/../x"):
        with pytest.raises(FileNotFoundError):
            talks.open(name)
