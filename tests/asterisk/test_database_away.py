"""PostgreSQL goes away under calls and comes back."""

import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from lab.agent import DeskAgent
from lab.hotline import OFFERS, Rehearsal, hears_speech, rehearsal, until
from lab.telephone import Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.long, pytest.mark.timeout(180)]

HOTLINE = "60000100"
BENEFITS = "1"
AGENT, LATE_AGENT = "ilze.ritausma", "tatjana.pienenova"

AWAY_S = 60.0
CAUGHT_UP_WITHIN_S = 30.0


@pytest.fixture
async def hotline(
    postgres: Any, tmp_path: Path, free_port: Callable[[], int]
) -> AsyncIterator[Rehearsal]:
    """A hotline on PostgreSQL, with its service."""
    url = postgres.create("hotline")
    async with rehearsal(tmp_path, free_port, desk_phones=[AGENT], database_url=url) as ready:
        await ready.start_service()
        yield ready
        await ready.pbx.kill()


async def serve(phone: Telephone, agent: DeskAgent, number: int) -> None:
    """One call from the ring to the record."""
    caller = await phone.call(HOTLINE, f"+3712000{number:04}")
    await hears_speech(caller)
    caller.media.press(BENEFITS)
    talk = await agent.answer()
    await talk.media.hears(10)
    await talk.hang_up()
    await agent.save()
    await agent.desk.until_state("READY")


async def test_a_minute_without_the_database(
    hotline: Rehearsal, postgres: Any, measured: Callable[[str, float], None]
) -> None:
    """Calls go on, running desks stay, a log-in is refused in words; afterwards every call is in
    the database once."""
    async with hotline.agent(AGENT) as agent, hotline.telephone() as phone:
        await serve(phone, agent, 0)
        calls = 1
        postgres.stop()
        until_at = time.monotonic() + AWAY_S
        try:
            await _refuses_log_in(hotline)
            while time.monotonic() < until_at:
                await serve(phone, agent, calls)
                calls += 1
            await hotline.until_ready()
        finally:
            postgres.start()
        back_at = time.monotonic()
        await _caught_up(hotline)
        measured("level after the database's return", time.monotonic() - back_at)
        async with hotline.client(LATE_AGENT):
            pass
    rows = await hotline.sql("SELECT * FROM contacts ORDER BY arrived_at")
    assert [row["caller"] for row in rows] == [f"+3712000{number:04}" for number in range(calls)]
    assert {row["outcome"] for row in rows} == {"answered"}
    assert all(row["recorded_at"] for row in rows)
    offers = await hotline.sql(OFFERS)
    assert (len(offers), len({row["call_id"] for row in offers})) == (calls, calls)
    await _intervals_join(hotline)


async def _refuses_log_in(hotline: Rehearsal) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        assert await hotline.log_in(client, LATE_AGENT) == 503


async def _caught_up(hotline: Rehearsal) -> None:
    async def holds() -> bool:
        return (await hotline.figures())["journal_unsent_records"] == 0

    await until(holds, "the database lacks records", CAUGHT_UP_WITHIN_S)


async def _intervals_join(hotline: Rehearsal) -> None:
    """The agent's states follow one another without a gap or an overlap."""
    rows = await hotline.sql(
        "SELECT from_at, to_at FROM agent_intervals WHERE agent_id IN"
        " (SELECT agent_id FROM users WHERE username = :name) ORDER BY from_at",
        name=AGENT,
    )
    assert [row["to_at"] for row in rows[:-1]] == [row["from_at"] for row in rows[1:]]
    assert rows[-1]["to_at"] is None
