"""Languages by decision: the latest one counts, and a call goes on in one that its queue takes."""

from dataclasses import replace

import pytest

from contactcentre.core.languages import Decision, languages
from contactcentre.testing import FLOW, History, network, profile
from ivr.flow import parse

pytestmark = pytest.mark.unit

QUEUES = ("general", "taxes")


def decided(*given: tuple[str, str, bool]) -> list[Decision]:
    return [
        Decision(queue_id=queue, language=language, allowed=allowed)
        for queue, language, allowed in given
    ]


def test_without_decisions() -> None:
    """All queues take what the sample menus allow."""
    offered, taken = languages([], QUEUES)
    assert offered == ("lv", "ru", "en")
    assert taken == {"general": offered, "taxes": offered}


def test_the_latest_decision_counts() -> None:
    """For all queues, and for one of them against the others."""
    given = decided(("", "ru", False), ("taxes", "ru", True), ("", "uk", True), ("", "en", False))
    offered, taken = languages(given, QUEUES)
    assert taken == {"general": ("lv", "uk"), "taxes": ("lv", "uk", "ru")}
    assert offered == ("lv", "uk", "ru")
    again, _ = languages([*given, *decided(("taxes", "ru", False))], QUEUES)
    assert again == ("lv", "uk")


def test_latvian_is_always_taken() -> None:
    """Whatever anybody wrote into the table."""
    assert languages(decided(("", "lv", False)), QUEUES)[0][0] == "lv"


@pytest.mark.parametrize(("key", "language"), [("1", "lv"), ("", "ru")])
def test_a_call_goes_on_in_a_language_that_its_queue_takes(key: str, language: str) -> None:
    """The menu was in Russian; one queue takes it, the other goes on in Latvian."""
    document = FLOW.replace(
        "lv: {}", "lv: {}\n  ru: {policy: {basis: Order, date: 2026-01-15, approver: Head}}"
    ).replace("    options:", '    languages: {"8": ru}\n    options:')
    _, taken = languages(decided(("taxes", "ru", False)), QUEUES)
    given = replace(
        network(profile(1)),
        flows={"hotline": parse(document, name="hotline")},
        queue_languages=taken,
    )
    history = History(given)
    history.waits(1, "8")
    history.presses(1, key)
    assert history.call(1).language == language
