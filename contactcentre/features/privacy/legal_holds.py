"""Whose data stay, whatever their terms, because a court or an inquiry wants them."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.privacy import store
from contactcentre.storage.pseudonyms import Pseudonyms


class LegalHolds:
    """Asked before anything is deleted."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    async def keep(self, connection: AsyncConnection, call_id: str) -> bool:
        """Whether the data of that contact must stay."""
        caller = await store.caller_of(connection, call_id)
        if caller is None:
            return False
        return self._pseudonyms.of(caller) in await store.held(connection)
