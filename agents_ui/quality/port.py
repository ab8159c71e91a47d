"""What the pages of quality show, and what they need from the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from agents_ui.shell.port import Person, Texts

EditKind = Literal["scorecard", "rule", "script"]
Scale = Literal["yes_no", "one_to_five"]

COMMENT_LENGTH: Final = 2000
REMARK_LENGTH: Final = 300
LEAST: Final = 5
"""Of fewer assessments no mean is told: it would be one of single talks."""

MEAN_DAYS: Final = 180
SHOWN: Final = 50
MOST_DRAFTS: Final = 5
MARKS: Final[Mapping[Scale, tuple[str, ...]]] = {
    "yes_no": ("yes", "no", "na"),
    "one_to_five": ("1", "2", "3", "4", "5", "na"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionView:
    """One thing that is looked at."""

    key: str
    text: Texts
    scale: Scale
    weight: int
    critical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """Some, under a head."""

    text: Texts
    criteria: Sequence[CriterionView]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A version of a scorecard."""

    key: str
    version: int
    name: Texts
    groups: Sequence[GroupView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A card as it is filled in. `remarks` are by criterion."""

    marks: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardLeg:
    """What of a talk can be heard: a leg that is recorded."""

    leg_id: str
    from_at: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkView:
    """A talk and its record. `told`: whether its words are still kept."""

    call_id: str
    at: float
    queue: Texts
    language: str
    wait_s: float | None
    talk_s: float | None
    kind: str
    services: Sequence[Texts]
    result: str
    identified_level: int
    note: str
    sounds: Sequence[HeardLeg]
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How chance came to this talk."""

    seed: str
    place: int
    among: int
    rule: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherReview:
    """What another reviewer has found of the same talk, and where that differs."""

    reviewer: str
    score: int | None
    failed: bool
    marks: Mapping[str, str]
    differing: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRow:
    """One in a list. `mine`: the person is its reviewer."""

    assessment_id: str
    agent: str
    at: float  # of the talk
    reviewer: str
    mine: bool
    begun_at: float
    finished_at: float | None
    score: int | None
    failed: bool
    seen_at: float | None
    reply: str
    replied_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentView:
    """One, with the card and what was filled in; `talk` is None where its call is not kept."""

    row: AssessmentRow
    calibration: bool
    card: CardView
    filled: Filled
    talk: TalkView | None
    drawn: Drawn | None
    beside: OtherReview | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMean:
    """How an agent's talks were assessed; `mean` is None of fewer than `LEAST`."""

    agent: str
    count: int
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationPair:
    """One talk that two have assessed: ids, names and scores of both, the first one's first."""

    agent: str
    at: float
    assessment_ids: tuple[str, str]
    reviewers: tuple[str, str]
    scores: tuple[int | None, int | None]
    criteria: int  # that they have marked otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """By what talks are drawn."""

    name: str
    each_month: int
    queues: Sequence[Texts]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityView:
    """The page of whoever assesses."""

    waiting: int
    drafts: Sequence[AssessmentRow]
    replies: Sequence[AssessmentRow]
    finished: Sequence[AssessmentRow]
    seconds: Sequence[AssessmentRow]  # of others, which the person may assess too: unread ones
    pairs: Sequence[CalibrationPair]
    means: Sequence[AgentMean]
    rules: Sequence[RuleView]


class QualityRefused(Exception):
    """It was not done: `reason` is a stable code, `fields` are what it is about."""

    def __init__(self, reason: str, fields: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fields = tuple(fields)


class AssessmentRoom(Protocol):
    """Assessments of the agents whom the person leads.

    Everything raises `Unavailable`, and `LookupError` for what is not there for this person: of
    another part of the network, or of a talk that the person took part in.
    """

    async def view(self, *, person: Person) -> QualityView:
        """What there is to be done, and what was done lately."""

    async def draw(self, *, person: Person) -> int:
        """Draw at once what is due by now, of those whom the person leads; how many that were."""

    async def next(self, *, person: Person) -> str:
        """Begin the next one that chance has chosen; its id. Raises `QualityRefused`."""

    async def second(self, assessment_id: str, *, person: Person) -> str:
        """Begin one of the same talk, beside another reviewer's that is finished; its id. Raises
        `QualityRefused`: `known` to who has read the other one."""

    async def assessment(self, assessment_id: str, *, person: Person) -> AssessmentView:
        """One: as a draft to its reviewer alone. That it was opened is on record."""

    async def save(
        self, assessment_id: str, filled: Filled, *, finish: bool, person: Person
    ) -> None:
        """Keep what is filled in, for good where it is finished. Raises `QualityRefused`."""

    async def drop(self, assessment_id: str, *, person: Person) -> None:
        """Put a draft back: the talk is offered again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnList:
    """Finished ones of one's own talks; `mean` is None of fewer than `LEAST`."""

    rows: Sequence[AssessmentRow]
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnView:
    """One of them."""

    row: AssessmentRow
    queue: Texts
    card: CardView
    filled: Filled


class OwnAssessments(Protocol):
    """What was found of the person's own talks: never a colleague's, and no draft.

    Raises `Unavailable`, and `LookupError`.
    """

    async def own(self, *, person: Person) -> OwnList:
        """The latest first."""

    async def read(self, assessment_id: str, *, person: Person) -> OwnView:
        """One; that it was read is on record."""

    async def answer(self, assessment_id: str, reply: str, *, person: Person) -> None:
        """It is seen; what is said to it can be said once. Raises `QualityRefused`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version of a document."""

    version: int
    made_at: float
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRow:
    """A document in the list of its kind."""

    key: str
    name: Texts
    version: int
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EditView:
    """A document in its form: plain values as it is kept."""

    kind: EditKind
    key: str
    version: int  # the newest; 0 of a new one
    document: Mapping[str, object]
    versions: Sequence[VersionRow]
    scorecards: Mapping[str, Texts]  # of the use that fits
    queues: Mapping[str, Texts]


class QualityDocuments(Protocol):
    """Scorecards, sampling rules and scripts. Raises `Unavailable`, and `LookupError`."""

    async def listed(self) -> Mapping[EditKind, Sequence[EditRow]]:
        """All."""

    async def document(self, kind: EditKind, key: str, version: int = 0) -> EditView:
        """That version, or (0) the newest; a blank form for the key `new`."""

    async def save(
        self, kind: EditKind, key: str, document: Mapping[str, object], *, base: int, person: Person
    ) -> str:
        """The next version, made from `base`; its key. Raises `QualityRefused`, whose `fields` say
        what is wrong."""

    async def begin(self, *, person: Person) -> None:
        """The usual ones, where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptView:
    """What a test caller goes by."""

    key: str
    version: int
    name: str
    dialled: str
    language: str
    path: str
    question: str
    answer: str
    service: Texts
    fee: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedRow:
    """A test call. `answer`: right, partly or wrong; `matched`: its contact was found."""

    scripted_id: str
    script: str
    tester: str
    mine: bool
    begun_at: float
    finished_at: float | None
    matched: bool
    reached: bool | None
    wait_s: float | None
    answer: str
    score: int | None
    failed: bool
    points: int  # that were expected


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedMonth:
    """The test calls of a month, and what they come to."""

    month: int  # 202611
    earlier: int
    later: int  # 0: there is none
    scripts: Sequence[ScriptView]
    mine: Sequence[ScriptedRow]  # begun, not finished
    rows: Sequence[ScriptedRow]
    reached: int
    right: int
    wait_s: float | None  # a mean
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedResult:
    """What the tester has found. `number`: from which was rung, to find the call; it is not kept.
    `unmatched`: the call is not to be looked for."""

    filled: Filled
    number: str = ""
    unmatched: bool = False
    reached: bool = True
    wait: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedView:
    """One, with its script and card."""

    row: ScriptedRow
    script: ScriptView
    card: CardView
    filled: Filled


class ScriptedCalls(Protocol):
    """Test calls; of no agent anything is told. Raises `Unavailable`, and `LookupError`."""

    async def month(self, month: int, *, person: Person) -> ScriptedMonth:
        """Those of a month (202611), or (0) of this one."""

    async def start(self, script: str, *, person: Person) -> str:
        """Begin one; its id. Raises `QualityRefused`."""

    async def scripted(self, scripted_id: str, *, person: Person) -> ScriptedView:
        """One: unfinished to its tester alone."""

    async def finish(self, scripted_id: str, result: ScriptedResult, *, person: Person) -> None:
        """Its result; the contact that it was is a test call from then on. Raises
        `QualityRefused`."""

    async def drop(self, scripted_id: str, *, person: Person) -> None:
        """It was not rung after all."""
