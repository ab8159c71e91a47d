"""Whether talks of a queue are recorded: by what right, how many, and how a caller says no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from routing.overflow import KEYS
from routing.written import within


def _digit(key: str) -> str:
    if key not in KEYS:
        raise ValueError("one digit from 0 to 9")
    return key


Key = Annotated[str, AfterValidator(_digit)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPolicy:
    """`basis` names the law or decision, `notice` is the prompt that callers hear before they wait,
    and which names `key`: whoever presses it is not recorded. `share` of the calls is (0 to 1).

    Nothing is recorded where the basis or the notice is missing.
    """

    basis: str = ""
    notice: str = ""
    key: Key = "5"
    share: Annotated[float, within(0, 1, unit="(a share)")] = 1.0

    @property
    def allows(self) -> bool:
        """Whether any talk is."""
        return bool(self.basis and self.notice and self.share > 0)
