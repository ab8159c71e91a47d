"""What stands in files for analysts for whoever and whatever could lead to a person."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from contactcentre.storage.pseudonyms import LENGTH, Pseudonyms


class AnalystNames:
    """Of a key that no other pseudonym is made with: nothing here is found in the audit log, or in
    the database, without the installation's own key."""

    def __init__(self, key: bytes) -> None:
        self._pseudonyms = Pseudonyms(key)
        self._key: Final = hmac.new(key, b"analysts", hashlib.sha256).digest()

    def caller(self, number: str | None) -> str | None:
        """The same before and after the number's term is over; None of who is not known, or was
        erased."""
        return self._of("caller", self._pseudonyms.of(number)) if number else None

    def agent(self, agent_id: str | None) -> str | None:
        """Of an agent."""
        return self._of("agent", agent_id) if agent_id else None

    def contact(self, call_id: str) -> str:
        """Of a contact."""
        return self._of("contact", call_id)

    def _of(self, kind: str, text: str) -> str:
        digest = hmac.new(self._key, f"{kind} {text}".encode(), hashlib.sha256)
        return digest.hexdigest()[:LENGTH]
