"""The number of a case as it is told a citizen: short, said in threes, with a digit that checks it.

The last digit is Damm's (H. M. Damm, Total anti-symmetrische Quasigruppen, 2004): any one digit
misheard, and any two that have changed places, make it another.
"""

from __future__ import annotations

from typing import Final

FIRST: Final = 10_000
"""So that the first cases have as many digits as those of the first years."""

_DAMM: Final = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


class Misheard(ValueError):
    """That is no number of a case."""


def told(case_id: int) -> str:
    """Its digits, as they stand in addresses."""
    digits = str(FIRST + case_id)
    return digits + _rest(digits)


def spoken(number: str) -> str:
    """In threes, from the left."""
    return " ".join(number[place : place + 3] for place in range(0, len(number), 3))


def read(text: str) -> int:
    """The case of a number, however it is written. Raises `Misheard`."""
    digits = "".join(text.replace("-", " ").split())
    if not (digits.isascii() and digits.isdecimal() and 6 <= len(digits) <= 15):
        raise Misheard
    if _rest(digits) != "0" or int(digits[:-1]) <= FIRST:
        raise Misheard
    return int(digits[:-1]) - FIRST


def _rest(digits: str) -> str:
    rest = "0"
    for digit in digits:
        rest = _DAMM[int(rest)][int(digit)]
    return rest
