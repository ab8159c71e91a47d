"""A person's data are erased: nowhere on the disk, and no replay brings them back."""

# ruff: noqa: ASYNC110 - a condition is waited for

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.core import events
from contactcentre.core.world import World
from contactcentre.engine.consumer import Engine
from contactcentre.engine.faults import Faults
from contactcentre.engine.inbox import Inbox
from contactcentre.features.privacy import store
from contactcentre.features.privacy.erasure import Erased, Erasure, NotErased, by_shell
from contactcentre.features.privacy.live import RestingHotline, RunningHotline
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.journal import Projector
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.storage.sealed_talks import SealedTalks
from contactcentre.storage.spool import Spool, at_work
from contactcentre.telephony.message_files import MessageFiles
from contactcentre.testing import START, call_id, network, profile
from lab.pages.recorded import lay
from lab.pages.voice import sound

pytestmark = pytest.mark.integration

ANNA, JANIS = "+37120000001", "+37120000002"
PSEUDONYMS = Pseudonyms(b"not in the database")


class Hotline:
    """World with its engine, its journal and its database; no telephones."""

    def __init__(self, folder: Path, engine: AsyncEngine) -> None:
        self.world = World(network(profile(1)))
        self.engine = engine
        self.spool = Spool(folder / "journal.sqlite", clock=lambda: START)
        self.projector = Projector(self.spool, engine, retry_s=0.05)
        self.files = MessageFiles(folder / "recordings", most_bytes=10**8)
        self.inbox = Inbox()
        live = RunningHotline(self.inbox, self.spool, self.projector)
        self.approves = True
        self.talks = SealedTalks(folder / "sealed-talks", lambda: ("key",))
        self.erasure = Erasure(
            engine,
            live,
            self.files,
            PSEUDONYMS,
            talks=self.talks,
            approved=self._approved,
            clock=lambda: START,
        )

    async def _approved(self, person: str, by: str) -> None:
        if not self.approves:
            raise NotErased("nobody else has approved it")

    async def apply(self, *facts: events.Event) -> None:
        """Each counts, and is on the disk."""
        for fact in facts:
            await self.inbox.submit(fact)

    async def arrives(self, number: int, caller: str, dialled: str = "60000100") -> None:
        """A citizen rings."""
        arrived = events.CallArrived(
            at=START,
            call_id=call_id(number),
            channel=f"PJSIP/carrier-{number:08x}",
            channel_id=f"1.{number}",
            caller=caller,
            dialled=dialled,
        )
        await self.apply(arrived)

    async def rings(self, number: int, caller: str) -> None:
        """And hangs up."""
        await self.arrives(number, caller)
        await self.apply(events.CallerHungUp(at=START, call_id=call_id(number)))

    async def sent(self) -> None:
        """The database has everything."""
        async with asyncio.timeout(20):
            while self.spool.unsent_count:
                await asyncio.sleep(0.01)

    async def erase(self, number: str = ANNA) -> Erased:
        """On the word of the data-protection officer."""
        return await self.erasure.erase(number, by="dpo", why="lūgums 12")

    async def callers(self) -> dict[str, str | None]:
        """Of the contacts in the database."""
        columns = models.contacts.c
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(columns.call_id, columns.caller))
            return {row[0]: row[1] for row in rows}


@asynccontextmanager
async def running(folder: Path, engine: AsyncEngine) -> AsyncIterator[Hotline]:
    """From its journal as it stands."""
    (folder / "recordings").mkdir(exist_ok=True)
    hotline = Hotline(folder, engine)
    restored = await hotline.spool.open()
    world = hotline.world
    world.restore(restored.calls, restored.agents, restored.crisis, restored.callers)
    consumer = Engine(
        world,
        hotline.inbox,
        perform=lambda _: None,
        journal=hotline.spool,
        publish=(),
        faults=Faults(),
        last_seq=restored.last_seq,
    )
    parts = (consumer.run, hotline.spool.run, hotline.projector.run)
    tasks = [asyncio.create_task(run()) for run in parts]
    try:
        yield hotline
    finally:
        for task in reversed(tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await hotline.spool.close()


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """On each kind of database."""
    async with database.opened(database_url) as made:
        yield made


def on_disk(folder: Path) -> bytes:
    """All files, whatever they are."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def test_nothing_is_left_anywhere(tmp_path: Path, engine: AsyncEngine) -> None:
    """Neither in memory, nor in the journal's file or SQLite's: not even where it was deleted."""
    async with running(tmp_path, engine) as hotline:
        for number in range(1, 40):
            await hotline.rings(number, ANNA if number % 3 == 0 else JANIS)
        await hotline.sent()
        assert ANNA.encode() in on_disk(tmp_path)
        done = await hotline.erase()
        assert done.contacts == 13
        assert done.records >= 26
        await hotline.rings(99, JANIS)  # what was undone last is forgotten with the next fact
        await hotline.sent()
        assert ANNA not in repr(vars(hotline.world))
        assert ANNA.encode() not in on_disk(tmp_path)
        assert JANIS.encode() in on_disk(tmp_path)
        callers = list((await hotline.callers()).values())
        assert (callers.count(None), callers.count(JANIS)) == (13, 27)
    assert ANNA.encode() not in on_disk(tmp_path)


async def test_no_replay_brings_anything_back(tmp_path: Path, engine: AsyncEngine) -> None:
    """The journal is sent once more, whole, to a database that lost its contacts; and the service
    starts anew."""
    async with running(tmp_path, engine) as hotline:
        await hotline.rings(1, ANNA)
        await hotline.rings(2, JANIS)
        await hotline.sent()
        await hotline.erase()
    async with engine.begin() as connection:
        await connection.execute(delete(models.contacts))
        await connection.execute(delete(models.journal))
    async with running(tmp_path, engine) as hotline:
        async with asyncio.timeout(20):
            while len(await hotline.callers()) < 2:
                await asyncio.sleep(0.01)
        assert await hotline.callers() == {call_id(1): None, call_id(2): JANIS}
        assert ANNA not in repr(vars(hotline.world))
        async with engine.connect() as connection:
            told = [row[0] for row in await connection.execute(select(models.journal.c.event))]
        assert ANNA not in json.dumps(told)


async def test_what_is_on_its_way_does_not_come_after(tmp_path: Path, engine: AsyncEngine) -> None:
    """The database gets the erased call for the first time after it was erased."""
    async with running(tmp_path, engine) as hotline:
        async with hotline.projector.paused():
            await hotline.rings(1, ANNA)
            erasing = asyncio.create_task(hotline.erase())
            await asyncio.sleep(0)
        await erasing
        await hotline.sent()
        assert await hotline.callers() == {call_id(1): None}


async def test_what_is_open_is_not_erased(tmp_path: Path, engine: AsyncEngine) -> None:
    """Nor what a court wants; both say so, and nothing has changed."""
    async with running(tmp_path, engine) as hotline:
        await hotline.arrives(1, ANNA)
        with pytest.raises(NotErased, match="still open"):
            await hotline.erase()
        await hotline.apply(events.CallerHungUp(at=START, call_id=call_id(1)))
        row = {"hold_id": "h", "person": PSEUDONYMS.of(ANNA), "why": "tiesa", "placed_by": "u"}
        async with engine.begin() as connection:
            await store.hold(connection, {**row, "placed_at": 0.0})
        with pytest.raises(NotErased, match="legal hold"):
            await hotline.erase()
        await hotline.sent()
        assert await hotline.callers() == {call_id(1): ANNA}


async def test_nobody_erases_alone(tmp_path: Path, engine: AsyncEngine) -> None:
    """Where a second person is asked, nothing has happened before that one's word."""
    async with running(tmp_path, engine) as hotline:
        await hotline.rings(1, ANNA)
        await hotline.sent()
        hotline.approves = False
        with pytest.raises(NotErased, match="nobody else"):
            await hotline.erase()
        assert [call.caller for call in hotline.world.ended] == [ANNA]
        assert await hotline.callers() == {call_id(1): ANNA}


async def test_recordings_go_too(tmp_path: Path, engine: AsyncEngine) -> None:
    """Those of that citizen's messages."""
    async with running(tmp_path, engine) as hotline:
        for number, caller in ((1, ANNA), (2, JANIS)):
            sound(hotline.files.path(f"{call_id(number)}-1"), 3.0)
            row = {
                "call_id": f"m{number}",
                "last_seq": 1,
                "caller": caller,
                "callback_of": call_id(number),
                "message_s": 3.0,
                **_CONTACT,
            }
            async with engine.begin() as connection:
                await database.upsert(connection, models.contacts, [row])
        assert (await hotline.erase()).recordings == 1
        assert [file.call_id for file in hotline.files.list()] == [call_id(2)]


async def test_recordings_of_talks_go_too(tmp_path: Path, engine: AsyncEngine) -> None:
    """Of that person's calls; the row stays, and says why the sound is no more."""
    async with running(tmp_path, engine) as hotline:
        for number, caller in ((1, ANNA), (2, JANIS)):
            await hotline.rings(number, caller)
        await hotline.sent()
        legs = [f"{call_id(number)}-1" for number in (1, 2)]
        for leg_id in legs:
            await lay(engine, hotline.talks, leg_id, agent_id="a1", from_at=START)
        assert (await hotline.erase()).recordings == 1
        assert list(hotline.talks.sizes()) == [legs[1]]
        rows = models.recordings.c
        async with engine.connect() as connection:
            found = await connection.execute(select(rows.leg_id, rows.deleted_why))
            kept = {row[0]: row[1] for row in found}
        assert kept == {legs[0]: "erasure", legs[1]: None}


async def test_questions_of_callbacks_go_too(tmp_path: Path, engine: AsyncEngine) -> None:
    """They lie under the contact in which they were said, and that one says that they are gone."""
    async with running(tmp_path, engine) as hotline:
        for number, caller in ((1, ANNA), (2, JANIS)):
            sound(hotline.files.path(f"{call_id(number)}-1"), 3.0)
            row = {"call_id": call_id(number), "last_seq": 1, "caller": caller, **_CONTACT}
            async with engine.begin() as connection:
                asked = {**row, "outcome": "callback"}
                await database.upsert(connection, models.contacts, [asked])
        assert (await hotline.erase()).recordings == 1
        assert [file.call_id for file in hotline.files.list()] == [call_id(2)]
    columns = models.contacts.c
    async with engine.connect() as connection:
        gone = select(columns.call_id).where(columns.message_deleted_at.is_not(None))
        assert list((await connection.execute(gone)).scalars()) == [call_id(1)]


_CONTACT: dict[str, Any] = {
    **dict.fromkeys(("dialled", "language", "queue", "matter", "kind", "result", "note"), ""),
    "identified_by": "",
    "phase": "ended",
    "services": [],
    "identified_level": 0,
    "arrived_at": START,
    "ended_at": START,
    "hold_s": 0.0,
}


async def test_it_is_on_record(tmp_path: Path, engine: AsyncEngine) -> None:
    """Who asked for it, why, and of whom: by the pseudonym, for the number is gone."""
    async with running(tmp_path, engine) as hotline:
        await hotline.rings(1, ANNA)
        await hotline.sent()
        await hotline.erase()
    columns = models.audit.c
    async with engine.connect() as connection:
        query = select(columns.who, columns.action, columns.person, columns.purpose)
        rows = [tuple(row) for row in await connection.execute(query)]
    assert rows == [("dpo", "person.erased", PSEUDONYMS.of(ANNA), "lūgums 12")]


async def test_while_no_service_runs(tmp_path: Path, engine: AsyncEngine) -> None:
    """The journal's file is there, and is erased by itself."""
    async with running(tmp_path, engine) as hotline:
        await hotline.rings(1, ANNA)
        await hotline.arrives(2, JANIS)
        await hotline.sent()
    async with at_work(tmp_path / "journal.sqlite", lambda: START) as spool:
        resting, files = RestingHotline(spool), hotline.files
        talks = hotline.talks
        erasure = Erasure(engine, resting, files, PSEUDONYMS, talks=talks, approved=by_shell)
        with pytest.raises(NotErased, match="still open"):
            await erasure.erase(JANIS, by="dpo", why="")
        assert (await erasure.erase(ANNA, by="dpo", why="")).contacts == 1
    assert ANNA.encode() not in on_disk(tmp_path)
    async with running(tmp_path, engine) as hotline:
        assert ANNA not in repr(vars(hotline.world))


async def test_one_call_of_a_shared_number_is_erased_and_the_others_stay(
    tmp_path: Path, engine: AsyncEngine
) -> None:
    """In memory, in the journal's file and in the database: by the person whose call it was."""
    person = {"person_id": "1" * 32, "name": "Anna", "made_at": START, "made_by": "x"}
    other = {**person, "person_id": "2" * 32}
    async with running(tmp_path, engine) as hotline:
        await hotline.rings(1, ANNA)
        await hotline.rings(2, ANNA)
        await hotline.sent()
        async with engine.begin() as connection:
            await connection.execute(models.people.insert(), [person, other])
            for one in (person, other):
                row = {"person_id": one["person_id"], "number": ANNA, "pseudonym": "~x"}
                await connection.execute(models.person_numbers.insert(), {**row, "added_at": START})
            tie = {"call_id": call_id(1), "person_id": "1" * 32, "at": START}
            await connection.execute(
                models.contact_people.insert(), {**tie, "chosen_at": START, "chosen_by": "x"}
            )
        done = await hotline.erase("1" * 32)
        assert (done.contacts, done.records > 0) == (1, True)
        assert await hotline.callers() == {call_id(1): None, call_id(2): ANNA}
        assert {call.call_id: call.caller for call in hotline.world.ended} == {
            call_id(1): None,
            call_id(2): ANNA,
        }
    async with at_work(tmp_path / "journal.sqlite", lambda: START) as spool:
        kept = await spool.look(lambda file: file.query("SELECT changes FROM record"))
        told = [row[0] for row in kept]
        assert not [one for one in told if call_id(1).encode() in one and ANNA.encode() in one]
        assert [one for one in told if call_id(2).encode() in one and ANNA.encode() in one]


async def test_a_call_that_goes_on_is_not_erased_by_person(
    tmp_path: Path, engine: AsyncEngine
) -> None:
    """Nothing of it is lost either."""
    person = {"person_id": "1" * 32, "name": "Anna", "made_at": START, "made_by": "x"}
    async with running(tmp_path, engine) as hotline:
        await hotline.arrives(1, ANNA)
        await hotline.sent()
        async with engine.begin() as connection:
            await connection.execute(models.people.insert(), person)
            tie = {"call_id": call_id(1), "person_id": "1" * 32, "at": START}
            await connection.execute(
                models.contact_people.insert(), {**tie, "chosen_at": START, "chosen_by": "x"}
            )
        with pytest.raises(NotErased):
            await hotline.erase("1" * 32)
        assert await hotline.callers() == {call_id(1): ANNA}
