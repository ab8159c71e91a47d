"""The simulation held against Erlang: `contactcentre simulate --check-theory`.

With exponential times the simulated engine must behave as the formulae say. A drawn million of
calls is never exactly as heavy as it was meant to be (a tenth of a percent more load is two percent
more wait), so each figure is compared with theory at the load that was really drawn; the error at
the nominal load stands beside it. The first calls, before the steady state, are not counted. The
confidence is by batch means: half the width of the 95 % interval, relative to the figure.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from random import Random

from routing import erlang
from routing.model import Capability, Queue, Requirement
from routing.service_level import level
from routing.simulation import SimulatedAgent, SimulatedCall, SimulatedDeparture, Simulation

TOLERANCE = 0.02
CALLS = 1_000_000
SEED = 1909
"""The year of Erlang's first paper."""

BATCHES = 50
STUDENT_T = 2.01
"""The 97.5 % point of Student's t for 49 degrees of freedom."""

HANDLING_S = 240.0
PATIENCE_S = 120.0
WITHIN_S = 30.0
PATIENT = (5, 0.7)
IMPATIENT = (20, 1.2)
"""Agents, and offered load per agent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedLoad:
    """What a model is fed with: calls per second, and means in seconds."""

    agents: int
    rate: float
    handling_s: float
    patience_s: float = math.inf

    @property
    def erlangs(self) -> float:
        """Offered load."""
        return self.rate * self.handling_s


Figures = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One figure of a run; all but the first two are relative."""

    simulated: float
    theory: float
    error: float
    confidence_95: float
    error_at_nominal_load: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The result; shares 0..1."""

    calls: int
    seed: int
    erlang_c: dict[str, Compared]
    erlang_a: dict[str, Compared]

    @property
    def erlang_c_error(self) -> float:
        """The worse of mean wait and service level."""
        return max(figure.error for figure in self.erlang_c.values())

    @property
    def erlang_a_error(self) -> float:
        """That of the abandonment."""
        return self.erlang_a["abandonment"].error

    @property
    def passed(self) -> bool:
        """Whether both are within the tolerance."""
        return max(self.erlang_c_error, self.erlang_a_error) < TOLERANCE

    def as_json(self) -> dict[str, object]:
        """As the command prints it."""
        errors = {"erlang_c_error": self.erlang_c_error, "erlang_a_error": self.erlang_a_error}
        return {**errors, "passed": self.passed, "tolerance": TOLERANCE, **asdict(self)}


def check(calls: int = CALLS, seed: int = SEED) -> Check:
    """Simulate M/M/n and M/M/n+M with so many counted calls each; the seed decides everything."""
    return Check(
        calls=calls,
        seed=seed,
        erlang_c=_compare(_load(PATIENT), erlang_c, calls, seed),
        erlang_a=_compare(_load(IMPATIENT, PATIENCE_S), erlang_a, calls, seed),
    )


def erlang_c(load: OfferedLoad) -> Figures:
    """What Erlang C says."""
    agents, offered, handling_s = load.agents, load.erlangs, load.handling_s
    return {
        "mean_wait_s": erlang.mean_wait_s(agents, offered, handling_s),
        "service_level": erlang.service_level(agents, offered, handling_s, WITHIN_S),
    }


def erlang_a(load: OfferedLoad) -> Figures:
    """What Erlang A says."""
    found = erlang.impatient(
        load.agents,
        load.erlangs,
        load.handling_s,
        patience_s=load.patience_s,
        within_s=WITHIN_S,
    )
    return {
        "abandonment": found.abandonment,
        "mean_wait_s": found.mean_wait_s,
        "service_level": found.service_level,
    }


def _load(shape: tuple[int, float], patience_s: float = math.inf) -> OfferedLoad:
    agents, per_agent = shape
    return OfferedLoad(
        agents=agents,
        rate=agents * per_agent / HANDLING_S,
        handling_s=HANDLING_S,
        patience_s=patience_s,
    )


def _compare(
    nominal: OfferedLoad, theory: Callable[[OfferedLoad], Figures], calls: int, seed: int
) -> dict[str, Compared]:
    departures = _departures(nominal, calls, seed)
    size = calls // BATCHES
    for _ in islice(departures, size):
        pass
    batches = [_Batch(list(islice(departures, size))) for _ in range(BATCHES)]
    drawn, expected = theory(_drawn(nominal, batches)), theory(nominal)
    return {
        name: _compared([batch.figures[name] for batch in batches], drawn[name], expected[name])
        for name in drawn
    }


def _compared(batches: Sequence[float], theory: float, nominal: float) -> Compared:
    simulated = statistics.fmean(batches)
    deviation = statistics.stdev(batches, simulated) / math.sqrt(len(batches))
    return Compared(
        simulated=simulated,
        theory=theory,
        error=abs(simulated - theory) / theory,
        confidence_95=STUDENT_T * deviation / theory,
        error_at_nominal_load=abs(simulated - nominal) / nominal,
    )


class _Batch:
    """The figures of some consecutive calls, and what was drawn for them."""

    def __init__(self, departures: Sequence[SimulatedDeparture]) -> None:
        found = level(departure.queued for departure in departures)
        self.figures: Figures = {
            "abandonment": found.abandoned / len(departures),
            "mean_wait_s": statistics.fmean(departure.wait_s for departure in departures),
            "service_level": found.service_level or 0.0,
        }
        calls = [departure.call for departure in departures]
        self.first_at, self.last_at = calls[0].at, calls[-1].at
        self.calls = len(calls)
        self.handling_s = statistics.fmean(call.handling_s for call in calls)
        self.patience_s = statistics.fmean(call.patience_s for call in calls)


def _drawn(nominal: OfferedLoad, batches: Sequence[_Batch]) -> OfferedLoad:
    span_s = batches[-1].last_at - batches[0].first_at
    return OfferedLoad(
        agents=nominal.agents,
        rate=sum(batch.calls for batch in batches) / span_s,
        handling_s=statistics.fmean(batch.handling_s for batch in batches),
        patience_s=statistics.fmean(batch.patience_s for batch in batches),
    )


def _departures(load: OfferedLoad, calls: int, seed: int) -> Iterator[SimulatedDeparture]:
    """A batch more than is counted at each end: the beginning, and the last ones' rest."""
    capability = Capability(languages=(("lv", 5),))
    agents = [
        SimulatedAgent(agent_id=f"agent-{number:04d}", capability=capability)
        for number in range(load.agents)
    ]
    return Simulation(agents).run(_calls(load, calls + 2 * (calls // BATCHES), seed))


def _calls(load: OfferedLoad, calls: int, seed: int) -> Iterator[SimulatedCall]:
    chance = Random(seed)  # noqa: S311  # a simulation must be repeatable
    queue = Queue(queue_id="theory", labels={}, answer_within_s=WITHIN_S, short_abandon_s=0.0)
    requirement, at = Requirement(), 0.0
    for number in range(calls):
        at += chance.expovariate(load.rate)
        yield SimulatedCall(
            call_id=f"{number:08d}",
            at=at,
            queue=queue,
            requirement=requirement,
            handling_s=chance.expovariate(1 / load.handling_s),
            patience_s=chance.expovariate(1 / load.patience_s)
            if load.patience_s < math.inf
            else math.inf,
        )
