"""An Asterisk of our own, run as a child and watched.

The service does not need to own the Asterisk it uses: it attaches by AMI and AGI only. `running`
is for tests, benchmarks and `contactcentre pbx`, which keeps one Asterisk alive apart from the
service, so that the service may die and come back while calls go on.
"""

import asyncio
import os
import select
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Never

import structlog

from contactcentre.telephony.binary import AsteriskBinary, PbxFailed, find_asterisk
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.fallback_log import FallbackLog
from contactcentre.telephony.free_ports import PortTaken, require_free
from contactcentre.telephony.pbx_config import PbxSettings, render
from contactcentre.telephony.pbx_log import PbxLog
from contactcentre.telephony.pbx_reload import follow
from contactcentre.telephony.remote_answer import attend
from contactcentre.telephony.shared_files import is_shared

__all__ = [
    "Pbx",
    "PbxFailed",
    "PbxSettings",
    "answers",
    "find_asterisk",
    "main_pbx",
    "running",
    "until_answers",
]

log = structlog.get_logger(__name__)

# Not the argument `umask`, which uvloop lacks. The shell is replaced: the pid is that of Asterisk.
_WITH_UMASK = ("/bin/sh", "-c", 'umask "$0"; exec "$@"')

READY_WITHIN_S = 60.0
STOP_WITHIN_S = 10.0


class Pbx:
    """One Asterisk process with its own folder and ports."""

    def __init__(self, settings: PbxSettings, binary: AsteriskBinary | None = None) -> None:
        self.settings = settings
        self._binary = binary
        self._process: asyncio.subprocess.Process | None = None
        self._writing: asyncio.Task[None] | None = None  # its log; ends with the process
        self._keeping: asyncio.Task[Never] | None = None  # orders that its keeper alone gives

    @property
    def pid(self) -> int:
        """The process id; an error before the first start."""
        return self._started.pid

    async def start(self) -> None:
        """Start Asterisk and return when it takes calls; `PbxFailed` where it does not."""
        binary = await asyncio.to_thread(self._prepared)
        self._process = process = await asyncio.create_subprocess_exec(
            *_WITH_UMASK,
            # Its own folder is closed to all others anyway; what it records may be for its group.
            "007" if is_shared(self.settings.directory.parent) else "077",
            *binary.argv,
            "-f",
            "-C",
            str(self.settings.etc / "asterisk.conf"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **binary.environment},
            # Ctrl-C is for us: we stop it ourselves, after the service.
            start_new_session=True,
        )
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        told = PbxLog(self.settings.log, known=self._is_ours)
        self._writing = asyncio.create_task(told.follow(process.stdout), name="log of Asterisk")
        try:
            await self._ready()
        except BaseException:  # a half-started Asterisk must not stay behind; raised again
            await self.kill()
            raise
        self._keeping = asyncio.create_task(_keep(self.settings, binary), name="pbx keeper")

    async def wait(self) -> int:
        """Wait until the process has ended; its return code."""
        return await self._started.wait()

    async def stop(self) -> None:
        """End Asterisk with its calls, gently, then not."""
        if self._process is None:
            return
        await self._leave()
        if self._process.returncode is None:
            self._process.terminate()
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
        await self._ended()

    async def kill(self) -> None:
        """End Asterisk at once, as a crash would."""
        if self._process is not None:
            await self._leave()
            if self._process.returncode is None:
                self._process.kill()
            await self._ended()

    async def restart(self) -> None:
        """Stop and start with the same settings; all calls are lost."""
        await self.stop()
        await self.start()

    async def _leave(self) -> None:
        """It is given no orders any more."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])

    async def _ended(self) -> None:
        """The process is gone, and its last words are written down."""
        await self._started.wait()
        if self._writing is not None:
            await self._writing

    def log_lines(self) -> list[str]:
        """Warnings and errors since the instance's first start."""
        messages = self.settings.messages
        return messages.read_text().splitlines() if messages.exists() else []

    def _is_ours(self, account: str) -> bool:
        """Whether there is an account of that name, as opposed to what a stranger writes."""
        try:
            phone = Directory(self.settings.directory).secret(account)
        except (ValueError, sqlite3.Error):
            phone = None
        return phone is not None or account == self.settings.ami_user

    @property
    def _started(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise PbxFailed("Asterisk was not started")
        return self._process

    def _prepared(self) -> AsteriskBinary:
        binary = self._binary or find_asterisk(outdated=self.settings.outdated)
        if binary.outdated:
            log.warning("pbx_outdated", action="pbx_outdated", version=binary.name)
        _end_orphan(self.settings)
        _check_ports(self.settings)
        render(self.settings, binary)
        Directory(self.settings.directory).create()
        FallbackLog(self.settings.fallback_log).create()
        return binary

    async def _ready(self) -> None:
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                while not await answers(self.settings):
                    if self._started.returncode is not None:
                        raise PbxFailed("Asterisk ended at once:\n" + self._last_words())
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise PbxFailed("Asterisk takes no log-in:\n" + self._last_words()) from error

    def _last_words(self) -> str:
        return "\n".join(self.log_lines()[-8:])


async def _keep(settings: PbxSettings, binary: AsteriskBinary) -> Never:
    """What the manager's account may not order."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(follow(settings, binary), name="pbx reload")
        tasks.create_task(attend(settings, binary), name="pbx remote answer")
    raise AssertionError("neither of them ends")


@asynccontextmanager
async def running(settings: PbxSettings) -> AsyncIterator[Pbx]:
    """An Asterisk that takes calls, ended when the block is left."""
    pbx = Pbx(settings)
    await pbx.start()
    try:
        yield pbx
    finally:
        await pbx.stop()


async def main_pbx(settings: PbxSettings, *, ready: Callable[[], None] = lambda: None) -> None:
    """Keep one Asterisk running until SIGTERM or SIGINT; a crashed one is started again.

    `ready` is called each time that it takes calls.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    try:
        while not told.is_set():
            await _run_until(told, settings, ready)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _run_until(told: asyncio.Event, settings: PbxSettings, ready: Callable[[], None]) -> None:
    async with running(settings) as pbx, asyncio.TaskGroup() as group:
        log.info("pbx_ready", action="pbx_ready", pid=pbx.pid)
        ready()
        ended = group.create_task(pbx.wait(), name="pbx ended")
        stop = group.create_task(told.wait(), name="told to stop")
        await asyncio.wait({ended, stop}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        stop.cancel()
    if not told.is_set():
        log.error("pbx_ended", action="pbx_ended")


async def until_answers(settings: PbxSettings) -> None:
    """Return when Asterisk takes calls, whoever has started it."""
    while True:
        if await answers(settings):
            return
        await asyncio.sleep(0.05)


async def answers(settings: PbxSettings) -> bool:
    """Whether Asterisk takes our log-in and says that it has booted."""
    try:
        reader, writer = await asyncio.open_connection(settings.ami_host, settings.ami_port)
    except OSError:
        return False
    try:
        writer.write(
            f"Action: Login\r\nUsername: {settings.ami_user}\r\n"
            f"Secret: {settings.ami_secret}\r\n\r\n".encode()
        )
        async for line in reader:
            if line.strip() == b"Event: FullyBooted":
                return True
    except ConnectionError:
        return False
    finally:
        writer.close()
    return False


def _check_ports(settings: PbxSettings) -> None:
    """Asterisk starts without a port that is taken, and fails later in ways hard to understand."""
    try:
        require_free("sip_port", settings.sip_host, settings.sip_port, socket.SOCK_DGRAM)
        require_free("http_port", settings.http_host, settings.http_port, socket.SOCK_STREAM)
        require_free("ami_port", settings.ami_host, settings.ami_port, socket.SOCK_STREAM)
    except PortTaken as error:
        raise PbxFailed(str(error)) from error


def _end_orphan(settings: PbxSettings) -> None:
    """End an Asterisk that runs on this very configuration: its keeper was killed."""
    configuration = os.fsencode(settings.etc / "asterisk.conf")
    try:
        pid = int((settings.home / "run" / "asterisk.pid").read_text())
        process = os.pidfd_open(pid)
    except (OSError, ValueError):
        return
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if configuration in arguments:
            signal.pidfd_send_signal(process, signal.SIGKILL)
            # A process's descriptor is readable once it has ended.
            select.select([process], [], [], STOP_WITHIN_S)
    except ProcessLookupError:
        return
    finally:
        os.close(process)
