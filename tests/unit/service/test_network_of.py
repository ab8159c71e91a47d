"""From documents to the network: what does not hold together is told with its place."""

from collections.abc import Mapping
from typing import Any

import pytest

from contactcentre.core.config.callback_rules import CallbackRules
from contactcentre.core.config.offer_rules import OfferRules
from contactcentre.features.publication.draft import Draft
from contactcentre.features.publication.network import NetworkRefused, network_of
from contactcentre.storage import codec
from contactcentre.testing import FLOW, START

pytestmark = pytest.mark.unit

QUEUE = {
    "queue_id": "taxes",
    "labels": {"lv": "Nodokļi", "en": "Taxes"},
    "skills": {"taxes": 1},
    "services": [],
    "answer_within_s": 30.0,
    "short_abandon_s": 5.0,
    "ring_s": 20.0,
    "wrap_up_s": 60.0,
    "head_start_s": 0.0,
    "announce_s": 60.0,
    "circles": [],
}
AGENT = {
    "agent_id": "a1",
    "name": "Agent",
    "centre_id": "c1",
    "endpoint": "a-1",
    "device": "browser",
    "skills": {"taxes": 3},
    "languages": {"lv": 5},
    "active": True,
}
MENU = {"name": "hotline", "version": 4, "document": FLOW, "in_force": True}
CENTRE = {"centre_id": "c1", "name": "Centre", "municipality": "m"}
CALENDAR = {
    "calendar_id": "hotline",
    "weekly": {"mon": [["08:00", "17:00"]]},
    "exceptions": {},
    "public_holidays": True,
    "eve_shorter_min": 60,
    "moved_days": False,
}
NUMBER = {"number": "60000100", "labels": {"lv": "T", "en": "T"}, "flow": "hotline"}


def draft(settings: Mapping[str, Any] | None = None, **tables: list[dict[str, Any]]) -> Draft:
    """Documents that hold together, but for the tables given."""
    rows = {
        "regions": [{"region_id": "r", "name": "Region"}],
        "municipalities": [{"municipality_id": "m", "name": "Municipality", "region": "r"}],
        "centres": [CENTRE],
        "queues": [QUEUE],
        "agents": [AGENT],
        "flows": [MENU],
        "calendars": [CALENDAR],
        "hotlines": [NUMBER],
    }
    return Draft(version=7, rows={**rows, **tables}, settings=settings or {})


def refused(
    settings: Mapping[str, Any] | None = None, **tables: list[dict[str, Any]]
) -> tuple[str, ...]:
    """The problems of documents that do not hold together."""
    with pytest.raises(NetworkRefused) as caught:
        network_of(draft(settings, **tables), at=START)
    assert caught.value.version == 7
    return caught.value.problems


def test_rows_become_one_value() -> None:
    """A menu has the number of its row, whatever its document says."""
    network = network_of(draft(), at=START)
    assert network.flows["hotline"].version == 4
    assert network.queues["taxes"].skills == (("taxes", 1),)
    assert network.agents["a1"].capability.languages == (("lv", 5),)


def test_a_kept_draft_makes_the_same_network() -> None:
    """What is kept as JSON beside the journal leads to the same value."""
    kept = codec.decode(codec.encode(draft()), Draft)
    assert network_of(kept, at=START) == network_of(draft(), at=START)


def test_earlier_menus_stand_apart() -> None:
    """They are there for calls that are still in them, and are not checked against new queues."""
    old = {**MENU, "version": 3, "in_force": False}
    network = network_of(draft(flows=[MENU, old]), at=START)
    assert set(network.flows) == {"hotline"}
    assert network.earlier["hotline", 3].version == 3
    gone = {**QUEUE, "queue_id": "other"}
    with pytest.raises(NetworkRefused, match=r"hotline\.yaml: node 'taxes', key 'queue'"):
        network_of(draft(queues=[gone]), at=START)
    menu = {**MENU, "document": FLOW.replace("queue: taxes", "queue: other")}
    assert network_of(draft(queues=[gone], flows=[menu, old]), at=START).earlier


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("ring_s", 0.0, "queue taxes, ring_s: must be 1 to 300 seconds"),
        ("ring_s", float("inf"), "queue taxes, ring_s: must be 1 to 300 seconds"),
        ("wrap_up_s", float("nan"), "queue taxes, wrap_up_s: must be 0 to 3600 seconds"),
        ("announce_s", "often", "queue taxes, announce_s: must be a number"),
        ("head_start_s", 1e9, "queue taxes, head_start_s: must be 0 to 3600 seconds"),
        ("services", "VID-GID", "queue taxes, services: must be a list"),
        ("labels", {"lv": "Nodokļi"}, "queue taxes, labels: 'en' is missing, people read it"),
        ("skills", {"taxes": "good"}, "queue taxes, skills.taxes: must be a whole number"),
        ("skills", {"taxes": 9}, "queue taxes, skills.taxes: must be 1 to 5"),
        (
            "circles",
            [{"kind": "centre"}],
            "queue taxes, circles: the last circle must be the network",
        ),
        (
            "circles",
            [{"kind": "centre", "last_s": 5}, {"kind": "network"}],
            "queue taxes, circles.0.last_s: is not a known key",
        ),
        (
            "circles",
            [{"kind": "centre", "lasts_s": float("inf")}, {"kind": "network"}],
            "queue taxes, circles.0.lasts_s: must be 0 to 3600 seconds",
        ),
        (
            "circles",
            [{"kind": "centre", "lasts_s": float("nan")}, {"kind": "network"}],
            "queue taxes, circles.0.lasts_s: must be 0 to 3600 seconds",
        ),
        (
            "circles",
            [{"kind": "network", "relax": {"skills_at_most": -1}}],
            "queue taxes, circles.0.relax: a level is from 0 to 5",
        ),
        (
            "overflow",
            [{"when": "waited", "after_s": float("inf"), "do": "voicemail"}],
            "queue taxes, overflow.0: 'after_s' is at most 86400 seconds",
        ),
        (
            "keys",
            {"1": {"do": "voicemail", "maxs": 30}},
            "queue taxes, keys.1.maxs: is not a known key",
        ),
    ],
)
def test_a_broken_queue(column: str, value: object, told: str) -> None:
    """Times, labels, skills and rings: the queue, the column and what is wrong."""
    assert refused(queues=[{**QUEUE, column: value}]) == (told,)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"promise_h": float("inf")}, ": callbacks: a promise is for 0 to 2160 hours"),
        ({"ring_s": float("nan")}, ": callbacks: a telephone rings for 1 to 120 seconds"),
        ({"retry_after_min": [1e300]}, ": callbacks: a duration must be more than nothing"),
        ({"countries": ["Latvia"]}, ": callbacks: no country 'Latvia'; two letters, as LV"),
        (
            {"hours": ["08:00", "25:00"]},
            ", hours.1: '25:00' is no time of day; write it like 08:30",
        ),
        ({"attempts": 3}, ", attempts: is not a known key"),
        ([], ": must be a mapping"),
    ],
)
def test_broken_rules_for_ringing_back(rules: object, told: str) -> None:
    """They would ring nobody, or for ever."""
    (found,) = refused({"callbacks": rules})
    assert found.startswith(f"setting callbacks{told}")


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"misses": 0}, ": misses: at least 1"),
        ({"patience": 1}, ", patience: is not a known key"),
        ("soon", ": must be a mapping"),
    ],
)
def test_broken_rules_of_offers(rules: object, told: str) -> None:
    """Told beside those for ringing back: one wrong setting does not hide another."""
    found, other = refused({"offers": rules, "callbacks": {"ring_s": 0}})
    assert found.startswith(f"setting offers{told}")
    assert other.startswith("setting callbacks: ")


def test_settings_that_nobody_wrote_are_as_usual() -> None:
    """And what was written counts."""
    assert network_of(draft(), at=START).offers == OfferRules()
    assert network_of(draft(), at=START).callbacks == CallbackRules()
    written = draft({"offers": {"misses": 3}, "callbacks": {"ring_s": 25}})
    network = network_of(written, at=START)
    assert (network.offers.misses, network.callbacks.ring_s) == (3, 25)


def test_a_broken_crisis_plan() -> None:
    """Its limits are a queue's; no text is such that the load itself breaks."""
    labels = {"lv": "Plūdi", "en": "Flood"}
    limits = {"labels": labels, "limits": {"*": {"ring_s": 0}}}
    text = {"labels": "\ud800"}
    limited, unspeakable = refused(
        crisis_plans=[{"plan_id": "a", **limits}, {"plan_id": "b", **text}]
    )
    assert limited == "crisis plan a, limits.*.ring_s: must be 1 to 300 seconds"
    assert unspeakable == "crisis plan b: holds a text that is no valid Unicode"


def test_a_notice_for_a_queue_that_is_not_there() -> None:
    """Nobody would ever be told."""
    row = {
        "notice_id": "n1",
        "texts": {"lv": "Vētra"},
        "queues": ["taxis"],
        "from_at": START,
        "until_at": None,
    }
    assert refused(notices=[row]) == (
        "notice n1, queues: no queue named 'taxis' (did you mean 'taxes'?)",
    )


def test_a_menu_of_old_that_can_be_read_no_more() -> None:
    """It refuses nobody's new version; its callers begin anew in the menu in force."""
    old = {**MENU, "version": 3, "document": "nodes: [", "in_force": False}
    assert network_of(draft(flows=[MENU, old]), at=START).earlier == {}


def test_a_fault_that_nobody_has_thought_of() -> None:
    """It is a refusal like others: the version in force goes on."""
    (told,) = refused(language_policies=[{"queue_id": "taxes"}])
    assert told == "configuration: of a wrong form (KeyError('language'))"


def test_a_number_that_nobody_can_dial() -> None:
    """Digits as the carrier signals them; a label in its place would never be reached."""
    (told,) = refused(hotlines=[{**NUMBER, "number": "one-two"}])
    assert told == "hotline one-two, number: 3 to 15 digits, as the carrier signals it"


def test_a_broken_agent() -> None:
    """By id, never by name."""
    (told,) = refused(agents=[{**AGENT, "languages": ["lv"]}])
    assert told == "agent a1, languages: must be a mapping"


def test_an_agent_who_left_breaks_nothing() -> None:
    """Rows of those who are active no more are not read."""
    gone = {**AGENT, "active": False, "languages": ["lv"]}
    assert network_of(draft(agents=[gone]), at=START).agents == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"weekly": {"mon": [["eight", "17:00"]]}},
        {"weekly": {"mon": [["08:00"]]}},
        {"weekly": None},
    ],
)
def test_a_broken_calendar(changed: dict[str, Any]) -> None:
    """It is named; nothing else of the draft is taken either."""
    (told,) = refused(calendars=[{**CALENDAR, **changed}])
    assert told.startswith("calendar hotline, weekly")


def test_a_day_off_that_does_not_exist() -> None:
    """The row is named."""
    (told,) = refused(days_off=[{"day": "2026-02-30", "worked_on": None}])
    assert told == "day off 2026-02-30, day: no such date; write it like 2026-06-27"


def test_a_broken_menu() -> None:
    """Every problem of the document, each with node and key."""
    document = FLOW.replace("goto: taxes", "goto: taxis").replace("label: state", "label: stete")
    assert refused(flows=[{**MENU, "document": document}]) == (
        "hotline.yaml: node 'matter', key 'options.1.goto': no node named 'taxis'"
        " (did you mean 'taxes'?)",
        "hotline.yaml: node 'taxes', key 'label': no label named 'stete' (did you mean 'state'?)",
    )


def test_a_number_without_its_menu() -> None:
    """It would send everybody to the default queue without a word."""
    assert refused(hotlines=[{**NUMBER, "flow": "hotlin"}]) == (
        "hotline 60000100, flow: no published menu named 'hotlin' (did you mean 'hotline'?)",
    )


def test_everything_is_told_at_once() -> None:
    """Whoever mends one place must not have to publish to learn of the next."""
    problems = refused(
        queues=[{**QUEUE, "ring_s": -1.0}], agents=[{**AGENT, "skills": None}], flows=[MENU]
    )
    assert len(problems) == 2
