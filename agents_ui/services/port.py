"""What the page of services needs from the service: its cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agents_ui.shell.port import ServiceCard


class ServiceCards(Protocol):
    """Today's cards, in memory."""

    def listed(self, text: str, *, locale: str) -> Sequence[ServiceCard]:
        """Those that the words find, best first; without words all, by their names. At most 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedSearch:
    """What agents looked for and nothing fitted."""

    words: str  # folded
    times: int
    last_at: float


class Missing(Protocol):
    """What was looked for in vain. Every call may raise `Unavailable`."""

    async def listed(self) -> Sequence[MissedSearch]:
        """Those that still find nothing, the most frequent first; at most 100."""

    async def drop(self, words: str) -> None:
        """It is of no use, or done."""

    async def not_ours(self, words: str, *, by: str) -> None:
        """Nobody of the network gives it: the search refuses it for sure from now on. Raises
        `LookupError` where nobody looked for it."""
