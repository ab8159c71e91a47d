"""Russian: "с" and "до" ask for the genitive, days of the week are in the accusative."""

from ivr.say import ru

_DAYS = ("понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье")
_SINCE = (
    *("с понедельника", "со вторника", "со среды", "с четверга"),
    *("с пятницы", "с субботы", "с воскресенья"),
)
_EACH = (
    *("понедельникам", "вторникам", "средам", "четвергам"),
    *("пятницам", "субботам", "воскресеньям"),
)
_MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)


def since(minute: int) -> tuple[str, ...]:
    """Return "с восьми часов тридцати минут"."""
    if minute == 0:
        return ("midnight/from",)
    hour, rest = divmod(minute, 60)
    return (f"hour/{hour}-from", *(ru.minutes(rest, "gen") if rest else ()))


def opens(minute: int) -> tuple[str, ...]:
    """Return "в восемь часов тридцать минут"."""
    return ru.clock(*divmod(minute, 60))


def until(minute: int) -> tuple[str, ...]:
    """Return "до двенадцати часов"; 1440 is midnight."""
    hour, rest = divmod(minute, 60)
    if hour == 24:
        return ("midnight/to",)
    return (f"hour/{hour}-to", *(ru.minutes(rest, "gen") if rest else ()))


def _hour(hour: int) -> str:
    spoken = " ".join(ru.WORDS[key] for key in ru.number(hour, "m", "gen"))
    return f"{spoken} {'часа' if ru.plural(hour) == 'one' else 'часов'}"


def _date(day: int) -> str:
    """The ordinal in the genitive: "двадцать восьмого"."""
    *heads, last = ru.ordinal(day)
    word = ru.WORDS[last]
    ending = "третьего" if word == "третий" else word[:-2] + "ого"
    return " ".join((*(ru.WORDS[head] for head in heads), ending))


def _words() -> dict[str, str]:
    words = {
        "word/and": "и",
        "hours/not-now": "сейчас не работает.",
        "hours/others-answer": "Вам ответит сотрудник другого центра.",
        "hours/holiday": "Сегодня праздничный день.",
        "hours/moved": "Сегодня выходной: рабочий день перенесён.",
        "hours/are": "Часы работы:",
        "hours/all-day": "круглосуточно",
        "again/open": "Снова начнёт работать",
        "again/others": "Сотрудники других центров ответят вам",
        "again/today": "сегодня",
        "again/tomorrow": "завтра",
        "others/one": "Сейчас работает",
        "others/many": "Сейчас работают",
        "day/every": "ежедневно",
        "day/working": "по рабочим дням",
        "midnight/from": "с полуночи",
        "midnight/to": "до полуночи",
    }
    for number, day in enumerate(_DAYS):
        words[f"day/{number}-next"] = f"{'во' if number == 1 else 'в'} {day}"
        words[f"day/{number}-each"] = f"по {_EACH[number]}"
        words[f"day/{number}-from"] = _SINCE[number]
        words[f"day/{number}-to"] = f"по {day}"
    for hour in range(24):
        words[f"hour/{hour}-from"] = f"с {_hour(hour)}"
        words[f"hour/{hour}-to"] = f"до {_hour(hour)}"
    words |= {f"date/{day}": _date(day) for day in range(1, 32)}
    return words | {f"month/{number}": month for number, month in enumerate(_MONTHS, start=1)}


WORDS = _words()
