"""The files of voice messages: recorded, found again, kept so long and deleted with a word."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.core import effects, events
from contactcentre.core.call.state import Call, Phase
from contactcentre.features.messages import folder
from contactcentre.features.messages.folder import MessageFolder
from contactcentre.storage import codec, database, projection
from contactcentre.storage import tables as models
from contactcentre.storage.entry import JournalRecord
from contactcentre.telephony import message_files
from contactcentre.telephony.agi import AgiServer
from contactcentre.telephony.leash import Leash
from contactcentre.telephony.message_files import NOTHING, MessageFiles, RecordedSound
from contactcentre.telephony.scripted import ScriptedCaller
from contactcentre.telephony.sound_files import HEADER
from contactcentre.testing import MESSAGE_HOTLINE, History, call_id, network, profile
from lab.pages.voice import sound

pytestmark = pytest.mark.integration

DAY_S = 24 * 3600.0
ROOM = 100_000_000
CALL = call_id(1)
Told = asyncio.Queue[events.Event]
RECORD = effects.Record(call_id=CALL, step=3, max_s=90.0)


@pytest.fixture
def files(tmp_path: Path) -> MessageFiles:
    """An empty folder."""
    return MessageFiles(tmp_path, most_bytes=ROOM)


def recorded(files: MessageFiles, number: int, *, seconds: float = 3.0, age_s: float = 0.0) -> str:
    """A file of a call, written so long ago; its name."""
    name = f"{call_id(number)}-1"
    sound(files.path(name), seconds)
    at = time.time() - age_s
    os.utime(files.path(name), (at, at))
    return name


# --- what is heard in them -------------------------------------------------------------------


def test_sound_is_told_from_silence(files: MessageFiles) -> None:
    """By half a second of it; a click is none, and a file that was cut short counts as it is."""
    assert files.hear(recorded(files, 1)) == RecordedSound(3.0, sounds=True)
    assert files.hear(recorded(files, 2, seconds=0.3)).sounds is False
    silent = files.path(f"{call_id(3)}-1")
    silent.write_bytes(bytes(HEADER + 5 * message_files.BYTES_S))
    assert files.hear(silent.stem) == RecordedSound(5.0, sounds=False)
    for size in (0, 10, HEADER, HEADER + 1):
        silent.write_bytes(bytes(size))
        assert files.hear(silent.stem).sounds is False
    assert files.hear("nothing") == NOTHING
    files.path("folder").mkdir()
    assert files.hear("folder") == NOTHING


def test_room_is_bounded(tmp_path: Path) -> None:
    """By what messages may take, and by what the disk must have left."""
    files = MessageFiles(tmp_path, most_bytes=2_000_000)
    assert files.has_room(60)
    recorded(files, 1, seconds=100)
    files.list()
    assert not files.has_room(60)
    assert not MessageFiles(tmp_path, most_bytes=10**18).has_room(10**12)


# --- recorded by the leash -------------------------------------------------------------------


class Folder:
    """Prompts that need not exist."""

    tone = Path("/prompts/tone")

    def resolve(self, key: str, language: str) -> Path:
        return Path("/prompts") / language / key


@asynccontextmanager
async def leaving(files: MessageFiles, told: Told) -> AsyncIterator[ScriptedCaller]:
    """A caller on the leash, who is to leave a message."""
    leash = Leash(told.put_nowait, Folder(), files, interrupt=lambda _: None)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        AgiServer(leash.handle).serve("127.0.0.1", 0, ready=port.set_result)
    )
    async with ScriptedCaller.calling(await port, channel="PJSIP/carrier-1") as asterisk:
        await asterisk.obey("GET FULL VARIABLE", f"200 result=1 ({CALL}^^60000100)")
        await asterisk.obey("GET FULL VARIABLE", "200 result=1 (^0^^)")
        assert isinstance(await told.get(), events.CallReturned)
        leash.order(RECORD)
        await asterisk.obey("SET MUSIC OFF")
        yield asterisk
    serving.cancel()
    await asyncio.wait([serving])


@pytest.fixture
def told() -> Told:
    """What the leash tells."""
    return asyncio.Queue()


@pytest.fixture
async def caller(files: MessageFiles, told: Told) -> AsyncIterator[ScriptedCaller]:
    """Where there is room."""
    async with leaving(files, told) as asterisk:
        yield asterisk


async def heard(told: Told) -> events.Event:
    """The next word."""
    async with asyncio.timeout(5):
        return await told.get()


async def test_a_message_is_recorded(
    files: MessageFiles, caller: ScriptedCaller, told: Told
) -> None:
    """Under a name of ours, for so long; its length is that of the file, not of the waiting."""
    assert "/prompts/tone" in await caller.obey("STREAM FILE")
    line = await caller.expect("RECORD FILE")
    assert line.split()[2:5] == [files.target(f"{CALL}-3"), "wav", '"#"']
    sound(files.path(f"{CALL}-3"), 12.5)
    caller.reply("200 result=0 (timeout) endpos=100000")
    message = await heard(told)
    assert isinstance(message, events.MessageRecorded)
    assert (message.recording, message.seconds, message.sounds) == (f"{CALL}-3", 12.5, True)


async def test_who_hangs_up_has_left_it_too(
    files: MessageFiles, caller: ScriptedCaller, told: Told
) -> None:
    """That is how most messages end."""
    await caller.obey("STREAM FILE")
    await caller.expect("RECORD FILE")
    sound(files.path(f"{CALL}-3"), 4.0)
    caller.reply("200 result=-1 (hangup) endpos=32000")
    caller.hang_up()
    message, gone = await heard(told), await heard(told)
    assert isinstance(message, events.MessageRecorded)
    assert (message.seconds, message.sounds) == (4.0, True)
    assert isinstance(gone, events.CallerHungUp)


async def test_what_could_not_be_written_is_nothing(caller: ScriptedCaller, told: Told) -> None:
    """The disk is full, or the folder not Asterisk's to write in."""
    await caller.obey("STREAM FILE")
    await caller.expect("RECORD FILE")
    caller.reply("200 result=-1 (writefile) endpos=0")
    message = await heard(told)
    assert isinstance(message, events.MessageRecorded)
    assert (message.seconds, message.sounds, message.full) == (0.0, False, False)


async def test_where_there_is_no_room_nothing_is_recorded(tmp_path: Path, told: Told) -> None:
    """The caller is told so, and nobody speaks to nothing."""
    async with leaving(MessageFiles(tmp_path, most_bytes=0), told):
        message = await heard(told)
    assert isinstance(message, events.MessageRecorded)
    assert (message.full, message.sounds) == (True, False)


# --- found again, and deleted ----------------------------------------------------------------


class Kept:
    """A hotline with its folder and a database."""

    def __init__(self, engine: AsyncEngine, files: MessageFiles) -> None:
        self.engine = engine
        self.files = files
        self.history = History(network(profile(1)))
        self.history.links_up()
        self.held = False
        self.folder = MessageFolder(
            self.history.world,
            files,
            engine,
            self.history.apply,
            days=lambda: 30,
            held=self._is_held,
        )

    async def _is_held(self, _: object, __: str) -> bool:
        return self.held

    def message(self, number: int, *, age_s: float, done: bool) -> str:
        """A message that was left so long ago, and perhaps seen to; its recording."""
        key = self.history.leaves_message(number)
        if done:
            self.history.ready(1)
            self.history.listens(1, key)
            self.history.saves(1, key)
            self.history.not_ready(1, "lunch")
        return recorded(self.files, number, age_s=age_s)

    async def project(self) -> None:
        """The database has what has happened."""
        calls = (*self.history.world.calls.values(), *self.history.world.ended)
        record = JournalRecord(
            seq=len(calls), at=0.0, kind="x", call_id=None, agent_id=None,
            event=codec.encode({}), calls=calls,
        )  # fmt: skip
        rows = projection.rows("test", [record], home={}, centre={})
        async with self.engine.begin() as connection:
            await database.upsert(connection, models.contacts, rows.contacts, newer_by="last_seq")

    async def deleted(self) -> dict[str, bool]:
        """Of each message whether its row says that it was, by the number of its call."""
        rows = models.contacts.c
        query = select(rows.callback_of, rows.message_deleted_at).where(rows.message_s.is_not(None))
        async with self.engine.connect() as connection:
            found = (await connection.execute(query)).all()
        return {str(int(asked, 16)): at is not None for asked, at in found}

    def names(self) -> set[str]:
        """What is in the folder."""
        return {file.recording for file in self.files.list()}


@pytest.fixture
async def kept(database_url: str, files: MessageFiles) -> AsyncIterator[Kept]:
    """On each kind of database."""
    async with database.opened(database_url) as engine:
        yield Kept(engine, files)


def open_messages(history: History) -> list[Call]:
    """Those that stand in line."""
    calls = history.world.calls.values()
    return [call for call in calls if call.message and call.phase is Phase.CALLBACK]


async def test_what_nobody_told_of_is_found(kept: Kept) -> None:
    """The service was killed while a citizen spoke: it is work half a minute later, once."""
    kept.history.arrives(1, dialled=MESSAGE_HOTLINE)
    kept.history.hangs_up(1)
    recorded(kept.files, 1, age_s=folder.WRITTEN_S + 1, seconds=7.0)
    for _ in range(2):
        await kept.folder.look()
    (message,) = open_messages(kept.history)
    assert message.message is not None
    assert (message.message.seconds, message.caller) == (7.0, "+37120000001")
    assert not kept.history.world.illegal


async def test_a_recording_under_way_is_let_be(kept: Kept) -> None:
    """It grows still."""
    kept.history.arrives(1, dialled=MESSAGE_HOTLINE)
    recorded(kept.files, 1)
    await kept.folder.look()
    assert not open_messages(kept.history)


async def test_silence_goes_at_once(kept: Kept) -> None:
    """And what is no recording of ours stays."""
    recorded(kept.files, 1, seconds=0.3, age_s=60)
    other = kept.files.path("greeting")
    other.write_bytes(b"x")
    await kept.folder.look()
    assert kept.names() == set()
    assert other.exists()


async def test_what_is_done_with_goes_in_time(kept: Kept) -> None:
    """After thirty days, and its row says so; one that nobody has seen to stays for ever."""
    old = kept.message(1, age_s=31 * DAY_S, done=True)
    young = kept.message(2, age_s=29 * DAY_S, done=True)
    waiting = kept.message(3, age_s=90 * DAY_S, done=False)
    await kept.project()
    await kept.folder.look()
    assert kept.names() == {young, waiting}
    assert old not in kept.names()
    assert await kept.deleted() == {"1": True, "2": False, "3": False}


async def test_what_must_stay_stays(kept: Kept) -> None:
    """While somebody's data are on hold, and no longer."""
    name = kept.message(1, age_s=31 * DAY_S, done=True)
    await kept.project()
    kept.held = True
    await kept.folder.look()
    assert (kept.names(), await kept.deleted()) == ({name}, {"1": False})
    kept.held = False
    await kept.folder.look()
    assert kept.names() == set()


async def test_a_row_that_is_written_again_still_says_so(kept: Kept) -> None:
    """The file is no part of the journal."""
    kept.message(1, age_s=31 * DAY_S, done=True)
    await kept.project()
    await kept.folder.look()
    kept.history.arrives(2)
    await kept.project()
    assert await kept.deleted() == {"1": True}


async def test_without_the_database_nothing_is_deleted(kept: Kept) -> None:
    """Nobody could say so."""
    name = kept.message(1, age_s=31 * DAY_S, done=True)

    def away(*_: object) -> None:
        raise OSError("away")

    await kept.engine.dispose()
    event.listen(kept.engine.sync_engine, "do_connect", away)
    await kept.folder.look()
    assert kept.names() == {name}


async def test_a_full_folder_makes_room(kept: Kept) -> None:
    """The oldest that is done with goes first, also before its time; then somebody is told."""
    first = kept.message(1, age_s=3 * DAY_S, done=True)
    second = kept.message(2, age_s=2 * DAY_S, done=True)
    waiting = kept.message(3, age_s=5 * DAY_S, done=False)
    await kept.project()
    kept.files.most_bytes = 145_000
    await kept.folder.look()
    assert kept.names() == {second, waiting}
    assert first not in kept.names()
    assert [alarm.code for alarm in kept.folder.alarms()] == ["messages-full"]


async def test_the_question_of_a_callback_is_kept_as_messages_are(kept: Kept) -> None:
    """While the promise is open, then for the days of the rules; the contact in which it was said
    says that it is gone."""
    key = kept.history.asks_callback(1)
    old_s = 31 * folder.DAY_S
    name = recorded(kept.files, 1, age_s=folder.WRITTEN_S + 1, seconds=7.0)
    await kept.folder.look()
    question = kept.history.promise(key).recording
    assert question is not None
    assert question.recording == name
    recorded(kept.files, 1, age_s=old_s)
    await kept.folder.look()
    assert kept.names() == {name}
    kept.history.talks(1, 2)  # the citizen rings in
    await kept.project()
    await kept.folder.look()
    assert kept.names() == set()
    rows = models.contacts.c
    async with kept.engine.connect() as connection:
        gone = select(rows.call_id).where(rows.message_deleted_at.is_not(None))
        assert list((await connection.execute(gone)).scalars()) == [kept.history.call(1).call_id]
