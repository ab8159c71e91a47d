"""Old rows of the audit log go: the oldest part of the chain, a portion at a time.

Each portion leaves a signed checkpoint behind, in the same transaction, so that the rest still
verifies and nobody without the key can make a beginning of the chain's middle.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from sqlalchemy import RowMapping, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.audit import store
from contactcentre.features.audit.chain import Checkpoint, signature
from contactcentre.storage import tables as models

PORTION = 1000
"""So many rows are deleted in one transaction at most: nobody waits for it."""

_audit, _seals, _checkpoints = models.audit.c, models.audit_seals.c, models.audit_checkpoints.c


class AuditRetention:
    """Cuts. `key` signs the checkpoints."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    async def portion(self, connection: AsyncConnection, before_at: float, at: float) -> int:
        """Delete the oldest rows, where they are from before that instant; how many there were."""
        found = await store.checkpoint(connection)
        after = found[0].position if found is not None else 0
        old = _old(await store.some_links(connection, after, PORTION), before_at)
        if old:
            last = old[-1]
            cut = Checkpoint(
                position=last["position"], hash=last["hash"], made_at=at, before_at=before_at
            )
            await self._cut(connection, cut, numbers=[row["sealed"] for row in old])
        return len(old)

    async def _cut(
        self, connection: AsyncConnection, cut: Checkpoint, *, numbers: list[int]
    ) -> None:
        """The checkpoint first: without it the database lets no row go."""
        row = {
            "position": cut.position,
            "hash": cut.hash,
            "made_at": cut.made_at,
            "before_at": cut.before_at,
            "signature": signature(cut, self._key),
        }
        await connection.execute(models.audit_checkpoints.insert(), row)
        await connection.execute(delete(models.audit).where(_audit.number.in_(numbers)))
        await connection.execute(delete(models.audit_seals).where(_seals.position <= cut.position))
        await connection.execute(
            delete(models.audit_checkpoints).where(_checkpoints.position < cut.position)
        )


def _old(links: Iterable[RowMapping], before_at: float) -> list[RowMapping]:
    """The oldest part. A row that is missing has no age: it goes with older ones behind it, and
    until then `audit verify` tells of it."""
    old = list(takewhile(lambda row: row["at"] is None or row["at"] < before_at, links))
    while old and old[-1]["at"] is None:
        old.pop()
    return old
