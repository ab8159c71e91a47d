"""A document's form as the page shows it: fields with their bounds, choices and faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from agents_ui.network.port import Control, Field, FieldGroup, Text
from contactcentre.features.network.kinds import REFERS, Edited
from contactcentre.features.network.scope import Reach
from contactcentre.features.network.shape import (
    Composite,
    FormPart,
    Leaf,
    Repeated,
    join,
    rows_in,
    said,
)
from contactcentre.features.publication.draft import Draft
from contactcentre.storage import documents
from contactcentre.storage import tables as models

Choices = Mapping[str, tuple[tuple[str, Text], ...]]
"""By name of a field, what may be chosen there."""

_DIGITS: Final = tuple((digit, digit) for digit in "1234567890")
_LONG: Final = ("services",)


def choices(draft: Draft, scope: Reach) -> Choices:
    """What there is to choose from; centres and municipalities as far as the person reaches."""
    found: dict[str, tuple[tuple[str, Text], ...]] = {}
    for field, kind in REFERS.items():
        table = getattr(models, kind)
        rows = draft.in_use(table)
        offered = (
            (one[documents.key_of(table)], name_of(one, documents.key_of(table)))
            for one in rows
            if kind != "centres" or scope.may_edit(kind, one["centre_id"], one)
        )
        found[field] = tuple(sorted(offered, key=lambda pair: str(pair[1])))
    menus = [row["name"] for row in draft.of(models.flows) if row["in_force"]]
    found["flow"] = tuple((name, name) for name in menus)
    found["keys"] = _DIGITS
    return found


def name_of(document: Mapping[str, Any], key: str) -> Text:
    """What people call it."""
    labels, name = document.get("labels"), document.get("name")
    if isinstance(labels, dict) and labels:
        return {str(language): str(text) for language, text in labels.items()}
    return str(document.get("short_name") or name or document[key])


def known_names(draft: Draft) -> Mapping[str, Sequence[str]]:
    """The skills and languages that are in use anywhere."""
    found: dict[str, set[str]] = {"skills": set(), "languages": {"lv", "ru", "en"}}
    for one in (*draft.in_use(models.queues), *draft.in_use(models.agents)):
        for field, names in found.items():
            if isinstance(one.get(field), dict):
                names.update(one[field])
    return {field: sorted(names) for field, names in found.items()}


def with_known(
    typed: Mapping[str, str], shape: Composite, known: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The form with a row for each skill and language that there is, and one for another."""
    more = dict(typed)
    for part in shape.parts:
        if not isinstance(part.shape, Repeated) or not isinstance(part.shape.item, Leaf):
            continue
        number = rows_in(typed, part.name)
        own = {typed.get(f"{part.name}.{one}.key") for one in range(number)}
        for key in (*(one for one in known.get(part.name, ()) if one not in own), ""):
            more[f"{part.name}.{number}.key"] = key
            more[f"{part.name}.{number}.value"] = ""
            number += 1
    return more


class Filling:
    """Makes the parts of a form; `faults` are taken out by whichever part they belong to."""

    def __init__(self, typed: Mapping[str, str], choices: Choices, faults: dict[str, str]) -> None:
        self._typed = typed
        self._choices = choices
        self._faults = faults

    def parts(
        self, record: Composite, name: str = "", place: str = ""
    ) -> tuple[Field | FieldGroup, ...]:
        """Those of a record, which is called so in the form, and so in the document."""
        return tuple(
            self._part(part, join(name, part.name), join(place, part.name)) for part in record.parts
        )

    def key(self, kind: Edited, key: str) -> Field:
        """The field of a key that people choose."""
        return Field(
            name="key",
            word=kind.word(kind.key),
            control="text",
            value=key,
            required=True,
            fault=self._fault("key"),
        )

    def _part(self, part: FormPart, name: str, place: str) -> Field | FieldGroup:
        if isinstance(part.shape, Leaf):
            return self._field(part.shape, part, name, place)
        if isinstance(part.shape, Composite):
            inside = self.parts(part.shape, name, place)
            return FieldGroup(name=name, word=part.word, parts=inside, fault=self._fault(place))
        inside = tuple(self._rows(part, part.shape, name, place))
        fault = self._fault(place)
        return FieldGroup(name=name, word=part.word, parts=inside, many=True, fault=fault)

    def _field(self, leaf: Leaf, part: FormPart, name: str, place: str) -> Field:
        value = self._typed.get(name, "")
        control, offered = self._control(leaf, part, value)
        usual = said(leaf, part.usual)
        chosen = value or usual if leaf.sort == "choice" else value
        return Field(
            name=name,
            word=part.word,
            control=control,
            value=chosen,
            usual=usual,
            required=part.required,
            least=leaf.bounds.least if leaf.bounds else None,
            most=leaf.bounds.most if leaf.bounds else None,
            unit=leaf.bounds.unit if leaf.bounds else "",
            choices=offered,
            fault=self._fault(place),
        )

    def _control(
        self, leaf: Leaf, part: FormPart, value: str
    ) -> tuple[Control, tuple[tuple[str, Text], ...]]:
        if leaf.sort == "choice":
            return "choice", tuple((one, "") for one in leaf.choices)
        if part.name in self._choices and leaf.sort == "text":
            offered = self._choices[part.name]
            gone = value and value not in (one for one, _ in offered)
            return "choice", (*offered, (value, value)) if gone else offered
        match leaf.sort:
            case "tick" | "number" | "grade":
                return leaf.sort, ()
            case _:
                return "long" if part.name in _LONG else "text", ()

    def _rows(self, part: FormPart, rows: Repeated, name: str, place: str) -> Iterator[FieldGroup]:
        for number in range(rows_in(self._typed, name)):
            row = f"{name}.{number}"
            key = self._typed.get(f"{row}.key", "")
            yield self._row(part, rows, row, join(place, key if rows.key else str(number)))

    def _row(self, part: FormPart, rows: Repeated, row: str, place: str) -> FieldGroup:
        key = self._typed.get(f"{row}.key", "")
        inside: list[Field | FieldGroup] = []
        if rows.key is not None:
            offered = self._choices["keys"] if part.name == "keys" else ()
            inside.append(
                Field(
                    name=f"{row}.key",
                    word=f"{part.word}.key",
                    control="choice" if offered else "text",
                    value=key,
                    choices=offered,
                )
            )
        if isinstance(rows.item, Composite):
            inside.extend(self.parts(rows.item, row, place))
        else:
            value = FormPart("value", f"{part.word}.value", rows.item, False)
            inside.append(self._field(rows.item, value, f"{row}.value", place))
        known = bool(key) and isinstance(rows.item, Leaf)
        return FieldGroup(
            name=row,
            word=part.word,
            parts=tuple(inside),
            row=key if known else str(int(row.rpartition(".")[2]) + 1),
            removable=isinstance(rows.item, Composite),
            fault=self._fault(place),
        )

    def _fault(self, place: str) -> str:
        """What is wrong there; of a field inside it, where the form goes no deeper."""
        deeper = [one for one in self._faults if one == place or one.startswith(f"{place}.")]
        return "; ".join(dict.fromkeys(self._faults.pop(one) for one in deeper))
