"""Standard reports of a month, a year and five years, through the service that the page asks.

The facts are generated in the database (what they are made from is not: reports read facts alone),
the sums by the code that the service uses. PostgreSQL is one of our own, on loopback.
"""

# ruff: noqa: S603, S608 - the commands and the names are ours

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import pwd
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

sys.path.insert(0, str(Path(__file__).parent.parent))

from agents_ui.reports.port import ReportQuestion
from agents_ui.shell.port import Grant, Person
from contactcentre.app.collector import NEVER
from contactcentre.features.reports.keeping import FactKeeper
from contactcentre.features.reports.service import ReportService
from contactcentre.storage import database
from contactcentre.storage.tables.reports import COUNTED
from routing.calendar import midnight

ENDS = date(2026, 10, 31)
YEARS = 5
BEGINS = date(ENDS.year - YEARS, 11, 1)
AGENTS, CENTRES, QUEUES, TOWNS = 700, 160, 8, 43
REPEAT = 3
PORTION_DAYS = 20
"""Filled in so many days at a time: a statement has half a minute."""
LEADER = Person(user_id="bench", name="B", grants=frozenset({Grant(role="supervisor")}))
STANDARD = (
    *(("queue", view) for view in ("service", "ways", "after")),
    *((by, "service") for by in ("centre", "home_centre", "municipality", "service")),
    *((by, "service") for by in ("institution", "agent", "language", "dialled", "path")),
    ("agent", "work"),
    ("service", "failure"),
)
PERIODS = {
    "month": (date(2026, 9, 1), date(2026, 9, 30), ("quarter", "day")),
    "year": (date(2025, 10, 15), date(2026, 10, 14), ("day", "week", "month")),
    "five_years": (BEGINS + timedelta(days=9), ENDS, ("month", "year")),
}
VALUES = {
    "queue": f"'q' || (h % {QUEUES})",
    "centre": f"'c' || (h % {CENTRES})",
    "home_centre": f"'c' || (h / 7 % {CENTRES})",
    "municipality": f"'m' || (h / 11 % {TOWNS})",
    "service": "'s' || (h / 13 % 200)",
    "institution": "'i' || (h / 17 % 15)",
    "agent": f"'a' || (h % {AGENTS})",
    "language": "CASE WHEN h % 10 < 6 THEN 'lv' WHEN h % 10 < 9 THEN 'ru' ELSE 'en' END",
    "dialled": f"'6000' || (h / 7 % {CENTRES})",
    "path": "'p' || (h / 19 % 30)",
    "band": "CASE WHEN h % 20 > 0 THEN h % 30 END",
    "longest_ms": "h % 30 * 1000",
    **dict.fromkeys(("rang_in", "received", "queued", "recorded", "legs", "offers"), "1"),
    "answered": "CASE WHEN h % 12 > 0 THEN 1 ELSE 0 END",
    "abandoned": "CASE WHEN h % 12 = 0 THEN 1 ELSE 0 END",
    "handled": "1",
    "traceable": "1",
    "within": "CASE WHEN h % 5 > 0 AND h % 12 > 0 THEN 1 ELSE 0 END",
    **dict.fromkeys(("failure_demand", "asked_again"), "CASE WHEN h % 15 = 0 THEN 1 ELSE 0 END"),
    "wait_ms": "h % 30 * 1000",
    "talk_ms": "h % 400 * 1000",
    "acw_ms": "h % 60 * 1000",
}


async def fill(connection: AsyncConnection, contacts: int, series: str) -> None:
    """So many contacts, evenly over the days, from eight to six; and the days of their agents."""
    days = [BEGINS + timedelta(days=number) for number in range((ENDS - BEGINS).days + 1)]
    each = max(1, contacts // len(days))
    await connection.execute(text("CREATE TABLE bench_days (n INTEGER, day INTEGER, q INTEGER)"))
    rows = [
        {"n": n, "day": int(day.strftime("%Y%m%d")), "q": int(midnight(day) // 900) + 32}
        for n, day in enumerate(days)
    ]
    await connection.execute(text("INSERT INTO bench_days VALUES (:n, :day, :q)"), rows)
    names = ", ".join(["call_id", "quarter", "day", *VALUES])
    made = ", ".join(VALUES.values())
    sums = ", ".join(f"SUM({name})" for name in COUNTED)
    statements = (
        f"INSERT INTO contact_facts ({names}) SELECT 'c' || n || '-' || i,"
        f" q + i * 40 / {each}, day, {made} FROM (SELECT n, q, day, i,"
        f" (n * 7919 + i * 104729) % 1000003 AS h FROM bench_days, {series.format(each)}"
        " WHERE n >= :first AND n < :end) AS x",
        "INSERT INTO agent_days (day, agent, ready_ms, talking_ms, wrap_up_ms, not_ready_ms)"
        " SELECT day, 'a' || i, 9000000, 12000000, 2000000, 3000000 FROM bench_days,"
        f" {series.format(AGENTS)} WHERE n >= :first AND n < :end",
        f"INSERT INTO report_quarters (quarter, queue, day, longest_ms, {', '.join(COUNTED)})"
        f" SELECT quarter, queue, MIN(day), MAX(longest_ms), {sums} FROM contact_facts"
        " WHERE quarter >= :q AND quarter < :q_end GROUP BY quarter, queue",
    )
    for first in range(0, len(days), PORTION_DAYS):
        end = min(first + PORTION_DAYS, len(days))
        bounds = {
            "first": first,
            "end": end,
            "q": rows[first]["q"],
            "q_end": rows[end - 1]["q"] + 60,
        }
        for statement in statements:
            wanted = set(re.findall(r":([a-z_]+)", statement))
            await connection.execute(text(statement), {name: bounds[name] for name in wanted})


async def measured(engine: AsyncEngine) -> dict[str, list[tuple[float, str]]]:
    """Milliseconds of each standard report, by period."""
    gc.collect()  # from here on as the service has it: app/service.py, app/collector.py
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], NEVER)
    room, found = ReportService(engine), {}
    for name, (since, until, steps) in PERIODS.items():
        asked = [(step, "service") for step in steps]
        times = []
        for by, view in (*asked, *STANDARD):
            question = ReportQuestion(since=since, until=until, by=by, view=view)
            for _ in range(REPEAT):
                began = time.perf_counter()
                report = await room.report(question, person=LEADER, language="lv")
                times.append((1000 * (time.perf_counter() - began), f"{by}/{view}"))
                assert report.total.values[0]
        found[name] = sorted(times)
    return found


async def run(url: str, contacts: int, series: str, settle: tuple[str, ...]) -> dict[str, float]:
    """Fill, add up, and ask."""
    await database.migrate(url)
    began = time.perf_counter()
    async with database.opened(url) as engine:
        async with engine.begin() as connection:
            await fill(connection, contacts, series)
        print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for statement in settle:
                await connection.execute(text(statement))
        made_at = time.perf_counter()
        months = await FactKeeper(
            engine, asyncio.Event(), clock=lambda: midnight(ENDS + timedelta(days=1))
        ).make_months()
        month_s = (time.perf_counter() - made_at) / max(1, months)
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for statement in settle:
                await connection.execute(text(statement))
        times = await measured(engine)
    told = {"make_month_s": round(month_s, 2)}
    for name, each in times.items():
        rank = max(0, -(-len(each) * 95 // 100) - 1)
        told[f"{name}_p95_ms"] = round(each[rank][0], 1)
        told[f"{name}_p50_ms"] = round(statistics.median(ms for ms, _ in each), 1)
        print(name, [f"{what} {ms:.0f}" for ms, what in each[-4:]], file=sys.stderr)
    return told


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty one of our own."""
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))[-1].parent
    user = "postgres" if os.geteuid() == 0 else None
    more = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with TemporaryDirectory(prefix="cc-pg-") as folder:
        if user:
            shutil.chown(folder, user)

        def command(name: str, *words: str) -> None:
            line = [str(tools / name), *words]
            quiet = {"stdout": subprocess.DEVNULL, "cwd": "/"}
            subprocess.run(line, check=True, **quiet, **more)  # type: ignore[call-overload]

        data = f"{folder}/data"
        command("initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "-N")
        memory = "-c shared_buffers=1GB -c work_mem=64MB -c max_wal_size=8GB"
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -F {memory}"
        command("pg_ctl", "-D", data, "-w", "-o", options, "-l", os.devnull, "start")
        try:
            command("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "bench", "bench")
            yield f"postgresql+asyncpg://bench@127.0.0.1:{port}/bench"
        finally:
            command("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--contacts", type=int, default=5_000_000)
    parser.add_argument("--sqlite-contacts", type=int, default=500_000)
    given = parser.parse_args()
    told: dict[str, float] = {"contacts": given.contacts, "sqlite_contacts": given.sqlite_contacts}
    with postgres() as url:
        series = "generate_series(0, {} - 1) AS i"
        told |= asyncio.run(run(url, given.contacts, series, ("VACUUM ANALYZE",)))
    if given.sqlite_contacts:
        with TemporaryDirectory(prefix="cc-reports-") as folder:
            series = "(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {}) SELECT i FROM s)"  # noqa: E501
            url = f"sqlite:///{folder}/reports.db"
            found = asyncio.run(run(url, given.sqlite_contacts, series, ("ANALYZE",)))
            told |= {f"sqlite_{name}": value for name, value in found.items()}
    print(json.dumps(told) if given.json else "\n".join(f"{k}: {v}" for k, v in told.items()))


if __name__ == "__main__":
    main()
