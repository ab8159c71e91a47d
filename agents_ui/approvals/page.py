"""The page of approvals: what waits for a second person, each to be approved or refused."""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import Any, Final

import structlog
from aiohttp import web

from agents_ui.approvals.port import Approvals
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import Denied, not_found
from agents_ui.shell.permissions import Act
from agents_ui.shell.texts import mark

APPROVALS: web.AppKey[Approvals] = web.AppKey("approvals")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

ACTS: Final = MappingProxyType(
    {
        Act.CONTACTS_EXPORT: mark("Export contacts of many citizens"),
        Act.AUDIT_EXPORT: mark("Export the audit log"),
        Act.ABUSE_ADD: mark("Take no calls of a caller: the abuse list"),
        Act.ABUSE_LIFT: mark("Take a caller off the abuse list"),
        Act.RECORDINGS_EXPORT: mark("Take a copy of a recording"),
        Act.CITIZENS_ERASE: mark("Erase what is known of a citizen"),
    }
)
"""What is asked for, in words; every act of which the table says `before` is here."""


@routes.get("/approvals")
async def page(request: web.Request) -> web.StreamResponse:
    """What waits now."""
    return await _page(request)


@routes.post("/approvals/decide")
async def decide(request: web.Request) -> web.StreamResponse:
    """Approve or refuse one."""
    session = await sessions.require(request)
    form = await bodies.form(request)
    if form.get("decision") not in {"approve", "refuse"}:
        raise Denied("bad-request", status=400)
    approved = form["decision"] == "approve"
    with not_found():
        done = await request.app[APPROVALS].decide(
            form.get("approval", ""), approved=approved, person=session.person
        )
    if not done:
        return await _page(request, gone=True, status=409)
    log.info("decided", action="approval_decided", user_id=session.person.user_id)
    return render.go_to("/approvals")


async def _page(request: web.Request, *, gone: bool = False, status: int = 200) -> web.Response:
    session = await sessions.require(request)
    say = render.language(request).text
    context: dict[str, Any] = {
        "waiting": await request.app[APPROVALS].waiting(session.person),
        "acts": {act: say(words) for act, words in ACTS.items()},
        "gone": gone,
    }
    config = {"at": time.time()}
    return render.page(request, "approvals", status=status, config=config, **context)
