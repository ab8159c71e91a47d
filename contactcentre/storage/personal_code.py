"""Latvian personal codes as they are told: what can be one, and what looks like a slip.

Those of before July 2017 begin with the day of birth and end with a digit that checks the others;
those of since then begin with 3 and a digit of 2 to 9, and nothing checks them. A code may be right
whatever its sum says, so a sum is a hint and never a refusal.
"""

from __future__ import annotations

import re

_WRITTEN = re.compile(r"[0-9]{6}-?[0-9]{5}")
_SINCE_2017 = re.compile(r"3[2-9]")
_WEIGHTS = (10, 5, 8, 4, 2, 1, 6, 3, 7, 9)

MASK = "······-···"


def read(written: str) -> str | None:
    """The eleven digits; None where that can't be a code."""
    tidy = "".join(written.split())
    return tidy.replace("-", "") if _WRITTEN.fullmatch(tidy) else None


def looks_wrong(code: str) -> bool:
    """Whether it should be asked for once more. Of eleven digits."""
    if _SINCE_2017.match(code):
        return False
    day, month = int(code[:2]), int(code[2:4])
    in_calendar = 1 <= day <= 31 and 1 <= month <= 12
    return not in_calendar or _check_digit(code) != int(code[-1])


def masked(code: str) -> str:
    """`······-···45`."""
    return MASK + code[-2:]


def _check_digit(code: str) -> int:
    total = 1 + sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, code[:-1], strict=True))
    return total % 11 % 10
