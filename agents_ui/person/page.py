"""The page of a person's data: everything given out, and erased when two agree.

A number is typed for each act and stands in no address; the page never shows it again.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import structlog
from aiohttp import web

from agents_ui.person.port import ErasureRefused, PersonalRoom, UnknownNumber
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.port import Person
from agents_ui.shell.texts import mark

PERSONAL: web.AppKey[PersonalRoom] = web.AppKey("personal")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

WHY_LENGTH: Final = 200
WRONG: Final = MappingProxyType(
    {
        "number": mark("Write the telephone number as the caller has it, as +37120000000."),
        "why": mark("Write why, as the number of the request: it stays on record."),
        "hold": mark("Nothing was erased: the law holds these data. See the holds."),
        "open": mark("Nothing was erased: a call, callback or message of this number is open."),
        "approval": mark("Nothing was erased: nobody else has approved it, or too long ago."),
    }
)


class _Unfit(Exception):
    """What was typed can't be: the name of the field."""


@routes.get("/person")
async def page(request: web.Request) -> web.StreamResponse:
    """The forms."""
    return await _page(request)


@routes.post("/person/export")
async def export(request: web.Request) -> web.StreamResponse:
    """All that is kept of a person, as a file: a page to be read, or JSON."""
    session = await sessions.require(request)
    given = await bodies.form(request)
    try:
        number, why = _typed(given)
        found = await request.app[PERSONAL].disclose(number, why=why, person=session.person)
    except _Unfit as unfit:
        return await _page(request, wrong=str(unfit))
    except UnknownNumber:
        return await _page(request, wrong="number")
    log.info("person_exported", action="person_exported", user_id=session.person.user_id)
    json = given.get("form") == "json"
    name = "person.json" if json else "person.html"
    return web.Response(
        text=found.data if json else found.page,
        content_type="application/json" if json else "text/html",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@routes.post("/person/ask")
async def ask(request: web.Request) -> web.StreamResponse:
    """Ask for a second person to let a person's data be erased."""
    session = await sessions.require(request)
    try:
        number, why = _typed(await bodies.form(request))
        await request.app[PERSONAL].ask_erasure(number, why=why, person=session.person)
    except _Unfit as unfit:
        return await _page(request, wrong=str(unfit))
    except UnknownNumber:
        return await _page(request, wrong="number")
    return await _page(request, asked=True)


@routes.post("/person/erase")
async def erase(request: web.Request) -> web.StreamResponse:
    """Erase what was approved: the number is typed once more."""
    session = await sessions.require(request)
    try:
        number, why = _typed(await bodies.form(request))
        return await _erased(request, number, why, session.person)
    except _Unfit as unfit:
        return await _page(request, wrong=str(unfit))
    except UnknownNumber:
        return await _page(request, wrong="number")
    except ErasureRefused as refused:
        return await _page(request, wrong=refused.reason, status=409)


async def _erased(
    request: web.Request, number: str, why: str, person: Person
) -> web.StreamResponse:
    gone = await request.app[PERSONAL].erase(number, why=why, person=person)
    log.info("person_erased", action="person_erased", user_id=person.user_id)
    say = render.language(request)
    return await _page(
        request, done=say.plural("{count} contact", "{count} contacts", gone.contacts)
    )


def _typed(given: dict[str, str]) -> tuple[str, str]:
    number, why = given.get("number", "").strip(), given.get("why", "").strip()
    if not number:
        raise _Unfit("number")
    if not 0 < len(why) <= WHY_LENGTH:
        raise _Unfit("why")
    return number, why


async def _page(
    request: web.Request,
    *,
    wrong: str = "",
    status: int = 400,
    asked: bool = False,
    done: str = "",
) -> web.StreamResponse:
    session = await sessions.require(request)
    say = render.language(request).text
    return render.page(
        request,
        "person",
        status=status if wrong else 200,
        config={},
        wrong=say(WRONG[wrong]) if wrong else "",
        asked=asked,
        done=done,
        approved=await request.app[PERSONAL].approved(person=session.person),
    )
