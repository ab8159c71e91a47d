"""Whether supervisors may listen to talks of a queue, by what right, and that callers are told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningPolicy:
    """`basis` names the law or decision, `notice` is the prompt that callers hear before they wait.

    Nobody listens where either is missing.
    """

    basis: str = ""
    notice: str = ""

    @property
    def allows(self) -> bool:
        """Whether anybody may."""
        return bool(self.basis and self.notice)
