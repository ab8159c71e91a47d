"""The page of forecast and staffing: what will ring, who is needed, who is on shift."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from aiohttp import web

from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import Denied, not_found
from agents_ui.shell.formats import RIGA
from agents_ui.shell.port import Person
from agents_ui.staffing import forms, words
from agents_ui.staffing.port import (
    QUARTERS,
    StaffingRefused,
    StaffingRoom,
    StaffingWeek,
    Tried,
)
from agents_ui.staffing.sheet import sheet
from agents_ui.staffing.table import cells, clock, open_span, sums

STAFFING: web.AppKey[StaffingRoom] = web.AppKey("staffing")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

WEEK: Final = timedelta(days=7)
Form = Mapping[str, str]
Change = Callable[[StaffingRoom, Person, Form], Awaitable[None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@routes.get("/staffing")
async def page(request: web.Request) -> web.StreamResponse:
    """A week of one queue, or of all together."""
    return await _page(request, request.query)


@routes.get("/staffing/export")
async def export(request: web.Request) -> web.StreamResponse:
    """The same as a file."""
    week = await _week(request, request.query)
    person = (await sessions.require(request)).person
    log.info("staffing_exported", action="staffing_exported", user_id=person.user_id)
    return render.download(sheet(week), f"staffing-{week.monday}.csv")


@routes.get("/staffing/day")
async def day(request: web.Request) -> web.StreamResponse:
    """Today so far, for the chart of the board."""
    await sessions.require(request)
    with not_found():
        chart = await request.app[STAFFING].chart(forms.key(request.query.get("queue", "")))
    return web.json_response(asdict(chart))


@routes.post("/staffing/simulate")
async def simulate(request: web.Request) -> web.StreamResponse:
    """Play a day with its shifts."""
    person, form = await _asked(request)
    chosen = forms.day_of(form.get("day", ""))
    if chosen is None:
        raise Denied("bad-request", status=400)
    try:
        with not_found():
            tried = await request.app[STAFFING].simulate(
                chosen, forms.key(form.get("queue", "")), person=person
            )
    except StaffingRefused as refused:
        return await _page(request, form, wrong=refused.problems, part="day", status=400)
    return await _page(request, form, tried=tried)


def _changes(part: str, *, absent: tuple[str, int] = ("gone", 409)) -> Callable[[Change], Handler]:
    """A handler that goes back to that part of the page; or shows it with what was written and is
    wrong with it: `absent` (a word, a status) where what it is of is not there."""

    def made(change: Change) -> Handler:
        @wraps(change)
        async def handler(request: web.Request) -> web.StreamResponse:
            person, form = await _asked(request)
            try:
                await change(request.app[STAFFING], person, form)
            except StaffingRefused as refused:
                wrong, status = refused.problems, 400
            except LookupError:
                wrong, status = (absent[0],), absent[1]
            else:
                return render.go_to(f"/staffing?{_back(form)}#{part}")
            return await _page(request, form, wrong=wrong, part=part, status=status)

        return handler

    return made


@routes.post("/staffing/shift")
@_changes("shifts", absent=("centre", 400))
async def keep_shift(room: StaffingRoom, person: Person, form: Form) -> None:
    """Write a shift down, or change it."""
    await room.keep_shift(forms.shift(form), person=person)
    log.info("shift_saved", action="shift_saved", user_id=person.user_id)


@routes.post("/staffing/shift/remove")
@_changes("shifts")
async def drop_shift(room: StaffingRoom, person: Person, form: Form) -> None:
    """Take a shift away."""
    await room.drop_shift(forms.key(form.get("shift_id", "")), person=person)
    log.info("shift_removed", action="shift_removed", user_id=person.user_id)


@routes.post("/staffing/suggest")
@_changes("shifts")
async def suggest(room: StaffingRoom, person: Person, form: Form) -> None:
    """Write shifts that cover the week."""
    with not_found():
        queue = forms.key(form.get("queue", ""))
        count = await room.suggest(_monday(form.get("week", "")), queue, person=person)
    log.info("shifts_suggested", action="shifts_suggested", user_id=person.user_id, count=count)


@routes.post("/staffing/event")
@_changes("events")
async def keep_event(room: StaffingRoom, person: Person, form: Form) -> None:
    """Write an event down, or change it."""
    await room.keep_event(forms.event(form), person=person)
    log.info("event_saved", action="event_saved", user_id=person.user_id)


@routes.post("/staffing/event/remove")
@_changes("events")
async def drop_event(room: StaffingRoom, person: Person, form: Form) -> None:
    """Take an event away."""
    await room.drop_event(forms.key(form.get("event_id", "")), person=person)
    log.info("event_removed", action="event_removed", user_id=person.user_id)


@routes.post("/staffing/rules")
@_changes("rules")
async def keep_rules(room: StaffingRoom, person: Person, form: Form) -> None:
    """Reckon with others."""
    await room.keep_rules(forms.rules(form), person=person)
    log.info("staffing_rules_saved", action="staffing_rules_saved", user_id=person.user_id)


async def _asked(request: web.Request) -> tuple[Person, Form]:
    session = await sessions.require(request)
    return session.person, await bodies.form(request)


async def _week(request: web.Request, asked: Mapping[str, str]) -> StaffingWeek:
    person, room = (await sessions.require(request)).person, request.app[STAFFING]
    language = render.language(request).code
    monday = _monday(asked.get("week", "") or asked.get("day", ""))
    with not_found():
        return await room.week(
            monday,
            forms.key(asked.get("shown", asked.get("queue", ""))),
            person=person,
            language=language,
        )


async def _page(
    request: web.Request,
    asked: Mapping[str, str],
    *,
    wrong: Sequence[str] = (),
    part: str = "",
    tried: Tried | None = None,
    status: int = 200,
) -> web.StreamResponse:
    week = await _week(request, asked)
    language, today = render.language(request), _today()
    say = language.text
    shown = _chosen(week, asked, today)
    span = open_span(week)
    return render.page(
        request,
        "staffing",
        status=status,
        config={"at": time.time(), "day": _charted(week, shown, span), "today": today.isoformat()},
        week=week,
        today=today,
        shown=week.days[shown],
        sums=[sums(one, over=one.day < today) for one in week.days],
        cells=list(cells(week)),
        span=span,
        weekdays=[say(day) for day in words.WEEKDAYS],
        near={code: say(text) for code, text in words.NEAR.items()},
        times=forms.TIMES,
        clock=clock,
        wrong={part: [say(words.WRONG[code]) for code in wrong]} if wrong else {},
        shift=forms.shift_fields(week, asked, part, wrong),
        event=forms.event_fields(week, asked, part, wrong),
        tried=tried,
        query=lambda **changed: _address(week, week.days[shown].day, **changed),
        previous=week.monday - WEEK,
        following=week.monday + WEEK,
        this=_monday(""),
        decimal=lambda value, digits=0: _decimal(value, digits, language.code),
    )


def _charted(week: StaffingWeek, shown: int, span: tuple[int, int] | None) -> dict[str, Any]:
    """The chosen day as the charts need it."""
    one = week.days[shown]
    first, end = span or (32, 68)
    part = slice(first, end)
    now = _now_slot() if one.day == _today() else QUARTERS
    came = one.came[first : max(first, min(end, now + 1))] if one.came is not None else ()
    return {
        "first": first,
        "expected": one.calls[part],
        "low": one.low[part],
        "high": one.high[part],
        "came": came,
        "need": one.need[part],
        "there": one.there[part] if one.there is not None else [],
    }


def _chosen(week: StaffingWeek, asked: Mapping[str, str], today: date) -> int:
    """Which day of the week is looked at: the one asked for, today, or the first with calls."""
    days = [one.day for one in week.days]
    wanted = forms.day_of(asked.get("looked_at", "") or asked.get("day", ""))
    if wanted in days:
        return days.index(wanted)
    if today in days and week.days[days.index(today)].total >= 1:
        return days.index(today)
    return next((at for at, one in enumerate(week.days) if one.total >= 1), 0)


def _back(form: Mapping[str, str]) -> str:
    """The address of what was looked at."""
    names = (("week", "week"), ("queue", "shown"), ("day", "looked_at"))
    return urlencode({name: forms.key(form[field]) for name, field in names if form.get(field)})


def _address(week: StaffingWeek, shown: date, /, **changed: str) -> str:
    given = {
        "week": week.monday.isoformat(),
        "queue": week.queue,
        "day": shown.isoformat(),
        **changed,
    }
    return urlencode({name: value for name, value in given.items() if value})


def _decimal(value: float, digits: int, language: str) -> str:
    text = f"{value:,.{digits}f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return text if language == "en" else text.replace(".", ",")


def _now_slot() -> int:
    here = datetime.fromtimestamp(time.time(), RIGA)
    return here.hour * 4 + here.minute // 15


def _today() -> date:
    return datetime.fromtimestamp(time.time(), RIGA).date()


def _monday(text: str) -> date:
    """Of the week of that day; of this week where it is none."""
    day = forms.day_of(text) or _today()
    return day - timedelta(days=day.weekday())
