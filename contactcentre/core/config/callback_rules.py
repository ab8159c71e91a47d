"""The rules for ringing citizens back: when, how often, and to which numbers."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType

DAY_MIN = 24 * 60
LONGEST_S = 90 * 24 * 3600.0

_REACHABLE = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        PhoneNumberType.PERSONAL_NUMBER,
    }
)
"""Where people can be rung for an ordinary price; no premium, shared-cost or free numbers."""


_FREE = frozenset({PhoneNumberType.TOLL_FREE, PhoneNumberType.UAN})
"""And where institutions can."""


def spellings(number: str) -> tuple[str, ...]:
    """How carriers write an E.164 number: with its country or without, with a plus or without."""
    national = phonenumbers.national_significant_number(phonenumbers.parse(number))
    digits = number.removeprefix("+")
    return number, digits, f"00{digits}", national


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRules:
    """When citizens are rung back, how often, and where to."""

    promise_s: float = 24 * 3600.0  # of opening time
    from_minute: int = 8 * 60  # local, since midnight
    until_minute: int = 20 * 60
    retry_after_s: tuple[float, ...] = (900.0, 7200.0)  # after the first attempt, the second, ...
    ring_s: float = 30.0
    card_s: float = 60.0  # an agent has so long to read what was asked, or that a message waits
    calendar: str = "hotline"
    countries: tuple[str, ...] = ("LV",)  # ISO 3166

    def __post_init__(self) -> None:
        if not 0 <= self.from_minute < self.until_minute <= DAY_MIN:
            raise ValueError("callbacks: they must begin before they end, within one day")
        if not 0 <= self.promise_s <= LONGEST_S:
            raise ValueError(f"callbacks: a promise is for 0 to {LONGEST_S / 3600:g} hours")
        if not 1 <= self.ring_s <= 120:
            raise ValueError("callbacks: a telephone rings for 1 to 120 seconds")
        if not 1 <= self.card_s <= 600:
            raise ValueError("callbacks: a card is read for 1 to 600 seconds")
        if not all(0 < pause_s <= LONGEST_S for pause_s in self.retry_after_s):
            raise ValueError("callbacks: a duration must be more than nothing, and known")
        for country in self.countries:
            if country not in phonenumbers.SUPPORTED_REGIONS:
                raise ValueError(f"callbacks: no country '{country}'; two letters, as LV")

    @property
    def attempts(self) -> int:
        """How often a citizen is rung before the promise is given up."""
        return len(self.retry_after_s) + 1

    def number(self, text: str | None) -> str | None:
        """The number in E.164 if it may be rung back, else None.

        Short and emergency numbers are valid nowhere; premium ones and other countries are refused.
        """
        return self._known(text, _REACHABLE)

    def outside(self, text: str | None) -> str | None:
        """The same of a number that an agent dials: institutions have free ones, too."""
        return self._known(text, _REACHABLE | _FREE)

    def _known(self, text: str | None, kinds: frozenset[int]) -> str | None:
        try:
            number = phonenumbers.parse(text or "", self.countries[0] if self.countries else None)
        except phonenumbers.NumberParseException:
            return None
        if phonenumbers.region_code_for_number(number) not in self.countries:
            return None
        if phonenumbers.number_type(number) not in kinds:
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
