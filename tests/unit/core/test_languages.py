"""Languages by decision: the latest one counts, and a call goes on in one that its queue takes."""

from dataclasses import replace

import pytest

from contactcentre.core import effects, events
from contactcentre.core.call.queue_transfer import Crew, crew
from contactcentre.core.call.state import Call
from contactcentre.core.config.languages import LanguageRule, languages
from contactcentre.core.outcomes import DialResult
from contactcentre.testing import FLOW, History, network, profile
from ivr.flow import parse
from routing.model import AgentProfile
from routing.overflow import Overflow, Way

pytestmark = pytest.mark.unit

QUEUES = ("general", "taxes")


def decided(*given: tuple[str, str, bool]) -> list[LanguageRule]:
    return [
        LanguageRule(queue_id=queue, language=language, allowed=allowed)
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


def hotline(*profiles: AgentProfile, refused: str = "taxes", **taxes: object) -> History:
    """A menu that speaks Russian too, and one queue that does not take it."""
    document = FLOW.replace(
        "lv: {}", "lv: {}\n  ru: {policy: {basis: Order, date: 2026-01-15, approver: Head}}"
    ).replace("    options:", '    languages: {"8": ru}\n    options:')
    asks = "  ask:\n    type: callback\n    queue: taxes\n    prompts: []\n"
    document = document.replace("      1:", "      7: {goto: ask}\n      1:") + asks
    _, taken = languages(decided((refused, "ru", False)), QUEUES)
    given = network(*profiles)
    queues = {**given.queues, "taxes": replace(given.queues["taxes"], **taxes)}  # type: ignore[arg-type]
    flows = {"hotline": parse(document, name="hotline")}
    return History(replace(given, flows=flows, queues=queues, queue_languages=taken))


def in_russian(history: History, key: str) -> Call:
    """A caller chooses Russian, and then the queue."""
    history.waits(1, "8")
    history.presses(1, key)
    return history.call(1)


@pytest.mark.parametrize(("key", "language"), [("1", "lv"), ("", "ru")])
def test_a_call_goes_on_in_a_language_that_its_queue_takes(key: str, language: str) -> None:
    """The menu was in Russian; one queue takes it, the other goes on in Latvian."""
    assert in_russian(hotline(profile(1)), key).language == language


@pytest.mark.parametrize(("refused", "language"), [("taxes", "ru"), ("general", "lv")])
def test_a_key_leads_into_what_the_other_queue_takes(refused: str, language: str) -> None:
    """Whatever the first queue takes: what was chosen in the menu counts, and the channel learns
    the language."""
    history = hotline(profile(1), refused=refused, keys={"2": Way(do="queue", queue="general")})
    before = in_russian(history, "1")
    assert before.language != language
    history.pass_s(10)
    pressed = events.DigitPressed(at=history.at, call_id=before.call_id, digit="2")
    orders = history.apply(pressed)
    after = history.call(1)
    assert (after.queue, after.language) == ("general", language)
    words = [one.language for one in orders if isinstance(one, effects.KeepPlace | effects.Play)]
    assert words == [language, language]


def test_an_overflow_leads_into_what_the_other_queue_takes() -> None:
    """Nobody is logged in; the caller goes on in the other line, in Latvian there."""
    over = Overflow(do="queue", when="nobody", queue="general")
    history = hotline(profile(1), refused="general", overflow=(over,))
    assert in_russian(history, "1").language == "ru"
    history.fires("overflow", history.call(1).call_id)
    assert (history.call(1).queue, history.call(1).language) == ("general", "lv")


@pytest.mark.parametrize(("refused", "languages_of_a2"), [("taxes", "lv"), ("general", "ru")])
def test_who_is_transferred_is_served_in_what_the_other_queue_takes(
    refused: str, languages_of_a2: str
) -> None:
    """The crew that the agent is told of before is the one that is asked after."""
    history = hotline(
        profile(1, languages="lv+ru"), profile(2, languages=languages_of_a2), refused=refused
    )
    history.links_up()
    history.ready(1)
    history.ready(2)
    in_russian(history, "")
    history.leg_answers(1)
    world = history.world
    queue = world.network.queue("taxes")
    assert crew(history.call(1), queue, world.agents.values(), world.network) == Crew(1, 1)
    history.passes_on(1, 1, "taxes")
    history.dial_ends(1, DialResult.ANSWERED)
    call = history.call(1)
    assert call.language == languages_of_a2
    assert call.open_offer is not None
    assert call.open_offer.agent_id == "a2"


@pytest.mark.parametrize(("refused", "language"), [("taxes", "lv"), ("general", "ru")])
def test_who_is_rung_back_is_rung_in_what_the_queue_takes(refused: str, language: str) -> None:
    """The menu confirms in the language that was chosen in it; the agent is asked for another."""
    history = hotline(profile(1), refused=refused)
    asked = in_russian(history, "7")
    assert asked.language == "ru"
    history.hangs_up(1)
    (promise,) = (one for one in history.world.calls.values() if one.callback is not None)
    assert (promise.queue, promise.language) == ("taxes", language)
