"""Argon2 in processes of their own, which step back behind everything else on the machine.

A thread that stepped back would hold the interpreter's lock while others have the cores, and all of
the service would wait for it: 140 ms at a time were seen. Where the kernel shares the cores out by
session (autogroup), niceness counts within one alone: each has its own, which steps back as well.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar
from weakref import finalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

Answer = TypeVar("Answer", str, bool)

AT_ONCE: Final = 2
"""Hashes under way at the same time: each takes 19 MiB and most of a core."""

COURTESY: Final = 10
"""Their niceness: whoever is on the telephone comes first."""


class Worker:
    """One of them; it ends with this object."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - it is this very file
            [sys.executable, "-P", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        finalize(self, self.process.communicate)  # which ends its input

    def ask(self, question: str) -> str:
        """A line for a line. Raises `OSError` where the process has died."""
        assert self.process.stdin is not None  # noqa: S101 - both are pipes
        assert self.process.stdout is not None  # noqa: S101
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        if not (answer := self.process.stdout.readline()):
            raise ChildProcessError("no hash")
        return answer


_idle: list[Worker] = []
"""No thread's own: the end of a thread, as a fork has it, would be the end of its process."""

_threads = ThreadPoolExecutor(AT_ONCE, "passwords")
"""They wait for the processes, and do nothing themselves."""


async def hashed(hasher: PasswordHasher, password: bytes) -> str:
    """The text to keep, at these costs. Raises `OSError`."""
    costs = {name: getattr(hasher, name) for name in ("time_cost", "memory_cost", "parallelism")}
    return await _asked(str, password, costs=costs)


async def matches(kept: str, password: bytes) -> bool:
    """Whether it is what was kept. Raises `OSError`."""
    return await _asked(bool, password, kept=kept)


async def _asked(kind: type[Answer], password: bytes, **more: object) -> Answer:
    question = json.dumps({"password": password.hex(), **more})
    loop = asyncio.get_running_loop()
    return kind(json.loads(await loop.run_in_executor(_threads, _ask, question)))


def _ask(question: str) -> str:
    with suppress(IndexError, OSError):  # there is none, or it has died
        return _asks(_idle.pop(), question)
    return _asks(Worker(), question)


def _asks(worker: Worker, question: str) -> str:
    answer = worker.ask(question)
    _idle.append(worker)
    return answer


def _answer(question: str) -> str | bool:
    given = json.loads(question)
    password = bytes.fromhex(given["password"])
    if "costs" in given:
        return PasswordHasher(**given["costs"]).hash(password)
    try:
        return PasswordHasher().verify(given["kept"], password)
    except (VerificationError, InvalidHashError):
        return False


def step_back(by: int) -> None:
    """This process, which leads a session of its own, behind all others of the machine."""
    os.nice(by)
    with suppress(OSError):  # not every kernel has it
        Path("/proc/self/autogroup").write_text(str(by))


def main() -> None:
    """Such a process: it steps back, and answers until its input ends."""
    step_back(COURTESY)
    for question in sys.stdin:
        print(json.dumps(_answer(question)), flush=True)  # noqa: T201 - to whoever asked


if __name__ == "__main__":
    main()
