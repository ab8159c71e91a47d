"""An owner's answer: whoever opens the link of a letter reads one question, and answers it once.

Nobody logs in. The link's secret stands behind the `#`, which browsers send to nobody; the page's
script says it in a request's body. Before that the page holds nothing.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
import structlog
from aiohttp import web

from agents_ui.answer.port import (
    ANSWER_LENGTH,
    SECRET_LENGTH,
    AnswerRefused,
    Busy,
    OwnerLinks,
)
from agents_ui.shell import bodies, render
from agents_ui.shell.addresses import address, neighbourhood
from agents_ui.shell.errors import Denied, not_found

LINKS: web.AppKey[OwnerLinks] = web.AppKey("owner-links")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

_Secret = Annotated[str, msgspec.Meta(max_length=SECRET_LENGTH)]


class _Opened(msgspec.Struct):
    secret: _Secret


class _Given(msgspec.Struct):
    secret: _Secret
    text: Annotated[str, msgspec.Meta(max_length=2 * ANSWER_LENGTH, pattern=r"^[^\x00]*\Z")]


@routes.get("/answer")
async def page(request: web.Request) -> web.StreamResponse:
    """The page, blank until its script has said the secret."""
    return render.page(request, "answer", config={}, longest=ANSWER_LENGTH)


@routes.post("/answer/read")
async def read(request: web.Request) -> web.StreamResponse:
    """`{"secret"}`: an `OwnersQuestion`."""
    given = await bodies.json(request, _Opened)
    try:
        with not_found():
            found = await request.app[LINKS].read(given.secret, address=_whence(request))
    except Busy:
        raise Denied("slow-down", status=429) from None
    return web.json_response(msgspec.to_builtins(found))


@routes.post("/answer/give")
async def give(request: web.Request) -> web.StreamResponse:
    """`{"secret", "text"}`: `{"refused": ""}`, or why it was not taken."""
    given = await bodies.json(request, _Given)
    try:
        with not_found():
            await request.app[LINKS].answer(given.secret, given.text, address=_whence(request))
    except Busy:
        raise Denied("slow-down", status=429) from None
    except AnswerRefused as refused:
        return web.json_response({"refused": refused.reason})
    log.info("enquiry_answered", action="enquiry_answered")
    return web.json_response({"refused": ""})


def _whence(request: web.Request) -> str:
    return neighbourhood(address(request))
