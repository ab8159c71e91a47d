"""Live publication: what people edit is in force a second later, or is refused as a whole.

Whoever writes configuration gives the network its next number (`storage.settings.changed`). A
version that does not hold together changes nothing: the one in force goes on, and its refusal is
told in the log, in /metrics and on the board. The rows of the last good version are kept in a file
beside the journal, so that a service can also start with them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Never

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.core import events
from contactcentre.core.call import menu_versions
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import FlowKey, Network
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.features.publication.draft import Draft, read
from contactcentre.features.publication.network import NetworkRefused, network_of
from contactcentre.storage import database, settings
from contactcentre.storage.last_good import LastGood
from contactcentre.storage.lookout import Watch

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A version that was not taken; `problems` name each place and what is wrong there."""

    version: int
    problems: tuple[str, ...]
    since: float


class Publication:
    """Watches the database's configuration on behalf of the engine.

    `prompts` are asked for, in a thread, before a version is checked: the keys of all that can be
    said by now. `fresh` is awaited before a new version is posted, and told what it is: service
    cards may have come with it. `recordings`: whether this installation records talks.
    """

    def __init__(
        self,
        storage: AsyncEngine,
        kept: Path,
        *,
        post: Callable[[events.Event], None],
        fresh: Callable[[Network], Awaitable[None]],
        prompts: Callable[[], AbstractSet[str]] = frozenset,
        recordings: bool = False,
    ) -> None:
        self.refusal: Refusal | None = None
        self._storage = storage
        self._kept = LastGood(kept, Draft)
        self._post = post
        self._fresh = fresh
        self._prompts = prompts
        self._recordings = recordings
        self._seen = -1
        self.away = False

    async def begin(self, calls: Iterable[Call]) -> Network:
        """The version to start with, together with the menus that these calls are still in.

        The last good one where the present one is broken or the database is away. Raises
        `NetworkRefused` or `database.AWAY` errors where none that was good is kept.
        """
        also = menu_versions.needed(calls)
        try:
            return await self._taken(await self._read(also))
        except NetworkRefused as refused:
            self._refuse(refused)
            return await self._last_good(refused)
        except database.AWAY as error:
            self._note_away(type(error).__name__)
            return await self._last_good(error)

    async def _last_good(self, fault: Exception) -> Network:
        draft = await asyncio.to_thread(self._kept.read)
        if draft is None:
            raise fault
        log.error("network.last_good", action="network.last_good", version=draft.version)
        return replace(
            await asyncio.to_thread(network_of, draft, at=now()), recordings=self._recordings
        )

    async def run(self, version: Watch) -> Never:
        """Take each new version (`settings.VERSION_NOW`), until cancelled."""
        while True:
            try:
                if int(await version.next() or 0) != self._seen:
                    await self.look()
            except database.AWAY as error:
                self._note_away(type(error).__name__)
            else:
                self.away = False

    async def look(self) -> None:
        """Take what is new. Raises `database.AWAY` errors."""
        async with self._storage.connect() as connection:
            version = await settings.version(connection)
        if version == self._seen:
            return
        try:
            new = await self._taken(await self._read(()))
        except NetworkRefused as refused:
            self._refuse(refused)
            return
        await self._fresh(new)
        log.info("network.published", action="network.published", version=new.version)
        self._post(events.NetworkPublished(at=now(), network=new))

    def alarms(self) -> Iterator[Alarm]:
        """What the board tells while the newest version is refused."""
        if self.refusal is not None:
            first, *others = self.refusal.problems
            more = f" (+{len(others)})" if others else ""
            code = "configuration-refused"
            yield Alarm(code=code, since=self.refusal.since, detail=first + more)

    async def _read(self, also: Iterable[FlowKey]) -> Draft:
        draft = await read(self._storage, also=frozenset(also))
        self._seen = draft.version
        return draft

    async def _taken(self, draft: Draft) -> Network:
        """The network of a draft that holds together, which is kept. Raises `NetworkRefused`."""
        # In a thread, because calls are going on: a menu takes milliseconds to read.
        new = await asyncio.to_thread(self._checked, draft)
        self.refusal = None
        await asyncio.to_thread(self._kept.keep, draft)
        return new

    def _checked(self, draft: Draft) -> Network:
        network = network_of(draft, at=now(), prompts=self._prompts())
        return replace(network, recordings=self._recordings)

    def _refuse(self, refused: NetworkRefused) -> None:
        same = self.refusal is not None and self.refusal.problems == refused.problems
        since = self.refusal.since if self.refusal is not None and same else now()
        self.refusal = Refusal(version=refused.version, problems=refused.problems, since=since)
        log.error(
            "network.refused",
            action="network.refused",
            version=refused.version,
            problems=refused.problems,
            advice="the version in force goes on; mend these places and publish again",
        )

    def _note_away(self, error: str) -> None:
        if not self.away:
            log.warning("network.unreachable", action="network.unreachable", error=error)
        self.away = True
