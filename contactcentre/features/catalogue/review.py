"""What a file of cards would change, told before it comes into force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from contactcentre.core.config import document
from contactcentre.features.catalogue import sheet
from contactcentre.features.catalogue.document import Service, Text, refuse_twice, written

NEW = "new"
Changes = Mapping[str, Mapping[str, tuple[Any, Any]]]
"""By code of a card, by name of a field: as it is and as it would be; a new card has only `NEW`."""


def read(text: str, name: str, before: Sequence[Service] = ()) -> tuple[Service, ...]:
    """The cards of a JSON or YAML text, or of a table (`.csv`), all or none. Of a table, what has
    no column is as `before`. Raises `Refused`, which tells every fault with its place: line and
    column where it can't be read, else the card's code and the field."""
    if name.lower().endswith(".csv"):
        cards = sheet.read(text, name, {card.code: written(card) for card in before})
    else:
        cards = document.read(
            tuple[dict[str, Any], ...], document.parse(text, name, aliases=False), name
        )
    refuse_twice((str(card.get("code", "")) for card in cards), name)
    found: list[Service] = []
    problems: list[str] = []
    for number, card in enumerate(cards, 1):
        try:
            found.append(
                document.read(Service, card, f"{name}, {card.get('code', f'no. {number}')}")
            )
        except document.Refused as refused:
            problems.extend(refused.problems)
    if problems:
        raise document.Refused(problems)
    return tuple(found)


def read_all(files: Mapping[str, str], before: Sequence[Service] = ()) -> tuple[Service, ...]:
    """The cards of several such texts, by the names of their files; each is in one of them. Raises
    `Refused` with every fault of every file."""
    found: dict[str, Service] = {}
    problems: list[str] = []
    for name, text in files.items():
        try:
            cards = read(text, name, before)
        except document.Refused as refused:
            problems.extend(refused.problems)
            continue
        twice = [card.code for card in cards if card.code in found]
        problems.extend(f"{name}, {code}: stands in another file already" for code in twice)
        found |= {card.code: card for card in cards}
    if problems:
        raise document.Refused(problems)
    return tuple(found.values())


def changes(before: Sequence[Service], after: Sequence[Service]) -> Changes:
    """What differs; a card that the file does not have stays as it is."""
    known = {card.code: card for card in before}
    found = {card.code: dict(_differing(known.get(card.code), card)) for card in after}
    return {code: change for code, change in found.items() if change}


def _differing(was: Service | None, card: Service) -> Iterator[tuple[str, tuple[Any, Any]]]:
    if was is None:
        yield NEW, (None, card.lv.name)
        return
    for field in fields(Service):
        yield from _parts(field.name, getattr(was, field.name), getattr(card, field.name))


def _parts(name: str, one: Any, other: Any) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """As a table's columns have them: of what is said in a language each part by itself."""
    if isinstance(one, Text) and isinstance(other, Text):
        for part in fields(Text):
            yield from _parts(
                f"{name}.{part.name}", getattr(one, part.name), getattr(other, part.name)
            )
    elif one != other:
        yield name, (one, other)
