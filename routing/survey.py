"""Whether callers of a queue are asked, after the talk, how it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from routing.written import within


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyPolicy:
    """`share` of the callers (0 to 1; 0: nobody) hears `prompt`, which asks for a key of 1 to 5."""

    share: Annotated[float, within(0, 1, unit="(a share)")] = 0.0
    prompt: str = "survey.question"

    @property
    def asks(self) -> bool:
        """Whether anybody is asked."""
        return self.share > 0 and bool(self.prompt)
