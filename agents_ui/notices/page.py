"""The page of notices: what callers are told of known events, from prepared words."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec
import structlog
from aiohttp import web

from agents_ui.notices.port import (
    HOURS,
    LONGEST,
    NoticeReach,
    NoticeRefused,
    NoticeRoom,
    NoticeText,
    NotSaid,
)
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import Denied, not_found
from agents_ui.shell.texts import Language, mark

NOTICES: web.AppKey[NoticeRoom] = web.AppKey("notices")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

KINDS: Final = MappingProxyType(
    {
        "everybody": mark("Everybody who rings"),
        "queue": mark("Queues"),
        "municipality": mark("Who rings a municipality's centres, or asks about it"),
        "centre": mark("Who rings a centre"),
    }
)
STATES: Final = MappingProxyType(
    {"now": mark("Told now"), "later": mark("To come"), "over": mark("Over")}
)
WRONG: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("texts", "missing"): mark(
            "Write the Latvian text: it stands in where another is missing."
        ),
        ("texts", "long"): mark("A text is too long: nobody listens for a minute."),
        ("texts", "blank"): mark("Fill in what stands in brackets."),
        ("texts", "unspoken"): mark("The words could not be spoken just now: try again."),
        ("to", "form"): mark("Choose who is to be told."),
        ("begins", "form"): mark("Write a time to come, as 2026-12-01 08:00, or leave it empty."),
        ("hours", "form"): mark("Choose for how long."),
        ("texts", "many"): mark("There are too many notices already: end one first."),
    }
)


@routes.get("/notices")
async def page(request: web.Request) -> web.StreamResponse:
    """What is told, and a form for one more: empty, or with the words that were prepared."""
    return await _page(request)


@routes.post("/notices/publish")
async def publish(request: web.Request) -> web.StreamResponse:
    """Tell it; what is wrong is told all at once."""
    session, form = await sessions.require(request), await bodies.form(request)
    room = request.app[NOTICES]
    text = NoticeText(
        texts={code: form.get(f"text-{code}", "").strip() for code in room.languages()},
        to=form.get("to", ""),
        begins=form.get("begins", ""),
        hours=form.get("hours", ""),
    )
    try:
        made = await room.publish(text, person=session.person)
    except NoticeRefused as refused:
        return await _page(request, text, problems=refused.problems)
    log.info("notice_published", action="notice_published", user_id=session.person.user_id)
    return render.go_to(f"/notices?made={made}")


@routes.post("/notices/end")
async def end(request: web.Request) -> web.StreamResponse:
    """Callers are told it no more."""
    session, form = await sessions.require(request), await bodies.form(request)
    with not_found():
        await request.app[NOTICES].end(form.get("notice", ""), person=session.person)
    log.info("notice_ended", action="notice_ended", user_id=session.person.user_id)
    return render.go_to("/notices")


class _Words(msgspec.Struct):
    language: Annotated[str, msgspec.Meta(max_length=20)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]


@routes.post("/notices/hear")
async def hear(request: web.Request) -> web.StreamResponse:
    """Words as callers would hear them, before they are published: a WAV file."""
    asked, room = await bodies.json(request, _Words), request.app[NOTICES]
    if not bodies.is_text(asked.text) or asked.language not in room.languages():
        raise Denied("bad-request", status=400)
    try:
        sound = await room.hear(asked.text, asked.language)
    except NotSaid:
        raise Denied("unavailable", status=503) from None
    return web.Response(body=sound, content_type="audio/wav")


async def _page(
    request: web.Request,
    text: NoticeText | None = None,
    *,
    problems: tuple[tuple[str, str], ...] = (),
) -> web.StreamResponse:
    """With what was written; else with the prepared words of the address, or none."""
    person, room = (await sessions.require(request)).person, request.app[NOTICES]
    language = render.language(request)
    say, prepared = language.text, await room.prepared()
    chosen = request.query.get("like", "")
    like = int(chosen) if chosen in map(str, range(len(prepared))) else None
    words = {} if like is None else prepared[like].texts
    return render.page(
        request,
        "notices",
        status=400 if problems else 200,
        config={"at": time.time()},
        rows=await room.listed(person),
        made=request.query.get("made", ""),
        prepared=prepared,
        like=like,
        text=text or NoticeText(texts=words),
        codes=room.languages(),
        groups=_grouped(room.reaches(person), language),
        hours=HOURS,
        longest=LONGEST,
        states={state: say(word) for state, word in STATES.items()},
        wrong={field: say(WRONG[field, what]) for field, what in problems},
    )


def _grouped(reaches: Any, language: Language) -> dict[str, list[tuple[str, str]]]:
    """Choices by kind, each by its name."""
    found: dict[str, list[tuple[str, str]]] = {}
    one: NoticeReach
    for one in reaches:
        word = language.text(KINDS[one.kind])
        found.setdefault(word, []).append((one.to, language.label(one.label) or word))
    return {kind: sorted(some, key=lambda it: it[1].casefold()) for kind, some in found.items()}
