"""The supervisors' pages of `board`, in a process of their own: each link reads all it is sent.

An agent's change of state has its moment in it, so how old it is on arrival is what a push took. To
have a core left for the hotline one page in ten reads that; of all the bytes are counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import aiohttp
import msgspec
import uvloop
from board_hotline import token
from parts import lines

from routing.tally import percentile

OPENING = 20
READS = 10


class Pages:
    """What all of them were sent since `begin`."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._opening = asyncio.Semaphore(OPENING)
        self.begin()

    def begin(self) -> None:
        """Anew."""
        self.push_ms: list[float] = []
        self.bytes: list[int] = []
        self.whole = 0

    async def watch(self, number: int, opened: asyncio.Event) -> None:
        """One page."""
        async with aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), headers={"Cookie": f"cc={token(number)}"}
        ) as client:
            await self._opening.acquire()
            url = f"{self._origin}/board/live?page={uuid.uuid4()}"
            headers = {"Origin": self._origin}
            async with client.ws_connect(url, headers=headers, max_msg_size=2**24) as link:
                async for message in link:
                    if not opened.is_set():
                        opened.set()
                        self._opening.release()
                    self._hear(message.data, reads=number % READS == 0)
        raise SystemExit(f"a board was closed ({link.close_code})")

    def _hear(self, words: str, *, reads: bool) -> None:
        if words.startswith('{"type":"view"'):
            self.whole += 1
        if not words.startswith('{"type":"changes"'):
            return
        at = time.time()
        self.bytes.append(len(words.encode()))
        if not reads:
            return
        for _, row in msgspec.json.decode(words)["changes"]["rows"].get("agents", ()):
            if row is not None and "since" in row and "state" in row:
                self.push_ms.append(1000 * (at - row["since"]))

    def figures(self) -> dict[str, float]:
        """Since `begin`."""
        pushes, sizes = sorted(self.push_ms) or [0.0], sorted(map(float, self.bytes)) or [0.0]
        return {
            "push_p50_ms": round(percentile(pushes, 50), 1),
            "push_p99_ms": round(percentile(pushes, 99), 1),
            "push_max_ms": round(pushes[-1], 1),
            "bytes_per_push_p50": percentile(sizes, 50),
            "bytes_per_push_p95": percentile(sizes, 95),
            "bytes_per_push_max": sizes[-1],
            "pushes": len(self.bytes),
            "changes_timed": len(self.push_ms),
            "whole_again": self.whole,
        }


async def play(origin: str, boards: int) -> None:
    """Open everything; then tell what was sent whenever a line is read."""
    pages = Pages(origin)
    async with asyncio.TaskGroup() as tasks:
        flags = [asyncio.Event() for _ in range(boards)]
        jobs = [tasks.create_task(pages.watch(*one)) for one in enumerate(flags)]
        for flag in flags:
            await flag.wait()
        print(json.dumps({"opened": boards}), flush=True)
        async for _ in lines():
            print(json.dumps(pages.figures()), flush=True)
            pages.begin()
        for job in jobs:
            job.cancel()


def main() -> None:
    """See `play`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origin", required=True)
    parser.add_argument("--boards", type=int, required=True)
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(play(asked.origin, asked.boards))


if __name__ == "__main__":
    main()
