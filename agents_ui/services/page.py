"""The page of services: whoever edits them starts here, whoever answers calls can read on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from aiohttp import web

from agents_ui.services.port import Missing, ServiceCards
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.permissions import Act, may
from agents_ui.shell.texts import mark

SERVICES: web.AppKey[ServiceCards] = web.AppKey("services")
MISSING: web.AppKey[Missing] = web.AppKey("missing")

routes = web.RouteTableDef()

SEARCH_LENGTH: Final = 100
CHANNELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "in_person": mark("in person"),
        "online": mark("online"),
        "post": mark("by post"),
        "e_address": mark("e-address"),
        "phone": mark("by phone"),
        "centre": mark("at the service centre"),
    }
)
FACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fee": mark("fee"),
        "term": mark("term"),
        "documents": mark("documents"),
        "who": mark("who it is for"),
        "steps": mark("steps"),
        "legal_act": mark("legal basis"),
        "telephone": mark("telephone"),
        "link": mark("link"),
    }
)


@routes.get("/services")
async def page(request: web.Request) -> web.StreamResponse:
    """The cards that are looked for; what one looks for here is nobody's data."""
    text = request.query.get("q", "")[:SEARCH_LENGTH]
    person = (await sessions.require(request)).person
    edits = may(person, Act.SERVICES_EDIT)
    language = render.language(request)
    return render.page(
        request,
        "services",
        config={},
        edits=edits,
        search=text,
        plural=language.plural,
        missing=await request.app[MISSING].listed() if edits and not text else (),
        cards=request.app[SERVICES].listed(text, locale=language.code),
        channels={code: language.text(words) for code, words in CHANNELS.items()},
        facts={code: language.text(words) for code, words in FACTS.items()},
    )


@routes.post("/services/drop")
async def drop(request: web.Request) -> web.StreamResponse:
    """What was looked for in vain is of no use, or done."""
    given = await bodies.form(request)
    await request.app[MISSING].drop(given.get("words", ""))
    return render.go_to("/services")


@routes.post("/services/not-ours")
async def not_ours(request: web.Request) -> web.StreamResponse:
    """What was looked for in vain is given by nobody of the network."""
    person = (await sessions.require(request)).person
    given = await bodies.form(request)
    with suppress(LookupError):  # somebody else was quicker
        await request.app[MISSING].not_ours(given.get("words", ""), by=person.user_id)
    return render.go_to("/services")
