"""`contactcentre simulate`: run a scenario, or hold the simulation against theory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.cli.tables import percent, table
from contactcentre.settings import Settings
from contactcentre.whatif.simulation import scenario, theory
from contactcentre.whatif.simulation.scenario import BadScenario, RunResult, Scenario
from routing.tally import Tally

WORST = 3
"""So many centres are shown; the JSON has them all."""

HEADINGS = (
    "",
    "calls",
    "answered",
    "abandoned",
    "short",
    "abandoned %",
    "in time %",
    "at once %",
    "p50 s",
    "p90 s",
    "p99 s",
    "occupancy %",
)


app = program("simulate")


@app.default
async def simulate(
    wanted: Annotated[
        str | None, Parameter("SCENARIO", help="a name from the list, or a YAML file")
    ] = None,
    /,
    *,
    check_theory: Annotated[bool, Parameter(help="against Erlang C and A")] = False,
    as_json: Annotated[bool, Parameter("--json", help="for programs")] = False,
    settings: Settings,
) -> int:
    """Print the result; 0 when it went well, 1 when theory is missed, 2 for a bad document."""
    if check_theory:
        return _theory(as_json=as_json)
    work = _tell(settings.config / "scenarios", wanted, as_json=as_json)
    return await console.exit_status(work, BadScenario, otherwise=2)


async def _tell(folder: Path, wanted: str | None, *, as_json: bool) -> None:
    if wanted is None:
        console.say(_listed(folder))
        return
    document = scenario.read(_path(folder, wanted))
    results = [scenario.simulate(run) for run in document.runs]
    console.say(_encoded(document, results) if as_json else _report(document, results))


def _path(folder: Path, wanted: str) -> Path:
    """A name stands for a document of the configuration; anything else is a path."""
    path = Path(wanted)
    if path.suffix:
        return path
    named = folder / f"{wanted}.yaml"
    if not named.is_file():
        known = ", ".join(each.stem for each in sorted(folder.glob("*.yaml")))
        raise BadScenario(f"no scenario '{wanted}'; there are: {known}")
    return named


def _listed(folder: Path) -> str:
    return "\n".join(
        f"{path.stem:<12} {scenario.read(path).title}" for path in sorted(folder.glob("*.yaml"))
    )


def _encoded(document: Scenario, results: Iterable[RunResult]) -> str:
    runs = [scenario.as_json(result) for result in results]
    return _json({"title": document.title, "runs": runs})


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _theory(*, as_json: bool) -> int:
    check = theory.check()
    console.say(_json(check.as_json()) if as_json else _compared(check))
    return 0 if check.passed else 1


def _compared(check: theory.Check) -> str:
    heading = ("", "simulated", "theory", "error %", "95 % within %", "error at nominal load %")
    rows = [
        (
            f"{model}, {name}",
            f"{found.simulated:.4f}",
            f"{found.theory:.4f}",
            f"{100 * found.error:.2f}",
            f"{100 * found.confidence_95:.2f}",
            f"{100 * found.error_at_nominal_load:.2f}",
        )
        for model, figures in (("Erlang C", check.erlang_c), ("Erlang A", check.erlang_a))
        for name, found in figures.items()
    ]
    verdict = "within" if check.passed else "NOT within"
    return f"{table([heading, *rows])}\n{verdict} {100 * theory.TOLERANCE:.0f} %"


def _report(document: Scenario, results: Sequence[RunResult]) -> str:
    parts = [document.title]
    if document.source:
        parts.append(document.source)
    rows = [_row(result.name, result.tally, result.occupancy) for result in results]
    parts.append(table([HEADINGS, *rows]))
    for result in results:
        if any(found.p90_s for found in result.centres.values()):
            parts.append(f"{result.name}: the {WORST} centres whose callers wait longest")
            parts.append(table([HEADINGS, *_worst(result)]))
    return "\n\n".join(parts)


def _worst(result: RunResult) -> list[tuple[str, ...]]:
    order = sorted(result.centres.items(), key=lambda item: item[1].p90_s, reverse=True)
    return [_row(centre, found, None) for centre, found in order[:WORST]]


def _row(name: str, found: Tally, occupancy: float | None) -> tuple[str, ...]:
    level = found.level
    shares = (found.abandonment, level.service_level, found.answered_at_once)
    counts = (found.calls, level.answered, level.abandoned, level.short_abandoned)
    waits = (found.p50_s, found.p90_s, found.p99_s)
    return (
        name,
        *(str(count) for count in counts),
        *(percent(share) for share in shares),
        *(f"{wait_s:.0f}" for wait_s in waits),
        percent(occupancy),
    )
