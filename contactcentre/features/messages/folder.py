"""The folder of voice messages: what nobody has told of is found, what is old is deleted.

A recording outlives the service that asked for it: who was killed meanwhile finds the file here,
and it becomes work as if it had been told. What has nothing in it to be heard goes at once. All
others go when their message is done with and they are older than the rules allow, or when the
folder is full, the oldest first; the contact's row says so before the file is gone, so while the
database is away nothing is deleted. A message that nobody has seen to is never deleted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Never

import structlog
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core import events
from contactcentre.core.call.callback_moves import promise_id
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.call.voice_message import says_something
from contactcentre.core.outcomes import Outcome
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm, standing
from contactcentre.engine.clock import now
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.telephony.message_files import MessageFile, MessageFiles

log = structlog.get_logger(__name__)

PERIOD_S = 15.0
WRITTEN_S = 5.0
"""A file that has not grown for so long is whole."""

LOST_S = 3600.0
"""Older ones are not looked at: their calls are remembered no more."""

DAY_S = 24 * 3600.0
PORTION = 200
"""So many are deleted in one period at most."""

LONGEST_S = 600.0
"""Of any message: while there is no room for one, somebody should make some."""

CODE = "messages-full"


class MessageFolder:
    """Looks four times a minute. `days` is how long a message is kept once it is done with, `held`
    says of a contact whether its data must stay."""

    def __init__(
        self,
        world: World,
        files: MessageFiles,
        engine: AsyncEngine,
        post: Callable[[events.Event], None],
        *,
        days: Callable[[], float],
        held: Callable[[AsyncConnection, str], Awaitable[bool]],
        clock: Callable[[], float] = now,
    ) -> None:
        self._world = world
        self._files = files
        self._engine = engine
        self._post = post
        self._days = days
        self._held = held
        self._clock = clock
        self._told: set[str] = set()  # of those that are there
        self.count = 0
        self.full = False

    async def run(self) -> Never:
        """Look, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(PERIOD_S)

    async def look(self) -> None:
        """Once. A month of messages is many files: a thread goes through them."""
        open_calls = tuple(self._world.calls.values())
        known = _recordings((*open_calls, *self._world.ended))
        kept = _recordings(call for call in open_calls if _is_needed(call))
        found = await asyncio.to_thread(self._files.list)
        self.count = len(found)
        lost, over = await asyncio.to_thread(self._sift, found, known, kept)
        for file in lost:
            await self._tell(file)
        await self._delete(over)
        self.full = not await asyncio.to_thread(self._files.has_room, LONGEST_S)

    def _sift(
        self, found: Sequence[MessageFile], known: AbstractSet[str], kept: AbstractSet[str]
    ) -> tuple[Sequence[MessageFile], Sequence[MessageFile]]:
        """What World does not know and was not told, and what may go."""
        self._told = (self._told | known) & {file.recording for file in found}
        lost = [
            file
            for file in found
            if WRITTEN_S <= file.age_s < LOST_S and file.recording not in self._told
        ]
        return lost, list(self._over(found, kept))[:PORTION]

    def _over(self, found: Iterable[MessageFile], kept: AbstractSet[str]) -> Iterator[MessageFile]:
        """Too old, or in the way of new ones; the oldest come first."""
        too_many = self._files.held_bytes - self._files.most_bytes * 9 // 10
        for file in found:
            if file.recording in kept or file.age_s < LOST_S:
                continue
            if file.age_s >= self._days() * DAY_S or too_many > 0:
                too_many -= file.size
                yield file

    async def _tell(self, file: MessageFile) -> None:
        """Tell of a recording whose message is not there, unless there is nothing in it."""
        self._told.add(file.recording)
        heard = await asyncio.to_thread(self._files.hear, file.recording)
        if not says_something(heard.seconds, sounds=heard.sounds):
            await asyncio.to_thread(self._files.remove, file.recording)
            return
        log.info("message.found", call_id=file.call_id)
        self._post(
            events.MessageRecorded(
                at=self._clock(),
                call_id=file.call_id,
                step=file.step,
                recording=file.recording,
                seconds=heard.seconds,
            )
        )

    async def _delete(self, files: Iterable[MessageFile]) -> None:
        rows, at = models.contacts, self._clock()
        for file in files:
            contact_id = promise_id(file.call_id)
            message = (rows.c.call_id == contact_id) & rows.c.message_s.is_not(None)
            question = (rows.c.call_id == file.call_id) & (rows.c.outcome == Outcome.CALLBACK)
            of_it = message | question
            try:
                async with self._engine.begin() as connection:
                    held = await self._held(connection, contact_id)
                    if held or await self._held(connection, file.call_id):
                        continue
                    await connection.execute(
                        update(rows).where(of_it).values(message_deleted_at=at)
                    )
            except database.AWAY:
                return  # the row could not say so: another time
            await asyncio.to_thread(self._files.remove, file.recording)
            log.info("message.deleted", call_id=file.call_id)

    def runs(self) -> Mapping[str, Callable[[], Coroutine[Any, Any, Never]]]:
        """What is to be run, by its name."""
        return {"messages": self.run}

    def gauges(self) -> Mapping[str, float]:
        """For `/metrics`."""
        return {"message_files": self.count, "message_bytes": self._files.held_bytes}

    def alarms(self) -> Iterator[Alarm]:
        """For the board."""
        yield from standing(CODE, self.full)


def _recordings(calls: Iterable[Call]) -> frozenset[str]:
    return frozenset(call.recording.recording for call in calls if call.recording is not None)


def _is_needed(call: Call) -> bool:
    return call.phase is not Phase.ENDED or call.record.saved_at is None
