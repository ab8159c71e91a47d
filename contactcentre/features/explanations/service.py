"""The log of decisions: taken off the engine in microseconds, explained and stored at leisure.

It never holds anything up. What can't be kept, because the database is away for too long or calls
come faster than they can be explained, is dropped and counted; the newest is kept.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Never

import structlog
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.core.decisions import Decision, Observed, Observer
from contactcentre.core.explanation import Explainer
from contactcentre.engine.clock import now
from contactcentre.engine.consumer import Changes
from contactcentre.features.explanations import store
from contactcentre.storage import database

log = structlog.get_logger(__name__)

SCENES = 1000
"""So many decisions wait for their explanation; each holds a flat copy of the agents."""

PENDING = 20_000
"""So many wait for the database."""

RECENT = 500
"""Of so many calls the log is at hand without the database."""

PORTION_S = 0.001
"""So long is explained at most, and one decision longer, before everything else has its turn."""

SHARE = 0.2
"""Of one processor, at most."""

RETRY_S = 2.0
PRUNE_S = 6 * 3600.0
YOUNG_S = 24 * 3600.0
GATHER_S = 1.0
"""So long is gathered what is stored together: memory answers meanwhile."""

BATCH = 100


class DecisionLog:
    """Keep `run` running, and `note` every change."""

    def __init__(
        self,
        observer: Observer,
        engine: AsyncEngine,
        *,
        scenes: int = SCENES,
        pending: int = PENDING,
        retry_s: float = RETRY_S,
    ) -> None:
        self.dropped = 0
        self._observer = observer
        self._explainer = Explainer()
        self._engine = engine
        self._moments: deque[Observed] = deque(maxlen=scenes)
        self._pending: deque[Decision] = deque(maxlen=pending)
        self._recent: OrderedDict[str, list[Decision]] = OrderedDict()
        self._retry_s = retry_s
        self._seen = asyncio.Event()
        self._made = asyncio.Event()

    @property
    def backlog(self) -> int:
        """Decisions that are not stored yet."""
        return len(self._moments) + len(self._pending)

    def note(self, changes: Changes) -> None:
        """Take in what an event has changed; called by the engine right after it."""
        for moment in self._observer.moments(changes.event.at, changes.calls):
            self.dropped += len(self._moments) == self._moments.maxlen
            self._moments.append(moment)
            self._seen.set()

    async def of(self, call_id: str) -> Sequence[Decision]:
        """What was decided for a call, in order; what memory lacks the database may have."""
        recent = self._recent.get(call_id, [])
        if _from_the_start(recent):
            return tuple(recent)
        found = {_key(each): each for each in recent}
        try:
            async with self._engine.connect() as connection:
                for each in await store.read(connection, call_id):
                    found.setdefault(_key(each), each)
        except database.AWAY as error:
            log.warning("decisions.database_away", error=type(error).__name__)
        return tuple(found[key] for key in sorted(found))

    async def run(self) -> None:
        """Work until cancelled; an outage of the database is waited out."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._explain(), name="decisions-explain")
            tasks.create_task(self._store(), name="decisions-store")
            tasks.create_task(self._prune(), name="decisions-prune")

    # --- explaining ------------------------------------------------------------------------

    async def _explain(self) -> Never:
        """A pause makes good for what was spent since the last one: most decisions need none."""
        spent_s = 0.0
        while True:
            await self._seen.wait()
            self._seen.clear()
            began_s = time.perf_counter()
            for _ in self._steps():
                spent_s += time.perf_counter() - began_s
                if spent_s > PORTION_S:
                    await asyncio.sleep(spent_s * (1 / SHARE - 1))
                    spent_s = 0.0
                began_s = time.perf_counter()

    def _steps(self) -> Iterator[None]:
        """Explain what has been seen; between two steps there may be a pause."""
        while self._moments:
            moment = self._moments.popleft()
            decision, scene = moment.decision, moment.scene
            if scene is not None:
                yield from self._explainer.follow(scene.roster)
                digest = self._explainer.digest(scene, decision.agent_id or "")
                decision = replace(decision, digest=digest)
            self._keep(decision)
            yield

    def _keep(self, decision: Decision) -> None:
        self._recent.setdefault(decision.call_id, []).append(decision)
        self._recent.move_to_end(decision.call_id)
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)
        self.dropped += len(self._pending) == self._pending.maxlen
        self._pending.append(decision)
        self._made.set()

    # --- storing ---------------------------------------------------------------------------

    async def _store(self) -> Never:
        while True:
            await self._made.wait()
            await asyncio.sleep(GATHER_S)
            self._made.clear()
            await self._store_all()

    async def _store_all(self) -> None:
        while self._pending:
            batch = list(islice(self._pending, BATCH))
            if await self._stored(batch):
                self._forget(batch)
            else:
                await asyncio.sleep(self._retry_s)

    def _forget(self, batch: Sequence[Decision]) -> None:
        """The oldest may have been dropped meanwhile."""
        for decision in batch:
            if self._pending and self._pending[0] is decision:
                self._pending.popleft()

    async def _stored(self, batch: Sequence[Decision]) -> bool:
        try:
            async with self._engine.begin() as connection:
                await store.write(connection, batch)
        except (DataError, IntegrityError) as error:
            # What no database takes must not stop the others.
            self.dropped += len(batch)
            log.error("decisions.refused", count=len(batch), error=type(error).__name__)
        except database.AWAY as error:
            log.warning("decisions.wait", count=len(self._pending), error=type(error).__name__)
            return False
        return True

    async def _prune(self) -> Never:
        """Decisions go with their calls."""
        while True:
            await asyncio.sleep(PRUNE_S)
            try:
                async with self._engine.begin() as connection:
                    gone = await store.prune(connection, now() - YOUNG_S)
            except database.AWAY as error:
                log.warning("decisions.not_pruned", error=type(error).__name__)
            else:
                log.info("decisions.pruned", count=gone)


def _from_the_start(decisions: Sequence[Decision]) -> bool:
    """Whether nothing of the call's log can be missing."""
    first = next(iter(decisions), None)
    return first is not None and (first.kind == "queued" or first.offers == 1)


def _key(decision: Decision) -> tuple[float, int, str]:
    return decision.at, decision.offers, decision.kind
