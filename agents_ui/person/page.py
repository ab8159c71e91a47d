"""The page of a person's data: found, given out, merged and split, and erased when two agree.

A number is typed for each act and stands in no address; the page never shows it again. Whoever is
found has an id, which names nobody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from types import MappingProxyType
from typing import Final

import structlog
from aiohttp import web

from agents_ui.person.port import FoundPerson, PersonalRoom, PersonRecords, PersonRefused
from agents_ui.shell import bodies, reasons, render, sessions
from agents_ui.shell.texts import mark

PERSONAL: web.AppKey[PersonalRoom] = web.AppKey("personal")
RECORDS: web.AppKey[PersonRecords] = web.AppKey("person-records")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

WRONG: Final = MappingProxyType(
    {
        "number": mark("Write the telephone number as the caller has it, as +37120000000."),
        "why": mark("Write why, as the number of the request: it stays on record."),
        "shared": mark("Several people have this number: find them, and choose one."),
        "meanwhile": mark("Nothing was done: somebody else has changed these records."),
        "late": mark("Nothing was done: it was more than 30 days ago."),
        "nothing": mark("Choose what it is about, and write a name."),
        "hold": mark("Nothing was erased: the law holds these data. See the holds."),
        "open": mark("Nothing was erased: a call, callback or message of this number is open."),
        "approval": mark("Nothing was erased: nobody else has approved it, or too long ago."),
    }
)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _refusing(act: Handler) -> Handler:
    """Where the act is refused, its page says why."""

    @wraps(act)
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await act(request)
        except PersonRefused as refused:
            return await _page(request, wrong=refused.reason, status=refused.status)

    return answer


@routes.get("/person")
async def page(request: web.Request) -> web.StreamResponse:
    """The forms."""
    return await _page(request)


@routes.post("/person/find")
@_refusing
async def find(request: web.Request) -> web.StreamResponse:
    """Who is known by a number, or by two of them."""
    session = await sessions.require(request)
    given = await bodies.form(request)
    first, why = _typed(given)
    asked = [one for one in (first, given.get("other", "").strip()) if one]
    found = await request.app[RECORDS].find(asked, why=why, person=session.person)
    return await _page(request, found=found, looked=True, why=why)


@routes.post("/person/merge")
@_refusing
async def merge(request: web.Request) -> web.StreamResponse:
    """Two of those who were found are one person."""
    session = await sessions.require(request)
    given = await bodies.form(request)
    await request.app[RECORDS].merge(
        given.get("person", ""), given.get("into", ""), why=_why(given), person=session.person
    )
    return await _page(request, changed=True)


@routes.post("/person/split")
@_refusing
async def split(request: web.Request) -> web.StreamResponse:
    """What is ticked is somebody else's."""
    session = await sessions.require(request)
    given = await bodies.form(request)
    ticked = [name.partition(":") for name in given if given[name] == "on"]
    await request.app[RECORDS].split(
        given.get("person", ""),
        name=given.get("name", ""),
        numbers=[one for kind, _, one in ticked if kind == "number"],
        contacts=[one for kind, _, one in ticked if kind == "contact"],
        why=_why(given),
        person=session.person,
    )
    return await _page(request, changed=True)


@routes.post("/person/undo")
@_refusing
async def undo(request: web.Request) -> web.StreamResponse:
    """A merge or a split was wrong."""
    session = await sessions.require(request)
    given = await bodies.form(request)
    await request.app[RECORDS].undo(given.get("person", ""), why=_why(given), person=session.person)
    return await _page(request, changed=True)


@routes.post("/person/export")
@_refusing
async def export(request: web.Request) -> web.StreamResponse:
    """All that is kept of a person, as a file: a page to be read, or JSON."""
    session = await sessions.require(request)
    given = await bodies.form(request)
    number, why = _typed(given)
    found = await request.app[PERSONAL].disclose(number, why=why, person=session.person)
    log.info("person_exported", action="person_exported", user_id=session.person.user_id)
    if given.get("form") == "json":
        return render.download(found.data.encode(), "person.json")
    return render.download(found.page.encode(), "person.html")


@routes.post("/person/ask")
@_refusing
async def ask(request: web.Request) -> web.StreamResponse:
    """Ask for a second person to let a person's data be erased."""
    session = await sessions.require(request)
    number, why = _typed(await bodies.form(request))
    await request.app[PERSONAL].ask_erasure(number, why=why, person=session.person)
    return await _page(request, asked=True)


@routes.post("/person/erase")
@_refusing
async def erase(request: web.Request) -> web.StreamResponse:
    """Erase what was approved: the number is typed once more."""
    session = await sessions.require(request)
    number, why = _typed(await bodies.form(request))
    gone = await request.app[PERSONAL].erase(number, why=why, person=session.person)
    log.info("person_erased", action="person_erased", user_id=session.person.user_id)
    say = render.language(request)
    return await _page(
        request, done=say.plural("{count} contact", "{count} contacts", gone.contacts)
    )


def _typed(given: dict[str, str]) -> tuple[str, str]:
    """The number (or the id of whoever was found) and the reason. Raises `PersonRefused`."""
    number = given.get("person", "").strip() or given.get("number", "").strip()
    if not number:
        raise PersonRefused("number")
    return number, _why(given)


def _why(given: dict[str, str]) -> str:
    why = reasons.written(given)
    if why is None:
        raise PersonRefused("why")
    return why


async def _page(
    request: web.Request,
    *,
    wrong: str = "",
    status: int = 400,
    asked: bool = False,
    done: str = "",
    changed: bool = False,
    found: Sequence[FoundPerson] = (),
    looked: bool = False,
    why: str = "",
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
        changed=changed,
        found=found,
        looked=looked,
        why=why,
        approved=await request.app[PERSONAL].approved(person=session.person),
    )
