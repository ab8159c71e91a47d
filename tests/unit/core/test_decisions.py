"""The log of decisions: each is found, and explained as it was at its own instant."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import effects, events
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.core.decisions import Observed, Observer
from contactcentre.core.explanation import Explainer
from contactcentre.testing import History, call_id, network, profile
from routing.circles import Circle, CirclePlan
from routing.explanation import Digest

pytestmark = pytest.mark.unit

CIRCLES = CirclePlan(circles=(Circle(kind="centre", lasts_s=15.0), Circle(kind="network")))


class Watched(History):
    """A history whose decisions are noted after each event, as the engine's watcher does."""

    def __init__(self, given: Network) -> None:
        super().__init__(given)
        self.observer = Observer(self.world)
        self.moments: list[Observed] = []

    def apply(self, event: events.Event) -> list[effects.Effect]:
        made = super().apply(event)
        touched: tuple[Call, ...] = tuple(self.world.touched_calls.values())
        self.moments += self.observer.moments(event.at, touched)
        return made

    def kinds(self, number: int) -> list[str]:
        return [each.decision.kind for each in self._of(number)]

    def digest(self, number: int, place: int) -> Digest:
        """Worked out now, whatever has happened since."""
        moment = self._of(number)[place]
        assert moment.scene is not None
        explainer = Explainer()
        deque(explainer.follow(moment.scene.roster))
        return explainer.digest(moment.scene, moment.decision.agent_id or "")

    def _of(self, number: int) -> list[Observed]:
        return [each for each in self.moments if each.decision.call_id == call_id(number)]


@pytest.fixture
def watched() -> Callable[..., Watched]:
    def start(given: Network | None = None) -> Watched:
        return Watched(given or network(profile(1), profile(2), profile(3, taxes=False)))

    return start


def reasons(digest: Digest) -> dict[str, str]:
    return {each.agent_id: str(each.passed_over or "") for each in digest.nearest}


def test_an_offer_is_explained_as_it_was_made(watched: Callable[..., Watched]) -> None:
    """The chosen agent was free then, although reserved now, and much else has changed."""
    history = watched()
    history.ready(1)
    history.pass_s(5)
    history.ready(2)
    history.ready(3)
    history.waits(7)
    history.leg_answers(7)
    history.pass_s(30)
    history.not_ready(2, "lunch")
    assert history.kinds(7) == ["offered"]
    assert reasons(history.digest(7, 0)) == {
        "a1": "",
        "a2": "longer_idle",
        "a3": "skill:taxes<1",
    }


def test_two_offers_of_one_event_see_each_other_in_turn(watched: Callable[..., Watched]) -> None:
    """The first decision saw both agents free, the second one found the first taken."""
    history = watched(network(profile(1, taxes=False), profile(2, taxes=False)))
    history.ready(1)
    history.ready(2)
    history.waits(7)
    history.pass_s(1)
    history.waits(8)
    skilled = network(profile(1), profile(2))
    history.apply(events.NetworkPublished(at=history.at, network=skilled))
    assert history.kinds(7) == ["queued", "offered"]
    assert reasons(history.digest(7, 1)) == {"a1": "", "a2": "longer_idle"}
    assert reasons(history.digest(8, 1)) == {"a2": "", "a1": "busy:reserved"}


def test_a_wait_is_told_from_the_queue_to_its_end(watched: Callable[..., Watched]) -> None:
    """Entry, the wider ring and the end; what only repeats the same ring is not told."""
    given = network(profile(1))
    hotlines = {key: replace(hotline, centre_id="c1") for key, hotline in given.hotlines.items()}
    queues = {key: replace(queue, circles=CIRCLES) for key, queue in given.queues.items()}
    history = watched(replace(given, hotlines=hotlines, queues=queues))
    history.talks(1, 5)
    history.waits(7)
    history.pass_s(15)
    history.fires("widen", call_id(7))
    history.fires("widen", call_id(7))
    history.pass_s(20)
    history.hangs_up(7)
    assert history.kinds(7) == ["queued", "widened", "ended"]
    assert history.digest(7, 0).stage.scope.kind == "centre"
    ended = history.digest(7, 2)
    assert (ended.stage.scope.kind, ended.waited_s) == ("network", 35.0)
    assert reasons(ended) == {"a1": "busy:talking"}


def test_who_hangs_up_while_rung_needs_no_reason(watched: Callable[..., Watched]) -> None:
    """Somebody was being rung: the end is told without the others."""
    history = watched()
    history.ready(1)
    history.waits(7)
    history.pass_s(5)
    history.hangs_up(7)
    assert history.kinds(7) == ["offered", "ended"]
    assert history.moments[-1].scene is None
    assert history.moments[-1].decision.outcome == "abandoned"


def test_the_end_of_a_talk_is_told_once(watched: Callable[..., Watched]) -> None:
    """The record that the agent saves afterwards is no second end."""
    history = watched()
    history.ready(1)
    history.waits(7)
    history.leg_answers(7)
    history.pass_s(60)
    history.hangs_up(7)
    history.saves(1, 7)
    assert history.kinds(7) == ["offered", "ended"]


def test_after_a_restart_the_log_goes_on(watched: Callable[..., Watched]) -> None:
    """A call that was in line before is not told as a new one."""
    history = watched()
    history.waits(7)
    again = watched()
    again.world.restore([history.call(7)], [])
    again.observer = Observer(again.world, again.world.calls.values())
    again.returns(7, queue="taxes", queued_at=history.at)
    assert again.kinds(7) == []
    again.ready(1)
    assert again.kinds(7) == ["offered"]
