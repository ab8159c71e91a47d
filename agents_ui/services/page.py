"""The page of services: whoever edits them starts here, whoever answers calls can read on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from aiohttp import web

from agents_ui.services.port import ServiceCards
from agents_ui.shell import render
from agents_ui.shell.texts import mark

SERVICES: web.AppKey[ServiceCards] = web.AppKey("services")

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
    language = render.language(request)
    return render.page(
        request,
        "services",
        config={},
        search=text,
        plural=language.plural,
        cards=request.app[SERVICES].listed(text, locale=language.code),
        channels={code: language.text(words) for code, words in CHANNELS.items()},
        facts={code: language.text(words) for code, words in FACTS.items()},
    )
