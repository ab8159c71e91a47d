"""The form of a document, found in its declaration: fields, types, bounds and defaults.

A form is flat: names of fields (`overflow.0.after_s`) with what stands in them. `fill` makes it of
a document, `read` a document of it. What is typed and can't be read stays as it is, a text, so that
the document's own reading says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from inspect import get_annotations
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from contactcentre.core.config.document import fields_of, number
from contactcentre.features.calendars.document import Hours
from routing.written import Bounds, Labels, WrittenAs

Sort = Literal["text", "words", "number", "hours", "tick", "choice", "grade"]

LABEL_LANGUAGES: Final = ("lv", "en", "ru")
"""Those in which labels are asked for; the first two must be there."""

SOME: Final[Mapping[str, tuple[str, ...]]] = {"Way.relax": ("skills_at_most", "drop")}
"""Where only some fields of a part may be set."""

MOST_ROWS: Final = 400
BEST: Final = 5

HOURS_FAULT: Final = "write it like 08:30-12:00, 12:30-17:00"
TWICE_FAULT: Final = "stands here twice"
NAMELESS_FAULT: Final = "say of what"

_SORTS: Final[Mapping[Any, Sort]] = {bool: "tick", int: "number", float: "number"}
_SPAN = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-–]\s*(\d{1,2})[:.](\d{2})")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing to fill in."""

    sort: Sort
    bounds: Bounds | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormPart:
    """A field of a record. `word` is the name of its words, `usual` its default as written."""

    name: str
    word: str
    shape: Shape
    required: bool
    usual: Any = None


@dataclass(frozen=True, slots=True)
class Composite:
    """Several fields."""

    parts: tuple[FormPart, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """Any number of the same; with a `key` they are a mapping."""

    item: Leaf | Composite
    key: Leaf | None = None


Shape = Leaf | Composite | Repeated

TEXT = Leaf("text")


def record_of(form: type) -> Composite:
    """The shape of a dataclass."""
    hints, found = fields_of(form), []
    for each in fields(form):
        usual = each.default if each.default is not MISSING else None
        required = each.default is MISSING and each.default_factory is MISSING
        word = f"{_declared_in(form, each.name).__name__}.{each.name}"
        shape = _asked(word, _shape(hints[each.name]))
        found.append(FormPart(each.name, word, shape, required, usual))
    return Composite(tuple(found))


def _declared_in(form: type, name: str) -> type:
    return next(one for one in form.__mro__ if name in get_annotations(one))


def _asked(word: str, shape: Shape) -> Shape:
    """What makes sense there."""
    if word in SOME and isinstance(shape, Composite):
        return Composite(tuple(part for part in shape.parts if part.name in SOME[word]))
    return shape


def _shape(hint: Any) -> Shape:
    if hint == Hours:
        return Leaf("hours")
    if hint == Labels:
        parts = (FormPart(one, f"labels.{one}", TEXT, one != "ru") for one in LABEL_LANGUAGES)
        return Composite(tuple(parts))
    if get_origin(hint) is Annotated:
        return _annotated(*get_args(hint))
    if get_origin(hint) in (Union, UnionType):
        return _shape(next(one for one in get_args(hint) if one is not type(None)))
    if get_origin(hint) is Literal:
        return Leaf("choice", choices=get_args(hint))
    if is_dataclass(hint) and isinstance(hint, type):
        return record_of(hint)
    return _several(hint) or Leaf(_SORTS.get(hint, "text"))


def _annotated(hint: Any, *marks: Any) -> Shape:
    for mark in marks:
        if isinstance(mark, WrittenAs):
            return _shape(mark.form)
        if isinstance(mark, Bounds):
            graded = hint is int and (mark.least, mark.most) == (1, BEST)
            return Leaf("grade" if graded else "number", mark)
    return _shape(hint)


def _several(hint: Any) -> Shape | None:
    origin, args = get_origin(hint), get_args(hint)
    if origin is tuple:
        item = _shape(args[0])
        return Repeated(item) if isinstance(item, Composite) else Leaf("words")
    if not isinstance(origin, type) or not issubclass(origin, Mapping):
        return None
    key, item = _shape(args[0]), _shape(args[1])
    if isinstance(key, Leaf) and key.choices:
        return Composite(tuple(FormPart(one, f"day.{one}", item, False) for one in key.choices))
    if isinstance(key, Leaf) and not isinstance(item, Repeated):
        return Repeated(item, key)
    raise TypeError(f"no form is made of {hint}")


# --- a document as a form -------------------------------------------------------------------


def filled(shape: Shape, value: Any) -> dict[str, str]:
    """The form of a document, by names of fields."""
    into: dict[str, str] = {}
    _fill(shape, value, "", into)
    return into


def _fill(shape: Shape, value: Any, name: str, into: MutableMapping[str, str]) -> None:
    match shape:
        case Leaf():
            into[name] = said(shape, value)
        case Composite(parts):
            given = value if isinstance(value, Mapping) else {}
            for part in parts:
                one = given.get(part.name, part.usual if _is_tick(part.shape) else None)
                _fill(part.shape, one, join(name, part.name), into)
        case Repeated(item, key):
            for number, (own, one) in enumerate(_pairs(value)):
                row = f"{name}.{number}"
                if key is not None:
                    into[f"{row}.key"] = own
                _fill(item, one, row if isinstance(item, Composite) else f"{row}.value", into)


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((str(key), one) for key, one in value.items())
    elif isinstance(value, list | tuple):
        yield from (("", one) for one in value)


def said(leaf: Leaf, value: Any) -> str:
    """What stands in a field for that value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if leaf.sort == "hours" and isinstance(value, list):
        return ", ".join("-".join(map(str, one)) for one in value if isinstance(one, list))
    if leaf.sort == "words" and isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value)


def told(shape: Shape, value: Any) -> str:
    """A value in a line, for a list or a history."""
    match shape:
        case Leaf():
            return said(shape, value)
        case Composite(parts):
            given = value if isinstance(value, Mapping) else {}
            both = (
                (one.name, told(one.shape, given[one.name])) for one in parts if one.name in given
            )
            return "; ".join(f"{name} {text}" for name, text in both if text)
        case Repeated(item):
            return ", ".join(f"{own} {told(item, one)}".strip() for own, one in _pairs(value))


def join(name: str, part: str) -> str:
    """The name of a field in a group."""
    return f"{name}.{part}" if name else part


def _is_tick(shape: Shape) -> bool:
    return isinstance(shape, Leaf) and shape.sort == "tick"


# --- a form as a document -------------------------------------------------------------------

ABSENT: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(slots=True)
class Reading:
    """Reads a form; `faults` are what no document could tell, by their place in the document."""

    typed: Mapping[str, str]
    faults: dict[str, str]

    def document(self, shape: Composite) -> dict[str, Any]:
        """What was typed, as people write documents."""
        return self._record(shape, "", "")

    def _value(self, shape: Shape, name: str, place: str) -> Any:
        match shape:
            case Leaf():
                return self._leaf(shape, self.typed.get(name, "").strip(), place)
            case Composite():
                return self._record(shape, name, place)
            case Repeated(_, None):
                return self._list(shape, name, place)
            case Repeated():
                return self._mapping(shape, name, place)

    def _leaf(self, leaf: Leaf, text: str, place: str) -> Any:
        if leaf.sort == "tick":
            return text == "yes"
        if not text:
            return None
        if leaf.sort in ("number", "grade"):
            return number(text)
        if leaf.sort == "words":
            return text.replace(",", " ").split()
        return self._hours(text, place) if leaf.sort == "hours" else text

    def _hours(self, text: str, place: str) -> Any:
        spans = [_SPAN.fullmatch(one.strip()) for one in text.split(",") if one.strip()]
        if not all(spans):
            self.faults[place] = HOURS_FAULT
            return text
        found = (one.groups() for one in spans if one is not None)
        return [[f"{a:0>2}:{b}", f"{c:0>2}:{d}"] for a, b, c, d in found]

    def _record(self, record: Composite, name: str, place: str) -> dict[str, Any]:
        found = {}
        for part in record.parts:
            value = self._value(part.shape, join(name, part.name), join(place, part.name))
            if not _left_out(part, value):
                found[part.name] = value
        return found

    def _rows(self, name: str) -> Iterator[str]:
        for row in range(rows_in(self.typed, name)):
            if self.typed.get(f"{name}.{row}.remove") != "yes":
                yield f"{name}.{row}"

    def _list(self, rows: Repeated, name: str, place: str) -> list[Any]:
        found: list[Any] = []
        for row in self._rows(name):
            if value := self._value(rows.item, row, f"{place}.{len(found)}"):
                found.append(value)
        return found

    def _mapping(self, rows: Repeated, name: str, place: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for row in self._rows(name):
            key = self.typed.get(f"{row}.key", "").strip()
            own = row if isinstance(rows.item, Composite) else f"{row}.value"
            value = self._value(rows.item, own, join(place, key))
            if rows.item == Leaf("hours") and value is None:
                value = []  # closed all day
            if value is None or not (key or value):
                continue
            if not key or key in found:
                self.faults[join(place, key)] = TWICE_FAULT if key else NAMELESS_FAULT
            found[key] = value
        return found


def _left_out(part: FormPart, value: Any) -> bool:
    """Defaults are not written down, unless somebody chose a number."""
    if isinstance(part.shape, Leaf):
        as_usual = part.shape.sort in ("tick", "choice") and value == part.usual
        return value is None or as_usual
    return not value and not part.required


def rows_in(typed: Mapping[str, str], name: str) -> int:
    """How many rows of that group a form has."""
    numbers = (re.match(rf"{re.escape(name)}\.(\d{{1,3}})\.", each) for each in typed)
    return min(MOST_ROWS, max((int(one[1]) + 1 for one in numbers if one is not None), default=0))
