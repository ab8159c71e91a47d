"""The rows of agents' days: their time by state, and what was offered to them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, func, select, tuple_

from contactcentre.core.call.leg import Purpose
from contactcentre.core.outcomes import Result
from contactcentre.features.reports.presence import by_day, next_midnight, within
from contactcentre.storage import tables as models
from contactcentre.storage import writes
from contactcentre.storage.tables.reports import STATES
from routing.calendar import date_of, day_number, midnight

_intervals, _legs, _days = models.agent_intervals.c, models.legs.c, models.agent_days.c

_COLUMNS = (*(f"{state}_ms" for state in STATES), "offers", "missed")


Day = tuple[str, int]
"""An agent, and the number of a day."""

AT_ONCE: Final = 25
"""Days of so many agents are reckoned in one go: at its end a day has hundreds of intervals."""

# Made once, for they are asked with every call.
_agents: BindParameter[Any] = bindparam("agents", expanding=True)
_since: BindParameter[float] = bindparam("since")
_until: BindParameter[float] = bindparam("until")
_what = (_intervals.agent_id, _intervals.state, _intervals.from_at, _intervals.to_at)
_known_days = select(_days.agent, _days.day).where(
    tuple_(_days.agent, _days.day).in_(bindparam("days", expanding=True))
)
_begun = select(*_what).where(
    _intervals.agent_id.in_(_agents), _intervals.from_at >= _since, _intervals.from_at < _until
)
_earlier = models.agent_intervals.alias().c
_latest = select(func.max(_earlier.from_at)).where(
    _earlier.agent_id == _days.agent, _earlier.from_at < _since
)
_reaching_in = (
    select(*_what)
    .join(models.agent_days, _days.agent == _intervals.agent_id)
    .where(_days.day == bindparam("day"), _days.agent.in_(_agents))
    .where(_intervals.from_at == _latest.scalar_subquery())
)
_offers = select(_legs.agent_id, _legs.from_at, _legs.why, _legs.answered_at, _legs.to_at).where(
    _legs.agent_id.in_(_agents),
    _legs.purpose.in_((Purpose.OFFER, Purpose.PASSED)),
    _legs.from_at >= _since,
    _legs.from_at < _until,
)


def keep_agent_days(connection: Connection, wanted: Collection[Day]) -> None:
    """Reckon these days anew; of one that is new also those into which the interval before it
    reaches, for that has just come to its end."""
    if not wanted:
        return
    known: defaultdict[int, list[str]] = defaultdict(list)
    for agent, day in connection.execute(_known_days, {"days": list(wanted)}):
        known[day].append(agent)
    for agent, day in sorted(wanted):
        if agent not in known[day]:
            before = _latest_before(connection, agent, start_of(day))
            _keep(connection, agent, day if before is None else day_number(before), day)
    for day, agents in known.items():
        for first in range(0, len(agents), AT_ONCE):
            _keep_day(connection, agents[first : first + AT_ONCE], day)


def _keep_day(connection: Connection, agents: list[str], day: int) -> None:
    """Of some agents whose day has begun."""
    since, until = start_of(day), next_midnight(start_of(day))
    asked = {"agents": agents, "since": since}
    counts: dict[str, Counter[str]] = {agent: Counter() for agent in agents}
    for query, more in ((_begun, {"until": until}), (_reaching_in, {"day": day})):
        for agent, state, from_at, to_at in connection.execute(query, asked | more):
            counts[agent].update(within(state, from_at, to_at, since, until))
    for agent, days in (_offered(connection, agents, since, until)).items():
        counts[agent].update(days[day])
    rows = [_row(agent, day, counted) for agent, counted in counts.items()]
    writes.upsert(connection, models.agent_days, rows)


def _row(agent: str, day: int, counts: Counter[str]) -> dict[str, Any]:
    return {"day": day, "agent": agent, **{name: counts[name] for name in _COLUMNS}}


def keep_agent(connection: Connection, agent: str) -> None:
    """Reckon all of the agent's days anew."""
    _keep(connection, agent, 0, None)


def _keep(connection: Connection, agent: str, first: int, last: int | None) -> None:
    since = start_of(first) if first else 0.0
    until = next_midnight(start_of(last)) if last else 2.0**40
    reaches_in = _latest_before(connection, agent, since)
    query = select(models.agent_intervals).where(
        _intervals.agent_id == agent,
        _intervals.from_at >= (since if reaches_in is None else reaches_in),
        _intervals.from_at < until,
    )
    days: defaultdict[int, Counter[str]] = defaultdict(Counter)
    rows = connection.execute(query).mappings()
    days.update(by_day(dict(row) for row in rows))
    offered = _offered(connection, [agent], since, until)
    for leg_day, counted in offered.get(agent, {}).items():
        days[leg_day] += counted
    values = [
        _row(agent, day, counts)
        for day, counts in days.items()
        if day >= first and (last is None or day <= last)
    ]
    writes.upsert(connection, models.agent_days, values)


def _latest_before(connection: Connection, agent: str, at: float) -> float | None:
    query = select(func.max(_intervals.from_at)).where(
        _intervals.agent_id == agent, _intervals.from_at < at
    )
    found: float | None = connection.scalar(query)
    return found


def _offered(
    connection: Connection, agents: list[str], since: float, until: float
) -> dict[str, defaultdict[int, Counter[str]]]:
    """By agent and day."""
    asked = {"agents": agents, "since": since, "until": until}
    found: dict[str, defaultdict[int, Counter[str]]] = {}
    for agent, from_at, why, answered_at, to_at in connection.execute(_offers, asked):
        if answered_at is not None or to_at is not None:
            missed = why == Result.MISSED and answered_at is None
            days = found.setdefault(agent, defaultdict(Counter))
            days[day_number(from_at)].update({"offers": 1, "missed": int(missed)})
    return found


def start_of(day: int) -> float:
    """The beginning of that day (20261031) in Latvia."""
    return midnight(date_of(day))
