"""Why a call went to this agent, or to nobody: the answer as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from routing.circles import CirclePlan, Origin, Stage
from routing.requirement import Capability, Requirement
from routing.scope import NOWHERE, Place, ScopeKind

State = Literal["logged_out", "not_ready", "busy", "ready"]

Code = Literal[
    "longer_idle",
    "refused",
    "remote_cap",
    "circle",
    "skill",
    "language",
    "authority",
    "busy",
    "not_ready",
    "logged_out",
]
"""Why an agent was passed over; the nearer to being chosen, the earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What the decision knew of the call."""

    call_id: str
    asked: Requirement
    plan: CirclePlan
    origin: Origin
    waited_s: float  # seconds in the queue
    refused_by: frozenset[str] = frozenset()
    stage: Stage | None = None  # where it stands, if that is known better than by its wait


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFacts:
    """What the decision knew of one agent."""

    agent_id: str
    name: str
    capability: Capability
    state: State
    place: Place = NOWHERE
    detail: str = ""  # of the state: counter, lunch, wrap_up, ...
    idle_since: float = 0.0  # seconds, UTC
    barred: bool = False  # the centre has taken enough calls from afar


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one agent was passed over."""

    code: Code
    detail: str = ""  # the skill, the language, the ring, the reason of not being ready
    level: int = 0  # that was asked for
    in_s: float | None = None  # after so many seconds this will be in the way no more

    def __str__(self) -> str:
        """Short, as in `skill:taxes<3` or `not_ready:counter`."""
        text = f"{self.code}:{self.detail}" if self.detail else self.code
        return f"{text}<{self.level}" if self.level else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One agent; `passed_over` is None for the one who was chosen."""

    agent_id: str
    name: str
    passed_over: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One decision, told in full. The chosen agent comes first, then whoever was nearest to it."""

    call_id: str
    waited_s: float
    asked: Requirement  # before any relaxation
    stage: Stage
    skipped: tuple[ScopeKind, ...]  # circles left out by now because nobody is at work there
    candidates: tuple[Candidate, ...]

    @property
    def chosen(self) -> str | None:
        """The agent's id."""
        return next((each.agent_id for each in self.candidates if each.passed_over is None), None)

    @property
    def relaxed(self) -> bool:
        """Whether less is asked for now than at first."""
        return self.asked != self.stage.requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """An explanation cut short for keeping: whoever was nearest to the call, the rest counted.

    Candidates have no names: those are added when it is told. `others` counts everybody else by
    the reason, the most frequent first; of as many, the one that leaves an agent nearer.
    """

    waited_s: float
    asked: Requirement  # before any relaxation
    stage: Stage
    skipped: tuple[ScopeKind, ...] = ()
    nearest: tuple[Candidate, ...] = ()  # the chosen agent first
    others: tuple[tuple[Reason, int], ...] = ()

    @property
    def chosen(self) -> str | None:
        """The agent's id."""
        return next((each.agent_id for each in self.nearest if each.passed_over is None), None)

    @property
    def relaxed(self) -> bool:
        """Whether less was asked for than at first."""
        return self.asked != self.stage.requirement
