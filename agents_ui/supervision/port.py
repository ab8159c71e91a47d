"""What the board's acts need from the service: what may be done, and that it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from agents_ui.shell.port import AgentState, Person, Texts
from routing.requirement import Levels

Obstacle = Literal[
    "",
    "gone",
    "logged-out",
    "not-ready",
    "unreachable",
    "skills",
    "centre-full",
    "promised",
    "no-number",
    "no-telephony",
    "same",
    "no-policy",
    "listened-to",
    "no-phone",
    "not-free",
    "listens",
    "inseparable",
]
"""Why something cannot be done; "gone": it is not so any more."""


ListenMode = Literal["listen", "whisper", "barge"]
"""Nobody hears the supervisor; the agent alone does; all hear all."""


class BadAct(Exception):
    """The page asks for what there is not, or in a way that cannot be; `args[0]` says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChoice:
    """A queue to which a call may go."""

    queue: str
    label: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChoices:
    """What may be done with a call as it stands; no number, no name of its citizen."""

    call_id: str
    queue: str
    acts: tuple[str, ...]
    earmark: str  # the name of the agent to whom it was given; "" none
    listens: ListenMode | None  # how this person does, just now
    queues: tuple[QueueChoice, ...]  # others


@dataclass(frozen=True, slots=True, kw_only=True)
class DayQueue:
    """A queue, whether an agent takes it today, and on other days. `fixed`: everybody does."""

    queue: str
    label: Texts
    takes: bool
    usual: bool
    fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySkill:
    """A skill or a language, and an agent's level in it today and on other days; 0: none."""

    name: str
    label: Texts  # {} of a language, which its code says, and of what no queue is called
    level: int
    usual: int
    language: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChoices:
    """What may be done with an agent as things stand."""

    agent_id: str
    name: str
    state: AgentState
    acts: tuple[str, ...]
    queues: tuple[DayQueue, ...]
    skills: tuple[DaySkill, ...]
    assigned: bool  # for today


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOption:
    """An agent to whom a call might be given, and why not."""

    agent_id: str
    name: str
    centre: str
    state: AgentState
    obstacle: Obstacle


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOptions:
    """The first of them, those who can be given it before all others; `count` is how many."""

    first: tuple[AgentOption, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What would take it back, to be asked for as the act was; it wants a reason too."""

    name: str
    args: Mapping[str, str | Levels | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of it."""

    done: bool
    why: Obstacle = ""  # not
    undo: Undo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMemo:
    """A message that not everybody has seen yet."""

    memo_id: str
    at: float
    by: str
    text: str
    recipients: int
    unseen: int
    names: tuple[str, ...]  # of those who have not, 12 at most


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoRoom:
    """Whom one may write to, and what of it is still to be seen, the latest first, 20 at most."""

    centres: tuple[tuple[str, str], ...]  # id and name, of those where somebody is logged in
    agents: int  # logged in, of one's realms
    memos: tuple[OpenMemo, ...]


class Supervision(Protocol):
    """Acts of those who lead agents.

    All raise `LookupError` for a call or an agent that lies in no realm of the person's.
    """

    def call(self, call_id: str, *, person: Person) -> CallChoices:
        """What may be done with it."""

    def agent(self, agent_id: str, *, person: Person) -> AgentChoices:
        """The same of an agent."""

    def candidates(self, call_id: str, text: str, *, person: Person) -> AgentOptions:
        """To whom the call might be given, by name or centre where a text is given."""

    async def lead_call(self, name: str, args: Mapping[str, Any], *, person: Person) -> Done:
        """Do something with a call.

        Raises `BadAct`, and `Unavailable` where nothing was done.
        """

    async def listen(self, name: str, args: Mapping[str, Any], *, person: Person) -> Done:
        """Listen to a call, turn to another mode, or end it, as `lead_call`. Begun only when it
        stands in the audit log: `Unavailable` where that can't be written."""

    def memos(self, *, person: Person) -> MemoRoom:
        """Whom one may write to, and what they have not seen yet."""

    async def write_memo(self, text: str, to: str, *, person: Person) -> int:
        """Write to `agent:ID`, `centre:ID` or `all` who are logged in; to how many it went.

        Raises `LookupError` where there is no such agent or centre, `BadAct` for what can't be
        written.
        """

    async def assign(self, name: str, args: Mapping[str, Any], *, person: Person) -> Done:
        """What an agent takes or can do for the rest of the day: `agent_id`, `why`, and of `queues`
        `queues` (None: all as usual), of `skills` `skills` and `languages`, names with levels; as
        `lead_agent`, and `Unavailable` where it can't be kept."""

    async def lead_agent(self, name: str, args: Mapping[str, Any], *, person: Person) -> Done:
        """The same with an agent."""
