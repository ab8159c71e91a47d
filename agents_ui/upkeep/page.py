"""The page of cards' upkeep: what agents have asked owners, and which errors they have reported."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from types import MappingProxyType
from typing import Final

import structlog
from aiohttp import web

from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.permissions import Act, may
from agents_ui.shell.port import Person
from agents_ui.upkeep import port, words
from agents_ui.upkeep.port import OwnerRow, UpkeepRefused, UpkeepRoom

UPKEEP: web.AppKey[UpkeepRoom] = web.AppKey("upkeep")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@routes.get("/upkeep")
async def page(request: web.Request) -> web.StreamResponse:
    """What is to be done, the first due first."""
    return await _page(request)


@routes.post("/upkeep/answer")
async def answer(request: web.Request) -> web.StreamResponse:
    """What an owner has told an editor."""
    person, given = await _given(request)
    room = request.app[UPKEEP]
    done = room.answer(given.get("enquiry", ""), given.get("answer", ""), person=person)
    return await _done(request, done, given)


@routes.post("/upkeep/accept")
async def accept(request: web.Request) -> web.StreamResponse:
    """Question and answer go onto the card."""
    person, given = await _given(request)
    done = request.app[UPKEEP].accept(
        given.get("enquiry", ""),
        language=given.get("language", ""),
        question=given.get("question", ""),
        answer=given.get("answer", ""),
        person=person,
    )
    return await _done(request, done, given)


@routes.post("/upkeep/close")
async def close(request: web.Request) -> web.StreamResponse:
    """It is over without that."""
    person, given = await _given(request)
    room = request.app[UPKEEP]
    done = room.close(given.get("enquiry", ""), given.get("why", ""), person=person)
    return await _done(request, done, given)


@routes.post("/upkeep/send")
async def send(request: web.Request) -> web.StreamResponse:
    """The owner is written to once more."""
    person, given = await _given(request)
    done = request.app[UPKEEP].send_again(given.get("enquiry", ""), person=person)
    return await _done(request, done, given)


@routes.post("/upkeep/revoke")
async def revoke(request: web.Request) -> web.StreamResponse:
    """The link leads nowhere any more."""
    person, given = await _given(request)
    done = request.app[UPKEEP].revoke(given.get("enquiry", ""), person=person)
    return await _done(request, done, given)


@routes.post("/upkeep/settle")
async def settle(request: web.Request) -> web.StreamResponse:
    """Errors of a card are mended, or are none: those that the page has shown."""
    person, given = await _given(request)
    done = request.app[UPKEEP].settle(
        given.get("service", ""),
        given.get("flags", "").split(),
        given.get("reason", ""),
        person=person,
    )
    return await _done(request, done, given)


@routes.post("/upkeep/owner")
async def owner(request: web.Request) -> web.StreamResponse:
    """Whom an institution's cards are asked about."""
    person, given = await _given(request)
    row = OwnerRow(
        institution=given.get("institution", ""),
        mail=given.get("mail", ""),
        hours=given.get("hours", ""),
        calendar=given.get("calendar", ""),
    )
    return await _done(request, request.app[UPKEEP].set_owner(row, person=person), given)


async def _given(request: web.Request) -> tuple[Person, Mapping[str, str]]:
    return (await sessions.require(request)).person, await bodies.form(request)


async def _done(
    request: web.Request, doing: Awaitable[None], given: Mapping[str, str]
) -> web.StreamResponse:
    """The page anew; where it was not done, with what was written and why."""
    try:
        await doing
    except UpkeepRefused as refused:
        return await _page(request, given, refused.reason)
    except LookupError:
        return await _page(request, given, "gone")
    person = (await sessions.require(request)).person
    log.info("upkeep_changed", action="upkeep_changed", user_id=person.user_id)
    return render.go_to("/upkeep")


async def _page(
    request: web.Request, given: Mapping[str, str] = NOTHING, wrong: str = ""
) -> web.StreamResponse:
    person = (await sessions.require(request)).person
    here = render.language(request)
    return render.page(
        request,
        "upkeep",
        status=400 if wrong else 200,
        config={},
        view=await request.app[UPKEEP].view(person=person),
        edits=may(person, Act.SERVICES_EDIT),
        given=given,
        wrong=here.text(words.REFUSED[wrong]) if wrong else "",
        kinds={key: here.text(word) for key, word in words.KINDS.items()},
        mailed={key: here.text(word) for key, word in words.MAILED.items()},
        spoken={code: here.name_of(code) for code in port.LANGUAGES},
        limits=port,
        plural=here.plural,
    )
