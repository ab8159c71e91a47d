"""What is written into the forms of shifts, events and rules, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Final

from agents_ui.staffing.port import (
    QUARTERS,
    ForecastEvent,
    Shift,
    StaffingRefused,
    StaffingRules,
    StaffingWeek,
)
from agents_ui.staffing.table import clock

KEY_LENGTH: Final = 80
NOTE_LENGTH: Final = 500
TIMES: Final = tuple(clock(slot) for slot in range(QUARTERS + 1))


def shift(form: Mapping[str, str]) -> Shift:
    """Raises `StaffingRefused` for what can't be read."""
    on, weekday = form.get("date", ""), form.get("weekday", "")
    day = day_of(on)
    begins, ends = form.get("begins", ""), form.get("ends", "")
    agents = form.get("agents", "").strip().replace("−", "-")
    wrong = []
    if (on and day is None) or not (on or (len(weekday) == 1 and weekday in "0123456")):
        wrong.append("when")
    if begins not in TIMES or ends not in TIMES:
        wrong.append("times")
    if not re.fullmatch(r"-?[0-9]{1,4}", agents):
        wrong.append("agents")
    if wrong:
        raise StaffingRefused(wrong)
    return Shift(
        shift_id=key(form.get("shift_id", "")),
        weekday=int(weekday) if day is None else None,
        day=day,
        begins_min=15 * TIMES.index(begins),
        ends_min=15 * TIMES.index(ends),
        agents=int(agents),
        centre=key(form.get("centre", "")),
        queue=key(form.get("for_queue", "")),
    )


def event(form: Mapping[str, str]) -> ForecastEvent:
    """Raises `StaffingRefused` for what can't be read."""
    first, last = (
        day_of(form.get("first", "")),
        day_of(form.get("last", "") or form.get("first", "")),
    )
    if first is None or last is None:
        raise StaffingRefused(["dates"])
    return ForecastEvent(
        event_id=key(form.get("event_id", "")),
        first=first,
        last=last,
        queue=key(form.get("for_queue", "")),
        factor=_number(form.get("factor", "")),
        note=form.get("note", "").strip()[:NOTE_LENGTH],
    )


def rules(form: Mapping[str, str]) -> StaffingRules:
    """What is no number is below all bounds, and refused as such."""
    away, left = _number(form.get("away", "")), _number(form.get("most_abandoned", ""))
    return StaffingRules(away=away / 100, most_abandoned=left / 100)


def shift_fields(
    week: StaffingWeek, asked: Mapping[str, str], part: str, wrong: Sequence[str]
) -> Mapping[str, str]:
    """As it was written where something is wrong with it; else that of the shift to be changed."""
    blank = {
        "shift_id": "",
        "weekday": "0",
        "date": "",
        "begins": "08:00",
        "ends": "16:30",
        "agents": "",
        "centre": "",
        "for_queue": week.queue,
    }
    if part == "shifts" and wrong:
        return {name: asked.get(name, text) for name, text in blank.items()}
    found = [one for one in week.shifts if one.shift_id == asked.get("shift", "")]
    if not found:
        return blank
    (one,) = found
    return {
        "shift_id": one.shift_id,
        "weekday": str(one.weekday) if one.weekday is not None else "",
        "date": one.day.isoformat() if one.day is not None else "",
        "begins": clock(one.begins_min // 15),
        "ends": clock(one.ends_min // 15),
        "agents": str(one.agents),
        "centre": one.centre,
        "for_queue": one.queue,
    }


def event_fields(
    week: StaffingWeek, asked: Mapping[str, str], part: str, wrong: Sequence[str]
) -> Mapping[str, str]:
    """The same of events."""
    blank = {"event_id": "", "first": "", "last": "", "for_queue": "", "factor": "", "note": ""}
    if part == "events" and wrong:
        return {name: asked.get(name, text) for name, text in blank.items()}
    found = [one for one in week.events if one.event_id == asked.get("event", "")]
    if not found:
        return blank
    (one,) = found
    return {
        "event_id": one.event_id,
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "for_queue": one.queue,
        "factor": f"{one.factor:g}",
        "note": one.note,
    }


def _number(text: str) -> float:
    """As people write it, with a comma or a point; what is none is below all bounds."""
    plain = text.strip().replace(",", ".")
    return float(plain) if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?", plain) else -1.0


def key(text: str) -> str:
    """An id that a form brings."""
    return text[:KEY_LENGTH]


def day_of(text: str) -> date | None:
    """That date; None where it is none."""
    with suppress(ValueError):
        day = date.fromisoformat(text) if len(text) == 10 else None
        return day if day is not None and 2000 <= day.year < 2200 else None
    return None
