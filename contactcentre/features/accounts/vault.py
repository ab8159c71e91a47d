"""What is sealed with keys that are not in the database: shared secrets at rest, and tickets that a
browser carries from one step of a log-in to the next.

A seal says for what it was made, and when; sealed for another purpose or too long ago, it is
nothing. The first key seals, each opens: so a key is replaced while the old one still counts.

AES-256-GCM (NIST SP 800-38D), with purpose and time beside what is sealed; the nonce is chance, so
a key is good for 2^32 seals. What was sealed before by Fernet (AES-128-CBC and HMAC) still opens.

    version (1) | seconds since the epoch (8) | nonce (12) | sealed text, with its tag (16)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SEPARATOR: Final = "\n"
VERSION: Final = b"\x01"
FORMER: Final = b"\x80"
"""How Fernet's begin."""

HEAD: Final = 9
NONCE: Final = 12
AHEAD_S: Final = 60
"""So much later than ours may be the clock of who has sealed it."""


class BrokenSeal(ValueError):
    """It was not sealed here, for another purpose, or too long ago."""


class Vault:
    """Seals and opens. `read_keys` is asked each time: the keys may have been replaced."""

    def __init__(self, read_keys: Callable[[], Sequence[str]] | None = None) -> None:
        own = (secrets.token_hex(32),)
        self._read_keys = read_keys or (lambda: own)

    def seal(self, purpose: str, text: str, *, at: float) -> str:
        """The text, sealed. Never empty."""
        head, nonce = VERSION + int(at).to_bytes(8), secrets.token_bytes(NONCE)
        cipher = AESGCM(_key(self._read_keys()[0]))
        sealed = cipher.encrypt(nonce, text.encode(), head + purpose.encode())
        return base64.urlsafe_b64encode(head + nonce + sealed).decode()

    def open(self, purpose: str, sealed: str, *, at: float, within_s: int | None = None) -> str:
        """The text that was sealed for this purpose. Raises `BrokenSeal`."""
        try:
            content = base64.urlsafe_b64decode(sealed.encode())
        except (UnicodeError, binascii.Error):
            raise BrokenSeal from None
        made_at = int.from_bytes(content[1:HEAD])
        if within_s is not None and not -AHEAD_S <= int(at) - made_at <= within_s:
            raise BrokenSeal
        opened = self._former if content[:1] == FORMER else self._opened
        text = next(opened(purpose, sealed, content), None)
        if text is None:
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

    def _opened(self, purpose: str, _sealed: str, content: bytes) -> Iterator[str]:
        head, nonce, sealed = content[:HEAD], content[HEAD : HEAD + NONCE], content[HEAD + NONCE :]
        for key in map(_key, self._read_keys() if head[:1] == VERSION else ()):
            with suppress(InvalidTag, ValueError):
                yield AESGCM(key).decrypt(nonce, sealed, head + purpose.encode()).decode()

    def _former(self, purpose: str, sealed: str, _content: bytes) -> Iterator[str]:
        for key in map(_key, self._read_keys()):
            with suppress(InvalidToken):
                opener = Fernet(base64.urlsafe_b64encode(key))
                made_for, _, text = opener.decrypt(sealed.encode()).decode().partition(SEPARATOR)
                if made_for == purpose:
                    yield text


def _key(text: str) -> bytes:
    return hashlib.sha256(b"vault\n" + text.encode()).digest()
