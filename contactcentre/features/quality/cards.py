"""A scorecard as a page shows it, and as somebody has filled it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping

from agents_ui.quality.port import (
    COMMENT_LENGTH,
    REMARK_LENGTH,
    AssessmentRow,
    CardView,
    CriterionView,
    Filled,
    GroupView,
    QualityRefused,
)
from agents_ui.shell.port import Person
from contactcentre.features.quality.document import Scorecard
from contactcentre.features.quality.documents import DocumentVersion, as_scorecard
from contactcentre.features.quality.scoring import is_mark, open_criteria, score

Guard = Callable[[str], Sequence[str]]
"""The kinds of personal data that stand in a text."""


def card_view(edited: DocumentVersion) -> CardView:
    """As a page shows it."""
    card = as_scorecard(edited)
    groups = tuple(
        GroupView(
            text={"lv": group.lv, "en": group.en},
            criteria=tuple(
                CriterionView(
                    key=one.key,
                    text={"lv": one.lv, "en": one.en},
                    scale=one.scale,
                    weight=one.weight,
                    critical=one.critical,
                )
                for one in group.criteria
            ),
        )
        for group in card.groups
    )
    name = {"lv": card.lv, "en": card.en}
    return CardView(key=edited.key, version=edited.version, name=name, groups=groups)


def values(card: Scorecard, filled: Filled, guard: Guard, *, finish: bool) -> dict[str, Any]:
    """The columns of what was filled in, with its score where it is finished. Raises
    `QualityRefused`: `mark`, `length`, `personal`, `open`, `nothing`."""
    known = card.criteria
    marks = {key: mark for key, mark in filled.marks.items() if key in known and mark}
    wrong = [key for key, mark in marks.items() if not is_mark(known[key], mark)]
    if wrong:
        raise QualityRefused("mark", wrong)
    remarks = {
        key: text.strip() for key, text in filled.remarks.items() if key in known and text.strip()
    }
    comment = words(filled.comment, guard)
    for key, text in remarks.items():
        words(text, guard, most=REMARK_LENGTH, field=key)
    made: dict[str, Any] = {"marks": marks, "remarks": remarks, "comment": comment}
    return {**made, **_scored(card, marks)} if finish else made


def words(text: str, guard: Guard, *, most: int = COMMENT_LENGTH, field: str = "comment") -> str:
    """A text that may stand there. Raises `QualityRefused`."""
    said = text.replace("\r\n", "\n").strip()  # as a field counts its letters
    if len(said) > most:
        raise QualityRefused("length", [field])
    if guard(said):
        raise QualityRefused("personal", [field])
    return said


def _scored(card: Scorecard, marks: Mapping[str, str]) -> dict[str, Any]:
    if lacking := open_criteria(card, marks):
        raise QualityRefused("open", lacking)
    found = score(card, marks)
    if found.points is None:
        raise QualityRefused("nothing")
    return {"score": found.points, "failed": found.failed}


def row_view(row: RowMapping, person: Person) -> AssessmentRow:
    """An assessment in a list, as `store.listed` reads it."""
    return AssessmentRow(
        assessment_id=row["assessment_id"],
        agent=row["agent"],
        at=row["at"],
        reviewer=row["reviewer_name"],
        mine=row["reviewer"] == person.user_id,
        begun_at=row["begun_at"],
        finished_at=row["finished_at"],
        score=row["score"],
        failed=row["failed"],
        seen_at=row["seen_at"],
        reply=row["reply"],
        replied_at=row["replied_at"],
    )


def filled_in(row: RowMapping) -> Filled:
    """What somebody has filled in."""
    return Filled(marks=row["marks"], remarks=row["remarks"], comment=row["comment"])
