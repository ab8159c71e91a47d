"""What the page of limits needs from the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from agents_ui.shell.port import Person


class LimitsRefused(ValueError):
    """They can't be so; `problems` are all faults, each with its place."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


class LimitsRoom(Protocol):
    """The limits of calls; a database that is away raises `Unavailable`."""

    async def limits(self) -> Mapping[str, str]:
        """Each by its name, as people write it: a number, or prefixes with blanks between."""

    def dialled(self) -> tuple[float, float]:
        """What counts against two of them now: minutes of the last hour, and of the last 24."""

    async def save(self, written: Mapping[str, str], *, person: Person) -> None:
        """Have these from now on; calls under way go on. Raises `LimitsRefused`, and nothing
        is changed."""
