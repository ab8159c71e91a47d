"""The network as files: taken away, looked at, and loaded whole or not at all."""

from __future__ import annotations

import time
from typing import Any, Final, get_args

import structlog
from aiohttp import web

from agents_ui.network import words
from agents_ui.network.port import (
    LARGEST_TABLE,
    TableName,
    TableRefused,
    TableReview,
    TableRoom,
)
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import Denied

TABLES: web.AppKey[TableRoom] = web.AppKey("tables")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

FIELD: Final = "file"


@routes.get("/network/tables")
async def page(request: web.Request) -> web.StreamResponse:
    """What can be taken away, and a place for a file."""
    done = request.query.get("done", "")
    return _page(request, done=int(done) if done.isdecimal() and len(done) < 7 else None)


@routes.get("/network/export")
async def export(request: web.Request) -> web.StreamResponse:
    """A table, for a spreadsheet; or everything, as an archive."""
    if "table" not in request.query:
        return render.go_to("/network/tables")
    person, asked = (await sessions.require(request)).person, request.query["table"]
    table: TableName | None = next((one for one in get_args(TableName) if one == asked), None)
    if table is None:
        raise Denied("not-found", status=404)
    body = await request.app[TABLES].export(table, person=person)
    log.info("network_exported", action="network_exported", kind=table, user_id=person.user_id)
    return render.download(body, "network.zip" if table == "all" else f"{table}.csv")


@routes.post("/network/review")
async def review(request: web.Request) -> web.StreamResponse:
    """What a file would change."""
    person, form = (await sessions.require(request)).person, await bodies.form(request)
    content = await bodies.file(request, FIELD, LARGEST_TABLE)
    found = await request.app[TABLES].review(
        content, whole=form.get("whole") == "yes", person=person
    )
    return _page(request, review=found, status=400 if found.faults else 200)


@routes.post("/network/load")
async def load(request: web.Request) -> web.StreamResponse:
    """Have it so."""
    person, form = (await sessions.require(request)).person, await bodies.form(request)
    try:
        done = await request.app[TABLES].load(
            form.get("text", ""),
            whole=form.get("whole") == "yes",
            mark=form.get("mark", ""),
            person=person,
        )
    except TableRefused as refused:
        return _page(request, review=refused.review, status=409)
    changed = sum(done.counts.values())
    log.info("network_loaded", action="network_loaded", user_id=person.user_id, changed=changed)
    return render.go_to(f"/network/tables?done={changed}")


def _page(
    request: web.Request,
    *,
    review: TableReview | None = None,
    done: int | None = None,
    status: int = 200,
) -> web.StreamResponse:
    language = render.language(request)
    say = language.text
    texts: dict[str, Any] = {
        "kinds": {kind: say(text) for kind, text in words.KINDS.items()},
        "becomes": {what: say(text) for what, text in words.BECOMES.items()},
        "word": lambda name: words.name_of_field(say, name),
        "shown": lambda word, text: words.shown(say, word, text),
        "fault": lambda problem: words.fault(say, problem),
        "plural": language.plural,
        "named": lambda text: text if isinstance(text, str) else language.label(text),
    }
    config = {"at": time.time()}
    return render.page(
        request,
        "network",
        template="tables",
        status=status,
        config=config,
        review=review,
        done=done,
        **texts,
    )
