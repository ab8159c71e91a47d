"""Opening hours of a centre: at lunch its agents are not rung, unless they say so."""

from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.hours import RECHECK_S
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.config.network import Centre, Hotline
from contactcentre.testing import START, History, call_id, municipalities, network, profile
from routing.calendar import Calendar
from routing.circles import Circle, CirclePlan

pytestmark = pytest.mark.unit

HOME = "60000101"
LUNCH_S = 1800.0

# START is Monday 21 September 2026, 17:13:20 in Riga.
SHUTS, OPENS = 17 * 60 + 20, 17 * 60 + 50
HOURS = Calendar(weekly=(((480, SHUTS), (OPENS, 1200)),) * 7)
UNTIL_LUNCH_S = 400.0


@pytest.fixture
def history() -> History:
    """Agent 1 in `c1`, which shuts for half an hour in 400 s; agent 2 in `c2`, always open."""
    made = network(profile(1), replace(profile(2), centre_id="c2"))
    centres = {
        "c1": Centre(centre_id="c1", name="C1", municipality="m", calendar_id="h"),
        "c2": Centre(centre_id="c2", name="C2", municipality="m2"),
    }
    plan = CirclePlan(circles=(Circle(kind="centre", lasts_s=900.0), Circle(kind="network")))
    history = History(
        replace(
            made,
            centres=centres,
            municipalities=municipalities(m="r", m2="r"),
            calendars={"h": HOURS},
            hotlines={HOME: Hotline(number=HOME, labels={}, flow="hotline", centre_id="c1")},
            queues={key: replace(queue, circles=plan) for key, queue in made.queues.items()},
        )
    )
    history.apply(events.ServiceStarted(at=START))
    return history


def lunch(history: History, *, over: bool = False) -> None:
    """The timer of the next change fires."""
    timer = [o for o in history.ordered(effects.StartTimer) if o.kind == "hours"][-1]
    assert timer.seconds == (LUNCH_S if over else UNTIL_LUNCH_S)
    history.pass_s(timer.seconds)
    history.fires("hours", "")


def rings_home(history: History) -> None:
    """A call to the number of `c1`."""
    history.arrives(1, dialled=HOME)
    history.presses(1, "1")


def test_at_lunch_nobody_is_rung_and_after_it_everybody(history: History) -> None:
    """Ready, closed, ready: without a click."""
    history.ready(1)
    lunch(history)
    agent = history.agent(1)
    assert (agent.state, agent.reason, agent.wants_ready) == (State.NOT_READY, "closed", True)
    lunch(history, over=True)
    assert history.agent(1).state is State.READY


def test_a_closed_centre_s_ring_takes_no_time(history: History) -> None:
    """Its callers are for everybody at once."""
    history.ready(1)
    history.ready(2)
    lunch(history)
    rings_home(history)
    assert history.agent(2).call_id == call_id(1)


def test_a_call_that_waits_for_a_centre_that_shuts_is_let_go(history: History) -> None:
    """The ring has no one left: the next one opens at that instant, not in a quarter of an hour."""
    history.talks(1, 9)
    history.ready(2)
    rings_home(history)
    assert history.call(1).phase is Phase.WAITING
    lunch(history)
    assert history.agent(1).state is State.TALKING
    assert history.call(1).phase is Phase.WAITING
    history.hangs_up(9)
    history.saves(1, 9)
    assert history.agent(1).reason == "closed"
    assert history.agent(2).call_id == call_id(1)


def test_ready_chosen_at_a_closed_centre_is_overtime(history: History) -> None:
    """The agent's last word wins, until the centre opens and shuts again."""
    history.ready(1)
    lunch(history)
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    assert history.agent(1).state is State.READY
    lunch(history, over=True)
    assert (history.agent(1).state, history.agent(1).overtime) == (State.READY, False)


def evening(history: History) -> None:
    """Lunch is over, and the centre has shut for the night."""
    lunch(history)
    lunch(history, over=True)
    history.pass_s(3 * 3600)
    history.fires("hours", "")


NIGHT_S = 12 * 3600


def test_yesterday_s_word_is_not_today_s(history: History) -> None:
    """A telephone on a table is registered all night; nobody is ready in the morning by it."""
    history.ready(1)
    evening(history)
    assert (history.agent(1).reason, history.agent(1).wants_ready) == ("closed", True)
    history.pass_s(NIGHT_S)
    history.fires("hours", "")
    agent = history.agent(1)
    assert (agent.state, agent.reason, agent.wants_ready) == (State.NOT_READY, "shift", False)


def test_nor_where_the_service_was_away_at_night(history: History) -> None:
    """It saw the centre neither shut nor open."""
    history.ready(1)
    new = History(history.world.network)
    new.world.restore((), history.world.agents.values())
    new.at = history.at + 3 * 3600 + NIGHT_S
    new.apply(events.ServiceStarted(at=new.at))
    assert (new.agent(1).state, new.agent(1).reason) == (State.NOT_READY, "shift")


def test_a_shift_over_midnight_goes_on(history: History) -> None:
    """A centre that was not shut meanwhile has no new day."""
    given = history.world.network
    always = replace(given, calendars={"h": Calendar(weekly=(((0, 1440),),) * 7)})
    history.apply(events.NetworkPublished(at=history.at, network=always))
    history.ready(1)
    history.pass_s(NIGHT_S)
    history.fires("hours", "")
    assert history.agent(1).state is State.READY


def test_overtime_before_the_opening_is_of_the_same_day(history: History) -> None:
    """Whoever came early stays ready when the centre opens."""
    history.ready(1)
    evening(history)
    history.pass_s(NIGHT_S - 3 * 3600)
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    history.pass_s(3 * 3600)
    history.fires("hours", "")
    assert (history.agent(1).state, history.agent(1).overtime) == (State.READY, False)


def test_a_break_ends_overtime(history: History) -> None:
    """Who goes, goes; and says again if it is overtime after all."""
    lunch(history)
    history.ready(1)
    assert history.agent(1).overtime
    history.not_ready(1, "break")
    assert not history.agent(1).overtime


def test_who_logs_in_at_a_closed_centre_is_not_rung(history: History) -> None:
    """Closed is known before the log-in."""
    lunch(history)
    assert history.agent(1).closed
    assert history.agent(1).state is State.LOGGED_OUT


def test_the_hours_are_held_against_the_clock_now_and_then(history: History) -> None:
    """A timer of hours would go wrong where the clock is set; nothing to tell, nothing changes."""
    lunch(history)
    lunch(history, over=True)
    timer = [o for o in history.ordered(effects.StartTimer) if o.kind == "hours"][-1]
    assert timer.seconds == RECHECK_S
    touched = history.world.touched_agents
    history.pass_s(RECHECK_S)
    history.fires("hours", "")
    assert not history.world.touched_agents
    assert touched


def test_a_published_calendar_counts_at_once(history: History) -> None:
    """Somebody shuts the centre for today."""
    history.ready(1)
    given = history.world.network
    shut = replace(given, version=2, calendars={"h": Calendar(weekly=((),) * 7)})
    history.apply(events.NetworkPublished(at=history.at, network=shut))
    assert history.agent(1).reason == "closed"
