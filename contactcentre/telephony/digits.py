"""Numbers as Asterisk and the network write them.

Python takes the digits of every script for a number; here only ASCII's are.
"""

from __future__ import annotations

from typing import Final

KEYS: Final = frozenset("0123456789*#")
"""Of a telephone. A to D exist as tones (ITU-T Q.23), and mean nothing to us."""


def are_digits(text: str) -> bool:
    """Whether it is a number."""
    return text.isascii() and text.isdecimal()


LONGEST = 18
"""Digits of a number that anybody means; Python refuses to read thousands."""


def number(text: str) -> int:
    """The number; 0 where it is none."""
    return int(text) if are_digits(text) and len(text) <= LONGEST else 0


def key_of(code: str) -> str:
    """The key of that ASCII code, as AGI tells it; "" for none."""
    found = number(code)
    return chr(found) if 0 < found < 128 else ""
