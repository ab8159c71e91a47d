"""Citizens hear everybody in turn, and music in between, whatever codec their line speaks."""

import asyncio
import math
import secrets
import struct
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contactcentre.core import effects
from contactcentre.core.config.trunk import Codec, Trunk
from contactcentre.telephony import sip
from contactcentre.telephony.directory import Directory
from lab import LAB
from lab.browser_phone import HOST
from lab.hotline import until
from lab.pitch import AGENT, CITIZEN, LISTENED_S, LOUD, Parties, hears
from lab.telephone import PhoneCall, Telephone, telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

HOTLINE, RUNG = "60000100", "20000999"
FULL = "127.0.0.3"
"""The address of a carrier that has no line."""

NEXT, MUSIC = 1050, 1350
"""The tones of the second agent and of the music, in hertz."""

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


@pytest.mark.parametrize("spoken", ["ulaw", "g722"])
async def test_who_rings_in(spoken: Codec, free_port: Callable[[], int], talks: Any) -> None:
    """What is agreed on is the line's codec, and the agents' telephones speak A-law."""
    port = free_port()
    async with talks(port, line(spoken, port=port), spoken=spoken) as here:
        talk = Parties()
        talk.joins(CITIZEN, await here.citizen.rings(HOTLINE))
        await here.hears_all(talk, await here.service.calls.get())


@pytest.fixture
def rings_back(talks: Any) -> Any:
    """A function that has a citizen rung by these trunks, who hears all."""

    async def ring(port: int, *lines: Trunk, taken: Codec) -> None:
        async with talks(port, *lines, spoken=taken) as here:
            key = secrets.token_hex(16)
            here.orders.put_nowait(
                effects.RingBack(
                    call_id=key, dial=f"cb-{key}-1", number=RUNG, shown=HOTLINE, timeout_s=20.0
                )
            )
            talk = Parties()
            talk.joins(CITIZEN, await (await here.citizen.phone.ringing.get()).answer())
            await here.hears_all(talk, await here.service.calls.get())
            assert here.citizen.phone.ringing.empty()

    return ring


@pytest.fixture
def talks(
    start_pbx: Any, log_in: Any, service_at: Any, linked: Any, tmp_path: Path
) -> Callable[..., Any]:
    """A function that gives a hotline with these trunks, a citizen and two agents: `Here`."""
    for name, rate in (("music.wav", 8000), ("music.wav16", 16000)):
        _write_tone(tmp_path / name, rate)

    @asynccontextmanager
    async def talks(port: int, *lines: Trunk, spoken: Codec) -> AsyncIterator[Here]:
        pbx = await start_pbx(*lines, sip_port=port, music=tmp_path)
        manager = await log_in(pbx)
        directory = Directory(pbx.settings.directory)
        for endpoint in ("a-1", "a-2"):
            directory.enrol(endpoint, "secret-1", kind="desk")
        async with (
            _citizen(spoken, port, start_pbx, log_in) as citizen,
            telephone("127.0.0.1", ("127.0.0.1", port)) as agent,
            telephone("127.0.0.1", ("127.0.0.1", port)) as other,
            service_at(int(pbx.settings.agi[0].rpartition(":")[2])) as service,
            linked(pbx, *lines) as orders,
        ):
            await agent.register("a-1", "secret-1")
            await other.register("a-2", "secret-1")
            yield Here(citizen, agent, other, manager, service, orders)

    return talks


@dataclass(frozen=True)
class Citizen:
    """A telephone, perhaps one behind a carrier that is an Asterisk, with its manager."""

    phone: Telephone
    carrier: Any = None

    async def rings(self, number: str) -> PhoneCall:
        """The hotline is rung, and answers."""
        if self.carrier is None:
            return await self.phone.call(number, f"+371{RUNG}")
        where = {"Context": "cc-agent", "Exten": number, "Priority": "1"}
        await self.carrier.act("Originate", Channel="PJSIP/demo", Async="true", **where)
        return await (await self.phone.ringing.get()).answer()


@dataclass(frozen=True)
class Here:
    """A citizen and two agents, and what holds and joins them."""

    citizen: Citizen
    agent: Telephone
    other: Telephone
    manager: Any
    service: Any
    orders: Any

    async def hears_all(self, talk: Parties, call: Any) -> None:
        """The citizen is held again and again: each hold has its music, and after it the agent is
        heard again, and so is the agent who is next."""
        call.send("EXEC Dial PJSIP/a-1,20,g")
        talk.joins(AGENT, await (await self.agent.ringing.get()).answer())
        await talk.heard((CITIZEN, AGENT))
        leg = await _leg(self.manager)
        for _ in range(SWITCHES):
            await _hold(talk, call, leg, self.manager, self.service)
        await talk.parties.pop(AGENT).hang_up()
        await call.line()
        call.send("EXEC Dial PJSIP/a-2,20,gm")
        ringing = await self.other.ringing.get()
        await _hears_music(talk)
        talk.joins(NEXT, await ringing.answer())
        await talk.heard((CITIZEN, NEXT))


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
    citizen = talk.parties[CITIZEN]

    async def holds() -> bool:
        citizen.media.forget()
        await asyncio.sleep(LISTENED_S)
        return hears(citizen, MUSIC)

    await until(holds, "no music", 6.0)


def _write_tone(path: Path, rate: int) -> None:
    """A second of the music's."""
    turn = 2 * math.pi * MUSIC / rate
    samples = (round(LOUD * math.sin(turn * at)) for at in range(rate))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", one) for one in samples))


@asynccontextmanager
async def _citizen(codec: Codec, port: int, start_pbx: Any, log_in: Any) -> AsyncIterator[Citizen]:
    """Who speaks so and nothing else."""
    if codec in KINDS:
        async with telephone(HOST, ("127.0.0.1", port), port) as phone:
            phone.kind = KINDS[codec]
            yield Citizen(phone)
        return
    hotline = Trunk(
        trunk_id="hotline", peers=("127.0.0.1",), server=f"127.0.0.1:{port}", codecs=(codec,)
    )
    carrier = await start_pbx(hotline, sip_host=HOST, sip_port=port, overlay=LAB / "asterisk")
    Directory(carrier.settings.directory).enrol("demo", "secret-2", kind="desk")
    async with telephone(HOST, (HOST, port)) as phone:
        await phone.register("demo", "secret-2")
        yield Citizen(phone, await log_in(carrier))


async def _leg(manager: Any) -> str:
    """The agent's channel."""
    await manager.act("CoreShowChannels")
    while not (one := await manager.event("CoreShowChannel"))["Channel"].startswith("PJSIP/a-1-"):
        pass
    return str(one["Channel"])
