"""Our FastAGI server: Asterisk asks here what to do with a call, and waits on the socket.

A connection costs a task only after its whole request has come, so a port scan costs nothing. Each
session's handler is a task of the server's own TaskGroup; its failure ends its own session alone,
and the dialplan takes the caller on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Never

import structlog

from contactcentre.telephony.admission import Admission
from contactcentre.telephony.agi_session import AgiAccess, AgiLimits, AgiSession
from contactcentre.telephony.agi_wire import (
    AgiBusy,
    AgiError,
    AgiGone,
    AgiHangup,
    AgiLost,
    AgiRefused,
    AgiReply,
    AgiTimeout,
    AgiUnsafe,
)

__all__ = [
    "AgiAccess",
    "AgiBusy",
    "AgiCounts",
    "AgiError",
    "AgiGone",
    "AgiHangup",
    "AgiLimits",
    "AgiLost",
    "AgiRefused",
    "AgiReply",
    "AgiServer",
    "AgiSession",
    "AgiTimeout",
    "AgiUnsafe",
]

log = structlog.get_logger(__name__)

SEND_AWAY_S = 5.0
"""How long a caller for whom there is no room may take to hear so."""


@dataclass(slots=True, kw_only=True)
class AgiCounts:
    """What came to the server since its start; for the metrics page."""

    requests: int = 0
    strangers: int = 0  # not of the peers, without the secret, or of a channel that is not there
    malformed: int = 0  # not AGI, or a request that did not end in time
    turned_away: int = 0  # no room, for a while
    handler_errors: int = 0


class AgiServer:
    """Hands each request to `handler` and closes the session when that returns."""

    def __init__(
        self,
        handler: Callable[[AgiSession], Awaitable[None]],
        *,
        limits: AgiLimits | None = None,
        access: AgiAccess | None = None,
        crowded: Callable[[], bool] = lambda: False,
    ) -> None:
        self._crowded = crowded
        self.limits = limits or AgiLimits()
        self.access = access or AgiAccess()
        self.counts = AgiCounts()
        self._handler = handler
        self._sessions: set[AgiSession] = set()
        self._admission = Admission()
        self._held: set[AgiSession] = set()
        self._tasks: asyncio.TaskGroup | None = None

    @property
    def sessions(self) -> int:
        """Open connections, those without a whole request included."""
        return len(self._sessions)

    async def serve(self, host: str, port: int, *, ready: Callable[[int], None]) -> Never:
        """Serves until cancelled, then closes the port and every session.

        `ready` is told the port that is listened to (`port` may be 0). Raises OSError if it can't
        be had.
        """
        async with asyncio.TaskGroup() as tasks:
            listener = await asyncio.get_running_loop().create_server(
                lambda: AgiSession(self), host, port, backlog=1_024
            )
            self._tasks = tasks
            try:
                ready(listener.sockets[0].getsockname()[1])
                await asyncio.Event().wait()
            finally:
                self._tasks = None
                listener.close()
                for session in list(self._sessions):
                    session.close()
        raise AssertionError("a server ends by cancellation only")

    # -- what the sessions tell -----------------------------------------------------------------

    def opened(self, session: AgiSession) -> bool:
        if not self.access.from_peer(session.peer):
            self.counts.strangers += 1
            return False
        if self._tasks is None or len(self._sessions) >= self.limits.connections:
            self.counts.turned_away += 1
            return False
        self._sessions.add(session)
        return True

    def requested(self, session: AgiSession) -> None:
        if self._tasks is None:
            session.close()
            return
        if not self.access.asks_rightly(session.env):
            self.counts.strangers += 1
            session.close()
            return
        self.counts.requests += 1
        wait_s = self._admission.ask(
            session.env["agi_uniqueid"],
            0 if self._crowded() else self.limits.sessions - len(self._held),
            asyncio.get_running_loop().time(),
        )
        if wait_s:
            self.counts.turned_away += 1
        else:
            self._held.add(session)
        doing = _send_away(session, wait_s) if wait_s else self._handler(session)
        self._tasks.create_task(self._attend(session, doing), name="agi session")

    def malformed(self, session: AgiSession) -> None:
        self.counts.malformed += 1

    def ended(self, session: AgiSession) -> None:
        self._sessions.discard(session)
        self._held.discard(session)

    async def _attend(self, session: AgiSession, doing: Awaitable[None]) -> None:
        try:
            await doing
        except* AgiGone:
            pass  # the call is over: the usual end of a handler in the middle of a command
        except* Exception as errors:  # noqa: BLE001  one call's failure must not end another's
            self.counts.handler_errors += 1
            log.error("agi_handler_failed", errors=_kinds(errors))
        finally:
            session.close()


async def _send_away(session: AgiSession, wait_s: int) -> None:
    """The dialplan lets the caller hear music for so long, and asks again."""
    with suppress(AgiTimeout):
        await session.command("SET VARIABLE", "CC_FULL", str(wait_s), timeout_s=SEND_AWAY_S)


def _kinds(errors: BaseExceptionGroup[Exception]) -> list[str]:
    """The types alone: an exception's text may hold what a citizen said."""
    kinds: list[str] = []
    for error in errors.exceptions:
        kinds += _kinds(error) if isinstance(error, ExceptionGroup) else [type(error).__name__]
    return kinds
