"""Big screens: who may put one up, and the page that hangs on the wall.

A screen needs no log-in: nobody sits before it. Its link carries a secret behind the `#`, which
browsers send to nobody; the page says it over the live link alone. What it opens are figures.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from types import MappingProxyType
from typing import Any, Final

import msgspec
from aiohttp import web

from agents_ui.shell import bodies, links, live, render, sessions
from agents_ui.shell.forgery import check_origin
from agents_ui.shell.keys import LINKS, PACE, SETTINGS
from agents_ui.shell.port import Unavailable
from agents_ui.shell.server import vouch
from agents_ui.shell.texts import Language, mark
from agents_ui.wallboard.port import LONGEST_NAME, MOST_FIGURES, Screens, Subject, WrongScreen

SCREENS: web.AppKey[Screens] = web.AppKey("screens")

LOOK_S: Final = 10.0
"""So often an open screen asks the database whether it is still one."""

SPACE_S: Final = 1.0
"""Figures change on the wall no more often."""

USUAL: Final = ("waiting", "longest", "level", "ready", "answered", "abandoned")
BLANK: Final = MappingProxyType({"name": "", "subject": "network:"})
WORDS: Final = MappingProxyType(
    {
        "waiting": mark("Waiting now"),
        "longest": mark("Longest wait"),
        "level": mark("Answered in time, last 30 minutes"),
        "level_today": mark("Answered in time today"),
        "average": mark("Average wait today"),
        "answered": mark("Answered today"),
        "abandoned": mark("Hung up while waiting, today"),
        "ready": mark("Agents ready"),
        "busy": mark("Agents with a caller"),
        "callbacks_late": mark("Late callbacks"),
    }
)
DIMENSIONS: Final = MappingProxyType(
    {
        "network": mark("The whole network"),
        "queue": mark("Queue"),
        "centre": mark("Centre"),
        "municipality": mark("Municipality"),
        "region": mark("Region"),
        "language": mark("Language"),
        "number": mark("Number"),
    }
)
WRONG: Final = MappingProxyType(
    {
        "name": mark("Write a name: where the screen hangs, say."),
        "subject": mark("Choose what the figures are of."),
        "figures": mark("Choose one to six figures: more are not read across a room."),
        "many": mark("There are too many screens: revoke one that hangs no more."),
        "gone": mark("This screen is revoked already."),
    }
)

routes = web.RouteTableDef()


@routes.get("/wallboards")
async def page(request: web.Request) -> web.StreamResponse:
    """The screens there are, and a form for one more."""
    return await _page(request)


@routes.post("/wallboards/add")
async def add(request: web.Request) -> web.StreamResponse:
    """One more: the link stands on the page that answers, and nowhere else."""
    session = await sessions.require(request)
    given = {**BLANK, **await bodies.form(request)}
    dimension, _, key = given["subject"].partition(":")
    chosen = [code for code in WORDS if given.get(f"figure-{code}")]
    try:
        secret = await request.app[SCREENS].add(
            given["name"], (dimension, key), chosen, person=session.person
        )
    except WrongScreen as wrong:
        return await _page(request, given=given, chosen=chosen, wrong=str(wrong))
    link = f"{request.app[SETTINGS].origin}/wallboard#{secret}"
    return await _page(request, link=link)


@routes.post("/wallboards/revoke")
async def revoke(request: web.Request) -> web.StreamResponse:
    """The link leads nowhere any more."""
    session = await sessions.require(request)
    given = await bodies.form(request)
    try:
        await request.app[SCREENS].revoke(given.get("screen", ""), person=session.person)
    except LookupError:
        return await _page(request, wrong="gone", status=404)
    return render.go_to("/wallboards")


@routes.get("/wallboard")
async def screen(request: web.Request) -> web.StreamResponse:
    """The page on the wall: nothing stands in it before the secret is said."""
    say = render.language(request).text
    words = {code: say(word) for code, word in WORDS.items()}
    return render.page(request, "wallboard", template="screen", config={"figures": words})


@routes.get("/wallboard/live")
async def link(request: web.Request) -> web.StreamResponse:
    """Figures for a page that says the secret of a screen first."""
    check_origin(request, required=True)
    opened, socket = await live.accept(request, request.app[PACE])
    with request.app[LINKS].keep(opened):
        await links.run(request, opened, _converse(request, opened))
    return socket


async def _converse(request: web.Request, opened: live.Link) -> None:
    screens = request.app[SCREENS]
    try:
        async with asyncio.timeout(request.app[PACE].send_s), aclosing(opened.messages()) as said:
            hello = msgspec.json.decode(await anext(said), type=_Hello)
        screen_id = await screens.opened(hello.secret)
    except (TimeoutError, LookupError, msgspec.DecodeError):
        raise live.session_over() from None
    except Unavailable:
        raise live.away() from None
    vouch(request, screen_id)
    await live.together(
        _show(opened, screens, screen_id),
        _guard(screens, screen_id),
        opened.listen(_nothing),
        opened.tick(),
    )


class _Hello(msgspec.Struct):
    secret: str


async def _nothing(said: str) -> Mapping[str, Any] | None:
    return None


async def _show(opened: live.Link, screens: Screens, screen_id: str) -> None:
    """A job: what it shows, as often as it changes and can be read."""
    before: object = None
    with screens.changes() as changes:
        while True:
            try:
                view = screens.view(screen_id)
            except LookupError:
                raise live.session_over() from None
            if (view.figures, view.telephony) != before:
                before = view.figures, view.telephony
                await opened.send({"type": "view", "view": msgspec.to_builtins(view)})
                await asyncio.sleep(SPACE_S)
            await anext(changes)


async def _guard(screens: Screens, screen_id: str) -> None:
    """A job: another process may have revoked it; `_show` ends the link."""
    while True:
        await asyncio.sleep(LOOK_S)
        await screens.look(screen_id)


async def _page(
    request: web.Request,
    *,
    given: Mapping[str, str] = BLANK,
    chosen: Sequence[str] = USUAL,
    wrong: str = "",
    status: int = 400,
    link: str = "",
) -> web.StreamResponse:
    session = await sessions.require(request)
    screens, here = request.app[SCREENS], render.language(request)
    return render.page(
        request,
        "wallboard",
        status=status if wrong else 200,
        config={"at": time.time()},
        screens=[
            {"screen": one, "subject": _name(one.subject, here)}
            for one in await screens.screens(person=session.person)
        ],
        subjects=[
            (f"{one.dimension}:{one.key}", _name(one, here))
            for one in screens.subjects(person=session.person)
        ],
        figures={code: here.text(word) for code, word in WORDS.items()},
        given=given,
        chosen=chosen,
        wrong={wrong: here.text(WRONG[wrong])} if wrong else {},
        link=link,
        longest=LONGEST_NAME,
        most=MOST_FIGURES,
    )


def _name(subject: Subject, here: Language) -> str:
    """As people say it: `Rinda: Nodokļi`."""
    kind = here.text(DIMENSIONS[subject.dimension])
    if subject.dimension == "network":
        return kind
    named = here.name_of(subject.key) if subject.dimension == "language" else ""
    return f"{kind}: {named or here.label(subject.label) or subject.key}"
