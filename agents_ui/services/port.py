"""What the page of services needs from the service: its cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agents_ui.shell.port import ServiceCard


class ServiceCards(Protocol):
    """Today's cards, in memory."""

    def listed(self, text: str, *, locale: str) -> Sequence[ServiceCard]:
        """Those that the words find, best first; without words all, by their names. At most 100."""
