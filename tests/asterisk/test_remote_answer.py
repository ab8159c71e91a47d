"""A telephone on a table is answered from the panel."""

import asyncio
import time
from typing import Any

import pytest

from contactcentre.core import effects
from contactcentre.telephony import remote_answer
from contactcentre.telephony.pbx import Pbx
from lab.hotline import Rehearsal
from lab.pitch import AGENT, BENEFITS, CALLER, CITIZEN, HOTLINE, Parties
from lab.telephone import Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

FIRST = "ilze.ritausma"
AT_ONCE_S = 1.0
"""Within so long the telephone has answered."""


async def test_answered_by_the_page(hotline: Rehearsal) -> None:
    """With the receiver on its hook; both are heard. One that does not know how rings on, and is
    lifted."""
    await hotline.start_service()
    async with hotline.telephone() as citizen, hotline.agent(FIRST) as agent:
        caller = await citizen.call(HOTLINE, CALLER)
        caller.media.press(BENEFITS)
        parties = Parties()
        parties.joins(AGENT, await agent.answer_by_page())
        parties.joins(CITIZEN, caller)
        await parties.heard((CITIZEN, AGENT))
        await caller.hang_up()
        await agent.save()
        agent.phone.remote = False
        caller = await citizen.call(HOTLINE, CALLER)
        caller.media.press(BENEFITS)
        view = await agent.desk.until(lambda view: view["call"] and view["call"]["ring_until"])
        await agent.desk.command("answer", offer_id=view["call"]["offer_id"])
        await agent.answer()
        await caller.hang_up()


async def test_within_a_moment(
    pbx: Pbx, citizen: Telephone, agent: Telephone, service: Any, ami: Any, linked: Any
) -> None:
    """The order goes by the manager to Asterisk's keeper; nothing that is no channel goes on to its
    command line, and an order for what does not ring does nothing."""
    async with linked(pbx) as orders:
        dialled = asyncio.create_task(citizen.call("60000100", CALLER))
        call = await service.calls.get()
        call.send("EXEC Dial PJSIP/a-1,20,g")
        ringing = await agent.ringing.get()
        leg = (await ami.event("DialState", DialStatus="RINGING"))["DestChannel"]
        for wrong in ("PJSIP/a-1-00000099", f"{leg} {leg}", "PJSIP/a-1;core stop now"):
            orders.put_nowait(effects.AnswerLeg(leg=wrong))
        began = time.monotonic()
        orders.put_nowait(effects.AnswerLeg(leg=leg))
        async with asyncio.timeout(AT_ONCE_S):
            talk = await agent.lifted.get()
        assert time.monotonic() - began < AT_ONCE_S
        assert not ringing.cancelled.is_set()
        (await dialled).media.say(bytes(range(256)), again=True)
        await talk.media.hears(10)
    told = await ami.event("UserEvent", UserEvent=remote_answer.ANSWER, Channel=leg)
    assert list(told)[:4] == ["Event", "Privilege", "Timestamp", "UserEvent"]
