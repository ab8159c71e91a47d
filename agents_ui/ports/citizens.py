"""The citizen who rings, and what the hotline remembers of earlier contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agents_ui.ports.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class PastContact:
    """One earlier contact of a number. `note` stays empty until the agent has identified."""

    at: float
    kind: str
    services: tuple[str, ...]
    topic: Texts
    centre: str
    outcome: str
    note: str = ""


class History(Protocol):
    """Earlier contacts of the number that rings."""

    async def contacts(self, agent_id: str, call_id: str) -> Sequence[PastContact]:
        """Newest first, at most 20; dates and topics only below identification level 1.

        Raises `Unavailable`; `LookupError` when the call is not this agent's.
        """
