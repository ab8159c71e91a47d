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
from contactcentre.core.config.network import Network
from contactcentre.features.prompts.rendering import build, render
from contactcentre.features.prompts.speaker import speaker
from contactcentre.features.prompts.spoken_names import texts
from contactcentre.features.publication.network import load
from contactcentre.settings import Settings
from contactcentre.storage.database import migrate, opened
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx import answers
from contactcentre.telephony.phones import phones_of

log = structlog.get_logger(__name__)

AGAIN_S: Final = 1.0
"""A process is not started more often than that."""

ASK_S: Final = 1.0
FROZEN_AFTER: Final = 4
"""A service that has answered once, and then not so many times in a row, is started anew: five
seconds after its last answer."""

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
        speaker=speaker(settings.speaker),
    )
    async with opened(settings.database) as storage:
        network = await load(storage)
    await render(
        texts(network),
        paths.prompts(settings),
        recordings=paths.own_recordings(settings),
        speaker=speaker(settings.speaker),
    )
    at_work = await answers(paths.pbx_settings(settings))
    await asyncio.to_thread(_provision, settings, network, drop_others=not at_work)


def _provision(settings: Settings, network: Network, *, drop_others: bool) -> None:
    """Phones of all accounts, and trunks, before Asterisk reads the directory for the first time;
    at work, somebody may talk on a phone whose account has gone."""
    directory = Directory(paths.directory(settings))
    directory.create()
    directory.provision(phones_of(network.agents.values()), drop_others=drop_others)
    directory.lay(network.trunks.values())


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
            keepers = [tasks.create_task(keep(command, settings)) for command in commands]
            tasks.create_task(_tell(settings))
            await stop.wait()
            for keeper in reversed(keepers):
                keeper.cancel()
                await asyncio.wait([keeper])
    finally:
        console.say("contactcentre: stopped")


async def keep(command: Sequence[str], settings: Settings) -> None:
    """Start a process, and start it again when it ends, until cancelled.

    A service that answers no more is killed: frozen, it would hold its callers for ever.
    """
    loop = asyncio.get_running_loop()
    while True:
        again_at = loop.time() + AGAIN_S
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *command,
            env=_environment(settings),
            start_new_session=True,  # Ctrl-C is for us; we end them in order
        )
        watching = asyncio.create_task(_watch(process, settings)) if command == SERVICE else None
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise
        finally:
            if watching is not None:
                watching.cancel()
        log.error("process_ended", action="process_ended", process=" ".join(command[:2]), code=code)
        await asyncio.sleep(again_at - loop.time())


async def _watch(process: asyncio.subprocess.Process, settings: Settings) -> None:
    """Kill the service once it is frozen. It may take its time to start."""
    loop, answered, silent = asyncio.get_running_loop(), False, 0
    while not answered or silent < FROZEN_AFTER:
        again_at = loop.time() + ASK_S
        # Any answer will do: a panel that is full of strangers is not frozen.
        answers = await _answers(settings, "/healthz", b"HTTP/")
        answered, silent = answered or answers, 0 if answers else silent + 1
        await asyncio.sleep(again_at - loop.time())
    log.error("service_frozen", action="service_frozen")
    process.kill()


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
    while not await _answers(settings, "/readyz", b" 200 "):
        if loop.time() > until:
            log.error("not_ready", action="not_ready", hint="run: contactcentre check")
            return
        await asyncio.sleep(0.2)
    console.say(_welcome(settings))


async def _answers(settings: Settings, path: str, word: bytes) -> bool:
    """Whether the service answers so there, within `ASK_S`."""
    try:
        async with asyncio.timeout(ASK_S):
            reader, writer = await asyncio.open_connection(settings.host, settings.port)
            try:
                writer.write(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
                return word in await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


def _welcome(settings: Settings) -> str:
    lines = [
        "",
        f"  The panel:     {settings.panel_origin}",
        f"  The hotline:   60000100 (SIP {settings.sip_host}:{settings.sip_port}/udp; "
        "contactcentre trunk list)",
    ]
    logins = paths.sample_logins(settings)
    if settings.sample and logins.exists():
        lines += ["", "  Sample log-ins (sample data only):", ""]
        lines += [f"    {line}" for line in logins.read_text().splitlines()]
    if settings.sample and paths.demo_phone(settings).exists():
        lines += ["", f"  Ring the hotline from a browser: {settings.panel_origin}/demo/phone"]
    return "\n".join([*lines, "", "  Ctrl-C stops everything.", ""])
