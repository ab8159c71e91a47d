"""A recording behind the pages: sealed, with its row, as the keeper would have left it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.features.recordings.keeper import row_of
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.sealed_talks import SealedTalks, State, TalkFacts
from contactcentre.telephony.talk_files import TalkFile, heard
from lab.pages.voice import sound

SECONDS = 12.0


async def lay(
    engine: AsyncEngine,
    sealed: SealedTalks,
    leg_id: str,
    *,
    agent_id: str,
    from_at: float,
    state: State = "whole",
) -> None:
    """Of that leg."""
    facts = await asyncio.to_thread(_seal, sealed, leg_id, agent_id, from_at, state)
    async with engine.begin() as connection:
        await database.insert_new(connection, models.recordings, [row_of(facts, from_at)])


def _seal(
    sealed: SealedTalks, leg_id: str, agent_id: str, from_at: float, state: State
) -> TalkFacts:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{leg_id}.wav"
        sound(path, SECONDS)
        call_id, size = leg_id.rpartition("-")[0], path.stat().st_size
        told = heard(TalkFile(leg_id, call_id, path, size, 0.0))
        facts = TalkFacts(
            leg_id=leg_id,
            call_id=call_id,
            agent_id=agent_id,
            queue="benefits",
            basis="MK noteikumi",
            from_at=from_at,
            to_at=from_at + SECONDS,
            seconds=told.seconds,
            state=state,
            sha256=told.sha256,
            size=size,
        )
        sealed.seal(path, facts)
        return facts
