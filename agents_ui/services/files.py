"""Cards as files: for everybody, where an installation says so; for editors, out and in.

A file that comes in is reviewed first. What was shown is what is published: the page sends the same
file again with the digest of the review.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

import msgspec
import structlog
from aiohttp import web

from agents_ui.services.port import (
    LARGEST_FILE,
    CardFiles,
    ExportFormat,
    FileFormat,
    ReviewRefused,
)
from agents_ui.shell import bodies, faults, render, sessions
from agents_ui.shell.errors import not_found
from agents_ui.shell.texts import mark

FILES: web.AppKey[CardFiles] = web.AppKey("card-files")
LOADS: web.AppKey[asyncio.Semaphore] = web.AppKey("card-loads")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

AT_ONCE: Final = 2
"""Files in memory at a time."""
LOAD_S: Final = 120.0
KEPT: Final = "public, max-age=300"
TYPES: Final[dict[FileFormat, str]] = {"cpsv-ap": "application/ld+json", "csv": "text/csv"}


@routes.get("/catalogue.jsonld")
async def linked(request: web.Request) -> web.StreamResponse:
    """Today's cards in the vocabulary of the EU."""
    return await _open(request, "cpsv-ap")


@routes.get("/catalogue.csv")
async def table(request: web.Request) -> web.StreamResponse:
    """Today's cards as a table."""
    return await _open(request, "csv")


async def _open(request: web.Request, form: FileFormat) -> web.StreamResponse:
    """Anybody may keep it, and any page may read it: nobody's data is in it."""
    with not_found():
        file = await request.app[FILES].opened(form)
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": KEPT,
        "ETag": f'"{file.tag}"',
        "Vary": "Accept-Encoding",
    }
    if file.tag in {one.value for one in request.if_none_match or ()}:
        return web.Response(status=304, headers=headers)
    body = file.body
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body = file.packed
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, headers=headers, content_type=TYPES[form], charset="utf-8")


@routes.get("/services/export")
async def export(request: web.Request) -> web.StreamResponse:
    """All cards as a table, or as a ZIP of files, as they are taken again."""
    form: ExportFormat = "zip" if request.query.get("as") == "zip" else "csv"
    return render.download(await request.app[FILES].exported(form), f"services.{form}")


@routes.post("/services/review")
async def review(request: web.Request) -> web.StreamResponse:
    """The body is the file, `X-Name` its name, percent-encoded: `{"review": ...}`, or
    `{"problems": [...]}`."""
    person = (await sessions.require(request)).person
    files, name = request.app[FILES], _name(request)
    async with request.app[LOADS]:
        content = await bodies.octets(request, LARGEST_FILE, within_s=LOAD_S)
        try:
            found = await files.review(name, content, person=person)
        except ReviewRefused as refused:
            return _refused(request, refused, name)
    return web.json_response({"review": msgspec.to_builtins(found), "problems": []})


@routes.post("/services/load")
async def load(request: web.Request) -> web.StreamResponse:
    """The same file once more, `X-Digest` what the review has said: `{"count": ...}`, or
    `{"problems": [...]}`."""
    person = (await sessions.require(request)).person
    files, name = request.app[FILES], _name(request)
    digest = request.headers.get("X-Digest", "")
    async with request.app[LOADS]:
        content = await bodies.octets(request, LARGEST_FILE, within_s=LOAD_S)
        try:
            count = await files.load(name, content, digest, person=person)
        except ReviewRefused as refused:
            return _refused(request, refused, name)
    log.info("cards_loaded", action="cards_loaded", user_id=person.user_id, cards=count)
    return web.json_response({"count": count, "problems": []})


def _refused(request: web.Request, refused: ReviewRefused, name: str) -> web.Response:
    """Each fault with its place; the file that was chosen needs no name, one of an archive does."""
    say = render.language(request).text
    problems = [_fault(say, one.removeprefix(name)) for one in refused.problems]
    return web.json_response({"problems": problems}, status=400)


_PLACES: Final = re.compile(
    r"(?P<file>[\w.-]*)(: line (?P<line>\d+)(, column (?P<column>[^:]+))?"
    r"|, (?P<card>[^,:]+)(, (?P<field>[^:]+))?)?: (?P<what>.*)",
    re.DOTALL,
)
_FAULTS: Final[faults.Table] = (
    (r"not yours to edit: (?P<card>.*)", mark("not yours to edit: {card}")),
    (r"services with the same code: (?P<some>.*)", mark("these codes stand there twice: {some}")),
    (
        r"an archive has cards alone \(YAML, JSON or CSV\), in no folder: take one from here",
        mark("a ZIP has cards alone (YAML, JSON or CSV), in no folder: take one from here"),
    ),
    (r"stands in another file already", mark("stands in another file already")),
    *faults.GENERAL,
)


def _fault(say: Callable[..., str], problem: str) -> str:
    """With its place; what is in no table stays as the service has said it."""
    if (said := faults.told(say, _FAULTS, problem)) is not None:
        return said
    found = _PLACES.fullmatch(problem)
    if found is None:
        return problem
    what = faults.told(say, _FAULTS, found["what"]) or found["what"]
    if found["column"]:
        words = mark("line {line}, column {column}: {what}")
        what = say(words, line=found["line"], column=found["column"], what=what)
    elif found["line"]:
        what = say(mark("line {line}: {what}"), line=found["line"], what=what)
    place = ", ".join(filter(None, found.group("file", "card", "field")))
    return ": ".join(filter(None, (place, what)))


def _name(request: web.Request) -> str:
    """It tells the form, and stands in words before a fault."""
    return bodies.shown_name(unquote(request.headers.get("X-Name", ""))) or "services.json"
