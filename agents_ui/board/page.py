"""The supervisor's board: its page and its live link."""

from __future__ import annotations

import msgspec
from aiohttp import web

from agents_ui.board.port import Board
from agents_ui.board.reasons import tell
from agents_ui.shell import bodies, links, live, permissions, render, sessions
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import ACCOUNTS
from agents_ui.shell.permissions import Act
from agents_ui.shell.port import Realm, Session

BOARD: web.AppKey[Board] = web.AppKey("board")
SAID: web.AppKey[dict[frozenset[Realm], live.Said]] = web.AppKey("board-said")

REACHES = 64
"""So many views of different realms are put into words once for all who see them."""

routes = web.RouteTableDef()


@routes.get("/board")
async def page(request: web.Request) -> web.StreamResponse:
    """The board, with the view as it stands."""
    session = await sessions.require(request)
    view = msgspec.to_builtins(request.app[BOARD].view(session.person))
    return render.page(request, "board", config={"view": view})


@routes.get("/board/live")
async def link(request: web.Request) -> web.StreamResponse:
    """The live link: views to the page."""

    async def converse(opened: live.Link, session: Session) -> None:
        board, person = request.app[BOARD], session.person
        said = _said(request.app, permissions.reach(person.grants, Act.BOARD_SEE))
        await live.together(
            opened.show("view", board.changes, lambda: board.view(person), said),
            opened.listen(_no_answer),
            opened.tick(),
            opened.guard(request.app[ACCOUNTS], session),
        )

    return await links.serve(request, converse)


@routes.get("/board/why/{call_id}")
async def why(request: web.Request) -> web.StreamResponse:
    """How a call came to be where it is, in the page's language."""
    session = await sessions.require(request)
    try:
        why = await request.app[BOARD].why(request.match_info["call_id"], person=session.person)
    except LookupError:
        raise Denied("not-found", status=404) from None
    return web.json_response(tell(why, render.language(request)))


class _Close(msgspec.Struct):
    agent_id: str


@routes.post("/board/close-records")
async def close_records(request: web.Request) -> web.StreamResponse:
    """Close the open records of `{"agent_id": ...}` as not recorded: `{"closed": n}`."""
    session = await sessions.require(request)
    asked = await bodies.json(request, _Close)
    try:
        closed = await request.app[BOARD].close_records(asked.agent_id, person=session.person)
    except LookupError:
        raise Denied("not-found", status=404) from None
    return web.json_response({"closed": closed})


@routes.post("/board/help")
async def give_help(request: web.Request) -> web.StreamResponse:
    """Somebody comes to the help of `{"agent_id": ...}`: `{}`."""
    session = await sessions.require(request)
    asked = await bodies.json(request, _Close)
    try:
        await request.app[BOARD].give_help(asked.agent_id, person=session.person)
    except LookupError:
        raise Denied("not-found", status=404) from None
    return web.json_response({})


def _said(app: web.Application, realms: frozenset[Realm]) -> live.Said:
    """What everybody who sees these realms is told at once."""
    if len(app[SAID]) >= REACHES:
        app[SAID].clear()
    return app[SAID].setdefault(realms, live.Said())


async def _no_answer(_: str) -> None:
    return None
