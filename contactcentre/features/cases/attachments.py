"""What is attached to cases: kept sealed, given to who may read the case, gone with it.

A row is there before its file, as one that goes in an hour, and stays when the file is whole; a row
says that a file goes before it does. So a crash leaves nothing behind, and a file that no row knows
(of a database that is lost, and comes back) is nobody's to delete.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Never

import structlog
from sqlalchemy import RowMapping, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.cases import port
from agents_ui.shell.permissions import Act
from agents_ui.shell.port import Person
from contactcentre.core.world import World
from contactcentre.engine.clock import now
from contactcentre.features.cases.work import CaseWork
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from contactcentre.storage.sealed_attachments import SealedAttachments
from contactcentre.storage.sealed_file import SealedFile, SealFault

log = structlog.get_logger(__name__)

PERIOD_S: Final = 60.0
DRAFT_S: Final = 3600.0
PORTION: Final = 200
_files, _cases = models.case_files.c, models.cases.c

_BEGINS: Final[tuple[tuple[port.FileKind, bytes], ...]] = (
    ("pdf", b"%PDF-"),
    ("jpeg", b"\xff\xd8\xff"),
    ("png", b"\x89PNG\r\n\x1a\n"),
)
_ENDINGS: Final = {"pdf": (".pdf",), "jpeg": (".jpg", ".jpeg"), "png": (".png",)}


def kind_of(content: bytes) -> port.FileKind | None:
    """By how it begins, whatever it is called; None: nothing that is taken."""
    return next((kind for kind, begin in _BEGINS if content.startswith(begin)), None)


def shown(name: str, kind: port.FileKind) -> str:
    """What it is called, on one line, with the ending of what it is."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(each for each in last if each.isprintable()).strip(" .")[: port.LONGEST_NAME]
    endings = _ENDINGS[kind]
    return plain if plain.lower().endswith(endings) else f"{plain or kind}{endings[0]}"


class AttachmentService(CaseWork):
    """Keeps `agents_ui.cases.port.AttachmentRoom`; `most_bytes` is what all may take, `scan` raises
    `WrongField` where a file can't be kept for what is in it."""

    def __init__(
        self,
        engine: AsyncEngine,
        world: World,
        sealed: SealedAttachments,
        *,
        most_bytes: int,
        scan: Callable[[bytes], Awaitable[None]],
        pseudonym: Callable[[str], str],
        offered: Callable[[str], bool],
        clock: Callable[[], float] = now,
    ) -> None:
        super().__init__(engine, world, pseudonym=pseudonym, offered=offered, clock=clock)
        self._sealed = sealed
        self._most_bytes = most_bytes
        self._scan = scan

    async def listed(self, number: str, *, person: Person) -> Sequence[port.Attachment]:
        """See `AttachmentRoom`."""
        async with self._opened(number, person, Act.CASES_SEE) as (connection, row):
            query = _there(row["case_id"]).order_by(_files.added_at, _files.file_id)
            found = (await connection.execute(query)).mappings().all()
        return [
            port.Attachment(one["file_id"], one["name"], one["kind"], one["size"], one["added_at"])
            for one in found
        ]

    async def ready(self, number: str, *, person: Person) -> None:
        """See `AttachmentRoom`."""
        async with self._opened(number, person, Act.CASES_CHANGE) as (connection, row):
            await self._look(connection, row, 0)

    async def add(self, number: str, name: str, content: bytes, *, person: Person) -> None:
        """See `AttachmentRoom`."""
        kind = kind_of(content)
        if kind is None or len(content) > port.LARGEST_FILE:
            raise port.WrongField("file_kind" if kind is None else "file_size")
        await self._scan(content)
        at, file_id, called = self._clock(), secrets.token_hex(16), shown(name, kind)
        made = {"file_id": file_id, "name": called, "kind": kind, "size": len(content)}
        made |= {"added_at": at, "added_by": person.user_id, "gone_at": at + DRAFT_S}
        async with self._opened(number, person, Act.CASES_CHANGE) as (connection, row):
            await self._look(connection, row, len(content))
            draft = {**made, "case_id": row["case_id"]}
            await connection.execute(models.case_files.insert(), draft)
        await asyncio.to_thread(self._sealed.seal, file_id, content)
        async with self._opened(number, person, Act.CASES_CHANGE) as (connection, row):
            await self._look(connection, row, 0)
            whole = update(models.case_files).where(_files.file_id == file_id)
            await connection.execute(whole.values(gone_at=None))
            await self._note(connection, row, person, "file", "", None)
            await audit.write(connection, self._entry(Action.CASE_FILE_ADDED, row, person, file_id))

    async def open(
        self, number: str, file_id: str, *, person: Person
    ) -> tuple[port.Attachment, SealedFile]:
        """See `AttachmentRoom`."""
        async with self._opened(number, person, Act.CASES_SEE) as (connection, row):
            one = await self._one(connection, row, file_id)
            await audit.write(
                connection, self._entry(Action.CASE_FILE_OPENED, row, person, file_id)
            )
        known = port.Attachment(file_id, one["name"], one["kind"], one["size"], one["added_at"])
        try:
            return known, await asyncio.to_thread(self._sealed.open, file_id)
        except (SealFault, OSError) as fault:
            log.error("attachment.unreadable", file_id=file_id, error=type(fault).__name__)
            raise port.UnreadableFile from None

    async def remove(self, number: str, file_id: str, *, person: Person) -> None:
        """See `AttachmentRoom`."""
        async with self._opened(number, person, Act.CASES_CHANGE) as (connection, row):
            await self._one(connection, row, file_id)
            gone = update(models.case_files).where(_files.file_id == file_id)
            await connection.execute(gone.values(name="", gone_at=self._clock()))
            await self._note(connection, row, person, "file_removed", "", None)
            await audit.write(
                connection, self._entry(Action.CASE_FILE_REMOVED, row, person, file_id)
            )

    async def _one(self, connection: AsyncConnection, row: RowMapping, file_id: str) -> RowMapping:
        query = _there(row["case_id"]).where(_files.file_id == file_id)
        found: RowMapping | None = (await connection.execute(query)).mappings().one_or_none()
        if found is None:
            raise LookupError(file_id)
        return found

    async def _look(self, connection: AsyncConnection, row: RowMapping, size: int) -> None:
        """Raises `Settled` where it is closed, and `WrongField` where there is no room."""
        held = select(_cases.state).where(_cases.case_id == row["case_id"]).with_for_update()
        if (await connection.execute(held)).scalar_one() == "closed":
            raise port.Settled
        mine = select(func.count()).where(
            _files.case_id == row["case_id"], _files.gone_at.is_(None)
        )
        if (await connection.execute(mine)).scalar_one() >= port.MOST_FILES:
            raise port.WrongField("file_count")
        every = select(func.coalesce(func.sum(_files.size), 0))
        if (await connection.execute(every)).scalar_one() + size > self._most_bytes:
            log.error("attachment.full", advice="CC_ATTACHMENT_MB")
            raise port.WrongField("file_room")


class AttachmentKeeper:
    """Deletes what its row says is gone, each minute."""

    def __init__(
        self,
        engine: AsyncEngine,
        sealed: SealedAttachments,
        *,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._sealed = sealed
        self._clock = clock

    async def run(self) -> Never:
        """Look, until cancelled."""
        while True:
            try:
                while await self.look() == PORTION:
                    pass
            except (*database.AWAY, OSError) as fault:
                log.warning("attachment.not_removed", error=type(fault).__name__)
            await asyncio.sleep(PERIOD_S)

    async def look(self) -> int:
        """Once: how many went. Raises `database.AWAY` errors and `OSError`."""
        gone = select(_files.file_id).where(_files.gone_at <= self._clock()).limit(PORTION)
        async with self._engine.connect() as connection:
            found = list((await connection.execute(gone)).scalars())
        for file_id in found:
            await asyncio.to_thread(self._sealed.remove, file_id)
        if found:
            async with self._engine.begin() as connection:
                rows = delete(models.case_files).where(_files.file_id.in_(found))
                await connection.execute(rows)
        return len(found)


def _there(case_id: int) -> Select[Any]:
    return select(models.case_files).where(_files.case_id == case_id, _files.gone_at.is_(None))
