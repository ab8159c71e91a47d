"""The desk while the disk is stuck."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from agents_ui.desk import port
from agents_ui.shell.port import Person
from contactcentre.core.call.state import Call
from contactcentre.engine.consumer import Engine
from contactcentre.engine.faults import Faults
from contactcentre.engine.figures import Figures
from contactcentre.engine.inbox import Inbox
from contactcentre.engine.live import Live
from contactcentre.features.desk.phone_secret import PhoneSecrets
from contactcentre.features.desk.service import DeskService
from contactcentre.storage.entry import Entry
from contactcentre.telephony.directory import Directory
from contactcentre.testing import History, call_id, network, profile

pytestmark = pytest.mark.unit


class StuckDisk:
    """A journal that commits nothing until it is told to."""

    def __init__(self) -> None:
        self.entries: list[tuple[Entry, asyncio.Future[None]]] = []
        self.calls: dict[str, Call] = {}

    def append(self, entry: Entry) -> asyncio.Future[None]:
        """Queue an entry."""
        commit: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.entries.append((entry, commit))
        self.calls.update((call.call_id, call) for call in entry.calls)
        return commit

    async def records(self, call_ids: Sequence[str]) -> list[Call]:
        """As the real one gives them once it can."""
        return [self.calls[key] for key in call_ids]


async def nobody_registers(*_: str) -> None:
    """There is no exchange."""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[tuple[DeskService, History, StuckDisk]]:
    """An agent's desk over a running engine."""
    history, inbox, disk = History(network(profile(1))), Inbox(safe_within_s=0.01), StuckDisk()
    directory = Directory(tmp_path / "directory.sqlite")
    directory.create()
    live = Live()
    engine = Engine(history.world, inbox, perform=print, journal=disk, publish=(), faults=Faults())
    running = asyncio.create_task(engine.run())
    yield (
        DeskService(
            history.world,
            inbox,
            Figures(),
            live,
            PhoneSecrets(history.world, directory, live, end=nobody_registers),
            disk.records,
            offered=lambda code: code == "VSAA-KOPS",
            sip_domain="x",
            websocket="x",
        ),
        history,
        disk,
    )
    running.cancel()


async def test_an_agent_can_come_and_work(
    desk: tuple[DeskService, History, StuckDisk],
) -> None:
    """The log-in hands out the phone, what is chosen shows at once, and the page is told that it is
    not safe yet; nothing is forgotten on the way to the disk."""
    service, _, disk = desk
    person = Person(user_id="u1", name="Anna", agent_id="a1")
    assert await service.open(person) is not None
    with pytest.raises(port.NotYetOnDisk):
        await service.command("a1", "not_ready", {"reason": "lunch"})
    assert service.view("a1").wanted_reason == "lunch"
    assert [entry.kind for entry, _ in disk.entries] == ["AgentLoggedIn", "NotReadyChosen"]


async def test_what_does_not_fit_is_refused_all_the_same(
    desk: tuple[DeskService, History, StuckDisk],
) -> None:
    """Nothing has to be written for it."""
    service, _, _ = desk
    assert await service.command("a1", "end", {"call_id": "nobody's"}) is False


async def test_a_note_that_comes_late_finds_its_record(
    desk: tuple[DeskService, History, StuckDisk],
) -> None:
    """The record was laid aside since, and the journal has it: it is taken in hand again."""
    service, history, disk = desk
    history.links_up()
    history.ready(1)
    for number in (1, 2):
        history.talks(1, number)
        disk.calls[call_id(number)] = history.world.calls[call_id(number)]
        history.hangs_up(number)
        disk.calls[call_id(number)] = history.call(number)
        history.fires("wrap_up", "a1")
    assert list(history.world.calls) == [call_id(2)]
    view = service.view("a1")
    assert ([one.call_id for one in view.unsaved], view.laid_aside) == ([call_id(2)], 1)
    assert [one.call_id for one in await service.laid_aside("a1")] == [call_id(1)]
    with pytest.raises(port.NotYetOnDisk):
        await service.command("a1", "note", {"call_id": call_id(1), "text": "late", "base": 0})
    assert list(history.world.calls) == [call_id(1)]
    assert history.world.calls[call_id(1)].record.note == "late"
    assert [one.call_id for one in service.view("a1").unsaved] == [call_id(1)]
