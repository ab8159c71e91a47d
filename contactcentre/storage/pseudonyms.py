"""What stands for a citizen's number where the number itself may not, or no longer, stand.

The same number always has the same pseudonym, so who rang twice is still one person in the figures.
Without the key, which the database does not have, no number leads to one: there are so few numbers
that a mere hash could be tried out.
"""

from __future__ import annotations

import hashlib
import hmac

MARK = "~"
"""No number begins so."""

LENGTH = 24
"""Hexadecimal digits: with ten million callers, two alike are less likely than 1 in 10^14."""


class Pseudonyms:
    """Made with one key. Whoever destroys it makes all of them anonymous for good."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, number: str) -> str:
        """The pseudonym of a number (E.164); of a pseudonym itself."""
        if is_pseudonym(number):
            return number
        return MARK + hmac.new(self._key, number.encode(), hashlib.sha256).hexdigest()[:LENGTH]


def is_pseudonym(text: str) -> bool:
    """Whether that is one already."""
    return text.startswith(MARK)
