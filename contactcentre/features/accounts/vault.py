"""What is sealed with keys that are not in the database: shared secrets at rest, and tickets that a
browser carries from one step of a log-in to the next.

A seal says for what it was made, and when; sealed for another purpose or too long ago, it is
nothing. The first key seals, each opens: so a key is replaced while the old one still counts.
Fernet's recipe (AES-CBC and HMAC), of `cryptography`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

SEPARATOR = "\n"


class BrokenSeal(ValueError):
    """It was not sealed here, for another purpose, or too long ago."""


class Vault:
    """Seals and opens. `read_keys` is asked each time: the keys may have been replaced."""

    def __init__(self, read_keys: Callable[[], Sequence[str]] | None = None) -> None:
        own = (secrets.token_hex(32),)
        self._read_keys = read_keys or (lambda: own)

    def seal(self, purpose: str, text: str, *, at: float) -> str:
        """The text, sealed. Never empty."""
        plain = (purpose + SEPARATOR + text).encode()
        return self._keys().encrypt_at_time(plain, int(at)).decode()

    def open(self, purpose: str, sealed: str, *, at: float, within_s: int | None = None) -> str:
        """The text that was sealed for this purpose. Raises `BrokenSeal`."""
        try:
            plain = self._opened(sealed.encode(), int(at), within_s).decode()
        except (InvalidToken, UnicodeError):
            raise BrokenSeal from None
        made_for, _, text = plain.partition(SEPARATOR)
        if made_for != purpose:
            raise BrokenSeal
        return text

    def seal_of(self, purpose: str, owner: str, text: str, *, at: float) -> str:
        """A text that is somebody's (a user's id), sealed."""
        return self.seal(purpose, json.dumps([owner, text]), at=at)

    def open_of(
        self, purpose: str, sealed: str, *, at: float, within_s: int | None = None
    ) -> tuple[str, str]:
        """Whose it is, and the text. Raises `BrokenSeal`."""
        owner, text = json.loads(self.open(purpose, sealed, at=at, within_s=within_s))
        return owner, text

    def _opened(self, sealed: bytes, at: int, within_s: int | None) -> bytes:
        if within_s is None:
            return self._keys().decrypt(sealed)
        return self._keys().decrypt_at_time(sealed, within_s, at)

    def _keys(self) -> MultiFernet:
        return MultiFernet([Fernet(_key(text)) for text in self._read_keys()])


def _key(text: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"vault\n" + text.encode()).digest())
