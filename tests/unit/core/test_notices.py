"""Notices of known events: said once, before the wait, and counted."""

from dataclasses import replace

import pytest

from contactcentre.core import effects, events, values
from contactcentre.core.call.notices import SATISFIED_S
from contactcentre.core.config.network import Network
from contactcentre.core.config.notice import Notice
from contactcentre.core.outcomes import Outcome
from contactcentre.testing import START, History, call_id, municipalities, network, profile
from ivr.flow import parse

pytestmark = pytest.mark.unit

STORM = Notice(notice_id="storm", texts={"lv": "Vētra."}, from_at=START - 60, until_at=START + 3600)
PORTAL = Notice(
    notice_id="portal", texts={"lv": "Portāls nedarbojas."}, from_at=START, queues=("taxes",)
)
FLOW = """
schema: 1
version: 1
languages:
  lv: {}
start: notices
default: person
nodes:
  notices:
    type: play
    notices: true
    then: matter
  matter:
    type: menu
    prompts: [menu.matter]
    options:
      1: {goto: taxes}
  taxes: {type: enqueue, queue: taxes, prompts: [wait.thanks]}
  person: {type: enqueue, queue: general, prompts: []}
"""


def told(history: History) -> list[tuple[str, ...]]:
    """What was said so far."""
    return [order.prompts for order in history.ordered(effects.Play)]


def given(*notices: Notice, flow: str = "") -> History:
    """One agent, logged out."""
    made: Network = replace(network(profile(1)), notices=notices)
    if flow:
        made = replace(made, flows={"hotline": parse(flow, name="hotline")})
    return History(made)


def heard(history: History, number: int) -> None:
    """The caller has heard what was said in the menu."""
    step = history.call(number).channel.step
    history.apply(events.PromptsPlayed(at=history.at, call_id=call_id(number), step=step))


def test_a_notice_is_said_once_and_before_the_menu() -> None:
    """The one for every caller where the menu says so, that of the queue at its entry."""
    history = given(STORM, PORTAL, flow=FLOW)
    history.arrives(1)
    assert told(history) == [("notice/storm",)]
    history.pass_s(5)
    heard(history, 1)
    history.presses(1, "1")
    assert told(history)[-1] == ("notice/portal", "wait.thanks")
    assert history.call(1).heard.notices == ("storm", "portal")


def test_without_a_place_in_the_menu_it_is_said_at_the_entry() -> None:
    """No caller waits who was not told."""
    history = given(STORM)
    history.waits(1)
    assert told(history) == [("notice/storm",)]


@pytest.mark.parametrize("late_s", [-61.0, 3600.0])
def test_a_notice_has_its_time(late_s: float) -> None:
    """Before and after it nothing is said."""
    history = given(STORM)
    history.at = START + late_s
    history.waits(1)
    assert told(history) == []


@pytest.mark.parametrize(
    ("reach", "heard_at"),
    [
        ({"centres": ("c1",)}, {"61111111"}),
        ({"municipalities": ("m",)}, {"61111111", "62222222"}),
        ({"municipalities": ("m",), "queues": ("taxes",)}, {"61111111", "62222222"}),
        ({"centres": ("elsewhere",)}, set()),
        ({}, {"60000100", "61111111", "62222222"}),
    ],
)
@pytest.mark.parametrize("flow", [FLOW, ""])
def test_a_notice_of_a_place_is_for_its_callers(
    reach: dict[str, tuple[str, ...]], heard_at: set[str], flow: str
) -> None:
    """Whoever rings a number there hears it, in the menu or at the entry, and nobody else does."""
    plain = network(profile(1))
    second = replace(plain.centres["c1"], centre_id="c2")
    own = {
        number: replace(plain.hotlines["60000100"], number=number, centre_id=centre)
        for number, centre in (("61111111", "c1"), ("62222222", "c2"))
    }
    made = replace(
        plain,
        notices=(replace(STORM, **reach),),
        municipalities=municipalities(m="r"),
        centres={**plain.centres, "c2": second},
        hotlines={**plain.hotlines, **own},
        flows={"hotline": parse(flow, name="hotline")} if flow else plain.flows,
    )
    history, found = History(made), set()
    for call, dialled in enumerate(("60000100", *own), 1):
        history.arrives(call, dialled=dialled)
        heard(history, call)
        history.presses(call, "1")
        if history.call(call).heard.notices:
            found.add(dialled)
    assert found == heard_at


def test_who_asks_about_a_municipality_is_told_its_notices() -> None:
    """By the menu's choice, where a number common to all was dialled."""
    storm = replace(STORM, municipalities=("m",))
    made = replace(
        network(profile(1)), notices=(storm,), municipalities=municipalities(m="r", n="r")
    )
    for chosen, told_of in (("m", ("storm",)), ("n", ()), ("", ())):
        history = History(made)
        history.arrives(1)
        call = history.call(1)
        choice = values.replace(call.choice, municipality=chosen)
        history.world.calls[call.call_id] = values.replace(call, choice=choice)
        history.presses(1, "1")
        assert history.call(1).heard.notices == told_of


def test_who_hangs_up_soon_after_it_was_informed() -> None:
    """In the menu or in the line; not counted as abandoned."""
    history = given(STORM, flow=FLOW)
    history.arrives(1)
    history.pass_s(SATISFIED_S)
    history.hangs_up(1)
    assert history.call(1).end.outcome is Outcome.INFORMED
    history.arrives(2)
    heard(history, 2)
    history.presses(2, "1")
    history.pass_s(5)
    history.hangs_up(2)
    assert history.call(2).end.outcome is Outcome.INFORMED


def test_who_waits_on_and_gives_up_was_not() -> None:
    """The notice was no answer."""
    history = given(STORM)
    history.waits(1)
    history.pass_s(SATISFIED_S + 1)
    history.hangs_up(1)
    assert history.call(1).end.outcome is Outcome.ABANDONED


@pytest.mark.parametrize(
    ("texts", "until_at", "why"),
    [
        ({"ru": "Буря."}, None, "Latvian"),
        ({"lv": " "}, None, "Latvian"),
        ({"lv": "x"}, START, "ends"),
    ],
)
def test_a_notice_that_could_not_be_told_is_refused(
    texts: dict[str, str], until_at: float | None, why: str
) -> None:
    """With the reason."""
    with pytest.raises(ValueError, match=why):
        Notice(notice_id="n", texts=texts, from_at=START, until_at=until_at)
