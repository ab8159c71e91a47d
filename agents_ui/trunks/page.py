"""The page of trunks: the carriers' lines, whether they answer; declared, changed, taken away."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import structlog
from aiohttp import web

from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.texts import mark
from agents_ui.trunks.port import TrunkRefused, TrunkRoom, TrunkRow

TRUNKS: web.AppKey[TrunkRoom] = web.AppKey("trunks")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

STATES: Final = MappingProxyType(
    {
        "answers": mark("answers"),
        "silent": mark("does not answer"),
        "unknown": mark("not asked yet"),
    }
)
TEXTS: Final = ("trunk_id", "name", "server", "transport", "domain", "user", "shows", "link")
PLACES: Final = ("municipality", "centre_id")
LISTS: Final = ("peers", "codecs", "numbers")
TICKS: Final = ("challenges", "registers")
BLANK: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys((*TEXTS, *PLACES, *LISTS, *TICKS, "srtp", "replace"), "")
    | {"transport": "udp", "codecs": "g722 alaw ulaw"}
)


@routes.get("/trunks")
async def page(request: web.Request) -> web.StreamResponse:
    """All of them, and a form for one more."""
    return await _page(request)


@routes.get("/trunks/{trunk_id}")
async def edit(request: web.Request) -> web.StreamResponse:
    """The same, with the form filled in for one; where it is gone, for a new one."""
    rows = await request.app[TRUNKS].trunks()
    found = [row for row in rows if row.trunk_id == request.match_info["trunk_id"]]
    return await _page(request, form=_filled(found[0])) if found else render.go_to("/trunks")


@routes.post("/trunks/save")
async def save(request: web.Request) -> web.StreamResponse:
    """Declare one, or change it; what is wrong is told all at once."""
    session = await sessions.require(request)
    form = {**BLANK, **await bodies.form(request)}
    secret = form.pop("secret", "")
    try:
        await request.app[TRUNKS].save(
            _written(form), secret=secret, replace=form["replace"] == "yes", person=session.person
        )
    except TrunkRefused as refused:
        return await _page(request, form=form, problems=refused.problems, status=400)
    log.info("trunk_saved", action="trunk_saved", user_id=session.person.user_id)
    return render.go_to("/trunks")


@routes.post("/trunks/remove")
async def remove(request: web.Request) -> web.StreamResponse:
    """Take one away."""
    session = await sessions.require(request)
    form = await bodies.form(request)
    try:
        await request.app[TRUNKS].remove(form.get("trunk_id", ""), person=session.person)
    except LookupError:
        return await _page(request, gone=True, status=409)
    log.info("trunk_removed", action="trunk_removed", user_id=session.person.user_id)
    return render.go_to("/trunks")


def _written(form: Mapping[str, str]) -> dict[str, Any]:
    """The document; what is left blank is as it is by itself."""
    said: dict[str, Any] = {name: form[name].strip() for name in (*TEXTS, *PLACES)}
    said |= {name: form[name].replace(",", " ").split() for name in LISTS}
    said |= {name: form[name] == "yes" for name in TICKS}
    srtp = {"yes": {"srtp": True}, "no": {"srtp": False}}.get(form["srtp"], {})
    return {name: value for name, value in said.items() if value} | srtp


def _filled(row: TrunkRow) -> dict[str, str]:
    ticks = {name: "yes" if getattr(row, name) else "" for name in TICKS}
    lists = {name: " ".join(getattr(row, name)) for name in LISTS}
    texts = {name: getattr(row, name) for name in (*TEXTS, *PLACES, "srtp")}
    return {**texts, **lists, **ticks, "replace": "yes"}


async def _page(
    request: web.Request,
    *,
    form: Mapping[str, str] = BLANK,
    problems: Sequence[str] = (),
    gone: bool = False,
    status: int = 200,
) -> web.StreamResponse:
    say = render.language(request).text
    return render.page(
        request,
        "trunks",
        status=status,
        config={"at": time.time()},
        trunks=await request.app[TRUNKS].trunks(),
        states={state: say(words) for state, words in STATES.items()},
        form=form,
        problems=problems,
        gone=gone,
    )
