"""The hotline of `board`: the real panel and its services over a history of hundreds at work.

Prints its port, then answers a line by what it used since the line before. `--calls` come and go in
each second. A collection of garbage is as `serve` has it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import json
import logging
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Never

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import structlog
import uvloop
from aiohttp import web
from parts import lines

from agents_ui.app import build
from agents_ui.shell.server import PanelRunner
from contactcentre.engine.clock import now
from contactcentre.storage import database
from contactcentre.storage.tables import grants, sessions, users
from lab.pages import sample, throng
from lab.pages.serve import settings
from lab.pages.stage import StagedHistory, staged


def realm_of(number: int) -> tuple[str, str]:
    """Of ten supervisors four see the network, four a municipality, two a centre."""
    if number % 10 < 4:
        return "network", ""
    if number % 10 < 8:
        return "municipality", f"m{number % throng.MUNICIPALITIES}"
    return "centre", f"c{number % throng.CENTRES}"


def token(number: int) -> str:
    """The cookie of a supervisor's session."""
    return f"the-session-of-supervisor-{number}"


async def enrol(stage: StagedHistory, boards: int) -> None:
    """The supervisors, logged in."""
    at = time.time()
    people = [
        {
            "user_id": f"s{number}",
            "username": f"s{number}",
            "name": f"Supervisor {number}",
            "locale": "lv",
            "password_hash": "-",
            "active": True,
            "created_at": at,
        }
        for number in range(boards)
    ]
    given = [
        {
            "user_id": f"s{number}",
            "role": "supervisor",
            "realm": realm_of(number)[0],
            "realm_id": realm_of(number)[1],
            "granted_at": at,
            "granted_by": "benchmark",
        }
        for number in range(boards)
    ]
    opened = [
        {
            "token_hash": hashlib.sha256(token(number).encode()).hexdigest(),
            "user_id": f"s{number}",
            "started_at": at,
            "used_at": at,
        }
        for number in range(boards)
    ]
    async with stage.database.begin() as connection:
        for table, rows in ((users, people), (grants, given), (sessions, opened)):
            await database.upsert(connection, table, rows)


async def play(stage: StagedHistory, crowd: throng.Throng, calls: float) -> Never:
    """A second's facts spread over the second."""
    while True:
        await asyncio.sleep(0.25)
        stage.at = now()
        crowd.second(calls / 4)


async def answer() -> None:
    """What this process used since the line before."""
    cpu_s, at = time.process_time(), time.monotonic()
    async for _ in lines():
        used_s, seconds = time.process_time() - cpu_s, time.monotonic() - at
        cpu_s, at = time.process_time(), time.monotonic()
        print(json.dumps({"core_share": used_s / seconds, "seconds": seconds}), flush=True)


async def serve(boards: int, calls: float) -> None:
    """Until the input ends."""
    with TemporaryDirectory(prefix="cc-board-") as home, TemporaryDirectory() as other:
        prepared = await sample.prepare(Path(home))
        prepared = replace(prepared, network=throng.network(prepared.network))
        async with staged(prepared, Path(other)) as stage:
            await enrol(stage, boards)
            crowd = throng.Throng(stage)
            stage.clock_steps(now() - stage.at)
            crowd.come()
            listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
            port = listener.getsockname()[1]
            given = settings(f"http://127.0.0.1:{port}")
            runner = PanelRunner(build(stage.ports(given)), shutdown_timeout=1)
            await runner.setup()
            await web.SockSite(runner, listener).start()
            gc.collect()
            gc.freeze()
            print(json.dumps({"port": port}), flush=True)
            playing = asyncio.create_task(play(stage, crowd, calls))
            try:
                await answer()
            finally:
                playing.cancel()
                await asyncio.wait([playing])
                await runner.cleanup()


def main() -> None:
    """See `serve`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boards", type=int, required=True)
    parser.add_argument("--calls", type=float, required=True)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(asked.boards, asked.calls))


if __name__ == "__main__":
    main()
