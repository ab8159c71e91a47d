"""The municipality that a caller spells goes with the call."""

from dataclasses import replace

import pytest

from contactcentre.core import effects
from contactcentre.core.config import municipalities
from contactcentre.core.config.network import Hotline, Municipality, Network
from contactcentre.features.prompts.spoken_names import texts
from contactcentre.testing import FLOW, History, network, profile
from ivr.flow import parse

pytestmark = pytest.mark.unit

SPELL = (
    "  taxes: {type: spell, among: municipalities, store: municipality, prompts: [ask], then: q}"
)
OWN = "60000101"


@pytest.fixture
def given() -> Network:
    """A menu that asks for the municipality, and a centre's own number."""
    before, _, after = FLOW.partition("  taxes:\n")
    document = f"{before}{SPELL}\n  q:\n{after}"
    own = Hotline(number=OWN, labels={"lv": "C", "en": "C"}, flow="hotline", centre_id="c1")
    plain = network(profile(1))
    return replace(
        plain,
        flows={"hotline": parse(document, name="hotline")},
        hotlines={**plain.hotlines, OWN: own},
        municipalities={
            key: Municipality(municipality_id=key, name=name, region="r")
            for key, name in (("jekabpils", "Jēkabpils novads"), ("ludza", "Ludzas novads"))
        },
    )


def test_the_choice_goes_with_the_call(given: Network) -> None:
    """By its id, into the queue; the names were said by a Latvian voice."""
    history = History(given)
    history.waits(1, "1")
    history.presses(1, "583")
    assert history.ordered(effects.Ask)[-1].prompts[0] == "lv:name/municipality-ludza"
    history.presses(1, "1")
    assert (history.call(1).queue, history.call(1).choice.municipality) == ("taxes", "ludza")


def test_a_centres_own_number_has_told_already(given: Network) -> None:
    """Nobody is asked what is known."""
    history = History(given)
    history.arrives(1, dialled=OWN)
    history.presses(1, "1")
    assert (history.call(1).queue, history.call(1).choice.municipality) == ("taxes", "")


def test_every_name_can_be_spoken(given: Network) -> None:
    """Each municipality has a prompt, whatever signs its id has."""
    assert texts(given)["lv"]["name/municipality-jekabpils"] == "Jēkabpils novads"
    assert municipalities.prompt("LV_Rēzekne 2") == "name/municipality-lv-r-zekne-2"
