"""Hashes of passwords, in processes of their own."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from contactcentre.features.accounts import hashing

pytestmark = pytest.mark.integration

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def worker() -> Iterator[hashing.Worker]:
    """One of the processes."""
    made = hashing.Worker()
    yield made
    del made


async def test_what_was_hashed_is_known_again() -> None:
    """At the costs that were asked for, and nothing else is: no other word, and no broken hash."""
    kept = await hashing.hashed(QUICK, "zaļa govs\n".encode())
    assert "m=8,t=1,p=1" in kept
    assert await hashing.matches(kept, "zaļa govs\n".encode())
    assert not await hashing.matches(kept, b"")
    assert not await hashing.matches("no hash\n", b"")


async def test_no_thread_of_ours_steps_back() -> None:
    """It would keep the interpreter's lock from all others while it waits for a core."""
    await hashing.hashed(QUICK, b"a")
    threads = map(int, os.listdir("/proc/self/task"))
    assert {os.getpriority(os.PRIO_PROCESS, one) for one in threads} == {os.getpriority(0, 0)}


def test_a_process_that_hashes_steps_back(worker: hashing.Worker) -> None:
    """Behind everything else of the machine, not of its session alone; and Ctrl-C is not for it."""
    worker.ask('{"password": "", "kept": ""}')
    pid = worker.process.pid
    assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, os.getpriority(0, 0) + hashing.COURTESY)
    assert os.getsid(pid) == pid
    group = Path(f"/proc/{pid}/autogroup")
    assert not group.exists() or group.read_text().endswith(f"nice {hashing.COURTESY}\n")


def test_another_takes_the_place_of_one_that_died(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody who logs in hears of it."""
    monkeypatch.setattr(hashing, "_idle", idle := list[hashing.Worker]())
    for _ in range(2):
        assert hashing._ask('{"password": "", "kept": ""}') == "false\n"
        idle[-1].process.kill()
        idle[-1].process.wait()
    assert len(idle) == 1


async def test_a_fork_ends_none() -> None:
    """As a program is started with another loop than asyncio's: the threads are gone in the child,
    the processes of their hashes are not theirs, and nothing waits for them."""
    await hashing.hashed(QUICK, b"a")
    process = await asyncio.create_subprocess_exec("true", preexec_fn=lambda: None)
    async with asyncio.timeout(10):
        assert await process.wait() == 0
    assert await hashing.hashed(QUICK, b"a")
