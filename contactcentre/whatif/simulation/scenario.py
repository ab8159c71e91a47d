"""Scenarios: YAML documents that say who rings, for how long, and who is there to answer.

The document is checked when it is read; the seed in it then decides every drawn number. Runs of
one scenario with the same seed and load get the very same calls.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from heapq import merge
from pathlib import Path
from random import Random
from typing import Annotated, Any, Literal

import msgspec
import yaml

from routing.circles import Circle, CirclePlan
from routing.model import Capability, Queue, Requirement
from routing.scope import NOWHERE, Place, ScopeKind
from routing.simulation import Arrival, SimulatedAgent, SimulatedCall, Simulation, Visit
from routing.tally import Tally, by_centre, occupancy, tally

HOUR_S = 3600.0

Positive = Annotated[float, msgspec.Meta(gt=0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(gt=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class BadScenario(ValueError):
    """The document cannot be used; says what is wrong, and where. The editor's fault."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Law(_Part, frozen=True):
    """A length of time by chance."""

    mean_s: Positive
    law: Literal["log-normal", "exponential"] = "log-normal"
    spread: Positive = 1.0  # of a log-normal: standard deviation / mean

    def draw(self, chance: Random) -> float:
        """One length, in seconds."""
        if self.law == "exponential":
            return chance.expovariate(1 / self.mean_s)
        variance = math.log1p(self.spread**2)
        return chance.lognormvariate(math.log(self.mean_s) - variance / 2, math.sqrt(variance))


class Matter(_Part, frozen=True):
    """A part of the calls, and how long they are handled: talk, hold and wrap-up."""

    handling: Law
    share: Share = 1.0


class Load(_Part, frozen=True):
    """For some hours, so many calls an hour, at random."""

    hours: Positive
    calls_per_hour: Positive


class CircleOfRun(_Part, frozen=True):
    """A circle of the queue, as in `routing.circles`, that may last for ever."""

    kind: ScopeKind
    lasts_s: NotNegative = 0.0


class Centres(_Part, frozen=True):
    """Where agents sit who also serve visitors. Calls spread evenly over the centres' numbers."""

    count: Count
    free_share: Share  # of the time, not with a visitor
    visit: Law
    agents_each: Count = 1
    municipalities: Count = 1
    regions: Count = 1

    def place(self, number: int) -> Place:
        """Neighbours share a municipality, neighbouring municipalities a region."""
        municipality = number * self.municipalities // self.count
        region = municipality * self.regions // self.municipalities
        return Place(f"centre-{number:03d}", f"municipality-{municipality:02d}", f"region-{region}")


class Run(_Part, frozen=True):
    """One world to try: either so many `agents` in one room, or `centres`."""

    name: str
    load: Annotated[tuple[Load, ...], msgspec.Meta(min_length=1)]
    matters: Annotated[tuple[Matter, ...], msgspec.Meta(min_length=1)]
    patience: Law | None = None  # nobody hangs up
    agents: Count | None = None
    centres: Centres | None = None
    circles: tuple[CircleOfRun, ...] = (CircleOfRun(kind="network"),)
    answer_within_s: NotNegative = 30.0
    short_abandon_s: NotNegative = 5.0
    warm_up_hours: NotNegative = 0.0
    seed: int = 2026

    def __post_init__(self) -> None:
        """Refuse what is well-formed but makes no sense; the text has the place of the run."""
        if (self.agents is None) == (self.centres is None):
            raise ValueError("give either `agents` or `centres`")
        if abs(sum(matter.share for matter in self.matters) - 1) > 1e-6:
            raise ValueError("the shares of `matters` must add up to 1")
        if self.warm_up_hours >= sum(part.hours for part in self.load):
            raise ValueError("`warm_up_hours` must be less than the hours of `load`")
        _plan(self.circles)

    @property
    def ends_at(self) -> float:
        """When the last call may come, in seconds."""
        return sum(part.hours for part in self.load) * HOUR_S


class Scenario(_Part, frozen=True):
    """One document."""

    title: str
    runs: Annotated[tuple[Run, ...], msgspec.Meta(min_length=1)]
    source: str = ""


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to; the centres are those of the numbers dialled."""

    name: str
    tally: Tally
    occupancy: float | None
    centres: dict[str, Tally]


def read(path: Path) -> Scenario:
    """Raises `BadScenario` with the document's name and the place in it."""
    try:
        return parse(path.read_text(encoding="utf-8"), name=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise BadScenario(f"{path.name}: cannot be read") from error


def parse(text: str, *, name: str) -> Scenario:
    """Raises `BadScenario` with the document's name and the place in it."""
    try:
        return msgspec.convert(yaml.safe_load(text), Scenario)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        raise BadScenario(f"{name}: {where}: {error.problem}") from error
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise BadScenario(f"{name}: {error}") from error


def simulate(run: Run) -> RunResult:
    """Draw and simulate one run; calls that come in the warm-up are left out."""
    counted_from = run.warm_up_hours * HOUR_S
    simulation = Simulation(agents(run), count_from=counted_from, count_until=run.ends_at)
    left = [each for each in simulation.run(arrivals(run)) if each.call.at >= counted_from]
    return RunResult(
        name=run.name,
        tally=tally(left),
        occupancy=occupancy(simulation.times),
        centres=by_centre(left) if run.centres else {},
    )


def agents(run: Run) -> list[SimulatedAgent]:
    """Everybody who answers."""
    capability = Capability(languages=(("lv", 5),))
    if run.centres is None:
        places = [NOWHERE] * (run.agents or 0)
    else:
        centres = run.centres
        places = [
            centres.place(number)
            for number in range(centres.count)
            for _ in range(centres.agents_each)
        ]
    return [
        SimulatedAgent(agent_id=f"agent-{number:04d}", capability=capability, place=place)
        for number, place in enumerate(places)
    ]


def arrivals(run: Run) -> Iterator[Arrival]:
    """Citizens on the phone and at the counter, in order of time."""
    return merge(_calls(run), _visits(run), key=lambda arrival: arrival.at)


def _calls(run: Run) -> Iterator[Arrival]:
    chance = Random(f"{run.seed} calls")  # noqa: S311  # a simulation must be repeatable
    queue = Queue(
        queue_id="scenario",
        labels={},
        answer_within_s=run.answer_within_s,
        short_abandon_s=run.short_abandon_s,
        circles=_plan(run.circles),
    )
    requirement = Requirement()
    for number, at in enumerate(_instants(run, chance)):
        yield SimulatedCall(
            call_id=f"{number:08d}",
            at=at,
            queue=queue,
            requirement=requirement,
            handling_s=_matter(run, chance).handling.draw(chance),
            patience_s=run.patience.draw(chance) if run.patience else math.inf,
            home=run.centres.place(chance.randrange(run.centres.count)) if run.centres else NOWHERE,
        )


def _instants(run: Run, chance: Random) -> Iterator[float]:
    """Poisson arrivals, part by part."""
    begins_at = 0.0
    for part in run.load:
        ends_at = begins_at + part.hours * HOUR_S
        at = begins_at
        while (at := at + chance.expovariate(part.calls_per_hour / HOUR_S)) < ends_at:
            yield at
        begins_at = ends_at


def _matter(run: Run, chance: Random) -> Matter:
    """By their shares."""
    mark = chance.random()
    for matter in run.matters:
        mark -= matter.share
        if mark < 0:
            return matter
    return run.matters[-1]


def _visits(run: Run) -> Iterator[Arrival]:
    """Visitors come at random, as many as keep every agent from the phone for the said share."""
    centres = run.centres
    if centres is None or centres.free_share == 1:
        return
    chance = Random(f"{run.seed} visits")  # noqa: S311  # a simulation must be repeatable
    staff = [agent.agent_id for agent in agents(run)]
    rate = len(staff) * (1 - centres.free_share) / centres.visit.mean_s
    at = 0.0
    while (at := at + chance.expovariate(rate)) < run.ends_at:
        yield Visit(at, chance.choice(staff), centres.visit.draw(chance))


def _plan(circles: tuple[CircleOfRun, ...]) -> CirclePlan:
    return CirclePlan(circles=tuple(Circle(kind=one.kind, lasts_s=one.lasts_s) for one in circles))


def as_json(result: RunResult) -> dict[str, Any]:
    """Shares 0..1, seconds."""
    return {
        "name": result.name,
        **_figures(result.tally),
        "occupancy": result.occupancy,
        "centres": {centre: _figures(found) for centre, found in result.centres.items()},
    }


def _figures(found: Tally) -> dict[str, Any]:
    return {
        "calls": found.calls,
        "answered": found.level.answered,
        "abandoned": found.level.abandoned,
        "short_abandoned": found.level.short_abandoned,
        "abandonment": found.abandonment,
        "service_level": found.level.service_level,
        "answered_at_once": found.answered_at_once,
        "asa_s": found.level.average_speed_of_answer_s,
        "wait_p50_s": found.p50_s,
        "wait_p90_s": found.p90_s,
        "wait_p99_s": found.p99_s,
        "longest_wait_s": found.longest_s,
    }
