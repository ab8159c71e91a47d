"""Citizens in numbers: a typed runner of SIPp, the SIP load generator.

SIPp rings as the carrier does: from the trunk's own address. It is light enough for hundreds of
calls, but cannot hear; `lab.telephone` has citizens with ears. Keys and speech are captured
packets that need the right to send raw packets (root, in most machines).
"""

import asyncio
import csv
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import jinja2

from lab import LAB

_CAPTURES = Path("/usr/share/sip-tester")
_KEY_NAMES = {"*": "star", "#": "pound"}


class SippFailed(Exception):
    """SIPp is not there, or stopped before its calls were over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SippCalls:
    """Who rings: `calls` calls of `number`, `rate` new ones each second, by `callers` in turn.

    `shown`: the name that their telephones show. `hold_s`: seconds from answer (and keys) to
    hanging up; None waits for the other side to do it. `keys`: pressed one after another, the first
    `keys_after_s` after the answer. `speaks`: recorded speech of eight seconds is sent after that,
    over and over where `hold_s` is None.
    """

    number: str
    pbx_port: int
    pbx_host: str = "127.0.0.1"
    bind: str = "127.0.0.2"
    callers: tuple[str, ...] = ("+37120000001",)
    shown: str = ""
    calls: int = 1
    rate: float = 1.0
    hold_s: float | None = None
    keys: str = ""
    keys_after_s: float = 1.0
    speaks: bool = False
    gives_up_after_s: float = 300.0

    def __post_init__(self) -> None:
        if not set(self.keys) <= set("0123456789*#"):
            raise ValueError("keys are 0-9, * and #")
        if any(one == other for one, other in pairwise(self.keys)):
            # The captured packets carry one time stamp per key: the second would be a repetition.
            raise ValueError("SIPp cannot press the same key twice running")


@dataclass(frozen=True, kw_only=True, slots=True)
class SippOutcome:
    """What became of the calls: every one either went to the scenario's end or failed."""

    succeeded: int
    failed: int


class RunningSipp:
    """A SIPp that rings."""

    def __init__(self, process: asyncio.subprocess.Process, statistics: Path) -> None:
        self._process = process
        self._statistics = statistics

    async def outcome(self) -> SippOutcome:
        """Wait until every call is over."""
        await self._process.wait()
        return await asyncio.to_thread(_outcome, self._statistics)


@asynccontextmanager
async def ringing(citizens: SippCalls) -> AsyncIterator[RunningSipp]:
    """Let them ring; SIPp is ended when the block is left."""
    program = shutil.which("sipp")
    if program is None:
        raise SippFailed("no SIPp; scripts/setup test installs it")
    with tempfile.TemporaryDirectory(prefix="sipp-") as name:
        folder = Path(name)
        await asyncio.to_thread(_prepare, citizens, folder)
        process = await asyncio.create_subprocess_exec(
            program,
            *_arguments(citizens, folder),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=folder,
        )
        try:
            yield RunningSipp(process, folder / "statistics.csv")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _arguments(citizens: SippCalls, folder: Path) -> list[str]:
    return [
        f"{citizens.pbx_host}:{citizens.pbx_port}",
        *("-sf", str(folder / "citizen.xml")),
        *("-inf", str(folder / "callers.csv")),
        *("-s", citizens.number),
        *("-i", citizens.bind, "-mi", citizens.bind),
        *("-m", str(citizens.calls), "-l", str(citizens.calls)),
        # SIPp takes whole calls only: so many in 1,000 seconds.
        *("-r", str(max(1, round(citizens.rate * 1000))), "-rp", "1000s"),
        *("-timeout", f"{round(citizens.gives_up_after_s * 1000)}ms"),
        *("-trace_stat", "-stf", str(folder / "statistics.csv"), "-fd", "1"),
        "-nostdin",
    ]


def _prepare(citizens: SippCalls, folder: Path) -> None:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(LAB), autoescape=True, undefined=jinja2.StrictUndefined
    )
    scenario = environment.get_template("citizen.xml.j2").render(
        shown=citizens.shown,
        keys=[_CAPTURES / f"dtmf_2833_{_KEY_NAMES.get(key, key)}.pcap" for key in citizens.keys],
        keys_after_ms=round(citizens.keys_after_s * 1000),
        hold_ms=None if citizens.hold_s is None else round(citizens.hold_s * 1000),
        speech=_CAPTURES / "g711a.pcap" if citizens.speaks else None,
    )
    (folder / "citizen.xml").write_text(scenario)
    (folder / "callers.csv").write_text("\n".join(("SEQUENTIAL", *citizens.callers, "")))


def _outcome(statistics: Path) -> SippOutcome:
    try:
        with statistics.open(newline="") as file:
            last = list(csv.DictReader(file, delimiter=";"))[-1]
    except (OSError, IndexError) as error:
        raise SippFailed("SIPp rang nobody") from error
    return SippOutcome(succeeded=int(last["SuccessfulCall(C)"]), failed=int(last["FailedCall(C)"]))
