"""The service in a process of its own, forked from one that has imported it.

To import the service takes longer than to start it, and tests start hundreds. Each is a process as
any other: it is killed, stopped and waited for. The launcher's tests start it by its command.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["lab.service_loaded"])


class ServiceProcess:
    """`contactcentre serve` with that environment; what it writes goes to the end of `log`."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._process = _FORKS.Process(target=_serve, args=(dict(environment), log), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None  # noqa: S101 - it was started
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; minus the signal's number where one ended it."""
        return self._process.exitcode

    def kill(self) -> None:
        """As a crash would."""
        self._process.kill()

    def terminate(self) -> None:
        """As systemd ends it, for an upgrade."""
        self._process.terminate()

    async def wait(self) -> None:
        """Until it has ended."""
        await asyncio.to_thread(self._process.join)


def _serve(environment: Mapping[str, str], log: Path) -> None:
    from contactcentre.__main__ import main

    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    sys.exit(main(["serve"]))
