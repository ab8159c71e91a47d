"""Lists of what can be edited: those of a kind that a person may see, searched and sorted."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from agents_ui.network import port
from agents_ui.network.port import Text
from contactcentre.core.config.lacks import missing
from contactcentre.features.network.form import name_of
from contactcentre.features.network.kinds import KINDS, REFERS, Edited
from contactcentre.features.network.scope import Reach
from contactcentre.features.network.shape import FormPart, Leaf, told
from contactcentre.features.publication.draft import Draft
from contactcentre.features.publication.network import NetworkRefused, network_of
from routing.plain import plain

PAGE: Final = 50

_ALPHABET: Final = "aābcčdeēfgģhiīyjkķlļmnņoōpqrŗsštuūvwxzž"
_ORDER: Final = {letter: number for number, letter in enumerate(_ALPHABET, 1)}


def overview(draft: Draft, scope: Reach) -> port.Overview:
    """How many there are in use, and what is missing."""
    counts = {
        one.kind: sum(row.get("active") is not False for row in _seen(draft, scope, one))
        for one in KINDS.values()
        if one.kind in scope.kinds()
    }
    return port.Overview(counts=counts, lacks=tuple(_lacks(draft, scope)))


def listed(
    draft: Draft, scope: Reach, edited: Edited, search: str, *, sort: str, number: int
) -> port.RowList:
    """A page of those with all these words; retired ones come last."""
    words = plain(search).split()
    rows = (_row(draft, edited, one) for one in _seen(draft, scope, edited))
    found = [row for row in rows if _has(row, words)]
    column = edited.columns.index(sort) if sort in edited.columns else None
    found.sort(key=lambda row: (not row.active, _order(row, column)))
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(number, 1), pages)
    return port.RowList(
        kind=edited.kind,
        columns=tuple(edited.word(one) for one in edited.columns),
        rows=tuple(found[(number - 1) * PAGE : number * PAGE]),
        found=len(found),
        number=number,
        pages=pages,
    )


def _seen(draft: Draft, scope: Reach, edited: Edited) -> Iterator[Mapping[str, Any]]:
    return (
        one for one in draft.of(edited.table) if scope.may_edit(edited.kind, one[edited.key], one)
    )


def _row(draft: Draft, edited: Edited, document: Mapping[str, Any]) -> port.Row:
    parts = {part.name: part for part in edited.shape.parts}
    return port.Row(
        key=document[edited.key],
        name=name_of(document, edited.key),
        cells=tuple(_cell(draft, parts[name], document.get(name)) for name in edited.columns),
        active=document.get("active") is not False,
    )


def _cell(draft: Draft, part: FormPart, value: Any) -> Text:
    if part.name not in REFERS or not isinstance(value, str):
        simple = isinstance(part.shape, Leaf) and value is None
        return told(part.shape, part.usual if simple else value)
    other = KINDS[REFERS[part.name]]
    named = (one for one in draft.of(other.table) if one[other.key] == value)
    return name_of(next(named, {other.key: value}), other.key)


def _has(row: port.Row, words: list[str]) -> bool:
    text = plain(" ".join((row.key, _said(row.name), *map(_said, row.cells))))
    return all(word in text for word in words)


def _said(text: Text) -> str:
    return text if isinstance(text, str) else " ".join(text.values())


def _order(row: port.Row, column: int | None) -> tuple[tuple[list[int], str], ...]:
    own = (_sorted(_said(row.name)), _sorted(row.key))
    return own if column is None else (_sorted(_said(row.cells[column])), *own)


def _sorted(text: str) -> tuple[list[int], str]:
    """Where it stands in a Latvian list: č after c, ļ after l."""
    folded = unicodedata.normalize("NFC", text.casefold())
    return [_ORDER.get(letter, 0) for letter in folded], folded


def _lacks(draft: Draft, scope: Reach) -> Iterator[port.Lack]:
    """Of the whole network for who edits it, else of the person's centres."""
    try:
        network = network_of(draft)
    except NetworkRefused:
        return  # the board tells that
    kinds: dict[str, port.Kind] = {
        "no-number": "hotlines",
        "no-menu": "hotlines",
        "no-queue": "queues",
        "no-agent": "agents",
        "unanswered": "queues",
        "no-hours": "centres",
    }
    for one in missing(network):
        kind = kinds[one.code]
        edited = KINDS[kind]
        given = next((row for row in draft.of(edited.table) if row[edited.key] == one.key), {})
        if kind not in scope.kinds() or (one.key and not scope.may_edit(kind, one.key, given)):
            continue
        name = name_of(given, edited.key) if given else ""
        yield port.Lack(code=one.code, kind=kind, key=one.key, name=name)
