"""Files of cases: sent by the page's script, taken away by a link.

Names are people's words, so they stand in no address: a new file says its own in a header.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, unquote

import structlog
from aiohttp import web

from agents_ui.cases import port, words
from agents_ui.cases.port import AttachmentRoom
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import Denied, not_found

ATTACHMENTS: web.AppKey[AttachmentRoom] = web.AppKey("attachments")
UPLOADS: web.AppKey[asyncio.Semaphore] = web.AppKey("uploads")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

AT_ONCE: Final = 4
"""So many files are taken at a time, each in memory until it is sealed."""
UPLOAD_S: Final = 120.0
TYPES: Final = MappingProxyType(
    {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
)


@routes.post("/cases/{number}/files")
async def add(request: web.Request) -> web.StreamResponse:
    """The body is the file, `X-Name` its name, percent-encoded: `{}`, or `{"message": ...}`."""
    person = (await sessions.require(request)).person
    room, number = request.app[ATTACHMENTS], request.match_info["number"]
    name = unquote(request.headers.get("X-Name", ""))
    try:
        with not_found():
            await room.ready(number, person=person)
            async with request.app[UPLOADS]:
                content = await bodies.octets(request, port.LARGEST_FILE, within_s=UPLOAD_S)
                await room.add(number, name, content, person=person)
    except (port.WrongField, port.Settled) as wrong:
        return _wrong(request, str(wrong) or "settled", 400)
    except Denied as denied:
        if denied.status != 413:
            raise
        return _wrong(request, "file_size", 413)
    log.info("case_changed", action="case_changed", user_id=person.user_id, case=number)
    return web.json_response({})


@routes.get("/cases/{number}/files/{file}")
async def take(request: web.Request) -> web.StreamResponse:
    """The file, to be saved: no browser shows it by itself, or keeps it."""
    person, given = (await sessions.require(request)).person, request.match_info
    with not_found():
        try:
            known, content = await request.app[ATTACHMENTS].open(
                given["number"], given["file"], person=person
            )
        except port.UnreadableFile:
            raise Denied("internal", status=500) from None
    response = web.StreamResponse()
    response.content_type = TYPES[known.kind]
    response.content_length = content.size
    called = f"attachment; filename=\"{known.kind}\"; filename*=UTF-8''{quote(known.name, safe='')}"
    response.headers["Content-Disposition"] = called
    await response.prepare(request)
    pieces = content.read(0, content.size)
    while piece := await asyncio.to_thread(_next, pieces):
        await response.write(piece)
    await response.write_eof()
    return response


@routes.post("/cases/{number}/files/{file}/remove")
async def remove(request: web.Request) -> web.StreamResponse:
    """It was the wrong one."""
    person, given = (await sessions.require(request)).person, request.match_info
    with not_found():
        await request.app[ATTACHMENTS].remove(given["number"], given["file"], person=person)
    log.info("case_changed", action="case_changed", user_id=person.user_id, case=given["number"])
    return render.go_to(f"/cases/{given['number']}")


def _wrong(request: web.Request, wrong: str, status: int) -> web.Response:
    message = words.said(request, wrong)["wrong"][wrong]
    return web.json_response({"message": message}, status=status)


def _next(pieces: Iterator[bytes]) -> bytes:
    return next(pieces, b"")
