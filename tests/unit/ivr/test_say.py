from collections.abc import Callable

import pytest
from babel import Locale
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr import say

pytestmark = pytest.mark.unit

LANGUAGES = st.sampled_from(say.LANGUAGES)
NUMBERS = st.integers(0, 9999)


@pytest.mark.parametrize(
    ("language", "n", "words"),
    [
        ("lv", 0, "nulle minūšu"),
        ("lv", 1, "viena minūte"),
        ("lv", 2, "divas minūtes"),
        ("lv", 9, "deviņas minūtes"),
        ("lv", 10, "desmit minūšu"),
        ("lv", 11, "vienpadsmit minūšu"),
        ("lv", 20, "divdesmit minūšu"),
        ("lv", 21, "divdesmit viena minūte"),
        ("lv", 22, "divdesmit divas minūtes"),
        ("lv", 100, "simts minūšu"),
        ("lv", 101, "simt viena minūte"),
        ("lv", 111, "simt vienpadsmit minūšu"),
        ("lv", 1234, "tūkstoš divsimt trīsdesmit četras minūtes"),
        ("ru", 0, "ноль минут"),
        ("ru", 1, "одна минута"),
        ("ru", 2, "две минуты"),
        ("ru", 5, "пять минут"),
        ("ru", 11, "одиннадцать минут"),
        ("ru", 12, "двенадцать минут"),
        ("ru", 21, "двадцать одна минута"),
        ("ru", 104, "сто четыре минуты"),
        ("ru", 2222, "две тысячи двести двадцать две минуты"),
        ("en", 0, "zero minutes"),
        ("en", 1, "one minute"),
        ("en", 21, "twenty one minutes"),
        ("en", 101, "one hundred and one minutes"),
        ("en", 2001, "two thousand and one minutes"),
    ],
)
def test_minutes(language: str, n: int, words: str) -> None:
    """Minutes agree with their number."""
    assert say.text(say.minutes(n, language), language) == words


@pytest.mark.parametrize(
    ("language", "n", "words"),
    [
        ("lv", 1, "Jūsu vieta rindā: pirmā"),
        ("lv", 3, "Jūsu vieta rindā: trešā"),
        ("lv", 12, "Jūsu vieta rindā: divpadsmitā"),
        ("lv", 23, "Jūsu vieta rindā: divdesmit trešā"),
        ("lv", 100, "Jūsu vieta rindā: simtā"),
        ("ru", 3, "Ваше место в очереди — третье"),
        ("ru", 40, "Ваше место в очереди — сороковое"),
        ("ru", 102, "Ваше место в очереди — сто второе"),
        ("en", 3, "You are third in the queue."),
        ("en", 20, "You are twentieth in the queue."),
        ("en", 112, "You are one hundred and twelfth in the queue."),
    ],
)
def test_position(language: str, n: int, words: str) -> None:
    """The place in the queue is an ordinal, and only its last part is."""
    assert say.text(say.position(n, language), language) == words


@pytest.mark.parametrize(
    ("language", "low", "high", "words"),
    [
        ("lv", 0, 1, "Jāgaida mazāk par minūti."),
        ("lv", 0, 5, "Jāgaida līdz piecām minūtēm"),
        ("lv", 1, 3, "Jāgaida no vienas līdz trim minūtēm"),
        ("lv", 5, 9, "Jāgaida no piecām līdz deviņām minūtēm"),
        ("lv", 9, 5, "Jāgaida no piecām līdz deviņām minūtēm"),
        ("lv", 10, 21, "Jāgaida no desmit līdz divdesmit piecām minūtēm"),
        ("lv", 7, 7, "Jāgaida aptuveni septiņas minūtes"),
        ("lv", 10, 10, "Jāgaida aptuveni desmit minūtes"),
        ("lv", 11, 13, "Jāgaida no desmit līdz piecpadsmit minūtēm"),
        ("lv", 61, 68, "Jāgaida no sešdesmit līdz septiņdesmit minūtēm"),
        ("ru", 0, 1, "Время ожидания — меньше минуты."),
        ("ru", 0, 2, "Время ожидания — до двух минут"),
        ("ru", 5, 9, "Время ожидания — от пяти до девяти минут"),
        ("ru", 10, 21, "Время ожидания — от десяти до двадцати пяти минут"),
        ("ru", 40, 90, "Время ожидания — от сорока до девяноста минут"),
        ("ru", 7, 7, "Время ожидания — около семи минут"),
        ("en", 5, 9, "The waiting time is from five to nine minutes"),
        ("en", 0, 3, "The waiting time is up to three minutes"),
        ("en", 2, 2, "The waiting time is about two minutes"),
    ],
)
def test_wait_range(language: str, low: int, high: int, words: str) -> None:
    """A wait is a range, in the case that its prepositions ask for; above ten minutes, in fives."""
    assert say.text(say.wait_range(low, high, language), language) == words


@pytest.mark.parametrize(
    ("language", "hour", "minute", "words"),
    [
        ("lv", 8, 0, "pulksten astoņos"),
        ("lv", 8, 30, "pulksten astoņos trīsdesmit"),
        ("lv", 21, 21, "pulksten divdesmit vienos un divdesmit vienā minūtē"),
        ("lv", 17, 5, "pulksten septiņpadsmitos un piecās minūtēs"),
        ("ru", 1, 0, "в один час"),
        ("ru", 22, 1, "в двадцать два часа одну минуту"),
        ("ru", 17, 45, "в семнадцать часов сорок пять минут"),
        ("en", 0, 0, "at twelve a.m."),
        ("en", 14, 5, "at two oh five p.m."),
        ("en", 8, 30, "at eight thirty a.m."),
    ],
)
def test_clock(language: str, hour: int, minute: int, words: str) -> None:
    """A time of day answers the question at what time."""
    assert say.text(say.clock(hour, minute, language), language) == words


def test_numbers_agree_in_gender() -> None:
    """One and two take the gender of what is counted."""
    assert say.number(2, "lv", "f") == ("n/2-f",)
    assert say.text(say.number(32, "lv", "m"), "lv") == "trīsdesmit divi"
    assert say.text(say.number(32, "ru", "f"), "ru") == "тридцать две"
    assert say.number(20, "lv") == ("n/20",)


def test_digits() -> None:
    """A phone number is read digit by digit, its spaces are not."""
    words = say.text(say.digits("+371 60-01", "lv"), "lv")
    assert words == "plus trīs septiņi viens seši nulle nulle viens"


@pytest.mark.parametrize("language", say.LANGUAGES)
def test_plurals_are_those_of_cldr(language: str) -> None:
    """The plural category of every number to 1000 is the one of CLDR."""
    cldr = Locale(language).plural_form
    assert [say.plural(n, language) for n in range(1001)] == [cldr(n) for n in range(1001)]
    units = [say.minutes(n, language)[-1] for n in range(1001)]
    assert units == [f"unit/minute-{cldr(n)}" for n in range(1001)]


@pytest.mark.parametrize(
    "refused",
    [
        lambda: say.number(10000, "lv"),
        lambda: say.number(-1, "ru"),
        lambda: say.number(1, "xx"),
        lambda: say.number(5, "ru", "m", "dat"),
        lambda: say.position(0, "lv"),
        lambda: say.clock(24, 0, "lv"),
        lambda: say.clock(0, 60, "lv"),
        lambda: say.digits("12a", "lv"),
        lambda: say.digits("²", "en"),
    ],
)
def test_refusals(refused: Callable[[], object]) -> None:
    """What cannot be said rightly is refused."""
    with pytest.raises(ValueError, match=r"."):
        refused()


def test_refused_digits_are_not_told() -> None:
    """The refusal of a number does not repeat it."""
    with pytest.raises(ValueError, match=r"^only digits and \+ are read digit by digit$"):
        say.digits("60000123x", "lv")


@settings(deadline=None)
@given(language=LANGUAGES, low=NUMBERS, high=NUMBERS)
def test_every_key_has_words(language: str, low: int, high: int) -> None:
    """Whatever is said, each of its prompts has a text to be spoken."""
    said = [
        *say.minutes(low, language),
        *say.position(low + 1 if low < 9999 else low, language),
        *say.wait_range(low, high, language),
        *say.clock(low % 24, high % 60, language),
        *say.digits(str(low), language),
        *say.ordinal(low, language, "f"),
        *say.number(high, language, "f"),
        *say.number(high, language, "m"),
    ]
    assert all(say.WORDS[language][key] for key in said)


@settings(deadline=None)
@given(language=LANGUAGES, n=st.integers(1), low=st.integers(0), high=st.integers(0))
@example(language="lv", n=10_000, low=0, high=10_000)
def test_no_line_is_too_long_to_be_told_of(language: str, n: int, low: int, high: int) -> None:
    """Whatever place or wait there is, something with words is said."""
    said = say.position(n, language), say.wait_range(low, high, language)
    assert all(say.text(keys, language) for keys in said)


@pytest.mark.parametrize("language", say.LANGUAGES)
def test_usual_places_and_waits_are_whole_sentences(language: str) -> None:
    """A person records them as one: the place to the twentieth, waits to an hour."""
    assert all(len(say.position(n, language)) == 1 for n in range(1, 21))
    assert all(
        len(say.wait_range(low, high, language)) <= 2
        for low in range(1, 61)
        for high in range(low, 61)
    )


def test_who_stands_very_far_back_is_told_so() -> None:
    """From the first place on that no number is spoken for."""
    assert say.position(9999, "lv") != ("position/far",) == say.position(10_000, "lv")


@settings(deadline=None)
@given(n=NUMBERS, gender=st.sampled_from(["m", "f"]))
def test_every_case_has_words(n: int, gender: say.Gender) -> None:
    """Every case that a language has can be spoken in full."""
    cases: dict[str, tuple[say.Case, ...]] = {
        "lv": ("nom", "gen", "dat", "acc", "loc"),
        "ru": ("nom", "gen", "acc"),
    }
    for language, found in cases.items():
        for case in found:
            assert say.text(say.number(n, language, gender, case), language)


@settings(deadline=None)
@given(language=LANGUAGES, n=NUMBERS, other=NUMBERS)
def test_different_numbers_sound_different(language: str, n: int, other: int) -> None:
    """No two numbers are said alike."""
    alike = say.text(say.number(n, language), language) == say.text(
        say.number(other, language), language
    )
    assert alike == (n == other)
