"""`contactcentre staffing`: how many agents a load asks for, by Erlang A and by Erlang C.

Steady load, exponential times, one skill for all: a figure to plan with. Scenarios and replays say
what circles, skills and breaks make of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Annotated

import msgspec
from cyclopts import Parameter

from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.cli.tables import percent, table
from routing import erlang

HOUR_S = 3600.0

DAY_S = 24 * HOUR_S

MOST = 10_000.0
"""Erlangs: three times what the whole country would ring in a bad hour."""

AROUND = 2
"""So many rows are shown before and after the answer."""

HEADINGS = (
    "agents",
    "in time %",
    "abandoned %",
    "mean wait s",
    "occupancy %",
    "Erlang C in time %",
)


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is to be answered, and the promise."""

    calls_per_hour: float
    handling_s: Annotated[  # talk, hold and wrap-up; the mean
        float, Parameter("--handling", help="s")
    ] = 300.0
    patience_s: Annotated[float, Parameter("--patience", help="s")] = 120.0  # the mean
    level: Annotated[float, Parameter(help="share answered in time, 0..1")] = 0.75
    within_s: Annotated[float, Parameter("--within", help="s")] = 30.0

    @property
    def load(self) -> float:
        """In erlangs."""
        return self.calls_per_hour * self.handling_s / HOUR_S


app = program("staffing")


@app.default
async def staffing(
    demand: Demand, *, as_json: Annotated[bool, Parameter("--json", help="for programs")] = False
) -> int:
    """Print the answer; 0 when it went well, 2 for a demand that nobody can meet."""
    try:
        found = plan(demand)
    except ValueError as error:
        console.complain(error)
        return 2
    console.say(msgspec.json.encode(found).decode() if as_json else _told(found))
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingRow:
    """What so many agents come to; shares 0..1."""

    agents: int
    service_level: float
    abandonment: float
    mean_wait_s: float
    occupancy: float
    patient_service_level: float  # if nobody ever hung up: Erlang C


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingPlan:
    """The answer, and what one agent more or less would mean."""

    demand: Demand
    load: float  # erlangs
    agents: int  # by Erlang A
    patient_agents: int  # by Erlang C, the safe side
    rows: tuple[StaffingRow, ...]


def plan(demand: Demand) -> StaffingPlan:
    """Raises `ValueError` for times that are not positive, a level that is none, or a load that
    no hotline has."""
    if not (demand.handling_s > 0 and demand.patience_s > 0 and demand.calls_per_hour >= 0):
        raise ValueError("handling and patience must be above 0, and calls 0 or more")
    if not 0 <= demand.within_s <= DAY_S:
        raise ValueError(f"within: 0 to {DAY_S:g} seconds")
    if not 0 < demand.level < 1:
        raise ValueError("some calls always wait; give a level above 0 and below 1")
    if not (demand.load <= MOST and demand.patience_s < inf):
        raise ValueError(f"more than {MOST:g} calls at once, or endless patience, is no hotline")
    load, within_s = demand.load, demand.within_s
    agents = erlang.impatient_agents_for(
        load,
        demand.handling_s,
        patience_s=demand.patience_s,
        level=demand.level,
        within_s=within_s,
    )
    around = range(max(1, agents - AROUND), agents + AROUND + 1)
    return StaffingPlan(
        demand=demand,
        load=load,
        agents=agents,
        patient_agents=erlang.agents_for(
            load, demand.handling_s, level=demand.level, within_s=within_s
        ),
        rows=tuple(_row(number, demand) for number in around),
    )


def _row(agents: int, demand: Demand) -> StaffingRow:
    found = erlang.impatient(
        agents,
        demand.load,
        demand.handling_s,
        patience_s=demand.patience_s,
        within_s=demand.within_s,
    )
    return StaffingRow(
        agents=agents,
        service_level=found.service_level,
        abandonment=found.abandonment,
        mean_wait_s=found.mean_wait_s,
        occupancy=found.occupancy,
        patient_service_level=erlang.service_level(
            agents, demand.load, demand.handling_s, demand.within_s
        ),
    )


def _told(found: StaffingPlan) -> str:
    demand = found.demand
    lines = [
        (
            str(row.agents) + (" *" if row.agents == found.agents else "  "),
            percent(row.service_level),
            percent(row.abandonment),
            f"{row.mean_wait_s:.0f}",
            percent(row.occupancy),
            percent(row.patient_service_level),
        )
        for row in found.rows
    ]
    return (
        f"{found.load:.1f} erlangs: {found.agents} agents answer {100 * demand.level:g} % within "
        f"{demand.within_s:g} s (Erlang A); {found.patient_agents} if nobody hung up (Erlang C)."
        f"\n\n{table([HEADINGS, *lines])}\n\n"
        "These are agents on the phone: visitors, breaks and absences come on top."
    )
