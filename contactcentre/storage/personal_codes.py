"""Personal codes at rest: sealed, and found by a keyed hash. Both keys lie outside the database.

There are so few codes that a mere hash could be tried out.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Protocol

PURPOSE = "personal code"


class Seals(Protocol):
    """Seals texts that are somebody's, and opens them."""

    def seal_of(self, purpose: str, owner: str, text: str, *, at: float) -> str: ...

    def open_of(self, purpose: str, sealed: str, *, at: float) -> tuple[str, str]: ...


class PersonalCodes:
    """`read_keys` gives the keys, the newest first: the last of them is that of the hashes, and so
    stays where the others are replaced."""

    def __init__(self, seals: Seals, read_keys: Callable[[], Sequence[str]]) -> None:
        self._seals = seals
        self._read_keys = read_keys

    def hash_of(self, code: str) -> str:
        """By which it is found."""
        key = b"personal-code\n" + self._read_keys()[-1].encode()
        return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()

    def sealed(self, person_id: str, code: str, *, at: float) -> str:
        """As it is kept."""
        return self._seals.seal_of(PURPOSE, person_id, code, at=at)

    def opened(self, sealed: str, *, at: float) -> str:
        """The code. Raises `ValueError` where the key is another one."""
        return self._seals.open_of(PURPOSE, sealed, at=at)[1]
