"""The pages of reports that are sent by e-mail: one's own list, and the form of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, Final

import structlog
from aiohttp import web

from agents_ui.reports import words
from agents_ui.reports.page import DIMENSIONS, REPORTS
from agents_ui.reports.port import (
    VIEWS,
    ReportQuestion,
    ReportSchedules,
    ScheduleRefused,
    ScheduleText,
)
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import not_found
from agents_ui.shell.texts import Language

SCHEDULES: web.AppKey[ReportSchedules] = web.AppKey("schedules")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

FIELDS: Final = tuple(one.name for one in fields(ScheduleText))
LONGEST: Final = 6_000


@routes.get("/reports/schedules")
async def mine(request: web.Request) -> web.StreamResponse:
    """The person's own."""
    person = (await sessions.require(request)).person
    rows = await request.app[SCHEDULES].mine(person)
    return _page(request, "schedules", rows=rows)


@routes.get("/reports/schedules/new")
async def new(request: web.Request) -> web.StreamResponse:
    """A form for what the address asks, as the page of the report has it."""
    asked = {name: request.query.get(name, "")[:200] for name in ("view", "by", "only", "key")}
    if asked["view"] not in VIEWS:
        asked["view"] = "service"
    if asked["by"] not in words.BY:
        asked["by"] = "day"
    if asked["only"] not in DIMENSIONS:
        asked["only"] = asked["key"] = ""
    return await _form(request, "", ScheduleText(**asked))


@routes.get("/reports/schedules/{schedule_id}")
async def one(request: web.Request) -> web.StreamResponse:
    """One of the person's own, in the form."""
    person = (await sessions.require(request)).person
    schedule_id = request.match_info["schedule_id"]
    rows = {row.schedule_id: row for row in await request.app[SCHEDULES].mine(person)}
    with not_found():
        found = rows[schedule_id]
    return await _form(request, schedule_id, found.text)


@routes.post("/reports/schedules/save")
async def save(request: web.Request) -> web.StreamResponse:
    """Send it so from now on."""
    person, form = (await sessions.require(request)).person, await bodies.form(request)
    text = ScheduleText(**{name: form.get(name, "")[:LONGEST] for name in FIELDS})
    schedule_id, language = form.get("schedule", ""), render.language(request).code
    try:
        with not_found():
            await request.app[SCHEDULES].save(schedule_id, text, person=person, language=language)
    except ScheduleRefused as refused:
        return await _form(request, schedule_id, text, refused.fields)
    log.info("schedule_saved", action="schedule_saved", user_id=person.user_id)
    return render.go_to("/reports/schedules")


@routes.post("/reports/schedules/remove")
async def remove(request: web.Request) -> web.StreamResponse:
    """No more of it."""
    person, form = (await sessions.require(request)).person, await bodies.form(request)
    with not_found():
        await request.app[SCHEDULES].remove(form.get("schedule", ""), person=person)
    log.info("schedule_removed", action="schedule_removed", user_id=person.user_id)
    return render.go_to("/reports/schedules")


async def _form(
    request: web.Request, schedule_id: str, text: ScheduleText, wrong: Sequence[str] = ()
) -> web.StreamResponse:
    say = render.language(request).text
    return _page(
        request,
        "schedule",
        status=400 if wrong else 200,
        schedule_id=schedule_id,
        text=text,
        of=await _label(request, text),
        faults={name: say(words.SCHEDULE_FAULTS.get(name, words.SCHEDULE_WRONG)) for name in wrong},
        every={key: say(name) for key, name in words.EVERY.items()},
        weekdays={key: say(name) for key, name in words.WEEKDAYS.items()},
    )


async def _label(request: web.Request, text: ScheduleText) -> str:
    """What people call that of which it is alone."""
    if text.only not in DIMENSIONS:
        return ""
    person, language = (await sessions.require(request)).person, render.language(request).code
    known = await request.app[REPORTS].choices(
        text.only,  # type: ignore[arg-type]
        person=person,
        language=language,
    )
    return next((one.label for one in known if one.key == text.key), text.key)


def _page(
    request: web.Request, template: str, *, status: int = 200, **context: Any
) -> web.StreamResponse:
    language = render.language(request)
    say = language.text
    return render.page(
        request,
        "reports",
        template=template,
        status=status,
        config={},
        sends=request.app[SCHEDULES].sends,
        views={key: say(view[0]) for key, view in VIEWS.items()},
        bys={key: say(name) for key, name in words.BY.items()},
        results={key: say(name) for key, name in words.RESULTS.items()},
        when=lambda text: when(text, language),
        **context,
    )


def when(text: ScheduleText, language: Language) -> str:
    """When it is sent, in words."""
    every = language.text(words.EVERY.get(text.every, text.every))
    match text.every:
        case "week":
            every = f"{every}, {language.text(words.WEEKDAYS.get(text.weekday, text.weekday))}"
        case "month":
            every = f"{every}, {text.day}."
        case _:
            pass
    return f"{every}, {text.at}"


def letter(
    languages: Mapping[str, Language], origin: str, name: str, code: str, asked: ReportQuestion
) -> tuple[str, str]:
    """Subject and text of what a report is sent with."""
    language = languages.get(code) or next(iter(languages.values()))
    period = _day(asked.since)
    if asked.until != asked.since:
        period += f" – {_day(asked.until)}"
    lines = [
        language.text("The report is attached: {name}, {period}.", name=name, period=period),
        "",
        language.text("When it is sent, and to whom, is changed here:"),
        f"{origin}/reports/schedules",
        "",
        language.text("Nobody reads answers to this message."),
    ]
    return f"{name} · {period}", "\n".join(lines) + "\n"


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y.}"
