"""The whole hotline under the load of a busy day, and what Asterisk does alone under the same.

Seven hundred agents are logged in, 3,200 calls an hour come in, and for a minute ten a second. Ours
is the whole service, with its panel, journal and database. Its rival is a dialplan of `Read` and
`app_queue`: the same menu with the same prompts, the same callers, phones and talks, in the same
run. `Dial` to a phone that the caller has dialled shows what the calls themselves cost. What
counts: no call is lost, an agent's phone rings at once, and how many calls the machine can carry.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import resource
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import structlog
import uvloop
from assignment_latency import OVERLAY, STREET, settings_for
from hotline_phones import BARE, FIRST, Load
from kept_asterisk import KeptAsterisk, kept

from contactcentre import paths
from contactcentre.app import service
from contactcentre.core import commands, events
from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.settings import Settings
from contactcentre.storage.database import migrate
from contactcentre.telephony.directory import Directory
from ivr.flow import parse
from routing.model import AgentProfile, Capability, Queue
from routing.tally import percentile

PHONES = Path(__file__).with_name("hotline_phones.py")
NUMBER = "60000100"
RIVAL = "69999998"
NAMES = {BARE: "plain_dial", RIVAL: "app_queue", NUMBER: "ours"}
MENU = Path(__file__).parent / "flows" / "one-menu.yaml"
SECRET = "the-phones-of-the-benchmark"  # noqa: S105 - lives as long as the run
FILES = 16_384  # each leg needs sockets, pipes and timers

WARM_UP = {"seconds": 10.0, "burst_s": 5.0, "talk_s": 2.0}
"""What Asterisk learns with its first calls counts for neither."""

SETTLE_S = 100.0
"""Until 700 agents who have come to work, and their phones, are written down: `nine_o_clock` counts
what that costs, here it is no call's. Asterisk asks each phone for the first time within a minute
and a half of its registration, and every answer is told."""

IDLE_S = 10.0
"""The last of them, in which nobody rings: what the service takes for being there."""

ABLE = Capability(languages=(("lv", 1),))


RIVALS_QUEUE = """
{% include 'base/queues.conf.j2' %}
; app_queue at its quickest: it looks again every second, and rests never.
[rival]
strategy = leastrecent
wrapuptime = 0
retry = 1
timeout = 15
autofill = yes
ringinuse = no
"""


def overlay(folder: Path, agents: int) -> Path:
    """The configuration of the rivals, with a queue of so many members."""
    copy = Path(shutil.copytree(OVERLAY, folder / "overlay"))
    members = "".join(f"member => PJSIP/b-{number}\n" for number in range(FIRST, FIRST + agents))
    (copy / "queues.conf.j2").write_text(RIVALS_QUEUE + members)
    return copy


def network(agents: int) -> Network:
    """One menu, one queue, everybody can do everything."""
    phones = range(FIRST, FIRST + agents)
    return Network(
        version=1,
        trunks={STREET.trunk_id: STREET},
        flows={"hotline": parse(MENU.read_text(), name="hotline")},
        queues={
            "general": Queue(
                queue_id="general",
                labels={"lv": "Vispārīgi"},
                ring_s=15.0,
                wrap_up_s=0.0,
                announce_s=0.0,
            )
        },
        agents={
            f"b{number}": AgentProfile(
                agent_id=f"b{number}",
                name=f"Agent {number}",
                centre_id="c1",
                endpoint=f"b-{number}",
                capability=ABLE,
                device="desk",
                table=f"b-{number}-table",
            )
            for number in phones
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one contestant did."""

    offer_ms: tuple[float, ...]
    calls: int
    answered: int
    lost: int
    most_at_once: int
    seconds: float
    asterisk_cpu_s: float  # its keeper's with it
    engine_cpu_s: float
    engine_idle_share: float  # of one core, in `IDLE_S`

    @property
    def cpu_ms_per_call(self) -> float:
        """Of Asterisk and the service."""
        return 1000 * (self.asterisk_cpu_s + self.engine_cpu_s) / max(1, self.answered)

    @property
    def calls_s(self) -> float:
        """How many calls a second all cores of this machine would carry."""
        return 1000 * (os.cpu_count() or 1) / self.cpu_ms_per_call

    def offers(self) -> dict[str, float]:
        """Milliseconds from "a caller waits and the agent is free" to the ring."""
        ordered = sorted(self.offer_ms) or [0.0]
        return {
            "p50": round(statistics.median(ordered), 2),
            "p99": round(percentile(ordered, 99), 2),
            "max": round(ordered[-1], 2),
        }


async def measure(agents: int, load: Load) -> Mapping[str, Run]:
    """Both, one after the other, on one Asterisk."""
    with tempfile.TemporaryDirectory(prefix="cc-") as folder:
        settings = settings_for(Path(folder), 12_000, 19_999)
        settings = settings.model_copy(update={"cache": Settings().cache})  # the prompts are there
        await migrate(settings.database)
        rivals = overlay(Path(folder), agents)
        pbx_settings = replace(paths.pbx_settings(settings), overlay=rivals)
        async with kept(pbx_settings) as asterisk:
            directory = Directory(pbx_settings.directory)
            for number in range(FIRST, FIRST + agents):
                directory.enrol(f"b-{number}-table", SECRET, kind="desk")
            directory.lay([STREET])
            runs = {}
            await _run(BARE, agents, replace(load, **WARM_UP), settings.sip_port, asterisk)
            for number in (BARE, RIVAL):
                runs[NAMES[number]] = await _run(number, agents, load, settings.sip_port, asterisk)
            async with service.running(settings) as hotline:
                service.spare_the_collector()  # as `serve` does
                hotline.inbox.post(events.NetworkPublished(at=now(), network=network(agents)))
                for number in range(FIRST, FIRST + agents):
                    hotline.inbox.post(commands.AgentLoggedIn(at=now(), agent_id=f"b{number}"))
                    hotline.inbox.post(commands.ReadyChosen(at=now(), agent_id=f"b{number}"))
                runs["ours"] = await _run(NUMBER, agents, load, settings.sip_port, asterisk)
    return runs


async def _run(number: str, agents: int, load: Load, sip_port: int, asterisk: KeptAsterisk) -> Run:
    print(f"{NAMES[number]}: {load.seconds:.0f} s", file=sys.stderr)
    arguments = {
        "port": sip_port,
        "number": number,
        "agents": agents,
        "secret": SECRET,
        "load": json.dumps(asdict(load)),
    }
    phones = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PHONES),
        *(f"--{key}={value}" for key, value in arguments.items()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    assert phones.stdin is not None
    assert phones.stdout is not None
    await phones.stdout.readline()  # every phone is registered
    await asyncio.sleep(SETTLE_S - IDLE_S)
    idle_s = time.process_time()
    await asyncio.sleep(IDLE_S)
    asterisk_s, engine_s = asterisk.cpu_s(), time.process_time()
    idle_s = engine_s - idle_s
    phones.stdin.write(b"\n")
    said = await phones.stdout.readline()
    asterisk_s, engine_s = asterisk.cpu_s() - asterisk_s, time.process_time() - engine_s
    if await phones.wait() != 0:
        raise SystemExit("the telephones gave up (see above)")
    told = json.loads(said)
    return Run(
        **told | {"offer_ms": tuple(told["offer_ms"])},
        asterisk_cpu_s=asterisk_s,
        engine_cpu_s=engine_s if number == NUMBER else 0.0,
        engine_idle_share=idle_s / IDLE_S if number == NUMBER else 0.0,
    )


def engine_mb() -> float:
    """The most memory that this process, which is the whole service, has had."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def alone(run: Run) -> dict[str, object]:
    """Of a contestant that is Asterisk alone."""
    return {
        "calls": run.calls,
        "lost": run.lost,
        "offer_ms": run.offers(),
        "cpu_ms_per_call": round(run.cpu_ms_per_call, 2),
    }


def summary(runs: Mapping[str, Run]) -> dict[str, object]:
    """For programs."""
    ours, queue, bare = runs["ours"], runs["app_queue"], runs["plain_dial"]
    return {
        "ours_calls_s": round(ours.calls_s, 2),
        "app_queue_calls_s": round(queue.calls_s, 2),
        "ratio": round(ours.calls_s / queue.calls_s, 3),
        "offer_ms": ours.offers(),
        "calls": ours.calls,
        "lost": ours.lost,
        "most_at_once": ours.most_at_once,
        "engine_cpu_percent": round(100 * ours.engine_cpu_s / ours.seconds, 1),
        "engine_idle_percent": round(100 * ours.engine_idle_share, 1),
        "engine_mb": engine_mb(),
        "asterisk_cpu_percent": round(100 * ours.asterisk_cpu_s / ours.seconds, 1),
        "engine_cpu_ms_per_call": round(1000 * ours.engine_cpu_s / max(1, ours.answered), 2),
        "cpu_ms_per_call": round(ours.cpu_ms_per_call, 2),
        "app_queue": alone(queue),
        "plain_dial": alone(bare),
        "share_of_plain_dial": round(bare.cpu_ms_per_call / ours.cpu_ms_per_call, 3),
    }


def report(runs: Mapping[str, Run], agents: int) -> str:
    """For people."""
    lines = [f"{agents} agents ({os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f})"]
    for name, run in runs.items():
        lines.append(
            f"{name:>10}  {run.calls} calls, {run.lost} lost, {run.most_at_once} at once;"
            f" to the ring, ms: {run.offers()};"
            f" CPU a call: Asterisk {1000 * run.asterisk_cpu_s / max(1, run.answered):.1f} ms,"
            f" service {1000 * run.engine_cpu_s / max(1, run.answered):.1f} ms"
        )
    return "\n".join(lines)


def main() -> None:
    """The command line. 1 where a call was lost: nothing else fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="of each contestant")
    parser.add_argument("--agents", type=int, default=700)
    parser.add_argument("--per-hour", type=float, default=3200.0)
    parser.add_argument("--burst", type=float, default=10.0, help="calls a second")
    parser.add_argument("--burst-seconds", type=float, default=60.0)
    parser.add_argument("--talk", type=float, default=30.0, help="seconds on average")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
    options = parser.parse_args()
    load = Load(
        seconds=options.seconds,
        per_hour=options.per_hour,
        burst_per_s=options.burst,
        burst_s=min(options.burst_seconds, options.seconds / 3),
        talk_s=options.talk,
    )
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(
        wrapper_class=quiet, logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, most), most))
    # So that a benchmark that is stopped takes its Asterisk with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runs = runner.run(measure(options.agents, load))
    print(report(runs, options.agents))
    if options.json:
        print(json.dumps(summary(runs)))
    sys.exit(1 if runs["ours"].lost else 0)


if __name__ == "__main__":
    main()
