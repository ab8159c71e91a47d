"""What an agent waits for the history of whoever calls, among a million contacts.

With its row of the audit log, on a database that does nothing else.

    benchmarks/timeline [--database URL] [--contacts N] [--json]

The database must be empty, and is filled; without one a file of SQLite is made, and thrown away.
Five citizens are looked at: one of a number that nobody is known by, and one who has rung 500 times
from such a number; one with three numbers and 900 contacts (of a million); and behind a library's
number with 20,000 contacts of 300 people, before anybody is chosen and after. The last two have the
most to look through. `p95_ms` is to be less than 20. `cpu_p50_ms` is what this process has worked
(with SQLite: all of it), which also holds where somebody else has the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.shell.port import Person
from contactcentre.core.call.state import Call, CallerChannel, Identity, Phase, Talk
from contactcentre.features.citizens.service import CitizenService
from contactcentre.storage import database

TIMES = 100
PORTION = 50_000
"""Contacts of one statement, which may take 30 s."""

OFTEN = 500
LIBRARY = "+37164500000"
AT = 1_800_000_000.0
AGENT = Person(user_id="anna", name="Anna", agent_id="a1")

NUMBERS = """
CASE WHEN i % 50 = 0 THEN :library WHEN i % 1111 = 7 THEN '+3712000000' || (i % 3)
WHEN i % :often = 11 THEN '+37129999999' ELSE '+3712' || (1000000 + i % 200000) END
"""
"""Every 50th contact is the library's, every 1111th the citizen's with three numbers; 500 are
those of whoever rings often."""

CONTACTS = f"""
INSERT INTO contacts (call_id, last_seq, caller, dialled, phase, language, queue, matter, outcome,
  arrived_at, answered_at, talk_ended_at, ended_at, hold_s, kind, services, result, recorded_at,
  note, identified_level, identified_by)
WITH RECURSIVE n(i) AS (SELECT CAST(:first AS INTEGER) UNION ALL SELECT i + 1 FROM n
  WHERE i < :last)
SELECT 'c' || i, i, {NUMBERS}, '60000100', 'ended', 'lv', 'benefits', '', 'answered',
  :at - i * 10.0, :at - i * 10.0 + 20, :at - i * 10.0 + 200, :at - i * 10.0 + 200, 0.0,
  'consultation', JSON_, 'answered', :at - i * 10.0 + 230, 'Iesniegums pieņemts.', 1, 'name_contact'
FROM n
"""  # noqa: S608 - every word is ours
LEGS = """
INSERT INTO legs (leg_id, last_seq, call_id, party, purpose, device, agent_id, from_at, answered_at,
  to_at, why, hold_s, circle)
SELECT call_id || '-1', last_seq, call_id, 'agent', 'offer', 'browser', 'a1', arrived_at + 10,
  answered_at, ended_at, 'hung_up', 0.0, 0 FROM contacts
WHERE arrived_at BETWEEN :at - :last * 10.0 AND :at - :first * 10.0
"""
PEOPLE = """
INSERT INTO people (person_id, name, made_at, made_by)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
SELECT 'p' || i, 'Anna Bērziņa', :at - 1e8, 'x' FROM n
"""
HAVE = """
INSERT INTO person_numbers (number, person_id, pseudonym, added_at)
SELECT :library, person_id, '~l', :at - 1e8 FROM people WHERE person_id <> 'p0'
UNION ALL SELECT '+3712000000' || d, 'p0', '~' || d, :at FROM (SELECT 0 AS d UNION SELECT 1 UNION
  SELECT 2) AS digits
"""
TIES = """
INSERT INTO contact_people (call_id, person_id, at, chosen_at, chosen_by)
SELECT call_id, CASE WHEN caller = :library THEN 'p' || (1 + last_seq / 50 % 300) ELSE 'p0' END,
  arrived_at, arrived_at, 'x'
FROM contacts WHERE caller = :library OR caller LIKE '+3712000000_'
"""
NOW = (
    ("number", "+37121000055", ""),
    ("often", "+37129999999", ""),
    ("three_numbers", "+37120000001", "p0"),
    ("library", LIBRARY, ""),
    ("library_chosen", LIBRARY, "p7"),
)


async def fill(connection: AsyncConnection, count: int) -> None:
    """A year of a busy network."""
    kind = "'[]'::json" if connection.dialect.name == "postgresql" else "'[]'"
    portions = [(first, first + PORTION - 1) for first in range(1, count, PORTION)]
    parts = [(CONTACTS.replace("JSON_", kind), one) for one in portions]
    parts += [
        *((LEGS, one) for one in portions),
        *((each, (0, 0)) for each in (PEOPLE, HAVE, TIES)),
    ]
    for statement, (first, last) in parts:
        given = {"first": first, "last": last, "at": AT - 100.0, "library": LIBRARY}
        given["often"] = max(12, count // OFTEN)
        names = {name: value for name, value in given.items() if f":{name}" in statement}
        await connection.execute(text(statement), names)
    for name, _, person_id in NOW:
        if person_id:
            row = {"call": name, "person": person_id, "at": AT}
            await connection.execute(
                text("INSERT INTO contact_people VALUES (:call, :person, :at, :at, 'x', 0)"), row
            )


def a_call(name: str, caller: str) -> Call:
    """In talk, with an identified citizen."""
    return Call(
        talk=Talk(agent_id="a1", answered_at=AT),
        call_id=name,
        channel=CallerChannel(name="x", unique_id="1.1"),
        caller=caller,
        dialled="60000100",
        arrived_at=AT,
        phase=Phase.TALKING,
        since=AT,
        identity=Identity(level=1, at=AT),
    )


async def measure(engine: AsyncEngine, name: str, caller: str) -> dict[str, float]:
    """One citizen, many times."""
    service = CitizenService(engine, {name: a_call(name, caller)}, clock=lambda: AT)
    shown, took, worked = 0, [], []
    for _ in range(TIMES):
        began, own = time.perf_counter(), time.process_time()
        shown = len(await service.contacts(AGENT, name))
        took.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - own) * 1000)
    took.sort()
    p50, p95 = took[TIMES // 2], took[TIMES * 95 // 100]
    cpu = sorted(worked)[TIMES // 2]
    found = {"p50_ms": p50, "p95_ms": p95, "cpu_p50_ms": cpu}
    return {"shown": shown, **{name: round(value, 2) for name, value in found.items()}}


async def run(url: str, count: int) -> dict[str, object]:
    """Fill, and measure."""
    await database.migrate(url)
    async with database.opened(url) as engine:
        async with engine.begin() as connection:
            await fill(connection, count)
        # Else PostgreSQL would do it by itself, beside what is measured.
        settled = "VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"
        alone = engine.execution_options(isolation_level="AUTOCOMMIT")
        async with alone.connect() as connection:
            await connection.execute(text(settled))
        found = {name: await measure(engine, name, caller) for name, caller, _ in NOW}
        kind = engine.dialect.name
    worst = max(one["p95_ms"] for one in found.values())
    return {"database": kind, "contacts": count, **found, "p95_ms": worst}


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="", help="the URL of an empty database")
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = given.database or f"sqlite:///{folder}/timeline.sqlite"
        found = asyncio.run(run(url, given.contacts))
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        print(name, value)


if __name__ == "__main__":
    main()
