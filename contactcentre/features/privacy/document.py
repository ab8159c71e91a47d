"""How long each class of data is kept, as people write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from contactcentre.core.config import document
from routing.written import within

DataClass = Literal[
    "numbers",
    "people",
    "notes",
    "events",
    "messages",
    "recordings",
    "drafts",
    "cases",
    "enquiries",
    "assessments",
    "outbox",
    "audit",
]

CLASSES: tuple[DataClass, ...] = get_args(DataClass)

ABOUT: Mapping[DataClass, str] = {
    "numbers": "callers' numbers, which become pseudonyms then; the rest of a contact stays",
    "people": "names, numbers and personal codes of whoever has not been in touch since",
    "notes": "what agents wrote down in words",
    "events": "what happened to each call and why, second by second: no number, no note",
    "messages": "recordings of voice messages that are done with",
    "recordings": "recordings of talks",
    "drafts": "records that nobody has closed: they are closed as not recorded",
    "cases": "words of cases that are over, and whose they were; the rest of a case stays",
    "enquiries": "what agents have asked owners of cards, and errors that they have reported",
    "assessments": "how talks were assessed, and words of test calls",
    "outbox": "that a message was sent and to which address; alerts that are over",
    "audit": "who looked at what and who changed what",
}

LONGEST_DAYS = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """`days` from the day after the contact; `basis` is the law or order that says so."""

    class_id: DataClass
    days: Annotated[int, within(1, LONGEST_DAYS, "days")]
    basis: str = ""


def rules(
    written: Sequence[Mapping[str, Any]], usual: Mapping[DataClass, int]
) -> Mapping[DataClass, RetentionRule]:
    """One for each class: as people wrote it, or as is usual. Raises `Refused`."""
    read = [document.read(RetentionRule, one, f"retention {one['class_id']}") for one in written]
    known = {one.class_id: one for one in read}
    return {
        name: known.get(name) or RetentionRule(class_id=name, days=usual[name]) for name in CLASSES
    }
