"""Russian: one and two agree in gender, all parts decline; plural forms one, few, many."""

from ivr.say.parts import PARTS, Case, Gender, checked_range, parts

_NOMINATIVE = {
    0: "ноль",
    3: "три",
    4: "четыре",
    5: "пять",
    6: "шесть",
    7: "семь",
    8: "восемь",
    9: "девять",
    10: "десять",
    11: "одиннадцать",
    12: "двенадцать",
    13: "тринадцать",
    14: "четырнадцать",
    15: "пятнадцать",
    16: "шестнадцать",
    17: "семнадцать",
    18: "восемнадцать",
    19: "девятнадцать",
    20: "двадцать",
    30: "тридцать",
    40: "сорок",
    50: "пятьдесят",
    60: "шестьдесят",
    70: "семьдесят",
    80: "восемьдесят",
    90: "девяносто",
    100: "сто",
    200: "двести",
    300: "триста",
    400: "четыреста",
    500: "пятьсот",
    600: "шестьсот",
    700: "семьсот",
    800: "восемьсот",
    900: "девятьсот",
    1000: "тысяча",
    2000: "две тысячи",
    3000: "три тысячи",
    4000: "четыре тысячи",
    5000: "пять тысяч",
    6000: "шесть тысяч",
    7000: "семь тысяч",
    8000: "восемь тысяч",
    9000: "девять тысяч",
}
_GENITIVE_ONES = ["двух", "трёх", "четырёх", "пяти", "шести", "семи", "восьми", "девяти"]
_ORDINAL_STEMS = {
    0: "нулев",
    1: "перв",
    2: "втор",
    4: "четвёрт",
    5: "пят",
    6: "шест",
    7: "седьм",
    8: "восьм",
    9: "девят",
    40: "сороков",
    50: "пятидесят",
    60: "шестидесят",
    70: "семидесят",
    80: "восьмидесят",
    90: "девяност",
    100: "сот",
    1000: "тысячн",
}
_STRESSED_ORDINALS = (0, 2, 6, 7, 8, 40)
_ACCUSATIVE = {"one": "минуту", "few": "минуты", "many": "минут"}


def plural(n: int) -> str:
    """Return `one`, `few` or `many`."""
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else "many"


def number(n: int, gender: Gender = "m", case: Case = "nom") -> tuple[str, ...]:
    """Return the keys of a cardinal: 21 minutes are двадцать, одна.

    Cases are nominative, genitive and the accusative of lifeless things; any other is ValueError.
    """
    return tuple(_cardinal(part, gender, case) for part in parts(n))


def _cardinal(part: int, gender: Gender, case: Case) -> str:
    if case not in ("nom", "gen", "acc"):
        raise ValueError(f"Russian numbers are not spoken in the case {case}")
    ending = f"-{gender}" if (part in (1, 2) and case != "gen") or part == 1 else ""
    if case == "gen" or (case == "acc" and (part == 1000 or (part, gender) == (1, "f"))):
        ending += f"-{case}"
    return f"n/{part}{ending}"


def ordinal(n: int, gender: Gender = "m") -> tuple[str, ...]:
    """Return the keys of an ordinal: only the last part is one, "двадцать третий"."""
    *heads, last = parts(n)
    return (*(_cardinal(head, "m", "nom") for head in heads), f"ord/{last}-{gender}")


def minutes(n: int, case: Case = "nom") -> tuple[str, ...]:
    """Return "пять минут", "двадцать одна минута", "две минуты"."""
    return (*number(n, "f", case), _minute(n, case))


def _minute(n: int, case: Case) -> str:
    if case == "gen":
        return f"unit/minute-gen-{'one' if plural(n) == 'one' else 'many'}"
    return f"unit/minute-{plural(n)}" if case == "nom" else f"unit/minute-{case}-{plural(n)}"


def position(n: int) -> tuple[str, ...]:
    """Return "Ваше место в очереди — третье"."""
    *heads, last = parts(n)
    return ("position/yours", *(_cardinal(head, "m", "nom") for head in heads), f"ord/{last}-n")


def wait_range(low_min: int, high_min: int) -> tuple[str, ...]:
    """Return "Время ожидания — от пяти до девяти минут."."""
    low, high = checked_range(low_min, high_min)
    if high <= 1:
        return ("wait/under-one",)
    if low == 0:
        return ("wait/up-to", *minutes(high, "gen"))
    if low == high:
        return ("wait/about", *minutes(low, "gen"))
    return ("wait/from", *number(low, "f", "gen"), "word/to", *minutes(high, "gen"))


def clock(hour: int, minute: int) -> tuple[str, ...]:
    """Return "в восемь часов тридцать минут": the time at which something happens."""
    return (f"hour/{hour}", *minutes(minute, "acc")) if minute else (f"hour/{hour}",)


def digit(n: int) -> str:
    """Return the key of one digit of a number that is read digit by digit."""
    return number(n)[0]


def _genitive(n: int) -> str:
    if 2 <= n <= 9:
        return _GENITIVE_ONES[n - 2]
    if n in (0, 40, 90, 100, 1000):
        return {0: "нуля", 40: "сорока", 90: "девяноста", 100: "ста", 1000: "одной тысячи"}[n]
    if n in (50, 60, 70, 80):
        return _genitive(n // 10) + "десяти"
    if 100 < n < 1000:
        return _genitive(n // 100) + "сот"
    if n > 1000:
        return _genitive(n // 1000) + " тысяч"
    return _NOMINATIVE[n].removesuffix("ь") + "и"


def _ordinal(n: int, gender: str) -> str:
    """Masculine, feminine, or neuter ("n")."""
    if n == 3:
        return {"m": "третий", "f": "третья", "n": "третье"}[gender]
    ending = {"m": "ой" if n in _STRESSED_ORDINALS else "ый", "f": "ая", "n": "ое"}[gender]
    if n in _ORDINAL_STEMS:
        return _ORDINAL_STEMS[n] + ending
    if n > 100:
        unit = 1000 if n > 1000 else 100
        return _genitive(n // unit) + _ORDINAL_STEMS[unit] + ending
    return _NOMINATIVE[n].removesuffix("ь") + ending


def _hour(hour: int) -> str:
    spoken = {"one": "час", "few": "часа", "many": "часов"}[plural(hour)]
    ones = {1: "один", 2: "два"} | _NOMINATIVE
    return f"в {' '.join(ones[part] for part in parts(hour))} {spoken}"


def _words() -> dict[str, str]:
    words = {
        "n/1-m": "один",
        "n/1-f": "одна",
        "n/1-f-acc": "одну",
        "n/1-m-gen": "одного",
        "n/1-f-gen": "одной",
        "n/2-m": "два",
        "n/2-f": "две",
        "n/1000-acc": "тысячу",
        "unit/minute-one": "минута",
        "unit/minute-few": "минуты",
        "unit/minute-many": "минут",
        "unit/minute-gen-one": "минуты",
        "unit/minute-gen-many": "минут",
        "word/to": "до",
        "position/yours": "Ваше место в очереди —",
        "position/far": "Перед вами в очереди больше девяти тысяч человек.",
        "wait/long": "Время ожидания очень большое.",
        "wait/under-one": "Время ожидания — меньше минуты.",
        "wait/up-to": "Время ожидания — до",
        "wait/about": "Время ожидания — около",
        "wait/from": "Время ожидания — от",
        "digit/plus": "плюс",
    }
    words |= {f"unit/minute-acc-{form}": word for form, word in _ACCUSATIVE.items()}
    words |= {f"n/{n}": _NOMINATIVE[n] for n in PARTS if n not in (1, 2)}
    words |= {f"n/{n}-gen": _genitive(n) for n in PARTS if n != 1}
    words |= {f"ord/{n}-{g}": _ordinal(n, g) for n in PARTS for g in "mfn"}
    return words | {f"hour/{hour}": _hour(hour) for hour in range(24)}


WORDS = _words()
