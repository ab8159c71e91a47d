"""The live link between one page and the service: a WebSocket that never holds anybody up.

Theory: a link is a handful of jobs in one task group, each running until the link ends; an end is
an exception that carries the closing code and, for the page, a last word. State goes out whole and
coalesced (what a watcher has not seen is one flag, not a queue), so a page that reads slowly misses
intermediate views and nothing else. A page that does not read at all is cut off after
`LinkPace.send_s` and comes back by itself for the whole view.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from agents_ui.shell.port import Accounts, Session, Unavailable

MESSAGE_LIMIT: Final = 64 * 1024
"""Bytes of one message from a page, and of what may wait unsent for one page."""

UNDER_WAY: Final = 64
"""So many messages of one page may wait for their answer; it is not read any further then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPace:
    """The rhythm of a live link, in seconds and messages per second."""

    tick_s: float = 5.0
    recheck_s: float = 30.0
    send_s: float = 5.0
    farewell_s: float = 1.0
    messages_per_s: int = 50


class LinkEnded(Exception):
    """The link is over: `code` closes the socket, `notice` is the last message before it."""

    def __init__(self, code: int, notice: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.notice = notice


def left() -> LinkEnded:
    """The page closed, or its network is gone."""
    return LinkEnded(WSCloseCode.OK)


def taken_over() -> LinkEnded:
    """The same agent opened another desk page."""
    return LinkEnded(4001, "taken_over")


def session_over() -> LinkEnded:
    """The log-in is no longer good; the page offers to log in again, calls go on."""
    return LinkEnded(4401, "session_over")


def phone_over() -> LinkEnded:
    """Whose phone it is has gone: no last word, for nobody but a telephone is there to hear it."""
    return LinkEnded(4401)


def forbidden() -> LinkEnded:
    """This page is not for this role."""
    return LinkEnded(4403)


def account_changed() -> LinkEnded:
    """The person has other roles now, or another name: the page is to come back at once."""
    return LinkEnded(4409)


def away() -> LinkEnded:
    """A part of the service is away, or the page does not keep up: come back in a moment."""
    return LinkEnded(WSCloseCode.TRY_AGAIN_LATER)


def restarting() -> LinkEnded:
    """The service stops; another one takes over or it comes back."""
    return LinkEnded(WSCloseCode.SERVICE_RESTART)


def too_fast() -> LinkEnded:
    """More messages than a person can cause."""
    return LinkEnded(WSCloseCode.POLICY_VIOLATION)


def failed() -> LinkEnded:
    """A fault on our side."""
    return LinkEnded(WSCloseCode.INTERNAL_ERROR)


class Said:
    """What many pages are told at once is put into words once: a cache of the last object."""

    def __init__(self) -> None:
        self._object: object = None
        self._words = b""

    def words(self, kind: str, value: object) -> bytes:
        """The message that shows a frozen value."""
        if value is not self._object or value is None:
            self._words = msgspec.json.encode({"type": kind, kind: value})
            self._object = value
        return self._words


class Link:
    """One page's socket, opened. Jobs send by `send` and read by `messages`."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse, pace: LinkPace) -> None:
        self._transport = request.transport
        self._socket = socket
        self._pace = pace
        self._said_at = time.monotonic()
        self._sentence: asyncio.Future[LinkEnded] = asyncio.get_running_loop().create_future()

    def end(self, ended: LinkEnded) -> None:
        """End the link from outside; the first word counts."""
        if not self._sentence.done():
            self._sentence.set_result(ended)

    async def send(self, message: Mapping[str, Any]) -> None:
        """Send one message. Raises `LinkEnded` when the page does not take it in time.

        A page that is gone ends nothing here: what it sent before it went is still to be read,
        and the end of that ends the link.
        """
        await self.say(msgspec.json.encode(message))

    async def say(self, words: bytes) -> None:
        """The same of a message that is in words already."""
        self._said_at = time.monotonic()
        with suppress(ConnectionError):
            if self._goes_at_once(words):
                await self._socket.send_frame(words, WSMsgType.TEXT)
                return
            try:
                async with asyncio.timeout(self._pace.send_s):
                    await self._socket.send_frame(words, WSMsgType.TEXT)
            except TimeoutError:
                raise away() from None

    def _goes_at_once(self, words: bytes) -> bool:
        """Whether there is nothing to wait for: the page has taken all that was said before."""
        if self._transport is None or len(words) > MESSAGE_LIMIT // 2:
            return False
        return not self._transport.get_write_buffer_size()

    async def messages(self) -> AsyncGenerator[str, None]:
        """What the page sends, until it leaves (`LinkEnded`)."""
        recent: deque[float] = deque(maxlen=self._pace.messages_per_s)
        async for message in self._socket:
            now = time.monotonic()
            if len(recent) == recent.maxlen and now - recent[0] < 1.0:
                raise too_fast()
            recent.append(now)
            if message.type is WSMsgType.TEXT:
                yield message.data
        raise left()

    async def run(self, *jobs: Coroutine[Any, Any, None]) -> None:
        """Run the jobs until one of them, or `end`, ends the link; then say good-bye."""
        ending = left()
        try:
            await together(self._await_sentence(), *jobs)
        except* LinkEnded as ended:
            ending = _first(ended)
        await self.close(ending)

    async def close(self, ending: LinkEnded) -> None:
        """Say good-bye, within `LinkPace.farewell_s`."""
        try:
            async with asyncio.timeout(self._pace.farewell_s):
                if ending.notice is not None:
                    await self._socket.send_json({"type": ending.notice})
                await self._socket.close(code=ending.code)
        except (TimeoutError, ConnectionError):
            # A peer that does not read would keep its unsent bytes in memory for ever.
            if self._transport is not None:
                self._transport.abort()

    async def tick(self) -> None:
        """A job: tell the page the time where nothing else was said, so that it notices a dead
        link."""
        while True:
            quiet_s = time.monotonic() - self._said_at
            await asyncio.sleep(self._pace.tick_s - quiet_s)
            if time.monotonic() - self._said_at >= self._pace.tick_s:
                await self.send({"type": "tick", "at": time.time()})

    async def guard(self, accounts: Accounts, session: Session) -> None:
        """A job: end the link when the session ends or its account is changed; at once where
        somebody has done so. A database that is away ends nothing.

        Pages that came at once, after a restart, are not to ask at once ever after.
        """
        wait_s = random.uniform(0.5, 1.0) * self._pace.recheck_s  # noqa: S311
        while True:
            await accounts.until_ended(session.token, wait_s)
            try:
                now = await accounts.session(session.token)
            except Unavailable:
                continue
            if now is None:
                raise session_over()
            if now.person != session.person:
                raise account_changed()

    async def show(
        self,
        kind: str,
        watch: Callable[[], AbstractContextManager[AsyncIterator[None]]],
        view: Callable[[], object],
        said: Said | None = None,
    ) -> None:
        """A job: send the whole view now and after every change; `said` is shared by all pages."""
        said = said or Said()
        with watch() as changes:
            await self.say(said.words(kind, view()))
            async for _ in changes:
                await self.say(said.words(kind, view()))

    async def listen(self, answer: Callable[[str], Awaitable[Mapping[str, Any] | None]]) -> None:
        """A job: answer the page's messages, each as soon as it is done: one that waits holds none
        of the others up. They begin in the order in which they came, and end although the link
        does: a note on its way is not to be lost."""
        under_way: set[asyncio.Task[None]] = set()
        try:
            async for text in self.messages():
                if len(under_way) >= UNDER_WAY:
                    await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                task = asyncio.create_task(self._reply(answer(text)))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                task.add_done_callback(self._replied)
        finally:
            if under_way:
                await asyncio.wait(under_way)

    async def _reply(self, work: Awaitable[Mapping[str, Any] | None]) -> None:
        reply = await work
        if reply is not None:
            await self.send(reply)

    def _replied(self, task: asyncio.Task[None]) -> None:
        """What went wrong ends the link."""
        fault = task.exception()
        if fault is not None and not self._sentence.done():
            self._sentence.set_exception(fault)

    async def _await_sentence(self) -> None:
        raise await self._sentence


async def together(*jobs: Coroutine[Any, Any, None]) -> None:
    """Run jobs until one raises; then the others stop too."""
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(job)


async def accept(
    request: web.Request, pace: LinkPace, protocols: Sequence[str] = ()
) -> tuple[Link, web.WebSocketResponse]:
    """Open the socket of a request whose origin has been checked."""
    socket = web.WebSocketResponse(
        timeout=pace.farewell_s,
        heartbeat=20.0,
        protocols=protocols,
        compress=False,
        max_msg_size=MESSAGE_LIMIT,
        writer_limit=MESSAGE_LIMIT,
    )
    await socket.prepare(request)
    return Link(request, socket, pace), socket


class Links:
    """All open links, and of each agent the one of the desk in use: the last page opened wins."""

    def __init__(self) -> None:
        self._desks: dict[str, Link] = {}
        self._pages: dict[str, str] = {}  # that has the desk, also while its link is broken
        self._links: set[Link] = set()
        self._over = False

    @contextmanager
    def keep(self, link: Link) -> Iterator[None]:
        """Know a link while it is open."""
        self._links.add(link)
        if self._over:
            link.end(restarting())
        try:
            yield
        finally:
            self._links.discard(link)

    @contextmanager
    def hold_desk(
        self, link: Link, agent_id: str, page: str, *, again: bool = False
    ) -> Iterator[None]:
        """Give the agent's desk to this link; the page that had it is told and closed.

        A page that only comes back (`again`) gets it where no other page was opened meanwhile; else
        it raises `LinkEnded`.
        """
        if again and self._pages.get(agent_id, page) != page:
            raise taken_over()
        self._pages[agent_id] = page
        self.end_desk(agent_id, taken_over())
        self._desks[agent_id] = link
        try:
            yield
        finally:
            if self._desks.get(agent_id) is link:
                del self._desks[agent_id]

    def end_desk(self, agent_id: str, ended: LinkEnded) -> None:
        """End the agent's desk link, if there is one."""
        if agent_id in self._desks:
            self._desks[agent_id].end(ended)

    def end_all(self) -> None:
        """The service stops: every page is to come back later, those that come just now as well."""
        self._over = True
        for link in self._links:
            link.end(restarting())

    def __len__(self) -> int:
        return len(self._links)


def _first(group: BaseExceptionGroup[LinkEnded]) -> LinkEnded:
    first = group.exceptions[0]
    return first if isinstance(first, LinkEnded) else _first(first)
