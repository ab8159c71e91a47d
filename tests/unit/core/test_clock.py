"""The wall clock is set by an hour: everybody stands where he stood and has waited for as long.

Each history is told twice: once with the step in its middle and once without. They must come to the
same, but that every instant of the one is an hour later (or earlier) than that of the other.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from contactcentre.core import commands, effects, events, values
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.clock_step import ClockStepped, moved
from contactcentre.core.config.crisis import Plan
from contactcentre.core.config.network import Centre, Hotline, Network
from contactcentre.core.outcomes import DialResult, Outcome
from contactcentre.testing import START, History, call_id, network, profile
from routing.calendar import Calendar
from routing.overflow import Overflow, Way

pytestmark = pytest.mark.unit

HOUR_S = 3600.0
STEPS = (HOUR_S, -HOUR_S)
OTHER = "+37120000002"
AFAR = "60000101"


def town() -> Network:
    """One centre with a cap, whose own number is another one; a line that is left after a while."""
    made = network(profile(1), profile(2))
    taxes = replace(
        made.queues["taxes"],
        overflow=(Overflow(when="waited", after_s=1200.0, do="hang_up"),),
        keys={"1": Way(do="callback")},
    )
    centre = replace(made.centres["c1"], afar_per_hour=1)
    own = Hotline(number=AFAR, labels={}, flow="hotline", centre_id="c1")
    return replace(
        made,
        queues={**made.queues, "taxes": taxes},
        centres={"c1": centre},
        hotlines={**made.hotlines, AFAR: own},
    )


@dataclass(frozen=True)
class Story:
    """What goes on when the clock is set, and what comes after that."""

    before: Callable[[History], None]
    after: Callable[[History], None]


def waits_for_long(history: History) -> None:
    """Two callers, one of them for ten minutes."""
    history.waits(1)
    history.pass_s(600)
    history.waits(2)


def newcomer_and_agent(history: History) -> None:
    """Somebody comes behind them, a way out is looked for, and an agent takes the first."""
    history.pass_s(1)
    history.waits(3)
    history.fires("overflow", call_id(1))
    history.pass_s(30)
    history.fires("announce", call_id(3))
    history.ready(1)
    history.leg_answers(1)
    history.pass_s(60)
    history.hangs_up(1)


def is_turned_away(history: History) -> None:
    """Not before the time is up by which waiting is of no use, and then."""
    history.pass_s(599)
    history.fires("overflow", call_id(1))
    assert history.call(1).phase is Phase.WAITING
    history.pass_s(1)
    history.fires("overflow", call_id(1))
    assert history.call(1).end.outcome is Outcome.TURNED_AWAY
    history.hangs_up(1)


def chooses(history: History) -> None:
    """The caller is still in the menu, and goes on."""
    history.pass_s(5)
    history.presses(1, "1")
    history.pass_s(20)
    history.ready(1)
    history.leg_answers(1)


def is_offered(history: History) -> None:
    """A phone rings."""
    history.waits(1)
    history.pass_s(30)
    history.ready(1)


def is_missed(history: History) -> None:
    """The phone was not answered: nobody is asked twice, and the agent is away."""
    history.pass_s(20)
    history.dial_ends(1, DialResult.NO_ANSWER)
    history.waits(2)
    history.ready(2)


def missed(history: History) -> None:
    """The agent has let the call go by and is not back."""
    is_offered(history)
    history.pass_s(20)
    history.dial_ends(1, DialResult.NO_ANSWER)
    history.pass_s(5)


def comes_back(history: History) -> None:
    """Ready again: the agent who missed the call may have it after all."""
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    history.pass_s(10)
    history.fires("again", call_id(1))


def is_held(history: History) -> None:
    """A talk, and the caller hears music."""
    history.talks(1, 1)
    history.pass_s(60)
    offer_id = f"{call_id(1)}-1"
    history.apply(events.HoldStarted(at=history.at, offer_id=offer_id))
    history.pass_s(20)


def is_ended(history: History) -> None:
    """The hold and the talk end, and the record is written."""
    history.pass_s(20)
    history.apply(events.HoldEnded(at=history.at, offer_id=f"{call_id(1)}-1"))
    history.pass_s(20)
    history.hangs_up(1)
    history.pass_s(20)
    history.saves(1, 1)


def wraps_up(history: History) -> None:
    """The talk is over, the record open."""
    is_held(history)
    history.hangs_up(1)
    history.pass_s(10)


def takes_the_next(history: History) -> None:
    """The record is written in its time, and the next caller comes."""
    history.apply(commands.WrapUpExtended(at=history.at, agent_id="a1", call_id=call_id(1)))
    history.pass_s(10)
    history.saves(1, 1)
    history.waits(2)


def rests(history: History) -> None:
    """The agent has said no and has a minute's rest."""
    is_offered(history)
    history.rejects(1, 1)
    history.dial_ends(1, DialResult.DECLINED)


def is_rested(history: History) -> None:
    """The rest is over."""
    history.pass_s(30)
    history.fires("rest", "a1")
    history.fires("again", call_id(1))
    history.waits(2)


def loses_audio(history: History) -> None:
    """The page was reloaded in mid-call."""
    history.talks(1, 1)
    history.pass_s(60)
    history.loses_audio(1, 1)
    history.returns(1)


def is_not_back(history: History) -> None:
    """The agent does not come; the caller is in line again."""
    history.pass_s(20)
    history.fires("rejoin", call_id(1))
    history.waits(2)


def hung_up(history: History) -> None:
    """Somebody was dropped from the line."""
    waits_for_long(history)
    history.hangs_up(1)
    history.pass_s(10)


def rings_again(history: History) -> None:
    """And stands where he stood."""
    history.pass_s(60)
    history.waits(3)
    history.ready(1)


def promised(history: History) -> None:
    """Two callbacks, one of them between two attempts, and a caller behind them."""
    history.links_up()
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.apply(events.DialBackEnded(at=history.at, call_id=key, dial=f"cb-{key}-1"))
    history.not_ready(1, "break")
    history.asks_callback(2, caller=OTHER)
    history.pass_s(60)
    history.arrives(3, caller="+37120000003")
    history.presses(3, "0")


def is_kept(history: History) -> None:
    """The one that can be rung is rung first, then the caller, then the other in its time."""
    history.ready(2)
    (second,) = (c.call_id for c in history.world.calls.values() if c.phase is Phase.PREVIEWED)
    history.rings_back(2, second)
    history.pass_s(5)
    history.lifts(second)
    history.ready(1)
    history.pass_s(900)
    for call in list(history.world.calls.values()):
        history.fires("callback", call.call_id)


def rings_a_citizen(history: History) -> None:
    """A citizen is being rung back."""
    history.links_up()
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.pass_s(5)


def not_reached(history: History) -> None:
    """Nobody lifts, and the pause begins."""
    (key,) = history.world.calls
    history.pass_s(20)
    history.apply(events.DialBackEnded(at=history.at, call_id=key, dial=f"cb-{key}-1"))
    history.pass_s(899)
    history.fires("callback", key)


def at_the_cap(history: History) -> None:
    """The centre has taken its one call from afar of this hour."""
    history.ready(1)
    history.waits(1)
    history.leg_answers(1)
    history.ready(2)
    history.pass_s(60)
    history.waits(2)


def cap_goes_on(history: History) -> None:
    """Agent 2 gets nobody else's call before the hour is over."""
    history.pass_s(600)
    history.fires("unbar", "c1")
    history.arrives(3, dialled=AFAR)
    history.presses(3, "1")


def told_the_pace(history: History) -> None:
    """Some were answered, so that waits can be told."""
    for number in range(1, 6):
        history.ready(1)
        history.arrives(number, dialled=AFAR)
        history.presses(number, "1")
        history.leg_answers(number)
        history.pass_s(60)
        history.hangs_up(number)
        history.saves(1, number)
    history.not_ready(1, "break")
    history.waits(6)


def hears_the_wait(history: History) -> None:
    """A range of minutes."""
    history.pass_s(60)
    history.fires("announce", call_id(6))


def leaves_message(history: History) -> None:
    """A voice message waits to be heard."""
    history.leaves_message(1)
    history.pass_s(60)


def is_heard(history: History) -> None:
    """An agent comes and listens to it."""
    history.ready(1)
    (key,) = (call.call_id for call in history.world.calls.values() if call.message is not None)
    history.listens(1, key)


STORIES = {
    "message": Story(leaves_message, is_heard),
    "menu": Story(lambda history: history.arrives(1), chooses),
    "waiting": Story(waits_for_long, newcomer_and_agent),
    "overflow": Story(waits_for_long, is_turned_away),
    "offered": Story(is_offered, is_missed),
    "missed": Story(missed, comes_back),
    "hold": Story(is_held, is_ended),
    "wrap-up": Story(wraps_up, takes_the_next),
    "rest": Story(rests, is_rested),
    "rejoin": Story(loses_audio, is_not_back),
    "dropped": Story(hung_up, rings_again),
    "callbacks": Story(promised, is_kept),
    "calling": Story(rings_a_citizen, not_reached),
    "cap": Story(at_the_cap, cap_goes_on),
    "pace": Story(told_the_pace, hears_the_wait),
}


def told(story: Story, by_s: float) -> tuple[History, list[effects.Effect]]:
    """The history, and what was ordered after the step."""
    history = History(town())
    story.before(history)
    if by_s:
        history.clock_steps(by_s)
    history.orders.clear()
    story.after(history)
    return history, history.orders


def as_it_is(history: History, by_s: float = 0.0) -> tuple[object, ...]:
    """All that goes on, each instant later by so much; what is promised by the wall is left out."""
    world = history.world
    calls = [
        values.replace(call, callback=values.replace(call.callback, due_at=0.0))
        if call.callback
        else call
        for call in world.calls.values()
    ]
    return (
        [moved(call, by_s) for call in calls],
        [moved(agent, by_s) for agent in world.agents.values()],
        list(world.matcher.line.in_order()),
        list(world.matcher.bench.in_order()),
        world.refused,
    )


@pytest.mark.parametrize("by_s", STEPS)
@pytest.mark.parametrize("name", STORIES)
def test_a_step_changes_nothing_but_the_wall(name: str, by_s: float) -> None:
    """Forward or back, in whatever is going on."""
    plain, expected = told(STORIES[name], 0.0)
    stepped, orders = told(STORIES[name], by_s)
    assert orders == [
        moved(order, by_s) if isinstance(order, effects.KeepPlace) else order for order in expected
    ]
    assert as_it_is(stepped) == as_it_is(plain, by_s)


@pytest.mark.parametrize("by_s", STEPS)
def test_a_wait_is_what_it_was(by_s: float) -> None:
    """Whoever had waited for ten minutes when the clock was set has waited for ten and a half."""
    history, _ = told(STORIES["waiting"], by_s)
    assert history.call(1).wait_s == 631.0
    assert history.call(1).talk.answered_at == START + by_s + 631.0


@pytest.mark.parametrize("by_s", STEPS)
def test_the_fallback_queue_would_keep_the_order(by_s: float) -> None:
    """The places are written on the channels anew, by the clock that newcomers are written by."""
    history = History(town())
    waits_for_long(history)
    history.orders.clear()
    history.clock_steps(by_s)
    kept = {order.call_id: order.queued_at for order in history.ordered(effects.KeepPlace)}
    assert kept == {call_id(1): START + by_s, call_id(2): START + by_s + 600}


@pytest.mark.parametrize("by_s", STEPS)
def test_a_step_while_the_service_was_down_is_made_up_for(by_s: float) -> None:
    """The step is told before anything else; the line comes back as it was."""
    before = History(town())
    waits_for_long(before)
    after = History(town())
    after.world.restore(before.world.calls.values(), before.world.agents.values())
    after.at = before.at + 5
    after.clock_steps(by_s)
    after.apply(events.ServiceStarted(at=after.at))
    after.returns(2)
    after.returns(1)
    after.arrives(3, caller=OTHER)
    after.presses(3, "1")
    assert list(after.world.matcher.line.in_order()) == [call_id(1), call_id(2), call_id(3)]
    assert after.call(1).queueing.place_at == START + by_s


def evening() -> History:
    """It is 17:13:20 in Riga when the agent, whose centre opens at 18, would like to work."""
    calendar = Calendar(weekly=(((18 * 60, 18 * 60 + 30),),) * 7)
    centre = Centre(centre_id="c1", name="C1", municipality="m", calendar_id="evening")
    made = replace(network(profile(1)), calendars={"evening": calendar}, centres={"c1": centre})
    history = History(replace(made, plans={"flood": Plan(plan_id="flood", labels={})}))
    history.apply(events.ServiceStarted(at=history.at))
    return history


def left_s(history: History, kind: str) -> float:
    """What the timer of that kind was set to last."""
    return [one for one in history.ordered(effects.StartTimer) if one.kind == kind][-1].seconds


def test_hours_go_by_the_wall() -> None:
    """A centre that is open by the new time opens at once, and closes by it."""
    history = evening()
    assert (history.agent(1).closed, left_s(history, "hours")) == (True, 2800.0)
    history.clock_steps(HOUR_S)
    assert (history.agent(1).closed, left_s(history, "hours")) == (False, 1000.0)
    history.clock_steps(-HOUR_S)
    assert (history.agent(1).closed, left_s(history, "hours")) == (True, 2800.0)


def test_a_crisis_ends_by_the_wall() -> None:
    """A supervisor has said until when, and a clock that is set changes no such word."""
    history = evening()
    history.apply(
        events.CrisisSwitched(
            at=history.at,
            crisis_id="k1",
            on=True,
            by="Dace",
            by_id="dace",
            plan_id="flood",
            until=history.at + 2 * HOUR_S,
        )
    )
    history.clock_steps(HOUR_S)
    assert left_s(history, "crisis") == HOUR_S


def test_a_promise_stays_what_was_said() -> None:
    """The citizen was told until when by the wall; when the attempts may begin again is a pause."""
    history = History(town())
    history.links_up()
    key = history.asks_callback(1)
    due_at = history.promise(key).callback
    history.clock_steps(HOUR_S)
    assert due_at is not None
    assert history.promise(key).callback == values.replace(
        due_at, asked_at=due_at.asked_at + HOUR_S
    )


def test_nothing_is_moved_when_the_clock_was_not_set() -> None:
    """Every start says so."""
    history = History(town())
    waits_for_long(history)
    history.apply(ClockStepped(at=history.at, by_s=0.0))
    assert not history.world.touched_calls
    assert not history.world.touched_agents


@pytest.mark.parametrize("by_s", STEPS)
def test_who_wrote_the_time_on_the_channel_by_another_clock_stands_no_later(by_s: float) -> None:
    """A caller whom the journal does not know, with a place of before: never in the future."""
    history = History(town())
    history.returns(1, queue="taxes", queued_at=history.at - by_s)
    assert history.call(1).phase is Phase.WAITING
    assert history.call(1).queueing.queued_at == min(history.at, history.at - by_s)


def test_a_start_after_a_step_back_counts_the_answers_of_the_hour() -> None:
    """What was over before the step lies an hour ahead, and makes no later answer old."""
    before = History(town())
    before.waits(1)
    before.hangs_up(1)
    before.clock_steps(-HOUR_S)
    before.ready(1)
    before.waits(2)
    before.leg_answers(2)
    after = History(town())
    world = before.world
    after.world.restore((*world.ended, *world.calls.values()), world.agents.values())
    after.at = before.at + 5
    after.apply(events.ServiceStarted(at=after.at))
    assert after.world.matcher.caps.barred == {"c1"}


def test_an_end_of_before_is_left_as_it_was_told() -> None:
    """Records of what is over say what the wall said then."""
    history = History(town())
    history.waits(1)
    history.hangs_up(1)
    history.clock_steps(HOUR_S)
    assert history.call(1).end.at == START
    assert history.call(1).end.outcome is Outcome.ABANDONED
    assert history.agent(1).state is State.LOGGED_OUT
