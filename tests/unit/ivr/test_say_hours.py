"""Opening hours in words, in three grammars."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import say

pytestmark = pytest.mark.unit

OFFICE: say.Hours = ((510, 720), (780, 1020))
FRIDAY: say.Hours = ((480, 840),)
SALA = [OFFICE] * 4 + [FRIDAY, (), ()]


@pytest.mark.parametrize(
    ("weekly", "language", "words"),
    [
        (
            SALA,
            "lv",
            "Darba laiks: no pirmdienas līdz ceturtdienai no astoņiem trīsdesmit līdz "
            "divpadsmitiem un no trīspadsmitiem līdz septiņpadsmitiem piektdienās no astoņiem līdz "
            "četrpadsmitiem",
        ),
        (
            SALA,
            "ru",
            "Часы работы: с понедельника по четверг с восьми часов тридцати минут до двенадцати "
            "часов и с тринадцати часов до семнадцати часов по пятницам с восьми часов до "
            "четырнадцати часов",
        ),
        (
            SALA,
            "en",
            "The opening hours are from Monday to Thursday from eight thirty a.m. to noon and from "
            "one p.m. to five p.m. on Fridays from eight a.m. to two p.m.",
        ),
        (
            [((60, 1281),)] * 5 + [(), ()],
            "lv",
            "Darba laiks: darbdienās no vieniem līdz divdesmit vieniem un divdesmit vienai minūtei",
        ),
        (
            [((61, 1281),)] * 5 + [(), ()],
            "ru",
            "Часы работы: по рабочим дням с одного часа одной минуты до двадцати одного часа "
            "двадцати одной минуты",
        ),
        ([((0, 1440),)] * 7, "lv", "Darba laiks: katru dienu visu diennakti"),
        ([((0, 1440),)] * 7, "ru", "Часы работы: ежедневно круглосуточно"),
        ([((0, 1440),)] * 7, "en", "The opening hours are every day all day and all night"),
        (
            [(), FRIDAY, (), FRIDAY, (), (), ((1200, 1440),)],
            "lv",
            "Darba laiks: otrdienās un ceturtdienās no astoņiem līdz "
            "četrpadsmitiem svētdienās no divdesmitiem līdz pusnaktij",
        ),
        (
            [FRIDAY, FRIDAY, FRIDAY, (), FRIDAY, (), ()],
            "ru",
            "Часы работы: с понедельника по среду и по пятницам с восьми часов до четырнадцати "
            "часов",
        ),
        (
            [(), ((30, 181),), (), (), (), (), ()],
            "lv",
            "Darba laiks: otrdienās no nulles trīsdesmit līdz trijiem un vienai minūtei",
        ),
        (
            [(), ((81, 600),), (), (), (), (), ()],
            "lv",
            "Darba laiks: otrdienās no vieniem un divdesmit vienas minūtes līdz desmitiem",
        ),
    ],
)
def test_the_hours_of_a_week(weekly: list[say.Hours], language: str, words: str) -> None:
    """Days of the same hours are told together, lunch breaks are told, closed days are not."""
    assert say.text(say.week(weekly, language), language) == words


@pytest.mark.parametrize(
    ("ahead", "minute", "language", "words"),
    [
        (0, 780, "lv", "Atkal strādās šodien no trīspadsmitiem"),
        (1, 480, "lv", "Atkal strādās rīt no astoņiem"),
        (4, 510, "lv", "Atkal strādās pirmdien no astoņiem trīsdesmit"),
        (11, 480, "lv", "Atkal strādās pirmdien divdesmit astotajā decembrī no astoņiem"),
        (0, 780, "ru", "Снова начнёт работать сегодня в тринадцать часов"),
        (4, 480, "ru", "Снова начнёт работать в понедельник в восемь часов"),
        (
            11,
            480,
            "ru",
            "Снова начнёт работать в понедельник двадцать восьмого декабря в восемь часов",
        ),
        (1, 0, "ru", "Снова начнёт работать завтра в ноль часов"),
        (4, 485, "en", "It is open again on Monday from eight oh five a.m."),
        (
            11,
            720,
            "en",
            "It is open again on Monday the twenty eighth of December from noon",
        ),
    ],
)
def test_the_next_opening(ahead: int, minute: int, language: str, words: str) -> None:
    """By day within a week, by date beyond."""
    when = say.Again(days_ahead=ahead, weekday=0, day=28, month=12, minute=minute)
    assert say.text(say.again(when, language), language) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("lv", "Citu centru darbinieki Jums atbildēs rīt no astoņiem"),
        ("ru", "Сотрудники других центров ответят вам завтра с восьми часов"),
        ("en", "Other centres will answer your call tomorrow from eight a.m."),
    ],
)
def test_who_answers_sooner(language: str, words: str) -> None:
    """The same moment, of the network."""
    when = say.Again(days_ahead=1, weekday=0, day=28, month=12, minute=480)
    assert say.text(say.sooner(when, language), language) == words


def test_days_of_months() -> None:
    """Ordinals in the case that a date asks for."""
    lv = [say.WORDS["lv"][f"date/{day}"] for day in (1, 2, 3, 4, 7, 10, 13, 20, 31)]
    assert " ".join(lv) == (
        "pirmajā otrajā trešajā ceturtajā septītajā desmitajā trīspadsmitajā divdesmitajā "
        "trīsdesmit pirmajā"
    )
    ru = [say.WORDS["ru"][f"date/{day}"] for day in (1, 2, 3, 4, 6, 7, 8, 23, 30)]
    assert " ".join(ru) == (
        "первого второго третьего четвёртого шестого седьмого восьмого двадцать третьего тридцатого"
    )


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        ("", ""),
        ("a", "others/one a"),
        ("a b", "others/many a word/and b"),
        ("a b c", "others/many a b word/and c"),
    ],
)
def test_who_else_is_open(names: str, keys: str) -> None:
    """As a list with "and" before the last."""
    assert say.others(names.split()) == tuple(keys.split())


def test_what_never_opens_has_no_hours() -> None:
    """Rather than a sentence without an end."""
    assert say.week([()] * 7, "lv") == ()


HOURS = st.lists(st.integers(0, 1440), max_size=6, unique=True).map(
    lambda edges: tuple(zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
)


@settings(deadline=None)
@given(
    language=st.sampled_from(say.LANGUAGES),
    weekly=st.lists(HOURS, min_size=7, max_size=7),
    when=st.builds(
        say.Again,
        days_ahead=st.integers(0, 40),
        weekday=st.integers(0, 6),
        day=st.integers(1, 31),
        month=st.integers(1, 12),
        minute=st.integers(0, 1439),
    ),
)
def test_every_key_has_words(language: str, weekly: list[say.Hours], when: say.Again) -> None:
    """Whatever the hours are, each of their prompts has a text to be spoken."""
    said = [*say.week(weekly, language), *say.again(when, language), *say.others(["x"])[:1]]
    assert all(say.WORDS[language][key] for key in said)
