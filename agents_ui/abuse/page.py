"""The page of the abuse list: who is on it, for how long and why; put there and lifted by two."""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import Any, Final

import structlog
from aiohttp import web

from agents_ui.abuse.port import LONGEST_DAYS, AbuseRoom, NoNumber
from agents_ui.shell import bodies, reasons, render, sessions
from agents_ui.shell.texts import mark

ABUSE: web.AppKey[AbuseRoom] = web.AppKey("abuse")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

BLANK: Final = MappingProxyType({"number": "", "days": "30", "why": ""})
WRONG: Final = MappingProxyType(
    {
        "number": mark("Write the telephone number as the caller has it, as +37120000000."),
        "days": mark("Write for how many days: 1 to 90."),
        "gone": mark("Nothing was changed: it is lifted or over, or somebody has asked for that."),
        "why": mark("Write why: it stays on record, and a colleague decides by it."),
    }
)
STATES: Final = MappingProxyType(
    {
        "asked": mark("waits for a second person"),
        "counts": mark("calls are not taken"),
        "lifting": mark("calls are not taken; to be lifted by a second person"),
    }
)


@routes.get("/abuse")
async def page(request: web.Request) -> web.StreamResponse:
    """The list now."""
    return await _page(request)


@routes.post("/abuse/add")
async def add(request: web.Request) -> web.StreamResponse:
    """Ask for a caller to be put on the list."""
    session = await sessions.require(request)
    given = {**BLANK, **await bodies.form(request)}
    days, why = given["days"].strip(), reasons.written(given)
    counted = int(days) if days.isascii() and days.isdecimal() and len(days) < 4 else 0
    if not 1 <= counted <= LONGEST_DAYS:
        return await _page(request, given=given, wrong="days")
    if why is None:
        return await _page(request, given=given, wrong="why")
    try:
        await request.app[ABUSE].ask(given["number"], why=why, days=counted, person=session.person)
    except NoNumber:
        return await _page(request, given=given, wrong="number")
    log.info("abuse_asked", action="abuse_asked", user_id=session.person.user_id)
    return render.go_to("/abuse")


@routes.post("/abuse/lift")
async def lift(request: web.Request) -> web.StreamResponse:
    """Ask for an entry to be lifted."""
    session = await sessions.require(request)
    given = await bodies.form(request)
    why = reasons.written(given)
    if why is None:
        return await _page(request, wrong="why")
    try:
        await request.app[ABUSE].ask_to_lift(given.get("entry", ""), why=why, person=session.person)
    except LookupError:
        return await _page(request, wrong="gone", status=409)
    return render.go_to("/abuse")


async def _page(
    request: web.Request, *, given: Any = BLANK, wrong: str = "", status: int = 400
) -> web.StreamResponse:
    say = render.language(request).text
    return render.page(
        request,
        "abuse",
        status=status if wrong else 200,
        config={"at": time.time()},
        entries=await request.app[ABUSE].entries(),
        states={state: say(words) for state, words in STATES.items()},
        given=given,
        wrong={wrong: say(WRONG[wrong])} if wrong else {},
        longest=LONGEST_DAYS,
    )
