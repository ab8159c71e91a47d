"""The nodes of a flow document: what each one says, asks, and where it leads.

A prompt is a key of the catalogue, or a stand-in for words that depend on the moment: `say.closed`
(that whoever was dialled is closed, why, and when it opens again), `say.others` (who else is open),
`say.hours` (its hours), `say.elsewhere` (while the caller's own centre is closed: that another one
will answer).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ivr import spelling

PERSON = "0"
"""The key that leads to a person, in every question of every flow."""

LANGUAGE_OFFER = "language.choose"
"""The prompt, spoken in the language that it offers."""

MOST_OPTIONS = 5
"""More than five cannot be kept in mind; language keys, 0 and * do not count."""

EMERGENCY = frozenset({"110", "112", "113"})
"""Numbers that a machine never transfers to: a person must judge."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=60)]
Prompt = Annotated[
    str, StringConstraints(pattern=r"^([a-z]{2}:)?[a-z0-9]+([-./][a-z0-9]+)*$", max_length=80)
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[1-9]$")]
Service = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", max_length=40)]


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out of a node: the key in the document, the node it names, and whether a caller's
    key press is needed to take it."""

    key: str
    to: str
    pressed: bool = False


class Node(BaseModel):
    """What all nodes share. `label` names a text of the flow's `labels`: a step of the path that
    the agent reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    reaches_person: ClassVar[bool] = False

    type: str
    label: Name | None = None

    def exits(self, default: str) -> Iterator[Exit]:
        """Yield the ways out; `default` is the flow's node for callers that nothing fits."""
        yield from ()

    def spoken(self) -> Iterator[tuple[str, str]]:
        """Yield (key in the document, prompt) for each prompt that the node may play."""
        for field in ("intro", "prompts", "again"):
            for index, prompt in enumerate(getattr(self, field, ())):
                yield f"{field}.{index}", prompt


class PlayNode(Node):
    """Says its prompts. With `notices`, first says the known-event notices in force now."""

    type: Literal["play"]
    prompts: tuple[Prompt, ...] = ()
    notices: bool = False
    then: Name

    def exits(self, default: str) -> Iterator[Exit]:
        yield Exit("then", self.then)


class AskingNode(Node):
    """A question. `intro` is said on arrival only, `prompts` each time the question is asked, but
    for the short `again` where it is repeated because nothing, or something wrong, was pressed.

    A wrong key repeats the question, up to `attempts` in all; then, as on key 0, the call goes to
    `person` (the flow's default if not given). After `silences` timeouts of `timeout_s` seconds
    it goes to `silence` (else to the person): who cannot press keys must get there too.
    """

    intro: tuple[Prompt, ...] = ()
    prompts: Annotated[tuple[Prompt, ...], Field(min_length=1)]
    again: tuple[Prompt, ...] = ()
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 6.0
    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    silences: Annotated[int, Field(ge=1, le=10)] = 1
    barge_in: bool = True
    repeat: Literal["*", "#", ""] = "*"
    wrong: Prompt = "error.wrong-key"
    silent: Prompt = "error.silence"
    person: Name | None = None
    silence: Name | None = None

    def exits(self, default: str) -> Iterator[Exit]:
        yield Exit("person", self.person or default, pressed=True)
        yield Exit("silence", self.after_silence(default))

    def after_silence(self, default: str) -> str:
        return self.silence or self.person or default

    def spoken(self) -> Iterator[tuple[str, str]]:
        yield from super().spoken()
        yield "wrong", self.wrong
        yield "silent", self.silent


class Option(BaseModel):
    """One key of a menu."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    goto: Name


class MenuNode(AskingNode):
    """Asks for one key. `languages` maps further keys to languages: pressing one switches the
    language and asks again."""

    type: Literal["menu"]
    options: Annotated[dict[Key, Option], Field(min_length=1, max_length=MOST_OPTIONS)]
    languages: dict[Key, Language] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_meaning_per_key(self) -> Self:
        both = sorted(self.options.keys() & self.languages.keys())
        if both:
            raise ValueError(f"key {both[0]} is both an option and a language")
        return self

    def exits(self, default: str) -> Iterator[Exit]:
        for key, option in self.options.items():
            yield Exit(f"options.{key}.goto", option.goto, pressed=True)
        yield from super().exits(default)

    def spoken(self) -> Iterator[tuple[str, str]]:
        yield from super().spoken()
        if self.languages:
            yield "languages", LANGUAGE_OFFER


class CollectNode(AskingNode):
    """Asks for a number and keeps it under the name `store`. One 0 alone is the way to a person,
    so the shortest number has two digits."""

    type: Literal["collect"]
    store: Name
    min_digits: Annotated[int, Field(ge=2, le=20)] = 2
    max_digits: Annotated[int, Field(ge=2, le=20)] = 15
    terminator: Literal["#", ""] = "#"
    then: Name

    @model_validator(mode="after")
    def _some_number_fits(self) -> Self:
        if self.min_digits > self.max_digits:
            raise ValueError("min_digits is more than max_digits")
        if self.terminator and self.terminator == self.repeat:
            raise ValueError("terminator and repeat are the same key")
        return self

    def exits(self, default: str) -> Iterator[Exit]:
        yield Exit("then", self.then, pressed=True)
        yield from super().exits(default)


class SpellNode(AskingNode):
    """Asks for a name by its first letters on the keypad, offers at most three that fit, and keeps
    the one chosen under `store`. Passed over where the number dialled leaves no choice.

    A caller who types fewer than `least` letters is asked again; at `most` typing ends by itself.
    """

    type: Literal["spell"]
    among: Literal["municipalities"]
    store: Name
    least: Annotated[int, Field(ge=1, le=10)] = 3
    most: Annotated[int, Field(ge=1, le=10)] = 4
    terminator: Literal["#", ""] = "#"
    then: Name

    @model_validator(mode="after")
    def _some_letters_fit(self) -> Self:
        if self.least > self.most:
            raise ValueError("least is more than most")
        if self.terminator and self.terminator == self.repeat:
            raise ValueError("terminator and repeat are the same key")
        return self

    def exits(self, default: str) -> Iterator[Exit]:
        yield Exit("then", self.then)
        yield from super().exits(default)

    def spoken(self) -> Iterator[tuple[str, str]]:
        yield from super().spoken()
        yield from (("among", prompt) for prompt in spelling.SPOKEN)


class LanguageNode(AskingNode):
    """Asks for the language; silence keeps the present one. Passed over when there is no choice."""

    type: Literal["language"]
    languages: Annotated[dict[Key, Language], Field(min_length=1)]
    then: Name

    def exits(self, default: str) -> Iterator[Exit]:
        yield Exit("then", self.then)
        yield from super().exits(default)

    def after_silence(self, default: str) -> str:
        return self.silence or self.then


class HoursNode(Node):
    """Leads on by the state of a calendar; a `holiday` is like `closed` unless it is given.

    The calendar `own` is that of whoever was dialled: the centre's, else the number's.
    """

    type: Literal["hours"]
    calendar: Name
    open: Name
    closed: Name
    holiday: Name | None = None

    def exits(self, default: str) -> Iterator[Exit]:
        yield Exit("open", self.open)
        yield Exit("closed", self.closed)
        if self.holiday:
            yield Exit("holiday", self.holiday)


class SetNode(Node):
    """Keeps values for the call, by name."""

    type: Literal["set"]
    values: Annotated[dict[Name, str], Field(min_length=1)]
    then: Name

    def exits(self, default: str) -> Iterator[Exit]:
        yield Exit("then", self.then)


class GotoNode(Node):
    """Leads on and does nothing else: one place to change where many ways lead."""

    type: Literal["goto"]
    to: Name

    def exits(self, default: str) -> Iterator[Exit]:
        yield Exit("to", self.to)


class EndingNode(Node):
    """A node where the menu ends. Its prompts are said first."""

    prompts: tuple[Prompt, ...] = ()


class MatterNode(EndingNode):
    """An ending that somebody works on. `service` is the one catalogue code that is meant for
    sure, `services` are suggestions for the agent; `matter` is the node's label if not given."""

    reaches_person: ClassVar[bool] = True

    queue: Name
    matter: Name | None = None
    service: Service | None = None
    services: tuple[Service, ...] = ()


class EnqueueNode(MatterNode):
    """Puts the caller in a queue. `skills` maps a skill to the least proficiency wanted, 1-10."""

    type: Literal["enqueue"]
    skills: dict[Name, Annotated[int, Field(ge=1, le=10)]] = Field(default_factory=dict)


class CallbackNode(MatterNode):
    """Notes a request to be called back, at the caller's number or at the one that a collect node
    stored under the name `number`. With `question_s` the caller may then say, in so many seconds,
    what it is about; the promise is made already."""

    type: Literal["callback"]
    number: Name | None = None
    question_s: Annotated[int, Field(ge=0, le=30)] = 0


class VoicemailNode(EndingNode):
    """Takes a message of at most `max_s` seconds for a queue."""

    type: Literal["voicemail"]
    reaches_person: ClassVar[bool] = True

    queue: Name
    max_s: Annotated[int, Field(ge=5, le=600)] = 120


class TransferNode(EndingNode):
    """Hands the call to an outside number of 3 to 15 digits, never to an emergency number."""

    type: Literal["transfer"]
    reaches_person: ClassVar[bool] = True

    number: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{3,15}$")]

    @model_validator(mode="after")
    def _no_emergency_number(self) -> Self:
        if self.number in EMERGENCY:
            raise ValueError("a menu never transfers to an emergency number")
        return self


class HangUpNode(EndingNode):
    """Says goodbye and ends the call."""

    type: Literal["hangup"]


KINDS: dict[str, type[Node]] = {
    "play": PlayNode,
    "menu": MenuNode,
    "collect": CollectNode,
    "spell": SpellNode,
    "language": LanguageNode,
    "hours": HoursNode,
    "set": SetNode,
    "goto": GotoNode,
    "enqueue": EnqueueNode,
    "callback": CallbackNode,
    "voicemail": VoicemailNode,
    "transfer": TransferNode,
    "hangup": HangUpNode,
}
"""The word in a document's `type` key, and the model that reads the node."""
