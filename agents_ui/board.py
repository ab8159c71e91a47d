"""The supervisor's board: its page and its live link."""

from __future__ import annotations

import msgspec
from aiohttp import web

from agents_ui import links, live, render, sessions
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


async def _no_answer(_: str) -> None:
    return None
