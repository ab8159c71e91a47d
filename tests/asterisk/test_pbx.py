"""An Asterisk of our own: how it starts, ends, and what it never does."""

import asyncio
import os
import signal
import socket
import stat
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx import Pbx, PbxFailed, answers, main_pbx, until_answers
from lab.telephone import CallRefused, telephone

pytestmark = pytest.mark.asterisk


def complaints(pbx: Pbx) -> list[str]:
    """Warnings and errors in the log."""
    return [line for line in pbx.log_lines() if "WARNING[" in line or "ERROR[" in line]


async def test_it_starts_without_a_complaint(pbx: Pbx) -> None:
    """Nothing is missing: the log of a start has no warning and no error."""
    assert complaints(pbx) == []


async def test_secrets_are_its_owner_s_only(pbx: Pbx) -> None:
    """No other user of the machine may read configuration, directory or log."""
    files = [*pbx.settings.etc.iterdir(), pbx.settings.directory, pbx.settings.messages]
    assert {stat.S_IMODE(file.stat().st_mode) & 0o077 for file in files} == {0}
    assert stat.S_IMODE(pbx.settings.home.stat().st_mode) == 0o700


async def test_two_run_side_by_side(start_pbx: Any, log_in: Any) -> None:
    """Each instance has its own folder, ports and log-in."""
    one, other = await start_pbx(), await start_pbx(ami_secret="another")
    for pbx in (one, other):
        said = await (await log_in(pbx)).act("CoreShowChannels")
        assert said["Response"] == "Success"
    assert complaints(one) + complaints(other) == []


async def test_a_taken_port_is_named(start_pbx: Any, free_port: Any) -> None:
    """A port that somebody else has is said at once, not found out by the first lost call."""
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        with pytest.raises(PbxFailed, match=f"sip_port {port}"):
            await start_pbx(sip_port=port)


async def test_a_start_that_fails_says_why(start_pbx: Any, root: Any, tmp_path: Any) -> None:
    """What Asterisk wrote last is in the error."""
    templates = tmp_path / "templates"
    templates.mkdir()
    for file in (root / "config" / "asterisk").iterdir():
        (templates / file.name).write_text(file.read_text())
    (templates / "modules.conf.j2").write_text("[modules]\nautoload=no\nrequire=res_nothing.so\n")
    with pytest.raises(PbxFailed, match="res_nothing"):
        await start_pbx(templates=templates)


async def test_it_comes_back_after_a_crash(pbx: Pbx, log_in: Any) -> None:
    """Killed and started again it takes log-ins with the same secret."""
    first = pbx.pid
    await pbx.kill()
    await pbx.start()
    assert pbx.pid != first
    assert (await (await log_in(pbx)).act("Ping"))["Response"] == "Success"


async def test_it_comes_back_after_a_restart(pbx: Pbx, log_in: Any) -> None:
    """A restart ends the process and starts another."""
    first = pbx.pid
    await pbx.restart()
    assert pbx.pid != first
    assert (await (await log_in(pbx)).act("Ping"))["Response"] == "Success"


async def test_an_orphan_is_ended(pbx: Pbx) -> None:
    """An Asterisk left over from a killed keeper does not block the next start."""
    successor = Pbx(pbx.settings)
    await successor.start()
    try:
        assert await pbx.wait() == -signal.SIGKILL
    finally:
        await successor.kill()


async def test_our_interrupt_does_not_reach_it(pbx: Pbx) -> None:
    """It has a process group of its own, so Ctrl-C ends the service first."""
    assert os.getpgid(pbx.pid) != os.getpgrp()


@pytest.fixture
def started() -> Iterator[asyncio.Queue[int]]:
    """The process id of each Asterisk that the keeper says is ready."""
    pids: asyncio.Queue[int] = asyncio.Queue()

    def note(_logger: Any, _method: str, entry: Any) -> Any:
        if entry["event"] == "pbx_ready":
            pids.put_nowait(entry["pid"])
        raise structlog.DropEvent

    structlog.configure(processors=[note])
    yield pids
    structlog.reset_defaults()


async def test_the_keeper_replaces_a_crashed_one(pbx: Pbx, started: asyncio.Queue[int]) -> None:
    """`contactcentre pbx` starts a killed Asterisk again, and ends it when told to."""
    await pbx.kill()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        keeper = group.create_task(main_pbx(pbx.settings))
        first = await started.get()
        os.kill(first, signal.SIGKILL)
        assert await started.get() != first
        await until_answers(pbx.settings)
        os.kill(os.getpid(), signal.SIGTERM)
        await keeper
    assert not await answers(pbx.settings)


async def test_a_phone_lives_as_long_as_its_secret(pbx: Pbx, directory: Directory) -> None:
    """A new row is a phone at once; a changed secret or a withdrawn phone is refused at once."""
    async with telephone("127.0.0.1", ("127.0.0.1", pbx.settings.sip_port)) as phone:
        with pytest.raises(CallRefused):
            await phone.register("a-1", "first")
        directory.enrol("a-1", "first", kind="desk")
        await phone.register("a-1", "first")
        directory.enrol("a-1", "second", kind="desk")
        with pytest.raises(CallRefused):
            await phone.register("a-1", "first")
        await phone.register("a-1", "second")
        directory.withdraw("a-1")
        with pytest.raises(CallRefused):
            await phone.register("a-1", "second")


async def test_a_phone_can_dial_nothing(agent: Any) -> None:
    """A phone reaches no number by itself: no toll fraud by a stolen secret."""
    for number in ("60000100", "+37160000100", "s", "112"):
        with pytest.raises(CallRefused):
            await agent.call(number, "a-1")


async def test_a_stranger_reaches_nothing(pbx: Pbx) -> None:
    """An address that is not the carrier's is not served."""
    async with telephone("127.0.0.3", ("127.0.0.1", pbx.settings.sip_port)) as stranger:
        with pytest.raises(CallRefused):
            await stranger.call("60000100", "+37120000001")
