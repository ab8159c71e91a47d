"""Test calls: scripts, one that is rung, and how those of a month went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog
from aiohttp import web

from agents_ui.quality import fields, words
from agents_ui.quality.port import QualityRefused, ScriptedCalls, ScriptedResult
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import not_found

SCRIPTED: web.AppKey[ScriptedCalls] = web.AppKey("scripted")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

PAGE: Final = "/quality/tests"
SHORT: Final = 40


@routes.get("/quality/tests")
async def page(request: web.Request) -> web.StreamResponse:
    """`month` as 202611, else this one."""
    return await _page(request)


async def _page(request: web.Request, wrong: str = "") -> web.StreamResponse:
    person, given = (await sessions.require(request)).person, request.query.get("month", "")
    month = int(given) if given.isascii() and given.isdecimal() and len(given) == 6 else 0
    return render.page(
        request,
        "quality",
        template="tests",
        status=400 if wrong else 200,
        config={},
        wrong=fields.refused(request, wrong),
        view=await request.app[SCRIPTED].month(month, person=person),
        answers=_answers(request),
    )


@routes.post("/quality/tests")
async def start(request: web.Request) -> web.StreamResponse:
    """Begin one by `script`."""
    person, given = (await sessions.require(request)).person, await bodies.form(request)
    with not_found():
        try:
            begun = await request.app[SCRIPTED].start(given.get("script", ""), person=person)
        except QualityRefused as refused:
            return await _page(request, refused.reason)
    return render.go_to(f"{PAGE}/{begun}")


@routes.get("/quality/tests/{test}")
async def one(request: web.Request) -> web.StreamResponse:
    """The script, and the result."""
    return await _one(request)


@routes.post("/quality/tests/{test}")
async def finish(request: web.Request) -> web.StreamResponse:
    """Its result; or (`do` is drop) it was not rung."""
    person, key = (await sessions.require(request)).person, request.match_info["test"]
    given = await bodies.form(request)
    with not_found():
        if given.get("do") == "drop":
            await request.app[SCRIPTED].drop(key, person=person)
            return render.go_to(PAGE)
        result = ScriptedResult(
            filled=fields.filled_of(given),
            number=given.get("number", "")[:SHORT],
            unmatched=given.get("unmatched") == "yes",
            reached=given.get("reached") != "no",
            wait=given.get("wait", "")[:SHORT],
            answer=given.get("answer", "")[:SHORT],
        )
        try:
            await request.app[SCRIPTED].finish(key, result, person=person)
        except QualityRefused as refused:
            return await _one(request, result, refused)
    log.info("test_call_finished", action="test_call_finished", user_id=person.user_id)
    return render.go_to(PAGE)


def _answers(request: web.Request) -> Mapping[str, str]:
    here = render.language(request)
    return {key: here.text(word) for key, word in words.ANSWERS.items()}


async def _one(
    request: web.Request,
    result: ScriptedResult | None = None,
    wrong: QualityRefused | None = None,
) -> web.StreamResponse:
    person, key = (await sessions.require(request)).person, request.match_info["test"]
    with not_found():
        view = await request.app[SCRIPTED].scripted(key, person=person)
    kept = result or ScriptedResult(filled=view.filled, answer=view.row.answer)
    return render.page(
        request,
        "quality",
        template="test",
        status=400 if wrong else 200,
        config={},
        view=view,
        result=kept,
        filled=kept.filled,
        answers=_answers(request),
        wrong=fields.refused(request, wrong.reason) if wrong else "",
        faulty=wrong.fields if wrong else (),
        **fields.context(request, view.card),
    )
