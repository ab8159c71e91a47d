"""What must not leave the house in a question: personal codes, payment cards, accounts, numbers.

Pure; the panel's script finds the same while it is written (`agents_ui/shell/guard.js`), and what
it says is not believed. A figure may look like one and be none: then it is written otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Final, Literal

Kind = Literal["code", "card", "iban", "phone"]

_CODE: Final = re.compile(
    r"(?<![\dA-Z])(?:0[1-9]|[12]\d|3\d)\d{4}[ \u2010-\u2015-]?\d{5}(?!\d)", re.ASCII
)
_CARD: Final = re.compile(r"(?<![\dA-Z])\d(?:[ -]?\d){12,18}(?!\d)", re.ASCII)
_IBAN: Final = re.compile(
    r"(?<![\dA-Z])[A-Z]{2}\d{2}(?: ?[\dA-Z]){11,30}(?![\dA-Z])", re.ASCII | re.IGNORECASE
)
_PHONE: Final = re.compile(
    r"(?<![\w+])(?!(?:19|20)\d\d[ -](?:\d\d[ -]\d\d|(?:19|20)\d\d)(?!\d))"
    r"(?:(?:\+|00)\d(?:[ -]?\d){7,13}|[268]\d(?:[ -]?\d){6})(?![ -]?\d)",
    re.ASCII,
)
"""A Latvian number of eight figures, or one with its country; no date and no two years."""

_LONG: Final = {"LV": 21, "LT": 20, "EE": 20, "DE": 22, "FI": 18, "PL": 28, "GB": 22}
_SHORTEST_IBAN: Final = 15


def found_in(text: str) -> tuple[Kind, ...]:
    """The kinds that stand in it, each once; one figure is one thing."""
    looks: tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...] = (
        ("iban", _IBAN, _is_iban),
        ("card", _CARD, _is_card),
        ("code", _CODE, _is_code),
        ("phone", _PHONE, bool),
    )
    kinds: list[Kind] = []
    for kind, form, holds in looks:
        found = [one for one in form.findall(text) if holds(one)]
        kinds += [kind] if found else []
        for one in found:
            text = text.replace(one, " ")
    return tuple(kinds)


def _is_code(text: str) -> bool:
    """A day of birth first, or one of those since 2017, from 32 on."""
    day, month = int(text[:2]), int(text[2:4])
    return day >= 32 or (day <= 31 and 1 <= month <= 12)


def _is_card(text: str) -> bool:
    """By Luhn's sum."""
    digits = [int(one) for one in reversed(text) if one.isdecimal()]
    total = sum(sum(divmod(one * by, 10)) for one, by in zip(digits, cycle((1, 2)), strict=False))
    return total % 10 == 0 and any(digits)


def _is_iban(text: str) -> bool:
    """Some beginning of it is an account, by ISO 7064: words may follow it."""
    return any(_rest97(one) == 1 for one in _beginnings(text.replace(" ", "").upper()))


def _beginnings(letters: str) -> Iterator[str]:
    known = _LONG.get(letters[:2])
    if known is not None:
        yield from (letters[:known],) if len(letters) >= known else ()
    else:
        yield from (letters[:end] for end in range(_SHORTEST_IBAN, len(letters) + 1))


def _rest97(letters: str) -> int:
    turned = letters[4:] + letters[:4]
    return int("".join(str(int(one, 36)) for one in turned)) % 97
