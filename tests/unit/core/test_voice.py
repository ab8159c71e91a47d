"""The agent's voice and keys, where the telephone is none of the page's."""

from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.call.outbound_moves import dial_id
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
