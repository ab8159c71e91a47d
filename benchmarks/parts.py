"""The programs of a benchmark beside the one that measures: each tells lines of JSON."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import aiohttp

from contactcentre.settings import Settings

HERE: Final = Path(__file__).parent
READY_WITHIN_S: Final = 60.0
POLL_S: Final = 0.02

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A running one."""

    name: str
    process: asyncio.subprocess.Process

    async def line(self) -> bytes:
        """The next one that it prints. Raises `SystemExit` where it ended instead."""
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} gave up (see above)")
        return line

    async def told(self) -> Told:
        """The next line, read."""
        told: Told = json.loads(await self.line())
        return told

    async def ask(self) -> Told:
        """What it answers to a line."""
        self.go()
        return await self.told()

    def go(self) -> None:
        """Send it a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")


@asynccontextmanager
async def part(
    name: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    log: IO[bytes] | None = None,
) -> AsyncIterator[Part]:
    """Start `NAME.py`; it ends with the block. What it logs goes to `log`, or is shown."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(HERE / f"{name}.py"), *arguments),
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=log,
        limit=2**26,
    )
    assert process.stdin is not None
    try:
        yield Part(name, process)
    finally:
        process.stdin.close()
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def service(
    program: str, settings: Settings, within_s: float = READY_WITHIN_S
) -> AsyncIterator[tuple[Part, float]]:
    """The service in a program of its own, and the seconds from the process's start to /readyz."""
    path = settings.home / "service.log"
    with path.open("wb") as log:
        began = time.perf_counter()
        async with part(program, environment=environment(settings), log=log) as one:
            try:
                await _until_ready(settings, one, within_s)
            except TimeoutError:
                raise SystemExit(f"{program} takes no calls:\n{path.read_text()[-3000:]}") from None
            yield one, time.perf_counter() - began


async def _until_ready(settings: Settings, one: Part, within_s: float) -> None:
    async with asyncio.timeout(within_s), aiohttp.ClientSession() as client:
        while not await _ready(client, settings):
            if one.process.returncode is not None:
                raise TimeoutError
            await asyncio.sleep(POLL_S)


async def _ready(client: aiohttp.ClientSession, settings: Settings) -> bool:
    try:
        async with client.get(f"{settings.panel_origin}/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def options(given: Mapping[str, object]) -> list[str]:
    """As a command line has them."""
    return [f"--{name}={value}" for name, value in given.items()]


async def lines() -> AsyncIterator[bytes]:
    """In such a program: what is sent to it, until the other side ends."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line


def environment(settings: Settings) -> dict[str, str]:
    """These settings for a process of the service, and no others."""
    given = settings.model_dump(mode="json", exclude_defaults=True)
    return {k: v for k, v in os.environ.items() if not k.startswith("CC_")} | {
        f"CC_{name.upper()}": ",".join(value) if isinstance(value, list) else str(value)
        for name, value in given.items()
    }
