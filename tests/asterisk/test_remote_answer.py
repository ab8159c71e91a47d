"""A telephone on a table is answered from the panel."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from contactcentre.core import effects
from contactcentre.telephony.pbx import Pbx
from lab.hotline import Rehearsal, hears_speech
from lab.pitch import AGENT, BENEFITS, CALLER, CITIZEN, HOTLINE, Parties
from lab.telephone import PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]

FIRST = "ilze.ritausma"
SEEN_WITHIN_S, SILENT_S = 10.0, 1.0


async def test_answered_by_the_page(hotline: Rehearsal) -> None:
    """With the receiver on its hook, once it was lifted for a call and has said that it knows how;
    both are heard."""
    await hotline.start_service()
    parties = Parties()
    async with hotline.telephone() as citizen, hotline.agent(FIRST) as agent:
        agent.phone.remote = True
        await parties.begin(citizen, agent)
        await parties.parties[CITIZEN].hang_up()
        await agent.save()
        caller = await citizen.call(HOTLINE, CALLER)
        await hears_speech(caller)
        caller.media.press(BENEFITS)
        parties.parties.clear()
        parties.joins(AGENT, await agent.answer_by_page())
        parties.joins(CITIZEN, caller)
        await parties.heard((CITIZEN, AGENT))
        await caller.hang_up()


@pytest.fixture
def dials(service: Any, citizen: Telephone) -> Callable[[], Awaitable[asyncio.Task[PhoneCall]]]:
    """A function that lets a citizen ring, and the agent's telephone as the service does."""

    async def dial() -> asyncio.Task[PhoneCall]:
        dialled = asyncio.create_task(citizen.call("60000100", CALLER))
        call = await service.calls.get()
        call.send("EXEC Dial PJSIP/a-1,20,gb(cc-offer^s^1(1-1^0))")
        return dialled

    return dial


@pytest.mark.parametrize("knows", [True, False])
async def test_only_who_says_so_is_told(
    pbx: Pbx, agent: Telephone, ami: Any, linked: Any, dials: Any, knows: bool
) -> None:
    """A telephone that knows how has answered a moment later; to another nothing is said, for what
    it does not know could end the call. Nothing that is no leg goes on to the command line."""
    agent.remote = knows
    async with linked(pbx) as orders:
        first, ringing = await dials(), await agent.ringing.get()
        await ringing.answer()
        await (await first).hang_up()
        await ami.event("Hangup", AccountCode="1-1")
        second, ringing = await dials(), await agent.ringing.get()
        leg = (await ami.event("DialState", DialStatus="RINGING"))["DestChannel"]
        for wrong in ("PJSIP/a-1-00000099", f"{leg} {leg}", "PJSIP/a-1;core stop now"):
            orders.put_nowait(effects.AnswerLeg(leg=wrong))
        orders.put_nowait(effects.AnswerLeg(leg=leg))
        if knows:
            async with asyncio.timeout(SEEN_WITHIN_S):
                talk = await agent.lifted.get()
        else:
            await asyncio.sleep(SILENT_S)
            talk = await ringing.answer()
        assert agent.words == (["talk"] if knows else [])
        (await second).media.say(bytes(range(256)), again=True)
        await talk.media.hears(10)
