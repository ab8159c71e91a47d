"""The test call of an agent who is not ready: told, then repeated."""

import asyncio

import pytest

from lab.agent import DeskAgent
from lab.hotline import Rehearsal, hears_speech
from lab.pitch import AGENT, hears, say
from lab.telephone import PhoneCall

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

FIRST = "ilze.ritausma"


async def test_an_agent_hears_the_exchange_and_then_oneself(hotline: Rehearsal) -> None:
    """And is offered no call meanwhile; who is ready is not rung for it."""
    await hotline.start_service()
    async with hotline.agent(FIRST, ready=False) as agent:
        assert await agent.desk.command("try_phone")
        talk = await _lifted(agent)
        await hears_speech(talk)
        say(talk, AGENT)
        async with asyncio.timeout(15):
            while not hears(talk, AGENT):
                talk.media.forget()
                await talk.media.hears(20)
        assert agent.desk.view["state"] == "NOT_READY"
        await talk.hang_up()
        assert await agent.desk.command("try_phone")
        await (await _lifted(agent)).hang_up()
        await agent.get_ready()
        assert not await agent.desk.command("try_phone")


async def _lifted(agent: DeskAgent) -> PhoneCall:
    async with asyncio.timeout(5):
        return await (await agent.phone.ringing.get()).answer()
