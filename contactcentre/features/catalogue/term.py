"""How long a service takes, as a duration, where a card's words say it plainly."""

from __future__ import annotations

import re
from typing import Final

_PLAIN: Final = re.compile(
    r"(?:(?:aptuveni|līdz|ne ilgāk kā|lēmums|atbilde) )?"
    r"(?P<count>[0-9]{1,3}) (?P<working>darba )?(?P<unit>stund|dien|nedēļ|mēne)\w+(?: laikā)?"
)
_WORDS: Final = {"uzreiz": "P0D", "tajā pašā dienā": "P1D", "mēneša laikā": "P1M"}
_UNITS: Final = {"stund": "PT{}H", "dien": "P{}D", "mēne": "P{}M"}
_WEEK: Final = 5


def duration(words: str) -> str | None:
    """An `xsd:duration` (which has no weeks) of the Latvian term up to its first comma, bracket or
    semicolon; None where that says no single time. Days of work are told as days of the calendar,
    five to a week: it is an estimate, as `cv:processingTime` is one."""
    first = re.split(r"[;,(]", words, maxsplit=1)[0].strip().lower()
    if first in _WORDS:
        return _WORDS[first]
    found = _PLAIN.fullmatch(first)
    if found is None:
        return None
    count, unit = int(found["count"]), found["unit"]
    if unit == "nedēļ":
        return f"P{7 * count}D"
    if found["working"] and unit == "dien":
        weeks, days = divmod(count, _WEEK)
        return f"P{7 * weeks + days}D"
    return None if found["working"] else _UNITS[unit].format(count)
