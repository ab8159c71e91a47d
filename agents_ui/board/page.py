"""The supervisor's board: its page and its live link."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import Annotated, Any

import msgspec
from aiohttp import web

from agents_ui.board.changes import Stories, Story
from agents_ui.board.port import Board, BoardView, BoardViews, Look, SavedView, TooMany
from agents_ui.board.reasons import tell
from agents_ui.shell import bodies, links, live, permissions, render, sessions
from agents_ui.shell.errors import Denied, not_found
from agents_ui.shell.keys import ACCOUNTS
from agents_ui.shell.permissions import Act
from agents_ui.shell.port import Person, Session, Unavailable

BOARD: web.AppKey[Board] = web.AppKey("board")
VIEWS: web.AppKey[BoardViews] = web.AppKey("board-views")
TOLD: web.AppKey[Stories] = web.AppKey("board-told")

AGAIN = '"again"'
AGAIN_S = 1.0
"""A page may ask for the whole so often."""

routes = web.RouteTableDef()


@routes.get("/board")
async def page(request: web.Request) -> web.StreamResponse:
    """The board, with the view as it stands."""
    session = await sessions.require(request)
    view = msgspec.to_builtins(request.app[BOARD].view(session.person))
    return render.page(
        request, "board", config={"view": view, "views": await _views(request, session.person)}
    )


@routes.get("/board/live")
async def link(request: web.Request) -> web.StreamResponse:
    """The live link: views to the page."""

    async def converse(opened: live.Link, session: Session) -> None:
        board, person = request.app[BOARD], session.person
        story = request.app[TOLD].of(permissions.reach(person.grants, Act.BOARD_SEE))
        told = _Telling(opened, story, lambda: board.view(person))
        await live.together(
            told.show(board.changes),
            opened.listen(told.hear),
            opened.tick(),
            opened.guard(request.app[ACCOUNTS], session),
        )

    return await links.serve(request, converse)


@routes.get("/board/why/{call_id}")
async def why(request: web.Request) -> web.StreamResponse:
    """How a call came to be where it is, in the page's language."""
    session = await sessions.require(request)
    with not_found():
        why = await request.app[BOARD].why(request.match_info["call_id"], person=session.person)
    return web.json_response(tell(why, render.language(request)))


class _Named(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class _Look(_Named):
    look: Look


@routes.post("/board/views/save")
async def save_view(request: web.Request) -> web.StreamResponse:
    """Keep how the board is looked at: `{"name": ..., "look": {...}}`; answers all of them."""
    session = await sessions.require(request)
    asked = await bodies.json(request, _Look)
    if not all(map(bodies.is_text, (asked.name, asked.look.search, asked.look.agents))):
        raise Denied("bad-request", status=400)
    try:
        await request.app[VIEWS].save(
            SavedView(name=asked.name, look=asked.look), person=session.person
        )
    except TooMany:
        raise Denied("too-many", status=409) from None
    return web.json_response({"views": await _views(request, session.person)})


@routes.post("/board/views/remove")
async def remove_view(request: web.Request) -> web.StreamResponse:
    """No more of `{"name": ...}`; answers those that are left."""
    session = await sessions.require(request)
    asked = await bodies.json(request, _Named)
    await request.app[VIEWS].remove(asked.name, person=session.person)
    return web.json_response({"views": await _views(request, session.person)})


async def _views(request: web.Request, person: Person) -> Any:
    """The board itself needs no database."""
    try:
        return msgspec.to_builtins(await request.app[VIEWS].views(person))
    except Unavailable:
        return []


class _Close(msgspec.Struct):
    agent_id: str


@routes.post("/board/close-records")
async def close_records(request: web.Request) -> web.StreamResponse:
    """Close the open records of `{"agent_id": ...}` as not recorded: `{"closed": n}`."""
    session = await sessions.require(request)
    asked = await bodies.json(request, _Close)
    with not_found():
        closed = await request.app[BOARD].close_records(asked.agent_id, person=session.person)
    return web.json_response({"closed": closed})


@routes.post("/board/help")
async def give_help(request: web.Request) -> web.StreamResponse:
    """Somebody comes to the help of `{"agent_id": ...}`: `{}`."""
    session = await sessions.require(request)
    asked = await bodies.json(request, _Close)
    with not_found():
        await request.app[BOARD].give_help(asked.agent_id, person=session.person)
    return web.json_response({})


class _Telling:
    """What one page has been told: its link, and the number of the view that it has."""

    def __init__(self, link: live.Link, story: Story, view: Callable[[], BoardView]) -> None:
        self._link = link
        self._story = story
        self._view = view
        self._seq = 0
        self._whole_at = 0.0

    async def show(self, watch: Callable[[], AbstractContextManager[AsyncIterator[None]]]) -> None:
        """A job: the whole view now, and what has changed after every change."""
        with watch() as changes:
            await self._tell_whole()
            async for _ in changes:
                view = self._view()
                since, self._seq = self._seq, view.seq
                for words in self._story.since(since, view):
                    await self._link.say(words)

    async def hear(self, said: str) -> None:
        """A page that missed something says `again`; whatever else it says is passed over."""
        if said == AGAIN and time.monotonic() - self._whole_at > AGAIN_S:
            await self._tell_whole()

    async def _tell_whole(self) -> None:
        view = self._view()
        self._seq, self._whole_at = view.seq, time.monotonic()
        await self._link.say(self._story.whole(view))
