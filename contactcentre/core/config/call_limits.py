"""How often people may ring, whom the hotline may dial, how often, and how much that may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from contactcentre.core.config.trunk import COUNTRY, LOCAL
from routing.written import within

KEY = "limits"
"""The setting's name."""

Calls = Annotated[int, within(1, 2_000, unit="calls")]
Minutes = Annotated[float, within(1, 1_000_000, unit="minutes")]
OfDay = Annotated[float, within(1, 1_440, unit="minutes")]


def _is_prefix(text: str) -> str:
    digits = text.removeprefix("+")
    if not (text.startswith("+") and digits.isascii() and digits.isdecimal() and digits[0] != "0"):
        raise ValueError("a prefix begins with a country, as +371")
    return text


Prefix = Annotated[str, AfterValidator(_is_prefix)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """The same for the whole network: the setting `limits`, as people write it.

    Callers who withhold their number are counted as one. What is dialled out is ringing back and
    agents' mobiles. No prefix allows a short or an emergency number: those have no country.

    Who is not ready for longer than `away_<reason>_min` is looked at: no queue owns those agents.
    """

    caller_in_ten_min: Calls = 30
    caller_at_once: Calls = 10
    anonymous_in_ten_min: Calls = 600
    anonymous_at_once: Calls = 100
    prefixes: tuple[Prefix, ...] = ("+371",)
    never: tuple[Prefix, ...] = ("+37190",)  # of those, the dear ones
    number_per_hour: Calls = 6
    number_per_day: Calls = 20
    mobile_per_hour: Calls = 60
    mobile_per_day: Calls = 400
    agent_per_hour: Calls = 60
    agent_per_day: Calls = 300
    dialled_min_per_hour: Minutes = 1_200.0
    dialled_min_per_day: Minutes = 10_000.0
    away_counter_min: OfDay = 30.0  # a citizen too
    away_break_min: OfDay = 20.0
    away_lunch_min: OfDay = 60.0
    away_training_min: OfDay = 240.0
    away_other_min: OfDay = 30.0
    away_shift_min: OfDay = 15.0  # logged in, and not begun

    def away_s(self, reason: str) -> float | None:
        """How long an agent may be not ready for it; None where that is looked at in another way,
        as a telephone that is gone is at once."""
        minutes: float | None = getattr(self, f"away_{reason}_min", None)
        return None if minutes is None else minutes * 60.0

    def may_dial(self, number: str) -> bool:
        """Whether a number (E.164) is one that the hotline dials at all."""
        return number.startswith(self.prefixes) and not number.startswith(self.never)

    def may_hand_over(self, number: str) -> bool:
        """Whether a menu may hand a caller over to it, as menus write numbers: with a country, or a
        Latvian one without it. Short numbers are services'."""
        if len(number) == LOCAL:
            number = f"+{COUNTRY}{number}"
        return self.may_dial(number) or (len(number) < LOCAL and not number.startswith("+"))
