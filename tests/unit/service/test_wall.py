"""The rim's clock: it runs on steadily, and tells when the wall has been set."""

import time
from collections.abc import Iterator

import pytest

from contactcentre.core import events
from contactcentre.core.clock_step import ClockStepped
from contactcentre.engine import clock
from contactcentre.engine.figures import Figures
from routing.service_level import Queued

pytestmark = pytest.mark.unit

HOUR_S = 3600.0


class Wall:
    """The machine's wall clock, which somebody sets."""

    def __init__(self) -> None:
        self.by_s = 0.0
        self._time = time.time

    def __call__(self) -> float:
        """UTC."""
        return self._time() + self.by_s


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wall]:
    """In the place of the machine's; whatever was done to it is undone."""
    made = Wall()
    monkeypatch.setattr(time, "time", made)
    clock.shift(0.0)
    yield made
    monkeypatch.undo()
    clock.shift(0.0)


@pytest.mark.parametrize("by_s", [HOUR_S, -HOUR_S, 5.0])
def test_a_step_is_told_once_and_until_then_time_runs_on(wall: Wall, by_s: float) -> None:
    """Nobody sees the hour before World does."""
    posted: list[events.Event] = []
    rim = clock.Clock(posted.append)
    before = clock.now()
    wall.by_s = by_s
    assert before <= clock.now() <= before + 1
    rim.look()
    rim.look()
    (step,) = posted
    assert isinstance(step, ClockStepped)
    assert step.by_s == pytest.approx(by_s, abs=0.5)
    assert step.at == pytest.approx(before + by_s, abs=0.5)
    assert clock.now() == pytest.approx(wall(), abs=0.5)


def test_a_slow_correction_is_no_step(wall: Wall) -> None:
    """A second more or less is nothing to anybody's hours."""
    posted: list[events.Event] = []
    wall.by_s = 1.0
    clock.Clock(posted.append).look()
    assert not posted


@pytest.mark.parametrize("by_s", [HOUR_S, -HOUR_S])
def test_a_step_while_nobody_ran_is_known(wall: Wall, by_s: float) -> None:
    """The machine has counted on; the next start is told by how much the wall was set."""
    first = clock.since(None, 0.0)
    wall.by_s = by_s
    second = clock.since(first, clock.now())
    assert first.by_s == 0.0
    assert second.by_s == pytest.approx(by_s, abs=0.5)
    assert clock.since(second, second.at).by_s == 0.0


def test_after_a_boot_the_wall_is_believed_but_nothing_is_in_the_future(wall: Wall) -> None:
    """How long the machine was off nobody knows, unless the wall says less than nothing."""
    other = ClockStepped(at=0.0, by_s=0.0, boot="another", base=0.0)
    now = wall()
    assert clock.since(other, now - HOUR_S).by_s == 0.0
    assert clock.since(other, now + HOUR_S).by_s == pytest.approx(-HOUR_S, abs=0.5)


@pytest.mark.parametrize("by_s", [HOUR_S, -HOUR_S, -24 * HOUR_S])
def test_the_figures_of_now_are_what_they_were(by_s: float) -> None:
    """The last half hour is by the wall's new time, and the day to which it has come goes on."""
    at = 1_790_000_000.0
    call = Queued(queue="taxes", left_at=at, wait_s=10.0, answered=True, within_s=20.0, short_s=5.0)
    figures = Figures()
    figures.count([call], [])
    figures.move(by_s, at + by_s)
    later = Queued(
        queue="taxes", left_at=at + by_s, wait_s=9.0, answered=True, within_s=20.0, short_s=5.0
    )
    figures.count([later], [])
    assert figures.window(at + by_s).answered == 2
    assert figures.today(at + by_s).answered == 2
