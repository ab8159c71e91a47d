"""How long a freed agent waits for the next ring while callers wait: ours against app_queue.

Ours is the whole service, with its panel, journal and database. One run, one Asterisk, one agent's
phone, the same number of callers always in the line, the same talks. Blocks of both take turns, so
that whatever else the machine does meets both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog
import uvloop

from contactcentre import paths
from contactcentre.app import service
from contactcentre.core import commands, events
from contactcentre.core.config.network import Network
from contactcentre.core.config.trunk import Trunk
from contactcentre.engine.clock import now
from contactcentre.settings import Settings
from contactcentre.storage.database import migrate
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx import running
from routing.model import AgentProfile, Capability, Queue
from routing.tally import percentile

ROOT = Path(__file__).resolve().parent.parent
PHONES = Path(__file__).with_name("assignment_phones.py")
OVERLAY = Path(__file__).with_name("asterisk")

NUMBERS = {"ours": "60000100", "app_queue": "69999999"}
CALLERS = 12
BLOCKS = 4
OURS = "a-1-table"

# One for each block: Asterisk may go on believing that a phone which left while it rang is busy,
# and app_queue believes Asterisk.
THEIRS = tuple(f"q-{block + 1}" for block in range(BLOCKS))

SECRET = "the-phone-of-the-benchmark"  # noqa: S105 - lives as long as the run

STREET = Trunk(trunk_id="street", peers=("127.0.0.2",))
"""By which all citizens ring."""

NETWORK = Network(
    version=1,
    trunks={STREET.trunk_id: STREET},
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
        "a1": AgentProfile(
            agent_id="a1",
            name="Agent",
            centre_id="c1",
            endpoint="a-1",
            table=OURS,
            capability=Capability(languages=(("lv", 1),)),
            device="desk",
        )
    },
)


@dataclass(kw_only=True, slots=True)
class Result:
    """What one contestant did: times in seconds, CPU seconds of each process, seconds in all."""

    times: list[float] = field(default_factory=list)
    asterisk_cpu_s: float = 0.0
    service_cpu_s: float = 0.0
    wall_s: float = 0.0

    def figures(self) -> dict[str, float]:
        """Milliseconds."""
        ordered = sorted(time_s * 1000 for time_s in self.times)
        return {
            "median": round(statistics.median(ordered), 2),
            "p90": round(percentile(ordered, 90), 2),
            "p99": round(percentile(ordered, 99), 2),
            "max": round(ordered[-1], 2),
            "samples": len(ordered),
        }


async def measure(samples: int) -> Mapping[str, Result]:
    """Run everything; at least `samples` of each."""
    results = {name: Result() for name in NUMBERS}
    with tempfile.TemporaryDirectory(prefix="cc-") as folder:
        settings = settings_for(Path(folder), 18_000, 18_999)
        await migrate(settings.database)
        pbx_settings = replace(paths.pbx_settings(settings), overlay=OVERLAY)
        async with running(pbx_settings) as pbx, service.running(settings) as hotline:
            service.spare_the_collector()  # as `serve` does
            for phone in (OURS, *THEIRS):
                Directory(pbx_settings.directory).enrol(phone, SECRET, kind="desk")
            Directory(pbx_settings.directory).lay([STREET])
            hotline.inbox.post(events.NetworkPublished(at=now(), network=NETWORK))
            hotline.inbox.post(commands.AgentLoggedIn(at=now(), agent_id="a1"))
            for block in range(BLOCKS):
                for name, result in results.items():
                    print(f"{name}, block {block + 1} of {BLOCKS}", file=sys.stderr)
                    hotline.inbox.post(commands.ReadyChosen(at=now(), agent_id="a1"))
                    phone = OURS if name == "ours" else THEIRS[block]
                    share = -(-samples // BLOCKS)
                    callers = _callers(block)
                    await _block(name, phone, callers, share, settings.sip_port, pbx.pid, result)
    return results


def _callers(block: int) -> tuple[str, ...]:
    """New ones in each block: the service remembers who has waited, app_queue does not."""
    return tuple(f"+37120{block:02}{index:04}" for index in range(CALLERS))


async def _block(
    name: str,
    phone: str,
    callers: tuple[str, ...],
    samples: int,
    sip_port: int,
    pid: int,
    result: Result,
) -> None:
    began, asterisk_s, service_s = time.perf_counter(), process_cpu_s(pid), time.process_time()
    arguments = {
        "port": sip_port,
        "number": NUMBERS[name],
        "samples": samples,
        "callers": ",".join(callers),
        "secret": SECRET,
        "phone": phone,
    }
    phones = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PHONES),
        *(f"--{key}={value}" for key, value in arguments.items()),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await phones.communicate()
    if phones.returncode != 0:
        raise SystemExit(f"{name}: the telephones gave up (see above)")
    result.times += json.loads(said)
    result.wall_s += time.perf_counter() - began
    result.asterisk_cpu_s += process_cpu_s(pid) - asterisk_s
    result.service_cpu_s += time.process_time() - service_s


def process_cpu_s(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settings_for(home: Path, rtp_first: int, rtp_last: int) -> Settings:
    """A whole hotline in this folder, on free ports of loopback."""
    panel, sip, websocket, ami, agi = free_ports(5)
    return Settings(
        home=home,
        cache=home / "cache",
        config=ROOT / "config",
        database_url="",
        port=panel,
        sip_port=sip,
        sip_websocket_port=websocket,
        ami_port=ami,
        agi_port=agi,
        rtp_first=rtp_first,
        rtp_last=rtp_last,
    )


def free_ports(count: int) -> list[int]:
    """Held together, so that no two are the same."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def report(results: Mapping[str, Result]) -> str:
    """For people: milliseconds, and CPU time for each call that was distributed."""
    load = f"{os.cpu_count()} cores, load average {os.getloadavg()[1]:.1f} over the last 5 minutes"
    lines = [f"from the agent's BYE to the next INVITE, in ms ({load})"]
    for name, result in results.items():
        numbers = "  ".join(f"{key} {value}" for key, value in result.figures().items())
        calls = len(result.times)
        cpu = (
            f"Asterisk {result.asterisk_cpu_s * 1000 / calls:.1f} ms,"
            f" service {result.service_cpu_s * 1000 / calls:.1f} ms a call"
            f" ({result.wall_s:.0f} s, {CALLERS} callers)"
        )
        lines += [f"{name:>10}  {numbers}", f"{'':>10}  CPU: {cpu}"]
    return "\n".join(lines)


def summary(results: Mapping[str, Result]) -> dict[str, object]:
    """For programs."""
    ours, theirs = results["ours"].figures(), results["app_queue"].figures()
    ratio = round(theirs["median"] / ours["median"], 1)
    return {"ours_ms": ours, "app_queue_ms": theirs, "ratio_median": ratio}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=200, help="of each")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
    options = parser.parse_args()
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(
        wrapper_class=quiet, logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )
    # So that a benchmark that is stopped takes its Asterisk with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        results = runner.run(measure(options.samples))
    print(report(results))
    if options.json:
        print(json.dumps(summary(results)))


if __name__ == "__main__":
    main()
