"""The database of accounts, and the audit rows that are written with each change of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.shell.port import Unavailable
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry


class Records:
    """Opens transactions; `clock` is everybody's here."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._single = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.clock = clock

    def open(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction. Raises `Unavailable`."""
        return database.transaction(self._engine, part="accounts", away=Unavailable)

    @asynccontextmanager
    async def single(self) -> AsyncIterator[AsyncConnection]:
        """Each statement is a transaction. Raises what the database raises."""
        async with self._single.connect() as connection:
            yield connection

    async def note(
        self,
        connection: AsyncConnection,
        action: Action,
        *,
        who: str = "",
        of: str = "",
        purpose: str = "",
    ) -> None:
        """Add an audit row to the transaction."""
        entry = AuditEntry(at=self.clock(), who=who, action=action, object=of, purpose=purpose)
        await audit.write(connection, entry)

    async def note_change(
        self,
        connection: AsyncConnection,
        by: str,
        user_id: str,
        *,
        before: object = None,
        after: object,
    ) -> None:
        """Add an audit row of a changed account to the transaction."""
        entry = AuditEntry(
            at=self.clock(),
            who=by,
            action=Action.ACCOUNT_CHANGED,
            object=user_id,
            details={"before": before, "after": after},
        )
        await audit.write(connection, entry)
