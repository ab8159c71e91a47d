"""Callbacks: the place is kept, one telephone rings at a time, within the hours, so often."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events, offering
from contactcentre.core.agent.state import State
from contactcentre.core.call.offer_moves import LEASE_GRACE_S
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.callback_rules import CallbackRules
from contactcentre.core.config.network import Hotline
from contactcentre.core.line.callbacks import LOOK_S
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.core.timers import Timer
from contactcentre.storage import codec
from contactcentre.testing import CALLBACK_HOTLINE, START, History, call_id, network, profile
from routing.calendar import Calendar
from routing.overflow import Way

pytestmark = pytest.mark.unit

Begin = Callable[..., History]

CITIZEN, OTHER = "+37120000001", "+37120000002"
DAY_S = 24 * 3600.0
DAYTIME = ((8 * 60, 20 * 60),)


@pytest.fixture
def history(begin: Begin) -> History:
    """Asterisk is there; nobody is at work yet."""
    made = begin()
    made.links_up()
    return made


def rules(history: History, **changed: object) -> None:
    """Publish other rules."""
    given = history.world.network
    callbacks = replace(given.callbacks, **changed)  # type: ignore[arg-type]
    history.apply(
        events.NetworkPublished(at=history.at, network=replace(given, callbacks=callbacks))
    )


def with_key(history: History, queue_id: str) -> None:
    """Whoever waits in that queue may press 4 to be rung back."""
    given = history.world.network
    queue = replace(given.queues[queue_id], keys={"4": Way(do="callback")})
    queues = {**given.queues, queue_id: queue}
    history.apply(events.NetworkPublished(at=history.at, network=replace(given, queues=queues)))


def restarted(history: History) -> History:
    """The process has died; a new one reads the journal. The clock goes on."""
    after = History(history.world.network)
    calls = [codec.decode(codec.encode(call), Call) for call in history.world.calls.values()]
    after.world.restore(calls, history.world.agents.values())
    after.at = history.at
    after.apply(events.ServiceStarted(at=after.at))
    return after


def ringing(key: str, dial: str, *, bridge: str = "") -> events.Channel:
    """The citizen's channel as Asterisk lists it."""
    return events.Channel(
        channel="PJSIP/carrier-000000cb",
        channel_id=dial,
        our_id=key,
        bridge=bridge,
        rung=False,
    )


# --- asked -----------------------------------------------------------------------------------


def test_a_promise_is_a_call_of_its_own(history: History) -> None:
    """It waits in the matter that was chosen, with the number, and says until when."""
    key = history.asks_callback(1)
    promise = history.promise(key)
    assert (promise.phase, promise.caller, promise.queue) == (Phase.CALLBACK, CITIZEN, "general")
    assert (promise.queueing.place_at, promise.queueing.queued_at) == (START, START)
    assert promise.callback is not None
    assert promise.callback.asked_in == call_id(1)
    assert promise.callback.due_at == START + DAY_S
    assert history.call(1).end.outcome is Outcome.CALLBACK


def test_the_clock_of_the_promise_counts_opening_time(history: History) -> None:
    """Twenty-four hours of a hotline that is open for twelve are two days."""
    calendar = Calendar(weekly=(DAYTIME,) * 7)
    given = replace(history.world.network, calendars={"hotline": calendar})
    history.apply(events.NetworkPublished(at=history.at, network=given))
    promise = history.promise(history.asks_callback(1))
    assert promise.callback is not None
    assert promise.callback.due_at == START + 2 * DAY_S


def test_who_asks_twice_is_rung_once(history: History) -> None:
    """The first asking stands, with its place."""
    key = history.asks_callback(1)
    history.pass_s(60)
    history.arrives(2, dialled=CALLBACK_HOTLINE)
    history.hangs_up(2)
    promises = [call for call in history.world.calls.values() if call.callback is not None]
    assert [call.call_id for call in promises] == [key]
    assert promises[0].queueing.place_at == START


def test_the_better_place_of_two_askings_counts(history: History) -> None:
    """One telephone waits, another of the same number is promised; then the first asks, too."""
    with_key(history, "general")
    history.waits(1, "")
    history.pass_s(60)
    key = history.asks_callback(2)
    history.apply(events.DigitPressed(at=history.at, call_id=call_id(1), digit="4"))
    history.hangs_up(1)
    promises = [call for call in history.world.calls.values() if call.callback is not None]
    assert [(call.call_id, call.queueing.place_at) for call in promises] == [(key, START)]


def test_who_asks_again_during_the_last_attempt_is_rung_once_more(history: History) -> None:
    """The line was engaged by the asking itself: the promise stands, and attempts count anew."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.not_reached(key)
    history.pass_s(900)
    history.fires("callback", key)
    history.rings_back(1, key)
    history.arrives(2, dialled=CALLBACK_HOTLINE)
    history.hangs_up(2)
    history.not_reached(key)
    promise = history.promise(key)
    assert promise.callback is not None
    assert (promise.phase, promise.callback.attempts) == (Phase.CALLBACK, 0)


def test_who_asks_again_while_being_rung_back_is_promised_nothing_more(history: History) -> None:
    """The citizen has lifted; another telephone of the same number asks, too; the first is cut off:
    there is still one promise."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.lifts(key)
    history.arrives(2, dialled=CALLBACK_HOTLINE)
    history.hangs_up(2)
    history.apply(events.CallerHungUp(at=history.at, call_id=key, cause=16))
    promises = [call for call in history.world.calls.values() if call.callback is not None]
    assert [(call.call_id, call.phase) for call in promises] == [(key, Phase.CALLBACK)]


def test_the_same_asking_makes_the_same_promise(begin: Begin) -> None:
    """Its id follows from the call's, so that a repetition makes no second one."""
    first, second = begin(), begin()
    assert first.asks_callback(1) == second.asks_callback(1)


@pytest.mark.parametrize(
    "number",
    [None, "+37190000123", "+37180001234", "112", "+3711201", "+491701234567", "+37160000100"],
    ids=["withheld", "premium", "free", "emergency", "short", "foreign", "our own"],
)
def test_where_nobody_may_be_rung_nothing_is_promised(history: History, number: str | None) -> None:
    """The caller hears so at once, and it is no callback in any count."""
    history.arrives(1, caller=number, dialled=CALLBACK_HOTLINE)
    words = [play.prompts for play in history.ordered(effects.Play)]
    assert words[-1] == ("callback.impossible", "goodbye")
    history.hangs_up(1)
    assert not history.world.calls
    assert history.call(1).end.outcome is Outcome.SERVED_BY_MENU


@pytest.mark.parametrize(
    ("own", "promised"), [("001", True), ("20000001", False), ("37120000001", False)]
)
def test_only_whole_numbers_are_our_own(own: str, promised: bool) -> None:
    """A citizen's number may end like a short hotline; ours is ours however the carrier has it."""
    given = replace(network(), hotlines={own: Hotline(number=own, labels={}, flow="hotline")})
    assert given.callback_number(CITIZEN) == (CITIZEN if promised else None)


@pytest.mark.parametrize("typed", ["20000001", "0037120000001", "37120000001", "+371 20 000 001"])
def test_a_number_is_understood_as_people_type_it(typed: str) -> None:
    """Without the country, with two zeros, with it alone."""
    assert CallbackRules().number(typed) == CITIZEN


def test_other_countries_are_a_setting() -> None:
    """Estonia can be allowed."""
    assert CallbackRules(countries=("LV", "EE")).number("+37251234567") == "+37251234567"


@pytest.mark.parametrize(
    "wrong",
    [{"from_minute": 1200, "until_minute": 480}, {"retry_after_s": (0.0,)}, {"ring_s": 0.0}],
    ids=["hours", "pause", "ring"],
)
def test_rules_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    """They say what they are about."""
    with pytest.raises(ValueError, match="callbacks"):
        CallbackRules(**wrong)  # type: ignore[arg-type]


# --- the line --------------------------------------------------------------------------------


def test_order_is_kept_between_callers_and_callbacks(history: History) -> None:
    """Whoever asked first is served first, on the telephone or not: no jumping, no starving."""
    history.waits(1, "")
    history.pass_s(1)
    key = history.asks_callback(2, caller=OTHER)
    history.pass_s(1)
    history.waits(3, "")
    history.ready(1)
    history.ready(2)
    assert history.call(1).phase is Phase.OFFERED
    assert history.promise(key).phase is Phase.PREVIEWED
    assert history.call(3).phase is Phase.WAITING


def test_the_card_comes_first_and_nobody_is_rung(history: History) -> None:
    """The agent reads; no telephone rings, neither the agent's nor the citizen's."""
    key = history.asks_callback(1)
    history.ready(1)
    assert history.agent(1).state is State.RESERVED
    assert history.agent(1).call_id == key
    assert not history.ordered(effects.Ring)
    assert not history.ordered(effects.RingBack)


def test_a_card_stands_for_as_long_as_it_takes_to_read(history: History) -> None:
    """A minute, however short a phone rings; what a callback's card is, is told by a word."""
    key = history.asks_callback(1)
    history.ready(1)
    offer = history.promise(key).offer
    assert offer is not None
    assert offer.ring_until == history.at + 60
    leases = history.ordered(effects.StartTimer)
    assert effects.StartTimer(kind=Timer.OFFER, key=offer.leg_id, seconds=60.0) in leases
    assert offering.reason(history.agent(1), history.promise(key)) == "to_call_back"
    history.rings_back(1, key)
    assert offering.reason(history.agent(1), history.promise(key)) == "calling"


def test_a_card_that_nobody_takes_goes_to_the_next(history: History) -> None:
    """As with a call that rings in vain: the agent is away, the promise keeps its place."""
    key = history.asks_callback(1)
    history.ready(1)
    history.pass_s(5)
    history.ready(2)
    offer = history.promise(key).offer
    assert offer is not None
    history.pass_s(15)
    history.fires("offer", offer.leg_id)
    assert (history.agent(1).state, history.agent(1).reason) == (State.NOT_READY, "missed")
    promise = history.promise(key)
    assert (promise.phase, promise.queueing.place_at) == (Phase.PREVIEWED, START)
    assert history.agent(2).call_id == key
    assert promise.callback is not None
    assert promise.callback.attempts == 0


def test_an_agent_may_say_no_to_the_card(history: History) -> None:
    """It costs the citizen nothing."""
    key = history.asks_callback(1)
    history.ready(1)
    offer = history.promise(key).offer
    assert offer is not None
    history.apply(commands.OfferRejected(at=history.at, agent_id="a1", offer_id=offer.leg_id))
    assert history.promise(key).phase is Phase.CALLBACK
    history.ready(2)
    assert history.agent(2).call_id == key


# --- rung ------------------------------------------------------------------------------------


def test_the_citizen_is_rung_from_the_public_number(history: History) -> None:
    """One order, named so that it cannot be given twice, for as long as the rules say."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    assert history.ordered(effects.RingBack) == [
        effects.RingBack(
            call_id=key, dial=f"cb-{key}-1", number=CITIZEN, shown=CALLBACK_HOTLINE, timeout_s=30.0
        )
    ]
    assert history.promise(key).phase is Phase.CALLING


def test_one_dial_at_a_time(history: History) -> None:
    """A second press, or another agent, rings nobody."""
    key = history.asks_callback(1)
    history.ready(1)
    history.ready(2)
    history.rings_back(1, key)
    history.rings_back(1, key)
    history.rings_back(2, key)
    assert len(history.ordered(effects.RingBack)) == 1
    assert history.agent(2).state is State.READY


def test_agent_and_citizen_talk(history: History) -> None:
    """The agent's browser answers by itself the moment the citizen lifts."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.lifts(key)
    ring = history.ordered(effects.Ring)[-1]
    assert (ring.call_id, ring.phone.endpoint, ring.auto) == (key, "a-1", True)
    assert effects.Play not in {type(order) for order in history.orders[-4:]}
    history.apply(events.LegAnswered(at=history.at, offer_id=ring.offer_id))
    promise = history.promise(key)
    assert (promise.phase, promise.talk.agent_id) == (Phase.TALKING, "a1")
    assert (promise.queueing.queued_at, history.agent(1).state) == (START, State.TALKING)


def test_who_must_lift_a_receiver_first_is_announced(begin: Begin) -> None:
    """The citizen hears who rings, then the desk phone rings; it does not answer by itself."""
    history = begin(replace(profile(1), device="desk"))
    history.links_up()
    history.apply(events.ServiceStarted(at=history.at))
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    said = history.world.apply(
        events.CallReturned(
            at=history.at, call_id=key, channel="x", channel_id="y", caller=None, dialled="60000100"
        )
    )
    words = [order.prompts for order in said if isinstance(order, effects.Play)]
    rings = [order.auto for order in said if isinstance(order, effects.Ring)]
    assert (words, rings) == ([("callback.hello",)], [False])


def test_the_agents_telephone_rings_as_long_as_any(begin: Begin) -> None:
    """However long the card was read and the citizen's telephone rang before: the citizen waits on
    the telephone meanwhile."""
    history = begin(replace(profile(1), device="desk"))
    history.links_up()
    key = history.asks_callback(1)
    history.ready(1)
    history.pass_s(50)
    history.rings_back(1, key)
    history.pass_s(20)
    history.lifts(key)
    ring = history.ordered(effects.Ring)[-1]
    assert ring.timeout_s == history.world.network.queues["general"].ring_s
    history.pass_s(2)
    made = history.apply(
        events.LegDialed(at=history.at, offer_id=ring.offer_id, leg="PJSIP/a-1-00000001")
    )
    lease = [one for one in made if isinstance(one, effects.StartTimer) and one.kind is Timer.OFFER]
    assert [one.seconds for one in lease] == [ring.timeout_s + LEASE_GRACE_S]


def test_an_agent_who_does_not_lift_loses_the_citizen_to_the_next(history: History) -> None:
    """The citizen is on the telephone now, and first in line as before."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.lifts(key)
    history.ready(2)
    offer = history.promise(key).offer
    assert offer is not None
    history.apply(
        events.DialEnded(
            at=history.at, call_id=key, offer_id=offer.leg_id, result=DialResult.NO_ANSWER
        )
    )
    assert history.agent(1).reason == "missed"
    assert (history.agent(2).call_id, history.promise(key).phase) == (key, Phase.OFFERED)


# --- not reached -----------------------------------------------------------------------------


def test_who_is_not_reached_is_rung_again_later(history: History) -> None:
    """The agent is free at once, blamed for nothing, without a wrap-up."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.pass_s(30)
    history.apply(events.DialBackEnded(at=history.at, call_id=key, dial=f"cb-{key}-1"))
    promise = history.promise(key)
    assert promise.callback is not None
    assert (promise.phase, promise.queueing.place_at) == (Phase.CALLBACK, START)
    assert (promise.callback.attempts, promise.callback.not_before) == (1, history.at + 900)
    assert promise.offer is not None
    assert promise.offer.result is Result.UNREACHED
    agent = history.agent(1)
    assert (agent.state, agent.missed, agent.wants_ready) == (State.READY, 0, True)
    assert history.orders[-1] == effects.StartTimer(kind="callback", key=key, seconds=900.0)
    history.pass_s(900)
    history.fires("callback", key)
    assert history.promise(key).phase is Phase.PREVIEWED
    history.rings_back(1, key)
    assert history.ordered(effects.RingBack)[-1].dial == f"cb-{key}-2"


def test_while_one_is_not_rung_others_are_served(history: History) -> None:
    """The pause between two attempts holds nobody up."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.apply(events.DialBackEnded(at=history.at, call_id=key, dial=f"cb-{key}-1"))
    history.arrives(2, caller=OTHER)
    history.presses(2, "")
    assert history.call(2).phase is Phase.OFFERED


def test_after_the_last_attempt_the_promise_ends(history: History) -> None:
    """It is counted as not reached, for the supervisor to see."""
    key = history.asks_callback(1)
    history.ready(1)
    for attempt, pause_s in enumerate((900, 7200, 900), start=1):
        history.rings_back(1, key)
        history.apply(events.DialBackEnded(at=history.at, call_id=key, dial=f"cb-{key}-{attempt}"))
        history.pass_s(pause_s)
        history.fires("callback", key)
    promise = history.promise(key)
    assert (promise.phase, promise.end.outcome) == (Phase.ENDED, Outcome.NOT_REACHED)
    assert key not in history.world.calls
    assert len(history.ordered(effects.RingBack)) == 3


def test_the_end_of_a_dial_is_told_twice(history: History) -> None:
    """By the channel and by the answer to our order, in either sequence: it counts once."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.apply(events.CallerHungUp(at=history.at, call_id=key, cause=17))
    history.apply(events.DialBackEnded(at=history.at, call_id=key, dial=f"cb-{key}-1"))
    promise = history.promise(key)
    assert promise.callback is not None
    assert (promise.callback.attempts, promise.phase) == (1, Phase.CALLBACK)
    assert not history.world.illegal


def test_a_dial_of_which_nothing_is_heard_ends(history: History) -> None:
    """Its lease is over: the channel is hung up for certain, and the agent is free."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    offer = history.promise(key).offer
    assert offer is not None
    lease = effects.StartTimer(kind="offer", key=offer.leg_id, seconds=30 + LEASE_GRACE_S)
    assert lease in history.orders
    history.fires("offer", offer.leg_id)
    assert history.ordered(effects.HangUpLeg)[-1].leg == f"cb-{key}-1"
    assert (history.promise(key).phase, history.agent(1).state) == (Phase.CALLBACK, State.READY)


def test_a_dial_without_a_line_is_no_attempt(history: History) -> None:
    """The trunk is down: it is tried less and less often, and no attempt is lost by it."""
    key = history.asks_callback(1)
    history.ready(1)
    pauses = []
    for number in range(1, 8):
        history.rings_back(1, key)
        assert history.ordered(effects.RingBack)[-1].dial == f"cb-{key}-{number}"
        history.not_reached(key, DialResult.UNREACHABLE)
        promise = history.promise(key).callback
        assert promise is not None
        assert promise.attempts == 0
        pauses.append(promise.not_before - history.at)
        assert (history.agent(1).state, history.agent(1).missed) == (State.READY, 0)
        history.pass_s(pauses[-1])
        history.fires("callback", key)
    assert pauses == [60, 120, 240, 480, 900, 900, 900]
    history.rings_back(1, key)
    history.dialed(key)
    history.not_reached(key)
    promise = history.promise(key).callback
    assert promise is not None
    assert (promise.attempts, promise.unsent) == (1, 0)


def test_congestion_after_the_dial_is_no_attempt(history: History) -> None:
    """The call has left us, and the carrier had no line for it."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.dialed(key)
    history.not_reached(key, DialResult.UNREACHABLE)
    promise = history.promise(key)
    assert promise.callback is not None
    assert promise.callback.attempts == 0
    assert promise.dial is not None
    assert promise.dial.result is Result.UNREACHABLE


@pytest.mark.parametrize("end", ["lease", "reject", "vanish", "in"])
def test_a_dial_that_waits_for_the_journal_is_no_attempt(history: History, end: str) -> None:
    """The disk is stuck: the order to ring has not gone out when the agent is free again."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.pass_s(35)
    match end:
        case "lease":
            history.fires("offer", f"{key}-1")
        case "reject":
            history.apply(commands.OfferRejected(at=history.at, agent_id="a1", offer_id=f"{key}-1"))
        case "vanish":
            history.phone(1, reachable=False)
        case "in":
            history.waits(2, "")
    promise = history.promise(key)
    assert promise.callback is not None
    assert (promise.phase, promise.callback.attempts) == (Phase.CALLBACK, 0)
    assert not history.world.wants(history.ordered(effects.RingBack)[-1])


def test_a_dial_of_which_the_snapshot_tells_is_an_attempt(history: History) -> None:
    """The link was down when it left."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.apply(events.TelephonyLost(at=history.at))
    history.pass_s(5)
    history.links_up(ringing(key, f"cb-{key}-1"))
    history.pass_s(30)
    history.fires("offer", f"{key}-1")
    promise = history.promise(key).callback
    assert promise is not None
    assert promise.attempts == 1


def test_a_citizen_who_lifts_after_all_is_served(history: History) -> None:
    """We had just given up: first in line, with a word of who rings."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.apply(events.DialBackEnded(at=history.at, call_id=key, dial=f"cb-{key}-1"))
    history.lifts(key)
    assert history.promise(key).phase is Phase.OFFERED
    assert history.ordered(effects.Play)[-1].prompts == ("callback.hello",)
    assert history.ordered(effects.Ring)[-1].call_id == key


def test_a_citizen_who_hangs_up_before_the_agent_is_there_is_rung_again(history: History) -> None:
    """It is an attempt, not an abandoned call."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.lifts(key)
    history.apply(events.CallerHungUp(at=history.at, call_id=key, cause=16))
    promise = history.promise(key)
    assert (promise.phase, promise.end.outcome, promise.channel.leashed) == (
        Phase.CALLBACK,
        None,
        False,
    )
    assert history.agent(1).state is State.READY


def test_an_agent_breaks_off_the_ringing(history: History) -> None:
    """The citizen's telephone rings no more; it has rung, so it counts."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.dialed(key)
    history.apply(commands.OfferRejected(at=history.at, agent_id="a1", offer_id=f"{key}-1"))
    assert history.ordered(effects.HangUpLeg)[-1].leg == f"cb-{key}-1"
    promise = history.promise(key)
    assert promise.callback is not None
    assert (promise.phase, promise.callback.attempts) == (Phase.CALLBACK, 1)


@pytest.mark.parametrize("pressed", [False, True], ids=["reading", "ringing"])
def test_an_agent_whose_phone_vanishes_holds_nobody_up(history: History, *, pressed: bool) -> None:
    """The promise stands again, and nothing rings for nobody."""
    key = history.asks_callback(1)
    history.ready(1)
    if pressed:
        history.rings_back(1, key)
    history.phone(1, reachable=False)
    assert history.promise(key).phase is Phase.CALLBACK
    assert bool(history.ordered(effects.HangUpLeg)) is pressed


# --- the citizen rings in --------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["waiting", "reading", "ringing"])
def test_who_rings_in_takes_over_the_place(history: History, stage: str) -> None:
    """Nothing rings, and the agent gets the caller; once they talk the promise is kept."""
    key = history.asks_callback(1)
    history.pass_s(10)
    history.arrives(2, caller=OTHER)
    history.presses(2, "1")
    history.pass_s(10)
    if stage != "waiting":
        history.ready(1)
    if stage == "ringing":
        history.rings_back(1, key)
    history.waits(3, "")
    call = history.call(3)
    assert (call.queueing.place_at, call.queueing.queued_at) == (START, START + 20)
    assert history.promise(key).phase is Phase.CALLBACK
    assert key not in history.world.matcher.line
    if stage == "waiting":
        history.ready(1)
    assert (history.call(3).phase, history.agent(1).call_id) == (Phase.OFFERED, call_id(3))
    history.leg_answers(3)
    assert history.promise(key).end.outcome is Outcome.RANG_IN
    hung_up = [order.leg for order in history.ordered(effects.HangUpLeg)]
    assert hung_up == ([f"cb-{key}-1"] if stage == "ringing" else [])


@pytest.mark.parametrize("stage", ["waiting", "reading", "ringing"])
def test_who_rings_in_and_gives_up_is_still_rung_back(history: History, stage: str) -> None:
    """The promise stands again where it stood, due when it was due; nobody is blamed for it."""
    key = history.asks_callback(1)
    promised = history.promise(key)
    if stage != "waiting":
        history.ready(1)
    if stage == "ringing":
        history.rings_back(1, key)
        history.dialed(key)
    history.pass_s(10)
    history.waits(2, "")
    history.pass_s(10)
    history.hangs_up(2)
    owed, before = history.promise(key), promised.callback
    assert owed.queueing == promised.queueing
    assert before is not None
    assert owed.callback == before
    history.ready(1)
    assert history.agent(1).call_id == key


def test_nobody_is_rung_more_often_for_having_rung_in(history: History) -> None:
    """The last attempt is crossed by the citizen's own call: it was none, and one more is left."""
    key = history.asks_callback(1)
    history.ready(1)
    for attempt, pause_s in enumerate((900, 7200), start=1):
        history.rings_back(1, key)
        history.apply(events.DialBackEnded(at=history.at, call_id=key, dial=f"cb-{key}-{attempt}"))
        history.pass_s(pause_s)
        history.fires("callback", key)
    history.rings_back(1, key)
    history.dialed(key)
    history.apply(commands.NotReadyChosen(at=history.at, agent_id="a1", reason="lunch"))
    history.waits(2, "")
    history.hangs_up(2)
    promise = history.promise(key).callback
    assert promise is not None
    assert promise.attempts == 2


def test_a_caller_lost_with_the_exchange_is_still_rung_back(history: History) -> None:
    """However the wait ends without an answer, what was promised is owed."""
    key = history.asks_callback(1)
    history.waits(2, "")
    history.apply(events.LeashLost(at=history.at, call_id=call_id(2)))
    history.pass_s(60)
    history.apply(events.SnapshotTaken(at=history.at, channels=(), reachable=(), restarted=True))
    assert history.call(2).end.outcome is Outcome.PBX_LOST
    assert key in history.world.matcher.line


def test_who_rang_in_before_a_restart_and_gives_up_is_still_rung_back(history: History) -> None:
    """Who waits in a promised place is in the journal."""
    key = history.asks_callback(1)
    history.waits(2, "")
    after = restarted(history)
    after.links_up()
    assert key not in after.world.matcher.line
    after.hangs_up(2)
    assert key in after.world.matcher.line


def test_a_promise_that_is_owed_again_takes_no_dropped_place_away(history: History) -> None:
    """Asked for, rung in for and dropped within one instant; who rings again stands there still."""
    history.asks_callback(1)
    history.waits(2, "")
    history.hangs_up(2)
    history.pass_s(60)
    history.waits(3, "1")
    assert history.call(3).queueing.place_at == START


def test_two_citizens_of_one_number_have_two_promises(history: History) -> None:
    """They want different things; each is rung, and one after the other."""
    with_key(history, "taxes")
    first = history.asks_callback(1)
    history.pass_s(10)
    history.waits(2)
    history.pass_s(10)
    history.apply(events.DigitPressed(at=history.at, call_id=call_id(2), digit="4"))
    history.hangs_up(2)
    (second,) = set(history.world.calls) - {first}
    history.ready(1)
    history.ready(2)
    assert (history.agent(1).call_id, history.agent(2).call_id) == (first, None)
    history.rings_back(1, first)
    history.lifts(first)
    history.apply(events.LegAnswered(at=history.at, offer_id=f"{first}-1"))
    assert history.promise(first).phase is Phase.TALKING
    assert history.agent(2).call_id is None
    history.apply(events.CallerHungUp(at=history.at, call_id=first, cause=16))
    assert history.agent(2).call_id == second


def test_who_rings_in_for_something_else_takes_nobodys_promise_away(history: History) -> None:
    """It may be somebody else of that number: the promise stands, in line."""
    key = history.asks_callback(1)
    history.pass_s(60)
    history.waits(2, "1")
    assert history.call(2).queueing.place_at == history.at
    assert key in history.world.matcher.line


def test_of_two_who_ring_in_one_waits_in_the_promised_place(history: History) -> None:
    """The second has a place of its own, and its talk keeps no promise to the first."""
    key = history.asks_callback(1)
    history.pass_s(60)
    history.waits(2, "")
    history.waits(3, "")
    assert history.call(3).queueing.place_at == history.at
    history.hangs_up(3)
    assert key not in history.world.matcher.line
    history.hangs_up(2)
    assert key in history.world.matcher.line


def test_who_rings_in_and_asks_again_has_one_promise(history: History) -> None:
    """In its place, and due when it was due."""
    with_key(history, "general")
    key = history.asks_callback(1)
    before = history.promise(key)
    history.pass_s(60)
    history.waits(2, "")
    history.pass_s(60)
    history.apply(events.DigitPressed(at=history.at, call_id=call_id(2), digit="4"))
    history.hangs_up(2)
    assert list(history.world.calls) == [key]
    assert history.promise(key).callback == before.callback


def test_a_citizen_who_rings_in_and_lifts_as_well_is_served_once_more(history: History) -> None:
    """The telephone that we had let be was lifted all the same: that is a call of its own."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.waits(2, "")
    history.lifts(key)
    promise = history.promise(key)
    assert promise.callback is not None
    assert (promise.phase, promise.callback.taken_by) == (Phase.WAITING, "")
    history.leg_answers(2)
    assert not history.world.illegal


def test_who_only_listens_to_the_menu_is_still_rung_back(history: History) -> None:
    """The place is taken over in the line, not before."""
    key = history.asks_callback(1)
    history.arrives(2)
    history.hangs_up(2)
    assert history.promise(key).phase is Phase.CALLBACK


def test_the_caller_is_told_that_the_place_is_kept(history: History) -> None:
    """As after a dropped line."""
    history.asks_callback(1)
    history.pass_s(60)
    history.waits(2, "")
    assert history.ordered(effects.Play)[-1].prompts == ("wait.resumed",)


# --- hours -----------------------------------------------------------------------------------

EVENING_S = 3.5 * 3600
"""From the beginning of a history, 16:33 in Riga, to after eight in the evening."""


def test_nobody_is_rung_at_night(history: History) -> None:
    """Whoever asks in the evening is rung in the morning, before those who come then."""
    history.pass_s(EVENING_S)
    key = history.asks_callback(1)
    history.ready(1)
    assert history.agent(1).state is State.READY
    history.pass_s(LOOK_S)
    history.fires("callback", key)
    assert history.promise(key).phase is Phase.CALLBACK
    assert history.orders[-1] == effects.StartTimer(kind="callback", key=key, seconds=LOOK_S)
    history.pass_s(12.5 * 3600)
    history.fires("callback", key)
    assert history.promise(key).phase is Phase.PREVIEWED


def test_a_card_read_over_closing_time_rings_nobody(history: History) -> None:
    """The press comes a minute too late; the agent is free, the promise waits for the morning."""
    key = history.asks_callback(1)
    history.ready(1)
    history.pass_s(EVENING_S)
    history.rings_back(1, key)
    assert not history.ordered(effects.RingBack)
    assert (history.promise(key).phase, history.agent(1).state) == (Phase.CALLBACK, State.READY)


def test_a_closed_hotline_rings_nobody(history: History) -> None:
    """On a holiday, in the hours of the rules."""
    calendar = Calendar(weekly=(DAYTIME,) * 7, holidays=frozenset({"2026-09-21"}))
    given = replace(history.world.network, calendars={"hotline": calendar})
    history.apply(events.NetworkPublished(at=history.at, network=given))
    key = history.asks_callback(1)
    history.ready(1)
    assert history.promise(key).phase is Phase.CALLBACK
    history.pass_s(DAY_S)
    history.fires("callback", key)
    assert history.promise(key).phase is Phase.PREVIEWED


def test_the_hours_are_a_setting(history: History) -> None:
    """A network may ring until nine in the evening."""
    rules(history, until_minute=21 * 60)
    history.pass_s(EVENING_S)
    key = history.asks_callback(1)
    history.ready(1)
    assert history.promise(key).phase is Phase.PREVIEWED


# --- faults ----------------------------------------------------------------------------------


def test_without_the_link_nobody_is_offered_a_callback(history: History) -> None:
    """Callers go on being served; the promise comes when the link is back."""
    history.apply(events.TelephonyLost(at=history.at))
    key = history.asks_callback(1)
    history.ready(1)
    assert history.promise(key).phase is Phase.CALLBACK
    history.links_up()
    assert history.promise(key).phase is Phase.PREVIEWED


def test_a_card_on_the_screen_when_the_link_goes_rings_nobody(history: History) -> None:
    """The press is refused; it can be pressed again."""
    key = history.asks_callback(1)
    history.ready(1)
    history.apply(events.TelephonyLost(at=history.at))
    history.rings_back(1, key)
    assert not history.ordered(effects.RingBack)
    history.links_up()
    history.rings_back(1, key)
    assert len(history.ordered(effects.RingBack)) == 1


def test_a_restart_keeps_place_and_clock(history: History) -> None:
    """What was promised stands as it stood, and is offered in its turn."""
    history.waits(1, "1")
    key = history.asks_callback(2, caller=OTHER)
    before = history.promise(key)
    after = restarted(history)
    assert after.promise(key) == before
    assert effects.StartTimer(kind="callback", key=key, seconds=LOOK_S) in after.orders
    after.links_up()
    after.fires("settle", "")
    after.ready(1)
    assert after.agent(1).state is State.RESERVED


def test_a_dial_that_goes_on_over_a_restart_is_the_only_one(history: History) -> None:
    """The channel is there: the citizen lifts, and talks with the agent who waited."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    after = restarted(history)
    after.links_up(ringing(key, f"cb-{key}-1"))
    assert after.promise(key).phase is Phase.CALLING
    after.lifts(key)
    assert after.ordered(effects.Ring)[-1].phone.endpoint == "a-1"
    assert not after.ordered(effects.RingBack)


def test_a_dial_that_is_gone_after_a_restart_counts(history: History) -> None:
    """Nobody can know how it ended, so the citizen is not rung at once, but after the pause."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.pass_s(2)
    after = restarted(history)
    after.links_up()
    promise = after.promise(key)
    assert promise.callback is not None
    assert (promise.phase, promise.callback.attempts) == (Phase.CALLBACK, 1)
    assert promise.callback.not_before == after.at + 900
    assert after.agent(1).state is State.READY
    assert not after.ordered(effects.RingBack)


def test_a_card_is_not_longer_for_a_restart(history: History) -> None:
    """What is left of its time, and no grace of a telephone that does not ring."""
    key = history.asks_callback(1)
    history.ready(1)
    card_s = history.world.network.callbacks.card_s
    history.at += card_s - 7.0
    after = restarted(history)
    assert after.promise(key).phase is Phase.PREVIEWED
    assert effects.StartTimer(kind="offer", key=f"{key}-1", seconds=7.0) in after.orders


def test_a_card_goes_on_over_a_restart(history: History) -> None:
    """The agent reads on, and may press."""
    key = history.asks_callback(1)
    history.ready(1)
    after = restarted(history)
    after.links_up()
    assert (after.promise(key).phase, after.agent(1).state) == (Phase.PREVIEWED, State.RESERVED)
    lease = [order for order in after.ordered(effects.StartTimer) if order.kind == "offer"]
    assert [order.key for order in lease] == [f"{key}-1"]
    after.rings_back(1, key)
    assert len(after.ordered(effects.RingBack)) == 1


def test_a_citizen_who_was_answered_without_us_is_that_agents(history: History) -> None:
    """The fallback queue rang somebody while we were away."""
    key = history.asks_callback(1)
    history.ready(1)
    history.ready(2)
    history.rings_back(1, key)
    after = restarted(history)
    leg = replace(
        ringing(f"{key}-1", "2.1", bridge="b"),
        channel="PJSIP/a-2-00000001",
        rung=True,
        endpoint="a-2",
    )
    after.links_up(ringing(key, f"cb-{key}-1", bridge="b"), leg, reachable=("a-1", "a-2"))
    promise = after.promise(key)
    assert (promise.phase, promise.talk.agent_id) == (Phase.TALKING, "a2")
    assert after.agent(1).state is State.READY


def test_a_citizen_lost_with_the_exchange_is_rung_again(history: History) -> None:
    """Asterisk went down between the lifting and the agent's answer."""
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.lifts(key)
    history.apply(events.LeashLost(at=history.at, call_id=key))
    history.pass_s(2)
    history.links_up()
    assert history.promise(key).phase is Phase.CALLBACK


def test_a_waiting_caller_hears_of_callbacks_before_him(history: History) -> None:
    """The position is honest: a promise counts, one between two attempts does not."""
    key = history.asks_callback(1)
    history.pass_s(1)
    history.arrives(2, caller=OTHER)
    history.presses(2, "")
    position = history.world.announcer.words(
        history.call(2), history.world.calls.values(), history.at, history.world.network
    )
    history.ready(1)
    history.rings_back(1, key)
    history.apply(events.DialBackEnded(at=history.at, call_id=key, dial=f"cb-{key}-1"))
    assert position != history.world.announcer.words(
        history.call(2), history.world.calls.values(), history.at, history.world.network
    )
