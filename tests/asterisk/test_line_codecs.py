"""Who is rung by a carrier that speaks no A-law with us hears everybody, in turn."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from contactcentre.core import effects
from contactcentre.core.config.trunk import Codec, Trunk, ways_out
from contactcentre.telephony import sip
from contactcentre.telephony.asterisk import originate
from contactcentre.telephony.directory import Directory
from lab import LAB
from lab.browser_phone import HOST
from lab.pitch import AGENT, CITIZEN, Parties
from lab.telephone import Telephone, telephone
from routing.scope import Place

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

HOTLINE, RUNG = "60000100", "20000999"
SWITCHES = 4
"""By chance the next source begins at a lower number every other time."""


@pytest.mark.parametrize("codec", ["ulaw", "g722"])
async def test_music_and_the_agent_in_turn(
    codec: Codec, start_pbx: Any, free_port: Callable[[], int], log_in: Any, service_at: Any
) -> None:
    """Each hold has its music, and after it the agent is heard again."""
    port = free_port()
    line = Trunk(trunk_id="line", peers=(HOST,), server=f"{HOST}:{port}", codecs=(codec,))
    pbx = await start_pbx(line, sip_port=port)
    manager = await log_in(pbx)
    Directory(pbx.settings.directory).enrol("a-1", "secret-1", kind="desk")
    here = "127.0.0.1", port
    async with (
        _citizen(codec, port, start_pbx) as citizen,
        telephone("127.0.0.1", here) as agent,
        service_at(int(pbx.settings.agi[0].rpartition(":")[2])) as service,
    ):
        await agent.register("a-1", "secret-1")
        key = secrets.token_hex(16)
        order = effects.RingBack(
            call_id=key, dial=f"cb-{key}-1", number=RUNG, shown=HOTLINE, timeout_s=20.0
        )
        ways = ways_out([line], HOTLINE, Place(), ())
        assert (await manager.act("Originate", **originate(order, ways)))["Response"] == "Success"
        talk = Parties()
        talk.joins(CITIZEN, await (await citizen.ringing.get()).answer())
        call = await service.calls.get()
        call.send("EXEC Dial PJSIP/a-1,20,g")
        talk.joins(AGENT, await (await agent.ringing.get()).answer())
        await talk.heard((CITIZEN, AGENT))
        leg = await _leg(manager)
        for _ in range(SWITCHES):
            await manager.act("Redirect", Channel=leg, Context="cc-desk", Exten="s", Priority="1")
            await call.line()
            alone = await service.calls.get()
            for held in (alone, call):
                await held.command("SET MUSIC ON default")
            async with asyncio.timeout(5):
                await talk.parties[CITIZEN].media.hears(25)
            for held in (alone, call):
                await held.command("SET MUSIC OFF")
            call.send(f"EXEC Bridge {leg}")
            await talk.heard((CITIZEN, AGENT))


@asynccontextmanager
async def _citizen(codec: Codec, port: int, start_pbx: Any) -> AsyncIterator[Telephone]:
    """Who speaks so: a telephone, or one behind a carrier that is an Asterisk."""
    if codec == "ulaw":
        async with telephone(HOST, ("127.0.0.1", port), port) as phone:
            phone.kind = sip.PCMU
            yield phone
        return
    line = Trunk(trunk_id="hotline", peers=("127.0.0.1",), codecs=(codec,))
    carrier = await start_pbx(line, sip_host=HOST, sip_port=port, overlay=LAB / "asterisk")
    Directory(carrier.settings.directory).enrol("demo", "secret-2", kind="desk")
    async with telephone(HOST, (HOST, port)) as phone:
        await phone.register("demo", "secret-2")
        yield phone


async def _leg(manager: Any) -> str:
    """The agent's channel."""
    await manager.act("CoreShowChannels")
    while not (one := await manager.event("CoreShowChannel"))["Channel"].startswith("PJSIP/a-1-"):
        pass
    return str(one["Channel"])
