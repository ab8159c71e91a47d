"""The command `staffing`."""

import asyncio
import json
from dataclasses import replace

import pytest

from contactcentre.cli.staffing import Demand, plan, staffing

pytestmark = pytest.mark.unit

GARNETT = Demand(calls_per_hour=2880, handling_s=60, patience_s=120, level=0.95, within_s=20)
"""The example of Garnett, Mandelbaum and Reiman (2002): 48 calls a minute of a minute each."""

USUAL = Demand(calls_per_hour=10, handling_s=60, patience_s=60, level=0.75, within_s=20)


def test_the_rows_are_those_of_the_literature() -> None:
    """50 agents: 3.1 % hang up, 3.7 s mean wait, 93 % occupancy."""
    (row,) = [row for row in plan(GARNETT).rows if row.agents == 50]
    assert row.abandonment == pytest.approx(0.031, abs=5e-4)
    assert row.mean_wait_s == pytest.approx(3.7, abs=0.05)
    assert row.occupancy == pytest.approx(0.93, abs=5e-3)


@pytest.mark.parametrize(
    ("calls", "handling_s", "agents"), [(26, 180, 3), (234, 780, 57), (452, 480, 67)]
)
def test_patient_callers_need_the_printed_number(
    calls: float, handling_s: float, agents: int
) -> None:
    """Erlang C as in the domain's table 9.2; the impatient ask for no more than that."""
    demand = Demand(
        calls_per_hour=calls, handling_s=handling_s, patience_s=1e6, level=0.75, within_s=30
    )
    found = plan(demand)
    assert (found.patient_agents, found.agents) == (agents, agents)


def test_it_is_printed_for_people_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """The same number of agents, in a sentence with its table and in JSON."""
    assert asyncio.run(staffing(GARNETT, as_json=True)) == 0
    agents = json.loads(capsys.readouterr().out)["agents"]
    assert asyncio.run(staffing(GARNETT, as_json=False)) == 0
    printed = capsys.readouterr().out
    assert f"48.0 erlangs: {agents} agents answer 95 % within 20 s" in printed
    assert f"{agents} *" in printed


def test_a_demand_that_nobody_meets_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A level of 1 is told to be impossible."""
    everybody = replace(USUAL, level=1.0)
    assert asyncio.run(staffing(everybody, as_json=False)) == 2
    assert "give a level above 0 and below 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        {"calls_per_hour": float("inf")},
        {"calls_per_hour": float("nan")},
        {"calls_per_hour": 1e12},
        {"calls_per_hour": -1.0},
        {"handling_s": 0.0},
        {"patience_s": float("inf")},
        {"within_s": -1.0},
        {"level": 0.0},
    ],
)
def test_a_demand_that_is_none_is_refused(wrong: dict[str, float]) -> None:
    """At once, and in words: no figure is made of it."""
    with pytest.raises(ValueError, match=r"handling|within|level|hotline"):
        plan(replace(USUAL, **wrong))


def test_a_great_demand_is_met() -> None:
    """A storm over the whole country is still planned."""
    assert plan(replace(USUAL, calls_per_hour=100_000.0, handling_s=300.0)).agents > 6000
