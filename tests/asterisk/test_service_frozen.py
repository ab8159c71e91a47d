"""A frozen service is worse than a dead one: the kernel takes its calls, and nobody answers."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from contactcentre.cli import launcher
from lab import g711
from lab.hotline import Rehearsal, hears_speech, until
from lab.telephone import PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.alone, pytest.mark.timeout(120)]

HOTLINE = "60000100"
BENEFITS = "1"
MUSIC_LOUDNESS = 0.0005

WAITING = 20
NEW = 5

MUSIC_WITHIN_S = 2.0
SERVED_WITHIN_S = 10.0


@pytest.fixture
def traces() -> None:
    """A promised time is measured: nobody stands between."""


@pytest.fixture
async def citizen(hotline: Rehearsal) -> AsyncIterator[Telephone]:
    """A telephone behind the carrier."""
    async with hotline.telephone() as phone:
        yield phone


@pytest.fixture
async def kept(hotline: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rehearsal]:
    """A hotline whose service the launcher keeps."""
    for name, value in hotline.environment.items():
        monkeypatch.setenv(name, value)
    keeper = asyncio.create_task(launcher.keep(launcher.SERVICE, hotline.settings))
    await hotline.until_ready()
    yield hotline
    keeper.cancel()
    await asyncio.wait([keeper])


def service_pid() -> int:
    """The process that the launcher keeps for us."""
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            if Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"\0serve\0"):
                return int(pid)
    raise AssertionError("no service runs")


async def waits(phone: Telephone, number: int) -> PhoneCall:
    """Ring, and choose a matter for which nobody is there."""
    talk = await phone.call(HOTLINE, f"+371200001{number:02}")
    await hears_speech(talk)
    talk.media.press(BENEFITS)
    return talk


async def hears_music(talk: PhoneCall) -> None:
    """Return once something is heard, soon enough."""
    async with asyncio.timeout(MUSIC_WITHIN_S):
        while g711.loudness(talk.media.heard(0.2)) < MUSIC_LOUDNESS:
            await talk.media.hears(5)


async def places(hotline: Rehearsal) -> list[str]:
    """The callers who wait, in their order."""
    rows = await hotline.sql(
        "SELECT caller FROM contacts WHERE phase = 'waiting' ORDER BY queued_at"
    )
    return [row["caller"] for row in rows]


async def test_frozen_under_twenty_five_callers(
    kept: Rehearsal, citizen: Telephone, measured: Callable[[str, float], None]
) -> None:
    """All hear music, old and new; the service is started anew, with the line as it was."""
    waiting = [await waits(citizen, number) for number in range(WAITING)]
    await kept.until_calls(waiting=WAITING)

    await kept.until_projected()
    before = await places(kept)
    os.kill(service_pid(), signal.SIGSTOP)
    frozen_at = time.monotonic()
    new = []
    for number in range(NEW):
        new.append(await citizen.call(HOTLINE, f"+371200002{number:02}"))
        await hears_music(new[-1])
    for talk in waiting:
        await hears_music(talk)

    async def all_back() -> bool:
        return (await kept.figures()).get("leashed_calls") == WAITING + NEW

    await kept.until_ready(ready=False)
    await kept.until_ready()
    measured("from the freeze to readiness", time.monotonic() - frozen_at)
    await until(all_back, "not all are back")
    for talk in new:
        await hears_speech(talk)
    measured("from the freeze until all are served", time.monotonic() - frozen_at)
    assert time.monotonic() - frozen_at < SERVED_WITHIN_S
    assert not [talk for talk in (*waiting, *new) if talk.ended.is_set()]
    await kept.until_projected()
    assert await places(kept) == before
