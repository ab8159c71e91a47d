"""Numbers as Asterisk and the network write them.

Python takes the digits of every script for a number; here only ASCII's are.
"""

from __future__ import annotations


def are_digits(text: str) -> bool:
    """Whether it is a number."""
    return text.isascii() and text.isdecimal()


def number(text: str) -> int:
    """The number; 0 where it is none."""
    return int(text) if are_digits(text) else 0
