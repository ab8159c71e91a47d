"""The page of quality: talks that chance has chosen, and the card that is filled in beside one."""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import web

from agents_ui.quality import fields, port, words
from agents_ui.quality.port import AssessmentRoom, Filled, QualityRefused
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import not_found

ASSESSMENTS: web.AppKey[AssessmentRoom] = web.AppKey("assessments")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

PAGE: Final = "/quality"


@routes.get("/quality")
async def page(request: web.Request) -> web.StreamResponse:
    """What waits, what was done, and how it comes out."""
    return await _page(request)


@routes.post("/quality/draw")
async def draw(request: web.Request) -> web.StreamResponse:
    """What is due by now is drawn at once."""
    person = (await sessions.require(request)).person
    await bodies.form(request)
    count = await request.app[ASSESSMENTS].draw(person=person)
    log.info("quality_drawn", action="quality_drawn", user_id=person.user_id, count=count)
    return render.go_to(PAGE)


@routes.post("/quality/next")
async def following(request: web.Request) -> web.StreamResponse:
    """Begin the next one."""
    person = (await sessions.require(request)).person
    await bodies.form(request)
    try:
        begun = await request.app[ASSESSMENTS].next(person=person)
    except QualityRefused as refused:
        return await _page(request, refused.reason)
    return render.go_to(f"{PAGE}/assessments/{begun}")


@routes.post("/quality/second")
async def second(request: web.Request) -> web.StreamResponse:
    """Begin one beside another's."""
    person = (await sessions.require(request)).person
    given = await bodies.form(request)
    try:
        begun = await request.app[ASSESSMENTS].second(given.get("assessment", ""), person=person)
    except QualityRefused as refused:
        return await _page(request, refused.reason)
    except LookupError:
        return await _page(request, "gone")
    return render.go_to(f"{PAGE}/assessments/{begun}")


@routes.get("/quality/assessments/{assessment}")
async def assessment(request: web.Request) -> web.StreamResponse:
    """The talk, and its card."""
    return await _assessment(request)


@routes.post("/quality/assessments/{assessment}")
async def save(request: web.Request) -> web.StreamResponse:
    """`do`: save it as it stands, finish it, or drop (put it back)."""
    person, key = (await sessions.require(request)).person, request.match_info["assessment"]
    given = await bodies.form(request)
    room, act = request.app[ASSESSMENTS], given.get("do", "save")
    filled = fields.filled_of(given)
    with not_found():
        if act == "drop":
            await room.drop(key, person=person)
            return render.go_to(PAGE)
        try:
            await room.save(key, filled, finish=act == "finish", person=person)
        except QualityRefused as refused:
            return await _assessment(request, filled, refused)
    log.info("quality_assessed", action="quality_assessed", user_id=person.user_id, what=act)
    return render.go_to(PAGE if act == "finish" else f"{PAGE}/assessments/{key}")


async def _assessment(
    request: web.Request, kept: Filled | None = None, wrong: QualityRefused | None = None
) -> web.StreamResponse:
    person, key = (await sessions.require(request)).person, request.match_info["assessment"]
    with not_found():
        view = await request.app[ASSESSMENTS].assessment(key, person=person)
    here = render.language(request)
    return render.page(
        request,
        "quality",
        template="assessment",
        status=400 if wrong else 200,
        config={},
        view=view,
        filled=kept or view.filled,
        wrong=fields.refused(request, wrong.reason) if wrong else "",
        faulty=wrong.fields if wrong else (),
        records={key: here.text(word) for key, word in words.RECORDS.items()},
        **fields.context(request, view.card),
    )


async def _page(request: web.Request, wrong: str = "") -> web.StreamResponse:
    person = (await sessions.require(request)).person
    return render.page(
        request,
        "quality",
        status=400 if wrong else 200,
        config={},
        view=await request.app[ASSESSMENTS].view(person=person),
        wrong=fields.refused(request, wrong),
        limits=port,
        plural=render.language(request).plural,
    )
