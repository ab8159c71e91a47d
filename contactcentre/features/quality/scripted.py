"""Test calls: somebody rings as a citizen would, by a script, and writes down how it went.

The contact is found by the number that the tester gives and the time; the number is not kept. From
then on the contact is a test call: it stays in the figures of the line, which it did burden, and is
in nothing that is told of what citizens have asked (`features/reports`). Of agents nothing is told
here: a test is of the hotline.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import date, timedelta
from statistics import fmean
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.quality import port
from agents_ui.quality.port import MOST_DRAFTS, SHOWN, QualityRefused
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.features.quality import cards, documents, store
from contactcentre.features.quality.cards import Guard
from contactcentre.features.quality.document import CallScript
from contactcentre.features.quality.documents import DocumentVersion
from contactcentre.features.quality.sampler import following, number
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.recount import recount
from routing.calendar import local_day, midnight

BEFORE_S: Final = 300.0
AFTER_S: Final = 7200.0
"""A call is looked for from a little before its test was begun until so long after."""

MOST_ROWS: Final = 1000
MOST_WAIT_S: Final = 7200
ANSWERS: Final = ("right", "partly", "wrong")

_rows, _contacts, _users = models.scripted_calls.c, models.contacts.c, models.users.c


class ScriptedCallService:
    """Keeps `agents_ui.quality.port.ScriptedCalls`."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        network: Callable[[], Network],
        guard: Guard,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._network = network
        self._guard = guard
        self._clock = clock

    # --- seeing ----------------------------------------------------------------------------

    async def month(self, month: int, *, person: Person) -> port.ScriptedMonth:
        """See `ScriptedCalls`."""
        today = local_day(self._clock())
        first = _first(month) if 200001 <= month <= number(today) else today.replace(day=1)
        here = _rows.begun_at.between(midnight(first), midnight(following(first)))
        mine = (_rows.tester == person.user_id) & _rows.finished_at.is_(None)
        async with self._database() as connection:
            scripts = await documents.newest(connection, "script")
            done = await _listed(connection, here & _rows.finished_at.is_not(None), MOST_ROWS)
            begun = await _listed(connection, mine, SHOWN)
            known = await _known(connection, [*done, *begun])
            rows = [_row(one, known, person) for one in done]
            return port.ScriptedMonth(
                month=number(first),
                earlier=number((first - timedelta(days=1)).replace(day=1)),
                later=number(following(first)) if following(first) <= today else 0,
                scripts=[
                    await _script(connection, one)
                    for one in scripts.values()
                    if one.document.active
                ],
                mine=[_row(one, known, person) for one in begun],
                rows=rows,
                reached=sum(one.reached is True for one in rows),
                right=sum(one.answer == "right" for one in rows),
                wait_s=_mean([one.wait_s for one in rows]),
                score=_mean([one.score for one in rows]),
            )

    async def scripted(self, scripted_id: str, *, person: Person) -> port.ScriptedView:
        """See `ScriptedCalls`."""
        seen = _rows.finished_at.is_not(None) | (_rows.tester == person.user_id)
        async with self._database() as connection:
            found = await _listed(connection, seen & (_rows.scripted_id == scripted_id), 1)
            if not found:
                raise LookupError(scripted_id)
            (row,) = found
            script = await documents.one(connection, "script", row["script"], row["version"])
            card = await documents.scorecard(connection, row["scorecard"], row["scorecard_version"])
            return port.ScriptedView(
                row=_row(row, await _known(connection, found), person),
                script=await _script(connection, script),
                card=cards.card_view(card),
                filled=cards.filled_in(row),
            )

    # --- ringing ---------------------------------------------------------------------------

    async def start(self, script: str, *, person: Person) -> str:
        """See `ScriptedCalls`."""
        mine = (_rows.tester == person.user_id) & _rows.finished_at.is_(None)
        async with self._database() as connection:
            begun = select(func.count()).select_from(models.scripted_calls).where(mine)
            if (await connection.scalar(begun) or 0) >= MOST_DRAFTS:
                raise QualityRefused("drafts")
            edited = await documents.one(connection, "script", script)
            if not edited.document.active:
                raise LookupError(script)
            card = await documents.scorecard(connection, documents.as_script(edited).scorecard)
            row = {
                "scripted_id": uuid.uuid4().hex,
                "script": edited.key,
                "version": edited.version,
                "tester": person.user_id,
                "begun_at": self._clock(),
                "scorecard": card.key,
                "scorecard_version": card.version,
                "marks": {},
                "remarks": {},
            }
            await connection.execute(models.scripted_calls.insert(), row)
            entry = self._entry(Action.SCRIPTED_BEGUN, row, person)
            await audit.write(connection, entry)
        return str(row["scripted_id"])

    async def finish(
        self, scripted_id: str, result: port.ScriptedResult, *, person: Person
    ) -> None:
        """See `ScriptedCalls`."""
        async with self._database() as connection:
            row = await self._own(connection, scripted_id, person)
            contact = None if result.unmatched else await self._contact(connection, row, result)
            values = _went(result) if contact is None else _counted(contact)
            if values["reached"] and result.answer not in ANSWERS:
                raise QualityRefused("answer", ["answer"])
            card = await documents.scorecard(connection, row["scorecard"], row["scorecard_version"])
            filled = cards.values(
                documents.as_scorecard(card),
                result.filled,
                self._guard,
                finish=values["reached"],
            )
            values |= filled | {"finished_at": self._clock()}
            values["answer"] = result.answer if values["reached"] else ""
            if contact is not None:
                values["call_id"] = contact["call_id"]
                await recount(connection, contact["call_id"], self._clock())
            mine = update(models.scripted_calls).where(_rows.scripted_id == scripted_id)
            await connection.execute(mine.values(**values))
            entry = self._entry(Action.SCRIPTED_FINISHED, {**row, **values}, person)
            await audit.write(connection, entry)

    async def drop(self, scripted_id: str, *, person: Person) -> None:
        """See `ScriptedCalls`."""
        async with self._database() as connection:
            await self._own(connection, scripted_id, person)
            gone = delete(models.scripted_calls).where(_rows.scripted_id == scripted_id)
            await connection.execute(gone)

    async def _own(
        self, connection: AsyncConnection, scripted_id: str, person: Person
    ) -> RowMapping:
        query = (
            select(models.scripted_calls)
            .where(_rows.scripted_id == scripted_id, _rows.tester == person.user_id)
            .where(_rows.finished_at.is_(None))
            .with_for_update()
        )
        row = (await connection.execute(query)).mappings().one_or_none()
        if row is None:
            raise LookupError(scripted_id)
        return row

    async def _contact(
        self, connection: AsyncConnection, row: RowMapping, result: port.ScriptedResult
    ) -> RowMapping:
        """The latest call of that number in its time that is over. Raises `QualityRefused`."""
        caller = self._network().callbacks.number(result.number)
        if caller is None:
            raise QualityRefused("number", ["number"])
        taken = select(_rows.call_id).where(_rows.call_id == _contacts.call_id)
        query = (
            select(models.contacts)
            .where(
                _contacts.caller == caller,
                _contacts.arrived_at >= row["begun_at"] - BEFORE_S,
                _contacts.arrived_at <= row["begun_at"] + AFTER_S,
                _contacts.direction == "in",
                _contacts.came_by == "phone",
                _contacts.ended_at.is_not(None),
                ~taken.exists(),
            )
            .order_by(_contacts.arrived_at.desc())
            .limit(1)
        )
        found = (await connection.execute(query)).mappings().one_or_none()
        if found is None:
            raise QualityRefused("no-call", ["number"])
        return found

    def _entry(self, action: Action, row: Any, person: Person) -> AuditEntry:
        return AuditEntry(
            at=self._clock(),
            who=person.user_id,
            action=action,
            object=row.get("call_id") or "",
            details={"test": row["scripted_id"], "script": row["script"]},
        )

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="quality", away=Unavailable)


def _went(result: port.ScriptedResult) -> dict[str, Any]:
    """As the tester says it went."""
    wait = result.wait.strip()
    if wait and not (wait.isascii() and wait.isdecimal() and int(wait[:6]) <= MOST_WAIT_S):
        raise QualityRefused("wait", ["wait"])
    return {"reached": result.reached, "wait_s": float(wait) if wait else None}


def _counted(contact: RowMapping) -> dict[str, Any]:
    """As the hotline has counted it."""
    queued, answered = contact["queued_at"], contact["answered_at"]
    until = answered if answered is not None else contact["ended_at"]
    wait_s = max(0.0, until - queued) if queued is not None else None
    return {"reached": answered is not None, "wait_s": wait_s}


async def _listed(connection: AsyncConnection, where: ColumnElement[bool], most: int) -> store.Rows:
    query = (
        select(models.scripted_calls, func.coalesce(_users.name, "").label("tester_name"))
        .outerjoin(models.users, _users.user_id == _rows.tester)
        .where(where)
        .order_by(_rows.begun_at.desc(), _rows.scripted_id)
        .limit(most)
    )
    return (await connection.execute(query)).mappings().all()


_Scripts = Mapping[tuple[str, int], CallScript]


async def _known(connection: AsyncConnection, rows: store.Rows) -> _Scripts:
    """The scripts of these test calls, each in its version."""
    return {
        (key, version): documents.as_script(await documents.one(connection, "script", key, version))
        for key, version in dict.fromkeys((row["script"], row["version"]) for row in rows)
    }


def _row(row: RowMapping, known: _Scripts, person: Person) -> port.ScriptedRow:
    script = known[row["script"], row["version"]]
    return port.ScriptedRow(
        scripted_id=row["scripted_id"],
        script=script.name,
        tester=row["tester_name"],
        mine=row["tester"] == person.user_id,
        begun_at=row["begun_at"],
        finished_at=row["finished_at"],
        matched=row["call_id"] is not None,
        reached=row["reached"],
        wait_s=row["wait_s"],
        answer=row["answer"],
        score=row["score"],
        failed=row["failed"],
        points=script.points,
    )


async def _script(connection: AsyncConnection, edited: DocumentVersion) -> port.ScriptView:
    script = documents.as_script(edited)
    names = await store.services(connection, [script.service]) if script.service else [{}]
    return port.ScriptView(
        key=edited.key,
        version=edited.version,
        name=script.name,
        dialled=script.dialled,
        language=script.language,
        path=script.path,
        question=script.question,
        answer=script.answer,
        service=names[0],
        fee=script.fee,
        points=script.points,
    )


def _mean(values: list[Any]) -> float | None:
    known = [one for one in values if one is not None]
    return fmean(known) if known else None


def _first(month: int) -> date:
    year, part = divmod(month, 100)
    return date(year, part, 1) if 1 <= part <= 12 else date(year, 1, 1)
