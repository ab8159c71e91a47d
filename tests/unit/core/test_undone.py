"""An event that fails half-way has changed nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contactcentre.core import effects, events
from contactcentre.core.call.move import Change, Follow
from contactcentre.core.call.state import Phase
from contactcentre.core.config.network import Network
from contactcentre.testing import History, call_id, network, profile

pytestmark = pytest.mark.unit


class Fault(Exception):
    """Of the code, anywhere."""


class Twice(History):
    """Each event first fails when a call changes for the `nth` time, and is then taken in."""

    def __init__(self, given: Network, nth: int) -> None:
        super().__init__(given)
        self.nth = nth
        self.failed = 0

    def apply(self, event: events.Event) -> list[effects.Effect]:
        """See `History`."""
        before, observers = standing(self), self.world._observers
        changes = iter(range(1, self.nth))

        def fails(change: Change) -> Iterator[Follow]:
            if next(changes, None) is None:
                raise Fault
            yield from ()

        self.world._observers = (*observers, fails)
        try:
            made = self.world.apply(event)
        except Fault:
            self.failed += 1
            assert standing(self) == before
        else:
            self.orders += made
            return made
        finally:
            self.world._observers = observers
        return super().apply(event)


def standing(history: History) -> object:
    """Everything that the next event will find."""
    world, matcher = history.world, history.world.matcher
    return (
        dict(world.calls),
        dict(world.agents),
        tuple(world.ended),
        world.network,
        tuple(matcher.line.in_order()),
        tuple(matcher.bench.in_order()),
        dict(world.memory._callers),
        dict(world.callbacks._by_number),
    )


def a_day(history: History) -> None:
    """Whatever citizens and agents do."""
    history.links_up()
    history.waits(1)
    history.pass_s(30)
    history.waits(2)
    history.ready(1)
    history.leg_answers(1)
    history.hangs_up(2)
    history.pass_s(60)
    history.waits(3)
    history.dial_ends(1, "ANSWER")
    history.saves(1, 1)
    history.rejects(1, 3)
    history.ready(2)
    history.leg_answers(3)
    history.passes_on(2, 3, "taxes")
    history.not_ready(2, "lunch")
    history.asks_callback(4)
    history.arrives(5)
    history.hangs_up(5)
    history.not_ready(1, "break")


@pytest.mark.parametrize("nth", [1, 2])
def test_a_day_of_faults_is_the_day_without_them(nth: int) -> None:
    """Each event fails once, and is taken in when it is tried again: nothing of the failure is
    left, and all ends as if it had never been."""
    given = network(profile(1), profile(2))
    faulty, plain = Twice(given, nth), History(given)
    a_day(faulty)
    a_day(plain)
    assert faulty.failed > (12 if nth == 1 else 0)
    assert standing(faulty) == standing(plain)
    assert faulty.orders == plain.orders


def test_a_configuration_that_fails_is_not_in_force() -> None:
    """Who was to be new is not there, and whoever waits stands as before."""
    history = History(network(profile(1)))
    history.links_up()
    history.waits(1)
    before, observers = standing(history), history.world._observers

    def fails(change: Change) -> Iterator[Follow]:
        raise Fault
        yield

    history.world._observers = (fails,)
    published = events.NetworkPublished(at=history.at, network=network(profile(2)))
    with pytest.raises(Fault):
        history.apply(published)
    history.world._observers = observers
    assert standing(history) == before
    assert history.call(1).phase is Phase.WAITING
    assert list(history.world.matcher.line.in_order()) == [call_id(1)]
