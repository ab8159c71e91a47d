"""The demonstration's carrier and its citizens, on two real Asterisks."""

import asyncio
import json
import os
import signal
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from contactcentre import paths
from contactcentre.settings import Settings
from contactcentre.telephony import sip
from contactcentre.telephony.pbx import Pbx
from lab import LAB, g711
from lab.carrier import line_to, manager_of, run_carrier
from lab.citizens import Citizens
from lab.habits import Citizen, Habits
from lab.telephone import Telephone

pytestmark = pytest.mark.asterisk

HOTLINE = "60000100"
CALLER = "+37120000001"
VOICE = bytes(range(256)) * 40
VOICE_LOUDNESS = 0.1


def citizen(**given: Any) -> Citizen:
    """Somebody patient who says one line in Latvian."""
    values: dict[str, Any] = {
        "caller": CALLER,
        "number": HOTLINE,
        "language": "lv",
        "thinks_s": 0.1,
        "patience_s": 60.0,
        "talk_s": 60.0,
    }
    return Citizen(**values | given)


@pytest.fixture
async def carrier(pbx: Pbx, start_pbx: Any, tmp_path: Path) -> Pbx:
    """The carrier's Asterisk of `pbx`; its citizens rasp."""
    for language in ("lv", "ru"):
        (tmp_path / language).mkdir()
        g711.write(tmp_path / language / "line-1.wav", VOICE)
    started: Pbx = await start_pbx(
        line_to("127.0.0.1", pbx.settings.sip_port),
        overlay=LAB / "asterisk",
        prompts=tmp_path,
        sip_host="127.0.0.2",
        ami_secret="fedcba9876543210",
    )
    return started


@pytest.fixture
async def citizens(pbx: Pbx, carrier: Pbx) -> AsyncIterator[Citizens]:
    """Citizens who ring when they are told, and never by themselves."""
    habits = Habits.load(LAB / "citizens.yaml")
    made = Citizens(habits, carrier=manager_of(carrier.settings), hotline=manager_of(pbx.settings))
    async with asyncio.TaskGroup() as tasks:
        living = tasks.create_task(made.run(0))
        yield made
        living.cancel()


async def test_it_starts_without_a_complaint(carrier: Pbx) -> None:
    """The carrier's Asterisk misses nothing."""
    assert [line for line in carrier.log_lines() if "WARNING[" in line or "ERROR[" in line] == []


async def test_a_citizen_reaches_the_hotline(citizens: Citizens, ami: Any, service: Any) -> None:
    """The number rung and the citizen's number arrive, and the keys with their pauses."""
    assert await citizens.ring(citizen(keys="8ww1", language="ru"))
    call = await service.calls.get()
    assert call.environment["agi_extension"] == HOTLINE
    assert call.environment["agi_callerid"] == CALLER
    assert [(await ami.event("DTMFEnd"))["Digit"] for _ in range(2)] == ["8", "1"]


async def test_a_citizen_gives_up(citizens: Citizens, ami: Any, service: Any) -> None:
    """Patience ends with hanging up, and the citizen may ring again."""
    assert await citizens.ring(citizen(patience_s=0.2))
    call = await service.calls.get()
    assert await call.line() == "HANGUP"
    while len(citizens):
        await ami.act("Ping")  # the carrier's own word of the end is on its way
    assert await citizens.ring(citizen())
    await service.calls.get()


async def test_nobody_rings_twice_at_once(citizens: Citizens, service: Any) -> None:
    """A number is on one call at a time."""
    assert await citizens.ring(citizen())
    await service.calls.get()
    assert not await citizens.ring(citizen(number="60000101"))
    assert len(citizens) == 1


async def test_a_talk_begins_and_ends(citizens: Citizens, agent: Telephone) -> None:
    """With an agent's answer waiting ends: the citizen speaks, and hangs up when all is said."""
    assert await citizens.ring(citizen(patience_s=600.0, talk_s=4.0))
    rung = await agent.ringing.get()
    assert rung.caller == CALLER
    talk = await rung.answer()
    while g711.loudness(talk.media.heard(0.2)) < VOICE_LOUDNESS:
        await talk.media.hears(5)
    async with asyncio.timeout(10):
        await talk.ended.wait()


async def test_the_browser_telephone_reaches_the_hotline_only(
    carrier: Pbx, log_in: Any, service: Any
) -> None:
    """It rings as a citizen with a number of its own, and no number that is not the hotline's."""
    manager = await log_in(carrier)
    target = {"Context": "cc-talk", "Exten": "s", "Priority": "1", "Async": "true"}
    await manager.act("Originate", Channel="Local/112@cc-agent", **target)
    said = await manager.event("OriginateResponse")
    assert said["Response"] == "Failure"
    await manager.act("Originate", Channel="Local/60000101@cc-agent", **target)
    call = await service.calls.get()
    assert call.environment["agi_extension"] == "60000101"
    assert call.environment["agi_callerid"] == "+37120000999"


async def test_a_citizen_answers_when_rung_back(carrier: Pbx, ami: Any, service: Any) -> None:
    """A callback is answered by whoever has that number, and is then on the leash."""
    target = {"Context": "cc-return", "Exten": "s", "Priority": "1", "Async": "true"}
    hotline = {"Variable": f"CC_HOTLINE={HOTLINE}", "CallerID": HOTLINE}
    address = f"sip:{CALLER}@127.0.0.2:{carrier.settings.sip_port}"
    await ami.act("Originate", Channel=f"PJSIP/carrier_hotline/{address}", **target, **hotline)
    call = await service.calls.get()
    assert call.environment["agi_extension"] == HOTLINE


async def registered(login: dict[str, str]) -> int | None:
    """The status that a browser gets when it registers with that log-in."""
    uri = f"sip:{login['uri'].partition('@')[2]}"
    headers = [
        ("Via", "SIP/2.0/WS x.invalid;branch=z9hG4bK1"),
        ("To", f"<{login['uri']}>"),
        ("From", f"<{login['uri']}>;tag=1"),
        ("Call-ID", "register-1"),
        ("CSeq", "1 REGISTER"),
        ("Contact", "<sip:demo@x.invalid;transport=ws>"),
    ]
    first = f"REGISTER {uri} SIP/2.0"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(login["websocket"], protocols=("sip",)) as socket,
    ):
        await socket.send_bytes(sip.Message(first=first, headers=tuple(headers)).encode())
        challenge = sip.parse((await socket.receive_str()).encode()).header("WWW-Authenticate")
        answer = sip.authorization(challenge, "REGISTER", uri, "demo", login["password"])
        headers[4:5] = [("CSeq", "2 REGISTER"), ("Authorization", answer)]
        await socket.send_bytes(sip.Message(first=first, headers=tuple(headers)).encode())
        while (said := sip.parse((await socket.receive_str()).encode())).status is None:
            pass  # it asks the new telephone whether it answers, perhaps before it answers it
        return said.status


@pytest.mark.timeout(60)
async def test_the_command(
    root: Path, tmp_path: Path, free_port: Callable[[], int], start_pbx: Any, service_at: Any
) -> None:
    """It leaves the browser telephone's log-in, lets citizens ring, and ends when it is told."""
    agi, sip, http = free_port(), free_port(), free_port()
    pbx = await start_pbx(sip_port=sip, http_port=http, agi=(f"127.0.0.1:{agi}",))
    settings = Settings(
        home=tmp_path / "home",
        cache=tmp_path / "cache",
        config=root / "config",
        sip_port=sip,
        sip_websocket_port=http,
        ami_port=pbx.settings.ami_port,
        ami_secret=pbx.settings.ami_secret,
        rtp_last=pbx.settings.rtp_last,
    )
    async with service_at(agi) as service, asyncio.TaskGroup() as tasks:
        command = tasks.create_task(run_carrier(settings, rate=36_000.0))
        call = await service.calls.get()
        assert call.environment["agi_callerid"].startswith("+3712000")
        phone = paths.demo_phone(settings)
        assert stat.S_IMODE(phone.stat().st_mode) == 0o600
        login = json.loads(phone.read_text())
        assert login["uri"] == "sip:demo@127.0.0.2"
        assert await registered(login) == 200
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(20):
            await command
    assert not phone.exists()
