"""The page of forecast and staffing, and the chart of the day on the board."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.shell.permissions import Act, around, may
from agents_ui.shell.port import Person, Unavailable
from agents_ui.staffing import port
from agents_ui.staffing.port import (
    ForecastEvent,
    Shift,
    StaffingDay,
    StaffingRefused,
    StaffingRules,
    StaffingWeek,
)
from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.features.forecast import checks, reading, simulated, staffing, store
from contactcentre.features.forecast.accuracy import look_back
from contactcentre.features.forecast.calendar import HOLIDAY, DayKind, DayKinds
from contactcentre.features.forecast.charting import day_chart
from contactcentre.features.forecast.keeping import ForecastKeeper
from contactcentre.features.forecast.making import factor
from contactcentre.features.forecast.model import FEWEST_DAYS, QUARTERS
from contactcentre.features.forecast.reading import Counts
from contactcentre.features.forecast.simulated import ExpectedCalls
from contactcentre.storage import database
from contactcentre.storage import tables as models
from routing.calendar import date_of, local_day, number_of
from routing.model import Queue

WEEK: Final = 7
CHART_S: Final = 10.0
NOTHING: Final = (0.0,) * QUARTERS
NOBODY: Final = (0,) * QUARTERS

_facts = models.contact_facts.c


class StaffingService:
    """Keeps `agents_ui.staffing.port.StaffingRoom`. `network` is the one in force."""

    def __init__(
        self,
        engine: AsyncEngine,
        keeper: ForecastKeeper,
        network: Callable[[], Network],
        *,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._keeper = keeper
        self._network = network
        self._clock = clock
        self._playing = asyncio.Lock()
        self._charts: dict[str, tuple[float, port.DayChart]] = {}  # one a queue of the network

    async def week(
        self, monday: date, queue: str, *, person: Person, language: str
    ) -> StaffingWeek:
        """See `StaffingRoom`."""
        network, today = self._network(), local_day(self._clock())
        self._check(queue)
        days = [monday + timedelta(days=number) for number in range(WEEK)]
        async with self._database() as one:
            said = await store.newest(one, queue, reading.numbers(days))
            came = await reading.read_counts(one, queue, days[0], days[-1] + timedelta(days=1))
            given = await reading.read_days_off(one)
            events, shifts = await store.events(one), await store.shifts(one, days)
            rules = await store.rules(one)
            errors = await look_back(one, queue, today)
            made_at = await store.made_at(one)
            known = 0 if said else await _known_days(one, queue)
        kinds = await asyncio.to_thread(DayKinds, days[0].year, given)  # a tenth of a second
        promise = staffing.promise_of(_queues(network, queue), rules.most_abandoned)
        whole = [
            _day(day, said, came, kinds.kind(day), events, shifts, rules, queue, today)
            for day in days
        ]
        row = next(iter(said.values()), None)
        return StaffingWeek(
            monday=monday,
            queue=queue,
            queues=_labels(network, language),
            centres=_centres(network),
            own=frozenset(key for key in network.centres if _leads(network, person, key)),
            days=tuple(whole),
            shifts=tuple(one for one in shifts if not queue or one.queue in ("", queue)),
            events=tuple(one for one in events if one.last >= min(today, monday)),
            accuracy=errors,
            rules=rules,
            level=promise.level,
            within_s=promise.within_s,
            handling_s=row.handling_s if row else 0.0,
            patience_s=row.patience_s if row else 0.0,
            made_at=made_at,
            problem="" if said else "too_little" if known < FEWEST_DAYS else "not_made",
            known_days=known,
        )

    async def keep_shift(self, shift: Shift, *, person: Person) -> None:
        """See `StaffingRoom`."""
        network = self._network()
        checks.shift(shift, network)
        self._allow(person, shift.centre)
        async with self._database() as one:
            if shift.shift_id:
                self._allow(person, (await store.shift(one, shift.shift_id)).centre)
            elif await store.count(one, models.shifts) >= port.MOST_SHIFTS:
                raise StaffingRefused(["full"])
            await store.write(one, models.shifts, [_row(shift)], by=person.user_id)

    async def drop_shift(self, shift_id: str, *, person: Person) -> None:
        """See `StaffingRoom`."""
        async with self._database() as one:
            self._allow(person, (await store.shift(one, shift_id)).centre)
            await store.remove(one, models.shifts, shift_id, by=person.user_id)

    async def suggest(self, monday: date, queue: str, *, person: Person) -> int:
        """See `StaffingRoom`."""
        self._check(queue)
        self._allow(person, "")
        days = [monday + timedelta(days=number) for number in range(WEEK)]
        async with self._database() as one:
            present = [each for each in await store.shifts(one, days) if each.queue == queue]
            if present:
                raise StaffingRefused(["present"])
            said = await store.newest(one, queue, reading.numbers(days))
            rules = await store.rules(one)
            rows = [
                _row(shift)
                for day in days
                for shift in _suggested(day, said.get(number_of(day)), queue, rules)
            ]
            if not rows:
                raise StaffingRefused(["nothing"])
            if await store.count(one, models.shifts) + len(rows) > port.MOST_SHIFTS:
                raise StaffingRefused(["full"])
            await store.write(one, models.shifts, rows, by=person.user_id)
        return len(rows)

    async def keep_event(self, event: ForecastEvent, *, person: Person) -> None:
        """See `StaffingRoom`."""
        checks.event(event, self._network())
        row = {
            **asdict(event),
            "event_id": event.event_id or uuid4().hex,
            "first": number_of(event.first),
            "last": number_of(event.last),
        }
        async with self._database() as one:
            if event.event_id:
                if event.event_id not in {each.event_id for each in await store.events(one)}:
                    raise LookupError(event.event_id)
            elif await store.count(one, models.forecast_events) >= port.MOST_EVENTS:
                raise StaffingRefused(["full"])
            await store.write(one, models.forecast_events, [row], by=person.user_id)
        self._keeper.wanted.set()

    async def drop_event(self, event_id: str, *, person: Person) -> None:
        """See `StaffingRoom`."""
        async with self._database() as one:
            await store.remove(one, models.forecast_events, event_id, by=person.user_id)
        self._keeper.wanted.set()

    async def keep_rules(self, rules: StaffingRules, *, person: Person) -> None:
        """See `StaffingRoom`."""
        checks.rules(rules)
        async with self._database() as one:
            await store.keep_rules(one, rules, by=person.user_id)
        self._keeper.wanted.set()

    async def simulate(self, day: date, queue: str, *, person: Person) -> port.Tried:
        """See `StaffingRoom`."""
        network = self._network()
        self._check(queue)
        async with self._database() as one:
            given = await reading.read_days_off(one)
            kind = (await asyncio.to_thread(DayKinds, day.year, given)).kind(day)
            rules = await store.rules(one)
            shifts = [
                each
                for each in await store.shifts(one, [day])
                if (not queue or each.queue == queue)
                and (each.day == day if each.day is not None else each.weekday == kind.pattern)
            ]
            ringing = await self._ringing(one, day, _queues(network, queue))
        if not shifts:
            raise StaffingRefused(["no_shifts"])
        if not any(sum(each.calls) for each in ringing):
            raise StaffingRefused(["no_calls"])
        staff = simulated.staff_of(network, shifts, rules.away)
        async with self._playing:  # the processor is shared with the calls that are real
            return await asyncio.to_thread(simulated.tried, day, ringing, staff, network)

    async def chart(self, queue: str) -> port.DayChart:
        """See `StaffingRoom`. Whoever asks within ten seconds is given the same."""
        self._check(queue)
        at = self._clock()
        made_at, made = self._charts.get(queue, (0.0, None))
        if made is None or not 0 <= at - made_at < CHART_S:
            async with self._database() as one:
                made = await day_chart(one, queue, local_day(at), at)
            known = self._network().queues
            self._charts = {
                key: each for key, each in self._charts.items() if not key or key in known
            } | {queue: (at, made)}
        return made

    async def _ringing(
        self, connection: AsyncConnection, day: date, queues: Sequence[Queue]
    ) -> list[ExpectedCalls]:
        languages = await _languages(connection, self._clock())
        found = []
        for queue in queues:
            said = await store.newest(connection, queue.queue_id, [number_of(day)])
            found += [_rings(queue, row, languages[queue.queue_id]) for row in said.values()]
        return found

    def _check(self, queue: str) -> None:
        if queue and queue not in self._network().queues:
            raise LookupError(queue)

    def _allow(self, person: Person, centre: str) -> None:
        if not _leads(self._network(), person, centre):
            raise LookupError(centre)

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="forecast", away=Unavailable)


def _rings(queue: Queue, row: Row[Any], languages: Mapping[str, float]) -> ExpectedCalls:
    return ExpectedCalls(
        queue=queue,
        calls=row.calls,
        handling_s=row.handling_s,
        patience_s=row.patience_s,
        languages=languages,
    )


def _queues(network: Network, queue: str) -> list[Queue]:
    return [network.queues[queue]] if queue else list(network.queues.values())


def _labels(network: Network, language: str) -> Mapping[str, str]:
    named = {
        key: one.labels.get(language) or one.labels.get("lv") or key
        for key, one in network.queues.items()
    }
    return dict(sorted(named.items(), key=lambda one: one[1].casefold()))


def _leads(network: Network, person: Person, centre: str) -> bool:
    """Whether the person may write shifts of that centre; "" is the network's."""
    return may(person, Act.SHIFTS_EDIT, around(network.place(centre or None)))


def _centres(network: Network) -> Mapping[str, str]:
    found = {key: one.brief for key, one in network.centres.items()}
    return dict(sorted(found.items(), key=lambda one: one[1].casefold()))


def _day(
    day: date,
    said: Mapping[int, Row[Any]],
    came: Counts,
    kind: DayKind,
    events: Sequence[ForecastEvent],
    shifts: Sequence[Shift],
    rules: StaffingRules,
    queue: str,
    today: date,
) -> StaffingDay:
    row = said.get(number_of(day))
    calls = tuple(row.calls) if row else NOTHING
    return StaffingDay(
        day=day,
        near="holiday" if kind.pattern == HOLIDAY else kind.near,
        factor=factor(events, queue, day),
        total=sum(calls),
        low_total=row.day_low if row else 0.0,
        high_total=row.day_high if row else 0.0,
        calls=calls,
        low=tuple(row.low) if row else NOTHING,
        high=tuple(row.high) if row else NOTHING,
        need=staffing.rostered(row.need, rules.away) if row else NOBODY,
        there=staffing.there(shifts, day, kind, queue=queue),
        came=tuple(came.get(day, NOBODY)) if day <= today else None,
    )


def _row(shift: Shift) -> dict[str, Any]:
    return {
        **asdict(shift),
        "shift_id": shift.shift_id or uuid4().hex,
        "day": number_of(shift.day) if shift.day is not None else None,
    }


def _suggested(
    day: date, said: Row[Any] | None, queue: str, rules: StaffingRules
) -> Sequence[Shift]:
    """For that weekday of every week."""
    if said is None:
        return ()
    blank = Shift(
        shift_id="",
        weekday=day.weekday(),
        day=None,
        begins_min=0,
        ends_min=0,
        agents=0,
        queue=queue,
    )
    return [
        replace(blank, begins_min=15 * begins, ends_min=15 * ends, agents=agents)
        for begins, ends, agents in staffing.cover(staffing.rostered(said.need, rules.away))
    ]


async def _known_days(connection: AsyncConnection, queue: str) -> int:
    """So many days have passed since its first call."""
    quarters = models.report_quarters.c
    query = select(func.min(quarters.day))
    if queue:
        query = query.where(quarters.queue == queue)
    first = await connection.scalar(query)
    return (local_day(now()) - date_of(first)).days if first else 0


async def _languages(connection: AsyncConnection, at: float) -> Mapping[str, Mapping[str, float]]:
    """By queue, how many calls of the last week were in which."""
    since = reading.first_quarter(local_day(at) - timedelta(days=WEEK))
    query = (
        select(_facts.queue, _facts.language, func.count())
        .where(_facts.quarter >= since, _facts.language != "")
        .group_by(_facts.queue, _facts.language)
    )
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for queue, language, count in await connection.execute(query):
        found[queue][language] = float(count)
    return found
