"""A hotline where some agents are at work while others log in, for benchmarks."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import crowd
import uvloop
from assignment_latency import settings_for
from full_day import SECRET, WRAP_UP_S
from hotline_phones import Load
from nine_o_clock_agents import PASSWORD
from parts import Told

from contactcentre import paths
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.settings import Settings
from contactcentre.telephony.pbx import Pbx, running


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """`coming` agents log in within so many seconds; `early` ones answer the calls meanwhile."""

    early: int
    coming: int
    boards: int
    seconds: float

    @property
    def agents(self) -> int:
        """All of them."""
        return self.early + self.coming


@asynccontextmanager
async def hotline(staff: Staff) -> AsyncIterator[tuple[Settings, Pbx]]:
    """Everybody has an account and a telephone, the early ones a session; Asterisk runs."""
    with tempfile.TemporaryDirectory(prefix="cc-") as folder:
        settings = settings_for(Path(folder), 12_000, 15_999)
        # The prompts are there; the crowd logs in by a password alone.
        update = {"cache": Settings().cache, "second_factor": ()}
        settings = settings.model_copy(update=update)
        await crowd.settle(
            settings,
            staff.agents,
            max(staff.boards, 1),
            browsers=staff.coming,
            wrap_up_s=WRAP_UP_S,
            password_hash=await Passwords().hash(PASSWORD, username=""),
        )
        early = crowd.agent_ids(staff.early)
        await crowd.open_sessions(settings, (*early, *crowd.supervisor_ids(staff.boards)))
        everyones = crowd.phones(staff.agents, staff.coming)
        await asyncio.to_thread(
            crowd.enrol, paths.directory(settings), everyones, staff.early, SECRET
        )
        async with running(paths.pbx_settings(settings)) as pbx:
            yield settings, pbx


def pages(settings: Settings, staff: Staff) -> Mapping[str, object]:
    """What `full_day_pages` is asked for: the early ones' desks, and boards."""
    return crowd.pages(settings.panel_origin, staff.early, staff.early, staff.boards)


def phones(settings: Settings, staff: Staff, load: Load) -> Mapping[str, object]:
    """What `hotline_phones` is asked for."""
    return {
        "port": settings.sip_port,
        "number": crowd.NUMBER,
        "agents": staff.early,
        "secret": SECRET,
        "load": json.dumps(asdict(load)),
    }


def comers(settings: Settings, staff: Staff) -> Mapping[str, object]:
    """What `nine_o_clock_agents` is asked for."""
    return {
        "origin": settings.panel_origin,
        "port": settings.sip_port,
        "agents": staff.agents,
        "coming": staff.coming,
        "seconds": staff.seconds,
    }


def complain(came: Told) -> None:
    """Say why somebody was not let in."""
    if came["refused"]:
        print(f"not let in: {dict(Counter(came['refused']))}", file=sys.stderr)


def run(measured: Callable[[], Coroutine[Any, Any, Told]], *, as_json: bool) -> Told:
    """Measure, and tell it on the terminal."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        told = runner.run(measured())
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}", file=sys.stderr)
    width = max(map(len, told))
    for key, value in told.items():
        print(f"{key:>{width}} {value}")
    if as_json:
        print(json.dumps(told))
    return told
