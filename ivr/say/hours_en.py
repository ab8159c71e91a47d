"""English: a twelve-hour clock, with noon and midnight by name."""

from ivr.say import en

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NOON = 12 * 60


def since(minute: int) -> tuple[str, ...]:
    """Return "from eight thirty a.m."."""
    return _clock(minute, "from")


opens = since


def until(minute: int) -> tuple[str, ...]:
    """Return "to five p.m."; 1440 is midnight."""
    return _clock(minute % (24 * 60), "to")


def _clock(minute: int, which: str) -> tuple[str, ...]:
    if minute in (0, _NOON):
        return (f"{'noon' if minute else 'midnight'}/{which}",)
    _, *rest = en.clock(minute // 60, minute % 60)
    return (f"hour/{minute // 60}-{which}", *rest)


def _words() -> dict[str, str]:
    words = {
        "hours/not-now": "is closed at the moment.",
        "hours/others-answer": "Someone from another centre will answer you.",
        "hours/holiday": "Today is a public holiday.",
        "hours/moved": "Today is a day off, because the working day has been moved.",
        "hours/are": "The opening hours are",
        "hours/all-day": "all day and all night",
        "again/open": "It is open again",
        "again/others": "Other centres will answer your call",
        "again/today": "today",
        "again/tomorrow": "tomorrow",
        "others/one": "Open now:",
        "others/many": "Open now:",
        "day/every": "every day",
        "day/working": "from Monday to Friday",
        "noon/from": "from noon",
        "noon/to": "to noon",
        "midnight/from": "from midnight",
        "midnight/to": "to midnight",
    }
    for number, day in enumerate(_DAYS):
        words[f"day/{number}-next"] = f"on {day}"
        words[f"day/{number}-each"] = f"on {day}s"
        words[f"day/{number}-from"] = f"from {day}"
        words[f"day/{number}-to"] = f"to {day}"
    for hour in range(24):
        spoken = en.WORDS[f"hour/{hour}"].removeprefix("at ")
        words |= {f"hour/{hour}-{which}": f"{which} {spoken}" for which in ("from", "to")}
    for number in range(1, 32):
        words[f"date/{number}"] = "the " + " ".join(en.WORDS[key] for key in en.ordinal(number))
    return words | {f"month/{number}": f"of {m}" for number, m in enumerate(_MONTHS, start=1)}


WORDS = _words()
