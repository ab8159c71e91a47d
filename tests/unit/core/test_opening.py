"""A citizen rings one of three centres, with the shipped menu and hours of each centre."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from contactcentre.core import effects
from contactcentre.core.call.state import Phase
from contactcentre.core.config.network import Centre, Hotline, Network
from contactcentre.core.config.opening import States, opening
from contactcentre.core.outcomes import Outcome
from contactcentre.testing import History, municipalities, network, profile
from ivr.flow import parse
from ivr.say import Again
from routing.calendar import LOCAL, Calendar, Interval

pytestmark = pytest.mark.unit

FLOW = parse(
    (Path(__file__).parents[3] / "config/flows/hotline.yaml").read_text("utf-8"), name="hotline"
)
OFFICE: tuple[Interval, ...] = ((480, 1020),)
LATE: tuple[Interval, ...] = ((600, 1140),)


def week(hours: tuple[Interval, ...], saturday: tuple[Interval, ...] = ()) -> Calendar:
    """Those hours from Monday to Friday; New Year's Eve is a holiday, Friday 2 January moved."""
    return Calendar(
        weekly=((hours,) * 5 + (saturday, ())),
        holidays=frozenset({"2025-12-31", "2026-01-01"}),
        moved={"2026-01-17": "2026-01-02"},
    )


def centre(name: str, municipality: str, calendar_id: str | None) -> Centre:
    """One centre."""
    return Centre(
        centre_id=name,
        name=name,
        municipality=municipality,
        calendar_id=calendar_id,
    )


def hotline(number: str, centre_id: str | None, calendar_id: str | None = None) -> Hotline:
    """A number of the shipped menu."""
    return Hotline(
        number=number, labels={}, flow="hotline", centre_id=centre_id, calendar_id=calendar_id
    )


CENTRES = (
    centre("far", "m3", "saturday"),
    centre("home", "m1", "office"),
    centre("region", "m2", "saturday"),
    centre("near", "m1", "late"),
    centre("further", "m4", "saturday"),
    centre("nowhen", "m1", None),
)
NETWORK: Network = replace(
    network(profile(1)),
    municipalities=municipalities(m1="r1", m2="r1", m3="r2", m4="r2"),
    centres={each.centre_id: each for each in CENTRES},
    hotlines={
        "100": hotline("100", None),
        **{
            f"10{number}": hotline(f"10{number}", each.centre_id)
            for number, each in enumerate(CENTRES, start=1)
        },
    },
    calendars={
        "hotline": week(((420, 1200),)),
        "office": week(OFFICE),
        "late": week(LATE),
        "saturday": week(OFFICE, ((540, 840),)),
    },
    flows={"hotline": FLOW},
)
HOME, FAR, COMMON = "102", "101", "100"


def at(text: str) -> float:
    """An instant of Riga's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).timestamp()


def ring(number: str, when: str, given: Network = NETWORK) -> History:
    """A citizen rings then."""
    history = History(given)
    history.at = at(when)
    history.arrives(1, dialled=number)
    return history


def heard(history: History) -> tuple[str, ...]:
    """The prompts of the menu."""
    return history.ordered(effects.Ask)[-1].prompts


def test_an_open_centre_is_not_spoken_of() -> None:
    """The menu of every day."""
    assert "hours/not-now" not in heard(ring(HOME, "2026-01-05T09:00"))


def test_a_closed_centre_hands_its_callers_to_the_network() -> None:
    """It is said in the menu, where a key may already be pressed, and an agent is rung."""
    history = ring(HOME, "2026-01-05T18:00")
    assert heard(history)[2:5] == ("name/102", "hours/not-now", "hours/others-answer")
    history.ready(1)
    history.presses(1, "0")
    assert history.call(1).phase is Phase.OFFERED


def test_all_are_closed_on_a_holiday() -> None:
    """The caller hears why and until when, and may ask to be called back."""
    history = ring(HOME, "2025-12-31T10:00")
    said = heard(history)
    assert said[2:6] == ("name/102", "hours/not-now", "hours/holiday", "again/open")
    assert said[6:8] == ("day/0-next", "hour/8-from")
    assert "others/one" not in said
    history.presses(1, "1")
    assert history.call(1).end.outcome is Outcome.CALLBACK


def test_an_open_centre_takes_calls_while_the_network_is_closed() -> None:
    """On its Saturday, with an agent of its own or anybody else who is at work."""
    history = ring(FAR, "2026-01-10T10:00")
    history.presses(1, "0")
    assert history.call(1).phase is Phase.WAITING


def test_a_closed_saturday_and_a_moved_one() -> None:
    """The Saturday on which Friday 2 January is worked is a working day for all of them."""
    assert "closed.menu" in heard(ring(HOME, "2026-01-10T10:00"))
    assert "menu.matter" in heard(ring(HOME, "2026-01-17T10:00"))


def test_who_else_is_open_is_told_nearest_first() -> None:
    """The same municipality, the same region, the rest; three at most."""
    always = {**NETWORK.calendars, "late": week(LATE, OFFICE)}
    at_ten = at("2026-01-10T10:00")
    found = opening(replace(NETWORK, calendars=always), HOME, at_ten)
    assert found is not None
    assert found.others == ("name/104", "name/103", "name/101")
    plain = opening(NETWORK, HOME, at_ten)
    assert plain is not None
    assert plain.others == ("name/103", "name/101", "name/105")


def test_when_the_network_answers_sooner_is_told_too() -> None:
    """A centre that opens at ten on Monday; the network answers from seven."""
    said = heard(ring("104", "2026-01-10T10:00"))
    assert said[4:10] == (
        *("again/open", "day/0-next", "hour/10-from"),
        *("again/others", "day/0-next", "hour/7-from"),
    )
    alone = replace(NETWORK, default_calendar="saturday")
    found = opening(alone, "104", at("2026-01-10T15:00"))
    assert found is not None
    assert found.sooner == Again(days_ahead=2, weekday=0, day=12, month=1, minute=480)
    late = replace(NETWORK, default_calendar="none")
    assert "again/others" not in heard(ring("104", "2026-01-10T15:00", late))


def test_the_common_number_tells_its_own_hours() -> None:
    """With the calendar that the network goes by, and nobody left out."""
    found = opening(NETWORK, COMMON, at("2026-01-10T10:00"))
    assert found is not None
    assert found.weekly[0] == ((420, 1200),)
    assert found.again == Again(days_ahead=2, weekday=0, day=12, month=1, minute=420)
    assert len(found.others) == 3


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("2025-12-31T10:00", "holiday"),
        ("2026-01-02T10:00", "moved"),
        ("2026-01-03T10:00", ""),
        ("2026-01-05T18:00", ""),
    ],
)
def test_why_it_is_closed(when: str, why: str) -> None:
    """A holiday and a moved working day have a reason of their own."""
    found = opening(NETWORK, HOME, at(when))
    assert found is not None
    assert found.why == why


def test_a_number_has_its_centres_calendar_or_its_own_or_the_common_one() -> None:
    """In this order; where nobody has filled in any, there is none and the line is open."""
    own = replace(
        NETWORK,
        hotlines={
            "1": hotline("1", "near", "saturday"),
            "2": hotline("2", "nowhen", "saturday"),
            "3": hotline("3", "nowhen"),
        },
    )
    found = [own.own_calendar(number) for number in ("1", "2", "3", "4")]
    names = ("late", "saturday", "hotline", "hotline")
    assert found == [own.calendars[name] for name in names]
    bare = replace(own, calendars={})
    assert (bare.own_calendar("1"), opening(bare, "1", 0.0)) == (None, None)
    assert "menu.matter" in heard(ring("1", "2025-12-31T03:00", bare))


def test_states_are_a_mapping_of_all_calendars() -> None:
    """Own included, and an unknown name is unknown."""
    states = States(NETWORK, HOME, at("2026-01-05T18:00"))
    assert dict(states) == {
        "own": "closed",
        "hotline": "open",
        "office": "closed",
        "late": "open",
        "saturday": "closed",
    }
    assert len(states) == 5
    assert states.get("other", "open") == "open"
