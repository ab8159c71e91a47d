"""The rules for ringing back as people write them: one setting."""

from __future__ import annotations

from dataclasses import dataclass

from contactcentre.core.config import document
from contactcentre.core.config.callback_rules import CallbackRules
from contactcentre.core.config.document import Minute

KEY = "callbacks"
"""The setting's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRulesDocument:
    """`hours` are local; `retry_after_min` after the first attempt, the second, ..."""

    promise_h: float = 24.0
    hours: tuple[Minute, Minute] = (8 * 60, 20 * 60)
    retry_after_min: tuple[float, ...] = (15.0, 120.0)
    ring_s: float = 30.0
    card_s: float = 60.0
    calendar: str = "hotline"
    countries: tuple[str, ...] = ("LV",)

    @property
    def kept(self) -> CallbackRules:
        """Raises `ValueError` for what makes no sense."""
        return CallbackRules(
            promise_s=self.promise_h * 3600,
            from_minute=self.hours[0],
            until_minute=self.hours[1],
            retry_after_s=tuple(60 * minutes for minutes in self.retry_after_min),
            ring_s=self.ring_s,
            card_s=self.card_s,
            calendar=self.calendar,
            countries=self.countries,
        )


def read(value: object) -> CallbackRules:
    """The rules of a setting; what is left out is as usual. Raises `ValueError` with the place."""
    where = f"setting {KEY}"
    written = document.read(CallbackRulesDocument, {} if value is None else value, where)
    try:
        return written.kept
    except ValueError as wrong:
        raise document.Refused([f"{where}: {wrong}"]) from None
