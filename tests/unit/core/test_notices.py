"""Notices of known events: said once, before the wait, and counted."""

from dataclasses import replace

import pytest

from contactcentre.core import effects, events
from contactcentre.core.call.notices import SATISFIED_S
from contactcentre.core.config.network import Network
from contactcentre.core.config.notice import Notice
from contactcentre.core.outcomes import Outcome
from contactcentre.testing import START, History, call_id, network, profile
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
