"""What a supervisor does with a call or an agent, asked for in the board's dialog."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec
from aiohttp import web

from agents_ui.shell import bodies, sessions
from agents_ui.shell.errors import Denied, not_found
from agents_ui.supervision.port import BadAct, Done, Supervision

SUPERVISION: web.AppKey[Supervision] = web.AppKey("supervision")

routes = web.RouteTableDef()


class _Asked(msgspec.Struct):
    name: str
    args: dict[str, Any] = {}


class _AgentSearch(msgspec.Struct):
    call_id: str
    text: Annotated[str, msgspec.Meta(max_length=60)] = ""


class _Memo(msgspec.Struct):
    to: Annotated[str, msgspec.Meta(max_length=80)]
    text: Annotated[str, msgspec.Meta(max_length=500)]


@routes.get("/supervision/call/{call_id}")
async def call(request: web.Request) -> web.StreamResponse:
    """What may be done with a call."""
    session = await sessions.require(request)
    with _known():
        call_id, room = request.match_info["call_id"], request.app[SUPERVISION]
        return _json(room.call(call_id, person=session.person))


@routes.get("/supervision/agent/{agent_id}")
async def agent(request: web.Request) -> web.StreamResponse:
    """What may be done with an agent."""
    session = await sessions.require(request)
    with _known():
        agent_id, room = request.match_info["agent_id"], request.app[SUPERVISION]
        return _json(room.agent(agent_id, person=session.person))


@routes.post("/supervision/candidates")
async def candidates(request: web.Request) -> web.StreamResponse:
    """To whom a call might be given; names stand in no address."""
    session = await sessions.require(request)
    asked = await bodies.json(request, _AgentSearch)
    with _known():
        found = request.app[SUPERVISION].candidates(
            asked.call_id, asked.text, person=session.person
        )
        return _json(found)


@routes.post("/supervision/call")
async def lead_call(request: web.Request) -> web.StreamResponse:
    """Do what is asked with a call: `{"done": ..., "why": ..., "undo": ...}`."""
    return await _lead(request, request.app[SUPERVISION].lead_call)


@routes.post("/supervision/listen")
async def listen(request: web.Request) -> web.StreamResponse:
    """Listen to a call, in a mode, or no more."""
    return await _lead(request, request.app[SUPERVISION].listen)


@routes.get("/supervision/memos")
async def memos(request: web.Request) -> web.StreamResponse:
    """Whom one may write to, and what they have not seen yet."""
    session = await sessions.require(request)
    return _json(request.app[SUPERVISION].memos(person=session.person))


@routes.post("/supervision/memo")
async def write_memo(request: web.Request) -> web.StreamResponse:
    """Write to agents: `{"to": ..., "text": ...}`; to how many it went."""
    session = await sessions.require(request)
    asked = await bodies.json(request, _Memo)
    if not bodies.is_text(asked.text):
        raise Denied("bad-request", status=400)
    with _known():
        sent = await request.app[SUPERVISION].write_memo(
            asked.text, asked.to, person=session.person
        )
        return _json({"sent": sent})


@routes.post("/supervision/agent")
async def lead_agent(request: web.Request) -> web.StreamResponse:
    """The same with an agent."""
    return await _lead(request, request.app[SUPERVISION].lead_agent)


@routes.post("/supervision/queues")
async def assign(request: web.Request) -> web.StreamResponse:
    """Say what an agent takes, or can do, for the rest of the day."""
    return await _lead(request, request.app[SUPERVISION].assign)


async def _lead(request: web.Request, lead: Callable[..., Awaitable[Done]]) -> web.StreamResponse:
    session = await sessions.require(request)
    asked = await bodies.json(request, _Asked)
    if not bodies.is_text(str(asked.args)):
        raise Denied("bad-request", status=400)
    args: Mapping[str, Any] = asked.args
    with _known():
        return _json(await lead(asked.name, args, person=session.person))


@contextmanager
def _known() -> Iterator[None]:
    try:
        with not_found():
            yield
    except BadAct as wrong:
        raise Denied(wrong.args[0], status=400) from None


def _json(value: object) -> web.Response:
    return web.json_response(msgspec.to_builtins(value))
