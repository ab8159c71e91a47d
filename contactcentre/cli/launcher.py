"""All processes of one machine under one command: Asterisk and the service.

Each is a process of its own, so that none takes another down: a service that dies is started
again while Asterisk keeps the callers.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import Final

import structlog

from contactcentre import paths
from contactcentre.cli import console
from contactcentre.cli.seed import seed
from contactcentre.features.prompts.library import build, render
from contactcentre.features.prompts.spoken_names import texts
from contactcentre.features.publication.network import load
from contactcentre.settings import Settings
from contactcentre.storage.database import migrate, opened

log = structlog.get_logger(__name__)

AGAIN_S: Final = 1.0
STOP_WITHIN_S: Final = 8.0
READY_WITHIN_S: Final = 60.0


async def prepare(settings: Settings) -> None:
    """Everything that must be there before the first start; nothing where it is there already."""
    settings.home.mkdir(parents=True, exist_ok=True)
    await migrate(settings.database)
    if settings.sample:
        await seed(settings)
    await build(
        settings.config / "prompts",
        paths.prompts(settings),
        recordings=paths.own_recordings(settings),
    )
    await _render_names(settings)


async def _render_names(settings: Settings) -> None:
    async with opened(settings.database) as storage:
        network = await load(storage)
    await render(texts(network), paths.prompts(settings), recordings=paths.own_recordings(settings))


PBX: Final = ("contactcentre", "pbx")
SERVICE: Final = ("contactcentre", "serve")


async def launch(settings: Settings, *, beside: Sequence[Sequence[str]] = ()) -> None:
    """Prepare, start, tell, and stay until Ctrl-C.

    `beside`: what else runs, each as a module's name and its arguments.
    """
    await prepare(settings)
    commands = [PBX, *beside, SERVICE]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        async with asyncio.TaskGroup() as tasks:
            keepers = [tasks.create_task(_keep(command, settings)) for command in commands]
            tasks.create_task(_tell(settings))
            await stop.wait()
            for keeper in reversed(keepers):
                keeper.cancel()
                await asyncio.wait([keeper])
    finally:
        console.say("contactcentre: stopped")


async def _keep(command: Sequence[str], settings: Settings) -> None:
    """Start a process, and start it again when it ends, until cancelled."""
    while True:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *command,
            env=_environment(settings),
            start_new_session=True,  # Ctrl-C is for us; we end them in order
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise
        log.error("process_ended", action="process_ended", process=" ".join(command[:2]), code=code)
        await asyncio.sleep(AGAIN_S)


def _environment(settings: Settings) -> dict[str, str]:
    """The sample switch may have come from the command line."""
    return {**os.environ, "CC_SAMPLE": "1" if settings.sample else "0"}


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_WITHIN_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _tell(settings: Settings) -> None:
    """Say where the panel is, once it answers."""
    loop = asyncio.get_running_loop()
    until = loop.time() + READY_WITHIN_S
    while not await _is_ready(settings):
        if loop.time() > until:
            log.error("not_ready", action="not_ready", hint="run: contactcentre check")
            return
        await asyncio.sleep(0.2)
    console.say(_welcome(settings))


async def _is_ready(settings: Settings) -> bool:
    try:
        reader, writer = await asyncio.open_connection(settings.host, settings.port)
    except OSError:
        return False
    writer.write(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")
    status = await reader.readline()
    writer.close()
    return b" 200 " in status


def _welcome(settings: Settings) -> str:
    lines = [
        "",
        f"  The panel:     {settings.panel_origin}",
        f"  The hotline:   60000100 (SIP {settings.sip_host}:{settings.sip_port}/udp, "
        f"carrier {settings.trunk})",
    ]
    logins = paths.sample_logins(settings)
    if settings.sample and logins.exists():
        lines += ["", "  Sample log-ins (sample data only):", ""]
        lines += [f"    {line}" for line in logins.read_text().splitlines()]
    if settings.sample and paths.demo_phone(settings).exists():
        lines += ["", f"  Ring the hotline from a browser: {settings.panel_origin}/demo/phone"]
    return "\n".join([*lines, "", "  Ctrl-C stops everything.", ""])
