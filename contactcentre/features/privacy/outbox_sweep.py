"""That messages were sent, and alerts that are over, are forgotten by age."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.privacy.document import DataClass
from contactcentre.features.privacy.sweeps import Portion, Reached
from contactcentre.storage import tables as models

PORTION: Final = 500

_box, _alerts, _handouts = models.outbox.c, models.alerts.c, models.handouts.c


class OutboxSweep:
    """From the day on which it was written; no message waits for longer than its term of a day."""

    class_id: DataClass = "outbox"

    async def portion(
        self, connection: AsyncConnection, before_at: float, reached: Reached, at: float
    ) -> Portion:
        """See `Sweep`."""
        query = select(_box.message_id).where(_box.made_at < before_at).limit(PORTION)
        old = (await connection.execute(query)).scalars().all()
        if old:
            await connection.execute(delete(models.outbox).where(_box.message_id.in_(old)))
        over = select(_alerts.alert_id).where(_alerts.cleared_at < before_at).limit(PORTION)
        gone = (await connection.execute(over)).scalars().all()
        if gone:
            await connection.execute(delete(models.alerts).where(_alerts.alert_id.in_(gone)))
        sent = select(_handouts.handout_id).where(_handouts.at < before_at).limit(PORTION)
        told = (await connection.execute(sent)).scalars().all()
        if told:
            await connection.execute(delete(models.handouts).where(_handouts.handout_id.in_(told)))
        counts = [len(old), len(gone), len(told)]
        return Portion(sum(counts), reached if PORTION in counts else None)
