"""The rules for ringing back as people write them: one setting, read and checked."""

from __future__ import annotations

import msgspec

from contactcentre.core.config.callback_rules import CallbackRules
from contactcentre.features.publication import hours

KEY = "callbacks"
"""The setting's name."""


class _Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    promise_h: float = 24.0
    hours: tuple[str, str] = ("08:00", "20:00")
    retry_after_min: tuple[float, ...] = (15.0, 120.0)
    ring_s: float = 30.0
    calendar: str = "hotline"
    countries: tuple[str, ...] = ("LV",)


def read(value: object) -> CallbackRules:
    """The rules of a setting; what is left out is as usual. Raises `ValueError` with the place."""
    try:
        written = msgspec.convert({} if value is None else value, _Written)
        return CallbackRules(
            promise_s=written.promise_h * 3600,
            from_minute=hours.minute(written.hours[0], "hours"),
            until_minute=hours.minute(written.hours[1], "hours"),
            retry_after_s=tuple(60 * minutes for minutes in written.retry_after_min),
            ring_s=written.ring_s,
            calendar=written.calendar,
            countries=written.countries,
        )
    except (msgspec.ValidationError, ValueError) as wrong:
        raise ValueError(f"setting callbacks: {wrong}") from None
