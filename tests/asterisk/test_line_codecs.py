"""Whom we ring hears everybody in turn, whatever codec the carrier takes."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from contactcentre.core import effects
from contactcentre.core.config.trunk import Codec, Trunk
from contactcentre.telephony import sip
from contactcentre.telephony.directory import Directory
from lab import LAB
from lab.browser_phone import HOST
from lab.pitch import AGENT, CITIZEN, Parties
from lab.telephone import Telephone, telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

HOTLINE, RUNG = "60000100", "20000999"
FULL = "127.0.0.3"
"""The address of a carrier that has no line."""

NEXT = 1050
"""The tone of the second agent, in hertz."""

SWITCHES = 4
"""By chance the next source begins at a lower number every other time."""

KINDS = {"alaw": sip.PCMA, "ulaw": sip.PCMU}


def line(*codecs: Codec, host: str = HOST, port: int = 0) -> Trunk:
    """A carrier's, as the hotline knows it; ours is the port of all."""
    name = "line" if host == HOST else "full"
    return Trunk(trunk_id=name, peers=(host,), server=f"{host}:{port}", codecs=codecs)


@pytest.mark.parametrize(
    ("named", "taken"),
    [
        (("ulaw",), "ulaw"),
        (("g722",), "g722"),
        (("g722", "alaw", "ulaw"), "alaw"),
        (("g722", "alaw", "ulaw"), "ulaw"),
        (("g722", "alaw", "ulaw"), "g722"),
    ],
)
async def test_what_the_carrier_takes(
    named: tuple[Codec, ...], taken: Codec, free_port: Callable[[], int], rings_back: Any
) -> None:
    """It was named alone, or among others that are refused: it is all that the line speaks."""
    port = free_port()
    await rings_back(port, line(*named, port=port), taken=taken)


@pytest.mark.parametrize("taken", ["ulaw", "g722"])
async def test_the_next_trunk_takes_another(
    taken: Codec, free_port: Callable[[], int], rings_back: Any
) -> None:
    """The first one, which speaks as inside, has no line, and is asked once."""
    port = free_port()
    first = line("alaw", "ulaw", "g722", host=FULL, port=port)
    async with telephone(FULL, ("127.0.0.1", port), port) as full:
        refusing = asyncio.create_task(_has_no_line(full), name="refusing")
        await rings_back(port, first, line(taken, port=port), taken=taken)
        refusing.cancel()
        await asyncio.wait([refusing])
        assert full.ringing.empty()


async def _has_no_line(carrier: Telephone) -> None:
    (await carrier.ringing.get()).refuse("503 Service Unavailable")


@pytest.fixture
def rings_back(start_pbx: Any, log_in: Any, service_at: Any, linked: Any) -> Any:
    """A function that has a citizen rung by these trunks, and held again and again: each hold has
    its music, and after it the agent is heard again, and so is the agent who is next."""

    async def ring(port: int, *lines: Trunk, taken: Codec) -> None:
        pbx = await start_pbx(*lines, sip_port=port)
        manager = await log_in(pbx)
        directory = Directory(pbx.settings.directory)
        for endpoint in ("a-1", "a-2"):
            directory.enrol(endpoint, "secret-1", kind="desk")
        async with (
            _citizen(taken, port, start_pbx) as citizen,
            telephone("127.0.0.1", ("127.0.0.1", port)) as agent,
            telephone("127.0.0.1", ("127.0.0.1", port)) as other,
            service_at(int(pbx.settings.agi[0].rpartition(":")[2])) as service,
            linked(pbx, *lines) as orders,
        ):
            await agent.register("a-1", "secret-1")
            await other.register("a-2", "secret-1")
            key = secrets.token_hex(16)
            orders.put_nowait(
                effects.RingBack(
                    call_id=key, dial=f"cb-{key}-1", number=RUNG, shown=HOTLINE, timeout_s=20.0
                )
            )
            talk = Parties()
            talk.joins(CITIZEN, await (await citizen.ringing.get()).answer())
            call = await service.calls.get()
            call.send("EXEC Dial PJSIP/a-1,20,g")
            talk.joins(AGENT, await (await agent.ringing.get()).answer())
            await talk.heard((CITIZEN, AGENT))
            assert citizen.ringing.empty()
            leg = await _leg(manager)
            for _ in range(SWITCHES):
                await _hold(talk, call, leg, manager, service)
            await talk.parties.pop(AGENT).hang_up()
            await call.line()
            call.send("EXEC Dial PJSIP/a-2,20,gm")
            ringing = await other.ringing.get()
            await _hears_music(talk)
            talk.joins(NEXT, await ringing.answer())
            await talk.heard((CITIZEN, NEXT))

    return ring


async def _hold(talk: Parties, call: Any, leg: str, manager: Any, service: Any) -> None:
    await manager.act("Redirect", Channel=leg, Context="cc-desk", Exten="s", Priority="1")
    await call.line()
    alone = await service.calls.get()
    for held in (alone, call):
        await held.command("SET MUSIC ON default")
    await _hears_music(talk)
    for held in (alone, call):
        await held.command("SET MUSIC OFF")
    call.send(f"EXEC Bridge {leg}")
    await talk.heard((CITIZEN, AGENT))


async def _hears_music(talk: Parties) -> None:
    async with asyncio.timeout(5):
        await talk.parties[CITIZEN].media.hears(25)


@asynccontextmanager
async def _citizen(codec: Codec, port: int, start_pbx: Any) -> AsyncIterator[Telephone]:
    """Who speaks so and nothing else: a telephone, or one behind a carrier that is an Asterisk."""
    if codec in KINDS:
        async with telephone(HOST, ("127.0.0.1", port), port) as phone:
            phone.kind = KINDS[codec]
            yield phone
        return
    hotline = Trunk(trunk_id="hotline", peers=("127.0.0.1",), codecs=(codec,))
    carrier = await start_pbx(hotline, sip_host=HOST, sip_port=port, overlay=LAB / "asterisk")
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
