"""The page of a recording: heard for a reason, taken away with a second person.

A leg's id stands in no address: whoever gives a reason gets a ticket, which is of no use to others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

import structlog
from aiohttp import web

from agents_ui.recordings.port import CannotOpen, CopyNotApproved, RecordingRoom, Sound
from agents_ui.shell import bodies, reasons, render, sessions
from agents_ui.shell.errors import Denied, not_found
from agents_ui.shell.texts import mark

RECORDINGS: web.AppKey[RecordingRoom] = web.AppKey("recordings")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

CLOSED: Final = mark(
    "This recording cannot be opened: the key that it was sealed with is missing, or the file was"
    " changed. Tell whoever looks after the hotline."
)
WRONG: Final = {
    "why": mark("Write down why: this stays on record."),
    "approval": mark("Nobody has approved a copy yet, or its time is up."),
    "closed": CLOSED,
}
STATES: Final = {
    "whole": mark("whole"),
    "short": mark("shorter than the talk"),
    "truncated": mark("cut off"),
    "missing": mark("missing"),
}


@routes.post("/recordings/open")
async def open_one(request: web.Request) -> web.StreamResponse:
    """`leg` and `why`: a ticket, and its page."""
    person = (await sessions.require(request)).person
    given = await bodies.form(request)
    why = reasons.written(given)
    if why is None:
        raise Denied("bad-request", status=400)
    with not_found():
        ticket = await request.app[RECORDINGS].open(given.get("leg", ""), why=why, person=person)
    return render.go_to(f"/recordings/{ticket}")


@routes.get("/recordings/{ticket}")
async def page(request: web.Request) -> web.StreamResponse:
    """The player, and what the recording is."""
    return await _page(request)


@routes.get("/recordings/{ticket}/sound")
async def sound(request: web.Request) -> web.StreamResponse:
    """The WAV file, whole or the part that is asked for (`Range`). No browser keeps it."""
    person = (await sessions.require(request)).person
    with not_found():
        try:
            found = await request.app[RECORDINGS].sound(request.match_info["ticket"], person=person)
        except CannotOpen:
            raise Denied("internal", status=500) from None
    try:
        part = request.http_range
        start, stop = part.start or 0, found.size if part.stop is None else part.stop
    except ValueError:
        start, stop = found.size, 0
    start = max(0, found.size + start) if start < 0 else start
    stop = min(stop, found.size)
    if start >= stop:
        headers = {"Content-Range": f"bytes */{found.size}"}
        return web.Response(status=416, headers=headers)
    return await _sent(request, found, start, stop, partial="Range" in request.headers)


@routes.post("/recordings/{ticket}/ask")
async def ask(request: web.Request) -> web.StreamResponse:
    """Ask for a second person to let a copy be taken."""
    person, ticket = (await sessions.require(request)).person, request.match_info["ticket"]
    why = reasons.written(await bodies.form(request))
    if why is None:
        return await _page(request, wrong="why", status=400)
    with not_found():
        await request.app[RECORDINGS].ask_copy(ticket, why=why, person=person)
    return await _page(request, asked=True)


@routes.post("/recordings/{ticket}/copy")
async def copy(request: web.Request) -> web.StreamResponse:
    """The approved copy, once."""
    person, ticket = (await sessions.require(request)).person, request.match_info["ticket"]
    with not_found():
        try:
            found = await request.app[RECORDINGS].copy(ticket, person=person)
        except CopyNotApproved:
            return await _page(request, wrong="approval", status=409)
        except CannotOpen:
            return await _page(request, wrong="closed", status=500)
    log.info("recording_copied", action="recording_copied", user_id=person.user_id)
    name = 'attachment; filename="recording.wav"'
    return await _sent(request, found, 0, found.size, disposition=name)


async def _sent(
    request: web.Request,
    found: Sound,
    start: int,
    stop: int,
    *,
    partial: bool = False,
    disposition: str = "inline",
) -> web.StreamResponse:
    """The bytes, as they come from the disk."""
    response = web.StreamResponse(status=206 if partial else 200)
    response.content_type = "audio/wav"
    response.content_length = stop - start
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = disposition
    if partial:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{found.size}"
    await response.prepare(request)
    pieces = found.read(start, stop)
    while piece := await asyncio.to_thread(_next, pieces):
        await response.write(piece)
    await response.write_eof()
    return response


def _next(pieces: Iterator[bytes]) -> bytes:
    return next(pieces, b"")


async def _page(
    request: web.Request, *, asked: bool = False, wrong: str = "", status: int = 200
) -> web.StreamResponse:
    person, ticket = (await sessions.require(request)).person, request.match_info["ticket"]
    language = render.language(request)
    with not_found():
        view = await request.app[RECORDINGS].view(ticket, person=person)
    return render.page(
        request,
        "recordings",
        status=status,
        config={},
        view=view,
        ticket=ticket,
        asked=asked,
        states={code: language.text(words) for code, words in STATES.items()},
        wrong=language.text(WRONG[wrong]) if wrong else "",
        closed=language.text(CLOSED),
    )
