"""What the page of trunks needs from the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from agents_ui.shell.port import Person

TrunkState = Literal["answers", "silent", "unknown"]
"""`unknown`: its carrier was not asked yet, or calls only come in."""


class TrunkRefused(ValueError):
    """It can't be declared so; `problems` are all faults, each with its place."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkRow:
    """One trunk: its document, without a secret, and whether its carrier answers."""

    trunk_id: str
    name: str
    peers: tuple[str, ...]
    server: str
    transport: str
    srtp: str  # "yes", "no" or "" as the transport has it
    encrypted: bool
    domain: str
    user: str
    has_secret: bool
    challenges: bool
    registers: bool
    codecs: tuple[str, ...]
    numbers: tuple[str, ...]
    shows: str
    municipality: str
    centre_id: str
    link: str  # what encrypts the way, where SIP and speech are not
    open_to_read: bool  # nobody has said that anything does
    state: TrunkState


class TrunkRoom(Protocol):
    """The trunks; a database that is away raises `Unavailable`."""

    async def trunks(self) -> Sequence[TrunkRow]:
        """All, in their order."""

    async def save(
        self, written: Mapping[str, Any], *, secret: str, replace: bool, person: Person
    ) -> None:
        """Declare one, or another in the place of the one of that name. An empty secret leaves the
        one that there is. Raises `TrunkRefused`."""

    async def remove(self, trunk_id: str, *, person: Person) -> None:
        """Take it away, with its secret. Raises `LookupError` where there is none."""
