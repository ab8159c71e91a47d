"""A document as people write it: YAML text, then plain values, then the value they stand for.

Each entity has one frozen dataclass, whose fields, types and defaults are its document. Table, seed
file and the network in force are made from it. Every fault is told, with its place and with words
for whoever edits the document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Final, TypeVar, cast, get_type_hints

import yaml
from pydantic import AfterValidator, ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ivr.document import doubled
from routing.written import WrittenAs

T = TypeVar("T")

_CONFIG = ConfigDict(extra="forbid")

_WORDS = {
    "missing": "is missing",
    "missing_argument": "is missing",
    "unexpected_keyword_argument": "is not a known key",
    "literal_error": "must be {expected}",
    "string_too_short": "must not be empty",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping",
    "dataclass_type": "must be a mapping",
    "json_invalid": "holds a text that is no valid Unicode",
}
"""Kind of fault, as pydantic names it, to plain words."""


class Refused(ValueError):
    """Documents that cannot be used: the fault of whoever edited them.

    `problems` are all their faults, each with its place.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))

    @property
    def fields(self) -> tuple[str, ...]:
        """Of a form of one document: the fields that are wrong, each once."""
        names = (one.partition(":")[0].partition(".")[0].strip() for one in self.problems)
        return tuple(dict.fromkeys(names))


def read(form: type[T], given: object, where: str) -> T:
    """The value of that form (any type) that plain values stand for.

    Nothing is guessed: no text is a number, no unknown key is passed over. Raises `Refused`, whose
    problems begin with `where`.
    """
    try:
        # As JSON, because there a list may be a tuple, and a mapping a dataclass.
        text = json.dumps([given], default=str)
        return cast(tuple[T], _adapter(cast(Hashable, form)).validate_json(text, strict=True))[0]
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise Refused(_problem(fault, where) for fault in faults) from None


def fields_of(form: type) -> Mapping[str, Any]:
    """The document's fields and their types, by which `read` reads one alone."""
    return get_type_hints(form, include_extras=True)


def parse(text: str, name: str, *, aliases: bool = True) -> Any:
    """The plain values of a YAML text; dates stay text.

    Raises `Refused` for YAML's own errors, for what is nested too deep, for doubled keys and, where
    they are not wanted, for aliases, with line and column.
    """
    loader = _DocumentLoader(text)
    try:
        _look_through(text, aliases=aliases)
        found = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        raise Refused([f"{_at(name, error.problem_mark)}: {error.problem}"]) from None
    except yaml.YAMLError as error:
        raise Refused([f"{name}: {error}"]) from None
    if loader.doubled:
        raise Refused(f"{_at(name, at)}: key '{key}' is doubled" for key, at in loader.doubled)
    return found


@cache
def _adapter(form: Any) -> TypeAdapter[Any]:
    # Within a tuple, because a dataclass by itself takes no config from outside.
    return TypeAdapter(tuple[form], config=_CONFIG)


def _problem(fault: ErrorDetails, where: str) -> str:
    path = ".".join(str(part) for part in fault["loc"][1:] if part != "[key]")
    words = _WORDS.get(fault["type"])
    plain = fault["msg"].removeprefix("Value error, ")
    what = words.format_map(fault.get("ctx", {})) if words else plain
    place = ", ".join(filter(None, (where, path)))
    return f"{place}: {what}" if place else what


# --- text -----------------------------------------------------------------------------------

DEEPEST: Final = 30


def _look_through(text: str, *, aliases: bool) -> None:
    """Nodes are composed by recursion in C, which ends the process where it goes too deep; and what
    a few aliases stand for may be larger than any memory. Events are only read."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise yaml.MarkedYAMLError(
                    problem="nested too deep", problem_mark=cast("yaml.Mark", event.start_mark)
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent) and not aliases:
            raise yaml.MarkedYAMLError(
                problem="aliases are not taken", problem_mark=cast("yaml.Mark", event.start_mark)
            )


class _DocumentLoader(yaml.CSafeLoader):
    """Doubled keys are noted, with their marks."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.doubled: list[tuple[str, yaml.Mark | None]] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        self.doubled += doubled(node)
        return super().construct_mapping(node, deep)


_DocumentLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _at(name: str, mark: yaml.Mark | None) -> str:
    return f"{name}: line {mark.line + 1}, column {mark.column + 1}" if mark else name


# --- fields of several documents ------------------------------------------------------------


def _is_date(text: str) -> str:
    try:
        found = date.fromisoformat(text).isoformat()
    except ValueError:
        found = ""
    if found != text:  # "20260627" is a date too, but nobody would find it again
        raise ValueError("no such date; write it like 2026-06-27")
    return text


def _minute(clock: str) -> int:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", clock):
        raise ValueError(f"'{clock}' is no time of day; write it like 08:30")
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def clock(minute: int) -> str:
    """A `Minute` as it is written."""
    return f"{minute // 60:02}:{minute % 60:02}"


def number(text: str) -> int | float | str:
    """As people write it into a form, with a comma or a point; what is none stays the text, which
    the document refuses."""
    shown = text.strip().replace(",", ".")
    if re.fullmatch(r"-?[0-9]{1,12}", shown):
        return int(shown)
    return float(shown) if re.fullmatch(r"-?[0-9]{1,12}\.[0-9]{1,6}", shown) else text


IsoDate = Annotated[str, AfterValidator(_is_date)]
"""A day, as 2026-06-27."""

Minute = Annotated[int, WrittenAs(str, _minute)]
"""Minutes since midnight, written 08:30; 24:00 is the end of the day."""

Written = Annotated[str, StringConstraints(min_length=1)]
"""A text that says something."""

Title = Annotated[
    str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")
]
"""What somebody calls something, on one line."""
