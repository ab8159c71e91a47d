"""Telephones that are registered and do not ring, on a real Asterisk: the next one is rung."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from contactcentre.storage import tables as models
from lab.hotline import OFFERS, Rehearsal, hears_speech
from lab.telephone import PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

HOTLINE, CITIZEN, BENEFITS = "60000100", "+37120000001", "1"
FIRST, NEXT = "anna.berzina", "ilze.ritausma"
MOBILE = "+37120000777"

SILENT_S = 3.0
SOON_S = 0.5
"""R9: the next phone rings within 3.5 s of the dial."""

Measured = Callable[[str, float], None]


async def ring(citizen: Telephone) -> PhoneCall:
    """Ring the hotline and choose."""
    talk = await citizen.call(HOTLINE, CITIZEN)
    await hears_speech(talk)
    talk.media.press(BENEFITS)
    return talk


async def results(hotline: Rehearsal, count: int) -> list[str]:
    """How the offers ended."""
    return [row["result"] for row in await hotline.until_rows(OFFERS, count)]


@pytest.mark.parametrize("first_word", ["", "100 Trying"])
async def test_the_next_one_is_rung_at_once(
    hotline: Rehearsal, measured: Measured, first_word: str
) -> None:
    """The agent free longest has a telephone that says nothing, or that it is trying."""
    await hotline.edit(models.queues, ring_s=20)
    await hotline.start_service()
    async with hotline.telephone() as citizen, AsyncExitStack() as stack:
        first = await stack.enter_async_context(hotline.agent(FIRST))
        second = await stack.enter_async_context(hotline.agent(NEXT))
        first.phone.first_word = first_word
        caller = await ring(citizen)
        await first.phone.ringing.get()
        dialled = time.monotonic()
        async with asyncio.timeout(10):
            ringing = await second.phone.ringing.get()
        passed_s = time.monotonic() - dialled
        measured("from the dial to the next phone's ring", passed_s)
        assert SILENT_S - SOON_S < passed_s < SILENT_S + SOON_S
        view = await first.desk.until_state("NOT_READY")
        assert (view["reason"], view["wanted"]) == ("silent", "READY")
        talk = await ringing.answer()
        await second.desk.until_state("TALKING")
        await talk.hang_up()
        await caller.ended.wait()
        assert await results(hotline, 2) == ["unreachable", "answered"]


async def test_a_registration_brings_its_calls_back(hotline: Rehearsal) -> None:
    """The only telephone does not ring, so the caller waits; it is switched on again."""
    await hotline.start_service()
    async with hotline.telephone() as citizen, hotline.agent(FIRST) as agent:
        agent.phone.first_word = ""
        caller = await ring(citizen)
        await agent.desk.until(lambda view: view["reason"] == "silent")
        async with hotline.telephone("127.0.0.1") as fresh:
            await agent.register(fresh)
            async with asyncio.timeout(10):
                talk = await (await fresh.ringing.get()).answer()
            await agent.desk.until_state("TALKING")
            await talk.hang_up()
        await caller.ended.wait()
        assert await results(hotline, 2) == ["unreachable", "answered"]


async def test_a_telephone_that_was_there_before_its_agent(hotline: Rehearsal) -> None:
    """It registered in the night, before the service started, and says nothing new of itself."""
    await hotline.start_service()
    async with hotline.telephone("127.0.0.1") as phone:
        await phone.register(*await hotline.phone_log_in(FIRST))
        await hotline.kill_service()
        await hotline.start_service()
        async with hotline.desk(FIRST) as desk:
            await desk.until(lambda view: view["phone"], within_s=5.0)


@pytest.mark.parametrize(
    ("first_word", "result"), [("", "unreachable"), ("183 Session Progress", "missed")]
)
async def test_a_mobile_that_its_network_has_found(
    hotline: Rehearsal, first_word: str, result: str
) -> None:
    """A network that lets itself be heard instead of a ring has found it; silence has not."""
    await hotline.sql(
        "INSERT INTO settings (key, value) VALUES ('offers', :value) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        value='{"mobile_rings_within_s": 1, "mobile_ring_s": 3}',
    )
    agent_id = await hotline.agent_id(FIRST)
    await hotline.edit(models.agents, agent_id, device="mobile", mobile=MOBILE)
    await hotline.start_service()
    async with (
        hotline.telephone() as citizen,
        hotline.telephone(rung=True) as carrier,
        hotline.desk(FIRST) as desk,
    ):
        carrier.first_word = first_word
        await desk.command("ready")
        await desk.until_state("READY")
        caller = await ring(citizen)
        await desk.until(lambda view: view["reason"] in ("silent", "missed"))
        assert await results(hotline, 1) == [result]
        await caller.hang_up()
