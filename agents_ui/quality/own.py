"""One's own talks that were assessed, and what one says to that."""

from __future__ import annotations

import structlog
from aiohttp import web

from agents_ui.quality import fields, port
from agents_ui.quality.port import OwnAssessments, QualityRefused
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import not_found

OWN_ASSESSMENTS: web.AppKey[OwnAssessments] = web.AppKey("own_assessments")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")


@routes.get("/quality/own")
async def page(request: web.Request) -> web.StreamResponse:
    """All, the latest first."""
    person = (await sessions.require(request)).person
    view = await request.app[OWN_ASSESSMENTS].own(person=person)
    return render.page(request, "quality", template="own", config={}, view=view, limits=port)


@routes.get("/quality/own/{own}")
async def one(request: web.Request) -> web.StreamResponse:
    """One, with its card."""
    return await _one(request)


@routes.post("/quality/own/{own}")
async def answer(request: web.Request) -> web.StreamResponse:
    """It is seen; `reply` may be blank."""
    person, key = (await sessions.require(request)).person, request.match_info["own"]
    reply = (await bodies.form(request)).get("reply", "")
    with not_found():
        try:
            await request.app[OWN_ASSESSMENTS].answer(key, reply, person=person)
        except QualityRefused as refused:
            return await _one(request, reply, refused.reason)
    log.info("quality_answered", action="quality_answered", user_id=person.user_id)
    return render.go_to(f"/quality/own/{key}")


async def _one(request: web.Request, reply: str = "", wrong: str = "") -> web.StreamResponse:
    person, key = (await sessions.require(request)).person, request.match_info["own"]
    with not_found():
        view = await request.app[OWN_ASSESSMENTS].read(key, person=person)
    return render.page(
        request,
        "quality",
        template="own_one",
        status=400 if wrong else 200,
        config={},
        view=view,
        filled=view.filled,
        reply=reply,
        wrong=fields.refused(request, wrong),
        **fields.context(request, view.card),
    )
