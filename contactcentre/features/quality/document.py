"""Pure: what people edit here. Scorecards, rules by which talks are drawn, scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import StringConstraints

from contactcentre.core.config.document import Title
from routing.written import within

Kind = Literal["scorecard", "rule", "script"]
Use = Literal["talk", "test"]
Scale = Literal["yes_no", "one_to_five"]

MOST_CRITERIA: Final = 40
MOST_KEPT: Final = 100
"""Documents of a kind; and versions of one that are shown."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that is looked at. A *critical* one that is answered with No fails the whole."""

    key: Key
    lv: Line
    en: Line
    scale: Scale = "yes_no"
    weight: Annotated[int, within(1, 100, "")] = 1
    critical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionGroup:
    """Criteria under one head."""

    lv: Line
    en: Line
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A quality form, for talks or for test calls."""

    lv: Title
    en: Title
    use: Use = "talk"
    groups: tuple[CriterionGroup, ...]
    active: bool = True

    @property
    def criteria(self) -> Mapping[str, Criterion]:
        """All, in their order."""
        return {one.key: one for group in self.groups for one in group.criteria}


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingRule:
    """So many talks a month of each agent, out of these queues (none: all), by that scorecard."""

    name: Title
    scorecard: Key
    each_month: Annotated[int, within(1, 20, "")] = 4
    queues: tuple[Key, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CallScript:
    """Which number is rung, how one goes through the menu, what is asked and what is to be said."""

    name: Title
    dialled: Line
    language: Literal["lv", "en", "ru"] = "lv"
    path: Words
    question: Words
    answer: Words
    service: str = ""  # the card that is to be told of
    fee: Annotated[str, StringConstraints(max_length=300)] = ""
    scorecard: Key
    points: Annotated[int, within(0, 100, "%")] = 80
    active: bool = True


Document = Scorecard | SamplingRule | CallScript

FORMS: Final[Mapping[Kind, type[Document]]] = {
    "scorecard": Scorecard,
    "rule": SamplingRule,
    "script": CallScript,
}


def faults(card: Scorecard) -> Iterator[str]:
    """What each criterion by itself cannot tell: stable codes."""
    every = [one for group in card.groups for one in group.criteria]
    if not every:
        yield "empty"
    if len(every) > MOST_CRITERIA:
        yield "many"
    if len({one.key for one in every}) < len(every):
        yield "doubled"
    if any(one.critical and one.scale != "yes_no" for one in every):
        yield "critical"


def active(documents: Mapping[str, Document]) -> Sequence[str]:
    """Keys of those in force, by their order."""
    return [key for key, one in documents.items() if one.active]
