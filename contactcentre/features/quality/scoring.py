"""What the marks of a filled-in scorecard come to: pure, and one formula for talks and test calls.

score = 100 x sum(weight x value) / sum(weight), over the criteria that apply; Yes is 1, No is 0,
of a scale from 1 to 5 the mark m is (m - 1) / 4. A critical criterion that is answered with No
makes the whole 0: failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from contactcentre.features.quality.document import Criterion, Scale, Scorecard

NOT_APPLICABLE: Final = "na"
VALUES: Final[Mapping[Scale, Mapping[str, Fraction]]] = {
    "yes_no": {"yes": Fraction(1), "no": Fraction(0)},
    "one_to_five": {str(mark): Fraction(mark - 1, 4) for mark in range(1, 6)},
}

Marks = Mapping[str, str]
"""By the criterion's key: yes, no, na; or 1 to 5, na."""


@dataclass(frozen=True, slots=True)
class Score:
    """`points`: 0 to 100, whole; None where nothing applied."""

    points: int | None
    failed: bool


def is_mark(criterion: Criterion, mark: str) -> bool:
    """Whether it can be answered so."""
    return mark == NOT_APPLICABLE or mark in VALUES[criterion.scale]


def open_criteria(card: Scorecard, marks: Marks) -> list[str]:
    """Those that have no mark yet."""
    return [key for key in card.criteria if key not in marks]


def score(card: Scorecard, marks: Marks) -> Score:
    """Of marks that are possible ones; half a point is rounded up."""
    counted = {
        key: one
        for key, one in card.criteria.items()
        if marks.get(key, NOT_APPLICABLE) != NOT_APPLICABLE
    }
    failed = any(one.critical and marks[key] == "no" for key, one in counted.items())
    whole = sum(one.weight for one in counted.values())
    if not whole:
        return Score(None, failed=False)
    if failed:
        return Score(0, failed=True)
    gained = sum(
        (one.weight * VALUES[one.scale][marks[key]] for key, one in counted.items()), Fraction(0)
    )
    return Score(int(100 * gained / whole + Fraction(1, 2)), failed=False)


def differing(card: Scorecard, one: Marks, other: Marks) -> list[str]:
    """The criteria that two reviewers have marked otherwise."""
    return [key for key in card.criteria if one.get(key) != other.get(key)]
