"""The page of the audit log: rows by who, what and when, a page at a time; and its export."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import structlog
from aiohttp import web

from agents_ui.audit.port import (
    PAGE,
    AuditRoom,
    AuditRow,
    AuditSearch,
    NotApprovedYet,
    WhichCitizen,
)
from agents_ui.audit.words import ACTIONS
from agents_ui.shell import bodies, reasons, render, sessions
from agents_ui.shell.errors import Denied
from agents_ui.shell.formats import RIGA
from agents_ui.shell.texts import mark

AUDIT: web.AppKey[AuditRoom] = web.AppKey("audit")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

LENGTH: Final = 100
REASON: Final = 200
BLANK: Final = MappingProxyType(
    dict.fromkeys(
        ("who", "what", "object", "citizen", "reason", "since", "until", "below", "why"), ""
    )
)
WHAT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "login": mark("Log-ins, and those refused"),
        "access": mark("Pages refused"),
        "account": mark("Accounts changed"),
        "session": mark("Sessions ended"),
        "approval": mark("Second persons"),
        "history": mark("Histories of callers looked at"),
        "message": mark("Voice messages heard"),
        "recording": mark("Recordings of talks heard and copied"),
        "configuration": mark("Configuration changed"),
        "crisis": mark("Crisis mode"),
        "abuse": mark("Abuse list"),
        "person": mark("A citizen's data given out, held, erased"),
        "report": mark("Calls looked at in reports"),
        "audit": mark("Audit log read and exported"),
    }
)
WRONG: Final = MappingProxyType(
    {
        "days": mark("Write both days, the first not after the last."),
        "why": mark("Write why: it stays on record, and a colleague decides by it."),
        "reason": mark("Write why this citizen's rows are looked at: it stays on record."),
        "unknown": mark("Nobody is known by that number or id."),
        "shared": mark("Several people have that number: give the id of one of them."),
        "approval": mark("Nobody else has approved that yet, or it was used already."),
    }
)


@routes.get("/audit")
async def newest(request: web.Request) -> web.StreamResponse:
    """The latest rows."""
    return await _page(request, BLANK)


@routes.post("/audit")
async def search(request: web.Request) -> web.StreamResponse:
    """Those that were asked for, or the next page of them: names stand in no address."""
    given = {**BLANK, **await bodies.form(request)}
    if given["citizen"].strip() and not given["reason"].strip():
        return await _page(request, given, wrong="reason")
    return await _page(request, given)


@routes.post("/audit/ask")
async def ask(request: web.Request) -> web.StreamResponse:
    """Ask for a second person to let these days be exported."""
    session = await sessions.require(request)
    given = {**BLANK, **await bodies.form(request)}
    since, until = _day(given["since"]), _day(given["until"])
    why = reasons.written(given)
    if since is None or until is None or until < since:
        return await _page(request, given, wrong="days")
    if why is None:
        return await _page(request, given, wrong="why")
    period = f"{given['since']}/{given['until']}"
    await request.app[AUDIT].ask_export(period, why=why, person=session.person)
    return render.go_to("/audit")


@routes.post("/audit/export")
async def export(request: web.Request) -> web.StreamResponse:
    """The approved days, as JSON lines; once."""
    session = await sessions.require(request)
    period = (await bodies.form(request)).get("period", "")
    first, _, last = period.partition("/")
    since, until = _day(first), _day(last)
    if since is None or until is None:
        raise Denied("bad-request", status=400)
    end = (until + timedelta(days=1)).timestamp()
    try:
        lines = await request.app[AUDIT].export(
            period, since.timestamp(), end, person=session.person
        )
    except NotApprovedYet:
        return await _page(request, BLANK, wrong="approval", status=409)
    log.info("audit_exported", action="audit_exported", user_id=session.person.user_id)
    name = f'attachment; filename="audit-{first}-{last}.jsonl"'
    response = web.StreamResponse(headers={"Content-Disposition": name})
    response.content_type = "application/jsonl"
    await response.prepare(request)
    async for line in lines:
        await response.write(line.encode() + b"\n")
    return response


async def _page(
    request: web.Request, given: Mapping[str, str], *, wrong: str = "", status: int = 400
) -> web.StreamResponse:
    session, room = await sessions.require(request), request.app[AUDIT]
    language = render.language(request)
    found: Sequence[AuditRow] = ()
    if wrong != "reason":
        try:
            found = await room.rows(_search(given), person=session.person)
        except WhichCitizen as unclear:
            wrong = unclear.why
    return render.page(
        request,
        "audit",
        status=status if wrong else 200,
        config={},
        rows=found[:PAGE],
        more=len(found) > PAGE,
        given=given,
        what={code: language.text(words) for code, words in WHAT.items()},
        actions={code: language.text(words) for code, words in ACTIONS.items()},
        wrong=language.text(WRONG[wrong]) if wrong else "",
        approved=await room.approved(person=session.person),
    )


def _search(given: Mapping[str, str]) -> AuditSearch:
    since, until = _day(given["since"]), _day(given["until"])
    below = given["below"]
    return AuditSearch(
        who=given["who"].strip()[:LENGTH],
        what=given["what"] if given["what"] in WHAT else "",
        object=given["object"].strip()[:LENGTH],
        citizen=given["citizen"].strip()[:LENGTH],
        why=" ".join(given["reason"].split())[:REASON],
        since=since.timestamp() if since else None,
        until=(until + timedelta(days=1)).timestamp() if until else None,
        below=int(below) if re.fullmatch(r"[0-9]{1,18}", below) else None,
    )


def _day(text: str) -> datetime | None:
    """The beginning of a day in Latvia; None where it is none."""
    try:
        written = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
        day = datetime.fromisoformat(text) if written else None
    except ValueError:
        return None
    return day.replace(tzinfo=RIGA) if day and 2000 <= day.year < 2200 else None
