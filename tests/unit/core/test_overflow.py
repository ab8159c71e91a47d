"""Ways out of the line: keys, overflow, and that nobody in an offer is torn away."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from contactcentre.core import effects, events
from contactcentre.core.call import overflow
from contactcentre.core.call.state import Phase
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import DialResult, Outcome
from contactcentre.testing import History, call_id, network, profile
from routing.calendar import Calendar
from routing.circles import Relax
from routing.overflow import Overflow, Way, checked_keys

pytestmark = pytest.mark.unit

KEYS = {
    "1": Way(do="callback"),
    "2": Way(do="queue", queue="general", relax=Relax(skills_at_most=0)),
    "9": Way(do="voicemail"),
}


def with_taxes(given: Network, **changed: object) -> Network:
    """The network with another queue of taxes."""
    taxes = replace(given.queues["taxes"], **changed)  # type: ignore[arg-type]
    return replace(given, queues={**given.queues, "taxes": taxes})


def waiting(
    keys: Mapping[str, Way] | None = None, overflow: tuple[Overflow, ...] = (), **given: object
) -> History:
    """One agent for taxes, logged out, and a caller who has been waiting for ten seconds."""
    history = History(
        replace(
            with_taxes(network(profile(1)), keys=keys or {}, overflow=overflow),
            **given,  # type: ignore[arg-type]
        )
    )
    history.waits(1)
    history.pass_s(10)
    return history


def press(history: History, key: str, number: int = 1) -> list[effects.Effect]:
    """The caller presses a key outside a question."""
    pressed = events.DigitPressed(at=history.at, call_id=call_id(number), digit=key)
    return history.apply(pressed)


def look(history: History, number: int = 1) -> list[effects.Effect]:
    """The timer of the overflow fires."""
    return history.apply(events.TimerFired(at=history.at, kind="overflow", key=call_id(number)))


def words(orders: list[effects.Effect]) -> list[tuple[str, ...]]:
    """What is said."""
    return [order.prompts for order in orders if isinstance(order, effects.Play)]


# --- keys ----------------------------------------------------------------------------------


def test_a_key_asks_to_be_called_back() -> None:
    """It is confirmed, and the call ends as a promise to the number that rang."""
    history = waiting(KEYS)
    orders = press(history, "1")
    assert words(orders) == [("callback.accepted", "goodbye")]
    assert isinstance(orders[-1], effects.HangUp)
    history.hangs_up(1)
    call = history.call(1)
    assert (call.end.outcome, call.end.callback_to) == (Outcome.CALLBACK, "+37120000001")


def test_without_a_number_nobody_can_be_called_back() -> None:
    """The caller hears so and stays in line."""
    history = History(with_taxes(network(profile(1)), keys=KEYS))
    history.arrives(1, caller=None)
    history.presses(1, "1")
    history.pass_s(10)
    assert words(press(history, "1")) == [("wait.no-callback",)]
    assert history.call(1).phase is Phase.WAITING


def test_a_key_leads_to_another_queue_with_the_wait_so_far() -> None:
    """The old place in line, what the new queue asks, and an agent of that queue at once."""
    history = waiting(KEYS)
    history.waits(2, "0")
    orders = press(history, "2")
    assert words(orders) == [("wait.moved",)]
    call = history.call(1)
    assert (call.queue, call.choice.matter, call.queueing.skills, call.queueing.been_in) == (
        "general", "state", (), ("taxes",),
    )  # fmt: skip
    assert list(history.world.matcher.line.in_order()) == [call_id(1), call_id(2)]
    kept = history.ordered(effects.KeepPlace)[-1]
    assert (kept.queue, kept.queued_at) == ("general", history.at - 10)


def test_a_free_agent_of_the_other_queue_is_rung() -> None:
    """Words to who waits are no reason to wait."""
    history = History(with_taxes(network(profile(1, taxes=False)), keys=KEYS))
    history.ready(1)
    history.waits(1)
    history.pass_s(10)
    orders = press(history, "2")
    assert history.call(1).phase is Phase.OFFERED
    assert words(orders) == []


def test_a_key_leads_to_a_voice_message() -> None:
    """The usual words, then the recording."""
    history = waiting(KEYS)
    orders = press(history, "9")
    assert words(orders) == [("voicemail.leave",)]
    assert isinstance(orders[-1], effects.Record)
    call = history.call(1)
    assert (call.phase, call.end.outcome) == (Phase.RECORDING, Outcome.VOICEMAIL)


@pytest.mark.parametrize("key", ["5", "#", "*"])
def test_other_keys_mean_nothing(key: str) -> None:
    """The caller stays and hears music."""
    history = waiting(KEYS)
    assert press(history, key) == []
    assert history.call(1).phase is Phase.WAITING


def test_a_key_pressed_twice_in_the_menu_counts_once() -> None:
    """What comes within two seconds of the entry was meant for the menu."""
    history = History(with_taxes(network(profile(1)), keys=KEYS))
    history.waits(1)
    history.pass_s(0.3)
    assert press(history, "1") == []
    assert history.call(1).phase is Phase.WAITING


def test_a_key_in_mid_offer_changes_nothing() -> None:
    """The phone rings already."""
    history = History(with_taxes(network(profile(1)), keys=KEYS))
    history.ready(1)
    history.waits(1)
    history.pass_s(10)
    assert press(history, "1") == []
    assert history.call(1).phase is Phase.OFFERED


# --- overflow ------------------------------------------------------------------------------


def test_a_long_wait_leads_elsewhere_when_the_time_has_come() -> None:
    """Not before; the timer says when to look."""
    history = waiting(overflow=(Overflow(when="waited", after_s=600, do="voicemail"),))
    first = history.ordered(effects.StartTimer)
    assert ("overflow", 0.0) in [(order.kind, order.seconds) for order in first]
    assert look(history) == [effects.StartTimer(kind="overflow", key=call_id(1), seconds=590.0)]
    assert not history.world.touched_calls
    history.pass_s(590)
    look(history)
    assert history.call(1).phase is Phase.RECORDING


def test_a_full_queue_turns_away_who_comes_last() -> None:
    """Two stand in line; the third hears that it is full. Who stood before stays."""
    history = waiting(overflow=(Overflow(when="full", size=2, do="hang_up"),))
    history.waits(2)
    history.pass_s(1)
    history.waits(3)
    for number in (1, 2, 3):
        look(history, number)
    assert history.call(2).phase is Phase.WAITING
    assert history.call(3).phase is Phase.CLOSING
    history.hangs_up(3)
    assert history.call(3).end.outcome is Outcome.TURNED_AWAY


def test_where_nobody_could_answer_the_caller_need_not_wait() -> None:
    """Nobody with the skill is logged in: a way is taken; with somebody, even busy, it is not."""
    rule = Overflow(when="nobody", do="callback")
    history = waiting(overflow=(rule,))
    look(history)
    assert history.call(1).phase is Phase.CLOSING
    busy = waiting(overflow=(rule,))
    busy.ready(1)
    busy.not_ready(1, "lunch")
    busy.waits(2)
    assert look(busy, 2) == [
        effects.StartTimer(kind="overflow", key=call_id(2), seconds=overflow.LOOK_S)
    ]


def test_at_closing_time_the_line_is_told() -> None:
    """The calendar closes while somebody waits."""
    never = Calendar(weekly=((),) * 7)
    rule = Overflow(when="closed", do="hang_up")
    history = waiting(overflow=(rule,), calendars={"hotline": never})
    assert words(look(history)) == [("overflow.closed",)]
    assert history.call(1).phase is Phase.CLOSING


def test_the_first_rule_that_applies_wins() -> None:
    """Who may stay at closing time is not turned away by a later rule."""
    never = Calendar(weekly=((),) * 7)
    rules = (Overflow(when="closed", do="stay"), Overflow(when="nobody", do="hang_up"))
    history = waiting(overflow=rules, calendars={"hotline": never})
    assert look(history) == []
    assert history.call(1).phase is Phase.WAITING


def test_nobody_in_an_offer_is_torn_away() -> None:
    """While the phone rings the rule waits; it is looked at again when the offer has failed."""
    history = History(
        with_taxes(
            network(profile(1)), overflow=(Overflow(when="waited", after_s=5, do="hang_up"),)
        )
    )
    history.ready(1)
    history.waits(1)
    history.pass_s(10)
    assert look(history) == []
    assert history.call(1).phase is Phase.OFFERED
    history.orders.clear()
    history.dial_ends(1, DialResult.NO_ANSWER)
    assert history.call(1).phase is Phase.WAITING
    assert "overflow" in {timer.kind for timer in history.ordered(effects.StartTimer)}
    look(history)
    assert history.call(1).phase is Phase.CLOSING


def test_a_rule_that_is_published_counts_for_those_who_wait_already() -> None:
    """They are looked at when it comes into force, and again when its time has come."""
    history = waiting()
    rule = Overflow(when="waited", after_s=30.0, do="hang_up")
    given = with_taxes(history.world.network, overflow=(rule,))
    orders = history.apply(events.NetworkPublished(at=history.at, network=given))
    at_once = effects.StartTimer(kind="overflow", key=call_id(1), seconds=0.0)
    assert at_once in orders
    assert look(history) == [replace(at_once, seconds=20.0)]


def test_nobody_is_sent_round_in_a_circle() -> None:
    """Two queues that lead to each other: the second time the caller stays."""
    to_general = Overflow(when="nobody", do="queue", queue="general")
    back = Overflow(when="nobody", do="queue", queue="taxes")
    given = with_taxes(network(), overflow=(to_general,))
    general = replace(given.queues["general"], overflow=(back,))
    history = History(replace(given, queues={**given.queues, "general": general}))
    history.waits(1)
    look(history)
    assert history.call(1).queue == "general"
    assert isinstance(look(history)[0], effects.StartTimer)
    assert history.call(1).queue == "general"


def test_who_is_off_the_leash_is_looked_at_later() -> None:
    """Nobody can be told anything just now."""
    history = waiting(overflow=(Overflow(when="nobody", do="hang_up"),))
    history.apply(events.LeashLost(at=history.at, call_id=call_id(1)))
    assert look(history) == [
        effects.StartTimer(kind="overflow", key=call_id(1), seconds=overflow.ELSEWHERE_S)
    ]


def test_after_a_restart_it_is_looked_at_again() -> None:
    """Timers die with the process; the rules do not."""
    before = waiting(overflow=(Overflow(when="waited", after_s=600, do="hang_up"),))
    after = History(before.world.network)
    after.world.restore([before.call(1)], [])
    after.at = before.at
    orders = after.apply(events.ServiceStarted(at=after.at))
    assert effects.StartTimer(kind="overflow", key=call_id(1), seconds=0.0) in orders


# --- configuration -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"do": "queue"}, "queue"),
        ({"do": "callback", "queue": "general"}, "queue"),
        ({"do": "voicemail", "max_s": 3.0}, "max_s"),
        ({"do": "queue", "queue": "general", "relax": Relax(language_at_most=0)}, "relax"),
        ({"do": "stay", "prompts": ("goodbye",)}, "prompts"),
    ],
)
def test_a_way_that_cannot_be_meant_is_refused(given: dict[str, object], why: str) -> None:
    """And the word says where."""
    with pytest.raises(ValueError, match=why):
        Way(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"when": "waited"}, "after_s"),
        ({"when": "nobody", "after_s": 5.0}, "after_s"),
        ({"when": "full"}, "size"),
        ({"when": "nobody", "calendar": "hotline"}, "calendar"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(given: dict[str, object], why: str) -> None:
    """And the word says where."""
    with pytest.raises(ValueError, match=why):
        Overflow(do="hang_up", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["", "12", "#", "a"])
def test_a_key_is_one_digit(key: str) -> None:
    """The star and the hash are none: they wind what is being said."""
    with pytest.raises(ValueError, match="key"):
        checked_keys({key: Way(do="callback")})
