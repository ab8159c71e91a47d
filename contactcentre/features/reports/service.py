"""Reports as their page shows them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.reports import port
from agents_ui.reports.port import BY_KEY, VIEWS, Measure, ReportQuestion, ReportRow
from agents_ui.shell.permissions import WHOLE, Act, around, reach
from agents_ui.shell.port import Person, Unavailable
from contactcentre.engine.clock import now
from contactcentre.features.reports import bands, invariants, names, open_month, public
from contactcentre.features.reports.asking import (
    PRESENCE,
    STEPS,
    Gathered,
    Key,
    Wanted,
    calls_of,
    columns_of,
    gather,
    gather_presence,
)
from contactcentre.features.reports.behind import Decided, nothing_decided
from contactcentre.features.reports.calls import call_page, call_story
from contactcentre.features.reports.names import Map
from contactcentre.features.reports.sheets import write
from contactcentre.features.reports.surveyed import surveyed
from contactcentre.storage import database
from contactcentre.storage import tables as models

MOST_ROWS: Final = 3000
"""A report of more is cut: of quarter hours there are 2,976 in the longest that is allowed."""


class ReportService:
    """Keeps `agents_ui.reports.port.ReportRoom`. `person` gives a number's
    pseudonym, for the audit log; `decided` has the log of decisions."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        person: Callable[[str], str] = lambda _: "",
        decided: Decided = nothing_decided,
        clock: Callable[[], float] = now,
    ) -> None:
        self._clock = clock
        self._engine = engine
        self._decided = decided
        self._person = person

    async def report(
        self, asked: ReportQuestion, *, person: Person, language: str
    ) -> port.ReportTable:
        """See `ReportRoom`."""
        check(asked)
        measures = tuple(BY_KEY[key] for key in VIEWS[asked.view][1])
        async with self._database() as connection:
            where = await names.read_map(connection)
            wanted = _wanted(asked, measures, where)
            found = Gathered()
            if asked.only != "agent" or leads(person, where, asked.key):
                found = await _found(connection, wanted, where, measures)
            rows = await self._rows(connection, found, asked, measures, where, person, language)
            restated = await _restated(connection, wanted)
            behind = await connection.scalar(select(func.count()).select_from(models.report_due))
        return port.ReportTable(
            measures=measures,
            rows=rows,
            total=_total(found, measures),
            restated=restated,
            behind=behind or 0,
        )

    async def _rows(
        self,
        connection: AsyncConnection,
        found: Gathered,
        asked: ReportQuestion,
        measures: Sequence[Measure],
        where: Map,
        person: Person,
        language: str,
    ) -> tuple[ReportRow, ...]:
        keys = [key for key in found.sums if _sees(key, asked, where, person)]
        if asked.by in STEPS:
            keys.sort()
            said: Mapping[str, str] = {}
        else:
            said = await names.labels(connection, asked.by, language, [str(key) for key in keys])
            keys.sort(key=lambda key: (-_size(found.sums[key]), str(key)))
        return tuple(
            _row(str(key), said.get(str(key), str(key)), found, key, measures)
            for key in keys[:MOST_ROWS]
        )

    async def choices(
        self, dimension: port.Dimension, *, person: Person, language: str
    ) -> Sequence[port.ReportChoice]:
        """See `ReportRoom`."""
        async with self._database() as connection:
            found = await names.labels(connection, dimension, language)
            if dimension == "agent":
                where = await names.read_map(connection)
                found = {key: name for key, name in found.items() if leads(person, where, key)}
        made = [port.ReportChoice(key=key, label=name) for key, name in found.items()]
        return sorted(made, key=lambda one: one.label.casefold())

    async def calls(
        self,
        asked: ReportQuestion,
        measure: str,
        *,
        row: str,
        below: str,
        person: Person,
        language: str,
    ) -> port.CallPage:
        """See `ReportRoom`."""
        check(asked)
        async with self._database() as connection:
            where = await names.read_map(connection)
            wanted = _wanted(asked, (), where)
            return await call_page(
                connection,
                calls_of(wanted, measure, row, where),
                measure,
                below,
                where=where,
                person=person,
                language=language,
            )

    async def story(self, call_id: str, *, person: Person, language: str) -> port.CallStory:
        """See `ReportRoom`."""
        decisions = await self._decided(call_id)
        async with self._database() as connection:
            where = await names.read_map(connection)
            return await call_story(
                connection,
                call_id,
                where=where,
                person=person,
                language=language,
                pseudonym=self._person,
                decisions=decisions,
            )

    async def surveyed(
        self, since: date, until: date, *, language: str
    ) -> Sequence[port.SurveyLine]:
        """See `ReportRoom`."""
        async with self._database() as connection:
            return await surveyed(connection, since, until, language)

    async def checks(self) -> Sequence[port.CheckRow]:
        """See `ReportRoom`."""
        async with self._database() as connection:
            return await invariants.latest(connection)

    async def written(self, sheet: port.Sheet, form: str) -> bytes:
        """See `ReportRoom`."""
        return await asyncio.to_thread(write, sheet, form)

    async def ministry(self, month: int) -> port.Sheet:
        """See `ReportRoom`."""
        async with self._database() as connection:
            return await public.ministry(connection, month)

    async def balance(self, month: int) -> port.Sheet:
        """See `ReportRoom`."""
        async with self._database() as connection:
            return await public.balance(connection, month)

    async def open_data(self, month: int, *, by: str) -> port.Sheet:
        """See `ReportRoom`."""
        at = self._clock()
        if not open_month.is_over(month, at):
            raise port.WrongPeriod
        async with self._database() as connection:
            return await open_month.published_month(connection, month, at=at, by=by)

    async def restate(self, month: int, *, by: str, why: str) -> port.Sheet:
        """The open data of a month anew, by what is known now. Raises `open_month.NotPublished`."""
        async with self._database() as connection:
            at = self._clock()
            return await open_month.restated_month(connection, month, at=at, by=by, why=why)

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="reports", away=Unavailable)


async def _found(
    connection: AsyncConnection, wanted: Wanted, where: Map, measures: Sequence[Measure]
) -> Gathered:
    found = _merged(await gather(connection, wanted), wanted.asked, where)
    if any(one.group == "agents" for one in measures):
        await _add_presence(connection, found, wanted, where)
    return found


def check(asked: ReportQuestion) -> None:
    """Raises `WrongPeriod`."""
    days = (asked.until - asked.since).days + 1
    most = {"quarter": port.LONGEST_QUARTERS_DAYS, "day": port.LONGEST_DAYS}.get(asked.by, 40_000)
    if not 0 < days <= most:
        raise port.WrongPeriod


def leads(person: Person, where: Map, agent: str) -> bool:
    """Whether that agent is one of the person's."""
    realms = reach(person.grants, Act.AGENTS_FORCE)
    return realms == WHOLE or bool(realms & around(where.agent(agent)))


def _wanted(asked: ReportQuestion, measures: Sequence[Measure], where: Map) -> Wanted:
    keys: tuple[str, ...] = (asked.key,)
    if asked.only == "municipality":
        keys = where.keys_of(asked.key)
    return Wanted(
        asked=asked,
        keys=keys,
        columns=columns_of(measures),
        bands=any(one.key.startswith("wait_p") for one in measures),
    )


def _sees(key: Key, asked: ReportQuestion, where: Map, person: Person) -> bool:
    """Figures are one for all, but for those of single people."""
    return asked.by != "agent" or leads(person, where, str(key))


def _merged(found: Gathered, asked: ReportQuestion, where: Map) -> Gathered:
    """By municipality, those of whom nobody has said which are told by their home centre."""
    if asked.by != "municipality":
        return found
    merged = Gathered()
    for key, row in found.sums.items():
        merged.add(where.municipality(str(key)), dict(row))
    for key, counts in found.bands.items():
        merged.bands[where.municipality(str(key))].update(counts)
    return merged


async def _add_presence(
    connection: AsyncConnection, found: Gathered, wanted: Wanted, where: Map
) -> None:
    """Only where it is known of whom: in all, by agent and by centre."""
    by, only = wanted.asked.by, wanted.asked.only
    if only not in (None, "agent") or not (by in STEPS - {"quarter"} or by in ("agent", "centre")):
        return
    for key, row in (await gather_presence(connection, wanted)).items():
        found.add(where.centre_of(str(key)) if by == "centre" else key, dict(row))


async def _restated(connection: AsyncConnection, wanted: Wanted) -> int:
    column = models.restatements.c.quarter
    here = select(func.count()).where(column >= wanted.first, column < wanted.end)
    return await connection.scalar(here) or 0


def _size(row: Counter[str]) -> int:
    return row["received"] or row["handled"] or row["answered"] or row["rang_in"]


def _row(key: str, label: str, found: Gathered, of: Key, measures: Iterable[Measure]) -> ReportRow:
    row, waited = found.sums[of], found.bands[of]
    return ReportRow(
        key=key, label=label, values=tuple(_value(one, row, waited) for one in measures)
    )


def _total(found: Gathered, measures: Iterable[Measure]) -> ReportRow:
    whole = Gathered()
    rows = list(found.sums.values())
    for name in {name for row in rows for name in row}:
        whole.sums[""][name] = sum([row[name] for row in rows])
    whole.sums[""]["longest_ms"] = max((row["longest_ms"] for row in rows), default=0)
    for counts in found.bands.values():
        whole.bands[""].update(counts)
    return _row("", "", whole, "", measures)


def _value(measure: Measure, row: Mapping[str, int], waited: Mapping[int, int]) -> float | None:
    if measure.key in ("wait_p50", "wait_p90"):
        return bands.percentile_s(waited, float(measure.key[-2:]), row["longest_ms"] / 1000)
    if measure.group == "agents" and not any(row.get(name) for name in PRESENCE):
        return None
    return measure.value(row)
