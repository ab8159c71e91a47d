"""Stand-ins of a flow document, turned into words for one caller."""

from dataclasses import replace

import pytest

from ivr import say
from ivr.orders import Facts, Opening
from ivr.spoken import spoken

pytestmark = pytest.mark.unit

OFFICE: say.Hours = ((480, 1020),)
OPENING = Opening(
    weekly=(OFFICE,) * 5 + ((), ()),
    why="holiday",
    again=say.Again(days_ahead=4, weekday=0, day=28, month=12, minute=480),
    others=("name/60000109", "name/60000102"),
)
FACTS = Facts(
    dialled="60000101",
    weekday=3,
    minute=600,
    calendars={"own": "holiday"},
    languages=("lv",),
    name="name/60000101",
    opening=lambda: OPENING,
)


def said(*prompts: str, language: str = "lv", facts: Facts = FACTS) -> str:
    """As text, with names as their keys."""
    keys = spoken(prompts, language, facts)
    return " ".join(say.WORDS[language].get(key, key) for key in keys)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "lv",
            "name/60000101 pašlaik nestrādā. Šodien ir svētku diena. Atkal strādās pirmdien no "
            "astoņiem Pašlaik strādā name/60000109 un name/60000102 Darba laiks: "
            "darbdienās no astoņiem līdz septiņpadsmitiem",
        ),
        (
            "ru",
            "name/60000101 сейчас не работает. Сегодня праздничный день. Снова начнёт работать в "
            "понедельник в восемь часов Сейчас работают name/60000109 и name/60000102 Часы работы: "
            "по рабочим дням с восьми часов до семнадцати часов",
        ),
        (
            "en",
            "name/60000101 is closed at the moment. Today is a public holiday. It is open again on "
            "Monday from eight a.m. Open now: name/60000109 and name/60000102 The opening hours "
            "are from Monday to Friday from eight a.m. to five p.m.",
        ),
    ],
)
def test_what_a_caller_hears_when_closed(language: str, words: str) -> None:
    """That it is closed and why, when it opens, its hours, and who else is open."""
    assert said("say.closed", "say.others", "say.hours", language=language) == words


def test_nothing_more_is_said_than_is_known() -> None:
    """No reason, no next opening, no others, no hours, and no name."""
    bare = replace(FACTS, opening=lambda: Opening(weekly=((),) * 7))
    every = ("say.closed", "say.others", "say.hours")
    assert said(*every, facts=bare) == "name/60000101 pašlaik nestrādā."
    assert spoken(every, "lv", replace(bare, name="")) == ("closed.hours",)
    assert spoken(every, "lv", replace(FACTS, opening=lambda: None)) == ("closed.hours",)


def test_another_centre_answers_only_while_the_own_one_is_closed() -> None:
    """The caller of an open centre, or of an unknown number, hears nothing of it."""
    words = "name/60000101 pašlaik nestrādā. Jums atbildēs cita centra darbinieks."
    assert said("say.elsewhere") == words
    for silent in (replace(FACTS, calendars={"own": "open"}), replace(FACTS, name="")):
        assert said("greeting", "say.elsewhere", facts=silent) == "greeting"


def test_a_stand_in_may_be_pinned_to_a_language() -> None:
    """Its words are, and so are hours in a language whose grammar is not known."""
    assert spoken(("ru:say.others",), "lv", FACTS)[0] == "ru:others/many"
    assert spoken(("say.others",), "uk", FACTS)[0] == "lv:others/many"
    assert spoken(("ru:greeting",), "lv", FACTS) == ("ru:greeting",)
