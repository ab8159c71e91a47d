"""Recordings, from the end of their talk to their own: sealed, told of in the database, deleted.

Asterisk writes them in clear, whoever else lives or does not. What it has finished is sealed within
seconds, also while the database is away: the sealed file says itself whose it is, and its row is
made when there is a database, or again where it was lost. A row says that a file is deleted before
it is, so what is there without a row is new, and what is there against its row goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Iterator,
    Mapping,
    Sequence,
)
from itertools import islice
from math import inf
from typing import Any, Final, Never

import msgspec
import structlog
from sqlalchemy import Row, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.call.leg import Leg
from contactcentre.core.call.state import Call
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm, standing
from contactcentre.engine.clock import now
from contactcentre.features.recordings import talks
from contactcentre.features.recordings.talks import RecordedTalk
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.sealed_file import SealFault
from contactcentre.storage.sealed_talks import SealedTalks, TalkFacts
from contactcentre.telephony import talk_files
from contactcentre.telephony.talk_files import TalkFile, TalkFiles, TalkSound

log = structlog.get_logger(__name__)

PERIOD_S: Final = 10.0
WRITTEN_S: Final = 3.0
"""A file that has not grown for so long, of a talk that is over, is finished."""

COUNT_S: Final = 3600.0
"""So often the whole folder is looked at; in between it is known what comes and goes."""

LOST_S: Final = 3600.0
"""After so long nobody will tell any more what a file is."""

AWAITED_S: Final = 180.0
"""So long after its talk a recording may still come; what is not there by then is missing."""

LOOKED_BACK_S: Final = 7 * 24 * 3600.0
DAY_S: Final = 24 * 3600.0
PORTION: Final = 200

_FIRST: Final = (-inf, "")
_NOTHING: Final = TalkSound(0.0, closed=True, sha256="")
_rows = models.recordings.c


class RecordingKeeper:
    """Looks every ten seconds. `days` is how long a recording is kept, `held` says of a contact
    whether its data must stay, `most_bytes` is what all of them may take."""

    def __init__(
        self,
        world: World,
        files: TalkFiles,
        sealed: SealedTalks,
        engine: AsyncEngine,
        *,
        days: Callable[[], float],
        held: Callable[[AsyncConnection, str], Awaitable[bool]],
        most_bytes: int,
        clock: Callable[[], float] = now,
    ) -> None:
        self._world = world
        self._files = files
        self._sealed = sealed
        self._engine = engine
        self._days = days
        self._held = held
        self._most_bytes = most_bytes
        self._clock = clock
        self._sizes: dict[str, int] = {}  # of those that are there, by their legs
        self._untold: set[str] = set()  # of those: without a row, as far as is known
        self._closed: frozenset[str] = frozenset()  # of those: no key opens them
        self._counted_at = -inf  # all were looked at
        self._missed_until = -inf  # what is missing was told
        self._passed = _FIRST  # by deleting
        self.clear = 0
        self.full = False
        self.unsealed = False

    async def run(self) -> Never:
        """Look, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(PERIOD_S)

    async def look(self) -> None:
        """Once."""
        found = await asyncio.to_thread(self._files.list)
        self.clear = len(found)
        self.unsealed = any(file.age_s > 2 * LOST_S for file in found)
        legs = talks.known((*self._world.calls.values(), *self._world.ended))
        for file in found:
            try:
                await self._take(file, legs.get(file.leg_id))
            except (OSError, ValueError, SealFault) as fault:
                log.error("recording.not_sealed", error=type(fault).__name__, leg_id=file.leg_id)
        if self._clock() - self._counted_at >= COUNT_S:
            await self._count()
        try:
            await self._tell()
            await self._miss({file.leg_id for file in found})
            await self._delete()
        except database.AWAY:
            return  # another time: nothing is lost

    async def _count(self) -> None:
        """All that is there, at the start and now and then: of months there are many."""
        before, self._sizes = self._sizes, await asyncio.to_thread(self._sealed.sizes)
        self._untold |= self._sizes.keys() - before.keys() | self._closed
        self._closed = frozenset()
        self._counted_at = self._clock()

    # --- sealed ----------------------------------------------------------------------------

    async def _take(self, file: TalkFile, known: tuple[Call, Leg] | None) -> None:
        """Seal one that is finished. What was not to be recorded, or never answered, goes."""
        if file.age_s < WRITTEN_S or (known is not None and known[1].ended_at is None):
            return
        if known is not None:
            talk = talks.of_leg(*known)
        elif (kept := await self._remembered(file)) is not None:
            talk = kept[0]
        else:
            return
        if talk is None:
            await asyncio.to_thread(file.path.unlink, missing_ok=True)
            return
        self._sizes[file.leg_id] = await asyncio.to_thread(self._seal, file, talk)
        self._untold.add(file.leg_id)
        log.info("recording.sealed", leg_id=file.leg_id)

    async def _remembered(self, file: TalkFile) -> tuple[RecordedTalk | None] | None:
        """Its talk, as the database has it; None while that may still be told."""
        try:
            async with self._engine.connect() as connection:
                row = await talks.kept(connection, file.leg_id)
        except database.AWAY:
            row = None
        if row is not None:
            return (talks.of_row(row),)
        return (talks.unknown(file, self._clock() - file.age_s),) if file.age_s > LOST_S else None

    def _seal(self, file: TalkFile, talk: RecordedTalk) -> int:
        sound = talk_files.heard(file)
        size = self._sealed.seal(file.path, talk.facts(sound, file.size))
        file.path.unlink()
        return size

    # --- told of ---------------------------------------------------------------------------

    async def _tell(self) -> None:
        """Every file has a row, and one whose row says that it is deleted is not there."""
        while new := list(islice(self._untold, PORTION)):
            await self._tell_of(new)
            self._untold.difference_update(new)

    async def _tell_of(self, new: Collection[str]) -> None:
        query = select(_rows.leg_id, _rows.deleted_at).where(_rows.leg_id.in_(new))
        async with self._engine.connect() as connection:
            rows = {row.leg_id: row.deleted_at for row in await connection.execute(query)}
        for leg_id in (one for one in new if rows.get(one) is not None):
            await self._remove(leg_id)
        facts = await asyncio.to_thread(self._facts, [one for one in new if one not in rows])
        if not facts:
            return
        async with self._engine.begin() as connection:
            at = self._clock()
            erased = await talks.erased(connection, [one.call_id for one in facts])
            made = [row_of(one, at, erased=one.call_id in erased) for one in facts]
            await database.insert_new(connection, models.recordings, made)
        for one in facts:
            if one.call_id in erased:
                await self._remove(one.leg_id)

    def _facts(self, leg_ids: Collection[str]) -> list[TalkFacts]:
        found = []
        for leg_id in leg_ids:
            try:
                found.append(self._sealed.facts(leg_id))
            except SealFault as fault:
                log.error("recording.unreadable", leg_id=leg_id, advice=str(fault))
                self._closed |= {leg_id}
            except FileNotFoundError:
                continue
        return found

    async def _miss(self, there: Collection[str]) -> None:
        """Talks that were to be recorded, and of which there is nothing."""
        at = self._clock()
        since, until = max(self._missed_until, at - LOOKED_BACK_S), at - AWAITED_S
        async with self._engine.begin() as connection:
            found = await talks.lacking(connection, since, until, PORTION)
            missing = [
                {**row_of(talk.facts(_NOTHING, 0), at), "state": "missing"}
                for talk in found
                if talk.leg_id not in there and talk.leg_id not in self._sizes
            ]
            await database.insert_new(connection, models.recordings, missing)
        if len(found) < PORTION:
            self._missed_until = until
        for row in missing:
            log.error("recording.missing", leg_id=row["leg_id"])

    # --- deleted ---------------------------------------------------------------------------

    async def _delete(self) -> None:
        """What is too old, then what is in the way of new ones, the oldest first: some at a time,
        past those that a hold keeps, and from the oldest again when the end is reached."""
        at, too_many = self._clock(), self.bytes - self._most_bytes * 9 // 10
        self.full = too_many > 0
        before = at - self._days() * DAY_S
        rows = await self._oldest(at - LOST_S if self.full else before)
        for row in rows:
            why = "term" if row.from_at < before else "room"
            if why == "room" and too_many <= 0:
                break
            size = self._sizes.get(row.leg_id, 0)
            if await self._deleted(row.leg_id, row.call_id, at, why):
                too_many -= size
            self._passed = (row.from_at, row.leg_id)
        else:
            if len(rows) == PORTION:
                return
        self._passed = _FIRST

    async def _oldest(self, before: float) -> Sequence[Row[Any, Any, Any]]:
        passed = tuple_(_rows.from_at, _rows.leg_id) > tuple_(*self._passed)
        query = (
            select(_rows.leg_id, _rows.call_id, _rows.from_at)
            .where(_rows.deleted_at.is_(None), _rows.from_at < before, passed)
            .order_by(_rows.from_at, _rows.leg_id)
            .limit(PORTION)
        )
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).all()

    async def _deleted(self, leg_id: str, call_id: str, at: float, why: str) -> bool:
        change = update(models.recordings).where(_rows.leg_id == leg_id)
        async with self._engine.begin() as connection:
            if await self._held(connection, call_id):
                return False
            await connection.execute(change.values(deleted_at=at, deleted_why=why))
        await self._remove(leg_id)
        log.info("recording.deleted", leg_id=leg_id, why=why)
        return True

    async def _remove(self, leg_id: str) -> None:
        await asyncio.to_thread(self._sealed.remove, leg_id)
        self._sizes.pop(leg_id, None)

    # --- how it is -------------------------------------------------------------------------

    def runs(self) -> Mapping[str, Callable[[], Coroutine[Any, Any, Never]]]:
        """What is to be run, by its name."""
        return {"recordings": self.run}

    @property
    def bytes(self) -> int:
        """Of all."""
        return sum(self._sizes.values())

    def gauges(self) -> Mapping[str, float]:
        """For `/metrics`."""
        return {
            "recording_files": len(self._sizes),
            "recording_bytes": self.bytes,
            "recording_clear_files": self.clear,
        }

    def alarms(self) -> Iterator[Alarm]:
        """For the board."""
        yield from standing("recordings-full", self.full)
        yield from standing("recordings-unreadable", bool(self._closed))
        yield from standing("recordings-unsealed", self.unsealed)


def row_of(facts: TalkFacts, at: float, *, erased: bool = False) -> dict[str, Any]:
    """The row of a file that was sealed then; `erased`: its citizen's data are gone already."""
    return {
        **msgspec.structs.asdict(facts),
        "sealed_at": at,
        "deleted_at": at if erased else None,
        "deleted_why": "erasure" if erased else None,
    }
