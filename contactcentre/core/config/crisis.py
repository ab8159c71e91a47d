"""Crisis mode: a prepared plan, and the time that it was in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Literal

from contactcentre.core.config.document import IsoDate, Written
from routing.model import Queue
from routing.overflow import When
from routing.requirement import Grade
from routing.written import Labels, within

Texts = Mapping[str, str]
"""By language."""

EVERY = "*"
"""In `limits`: all queues. In `caps`: all centres that have a cap."""

FIGURES = frozenset(one.name for one in fields(Queue) if isinstance(one.default, int | float)) - {
    "answer_within_s",
    "short_abandon_s",
}
"""What a plan may set of a queue; the two that statistics count by are not among them."""

THRESHOLDS: Mapping[str, When] = {"overflow_after_s": "waited", "overflow_size": "full"}
"""From when on a queue's own overflow rules, of that kind, take callers elsewhere."""

LIMITS = FIGURES | THRESHOLDS.keys()
"""All of these."""

End = Literal["off", "expired", "replaced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedLanguage:
    """A language that the crisis adds: the record of why it may be used, and what is said in it.

    `prompts` maps prompt keys to texts; what is not among them is said in another language.
    """

    basis: Written
    date: IsoDate
    approver: Written
    prompts: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """What an agent can do besides, for as long as the crisis lasts."""

    skills: Mapping[str, Grade] = field(default_factory=dict)
    languages: Mapping[str, Grade] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one switch sets, prepared beforehand: the document that people edit.

    `announcement` is said before the menu: a text per language, or `prompt`, the key of one that
    is there already. `flow` takes the place of every hotline's menu. `limits` maps a queue, or
    EVERY, to values of LIMITS. `caps` maps a centre, or EVERY, to the calls from afar that its
    agents take in an hour; None lifts the cap. `volunteers` maps agents to what they do besides;
    an agent who is kept in reserve works only while a plan that names him is in force.
    """

    plan_id: str
    labels: Labels
    announcement: Texts = field(default_factory=dict)
    prompt: str = ""
    flow: str = ""
    languages: Mapping[str, AddedLanguage] = field(default_factory=dict)
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    caps: Mapping[str, Annotated[int, within(0, 10_000, unit="calls")] | None] = field(
        default_factory=dict
    )
    volunteers: Mapping[str, Volunteer] = field(default_factory=dict)

    @property
    def texts(self) -> Mapping[str, Texts]:
        """All that the plan says itself: language -> prompt key -> text."""
        own = {language: dict(added.prompts) for language, added in self.languages.items()}
        for language, text in self.announcement.items():
            own.setdefault(language, {})[self.spoken] = text
        return own

    @property
    def spoken(self) -> str:
        """The prompt that is said before the menu; "" for none."""
        return f"crisis/{self.plan_id}" if self.announcement else self.prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Crisis:
    """One time that a plan was switched on, as the audit tells it. `plan` as it stood then.

    `until` is when it ends by itself; `by` names a person, `by_id` is their log-in.
    """

    crisis_id: str
    plan: Plan
    began_at: float
    until: float
    by: str
    by_id: str
    why: str
    ended_at: float | None = None
    ended_by: str = ""
    ended_by_id: str = ""
    ended_how: End | None = None
