"""How times look to people."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

RIGA = ZoneInfo("Europe/Riga")


def local_time(at: float, form: str = "%d.%m.%Y. %H:%M") -> str:
    """A moment (seconds since the epoch, UTC) on the clock of Latvia."""
    return datetime.fromtimestamp(at, UTC).astimezone(RIGA).strftime(form)
