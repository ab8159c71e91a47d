"""Passkeys on one's own page: made by the browser, named by their user, removed."""

from __future__ import annotations

import msgspec
from aiohttp import web

from agents_ui.account import page
from agents_ui.account.page import NotDone
from agents_ui.account.port import BadPasskey, PasskeyKeeper
from agents_ui.shell import bodies, sessions
from agents_ui.shell.errors import Denied
from agents_ui.shell.keys import SETTINGS
from agents_ui.shell.port import Session, site_of
from agents_ui.shell.render import go_to

PASSKEYS: web.AppKey[PasskeyKeeper] = web.AppKey("passkeys")

routes = web.RouteTableDef()

LONGEST = 16_000
NAME_LENGTH = 60


@routes.post("/account/passkeys/offer")
async def offer(request: web.Request) -> web.StreamResponse:
    """What the browser makes one by, once the password was given; else 403 or 429."""
    session, origin = await sessions.require(request), request.app[SETTINGS].origin
    form = await bodies.form(request)
    if not site_of(origin):
        raise Denied("not-found", status=404)
    try:
        await page.prove(request, session, form, "passkeys")
    except NotDone as refused:
        return web.json_response({"error": refused.why}, status=refused.status)
    offered = await request.app[PASSKEYS].offer(session.person, origin=origin)
    return web.json_response(msgspec.to_builtins(offered))


@page.act(routes, "/passkeys")
async def add(request: web.Request, session: Session, form: dict[str, str]) -> web.Response:
    """Keep what the browser has made."""
    name = form.get("name", "").strip()[:NAME_LENGTH]
    try:
        codes = await request.app[PASSKEYS].add(
            session.person,
            form.get("ticket", ""),
            form.get("credential", "")[:LONGEST],
            name or "–",
            origin=request.app[SETTINGS].origin,
        )
    except BadPasskey:
        raise NotDone("passkeys", "passkey") from None
    fresh = await page.afresh(request)
    return await page.answer(request, fresh, codes=codes) if codes else go_to("/account?done=added")


@page.act(routes, "/passkeys/remove")
async def remove(request: web.Request, session: Session, form: dict[str, str]) -> web.Response:
    """It counts no more."""
    await page.prove(request, session, form, "passkeys")
    if not await request.app[PASSKEYS].remove(session.person, form.get("passkey", "")):
        raise NotDone("passkeys", "gone-passkey", status=409)
    await page.afresh(request)
    return go_to("/account?done=key-removed")
