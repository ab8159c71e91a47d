"""English, as spoken in Britain: "one hundred and one"; gender and case change nothing."""

from ivr.say.parts import PARTS, Case, Gender, checked_range, parts

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ODD_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def plural(n: int) -> str:
    """Return `one` or `other`."""
    return "one" if n == 1 else "other"


def number(n: int, gender: Gender = "m", case: Case = "nom") -> tuple[str, ...]:
    """Return the keys of a cardinal."""
    return _joined(tuple(f"n/{part}" for part in parts(n)), n)


def ordinal(n: int, gender: Gender = "m") -> tuple[str, ...]:
    """Return the keys of an ordinal: "twenty third"."""
    *heads, last = parts(n)
    return _joined((*(f"n/{head}" for head in heads), f"ord/{last}"), n)


def _joined(keys: tuple[str, ...], n: int) -> tuple[str, ...]:
    """Put "and" between the hundreds or thousands and what is below a hundred."""
    if n < 100 or n % 100 == 0:
        return keys
    big = len(parts(n - n % 100))
    return (*keys[:big], "word/and", *keys[big:])


def minutes(n: int) -> tuple[str, ...]:
    """Return "one minute", "five minutes"."""
    return (*number(n), f"unit/minute-{plural(n)}")


def position(n: int) -> tuple[str, ...]:
    """Return "You are third in the queue."."""
    return ("position/you-are", *ordinal(n), "position/in-queue")


def wait_range(low_min: int, high_min: int) -> tuple[str, ...]:
    """Return "The waiting time is from five to nine minutes."."""
    low, high = checked_range(low_min, high_min)
    if high <= 1:
        return ("wait/under-one",)
    if low == 0:
        return ("wait/up-to", *minutes(high))
    if low == high:
        return ("wait/about", *minutes(low))
    return ("wait/from", *number(low), "word/to", *minutes(high))


def clock(hour: int, minute: int) -> tuple[str, ...]:
    """Return "at two thirty p.m.", "at eight oh five a.m."."""
    noon = "hour/am" if hour < 12 else "hour/pm"
    spoken = () if minute == 0 else number(minute) if minute > 9 else ("hour/oh", *number(minute))
    return (f"hour/{hour}", *spoken, noon)


def digit(n: int) -> str:
    """Return the key of one digit of a number that is read digit by digit."""
    return number(n)[0]


def _part(n: int) -> str:
    if n < 20:
        return _ONES[n]
    if n < 100:
        return _TENS[n // 10 - 2]
    return f"{_ONES[n // 1000]} thousand" if n >= 1000 else f"{_ONES[n // 100]} hundred"


def _ordinal(n: int) -> str:
    word = _part(n)
    return _ODD_ORDINALS.get(word) or (word[:-1] + "ie" if word[-1] == "y" else word) + "th"


def _words() -> dict[str, str]:
    words = {
        "unit/minute-one": "minute",
        "unit/minute-other": "minutes",
        "word/and": "and",
        "word/to": "to",
        "position/you-are": "You are",
        "position/in-queue": "in the queue.",
        "position/far": "There are more than nine thousand people before you in the queue.",
        "wait/long": "The waiting time is very long.",
        "wait/under-one": "The waiting time is less than a minute.",
        "wait/up-to": "The waiting time is up to",
        "wait/about": "The waiting time is about",
        "wait/from": "The waiting time is from",
        "digit/plus": "plus",
        "hour/am": "a.m.",
        "hour/pm": "p.m.",
        "hour/oh": "oh",
    }
    words |= {f"n/{n}": _part(n) for n in PARTS}
    words |= {f"ord/{n}": _ordinal(n) for n in PARTS}
    return words | {f"hour/{hour}": f"at {_ONES[hour % 12 or 12]}" for hour in range(24)}


WORDS = _words()
