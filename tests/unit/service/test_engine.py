"""The engine: orders go out at once, except those that nobody may forget."""

import asyncio

import pytest
from structlog.testing import capture_logs

from contactcentre.core import commands, effects, events
from contactcentre.core.clock_step import ClockStepped
from contactcentre.engine.consumer import Changes, Engine, EventSetAside
from contactcentre.engine.faults import Faults
from contactcentre.engine.inbox import Inbox, NotSafeYet
from contactcentre.storage.entry import Entry
from contactcentre.testing import History, network, profile

pytestmark = pytest.mark.unit


class SlowDisk:
    """A journal whose commits are made by hand."""

    def __init__(self) -> None:
        self.commits: list[asyncio.Future[None]] = []
        self.entries: list[Entry] = []

    def append(self, entry: Entry) -> asyncio.Future[None]:
        """Queue an entry."""
        commit: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.commits.append(commit)
        self.entries.append(entry)
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
        self.seen: list[Changes] = []
        self.inbox = Inbox(safe_within_s=0.01)
        self.faults = Faults()
        self.engine = Engine(
            self.history.world,
            self.inbox,
            perform=self.done.append,
            journal=self.disk,
            publish=(_broken, self.seen.append),
            faults=self.faults,
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


def _broken(changes: Changes) -> None:
    """A view that fails at everything that it is told."""
    raise KeyError(changes)


def press(bench: Bench) -> commands.RingBackChosen:
    """The agent says: ring."""
    at, offer_id = bench.history.at, f"{bench.key}-1"
    return commands.RingBackChosen(at=at, agent_id="a1", offer_id=offer_id)


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
    rejected = commands.OfferRejected(at=bench.history.at, agent_id="a1", offer_id=f"{bench.key}-1")
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


POISON = events.TimerFired(at=0.0, kind="announce", key=[])  # type: ignore[arg-type]
"""No timer has such a key: World fails at it."""


async def test_an_event_that_cannot_be_handled_is_set_aside() -> None:
    """It is counted, journaled and told without its values; what comes after it is handled."""
    bench = Bench()
    with capture_logs() as logs:
        await bench.handle(POISON)
    assert bench.faults.counts == {"event": 1}
    (entry,) = bench.disk.entries
    assert (entry.kind, entry.calls, entry.agents) == ("EventSetAside", (), ())
    assert isinstance(entry.event, EventSetAside)
    assert (entry.event.what, entry.event.error, entry.event.event) == (
        "TimerFired",
        "TypeError",
        POISON,
    )
    (told,) = logs
    assert told["what"] == "TimerFired"
    assert [alarm.code for alarm in bench.faults.alarms()] == ["fault"]
    await bench.handle(press(bench))
    assert bench.disk.entries[-1].kind == "RingBackChosen"


async def test_whoever_sent_what_cannot_be_handled_is_told_so() -> None:
    """The page's command did not go through; its link lives on."""
    bench = Bench()
    running = asyncio.create_task(bench.engine.run())
    assert await bench.inbox.submit(POISON) is False
    running.cancel()


async def test_a_view_that_fails_hides_nothing_from_the_others() -> None:
    """Nor from the journal; an order that fails holds none of the others up."""
    bench = Bench()
    with capture_logs():
        await bench.handle(press(bench))
    assert len(bench.seen) == len(bench.disk.entries) == bench.faults.counts["view"] == 1


async def test_a_stuck_disk_makes_nobody_deaf() -> None:
    """Commands count at once and in order; after the time limit each is told that it is not safe
    yet, and all are written when the disk comes back."""
    bench = Bench()
    running = asyncio.create_task(bench.engine.run())
    orders = [
        commands.NotReadyChosen(at=bench.history.at, agent_id="a1", reason=reason)
        for reason in ("lunch", "training", "break")
    ]
    told = await asyncio.gather(*map(bench.inbox.submit, orders), return_exceptions=True)
    assert [type(word) for word in told] == [NotSafeYet] * 3
    assert bench.history.agent(1).wanted_reason == "break"
    assert [entry.event for entry in bench.disk.entries] == orders
    for commit in bench.disk.commits:
        commit.set_result(None)
    running.cancel()


async def test_a_command_that_does_not_fit_is_refused_at_once() -> None:
    """Whether the disk is stuck or not: nothing is to be written."""
    bench = Bench()
    running = asyncio.create_task(bench.engine.run())
    end = commands.EndAsked(at=bench.history.at, agent_id="a1", call_id="nobody's")
    assert await bench.inbox.submit(end) is False
    running.cancel()


async def test_a_step_of_the_clock_is_journaled_whatever_it_moves() -> None:
    """The next start compares with the last that was told."""
    bench = Bench()
    step = ClockStepped(at=bench.history.at, by_s=0.0, boot="b", base=1.0)
    await bench.handle(step)
    assert [entry.event for entry in bench.disk.entries] == [step]
