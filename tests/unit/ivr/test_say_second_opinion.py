"""Spoken Latvian numbers beside those of atciparotajs, which somebody else wrote.

Where the two differ, the reason stands here; a difference without one fails, and so does a reason
that explains nothing any more. Ours stay within the norm of "Latviešu valodas gramatika" (2013).
"""

from collections.abc import Callable, Iterator

import pytest
from atciparotajs.cardinals import cardinal
from atciparotajs.ordinals import ordinal
from atciparotajs.time import clock_time

from ivr import say

pytestmark = pytest.mark.unit

Difference = tuple[str, str, str, str]
"""Gender, case, the library's word, ours."""

FORMS = {
    ("m", "nom"): (1, 8),
    ("f", "nom"): (2, 3),
    ("m", "gen"): (None, 6),
    ("f", "gen"): (3, 6),
    ("m", "dat"): (4, 9),
    ("f", "dat"): (5, 12),
    ("m", "acc"): (6, 10),
    ("f", "acc"): (6, 3),
    ("m", "loc"): (7, 11),
    ("f", "loc"): (7, 13),
}
"""Gender and case: the library's numbers of the forms of one and of several.

It lists forms by the noun's ending, and has none for the genitive of one masculine: "viena".
"""

EXPLAINED: dict[Difference, str] = {
    **{
        (gender, "gen", "trīs", "triju"): "The genitive is triju; the library lists the genitive "
        "of several with the accusative of one, as nouns end alike in both, and took the latter."
        for gender in "mf"
    },
    ("f", "loc", "trijos", "trijās"): "Locative: trijos gados, but trijās minūtēs.",
    **{
        (gender, case, "simts", "simt"): "simts is the nominative, which the library has for all "
        "cases; before a noun in another case stands the indeclinable simt: simt minūtēm."
        for gender in "mf"
        for case in ("gen", "dat", "acc", "loc")
    },
    **{
        (gender, "nom", "tūkstoš", "tūkstotis"): "At the end of a nominative stands the noun "
        "tūkstotis, as simts does, which the library has; both are right."
        for gender in "mf"
    },
}

HUNDREDS = ("div", "trīs", "četr", "piec", "seš", "septiņ", "astoņ", "deviņ")
EXPLAINED_ORDINALS: dict[Difference, str] = {
    **{
        (gender, "nom", "simts", "simt"): "Of a compound ordinal only the last part is inflected, "
        "and what stands before it is the stem: simt pirmais, as simt viens."
        for gender in "mf"
    },
    **{
        (gender, "nom", f"simt{ending}", f"{stem}simt{ending}"): "The library leaves out how many "
        "hundreds: its 200th is the 100th."
        for gender, ending in (("m", "ais"), ("f", "ā"))
        for stem in HUNDREDS
    },
}


def cardinals() -> Iterator[Difference]:
    """Gender, case, the library's number and ours, from 0 to 9999."""
    for (gender, case), (one, several) in FORMS.items():
        for n in range(10_000):
            form = one if say.plural(n, "lv") == "one" else several
            if form is not None:
                ours = say.text(say.number(n, "lv", gender, case), "lv")  # type: ignore[arg-type]
                yield gender, case, cardinal(n, form), ours


def ordinals() -> Iterator[Difference]:
    """The same of ordinals, below the thousands, of which the library makes "divi tūkstošiais"."""
    for gender, form in (("m", 1), ("f", 2)):
        for n in range(1, 1000):
            ours = say.text(say.ordinal(n, "lv", gender), "lv")  # type: ignore[arg-type]
            yield gender, "nom", ordinal(n, form), ours


@pytest.mark.parametrize(
    ("phrases", "least", "explained"),
    [(cardinals, 99_000, EXPLAINED), (ordinals, 1_900, EXPLAINED_ORDINALS)],
)
def test_every_difference_is_explained(
    phrases: Callable[[], Iterator[Difference]], least: int, explained: dict[Difference, str]
) -> None:
    """Word by word, in all genders and cases, and every explanation is of a difference."""
    found: set[Difference] = set()
    compared = 0
    for gender, case, theirs, ours in phrases():
        compared += 1
        if theirs != ours:
            pairs = zip(theirs.split(), ours.split(), strict=True)
            found |= {(gender, case, was, mine) for was, mine in pairs if was != mine}
    assert found == set(explained)
    assert compared >= least


def test_hours_are_the_same() -> None:
    """All of the day; the minutes after them are numbers as above."""
    for hour in range(24):
        assert say.text(say.clock(hour, 0, "lv"), "lv") == f"pulksten {clock_time(hour, 0)}"
