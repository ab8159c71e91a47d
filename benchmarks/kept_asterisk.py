"""An Asterisk with its keeper in a process of its own, as an installation has them (`contactcentre
pbx`): what the keeper takes is no part of what the service takes."""

from __future__ import annotations

import asyncio
import pickle
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from assignment_latency import process_cpu_s

from contactcentre.telephony.pbx import running
from contactcentre.telephony.pbx_config import PbxSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAsterisk:
    """The two processes, by their ids."""

    asterisk: int
    keeper: int

    def cpu_s(self) -> float:
        """What both have taken so far."""
        return process_cpu_s(self.asterisk) + process_cpu_s(self.keeper)


@asynccontextmanager
async def kept(settings: PbxSettings) -> AsyncIterator[KeptAsterisk]:
    """An Asterisk that takes calls, ended when the block is left."""
    keeper = await asyncio.create_subprocess_exec(
        sys.executable, __file__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    keeper.stdin.write(pickle.dumps(settings) + b"\n")
    try:
        pid = int(await keeper.stdout.readline())
        yield KeptAsterisk(asterisk=pid, keeper=keeper.pid)
    finally:
        keeper.stdin.close()
        await keeper.wait()


async def _keep() -> None:
    settings = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the benchmark that has started us
    async with running(settings) as pbx:
        print(pbx.pid, flush=True)
        await asyncio.to_thread(sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(_keep())
