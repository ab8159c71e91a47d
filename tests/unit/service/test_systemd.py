"""What systemd hears of the service, on a socket as systemd opens one."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactcentre.app import systemd
from contactcentre.app.systemd import Unit

pytestmark = pytest.mark.unit


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[socket.socket]:
    """systemd's end."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(tmp_path / "notify"))
        end.setblocking(False)
        yield end


async def lines(heard: socket.socket) -> list[str]:
    """The next message."""
    async with asyncio.timeout(5):
        return (await asyncio.get_running_loop().sock_recv(heard, 1000)).decode().split("\n")


async def test_ready_when_it_is_and_alive_from_then_on(
    heard: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Asterisk is away the start is stretched and says so; a loop that goes round beats three
    times within the time that systemd allows."""
    monkeypatch.setattr(systemd, "ASK_S", 0.001)
    answers = [(False, {"leash": "ok", "asterisk": "down"}), (True, {"asterisk": "ok"})]
    unit = Unit.taken({"NOTIFY_SOCKET": heard.getsockname(), "WATCHDOG_USEC": "30000"}, 7)
    began = asyncio.get_running_loop().time()
    reporting = asyncio.create_task(unit.report(lambda: answers.pop(0)))
    assert await lines(heard) == ["STATUS=waits for: asterisk", "EXTEND_TIMEOUT_USEC=60000000"]
    assert await lines(heard) == ["READY=1", "STATUS=serves"]
    for _ in range(3):
        assert await lines(heard) == ["WATCHDOG=1"]
    assert asyncio.get_running_loop().time() - began >= 0.02
    reporting.cancel()


@pytest.mark.parametrize(
    ("environment", "silence_s"),
    [
        ({}, 0.0),
        ({"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "7"}, 10.0),
        ({"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "8"}, 0.0),
        ({"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "soon"}, 0.0),
    ],
)
async def test_who_is_watched(environment: dict[str, str], silence_s: float) -> None:
    """Only the process that systemd means; what we start ourselves inherits nothing of it."""
    unit = Unit.taken(environment, 7)
    assert (unit.silence_s, environment) == (silence_s, {})


async def test_nobody_listens() -> None:
    """Elsewhere than under systemd, or without its socket, nothing is told and nothing fails."""
    await Unit().report(lambda: (False, {}))
    Unit("/nowhere/notify").tell("READY=1")
