"""What the page of an owner's answer needs from the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from agents_ui.shell.port import Texts

SECRET_LENGTH: Final = 64
ANSWER_LENGTH: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersQuestion:
    """All that a link opens: what is asked about which card, and nobody's name or number."""

    card: Texts
    service: str  # its code
    question: str
    due_at: float
    expires_at: float


class AnswerRefused(Exception):
    """It was not taken: `reason` is `personal` (it holds a personal code, or a payment card), or
    `length`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Busy(Exception):
    """Too many tries from there: later."""


class OwnerLinks(Protocol):
    """Links that were sent to owners. `address` is where somebody asks from.

    Everything raises `Unavailable`, `Busy`, and `LookupError` for a secret that opens nothing: it
    was never made, is used, revoked, or over.
    """

    async def read(self, secret: str, *, address: str) -> OwnersQuestion:
        """What is asked."""

    async def answer(self, secret: str, text: str, *, address: str) -> None:
        """The answer, once: the link leads nowhere from then on. Raises `AnswerRefused`."""
