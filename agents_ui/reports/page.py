"""The page of reports: what is asked for stands in the address, so that it can be sent and kept."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final, get_args
from urllib.parse import urlencode

import structlog
from aiohttp import web

from agents_ui.reports import figures, words
from agents_ui.reports.chart import chart
from agents_ui.reports.periods import BY_TIME, chosen, period
from agents_ui.reports.port import (
    BY_KEY,
    VIEWS,
    By,
    Dimension,
    ReportQuestion,
    ReportRoom,
    ReportTable,
    Sheet,
    WrongPeriod,
)
from agents_ui.reports.sheet import sheet_of
from agents_ui.shell import render, sessions
from agents_ui.shell.decisions import Teller
from agents_ui.shell.errors import Denied, not_found
from agents_ui.shell.formats import RIGA
from agents_ui.shell.port import Person

REPORTS: web.AppKey[ReportRoom] = web.AppKey("reports")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

BYS: Final = tuple(words.BY)
DIMENSIONS: Final = get_args(Dimension)
KEY_LENGTH: Final = 200
FILES: Final = ("csv", "xlsx")


@routes.get("/reports")
async def page(request: web.Request) -> web.StreamResponse:
    """A report."""
    person, room = (await sessions.require(request)).person, request.app[REPORTS]
    language = render.language(request)
    asked, wrong = _question(request), ""
    try:
        report = await room.report(asked, person=person, language=language.code)
    except WrongPeriod:
        today = _today()
        asked, wrong = ReportQuestion(since=today, until=today, view=asked.view), "period"
        report = await room.report(asked, person=person, language=language.code)
    only = asked.only
    choices = (
        await room.choices(only, person=person, language=language.code) if only is not None else ()
    )
    say, checks = language.text, await room.checks()
    return render.page(
        request,
        "reports",
        status=400 if wrong else 200,
        config={},
        asked=asked,
        query=lambda **changed: _address(asked, **changed),
        report=report,
        rows=_rows(asked, report, language.code),
        total=_shown(report, report.total.values, language.code),
        graph=chart(asked, report, language.code),
        choices=choices,
        mean=lambda value: figures.shown("mean", value, language.code),
        share=lambda value: figures.shown("share", value, language.code),
        surveyed=await room.surveyed(asked.since, asked.until, language=language.code),
        checks=[one for one in checks if not one.holds],
        checked=bool(checks),
        bys={key: say(name) for key, name in words.BY.items()},
        periods={key: (say(name), period(key, _today())) for key, name in words.PERIODS.items()},
        chosen=chosen(asked, _today()),
        by_time=BY_TIME,
        views={key: say(view[0]) for key, view in VIEWS.items()},
        rules={key: say(rule) for key, rule in words.RULES.items()},
        said=say,
        dimensions=DIMENSIONS,
        opens=lambda one: one.unit == "count" and one.plus == (one.key,),
        wrong=say(words.WRONG[wrong]) if wrong else "",
        last_month=_months_back(1),
    )


@routes.get("/reports/export")
async def export(request: web.Request) -> web.StreamResponse:
    """The same report as a file."""
    person, room = (await sessions.require(request)).person, request.app[REPORTS]
    language = render.language(request).code
    asked = _question(request)
    try:
        report = await room.report(asked, person=person, language=language)
    except WrongPeriod:
        raise Denied("bad-request", status=400) from None
    return await _file(request, sheet_of(asked, report, language), person)


@routes.get("/reports/month")
async def month(request: web.Request) -> web.StreamResponse:
    """What leaves the house for a month: for the ministry, between municipalities, for all."""
    person, room = (await sessions.require(request)).person, request.app[REPORTS]
    given = request.query.get("month", "").replace("-", "")
    published = partial(room.open_data, by=person.user_id)
    makers: Mapping[str, Callable[[int], Awaitable[Sheet]]] = {
        "ministry": room.ministry,
        "balance": room.balance,
        "open": published,
    }
    make = makers.get(request.query.get("what", ""))
    if make is None or not (given.isdecimal() and len(given) == 6 and 1 <= int(given[4:]) <= 12):
        raise Denied("bad-request", status=400)
    try:
        made = await make(int(given))
    except WrongPeriod:
        raise Denied("not-over", status=409) from None
    return await _file(request, made, person)


@routes.get("/reports/calls")
async def calls(request: web.Request) -> web.StreamResponse:
    """The calls beneath a figure, a page at a time."""
    person, room = (await sessions.require(request)).person, request.app[REPORTS]
    language = render.language(request)
    asked, query = _question(request), request.query
    measure, row = query.get("measure", ""), query.get("row", "")[:KEY_LENGTH]
    try:
        found = await room.calls(
            asked,
            measure,
            row=row,
            below=query.get("below", "")[:KEY_LENGTH],
            person=person,
            language=language.code,
        )
    except (LookupError, WrongPeriod):
        raise Denied("bad-request", status=400) from None
    return render.page(
        request,
        "reports",
        template="calls",
        config={},
        asked=asked,
        back=f"/reports?{_address(asked)}",
        found=found,
        measure=language.text(BY_KEY[measure].name),
        row=row,
        next=_address(asked, measure=measure, row=row, below=found.below) if found.below else "",
        outcomes={code: language.text(name) for code, name in words.OUTCOMES.items()},
        length=figures.length,
    )


@routes.get("/reports/call")
async def call(request: web.Request) -> web.StreamResponse:
    """One call, from its arrival to its record."""
    person, room = (await sessions.require(request)).person, request.app[REPORTS]
    language = render.language(request)
    call_id = request.query.get("id", "")[:KEY_LENGTH]
    if not call_id:
        raise Denied("bad-request", status=400)
    with not_found():
        story = await room.story(call_id, person=person, language=language.code)
    teller = Teller(language=language, names=story.names, labels=story.labels)
    return render.page(
        request,
        "reports",
        template="call",
        config={},
        story=story,
        sentences=teller.sentences,
        happened={code: language.text(name) for code, name in words.HAPPENED.items()},
        outcomes={code: language.text(name) for code, name in words.OUTCOMES.items()},
        kinds={code: language.text(name) for code, name in words.KINDS.items()},
        recorded={code: language.text(name) for code, name in words.RECORDED.items()},
        length=figures.length,
    )


def _question(request: web.Request) -> ReportQuestion:
    """What the address asks for; what it says wrongly is as if it said nothing."""
    query, today = request.query, _today()
    since, until = _day(query.get("since", "")), _day(query.get("until", ""))
    by = query.get("by", "")
    only = query.get("only", "")
    key = query.get("key", "")[:KEY_LENGTH]
    return ReportQuestion(
        since=since or today,
        until=until or since or today,
        by=_by(by),
        view=query.get("view", "") if query.get("view", "") in VIEWS else "service",
        only=only if only in DIMENSIONS else None,  # type: ignore[arg-type]
        key=key,
    )


def _by(text: str) -> By:
    return text if text in BYS else "quarter"  # type: ignore[return-value]


def _address(asked: ReportQuestion, **changed: str) -> str:
    given = {
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "by": asked.by,
        "view": asked.view,
        "only": asked.only or "",
        "key": asked.key,
        **changed,
    }
    return urlencode({name: value for name, value in given.items() if value})


def _rows(asked: ReportQuestion, report: ReportTable, language: str) -> list[dict[str, Any]]:
    return [
        {
            "key": row.key,
            "label": figures.label(asked, row, language),
            "figures": _shown(report, row.values, language),
        }
        for row in report.rows
    ]


def _shown(report: ReportTable, values: tuple[float | None, ...], language: str) -> list[str]:
    pairs = zip(report.measures, values, strict=True)
    return [figures.shown(one.unit, value, language) for one, value in pairs]


async def _file(request: web.Request, sheet: Sheet, person: Person) -> web.Response:
    form = request.query.get("form", "csv")
    if form not in FILES:
        raise Denied("bad-request", status=400)
    body = await request.app[REPORTS].written(sheet, form)
    log.info("report_exported", action="report_exported", user_id=person.user_id, report=sheet.name)
    return render.download(body, f"{sheet.name}.{form}")


def _today() -> date:
    return datetime.fromtimestamp(time.time(), RIGA).date()


def _months_back(count: int) -> str:
    first = _today().replace(day=1)
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
    return first.strftime("%Y-%m")


def _day(text: str) -> date | None:
    if text in ("today", "yesterday"):
        return period(text, _today())[0]
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year < 2200 else None
