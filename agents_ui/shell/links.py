"""Opening a live link: who may, and what happens to those who may not."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from typing import Any

from aiohttp import web

from agents_ui.shell import live
from agents_ui.shell.admission import admit
from agents_ui.shell.boundary import write_fault
from agents_ui.shell.errors import Denied
from agents_ui.shell.forgery import check_origin
from agents_ui.shell.keys import LINKS, PACE
from agents_ui.shell.port import Session, Unavailable


async def serve(
    request: web.Request,
    converse: Callable[[live.Link, Session], Coroutine[Any, Any, None]],
) -> web.WebSocketResponse:
    """Open the socket, admit who is there by the table, and converse until one side leaves.

    Another site's page is refused before the socket opens. Who is not logged in learns it by the
    closing code, for a browser hides the status of a refused opening from its page.
    """
    check_origin(request, required=True)
    link, socket = await live.accept(request, request.app[PACE])
    try:
        session = await admit(request)
        assert session is not None  # noqa: S101 - no link is open to everybody
    except Denied as denied:
        await link.close(live.session_over() if denied.status == 401 else live.forbidden())
    except Unavailable:
        await link.close(live.away())
    else:
        with request.app[LINKS].keep(link):
            await run(request, link, converse(link, session))
    return socket


async def run(
    request: web.Request, link: live.Link, conversation: Coroutine[Any, Any, None]
) -> None:
    """Converse until one side leaves; a fault of ours ends this link alone."""
    try:
        await link.run(conversation)
    except Exception as fault:  # noqa: BLE001 - the boundary: it ends this link and no more
        write_fault(request, fault, secrets.token_hex(4))
        await link.close(live.failed())
