"""An agent's promise to ring back: whose it is, when it comes up, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.callback import BEFORE_S
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.line.promised import LATE_S
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.timers import Timer
from contactcentre.core.work import ServiceDone, WorkOutcome
from contactcentre.storage import codec
from contactcentre.testing import START, History, call_id
from routing.calendar import LOCAL

pytestmark = pytest.mark.unit

Begin = Callable[..., History]

CITIZEN, OTHER = "+37120000001", "+37126000002"
DAY_S = 24 * 3600.0


@pytest.fixture
def history(begin: Begin) -> History:
    """The exchange is there; agent 1 has talked with a citizen and is writing it down."""
    made = begin()
    made.links_up()
    made.talks(1, 1)
    made.apply(
        commands.NoteWritten(
            at=made.at, agent_id="a1", call_id=call_id(1), text="Pabalsts\nkad sāk", base=0
        )
    )
    made.hangs_up(1)
    return made


def promises(history: History, agent: int = 1, number: int = 1, **said: object) -> str:
    """The agent promises a call; the id of the promise, "" where it came to nothing."""
    before = set(history.world.calls)
    told = {"number": "", "when": "usual", "keeper": "agent", **said}
    history.apply(
        commands.CallbackPromised(
            at=history.at,
            agent_id=f"a{agent}",
            call_id=call_id(number),
            **told,  # type: ignore[arg-type]
        )
    )
    made = set(history.world.calls) - before
    return made.pop() if made else ""


def callback_of(history: History, key: str) -> tuple[float, float]:
    """When it comes up and when it is due."""
    promise = history.promise(key).callback
    assert promise is not None
    return promise.opens_at, promise.due_at


def looked_at(history: History, key: str, at: float) -> None:
    """Its timer fires then."""
    history.at = at
    history.fires("callback", key)


# --- given -------------------------------------------------------------------------------------


def test_a_promise_is_a_callback_with_the_first_line_of_the_note(history: History) -> None:
    """The caller's number, the queue's usual time, and the call says what came of it."""
    key = promises(history)
    promise = history.promise(key)
    assert (promise.phase, promise.caller, promise.queue) == (Phase.CALLBACK, CITIZEN, "general")
    assert (promise.record.note, promise.record.note_version) == ("Pabalsts", 1)
    assert callback_of(history, key)[1] == history.at + DAY_S
    assert history.call(1).record.outcome == "callback"
    assert history.call(1).promises == 1


def test_another_number_and_what_it_is_about_may_be_said(history: History) -> None:
    """As people write numbers."""
    promise = history.promise(promises(history, about="Par zemi"))
    assert (promise.caller, promise.record.note) == (CITIZEN, "Par zemi")
    before = set(history.world.calls)
    history.apply(
        commands.CallbackPromised(
            at=history.at, agent_id="a1", call_id=call_id(1), number="26 000 002", base=1
        )
    )
    (key,) = set(history.world.calls) - before
    assert history.promise(key).caller == OTHER


@pytest.mark.parametrize("number", ["112", "110", "1188", "+15551234567", "90000000", "60000100"])
def test_what_may_not_be_rung_is_not_promised(history: History, number: str) -> None:
    """Emergency and short numbers, other countries, dear ones and our own."""
    before = set(history.world.calls)
    history.apply(
        commands.CallbackPromised(at=history.at, agent_id="a1", call_id=call_id(1), number=number)
    )
    assert set(history.world.calls) == before
    assert history.call(1).record.outcome == "answered"


def test_only_who_talked_can_promise_and_each_promise_is_given_once(history: History) -> None:
    """A page that says it again, as its link was lost, has not promised two calls."""
    history.ready(2)
    assert promises(history, agent=2) == ""
    assert promises(history)
    assert promises(history) == ""
    assert history.call(1).promises == 1


def test_it_may_be_given_while_the_caller_hears_music(begin: Begin) -> None:
    """To a citizen on hold as to one who talks."""
    made = begin()
    made.links_up()
    made.talks(1, 1)
    leg = f"PJSIP/a-1-{1:08x}"
    made.apply(events.LegDialed(at=made.at, offer_id=f"{call_id(1)}-1", leg=leg))
    made.apply(commands.HoldChosen(at=made.at, agent_id="a1", call_id=call_id(1)))
    assert made.call(1).phase is Phase.HELD
    assert promises(made)
    assert (made.call(1).phase, made.call(1).promises) == (Phase.HELD, 1)


def test_two_people_behind_one_number_have_two_promises(history: History) -> None:
    """And what was asked for in the menu is a third: nobody is taken for another."""
    history.saves(1, 1)
    history.waits(2, "")
    history.leg_answers(2)
    first, second = promises(history, number=2), promises(history, number=2, base=1)
    asked = history.asks_callback(3)
    numbers = [history.promise(key).caller for key in (first, second, asked)]
    assert len({first, second, asked}) == 3
    assert numbers == [CITIZEN, CITIZEN, CITIZEN]


def test_who_rings_in_takes_no_promise_away(history: History) -> None:
    """It may be somebody else of that number: the agent who talks with the citizen knows."""
    key = promises(history, keeper="anyone")
    history.arrives(2)
    history.presses(2, "")
    promise = history.promise(key)
    assert promise.callback is not None
    assert promise.callback.taken_by == ""


# --- by when -----------------------------------------------------------------------------------


def local(at: float) -> datetime:
    """As the clock on the wall of the centre says."""
    return datetime.fromtimestamp(at, LOCAL)


def wall(at: float) -> str:
    """As a page writes it."""
    return local(at).strftime("%Y-%m-%dT%H:%M")


def test_today_and_tomorrow_end_with_the_hours(history: History) -> None:
    """At eight in the evening, where nobody has said otherwise."""
    today = callback_of(history, promises(history, when="today"))[1]
    tomorrow = callback_of(history, promises(history, when="tomorrow", base=1))[1]
    assert (local(today).date(), local(today).hour) == (local(history.at).date(), 20)
    assert tomorrow == today + DAY_S


def test_late_in_the_evening_nothing_can_be_promised_for_today(history: History) -> None:
    """The hours are over."""
    late = local(history.at).replace(hour=21, minute=0, second=0, microsecond=0)
    history.at = late.timestamp()
    assert promises(history, when="today") == ""
    assert promises(history, when="time", local=wall(history.at + 600)) == ""
    assert promises(history, when="time", local="2026-02-31T12:00") == ""
    key = promises(history, when="time", local=wall(history.at + DAY_S - 4 * 3600))
    assert callback_of(history, key)[1] == history.at + DAY_S - 4 * 3600


# --- kept --------------------------------------------------------------------------------------


def test_one_s_own_comes_up_an_hour_before_it_is_due(history: History) -> None:
    """Until then it is on the agent's list, and nobody is disturbed."""
    key = promises(history)
    history.saves(1, 1)
    history.ready(2)
    assert history.agent(1).state is State.READY
    opens, due = callback_of(history, key)
    assert opens == due - BEFORE_S
    looked_at(history, key, opens - 10)
    assert history.promise(key).phase is Phase.CALLBACK
    looked_at(history, key, opens)
    promise = history.promise(key)
    assert (promise.phase, promise.agents) == (Phase.PREVIEWED, {"a1"})


def test_nobody_else_is_asked_before_it_is_late_then_the_centre_then_all(history: History) -> None:
    """The agent who promised has gone home."""
    key = promises(history)
    history.apply(commands.AgentLoggedOut(at=history.at, agent_id="a1"))
    history.ready(2)
    opens, due = callback_of(history, key)
    looked_at(history, key, opens)
    assert history.promise(key).phase is Phase.CALLBACK
    looked_at(history, key, due)
    assert history.promise(key).agents == {"a2"}


def test_the_centre_keeps_it_at_once_and_others_only_when_it_is_late(begin: Begin) -> None:
    """Agent 2 sits elsewhere."""
    made = begin()
    elsewhere = replace(made.world.network.agents["a2"], centre_id="c2")
    agents = {**made.world.network.agents, "a2": elsewhere}
    network = replace(made.world.network, agents=agents)
    made.apply(events.NetworkPublished(at=made.at, network=network))
    made.links_up()
    made.talks(1, 1)
    made.hangs_up(1)
    key = promises(made, keeper="centre")
    made.apply(commands.AgentLoggedOut(at=made.at, agent_id="a1"))
    made.ready(2)
    assert made.promise(key).phase is Phase.CALLBACK
    looked_at(made, key, callback_of(made, key)[1] + 1)
    assert made.promise(key).agents == {"a2"}


def test_when_its_agent_is_late_the_centre_has_it_for_a_while(begin: Begin) -> None:
    """Then the whole network."""
    made = begin()
    elsewhere = replace(made.world.network.agents["a2"], centre_id="c2")
    agents = {**made.world.network.agents, "a2": elsewhere}
    made.apply(
        events.NetworkPublished(at=made.at, network=replace(made.world.network, agents=agents))
    )
    made.links_up()
    made.talks(1, 1)
    made.hangs_up(1)
    key = promises(made)
    made.apply(commands.AgentLoggedOut(at=made.at, agent_id="a1"))
    made.ready(2)
    due = callback_of(made, key)[1]
    looked_at(made, key, due + LATE_S - 60)
    assert made.promise(key).phase is Phase.CALLBACK
    looked_at(made, key, due + LATE_S)
    assert made.promise(key).agents == {"a2"}


def test_its_circles_open_also_after_a_time_in_which_nobody_could_be_rung(begin: Begin) -> None:
    """Whoever cannot be rung does not stand, and when the next circle opens nobody has said."""
    history = begin()
    history.links_up()
    history.talks(1, 1)
    key = promises(history)
    history.hangs_up(1)
    history.apply(events.TelephonyLost(at=history.at))
    history.at = callback_of(history, key)[1] + 1.0  # the centre has it for a while
    history.links_up()
    assert key in history.world.matcher.line
    next_in_s = history.world.matcher.stage(history.promise(key), history.at).next_in_s
    assert next_in_s is not None
    assert widens(history, key)[-1] == next_in_s
    looked_at(history, key, history.at + 2.0)
    assert widens(history, key)[-1] == next_in_s - 2.0


def widens(history: History, key: str) -> list[float]:
    """In how many seconds its next circle was to open, each time that was said."""
    timers = history.ordered(effects.StartTimer)
    return [one.seconds for one in timers if (one.kind, one.key) == (Timer.WIDEN, key)]


def test_anyone_may_keep_it_at_once(history: History) -> None:
    """As every callback."""
    history.ready(2)
    key = promises(history, keeper="anyone")
    assert history.promise(key).agents == {"a2"}


def takes(history: History, agent: int, key: str) -> None:
    """The agent asks for the card."""
    history.apply(commands.PromiseTaken(at=history.at, agent_id=f"a{agent}", call_id=key))


def test_whoever_gave_it_takes_it_from_the_list_ready_or_not(history: History) -> None:
    """And rings; afterwards the agent is what the agent was."""
    key = promises(history)
    history.saves(1, 1)
    history.not_ready(1, "other")
    takes(history, 1, key)
    assert (history.agent(1).state, history.promise(key).phase) == (State.RESERVED, Phase.PREVIEWED)
    history.rings_back(1, key)
    assert history.promise(key).phase is Phase.CALLING
    history.not_reached(key)
    assert (history.agent(1).state, history.agent(1).reason) == (State.NOT_READY, "other")
    assert history.promise(key).phase is Phase.CALLBACK


def test_nobody_takes_another_s_promise_or_one_in_mid_call(history: History) -> None:
    """The list is the agent's own."""
    key = promises(history)
    history.ready(2)
    takes(history, 2, key)
    takes(history, 1, key)  # still in wrap-up
    assert history.promise(key).phase is Phase.CALLBACK


def keeps(history: History, agent: int, key: str) -> None:
    """The agent says that nobody need be rung."""
    history.apply(commands.PromiseKept(at=history.at, agent_id=f"a{agent}", call_id=key))


def test_it_may_be_kept_without_a_call(history: History) -> None:
    """By whoever gave it; not by a colleague."""
    key = promises(history)
    keeps(history, 2, key)
    assert history.promise(key).phase is Phase.CALLBACK
    keeps(history, 1, key)
    promise = history.promise(key)
    assert (promise.phase, promise.end.outcome) == (Phase.ENDED, Outcome.HANDLED)
    assert history.world.callbacks.given_by("a1") == []


def test_whoever_has_the_card_is_free_when_it_is_kept(history: History) -> None:
    """A colleague who was asked as it was late knows that it is done."""
    history.ready(2)
    key = promises(history, keeper="anyone")
    keeps(history, 2, key)
    promise = history.promise(key)
    assert promise.offer is not None
    assert (promise.phase, promise.offer.result) == (Phase.ENDED, Result.HANDLED)
    assert history.agent(2).state is State.READY


def test_promises_outlive_a_restart(history: History) -> None:
    """On the list, with their keeper and in time."""
    key = promises(history)
    after = History(history.world.network)
    calls = [codec.decode(codec.encode(call), Call) for call in history.world.calls.values()]
    after.world.restore(calls, history.world.agents.values())
    after.at = history.at
    after.apply(events.ServiceStarted(at=after.at))
    assert [call.call_id for call in after.world.callbacks.given_by("a1")] == [key]
    assert after.world.calls[key].callback == history.world.calls[key].callback


def test_the_wall_clock_that_was_set_forward_does_not_make_a_promise_late(history: History) -> None:
    """It is due when people read that time on the wall."""
    key = promises(history)
    due = callback_of(history, key)[1]
    history.clock_steps(3600)
    assert callback_of(history, key) == (due - BEFORE_S, due)
    timers = [order for order in history.orders if getattr(order, "key", "") == key]
    assert timers[-1].seconds == pytest.approx(due - BEFORE_S - history.at)  # type: ignore[attr-defined]


def test_the_day_begins_with_the_start(history: History) -> None:
    """So that the hours in these histories are those of a working day."""
    assert 8 <= local(START).hour < 19


@pytest.mark.parametrize("apart", [False, True])
def test_a_record_that_says_so_is_closed_with_a_promise_only(
    history: History, *, apart: bool
) -> None:
    """Of the whole or of one service: a draft may say it, what is closed must keep it."""
    outcome: WorkOutcome = "answered" if apart else "callback"
    done = ServiceDone(service="s", kind="consultation", outcome="callback")

    def saves(*, finish: bool) -> None:
        history.apply(
            commands.RecordSaved(
                at=history.at,
                agent_id="a1",
                call_id=call_id(1),
                kind="consultation",
                services=("s",),
                outcome=outcome,
                apart=(done,) if apart else (),
                finish=finish,
            )
        )

    saves(finish=False)
    assert (history.call(1).record.outcome, history.world.refused) == (outcome, 0)
    saves(finish=True)
    assert (history.call(1).record.saved_at, history.world.refused) == (None, 1)
    assert history.agent(1).state is State.WRAP_UP
    assert promises(history)
    saves(finish=True)
    assert history.agent(1).state is not State.WRAP_UP
