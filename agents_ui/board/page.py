"""The supervisor's board: its page and its live link."""

from __future__ import annotations

import msgspec
from aiohttp import web

from agents_ui import links, live, render, sessions
from agents_ui.errors import Denied
from agents_ui.keys import PORTS
from agents_ui.ports import Session

routes = web.RouteTableDef()


@routes.get("/board")
async def page(request: web.Request) -> web.StreamResponse:
    """The board, with the view as it stands."""
    await sessions.require_board(request)
    view = msgspec.to_builtins(request.app[PORTS].board.view())
    return render.page(request, "board", board_config=render.config(request, view=view))


@routes.get("/board/live")
async def link(request: web.Request) -> web.StreamResponse:
    """The live link: views to the page."""

    async def converse(opened: live.Link, session: Session) -> None:
        ports = request.app[PORTS]
        await live.together(
            opened.show(ports.board.changes, ports.board.view),
            opened.listen(_no_answer),
            opened.tick(),
            opened.guard(ports.accounts, session.token),
        )

    return await links.serve(request, sessions.require_board, converse)


@routes.get("/board/why/{call_id}")
async def why(request: web.Request) -> web.StreamResponse:
    """How a call came to be where it is, in the page's language, as `ports.Why` has it."""
    await sessions.require_board(request)
    board = request.app[PORTS].board
    try:
        told = await board.why(request.match_info["call_id"], locale=render.locale_of(request))
    except LookupError:
        raise Denied("not-found", status=404) from None
    return web.json_response(msgspec.to_builtins(told))


async def _no_answer(_: str) -> None:
    return None
