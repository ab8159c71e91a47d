"""What the hotline itself knows of a citizen: while it runs, and while it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from contactcentre.core import events
from contactcentre.engine.clock import now
from contactcentre.engine.inbox import Crowded, Inbox, NotSafeYet
from contactcentre.features.privacy.erasure import NotErased
from contactcentre.storage import spool_erasure
from contactcentre.storage.journal import Projector
from contactcentre.storage.spool import Spool


class RunningHotline:
    """Keeps `LiveData`: World, its journal, and what carries that to the database."""

    def __init__(self, inbox: Inbox, spool: Spool, projector: Projector) -> None:
        self._inbox = inbox
        self._spool = spool
        self._projector = projector

    async def forget(self, number: str, calls: Sequence[str] = ()) -> bool:
        """See `LiveData`. Raises `NotErased`."""
        asked = events.ErasureAsked(at=now(), caller=number, call_ids=tuple(calls))
        try:
            return await self._inbox.submit(asked)
        except (Crowded, NotSafeYet):
            raise NotErased("the service has too much to do just now: try again later") from None

    def still(self) -> AbstractAsyncContextManager[None]:
        """See `LiveData`."""
        return self._projector.paused()

    async def erase(self, number: str) -> int:
        """See `LiveData`."""
        return await spool_erasure.erase(self._spool, number)

    async def erase_call(self, call_id: str) -> int:
        """See `LiveData`."""
        return await spool_erasure.erase_call(self._spool, call_id)


class RestingHotline:
    """Keeps `LiveData` where no service runs: there is its journal."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    async def forget(self, number: str, calls: Sequence[str] = ()) -> bool:
        """Nothing is in memory."""
        named = [one for one in (number, *calls) if one]
        return not any([await spool_erasure.is_open(self._spool, one) for one in named])

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Nothing moves."""
        yield

    async def erase(self, number: str) -> int:
        """See `LiveData`."""
        return await spool_erasure.erase(self._spool, number)

    async def erase_call(self, call_id: str) -> int:
        """See `LiveData`."""
        return await spool_erasure.erase_call(self._spool, call_id)
