"""The service catalogue: what the agent tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCard:
    """What the agent tells: one service of the catalogue, in one language."""

    code: str
    name: str
    institution: str
    level: Literal["state", "municipal"]
    summary: str
    fee: str
    term: str
    channels: tuple[str, ...]  # in_person, online, post, e_address, phone, centre
    documents: str
    legal_act: str
    checked_on: str  # ISO date


class Catalogue(Protocol):
    """The service catalogue, in memory."""

    def search(self, text: str, *, locale: str, limit: int = 8) -> Sequence[ServiceCard]:
        """Best first; forgives missing diacritics, endings and Russian or English words."""

    def cards(self, codes: Sequence[str], *, locale: str) -> Sequence[ServiceCard]:
        """The cards of these codes, unknown codes left out."""
