"""The agent's voice and keys, where the telephone is none of the page's."""

from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.call.outbound_moves import dial_id
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import DialResult
from contactcentre.testing import History, call_id, network, profile

pytestmark = pytest.mark.unit

CALL = call_id(1)
LEG, CHANNEL = f"{CALL}-1", "PJSIP/a-1-00000001"


def hotline(device: str = "desk") -> History:
    """A talk of agent 1, who has that telephone; agent 2 is free."""
    first = replace(profile(1), device=device, mobile="+37120000099")  # type: ignore[arg-type]
    history = History(network(first, profile(2)))
    history.links_up()
    history.talks(1, 1)
    return history


def mutes(history: History, *, muted: bool = True, agent: int = 1, call: str = CALL) -> bool:
    """The agent asks for it; whether it was taken."""
    refused = history.world.refused
    history.apply(
        commands.MuteChosen(at=history.at, agent_id=f"a{agent}", call_id=call, muted=muted)
    )
    return history.world.refused == refused


def presses(history: History, digit: str = "5", agent: int = 1) -> bool:
    """The same of a key."""
    refused = history.world.refused
    history.apply(
        commands.KeyPressed(at=history.at, agent_id=f"a{agent}", call_id=CALL, digit=digit)
    )
    return history.world.refused == refused


def told(history: History) -> list[tuple[str, bool]]:
    """What the exchange was told of mouths, in its turn."""
    return [(order.leg, order.muted) for order in history.ordered(effects.MuteLeg)]


def tones(history: History) -> list[tuple[str, str]]:
    """Who has heard which key."""
    return [(order.leg, order.digit) for order in history.ordered(effects.PressKey)]


@pytest.mark.parametrize("device", ["desk", "mobile"])
def test_a_telephone_of_its_own_is_muted_by_us(device: str) -> None:
    """Once each, and only by whose call it is; whatever the telephone shows."""
    history = hotline(device)
    assert not mutes(history, agent=2)
    assert mutes(history)
    assert mutes(history)
    assert history.call(1).legs[0].muted
    assert mutes(history, muted=False)
    assert told(history) == [(CHANNEL, True), (CHANNEL, False)]


def test_a_browser_mutes_itself() -> None:
    """And presses its own keys: it can do so without us, and would say otherwise than we do."""
    history = hotline("browser")
    assert not mutes(history)
    assert not presses(history)
    assert told(history) == tones(history) == []


def test_who_is_muted_stays_so_on_hold_and_after_the_link_was_away() -> None:
    """It may never have reached the exchange, so it is told once more."""
    history = hotline()
    mutes(history)
    history.apply(commands.HoldChosen(at=history.at, agent_id="a1", call_id=CALL))
    assert history.call(1).legs[0].muted
    history.links_up()
    assert told(history) == [(CHANNEL, True)] * 2


def test_a_key_is_heard_by_whom_the_agent_talks_to() -> None:
    """The citizen; in a consult the institution's menu, until the agent turns back; nobody on
    hold."""
    history = hotline()
    caller = history.call(1).channel.name
    assert presses(history, "1")
    asks = commands.ConsultChosen(at=history.at, agent_id="a1", call_id=CALL, number="67000000")
    history.apply(asks)
    assert not presses(history, "2")
    outside = history.call(1).legs[1].leg_id
    history.apply(events.LegLeashed(at=history.at, offer_id=LEG, leg=CHANNEL))
    history.apply(events.LegDialed(at=history.at, offer_id=outside, leg="PJSIP/line-1"))
    history.apply(events.LegAnswered(at=history.at, offer_id=outside))
    assert presses(history, "3")
    history.apply(commands.SidesSwapped(at=history.at, agent_id="a1", call_id=CALL))
    assert presses(history, "4")
    assert tones(history) == [(caller, "1"), ("PJSIP/line-1", "3"), (caller, "4")]


def test_who_turns_to_another_citizen_is_heard() -> None:
    """It is one telephone, and would be muted for the other, too, and nothing say so."""
    history = hotline()
    mutes(history)
    history.apply(commands.DialChosen(at=history.at, agent_id="a1", number="+37167000000"))
    second = dial_id("a1", history.at)
    history.apply(events.LegLeashed(at=history.at, offer_id=LEG, leg=CHANNEL))
    history.apply(
        events.DialEnded(at=history.at, call_id=CALL, offer_id=LEG, result=DialResult.ANSWERED)
    )
    history.dialed(second)
    history.lifts(second)
    assert not history.call(1).legs[0].muted
    assert told(history) == [(CHANNEL, True), (CHANNEL, False)]
    assert mutes(history, call=second)
    history.apply(events.CallerHungUp(at=history.at, call_id=second, cause=16))
    assert told(history)[2:] == [(CHANNEL, True), (CHANNEL, False)]


def rings(history: History, leg: str = LEG, channel: str = CHANNEL) -> None:
    """The telephone does."""
    history.apply(events.LegDialed(at=history.at, offer_id=leg, leg=channel))
    history.apply(events.LegRang(at=history.at, offer_id=leg))


def lifts(history: History, agent: int = 1, offer: str = LEG) -> bool:
    """The agent answers by the page; whether it was taken."""
    refused = history.world.refused
    chosen = commands.AnswerChosen(at=history.at, agent_id=f"a{agent}", offer_id=offer)
    history.apply(chosen)
    return history.world.refused == refused


def lifted(history: History) -> list[str]:
    """The legs that the exchange was to have answer."""
    return [order.leg for order in history.ordered(effects.AnswerLeg)]


def offered(device: str) -> History:
    """A call is offered to agent 1."""
    first = replace(profile(1), device=device, mobile="+37120000099")  # type: ignore[arg-type]
    history = History(network(first, profile(2)))
    history.links_up()
    history.ready(1)
    history.waits(1, "")
    return history


def test_a_telephone_on_the_table_is_answered_by_the_page() -> None:
    """Once it rings, and by whom it rings for; what follows is an answer like any other."""
    history = offered("desk")
    assert not lifts(history)
    rings(history)
    assert not lifts(history, agent=2)
    assert lifts(history)
    assert lifted(history) == [CHANNEL]
    assert history.call(1).phase is Phase.OFFERED  # it may not know how
    history.apply(events.LegAnswered(at=history.at, offer_id=LEG))
    assert history.call(1).phase is Phase.TALKING
    assert not lifts(history)


@pytest.mark.parametrize("device", ["browser", "mobile"])
def test_no_other_telephone_is(device: str) -> None:
    """A browser answers by itself, and a mobile could be in anybody's hands."""
    history = offered(device)
    rings(history)
    assert not lifts(history)
    assert lifted(history) == []


def test_who_has_had_a_citizen_rung_need_not_answer() -> None:
    """The telephone on the table does, as a browser's would, as soon as it rings; the next one to
    whom that citizen goes decides."""
    first, second = (replace(profile(one), device="desk") for one in (1, 2))
    history = History(network(first, second))
    history.links_up()
    key = history.asks_callback(1)
    history.ready(1)
    history.rings_back(1, key)
    history.dialed(key)
    history.pass_s(5)
    history.lifts(key)
    offer = history.promise(key).offer
    assert offer is not None
    rings(history, offer.leg_id)
    assert lifted(history) == [CHANNEL]
    history.apply(events.LegAnswered(at=history.at, offer_id=offer.leg_id))
    history.ready(2)
    history.apply(
        commands.QueueTransferChosen(at=history.at, agent_id="a1", call_id=key, queue="general")
    )
    told = {"call_id": key, "offer_id": offer.leg_id, "result": DialResult.ANSWERED}
    history.apply(events.DialEnded(at=history.at, **told))
    again = history.promise(key).offer
    assert again is not None
    assert again.agent_id == "a2"
    rings(history, again.leg_id)
    assert lifted(history) == [CHANNEL]


def test_whoever_is_asked_answers_by_the_page_too() -> None:
    """A colleague whose telephone is on a table, in a consult."""
    history = History(network(profile(1), replace(profile(2), device="desk")))
    history.links_up()
    history.talks(1, 1)
    history.ready(2)
    asks = {"call_id": CALL, "agent_id": "a1", "colleague": "a2"}
    history.apply(commands.ConsultChosen(at=history.at, **asks))
    aside = history.call(1).aside
    assert aside is not None
    assert not lifts(history, 2, aside.leg_id)
    rings(history, aside.leg_id, "PJSIP/a-2-00000002")
    assert lifts(history, 2, aside.leg_id)
    assert lifted(history) == ["PJSIP/a-2-00000002"]
