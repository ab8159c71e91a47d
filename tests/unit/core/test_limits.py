"""The limits of calls: callers who ring too often, numbers that are dialled too often, and cost."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.config import references
from contactcentre.core.config.call_limits import CallLimits
from contactcentre.core.line.callers import WITHIN_S
from contactcentre.core.line.dials import HOUR_S
from contactcentre.core.outcomes import Outcome
from contactcentre.engine.consumer import changes_of
from contactcentre.engine.outlay import DialledOut
from contactcentre.features.callbacks.held_back import held_back
from contactcentre.testing import History, profile
from ivr.flow import parse
from routing.outlay import Outlay
from routing.recent import KEYS, TIMES, Recent

pytestmark = pytest.mark.unit

Begin = Callable[..., History]

CITIZEN, OTHER, MOBILE = "+37120000001", "+37120000002", "+37120000777"
LIMITS = CallLimits(caller_in_ten_min=3, caller_at_once=2, anonymous_in_ten_min=5)


@pytest.fixture
def history(begin: Begin) -> History:
    """Asterisk is there, and the limits are narrow."""
    made = begin(replace(profile(1), device="mobile", mobile=MOBILE), profile(2))
    made.links_up()
    publish(made, LIMITS)
    return made


def publish(history: History, limits: CallLimits) -> None:
    """Other limits."""
    network = replace(history.world.network, limits=limits)
    history.apply(events.NetworkPublished(at=history.at, network=network))


def refused(history: History, number: int) -> bool:
    """Whether that call was refused at the door; then it was told why, and is in no line."""
    call = history.call(number)
    if call.end.outcome is not Outcome.REFUSED:
        return False
    assert call.phase is Phase.CLOSING
    assert call.queueing.queued_at is None
    assert isinstance(history.orders[-1], effects.HangUp)
    return True


def said(history: History) -> tuple[str, ...]:
    """What the last caller was told."""
    return history.ordered(effects.Play)[-1].prompts


# --- who rings -------------------------------------------------------------------------------


def test_too_many_calls_of_one_number(history: History) -> None:
    """Two at a time, and three in ten minutes: the next is told so; nobody else notices."""
    for number in (1, 2):
        history.waits(number)
    history.arrives(3)
    assert refused(history, 3)
    assert said(history) == ("caller.too-many", "notice.112")
    history.hangs_up(3)
    history.arrives(4, caller=OTHER)
    assert not refused(history, 4)
    history.hangs_up(1)
    history.arrives(5)
    assert not refused(history, 5)
    history.hangs_up(5)
    history.arrives(6)
    assert refused(history, 6)
    history.hangs_up(6)
    history.pass_s(WITHIN_S)
    history.arrives(7)
    assert not refused(history, 7)


def test_withheld_numbers_are_one_class(history: History) -> None:
    """With limits of their own, wide enough for all who withhold theirs."""
    for number in range(1, 6):
        history.arrives(number, caller=None)
        assert not refused(history, number)
    history.arrives(6, caller=None)
    assert refused(history, 6)


def test_the_clock_is_set(history: History) -> None:
    """Ten minutes are ten minutes, whatever the wall shows."""
    for number in (1, 2, 3):
        history.arrives(number)
        history.hangs_up(number)
    history.at += HOUR_S
    history.apply(ClockStepped(at=history.at, by_s=HOUR_S))
    history.arrives(4)
    assert refused(history, 4)


def test_a_caller_on_the_abuse_list(history: History) -> None:
    """Never in line, also where the service is new and knows nothing of the call; hears what
    everybody is told of emergencies. Whom we have on the line already is served on."""
    arrived = events.CallArrived(
        at=history.at, call_id="c" * 32, channel="PJSIP/carrier-1", channel_id="1.1",
        caller=OTHER, dialled="60000100", listed=True,
    )  # fmt: skip
    history.apply(arrived)
    assert history.world.calls["c" * 32].end.outcome is Outcome.REFUSED
    assert said(history) == ("caller.refused", "notice.112")
    for known in (True, False):
        key = f"{1 if known else 9:032x}"
        if known:
            history.waits(1)
            history.apply(events.LeashLost(at=history.at, call_id=key))
        history.apply(
            events.CallReturned(
                at=history.at, call_id=key, channel="PJSIP/carrier-2", channel_id="1.2",
                caller=CITIZEN, dialled="60000100", listed=True,
            )
        )  # fmt: skip
        was_refused = history.world.calls[key].end.outcome is Outcome.REFUSED
        assert was_refused is not known


# --- whom we dial ----------------------------------------------------------------------------


def promised(history: History) -> str:
    """A promise to ring back that agent 2 reads."""
    key = history.asks_callback(1)
    history.ready(2)
    assert history.promise(key).phase is Phase.PREVIEWED
    return key


def test_numbers_that_are_never_dialled(history: History) -> None:
    """What begins with no prefix is promised nothing; what may not be dialled any more waits, and
    the board says so."""
    for number in ("+37190000123", "+4917012345678", "112"):
        assert history.world.network.callback_number(number) is None
    key = history.asks_callback(1)
    publish(history, CallLimits(prefixes=("+370",)))
    history.ready(2)
    history.fires("callback", key)
    assert history.promise(key).phase is Phase.CALLBACK
    (alarm,) = held_back(history.world.calls.values(), history.world.matcher.dials)
    assert (alarm.code, alarm.detail) == ("callbacks-held-back", "1")
    faults = [*references.problems(history.world.network, {})]
    assert faults == ["agent a1, mobile: begins with no prefix of the setting limits"]


def test_one_number_so_often(history: History) -> None:
    """When its hour is full the promise is offered to nobody, until the hour is over."""
    publish(history, CallLimits(number_per_hour=1))
    key = promised(history)
    history.rings_back(2, key)
    history.dialed(key)
    history.not_reached(key)
    history.pass_s(901)
    history.fires("callback", key)
    assert history.promise(key).phase is Phase.CALLBACK
    assert history.world.matcher.dials.barred(CITIZEN, "a2", history.at) == "number"
    history.pass_s(HOUR_S)
    history.fires("callback", key)
    assert history.promise(key).phase is Phase.PREVIEWED


def test_one_agent_so_often(history: History) -> None:
    """Who has had enough dialled for the hour is refused; a dial without a line was none."""
    publish(history, CallLimits(agent_per_hour=1, number_per_hour=9))
    key = promised(history)
    dials = history.world.matcher.dials
    assert dials.barred(CITIZEN, "a2", history.at) == ""
    history.rings_back(2, key)
    history.dialed(key)
    assert dials.barred(OTHER, "a2", history.at) == "agent"
    assert dials.barred(OTHER, "a1", history.at) == ""
    before = history.world.refused
    history.not_reached(key)
    other = history.asks_callback(2, caller=OTHER)
    assert history.promise(other).phase is Phase.PREVIEWED
    history.rings_back(2, other)
    assert history.promise(other).phase is Phase.PREVIEWED
    assert history.world.refused == before + 1


def test_a_mobile_so_often(history: History) -> None:
    """Its agent is not ready any more, and is told why; Ready brings no call before the hour is
    over."""
    publish(history, CallLimits(mobile_per_hour=1))
    history.apply(commands.AgentLoggedIn(at=history.at, agent_id="a1"))
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    history.waits(1)
    history.leg_answers(1)
    history.hangs_up(1)
    history.saves(1, 1)
    assert (history.agent(1).state, history.agent(1).reason) == (State.NOT_READY, "limit")
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    assert history.agent(1).reason == "limit"
    history.pass_s(HOUR_S)
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    assert history.agent(1).state is State.READY


# --- what it costs ---------------------------------------------------------------------------


def test_minutes_are_counted_while_they_run(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A talk over an agent's mobile costs from its answer on; the alarm needs no end of it. What
    has ended is told once, for the journal."""
    publish(history, CallLimits(dialled_min_per_hour=2, dialled_min_per_day=4))
    out = DialledOut(history.world)
    monkeypatch.setattr("contactcentre.engine.outlay.now", lambda: history.at)
    history.apply(commands.AgentLoggedIn(at=history.at, agent_id="a1"))
    history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))
    history.waits(1)
    history.leg_answers(1)
    history.pass_s(119)
    assert not list(out.alarms())
    history.pass_s(2)
    (alarm,) = out.alarms()
    assert (alarm.code, alarm.detail) == ("dialled-hour", "2 / 2")
    hung_up = events.CallerHungUp(at=history.at, call_id=history.call(1).call_id)
    history.apply(hung_up)
    dialled = changes_of(hung_up, history.world).dialled
    assert [one.seconds for one in dialled] == [121.0]
    out.count(dialled)
    assert [round(out.minutes(minutes, history.at), 2) for minutes in (60, 1440)] == [2.02, 2.02]
    again = DialledOut(history.world, dialled)
    assert again.hour == out.hour
    history.pass_s(2 * HOUR_S)
    assert (out.hour, round(out.day, 2)) == (0.0, 2.02)


def test_what_is_remembered_is_bounded() -> None:
    """Of ten thousand numbers, and of each so many instants; the last 24 hours by the minute."""
    recent = Recent(HOUR_S)
    for number in range(KEYS + 5):
        recent.note(str(number), 1.0)
    for _ in range(TIMES + 5):
        recent.note("7", 2.0)
    assert len(recent) == KEYS
    assert (recent.count("0", HOUR_S, 2.0), recent.count("7", HOUR_S, 2.0)) == (0, TIMES)
    outlay = Outlay()
    for minute in range(3000):
        outlay.add(minute * 60.0, 60.0)
    assert outlay.within(60, 2999 * 60.0) == 3600.0
    assert outlay.within(5000, 2999 * 60.0) == 1441 * 60.0


@pytest.mark.parametrize(
    ("number", "may"),
    [
        ("64507020", True), ("+37164507020", True), ("1188", True),
        ("90000123", False), ("+37190000123", False), ("+4917012345678", False),
        ("004917012345678", False), ("+112", False),
    ],
)  # fmt: skip
def test_numbers_that_menus_hand_over_to(number: str, may: bool) -> None:
    """A dear or foreign number is refused however it is written; a short one is a service."""
    assert CallLimits().may_hand_over(number) is may


def test_a_menu_that_hands_over_to_a_dear_number(history: History) -> None:
    """It is refused with its place, as any document that does not fit the others."""
    document = """
      schema: 1
      version: 1
      languages: {lv: {}}
      start: away
      default: away
      nodes: {away: {type: transfer, number: "90000123", prompts: [wait.connect]}}
    """
    network = replace(history.world.network, flows={"hotline": parse(document, name="hotline")})
    (fault,) = references.problems(network, {})
    assert fault.startswith("menu hotline, nodes.away.number: 90000123 begins with no prefix")
