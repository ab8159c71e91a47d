"""Strangers who open sockets and say nothing: the line goes on, and the log stays short."""

import asyncio
import resource
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from contactcentre.telephony.pbx import Pbx
from lab.hotline import Rehearsal
from lab.telephone import telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]

HOTLINE = "60000100"
SOFT = 1024
"""What a process may have open by default, on most machines."""

MANY = 1_200
AGENT = "ilze.ritausma"
BENEFITS = "1"


@pytest.fixture
def by_default() -> Iterator[Callable[[], None]]:
    """Children are started with the usual limit; a function gives this process more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (SOFT, hard))
    yield lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@asynccontextmanager
async def idlers(port: int, number: int) -> AsyncIterator[list[asyncio.StreamReader]]:
    """So many connections from several addresses on which nothing is said."""
    opened = []
    try:
        for one in range(number):
            local = (f"127.0.3.{one % 8 + 1}", 0)
            opened.append(await asyncio.open_connection("127.0.0.1", port, local_addr=local))
        yield [reader for reader, _ in opened]
    finally:
        for _, writer in opened:
            writer.transport.abort()


async def test_idle_websockets(
    by_default: Callable[[], None], start_pbx: Callable[..., Awaitable[Pbx]]
) -> None:
    """More than Asterisk may have files by default: the carrier's call is answered, and a few lines
    are written."""
    pbx = await start_pbx(max_calls=100, max_sockets=2_000)
    by_default()
    async with (
        idlers(pbx.settings.http_port, MANY),
        telephone("127.0.0.2", ("127.0.0.1", pbx.settings.sip_port)) as citizen,
    ):
        await citizen.call(HOTLINE, "+37120000001")
    assert len(pbx.log_lines()) < 10


async def test_more_websockets_than_there_are_places(
    by_default: Callable[[], None], start_pbx: Callable[..., Awaitable[Pbx]]
) -> None:
    """They are closed at once, a line for each; calls have files of their own."""
    pbx = await start_pbx(max_calls=100, max_sockets=100)
    by_default()
    async with (
        idlers(pbx.settings.http_port, MANY) as strangers,
        telephone("127.0.0.2", ("127.0.0.1", pbx.settings.sip_port)) as citizen,
    ):
        await citizen.call(HOTLINE, "+37120000001")
        async with asyncio.timeout(10):
            await strangers[-1].read()
    assert len(pbx.log_lines()) < MANY + 10


async def test_idle_sockets_at_the_panel(
    by_default: Callable[[], None], hotline: Rehearsal
) -> None:
    """More than the service may have files by default: a caller is served, and so is an agent who
    logs in just now."""
    await hotline.start_service()
    by_default()
    async with (
        idlers(hotline.settings.port, MANY),
        hotline.agent(AGENT) as agent,
        hotline.telephone() as citizen,
    ):
        talk = await citizen.call(HOTLINE, "+37120000001")
        await talk.media.hears(50)
        talk.media.press(BENEFITS)
        answered = await agent.answer()
        await answered.hang_up()


async def test_idle_sockets_at_fastagi(by_default: Callable[[], None], hotline: Rehearsal) -> None:
    """From elsewhere they are closed at once."""
    await hotline.start_service()
    by_default()
    async with idlers(hotline.settings.agi_port, MANY) as strangers:
        async with asyncio.timeout(20):
            for one in strangers:
                assert await one.read() == b""
        async with hotline.telephone() as citizen:
            talk = await citizen.call(HOTLINE, "+37120000001")
            await talk.media.hears(50)
