"""`contactcentre replay`: a recorded period under the present rules and under changed ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.cli.tables import percent, table
from contactcentre.core.config.document import Refused
from contactcentre.core.config.network import Network
from contactcentre.features.publication.network import load
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.whatif.replay import archive, comparison, period_log, rules
from contactcentre.whatif.replay.comparison import ComparisonRow, GroupFigures
from contactcentre.whatif.replay.period_log import BadLog, PeriodLog
from contactcentre.whatif.replay.rules import BadRules, ChangedRules
from contactcentre.whatif.replay.run import recorded, replay, strangers

SEED = 2026

HEADINGS = ("", "", "calls", "answered", "abandoned", "in time %", "ASA s", "p50 s", "p90 s")


class BadPeriod(ValueError):
    """The period cannot be used; says what is wrong."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for on the command line."""

    from_: Annotated[str | None, Parameter(help="a date, or a date and time, in Riga")] = None
    to: Annotated[str | None, Parameter(help="the same; the period ends before it")] = None
    file: Annotated[
        Path | None, Parameter(help="a period that was exported, instead of a date")
    ] = None
    rules: Annotated[
        Path | None, Parameter(help="YAML: only what differs from the configuration")
    ] = None
    export: Annotated[Path | None, Parameter(help="write the period, without personal data")] = None
    seed: Annotated[int, Parameter(help="for what was not recorded")] = SEED
    as_json: Annotated[bool, Parameter("--json", help="for programs")] = False


app = program("replay")


@app.default
async def replay_period(wish: Wish | None = None, *, settings: Settings) -> int:
    """Compare what was with what the replay comes to."""
    return await main_replay(settings.database, wish or Wish())


async def main_replay(database_url: str, wish: Wish) -> int:
    """Print the comparison; 0 when it went well, 2 for a period or a document of no use."""
    faults = (BadPeriod, console.BadTime, BadLog, BadRules, Refused)
    return await console.exit_status(_tell(database_url, wish), *faults, otherwise=2)


async def _tell(database_url: str, wish: Wish) -> None:
    async with database.opened(database_url) as engine:
        present = await load(engine)
        if wish.file is not None:
            record = period_log.read(wish.file)
        else:
            record = await archive.record(engine, *_period(wish))
    if wish.export is not None:
        wish.export.write_bytes(period_log.encoded(record))
        console.say(f"{wish.export}: {len(record.counted)} calls")
        return
    changed = None if wish.rules is None else rules.read(wish.rules, present)
    console.say(_told(record, present, changed, wish))


def _period(wish: Wish) -> tuple[float, float]:
    if wish.from_ is None or wish.to is None:
        raise BadPeriod("give --from and --to, or --file")
    from_at, to_at = console.moment(wish.from_, "--from"), console.moment(wish.to, "--to")
    if from_at >= to_at:
        raise BadPeriod("--from must be before --to")
    return from_at, to_at


def compared(
    record: PeriodLog, present: Network, changed: ChangedRules | None, seed: int
) -> list[ComparisonRow]:
    """Every side that there is."""
    same = ChangedRules(network=present)
    departures = {"recorded": recorded(record), "present": replay(record, present, same, seed=seed)}
    networks = {"recorded": present, "present": present}
    if changed is not None:
        departures["changed"] = replay(record, present, changed, seed=seed)
        networks["changed"] = changed.network
    return comparison.compare(record, departures, networks)


def _told(record: PeriodLog, present: Network, changed: ChangedRules | None, wish: Wish) -> str:
    rows = compared(record, present, changed, wish.seed)
    unknown = len(strangers(record, present if changed is None else changed.network))
    if wish.as_json:
        document = {
            "from_at": record.from_at,
            "to_at": record.to_at,
            "seed": wish.seed,
            "unknown_agents": unknown,
            "rows": [comparison.as_json(row) for row in rows],
        }
        return msgspec.json.encode(document).decode()
    parts = [table([HEADINGS, *(line for row in rows for line in _lines(row))])]
    if unknown:
        parts.append(f"{unknown} agents of the record are not in the configuration: left out.")
    parts.append(_trust(rows[0]))
    return "\n\n".join(parts)


def _lines(row: ComparisonRow) -> Sequence[tuple[str, ...]]:
    return [
        (row.name if number == 0 else "", side, *_cells(found))
        for number, (side, found) in enumerate(row.sides.items())
    ]


def _cells(found: GroupFigures) -> tuple[str, ...]:
    asa_s = found.level.average_speed_of_answer_s
    return (
        str(found.calls),
        str(found.level.answered),
        str(found.level.abandoned),
        percent(found.level.service_level),
        "-" if asa_s is None else f"{asa_s:.0f}",
        f"{found.p50_s:.0f}",
        f"{found.p90_s:.0f}",
    )


def _trust(total: ComparisonRow) -> str:
    """How well the replay does what is known already."""
    record = total.sides["recorded"].level.service_level
    again = total.sides["present"].level.service_level
    if record is None or again is None:
        return "No calls were queued in this period."
    points = 100 * abs(record - again)
    return (
        f"Under the present rules the replay is {points:.1f} percentage points off the record;"
        " differences smaller than that mean nothing."
    )
