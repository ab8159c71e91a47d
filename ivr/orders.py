"""What the menu knows, remembers, orders and is answered: plain frozen values.

Prompts are keys of the prompt catalogue. A key pinned to a language (`ru:language.choose`) is to
be spoken in that language, any other in the language of the cursor.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ivr.say import Again, Hours

OWN = "own"
"""The calendar of whoever was dialled, by whatever name it goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """When whoever was dialled is open, for a caller who rings while it is not.

    `why` tells a public holiday and a moved working day from an ordinary hour out of hours; `again`
    is None where no opening is in sight; `sooner` is when the network answers again, if that is
    before; `others` are the names of those who are open now, the nearest first.
    """

    weekly: tuple[Hours, ...]
    why: Literal["", "holiday", "moved"] = ""
    again: Again | None = None
    sooner: Again | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One name that a caller may choose by typing its first letters.

    `value` is what is kept for the call, `text` how the name is written, `prompt` how it is said.
    """

    value: str
    text: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the interpreter may know of the world at one moment.

    `dialled` is the hotline's number as dialled; `weekday` (Monday = 0) and `minute` (since
    midnight) are local time of Europe/Riga; `calendars` maps a calendar's name, and OWN, to
    `open`, `closed` or `holiday`; `languages` are those allowed now and `notices` the known-event
    prompts in force, both in the order to be spoken. `name` is the prompt that names whoever was
    dialled, if there is one; `opening` finds out the hours, and is asked only to tell them.
    `choices` gives the names of a list; none where the number dialled leaves no choice.
    """

    dialled: str
    weekday: int
    minute: int
    calendars: Mapping[str, str]
    languages: tuple[str, ...]
    notices: tuple[str, ...] = ()
    name: str = ""
    opening: Callable[[], Opening | None] = lambda: None
    choices: Callable[[str], Sequence[Choice]] = lambda _: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a caller is in a flow; strings, numbers and tuples only, to be kept in the journal.

    `attempts` counts the unusable answers to the present question; `path` holds label keys;
    `values` are (name, value) pairs and may hold digits that a caller typed, so no log shows them.
    """

    flow: str
    version: int
    node: str
    attempts: int = 0
    language: str = "lv"
    path: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def value(self, name: str) -> str | None:
        """Return the value kept under `name`, if any."""
        return dict(self.values).get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayOrder:
    """Say the prompts, then answer with Played."""

    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOrder:
    """Say the prompts and gather digits, then answer with Digits.

    Gathering ends at `max_digits`, at the `terminator` key (none if empty; not part of the
    answer), or `timeout_s` seconds after the prompts or the last digit. With `barge_in` the first
    digit stops the prompts. `accept` are the keys that mean something here; any other is handed
    back just the same and is answered as a wrong key.
    """

    prompts: tuple[str, ...]
    max_digits: int
    terminator: str
    timeout_s: float
    barge_in: bool
    accept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnqueueOrder:
    """Say the prompts, then let the caller wait for an agent.

    `service` is the catalogue code meant for sure, `services` are suggestions for the agent;
    `skills` are (skill, least proficiency 1-10), sorted by skill.
    """

    queue: str
    matter: str
    service: str | None
    services: tuple[str, ...]
    skills: tuple[tuple[str, int], ...]
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferOrder:
    """Say the prompts, then connect to an outside number (3 to 15 digits, maybe with +)."""

    number: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicemailOrder:
    """Say the prompts, then record at most `max_s` seconds for the people of the queue."""

    queue: str
    max_s: int
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackOrder:
    """Note a callback, say the prompts, hang up. `number` is None for the caller's own; with
    `question_s` let the caller say before in so many seconds what it is about."""

    queue: str
    matter: str
    service: str | None
    services: tuple[str, ...]
    number: str | None = field(repr=False)
    prompts: tuple[str, ...]
    question_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUpOrder:
    """Say the prompts, then end the call."""

    prompts: tuple[str, ...]


Order = (
    PlayOrder
    | AskOrder
    | EnqueueOrder
    | TransferOrder
    | VoicemailOrder
    | CallbackOrder
    | HangUpOrder
)


@dataclass(frozen=True, slots=True)
class Played:
    """The prompts of a PlayOrder were said to the end."""


@dataclass(frozen=True, slots=True)
class Digits:
    """What the caller typed in answer to an AskOrder; empty if nothing came in time."""

    digits: str = field(repr=False)


Answer = Played | Digits


What = Literal["entered", "chosen", "typed", "timed_out", "wrong", "hung_up", "satisfied", "person"]
"""What can happen at a node: the caller came to it; pressed a key that leads on or changes the
language; typed a number or letters that were taken; answered nothing; answered with what is no
answer here; hung up; was served by the menu to its end; was put through to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One thing that happened to a caller at a node, for the menu's statistics.

    `key` is the key of a choice, or the kind of node by which people take over (enqueue,
    callback, voicemail, transfer). What a caller typed is never in it.
    """

    flow: str
    version: int
    node: str
    what: What
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where the caller is now, and the one order to carry out there.

    `passages` tell what happened on the way from the step before.
    """

    cursor: Cursor
    order: Order
    passages: tuple[Passage, ...] = ()
