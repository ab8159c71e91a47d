"""A phone that is dialled and does not ring: the next agent at once, and nobody is blamed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.config.offer_rules import OfferRules
from contactcentre.core.outcomes import DialResult, Result
from contactcentre.testing import History, call_id, network, profile
from routing.model import AgentProfile, Device

pytestmark = pytest.mark.unit

OFFER = f"{call_id(1)}-1"
LEG = "PJSIP/a-1-00000001"

MOBILE = replace(profile(1), device="mobile", mobile="+37120000777")


def dialled(agent: AgentProfile) -> History:
    """A call that is offered to agent 1, whose phone is dialled; agent 2 is free."""
    history = History(network(agent, profile(2)))
    history.apply(events.ServiceStarted(at=history.at))
    history.links_up()
    history.ready(1)
    history.pass_s(1)
    history.ready(2)
    history.waits(1, "")
    history.apply(events.LegDialed(at=history.at, offer_id=OFFER, leg=LEG))
    return history


@pytest.fixture
def history() -> History:
    """It is a browser's phone that is dialled."""
    return dialled(profile(1))


def limits(history: History) -> list[effects.StartTimer]:
    """How long phones had to begin to ring."""
    return [order for order in history.ordered(effects.StartTimer) if order.kind == "silent"]


def stays_silent(history: History) -> None:
    """The time in which the phone should have begun to ring is up, and the dial is over."""
    limit = limits(history)[-1]
    history.pass_s(limit.seconds)
    history.fires("silent", limit.key)
    if (offer := history.call(1).open_offer) is None or offer.leg_id != limit.key:
        history.dial_ends(1, DialResult.UNREACHABLE)


@pytest.mark.parametrize(
    ("agent", "limit_s"),
    [(profile(1), 3.0), (replace(profile(1), device="desk"), 3.0), (MOBILE, 12.0)],
)
def test_no_ring_within_the_limit_is_the_next_agent_s_call(
    agent: AgentProfile, limit_s: float
) -> None:
    """Of browsers and phones on tables within 3 s; a mobile must first be found by its network."""
    history = dialled(agent)
    assert [(limit.key, limit.seconds) for limit in limits(history)] == [(OFFER, limit_s)]
    stays_silent(history)
    assert effects.HangUpLeg(offer_id=OFFER, leg=LEG) in history.orders
    assert [(leg.agent_id, leg.result) for leg in history.call(1).offers] == [
        ("a1", Result.UNREACHABLE),
        ("a2", None),
    ]


def test_nobody_is_blamed(history: History) -> None:
    """It is no missed call, and the agent's wish to take calls stands."""
    stays_silent(history)
    agent = history.agent(1)
    assert (agent.state, agent.reason, agent.missed) == (State.NOT_READY, "silent", 0)
    assert (agent.wants_ready, agent.resting_until) == (True, None)


def test_a_phone_that_rings_has_the_whole_ring_time(history: History) -> None:
    """Nothing is expected of it any more but an answer."""
    history.apply(events.LegRang(at=history.at, offer_id=OFFER))
    assert effects.CancelTimer(kind="silent", key=OFFER) in history.orders
    history.pass_s(3)
    history.fires("silent", OFFER)  # it crossed with the ring
    assert history.agent(1).state is State.RESERVED


def test_a_ring_that_was_told_before_the_dial_counts() -> None:
    """Asterisk tells of ringing and dialling in either order."""
    history = History(network(profile(1)))
    history.ready(1)
    history.waits(1, "")
    history.apply(events.LegRang(at=history.at, offer_id=OFFER))
    history.apply(events.LegDialed(at=history.at, offer_id=OFFER, leg=LEG))
    assert limits(history) == []


def test_a_phone_that_was_answered_at_once_need_not_have_rung(history: History) -> None:
    """Some lift by themselves, and never say that they ring."""
    history.apply(events.LegAnswered(at=history.at, offer_id=OFFER))
    history.pass_s(3)
    history.fires("silent", OFFER)
    assert history.call(1).phase is Phase.TALKING
    assert history.world.refused == 0


def test_the_dead_phone_is_not_dialled_again() -> None:
    """The only agent's phone does not ring: the caller waits, and is not sent back there."""
    history = dialled(profile(1))
    history.not_ready(2, "lunch")
    stays_silent(history)
    history.waits(2, "")
    history.pass_s(300)
    history.fires("again", call_id(1))
    assert [leg.agent_id for leg in history.call(1).offers] == ["a1"]
    assert history.call(2).offers == ()
    assert history.agent(1).state is State.NOT_READY


def shows_life(history: History, how: str) -> None:
    """Something by which a phone, or the agent, says that it is there."""
    match how:
        case "registers":
            history.phone(1, reachable=True, contact="sip:new")
        case "is back":
            history.phone(1, reachable=False)
            history.phone(1, reachable=True)
        case "talks":
            history.apply(events.PhoneBusy(at=history.at, endpoint="a-1", busy=True))
            history.apply(events.PhoneBusy(at=history.at, endpoint="a-1", busy=False))
        case "click":
            history.apply(commands.ReadyChosen(at=history.at, agent_id="a1"))


@pytest.mark.parametrize("how", ["registers", "is back", "talks", "click"])
def test_a_sign_of_life_brings_the_calls_back(history: History, how: str) -> None:
    """A registration, a contact that answers again, a talk of its own, or the agent's click."""
    stays_silent(history)
    shows_life(history, how)
    assert history.agent(1).state is State.READY


def test_a_mobile_is_trusted_again_by_a_click_alone() -> None:
    """It registers nowhere."""
    history = dialled(MOBILE)
    stays_silent(history)
    shows_life(history, "registers")
    shows_life(history, "click")
    assert history.agent(1).state is State.READY


def test_a_list_that_still_has_the_phone_is_no_sign_of_life(history: History) -> None:
    """The link was cut and is back: the contact may outlive the phone."""
    history.phone(1, reachable=True, contact="sip:here")
    stays_silent(history)
    history.apply(events.TelephonyLost(at=history.at))
    history.links_up(reachable=("a-1", "a-2"))
    assert history.agent(1).reason == "silent"


def test_a_break_that_was_chosen_meanwhile_stands(history: History) -> None:
    """The agent's last word always wins."""
    history.not_ready(1, "lunch")
    stays_silent(history)
    shows_life(history, "registers")
    assert (history.agent(1).state, history.agent(1).reason) == (State.NOT_READY, "lunch")


@pytest.mark.parametrize("meanwhile", ["rings elsewhere", "talks", "has gone"])
def test_a_ring_that_is_told_late_is_a_sign_of_life(history: History, meanwhile: str) -> None:
    """The link lagged: the phone was given up wrongly, and is trusted as soon as that is known."""
    stays_silent(history)
    if meanwhile != "rings elsewhere":
        history.leg_answers(1)
    if meanwhile == "has gone":
        history.hangs_up(1)
    history.apply(events.LegRang(at=history.at, offer_id=OFFER))
    assert history.agent(1).state is State.READY
    assert history.world.refused == 0


def test_another_phone_is_another_matter(history: History) -> None:
    """What the old one did not do is not held against the new one."""
    stays_silent(history)
    moved = network(replace(profile(1), endpoint="b-1"), profile(2))
    history.apply(events.NetworkPublished(at=history.at, network=moved))
    history.apply(events.PhoneSeen(at=history.at, endpoint="b-1", reachable=True))
    assert history.agent(1).state is State.READY


# --- when nothing can be heard -------------------------------------------------------------


def ringing_leg(*, rings: bool) -> events.Channel:
    """The agent's leg, as the exchange lists it."""
    return events.Channel(
        channel=LEG,
        channel_id="2.1",
        our_id=OFFER,
        bridge="",
        rung=True,
        endpoint="a-1",
        rings=rings,
    )


CALLER = events.Channel(
    channel="PJSIP/carrier-00000001", channel_id="1.1", our_id=call_id(1), bridge="", rung=False
)


@pytest.mark.parametrize("rings", [True, False])
def test_without_the_link_no_phone_is_judged(history: History, *, rings: bool) -> None:
    """It may have rung unheard; the next snapshot says so, or gives it the time anew."""
    history.apply(events.TelephonyLost(at=history.at))
    history.pass_s(3)
    history.fires("silent", OFFER)
    assert history.agent(1).state is State.RESERVED
    history.links_up(CALLER, ringing_leg(rings=rings))
    assert len(limits(history)) == (1 if rings else 2)
    stays_silent(history)
    assert history.agent(1).silent is not rings


@pytest.mark.parametrize("rings", [True, False])
def test_a_restart_in_between_changes_nothing(history: History, *, rings: bool) -> None:
    """The next process finds the leg dialled, and asks the exchange whether it rings."""
    new = History(history.world.network)
    new.at = history.at + 2
    new.world.restore(history.world.calls.values(), history.world.agents.values())
    new.apply(events.ServiceStarted(at=new.at))
    new.links_up(CALLER, ringing_leg(rings=rings))
    assert len(limits(new)) == (not rings)
    if not rings:
        stays_silent(new)
    assert new.agent(1).silent is not rings
    assert new.agent(1).missed == 0


def test_what_is_known_of_the_phone_outlives_a_restart(history: History) -> None:
    """Else every restart would cost a caller the same three seconds."""
    stays_silent(history)
    new = History(history.world.network)
    new.world.restore(history.world.calls.values(), history.world.agents.values())
    new.apply(events.ServiceStarted(at=new.at))
    new.links_up(reachable=("a-1", "a-2"))
    assert (new.agent(1).state, new.agent(1).reason) == (State.NOT_READY, "silent")


# --- the rules -----------------------------------------------------------------------------


@pytest.mark.parametrize(("device", "limit_s"), [("browser", 2.0), ("desk", 2.0), ("mobile", 15.0)])
def test_the_limits_are_settings(device: Device, limit_s: float) -> None:
    """One for phones that register, one for mobiles."""
    rules = OfferRules(rings_within_s=2.0, mobile_rings_within_s=15.0)
    assert rules.silent_s(device) == limit_s


def test_a_limit_that_no_phone_could_keep_is_refused() -> None:
    """With the reason."""
    with pytest.raises(ValueError, match="begins to ring within 1 to 60 seconds"):
        OfferRules(rings_within_s=0.0)


def test_a_rejoin_has_its_own_time(begin: Callable[..., History]) -> None:
    """Whoever is called back into a talk is waited for as long as that lasts."""
    history = begin()
    history.links_up()
    history.talks(1, 1)
    history.loses_audio(1, 1)
    history.returns(1)
    offer = history.call(1).open_offer
    assert offer is not None
    before = limits(history)
    history.apply(events.LegDialed(at=history.at, offer_id=offer.leg_id, leg="PJSIP/a-1-9"))
    assert limits(history) == before
