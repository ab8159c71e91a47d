"""Telephone numbers of citizens, as they are typed in.

They are asked for, or come a line each on standard input: what stands on the command line is seen
by others, and kept in the shell's history.
"""

from __future__ import annotations

import getpass
import sys

from contactcentre.telephony.translation import caller_of


class BadNumber(ValueError):
    """What was typed is no telephone number, or too many; does not quote it."""


def typed_numbers(*, at_most: int | None = None) -> list[str]:
    """In E.164. Waits for whoever types: call it in a thread. Raises `BadNumber`."""
    if sys.stdin.isatty():
        lines = [getpass.getpass("Telephone number: ")]
    else:
        lines = [line for line in sys.stdin.read().splitlines() if line.strip()]
    if not lines:
        raise BadNumber("no number was typed")
    if at_most is not None and len(lines) > at_most:
        raise BadNumber(f"{at_most} at most: one person has no more numbers")
    return [_number(line) for line in lines]


def _number(typed: str) -> str:
    number = caller_of("".join(letter for letter in typed if letter not in " -()\t"))
    if number is None:
        raise BadNumber("that is no telephone number, as 20000001 or +37120000001")
    return number
