"""What people edit comes into force by itself, and what is broken never does."""

import asyncio
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.core import events
from contactcentre.core.config.network import Network
from contactcentre.features.publication.draft import read
from contactcentre.features.publication.network import NetworkRefused, network_of
from contactcentre.features.publication.service import Publication
from contactcentre.features.supervision import assignments
from contactcentre.features.supervision.assignments import DayOver
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.storage.documents import save
from contactcentre.storage.lookout import Lookout
from contactcentre.storage.settings import VERSION_NOW, changed
from contactcentre.testing import FLOW
from routing.calendar import LOCAL

pytestmark = pytest.mark.integration

QUEUE = {"queue_id": "taxes", "labels": {"lv": "Nodokļi", "en": "Taxes"}, "skills": {"taxes": 1}}
MENU = {"name": "hotline", "version": 1, "document": FLOW, "published_at": 1.0}
BROKEN = FLOW.replace("goto: taxes", "goto: taxis")
NUMBER = {
    "number": "60000100",
    "labels": {"lv": "Tālrunis", "en": "Hotline"},
    "flow": "hotline",
    "centre_id": None,
}


def queue(**changes: object) -> dict[Table, list[dict[str, Any]]]:
    """The queue's row, changed."""
    return {models.queues: documents.rows(models.queues, [{**QUEUE, **changes}])}


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A database with one number, one menu and one queue."""
    made = database.engine(database_url)
    rows = {
        **queue(),
        models.flows: [MENU],
        models.hotlines: documents.rows(models.hotlines, [NUMBER]),
    }
    async with made.begin() as connection:
        await save(connection, rows)
    yield made
    await made.dispose()


class Watched:
    """A publication and what it has posted."""

    def __init__(
        self, storage: AsyncEngine, folder: Path, prompts: frozenset[str] = frozenset()
    ) -> None:
        self.storage = storage
        self.posted: asyncio.Queue[Network] = asyncio.Queue()
        self.renewed = 0
        self.it = Publication(
            storage,
            folder / "network.json",
            post=self._take,
            fresh=self._renew,
            prompts=lambda: prompts,
        )

    def _take(self, event: events.Event) -> None:
        assert isinstance(event, events.NetworkPublished)
        self.posted.put_nowait(event.network)

    async def _renew(self, network: Network) -> None:
        self.renewed += 1

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        lookout = Lookout(self.storage, period_s=0.02)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(lookout.run()),
                group.create_task(self.it.run(lookout.watch(VERSION_NOW))),
            ]
            yield
            for task in tasks:
                task.cancel()

    async def next(self) -> Network:
        async with asyncio.timeout(10):
            return await self.posted.get()

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 - nobody tells of a refusal
                await asyncio.sleep(0.01)


async def put(storage: AsyncEngine, **changes: object) -> None:
    """Change the queue."""
    async with storage.begin() as connection:
        await save(connection, queue(**changes))


async def publish(storage: AsyncEngine, version: int, document: str) -> None:
    """Put a menu in force, without asking whether it is any good."""
    row = {**MENU, "version": version, "document": document, "published_at": float(version)}
    async with storage.begin() as connection:
        await save(connection, {models.flows: [row]})


async def test_a_change_is_in_force_by_itself(storage: AsyncEngine, tmp_path: Path) -> None:
    """Once, whole, with the prompts that may have come with it."""
    watched = Watched(storage, tmp_path)
    assert (await watched.it.begin(())).version == 1
    async with watched.running():
        await put(storage, ring_s=9.0)
        network = await watched.next()
        assert (network.version, network.queues["taxes"].ring_s) == (2, 9.0)
        await put(storage, ring_s=8.0)
        assert (await watched.next()).queues["taxes"].ring_s == 8.0
    assert watched.posted.empty()
    assert watched.renewed == 2


async def test_a_broken_version_is_refused_as_a_whole(storage: AsyncEngine, tmp_path: Path) -> None:
    """Nothing of it comes into force, not even its good rows; place and reason are told until
    somebody has mended it."""
    watched = Watched(storage, tmp_path)
    await watched.it.begin(())
    async with watched.running():
        async with storage.begin() as connection:
            rows = {
                **queue(ring_s=9.0),
                models.flows: [{**MENU, "version": 2, "document": BROKEN, "published_at": 2.0}],
            }
            await save(connection, rows)
        await watched.until(lambda: watched.it.refusal)
        (alarm,) = watched.it.alarms()
        assert alarm.detail == (
            "hotline.yaml: node 'matter', key 'options.1.goto': no node named 'taxis'"
            " (did you mean 'taxes'?)"
        )
        assert watched.posted.empty()
        await publish(storage, 3, FLOW)
        network = await watched.next()
        assert (network.flows["hotline"].version, network.queues["taxes"].ring_s) == (3, 9.0)
        assert list(watched.it.alarms()) == []


async def test_a_prompt_that_nobody_has_made(storage: AsyncEngine, tmp_path: Path) -> None:
    """A queue that would say it is refused; the last good version is not asked for prompts, because
    callers are waiting."""
    watched = Watched(storage, tmp_path, prompts=frozenset({"goodbye"}))
    way = {"do": "callback", "prompts": ["good-bye"]}
    await put(storage, keys={"1": way})
    with pytest.raises(NetworkRefused, match=r"keys.1.prompts: no prompt named 'good-bye'"):
        await watched.it.begin(())
    await Watched(storage, tmp_path).it.begin(())  # before any prompts were made
    assert (await watched.it.begin(())).queues["taxes"].keys
    await put(storage, keys={"1": {**way, "prompts": ["goodbye"]}})
    await watched.it.look()
    assert (await watched.next()).queues["taxes"].keys["1"].prompts == ("goodbye",)


async def test_a_service_starts_with_the_last_good_version(
    storage: AsyncEngine, tmp_path: Path
) -> None:
    """It says so, and takes the mended version as soon as it is there."""
    await Watched(storage, tmp_path).it.begin(())
    kept = tmp_path / "network.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    await put(storage, ring_s=-1.0)
    watched = Watched(storage, tmp_path)
    network = await watched.it.begin(())
    assert (network.version, network.queues["taxes"].ring_s) == (1, 20.0)
    assert watched.it.refusal is not None
    assert watched.it.refusal.problems == ("queue taxes, ring_s: must be 1 to 300 seconds",)
    async with watched.running():
        await put(storage, ring_s=9.0)
        assert (await watched.next()).queues["taxes"].ring_s == 9.0
    assert watched.it.refusal is None


@pytest.mark.parametrize("kept", [None, b"{", b'{"version": "x"}'])
async def test_a_service_without_any_good_version_says_why(
    storage: AsyncEngine, tmp_path: Path, kept: bytes | None
) -> None:
    """It does not start with something that nobody has ever checked."""
    if kept is not None:
        (tmp_path / "network.json").write_bytes(kept)
    await put(storage, ring_s=-1.0)
    with pytest.raises(NetworkRefused, match="queue taxes, ring_s"):
        await Watched(storage, tmp_path).it.begin(())


async def test_a_service_starts_while_the_database_is_away(postgres: Any, tmp_path: Path) -> None:
    """With the last good version: callers are waiting. What was changed since is taken later."""
    url = postgres.create("publication_start")
    await database.migrate(url)
    storage = database.engine(url)
    async with storage.begin() as connection:
        await save(connection, queue())
    await Watched(storage, tmp_path).it.begin(())
    await put(storage, ring_s=9.0)
    postgres.stop()
    watched = Watched(storage, tmp_path)
    network = await watched.it.begin(())
    assert (network.queues["taxes"].ring_s, watched.it.away) == (20.0, True)
    (tmp_path / "network.json").unlink()
    with pytest.raises(database.AWAY):
        await Watched(storage, tmp_path).it.begin(())
    postgres.start()
    async with watched.running():
        assert (await watched.next()).queues["taxes"].ring_s == 9.0
    assert not watched.it.away
    await storage.dispose()


async def test_the_menus_of_calls_in_progress_are_read_too(storage: AsyncEngine) -> None:
    """Those asked for, if they are there; a draft that was never published is in no network."""
    await publish(storage, 2, FLOW)
    async with storage.begin() as connection:
        draft = {**MENU, "version": 3, "document": BROKEN, "published_at": None}
        await save(connection, {models.flows: [draft]})
    rows = (await read(storage, also={("hotline", 1), ("gone", 5)})).of(models.flows)
    assert [(row["version"], row["in_force"]) for row in rows] == [(1, False), (2, True)]


async def test_a_menu_goes_back_by_being_put_in_force_again(storage: AsyncEngine) -> None:
    """What was put in force last counts, not the highest number."""
    await publish(storage, 2, FLOW)
    async with storage.begin() as connection:
        await save(connection, {models.flows: [{**MENU, "published_at": 3.0}]})
    (row,) = (await read(storage)).of(models.flows)
    assert row["version"] == 1


async def test_two_who_write_at_once_get_two_numbers(storage: AsyncEngine) -> None:
    """Or else the second change would never be noticed."""

    async def write() -> int:
        async with storage.begin() as connection:
            return await changed(connection)

    numbers = await asyncio.gather(*(write() for _ in range(5)))
    assert sorted(numbers) == [2, 3, 4, 5, 6]


async def test_the_first_two_writers_get_two_numbers_too(database_url: str) -> None:
    """Even where no number was there before."""
    storage = database.engine(database_url)

    async def write() -> int:
        async with storage.begin() as connection:
            return await changed(connection)

    assert sorted(await asyncio.gather(write(), write())) == [1, 2]
    await storage.dispose()


async def test_an_outage_of_the_database_is_waited_out(postgres: Any, tmp_path: Path) -> None:
    """The version in force goes on; a change made afterwards is taken."""
    url = postgres.create("publication_outage")
    await database.migrate(url)
    storage = database.engine(url)
    watched = Watched(storage, tmp_path)
    await watched.it.begin(())
    async with watched.running():
        postgres.stop()
        await watched.until(lambda: watched.it.away)
        postgres.start()
        async with storage.begin() as connection:
            await save(connection, queue())
        assert (await watched.next()).queues["taxes"].ring_s == 20.0
    async with storage.connect() as connection:
        assert await connection.scalar(select(models.settings.c.value)) == 1
    await storage.dispose()


async def test_queues_for_a_day(storage: AsyncEngine, tmp_path: Path) -> None:
    """In force at the next look, after a start too, and gone when the day is over."""
    noon = datetime(2026, 10, 24, 12, tzinfo=LOCAL).timestamp()
    agent = {"agent_id": "a1", "name": "Anna", "centre_id": "c1", "endpoint": "a-1"}
    centre = {"centre_id": "c1", "name": "Centrs", "municipality": "m"}
    town = {"municipality_id": "m", "name": "M", "region": "r"}
    made = {
        models.regions: [{"region_id": "r", "name": "R"}],
        models.municipalities: [town],
        models.centres: [centre],
        models.agents: [agent],
    }
    async with storage.begin() as connection:
        await save(connection, {table: documents.rows(table, some) for table, some in made.items()})
    published = network_of(await read(storage), at=noon)
    async with storage.begin() as connection:
        await assignments.keep(connection, published, "a1", ["taxes"], noon)
    new = network_of(await read(storage), at=noon)
    assert (new.version, assignments.assigned(new, "a1")) == (published.version + 1, ("taxes",))
    midnight_at = datetime(2026, 10, 25, tzinfo=LOCAL).timestamp()
    assert network_of(await read(storage), at=midnight_at).assignments == {}
    assert await DayOver(storage, clock=lambda: midnight_at - 1).look() == 0
    assert await DayOver(storage, clock=lambda: midnight_at).look() == 1
    after = await read(storage)
    assert (after.version, after.of(models.assignments)) == (new.version + 1, [])
