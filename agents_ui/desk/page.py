"""The agent's desk: its page, its live link, and what the page asks on the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from math import isfinite
from typing import Annotated, Any, Final

import msgspec
from aiohttp import web

from agents_ui.desk.port import (
    BadCommand,
    CallersCases,
    CardUpkeep,
    Catalogue,
    ChoiceRefused,
    Days,
    Desks,
    HandoutOf,
    HandoutRefused,
    Handouts,
    HandoutWay,
    Messages,
    Misses,
    NotYetOnDisk,
    PastContacts,
    UpkeepDenied,
    WhoCalls,
)
from agents_ui.shell import bodies, links, live, relay, render, sessions
from agents_ui.shell.case_words import kinds_and_states
from agents_ui.shell.errors import Denied, not_found
from agents_ui.shell.keys import ACCOUNTS, LINKS, SETTINGS
from agents_ui.shell.port import ServiceCard, Session, Unavailable

DESKS: web.AppKey[Desks] = web.AppKey("desks")
HOTLINE_SAID: web.AppKey[live.Said] = web.AppKey("hotline-said")
HISTORY: web.AppKey[PastContacts] = web.AppKey("history")
WHO_CALLS: web.AppKey[WhoCalls] = web.AppKey("who-calls")
DAYS: web.AppKey[Days] = web.AppKey("days")
HANDOUTS: web.AppKey[Handouts] = web.AppKey("handouts")
CALLERS_CASES: web.AppKey[CallersCases] = web.AppKey("callers-cases")
MESSAGES: web.AppKey[Messages] = web.AppKey("messages")
CATALOGUE: web.AppKey[Catalogue] = web.AppKey("catalogue")
MISSES: web.AppKey[Misses] = web.AppKey("misses")
UPKEEP: web.AppKey[CardUpkeep] = web.AppKey("card-upkeep")

routes = web.RouteTableDef()
SEARCH_LENGTH: Final = 200
CARDS: Final = 50
SPOKEN: Final = ("lv", "ru", "en", "uk", "lt", "et", "de")
"""The languages of talks that are told apart, the most usual first."""
NOT_SAFE: Final = "not-safe-yet"
"""Done, and the page says that the disk has not taken it yet."""


class _Message(msgspec.Struct):
    """What a page sends; `id` is the number under which it waits for the answer."""

    type: str = "command"
    id: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    name: str = ""
    args: dict[str, Any] = {}


class _Search(msgspec.Struct):
    q: str


class _Onward(msgspec.Struct):
    call_id: str
    service: str = ""


class _Colleagues(msgspec.Struct):
    call_id: str
    service: str = ""
    q: str = ""


_Id = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*\Z")]


class _Choice(msgspec.Struct):
    call_id: str
    person_id: _Id = ""


class _NewCaller(msgspec.Struct):
    call_id: str
    name: Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
    municipality: _Id = ""
    language: Annotated[str, msgspec.Meta(pattern=r"^([a-z]{2,3})?\Z")] = ""


class _PersonalCode(msgspec.Struct):
    call_id: str
    code: Annotated[str, msgspec.Meta(max_length=20)]


class _Handout(msgspec.Struct):
    call_id: str
    code: _Id
    of: HandoutOf
    way: HandoutWay
    to: Annotated[str, msgspec.Meta(max_length=254)] = ""


class _Codes(msgspec.Struct):
    codes: list[str]


_Said = Annotated[str, msgspec.Meta(max_length=2_000, pattern=r"^[^\x00]*\Z")]


class _Noted(msgspec.Struct):
    call_id: str


class _Enquiry(msgspec.Struct):
    call_id: str
    code: _Id
    question: _Said
    wants_call: bool = False


class _Flag(msgspec.Struct):
    code: _Id
    kind: str
    text: _Said


@routes.get("/desk")
async def page(request: web.Request) -> web.StreamResponse:
    """The desk, with the view as it stands; the phone's secret comes by the live link only."""
    agent_id = await sessions.require_agent(request)
    desks = request.app[DESKS]
    if not desks.on_duty(agent_id):
        raise Denied("off-duty", status=403)
    return render.page(
        request,
        "desk",
        config={
            "view": msgspec.to_builtins(desks.view(agent_id)),
            "case_words": kinds_and_states(request),
            "ways": request.app[HANDOUTS].ways,
        },
        municipalities=desks.municipalities(),
        spoken=SPOKEN,
    )


@routes.get("/desk/live")
async def link(request: web.Request) -> web.StreamResponse:
    """The live link: phone and views to the page, commands from it.

    `page` is a name that the page gave itself when it was loaded, `again` is said by one that comes
    back without anybody's doing.
    """

    async def converse(opened: live.Link, session: Session) -> None:
        agent_id = sessions.agent_of(session)
        page, again = request.query.get("page", ""), "again" in request.query
        with request.app[LINKS].hold_desk(opened, agent_id, page, again=again):
            await _converse(request.app, opened, session, again=again)

    return await links.serve(request, converse)


async def _converse(
    app: web.Application, opened: live.Link, session: Session, *, again: bool
) -> None:
    desks, agent_id = app[DESKS], sessions.agent_of(session)
    if not desks.on_duty(agent_id):
        raise live.forbidden()
    try:
        phone = await desks.open(session.person, again=again)
    except Unavailable:
        raise live.away() from None
    # After a log-in in another tab this page would go on with the former session's token.
    await opened.send({"type": "csrf", "csrf": session.csrf})
    if phone is not None:
        await opened.send({"type": "phone", "phone": phone})

    async def answer(text: str) -> dict[str, Any] | None:
        return await obey(desks, agent_id, text)

    await live.together(
        opened.show("view", lambda: desks.changes(agent_id), lambda: desks.view(agent_id)),
        opened.show("hotline", desks.hotline_changes, desks.hotline, app[HOTLINE_SAID]),
        opened.listen(answer),
        opened.tick(),
        opened.guard(app[ACCOUNTS], session),
        _tell_phone(app, opened, session),
        _tell_chosen(app, opened, session),
    )


async def _tell_phone(app: web.Application, opened: live.Link, session: Session) -> None:
    """A job: the phone's secret is another one, where a log-in that knew it has ended; whose
    log-in that was is told nothing."""
    with app[DESKS].phone_changes(sessions.agent_of(session)) as changes:
        async for _ in changes:
            await _send_phone(app, opened, session)


async def _tell_chosen(app: web.Application, opened: live.Link, session: Session) -> None:
    """A job: the page is the telephone from now on, and was none."""
    desks, agent_id = app[DESKS], sessions.agent_of(session)
    was = desks.is_phone(agent_id)
    with desks.changes(agent_id) as changes:
        async for _ in changes:
            now = desks.is_phone(agent_id)
            if now and not was:
                await _send_phone(app, opened, session)
            was = now


async def _send_phone(app: web.Application, opened: live.Link, session: Session) -> None:
    phone = await app[DESKS].phone(sessions.agent_of(session))
    if phone is not None and await app[ACCOUNTS].session(session.token) is not None:
        await opened.send({"type": "phone", "phone": phone})


@routes.get("/desk/sip")
async def phone(request: web.Request) -> web.StreamResponse:
    """The browser phone's way to the exchange, for as long as its agent is at work."""
    session = await sessions.require(request)
    app, agent_id = request.app, sessions.agent_of(session)
    if not _at_work(app[DESKS], agent_id):
        raise Denied("off-duty", status=403)

    async def until(opened: live.Link) -> None:
        await live.together(
            _until(app[DESKS], agent_id, lambda: not _at_work(app[DESKS], agent_id)),
            _until_over(app, opened, session),
        )

    return await relay.join(request, app[SETTINGS].exchange, session.token, until)


def _at_work(desks: Desks, agent_id: str) -> bool:
    return desks.on_duty(agent_id) and desks.state(agent_id) != "LOGGED_OUT"


async def _until_over(app: web.Application, opened: live.Link, session: Session) -> None:
    """Whose log-in ends in a talk has the phone to the talk's end: it is what can hang up."""
    desks, agent_id = app[DESKS], sessions.agent_of(session)
    try:
        await opened.guard(app[ACCOUNTS], session)
    except live.LinkEnded:
        await _until(desks, agent_id, lambda: desks.state(agent_id) != "TALKING")


async def _until(desks: Desks, agent_id: str, holds: Callable[[], bool]) -> None:
    """A job: end the link as soon as it holds."""
    with desks.changes(agent_id) as changes:
        while not holds():
            await anext(changes)
    raise live.phone_over()


@routes.post("/desk/command")
async def command(request: web.Request) -> web.StreamResponse:
    """One command by HTTP, for the moments when the live link is down."""
    agent_id = await sessions.require_agent(request)
    ack = await obey(request.app[DESKS], agent_id, await bodies.text(request))
    return web.json_response(ack)


@routes.post("/desk/leave")
async def leave(request: web.Request) -> web.StreamResponse:
    """The page is closing; sent by the browser on its way out."""
    agent_id = await sessions.require_agent(request)
    with suppress(NotYetOnDisk):
        await request.app[DESKS].leave(agent_id)
    return web.Response(status=204)


@routes.get("/desk/history/{call_id}")
async def history(request: web.Request) -> web.StreamResponse:
    """Earlier contacts of whoever rings in a call of this agent: `{"contacts": [...]}`, with
    `before` (seconds since the epoch) those from before that moment."""
    person = (await sessions.require(request)).person
    before = _moment(request.query.get("before"))
    with not_found():
        contacts = await request.app[HISTORY].contacts(
            person, request.match_info["call_id"], before=before
        )
    return _json({"contacts": contacts})


@routes.get("/desk/callers/{call_id}")
async def caller(request: web.Request) -> web.StreamResponse:
    """Who may be calling in a call of this agent: a `CallerView`."""
    person = (await sessions.require(request)).person
    with not_found():
        found = await request.app[WHO_CALLS].caller(person, request.match_info["call_id"])
    return _json(found)


@routes.post("/desk/callers/choose")
async def choose_caller(request: web.Request) -> web.StreamResponse:
    """The contact `{"call_id"}` is of `{"person_id"}`, or ("") of nobody."""
    person = (await sessions.require(request)).person
    given = await bodies.json(request, _Choice)
    return await _tied(request.app[WHO_CALLS].choose(person, given.call_id, given.person_id))


@routes.post("/desk/callers/add")
async def add_caller(request: web.Request) -> web.StreamResponse:
    """The contact is of somebody new: `{"call_id", "name", "municipality", "language"}`."""
    person = (await sessions.require(request)).person
    given = await bodies.json(request, _NewCaller)
    added = request.app[WHO_CALLS].add(
        person,
        given.call_id,
        name=given.name,
        municipality=given.municipality,
        language=given.language,
    )
    return await _tied(added)


@routes.post("/desk/callers/code")
async def caller_code(request: web.Request) -> web.StreamResponse:
    """The caller's personal code, `{"call_id", "code"}`: `{"check": whether it looks wrong}`."""
    person = (await sessions.require(request)).person
    given = await bodies.json(request, _PersonalCode)
    return await _tied(request.app[WHO_CALLS].take_code(person, given.call_id, given.code))


async def _tied(done: Awaitable[bool | None]) -> web.StreamResponse:
    """`{"refused": ""}`, or why nothing was done."""
    try:
        return _json({"refused": "", "check": bool(await done)})
    except ChoiceRefused as refused:
        return _json({"refused": refused.reason, "check": False})
    except LookupError:
        raise Denied("not-found", status=404) from None


def _moment(given: str | None) -> float | None:
    try:
        return None if given is None else _finite(float(given))
    except ValueError:
        raise Denied("bad-request", status=400) from None


def _finite(at: float) -> float:
    if not isfinite(at):
        raise ValueError
    return at


@routes.get("/desk/day")
async def day(request: web.Request) -> web.StreamResponse:
    """What an agent looks at between calls, as it is now."""
    person = (await sessions.require(request)).person
    return _json(await request.app[DAYS].day(person))


@routes.get("/desk/cases/{call_id}")
async def callers_cases(request: web.Request) -> web.StreamResponse:
    """Open cases of the number of a call of this agent: `{"cases": [...]}`."""
    person = (await sessions.require(request)).person
    with not_found():
        cases = await request.app[CALLERS_CASES].cases(person, request.match_info["call_id"])
    return _json({"cases": cases})


@routes.get("/desk/messages/{call_id}")
async def message(request: web.Request) -> web.StreamResponse:
    """The recording of a voice message, whole or the part that is asked for (`Range`).

    It goes to the agent who has it alone, and no browser keeps it. 404 where the file is gone, too.
    """
    person = (await sessions.require(request)).person
    with not_found():
        file = await request.app[MESSAGES].recording(person, request.match_info["call_id"])
    return web.FileResponse(file, headers={"Content-Type": "audio/wav"})


@routes.post("/desk/laid-aside")
async def laid_aside(request: web.Request) -> web.StreamResponse:
    """The open records of earlier calls: `{"records": [...]}`."""
    agent_id = await sessions.require_agent(request)
    return _json({"records": await request.app[DESKS].laid_aside(agent_id)})


@routes.post("/desk/services")
async def services(request: web.Request) -> web.StreamResponse:
    """Search the service cards by `{"q": ...}`: see `_cards`."""
    agent_id = await sessions.require_agent(request)
    search = await bodies.json(request, _Search)
    found = request.app[CATALOGUE].search(
        search.q[:SEARCH_LENGTH],
        locale=render.language(request).code,
        municipality=request.app[DESKS].municipality(agent_id),
    )
    return _cards(request, found)


@routes.post("/desk/missing")
async def missing(request: web.Request) -> web.StreamResponse:
    """`{"q": ...}` was looked for to the end, and nothing fitted."""
    search = await bodies.json(request, _Search)
    await request.app[MISSES].note(search.q[:SEARCH_LENGTH])
    return _json({})


@routes.post("/desk/cards")
async def cards(request: web.Request) -> web.StreamResponse:
    """The cards of `{"codes": [...]}`: see `_cards`."""
    agent_id = await sessions.require_agent(request)
    wanted = await bodies.json(request, _Codes)
    found = request.app[CATALOGUE].cards(
        wanted.codes[:CARDS],
        locale=render.language(request).code,
        municipality=request.app[DESKS].municipality(agent_id),
    )
    return _cards(request, found)


def _cards(request: web.Request, found: Sequence[ServiceCard]) -> web.StreamResponse:
    """`{"cards": [...], "flagged": [...]}`: and the codes of those in which errors are reported."""
    flagged = request.app[UPKEEP].flagged([card.code for card in found])
    return _json({"cards": found, "flagged": flagged})


@routes.post("/desk/from-note")
async def from_note(request: web.Request) -> web.StreamResponse:
    """What the note of `{"call_id"}` is about, as it is saved here: see `_cards`."""
    agent_id = await sessions.require_agent(request)
    desks, given = request.app[DESKS], await bodies.json(request, _Noted)
    with not_found():
        note = desks.note(agent_id, given.call_id)
    found = request.app[CATALOGUE].spoken_of(
        note,
        locale=render.language(request).code,
        municipality=desks.municipality(agent_id),
    )
    return _cards(request, found)


@routes.post("/desk/enquiry")
async def enquiry(request: web.Request) -> web.StreamResponse:
    """What the card does not say, to its owner: `{"call_id", "code", "question", "wants_call"}`;
    `{"refused": "", "due_at": ...}`, or why it was not sent."""
    person = (await sessions.require(request)).person
    given = await bodies.json(request, _Enquiry)
    asked = request.app[UPKEEP].ask(
        person,
        call_id=given.call_id,
        service=given.code,
        municipality=request.app[DESKS].municipality(person.agent_id or ""),
        question=given.question,
        wants_call=given.wants_call,
    )
    return await _upkept(asked)


@routes.post("/desk/flag")
async def flag(request: web.Request) -> web.StreamResponse:
    """An error in the card: `{"code", "kind", "text"}`; `{"refused": ""}`, or why not."""
    person = (await sessions.require(request)).person
    given = await bodies.json(request, _Flag)
    flagged = request.app[UPKEEP].flag(
        person,
        service=given.code,
        municipality=request.app[DESKS].municipality(person.agent_id or ""),
        kind=given.kind,
        text=given.text,
    )
    return await _upkept(flagged)


async def _upkept(doing: Awaitable[float | None]) -> web.StreamResponse:
    try:
        with not_found():
            return _json({"refused": "", "found": [], "due_at": await doing})
    except UpkeepDenied as denied:
        return _json({"refused": denied.reason, "found": denied.found, "due_at": None})


@routes.get("/desk/upkeep")
async def own_upkeep(request: web.Request) -> web.StreamResponse:
    """What this agent has asked owners and reported: an `OwnUpkeep`."""
    person = (await sessions.require(request)).person
    return _json(await request.app[UPKEEP].own(person))


@routes.post("/desk/send")
async def send(request: web.Request) -> web.StreamResponse:
    """Of the card `{"code"}` the link or the documents (`of`), to the citizen of `{"call_id"}`:
    `{"refused": "", "hint": the last two digits}`, or why nothing was sent."""
    session = await sessions.require(request)
    agent_id, given = sessions.agent_of(session), await bodies.json(request, _Handout)
    try:
        with not_found():
            hint = await request.app[HANDOUTS].send(
                session.person,
                call_id=given.call_id,
                code=given.code,
                of=given.of,
                way=given.way,
                to=given.to,
                municipality=request.app[DESKS].municipality(agent_id),
            )
    except HandoutRefused as refused:
        return _json({"refused": refused.reason, "hint": ""})
    return _json({"refused": "", "hint": hint})


@routes.post("/desk/onward")
async def onward(request: web.Request) -> web.StreamResponse:
    """Where `{"call_id", "service"}` could be transferred to: `{"queues": [...]}`."""
    agent_id = await sessions.require_agent(request)
    asked = await bodies.json(request, _Onward)
    with not_found():
        queues = request.app[DESKS].onward(agent_id, asked.call_id, service=asked.service)
    return _json({"queues": queues})


@routes.post("/desk/colleagues")
async def colleagues(request: web.Request) -> web.StreamResponse:
    """Who is on duty for `{"call_id", "service", "q"}`: `{"first": [...], "count"}`."""
    agent_id = await sessions.require_agent(request)
    asked = await bodies.json(request, _Colleagues)
    text = asked.q[:SEARCH_LENGTH]
    with not_found():
        found = request.app[DESKS].colleagues(
            agent_id, asked.call_id, service=asked.service, text=text
        )
    return _json(found)


async def obey(desks: Desks, agent_id: str, text: str | bytes) -> dict[str, Any] | None:
    """Carry out one message of a page and say how it went; None for a greeting."""
    try:
        message = msgspec.json.decode(text, type=_Message)
    except bodies.UNREADABLE:
        return _ack(None, "bad-message")
    if message.type == "hello":
        return None
    return _ack(message.id, await _carry_out(desks, agent_id, message))


async def _carry_out(desks: Desks, agent_id: str, message: _Message) -> str | None:
    name = message.name if message.type == "command" else ""
    try:
        done = await desks.command(agent_id, name, message.args)
    except BadCommand as bad:
        return bad.error
    except Unavailable:
        return "unavailable"
    except NotYetOnDisk:
        return NOT_SAFE
    return None if done else "not-now"


def _ack(number: int | None, error: str | None) -> dict[str, Any]:
    return {"type": "ack", "id": number, "ok": error in (None, NOT_SAFE), "error": error}


def _json(answer: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json")
