"""The garbage collector's long rounds come when they hold nobody up."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from contextlib import suppress

import pytest

from contactcentre.app.collector import GROWN, NEVER, SHORT, WORTH, Collector

pytestmark = pytest.mark.unit


class Page:
    """Something that was closed, and holds itself."""

    def __init__(self) -> None:
        self.link = self


@pytest.fixture
def closed() -> Iterator[weakref.ref[Page]]:
    """A page that only a long round finds, after many short ones."""
    page = Page()
    for _ in range(2):
        gc.collect(1)
    seen = weakref.ref(page)
    del page
    thresholds = gc.get_threshold()
    gc.set_threshold(0)
    yield seen
    gc.set_threshold(*thresholds)
    gc.collect()


def rounds(count: int) -> None:
    """So many of the second generation."""
    for _ in range(count):
        gc.collect(1)


def test_no_long_round_while_somebody_is_on_the_telephone(closed: weakref.ref[Page]) -> None:
    """However much there may be to find; once all have hung up, it is found."""
    telephoning = True
    collector = Collector(lambda: not telephoning, size=lambda: 0)
    rounds(WORTH)
    assert not collector.look()
    assert closed() is not None
    telephoning = False
    assert collector.look()
    assert closed() is None
    assert not collector.look()  # there is nothing new to find


def test_memory_that_grows_brings_one_all_the_same(closed: weakref.ref[Page]) -> None:
    """Round the clock somebody may be on the telephone; memory has its bound."""
    size = 0
    collector = Collector(lambda: False, size=lambda: size)
    rounds(WORTH)
    assert not collector.look()
    size = GROWN
    assert collector.look()
    assert closed() is None
    assert not collector.look()


async def test_the_collector_is_as_it_was_afterwards() -> None:
    """Whoever ends the service in this process finds the thresholds of before."""
    before = gc.get_threshold()
    running = asyncio.create_task(Collector(lambda: True).run())
    await asyncio.sleep(0)
    assert gc.get_threshold() == (SHORT, before[1], NEVER)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert gc.get_threshold() == before
