"""How numbers, times and telephone numbers look to people."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale

RIGA = ZoneInfo("Europe/Riga")
HIDDEN = "·"


def duration(seconds: float) -> str:
    """`m:ss`, or `h:mm:ss` from an hour on."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def local_time(at: float, form: str = "%d.%m.%Y. %H:%M") -> str:
    """A moment (seconds since the epoch, UTC) on the clock of Latvia."""
    return datetime.fromtimestamp(at, UTC).astimezone(RIGA).strftime(form)


def language_name(code: str, locale: str) -> str:
    """A language's name in another: `uk` is `ukraiņu` in Latvian; an unknown code stays."""
    return str(Locale(locale).languages.get(code, code))


def phone(number: str, *, masked: bool = True) -> str:
    """An E.164 number in groups (Latvia: 2-3-3), by default without its middle.

    `+37129123445` becomes `+371 29 ··· ·45`, whole `+371 29 123 445`. What is no telephone
    number (a short code, a SIP name) stays as it is, or hides all but two characters.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return _hide(number, first=0) if masked else number
    national = str(parsed.national_number)
    shown = _hide(national) if masked else national
    return f"+{parsed.country_code} {_grouped(shown)}"


def _hide(text: str, *, first: int = 2, last: int = 2) -> str:
    hidden = max(0, len(text) - first - last)
    return text[:first] + HIDDEN * hidden + text[first + hidden :]


def _grouped(national: str) -> str:
    if len(national) == 8:
        return f"{national[:2]} {national[2:5]} {national[5:]}"
    return " ".join(national[at : at + 3] for at in range(0, len(national), 3))
