"""Latvian: "līdz" asks for the dative, "no" for the genitive of one and the dative of several."""

from ivr.say import lv

_DAYS = ("pirmdien", "otrdien", "trešdien", "ceturtdien", "piektdien", "sestdien", "svētdien")
_HOURS = (
    *("vieniem", "diviem", "trijiem", "četriem", "pieciem"),
    *("sešiem", "septiņiem", "astoņiem", "deviņiem"),
)
_MONTHS = (
    *("janvārī", "februārī", "martā", "aprīlī", "maijā", "jūnijā"),
    *("jūlijā", "augustā", "septembrī", "oktobrī", "novembrī", "decembrī"),
)


def since(minute: int) -> tuple[str, ...]:
    """Return "no astoņiem trīsdesmit"."""
    if minute == 0:
        return ("midnight/from",)
    hour, rest = divmod(minute, 60)
    return (f"hour/{hour}-from", *lv.past(rest, "gen" if lv.plural(rest) == "one" else "dat"))


opens = since


def until(minute: int) -> tuple[str, ...]:
    """Return "līdz divpadsmitiem"; 1440 is midnight."""
    hour, rest = divmod(minute, 60)
    if hour == 24:
        return ("midnight/to",)
    return (f"hour/{hour}-to", *lv.past(rest, "dat"))


def _hour(hour: int) -> str:
    if 10 <= hour <= 20:
        return lv.WORDS[f"n/{hour}"] + "iem"
    return "divdesmit " * (hour > 20) + _HOURS[hour % 10 - 1]


def _date(day: int) -> str:
    """The ordinal in the locative: "divdesmit astotajā"."""
    words = " ".join(lv.WORDS[key] for key in lv.ordinal(day))
    return words.removesuffix("ais") + "ajā"


def _words() -> dict[str, str]:
    words = {
        "hours/not-now": "pašlaik nestrādā.",
        "hours/others-answer": "Jums atbildēs cita centra darbinieks.",
        "hours/holiday": "Šodien ir svētku diena.",
        "hours/moved": "Šodien ir brīvdiena, jo darba diena ir pārcelta.",
        "hours/are": "Darba laiks:",
        "hours/all-day": "visu diennakti",
        "again/open": "Atkal strādās",
        "again/others": "Citu centru darbinieki Jums atbildēs",
        "again/today": "šodien",
        "again/tomorrow": "rīt",
        "others/one": "Pašlaik strādā",
        "others/many": "Pašlaik strādā",
        "day/every": "katru dienu",
        "day/working": "darbdienās",
        "midnight/from": "no pusnakts",
        "midnight/to": "līdz pusnaktij",
        "hour/0-from": "no nulles",
        "hour/0-to": "līdz nullei",
        "unit/minute-gen-one": "minūtes",
    }
    for number, day in enumerate(_DAYS):
        words[f"day/{number}-next"] = day
        words[f"day/{number}-each"] = f"{day}ās"
        words[f"day/{number}-from"] = f"no {day}as"
        words[f"day/{number}-to"] = f"līdz {day}ai"
    for hour in range(1, 24):
        words[f"hour/{hour}-from"] = f"no {_hour(hour)}"
        words[f"hour/{hour}-to"] = f"līdz {_hour(hour)}"
    words |= {f"date/{day}": _date(day) for day in range(1, 32)}
    return words | {f"month/{number}": month for number, month in enumerate(_MONTHS, start=1)}


WORDS = _words()
