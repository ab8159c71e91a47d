"""The engine: orders go out at once, except those that nobody may forget."""

import asyncio

import pytest

from contactcentre.core import effects, events
from contactcentre.engine.consumer import Changes, Engine
from contactcentre.engine.inbox import Inbox
from contactcentre.storage.entry import Entry
from contactcentre.testing import History, network, profile

pytestmark = pytest.mark.unit


class SlowDisk:
    """A journal whose commits are made by hand."""

    def __init__(self) -> None:
        self.commits: list[asyncio.Future[None]] = []

    def append(self, entry: Entry) -> asyncio.Future[None]:
        """Queue an entry."""
        commit: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.commits.append(commit)
        return commit


class Bench:
    """An engine over a history in which an agent reads the card of a callback."""

    def __init__(self) -> None:
        self.history = History(network(profile(1)))
        self.history.links_up()
        self.key = self.history.asks_callback(1)
        self.history.ready(1)
        self.done: list[effects.Effect] = []
        self.disk = SlowDisk()
        self.inbox = Inbox()
        self.engine = Engine(
            self.history.world,
            self.inbox,
            perform=self.done.append,
            journal=self.disk,
            publish=lambda changes: _seen(changes),
        )

    async def handle(self, event: events.Event) -> None:
        """One event, and whatever the loop does right after it."""
        running = asyncio.create_task(self.engine.run())
        self.inbox.post(event)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        running.cancel()

    async def commit(self, number: int) -> None:
        """The disk has that entry."""
        self.disk.commits[number].set_result(None)
        await asyncio.sleep(0)

    @property
    def dials(self) -> list[str]:
        """The dials that were made."""
        return [order.dial for order in self.done if isinstance(order, effects.RingBack)]


def _seen(changes: Changes) -> None:
    """Nobody watches."""


def press(bench: Bench) -> events.RingBackChosen:
    """The agent says: ring."""
    at, offer_id = bench.history.at, f"{bench.key}-1"
    return events.RingBackChosen(at=at, agent_id="a1", offer_id=offer_id)


async def test_a_citizen_is_rung_when_a_crash_would_not_forget_it() -> None:
    """The lease goes out at once; the dial waits for the disk."""
    bench = Bench()
    await bench.handle(press(bench))
    assert [type(order) for order in bench.done] == [effects.StartTimer]
    assert not bench.dials
    await bench.commit(0)
    assert bench.dials == [f"cb-{bench.key}-1"]


async def test_a_dial_that_is_not_wanted_any_more_is_not_made() -> None:
    """The disk was so slow that the agent had broken off."""
    bench = Bench()
    await bench.handle(press(bench))
    rejected = events.OfferRejected(at=bench.history.at, agent_id="a1", offer_id=f"{bench.key}-1")
    await bench.handle(rejected)
    await bench.commit(0)
    assert not bench.dials


async def test_a_dial_that_could_not_be_written_is_not_made() -> None:
    """Without a journal nobody is rung."""
    bench = Bench()
    await bench.handle(press(bench))
    bench.disk.commits[0].set_exception(OSError("no disk"))
    await asyncio.sleep(0)
    assert not bench.dials
