"""The pages of cases: a list, a new one, and one that is opened, with a form for what happens."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final, cast, get_args
from urllib.parse import quote

import structlog
from aiohttp import web

from agents_ui.cases import port, words
from agents_ui.cases.attachments import ATTACHMENTS
from agents_ui.cases.port import (
    CaseKind,
    CaseRoom,
    CaseState,
    EventRoom,
    EventRow,
    Listing,
    NewCase,
)
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import Denied, not_found
from agents_ui.shell.port import Person, Realm, RealmKind

CASES: web.AppKey[CaseRoom] = web.AppKey("cases")
EVENTS: web.AppKey[EventRoom] = web.AppKey("events")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

Form = dict[str, str]
FIGURE_DAYS: Final = 7
BLANK: Final = MappingProxyType(
    {"call": "", "number": "", "subject": "", "promise": "", "apart": ""}
)


@routes.get("/cases")
async def page(request: web.Request) -> web.StreamResponse:
    """The list: what is open, late, or over; or known events."""
    if request.query.get("which") == "events":
        return await _events(request)
    return await _list(request)


@routes.post("/cases/find")
async def find(request: web.Request) -> web.StreamResponse:
    """A case by the number that was told the citizen."""
    person = (await sessions.require(request)).person
    given = await bodies.form(request)
    try:
        number = await request.app[CASES].find(given.get("number", ""), person=person)
    except port.NoSuchNumber:
        return await _list(request, wrong="find")
    return render.go_to(f"/cases/{number}")


@routes.get("/cases/figures")
async def figures(request: web.Request) -> web.StreamResponse:
    """Broken promises, and calls about the same matter: `{"promised", "broken", ...}`."""
    found = await request.app[CASES].figures(FIGURE_DAYS)
    return render.page(
        request, "cases", template="figures", config={"at": time.time()}, figures=found
    )


@routes.get("/cases/new")
async def new(request: web.Request) -> web.StreamResponse:
    """The form of a new one, from a call or alone."""
    person = (await sessions.require(request)).person
    call_id = request.query.get("call", "")
    with not_found():
        known = await request.app[CASES].defaults(call_id, person=person)
    given = {
        **BLANK,
        "call": call_id,
        "kind": known.kind,
        "service": known.service,
        "municipality": known.municipality,
        "text": known.text,
    }
    return await _form(request, given, by_call=known.by_call)


@routes.post("/cases/new")
async def begin(request: web.Request) -> web.StreamResponse:
    """Open it."""
    person = (await sessions.require(request)).person
    given = {**BLANK, "kind": "", "service": "", "municipality": "", "text": ""}
    given |= await bodies.form(request)
    try:
        case = _case(given)
        if case.kind == "fault" and not given["apart"] and await _near(request, given):
            raise port.WrongField("events")
        number = await request.app[CASES].begin(case, person=person)
    except port.WrongField as wrong:
        return await _form(request, given, by_call=bool(given["call"]), wrong=str(wrong))
    except LookupError:
        raise Denied("not-found", status=404) from None
    log.info("case_opened", action="case_opened", user_id=person.user_id, case=number)
    return render.go_to(f"/cases/{number}")


@routes.post("/cases/join")
async def join(request: web.Request) -> web.StreamResponse:
    """A contact of this agent is of a known event, or is not after all."""
    person = (await sessions.require(request)).person
    given = await bodies.form(request)
    number, call_id = given.get("number", ""), given.get("call", "")
    events, joins = request.app[EVENTS], "leave" not in given
    try:
        if joins:
            wants_word = "wants_word" in given
            await events.join(number, call_id, wants_word=wants_word, person=person)
        else:
            await events.leave(number, call_id, person=person)
    except LookupError:
        raise Denied("not-found", status=404) from None
    except (port.WrongField, port.Settled) as wrong:
        return await _events(request, wrong=str(wrong) or "call")
    log.info("case_joined", action="case_joined", user_id=person.user_id, case=number, joins=joins)
    return render.go_to("/cases?which=events" + (f"&joined={quote(number)}" if joins else ""))


@routes.get("/cases/{number}")
async def one(request: web.Request) -> web.StreamResponse:
    """A case, opened."""
    return await _case_page(request)


@routes.post("/cases/{number}/event")
async def event(request: web.Request) -> web.StreamResponse:
    """Many ring about it: it becomes a known event."""

    async def work(_: CaseRoom, number: str, given: Form, person: Person) -> None:
        title = given.get("title", "").strip()
        if not 0 < len(title) <= port.LONGEST_SUBJECT:
            raise port.WrongField("title")
        await request.app[EVENTS].declare(number, title, person=person)

    return await _changed(request, work)


@routes.post("/cases/{number}/take")
async def take(request: web.Request) -> web.StreamResponse:
    """Whom to ring next, now that it is over."""

    async def work(_: CaseRoom, number: str, __: Form, person: Person) -> None:
        await request.app[EVENTS].take(number, person=person)

    return await _changed(request, work)


@routes.post("/cases/{number}/told")
async def told(request: web.Request) -> web.StreamResponse:
    """Who was taken has been told, or not reached."""

    async def work(_: CaseRoom, number: str, given: Form, person: Person) -> None:
        call_id, reached = given.get("call", ""), given.get("reached") == "yes"
        await request.app[EVENTS].told(number, call_id, reached=reached, person=person)

    return await _changed(request, work)


@routes.post("/cases/{number}/write")
async def write(request: web.Request) -> web.StreamResponse:
    """A message, and perhaps a promise."""

    async def work(room: CaseRoom, number: str, given: Form, person: Person) -> None:
        text, day = _text(given), _day(given)
        keeps = "keeps" in given
        await room.write(number, text, promise_on=day, keeps=keeps, person=person)

    return await _changed(request, work)


@routes.post("/cases/{number}/hand-on")
async def hand_on(request: web.Request) -> web.StreamResponse:
    """To whoever is responsible."""

    async def work(room: CaseRoom, number: str, given: Form, person: Person) -> None:
        text, day = _text(given, needed=False), _day(given)
        await room.hand_on(number, _realm(given), text, promise_on=day, person=person)

    return await _changed(request, work)


@routes.post("/cases/{number}/turn")
async def turn(request: web.Request) -> web.StreamResponse:
    """Into another state."""

    async def work(room: CaseRoom, number: str, given: Form, person: Person) -> None:
        state = given.get("state", "")
        if state not in get_args(CaseState):
            raise port.WrongField("state")
        await room.turn(number, cast(CaseState, state), person=person)

    return await _changed(request, work)


@routes.post("/cases/{number}/dictate")
async def dictate(request: web.Request) -> web.StreamResponse:
    """The text of a submission, to be read out."""

    async def work(room: CaseRoom, number: str, given: Form, person: Person) -> None:
        await room.dictate(number, _text(given), person=person)

    return await _changed(request, work)


@routes.post("/cases/{number}/confirm")
async def confirm(request: web.Request) -> web.StreamResponse:
    """It was read to the citizen, and is right."""

    async def work(room: CaseRoom, number: str, given: Form, person: Person) -> None:
        await room.confirm(number, _text(given), person=person)

    return await _changed(request, work)


Work = Callable[[CaseRoom, str, Form, Person], Awaitable[None]]


async def _changed(request: web.Request, work: Work) -> web.StreamResponse:
    person = (await sessions.require(request)).person
    given, number = await bodies.form(request), request.match_info["number"]
    try:
        await work(request.app[CASES], number, given, person)
    except LookupError:
        raise Denied("not-found", status=404) from None
    except port.WrongField as wrong:
        return await _case_page(request, given, wrong=str(wrong), status=400)
    except port.Settled:
        return await _case_page(request, given, wrong="settled", status=409)
    log.info("case_changed", action="case_changed", user_id=person.user_id, case=number)
    return render.go_to(f"/cases/{number}")


async def _list(request: web.Request, *, wrong: str = "") -> web.StreamResponse:
    person = (await sessions.require(request)).person
    asked = request.query.get("which", "")
    which: Listing = next((each for each in get_args(Listing) if each == asked), "open")
    return render.page(
        request,
        "cases",
        status=400 if wrong else 200,
        config={"at": time.time()},
        which=which,
        cases=await request.app[CASES].listed(which, person=person),
        **words.said(request, wrong),
    )


async def _events(request: web.Request, *, wrong: str = "") -> web.StreamResponse:
    person = (await sessions.require(request)).person
    return render.page(
        request,
        "cases",
        template="events",
        status=409 if wrong else 200,
        config={"at": time.time()},
        events=await request.app[EVENTS].listed(person=person),
        call_at_hand=request.app[EVENTS].call_at_hand(person),
        joined=request.query.get("joined", ""),
        **words.said(request, wrong),
    )


async def _near(request: web.Request, given: Form) -> Sequence[EventRow]:
    """Known events that the new case may be one of."""
    person = (await sessions.require(request)).person
    return await request.app[EVENTS].near(
        given["call"], given["municipality"], given["service"].strip(), person=person
    )


async def _form(
    request: web.Request, given: Form, *, by_call: bool, wrong: str = ""
) -> web.StreamResponse:
    return render.page(
        request,
        "cases",
        template="new",
        status=400 if wrong else 200,
        config={"at": time.time()},
        given=given,
        by_call=by_call,
        events=await _near(request, given),
        municipalities=request.app[CASES].municipalities(),
        **words.said(request, wrong),
    )


async def _case_page(
    request: web.Request, given: Form | None = None, *, wrong: str = "", status: int = 200
) -> web.StreamResponse:
    person = (await sessions.require(request)).person
    with not_found():
        case = await request.app[CASES].view(request.match_info["number"], person=person)
    return render.page(
        request,
        "cases",
        template="case",
        status=status,
        config={"at": time.time()},
        case=case,
        event=await request.app[EVENTS].view(request.match_info["number"], person=person),
        call_at_hand=request.app[EVENTS].call_at_hand(person),
        files=await request.app[ATTACHMENTS].listed(request.match_info["number"], person=person),
        room_for=port.MOST_FILES,
        owners=await request.app[CASES].owners() if case.acts else (),
        given=given or {},
        **words.said(request, wrong),
    )


def _case(given: Form) -> NewCase:
    kind, subject = given["kind"], given["subject"].strip()
    if kind not in get_args(CaseKind):
        raise port.WrongField("kind")
    if not 0 < len(subject) <= port.LONGEST_SUBJECT:
        raise port.WrongField("subject")
    return NewCase(
        kind=cast(CaseKind, kind),
        subject=subject,
        service=given["service"].strip()[:64],
        municipality=given["municipality"][:64],
        text=_text(given, needed=False),
        number=given["number"][:30],
        call_id=given["call"][:64],
        promise_on=_day(given),
    )


def _text(given: Form, *, needed: bool = True) -> str:
    text = given.get("text", "").strip().replace("\r\n", "\n")
    if len(text) > port.LONGEST_TEXT or (needed and not text):
        raise port.WrongField("text")
    return text


def _day(given: Form) -> date | None:
    day = given.get("promise", "")
    try:
        return date.fromisoformat(day) if day else None
    except ValueError:
        raise port.WrongField("promise") from None


def _realm(given: Form) -> Realm:
    kind, _, key = given.get("owner", "").partition(":")
    if kind not in get_args(RealmKind):
        raise port.WrongField("owner")
    return cast(RealmKind, kind), key
