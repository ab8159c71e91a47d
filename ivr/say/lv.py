"""Latvian: numerals agree in gender and case from 1 to 9, and stay as they are from 10 on.

Plural forms as in CLDR: zero (0 minūšu, 10-20, 111 minūšu), one (1, 21, 101 minūte), other.
"""

from ivr.say.parts import PARTS, Case, Gender, checked_range, parts

_INFLECTED: dict[tuple[Gender, Case], str] = {
    ("m", "nom"): "viens divi trīs četri pieci seši septiņi astoņi deviņi",
    ("f", "nom"): "viena divas trīs četras piecas sešas septiņas astoņas deviņas",
    ("m", "gen"): "viena divu triju četru piecu sešu septiņu astoņu deviņu",
    ("f", "gen"): "vienas divu triju četru piecu sešu septiņu astoņu deviņu",
    ("m", "dat"): "vienam diviem trim četriem pieciem sešiem septiņiem astoņiem deviņiem",
    ("f", "dat"): "vienai divām trim četrām piecām sešām septiņām astoņām deviņām",
    ("m", "acc"): "vienu divus trīs četrus piecus sešus septiņus astoņus deviņus",
    ("f", "acc"): "vienu divas trīs četras piecas sešas septiņas astoņas deviņas",
    ("m", "loc"): "vienā divos trijos četros piecos sešos septiņos astoņos deviņos",
    ("f", "loc"): "vienā divās trijās četrās piecās sešās septiņās astoņās deviņās",
}
_STEMS = ["vien", "div", "trīs", "četr", "piec", "seš", "septiņ", "astoņ", "deviņ"]
_ORDINAL_STEMS = ["pirm", "otr", "treš", "ceturt", "piekt", "sest", "septīt", "astot", "devīt"]
_ORDINAL_ENDING: dict[Gender, str] = {"m": "ais", "f": "ā"}
_HOURS = [
    "vienos",
    "divos",
    "trijos",
    "četros",
    "piecos",
    "sešos",
    "septiņos",
    "astoņos",
    "deviņos",
]


def plural(n: int) -> str:
    """Return `zero`, `one` or `other`."""
    if n % 10 == 0 or 11 <= n % 100 <= 19:
        return "zero"
    return "one" if n % 10 == 1 else "other"


def number(n: int, gender: Gender = "m", case: Case = "nom") -> tuple[str, ...]:
    """Return the keys of a cardinal: 21 minutes are divdesmit, viena."""
    *heads, last = parts(n)
    return (*(f"n/{head}" for head in heads), _cardinal(last, gender, case))


def _cardinal(last: int, gender: Gender, case: Case) -> str:
    if 1 <= last <= 9:
        return f"n/{last}-{gender}" if case == "nom" else f"n/{last}-{gender}-{case}"
    # "simt" and "tūkstoš" stand before something; alone they are "simts" and "tūkstotis".
    return f"n/{last}-end" if last in (100, 1000) and case == "nom" else f"n/{last}"


def ordinal(n: int, gender: Gender = "m") -> tuple[str, ...]:
    """Return the keys of a definite ordinal: only the last part is one, "divdesmit trešais"."""
    *heads, last = parts(n)
    return (*(f"n/{head}" for head in heads), f"ord/{last}-{gender}")


def minutes(n: int, case: Case = "nom") -> tuple[str, ...]:
    """Return "piecas minūtes", "divdesmit viena minūte", "desmit minūšu"."""
    return (*number(n, "f", case), _minute(n, case))


def _minute(n: int, case: Case) -> str:
    if case == "nom":
        return f"unit/minute-{plural(n)}"
    return f"unit/minute-{case}-{'one' if plural(n) == 'one' else 'other'}"


def position(n: int) -> tuple[str, ...]:
    """Return "Jūsu vieta rindā: trešā": the place has a gender, the caller need not."""
    return ("position/yours", *ordinal(n, "f"))


def wait_range(low_min: int, high_min: int) -> tuple[str, ...]:
    """Return "Jāgaida no piecām līdz deviņām minūtēm."."""
    low, high = checked_range(low_min, high_min)
    if high <= 1:
        return ("wait/under-one",)
    if low == 0:
        return ("wait/up-to", *minutes(high, "dat"))
    if low == high:
        unit = "unit/minute-one" if plural(low) == "one" else "unit/minute-other"
        return ("wait/about", *number(low, "f"), unit)  # "aptuveni desmit minūtes"
    # "no" asks for the genitive of one minute, but for the dative of several.
    since = number(low, "f", "gen" if plural(low) == "one" else "dat")
    return ("wait/from", *since, "word/to", *minutes(high, "dat"))


def clock(hour: int, minute: int) -> tuple[str, ...]:
    """Return "pulksten astoņos trīsdesmit": the time at which something happens."""
    return (f"hour/{hour}", *past(minute, "loc"))


def past(minute: int, case: Case) -> tuple[str, ...]:
    """Return what follows the hour: "trīsdesmit", "un piecām minūtēm", nothing at the full hour."""
    if minute == 0:
        return ()
    return number(minute) if plural(minute) == "zero" else ("word/and", *minutes(minute, case))


def digit(n: int) -> str:
    """Return the key of one digit of a number that is read digit by digit."""
    return number(n)[0]


def _part(n: int) -> str:
    if n in (0, 10, 100, 1000):
        return {0: "nulle", 10: "desmit", 100: "simt", 1000: "tūkstoš"}[n]
    if n < 20:
        return _STEMS[n - 11] + "padsmit"
    digits = str(n)
    return _STEMS[int(digits[0]) - 1] + {2: "desmit", 3: "simt", 4: "tūkstoš"}[len(digits)]


def _ordinal(n: int, gender: Gender) -> str:
    if n == 0:
        return "nult" + _ORDINAL_ENDING[gender]
    stem = _ORDINAL_STEMS[n - 1] if n < 10 else _part(n)
    return stem + _ORDINAL_ENDING[gender]


def _hour(hour: int) -> str:
    if hour == 0:
        return "nullē"
    if hour <= 9 or hour > 20:
        return "divdesmit " * (hour > 20) + _HOURS[hour % 10 - 1]
    return _part(hour) + "os"


def _words() -> dict[str, str]:
    words = {
        "unit/minute-zero": "minūšu",
        "unit/minute-one": "minūte",
        "unit/minute-other": "minūtes",
        "unit/minute-dat-one": "minūtei",
        "unit/minute-dat-other": "minūtēm",
        "unit/minute-loc-one": "minūtē",
        "unit/minute-loc-other": "minūtēs",
        "word/and": "un",
        "word/to": "līdz",
        "position/yours": "Jūsu vieta rindā:",
        "position/far": "Pirms jums rindā ir vairāk nekā deviņi tūkstoši cilvēku.",
        "wait/long": "Jāgaida ļoti ilgi.",
        "wait/under-one": "Jāgaida mazāk par minūti.",
        "wait/up-to": "Jāgaida līdz",
        "wait/about": "Jāgaida aptuveni",
        "wait/from": "Jāgaida no",
        "digit/plus": "plus",
        "n/100-end": "simts",
        "n/1000-end": "tūkstotis",
    }
    for (gender, case), forms in _INFLECTED.items():
        for n, form in enumerate(forms.split(), start=1):
            words[_cardinal(n, gender, case)] = form
    words |= {f"n/{n}": _part(n) for n in PARTS if not 1 <= n <= 9}
    words |= {f"ord/{n}-{g}": _ordinal(n, g) for n in PARTS for g in _ORDINAL_ENDING}
    return words | {f"hour/{hour}": f"pulksten {_hour(hour)}" for hour in range(24)}


WORDS = _words()
