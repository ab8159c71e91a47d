"""Who is on duty for a topic, as the desk lists them."""

from dataclasses import replace

import pytest

from agents_ui.desk.port import Colleagues
from contactcentre.features.desk.colleagues import AT_MOST, colleagues
from contactcentre.testing import History, network, profile

pytestmark = pytest.mark.unit


def listed(history: History, *, text: str = "") -> Colleagues:
    """What agent 1 finds for call 1."""
    world = history.world
    return colleagues(history.call(1), world.network.agents["a1"], world, service="", text=text)


@pytest.fixture
def history() -> History:
    """Agent 1 talks with a citizen about anything; 2 and 3 are free, 4 is at no centre we know."""
    far = replace(profile(4), centre_id="elsewhere")
    history = History(network(profile(1), profile(2), profile(3, languages="ru"), far))
    history.talks(1, 1)
    for number in (4, 3, 2):
        history.ready(number)
        history.pass_s(1)
    return history


def ids(found: Colleagues) -> list[str]:
    """Whom it names, in order."""
    return [one.agent_id for one in found.first]


def test_the_nearest_first(history: History) -> None:
    """Who knows the topic and its language: of the same centre, then of the network."""
    found = listed(history)
    assert [(one.agent_id, one.near) for one in found.first] == [
        ("a2", "centre"),
        ("a4", "network"),
    ]


def test_who_is_in_a_call_comes_last(history: History) -> None:
    """Seen, and not to be chosen."""
    history.waits(2, "")
    history.leg_answers(2)
    found = listed(history)
    assert [one.ready for one in found.first] == [True, False]


def test_found_by_name_or_centre(history: History) -> None:
    """Whatever they know, without diacritics."""
    assert ids(listed(history, text="agent 3")) == ["a3"]
    assert set(ids(listed(history, text="viesites"))) == {"a2", "a3"}
    assert ids(listed(history, text="nobody")) == []


def test_who_is_away_is_not_listed(history: History) -> None:
    """Nobody waits for somebody at the counter."""
    history.not_ready(2, "counter")
    assert ids(listed(history)) == ["a4"]


def test_a_long_list_is_cut() -> None:
    """The first of them, and how many there are."""
    many = [profile(number) for number in range(1, AT_MOST + 5)]
    history = History(network(*many))
    history.talks(1, 1)
    for number in range(2, AT_MOST + 5):
        history.ready(number)
    found = listed(history)
    assert (len(found.first), found.count) == (AT_MOST, AT_MOST + 3)
