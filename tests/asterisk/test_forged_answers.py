"""A telephone that is rung, or is in a call: whatever it answers and asks, it makes no event up
and rings nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest

from contactcentre.core import effects
from contactcentre.core.config.trunk import WayOut
from contactcentre.telephony import dialling, sip
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx import Pbx
from contactcentre.telephony.ring_back import RingBacks
from lab.telephone import CallRefused, PhoneCall, Ringing, Telephone, telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]

HOTLINE, CITIZEN, PREMIUM = "60000100", "+37120000001", "+37190000000"
WAY = WayOut("hotline", HOTLINE)
CALL, OFFER = f"{1:032x}", f"{1:032x}-1"

FORGED = quote("1\r\n\r\nEvent: X\r\nForged: yes\r\n\r\n", safe="")
JOINED = quote("1\r\nForged: yes\r\nX: y", safe="")

ELSEWHERE = (
    FORGED,
    JOINED,
    HOTLINE,
    PREMIUM,
    quote(f"PJSIP/{PREMIUM}@carrier_hotline", safe=""),
    quote("PJSIP/a-2", safe=""),
    quote(f"Local/{HOTLINE}@cc-entry", safe=""),
)
"""Users of a 302's Contact."""

WHO = ("P-Asserted-Identity", "Remote-Party-ID", "Diversion", "History-Info", "Referred-By")

HANGUP = b"Event: Hangup\r\n"

Rings = Callable[[], Awaitable[Ringing]]


def who(user: str) -> list[sip.Header]:
    """Every header that names somebody."""
    return [(name, f"<sip:{user}@carrier.example>;party=called") for name in WHO]


class Manager:
    """All that Asterisk writes to whoever is logged in, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.said = b""

    async def act(self, action: str, **fields: str | tuple[str, ...]) -> None:
        """Send one action, and read on to its answer."""
        lines = [f"Action: {action}", f"ActionID: {len(self.said)}x"]
        for name, value in fields.items():
            values = (value,) if isinstance(value, str) else value
            lines += [f"{name}: {one}" for one in values]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        wanted = f"{lines[1]}\r\n".encode()
        while wanted not in (message := await self._reader.readuntil(b"\r\n\r\n")):
            self.said += message
        self.said += message

    async def until(self, holds: Callable[[bytes], bool]) -> None:
        """It has said so."""
        async with asyncio.timeout(10):
            while not holds(self.said):
                await self.act("Ping")


@pytest.fixture
async def manager(pbx: Pbx) -> AsyncIterator[Manager]:
    """Logged in as the service is."""
    settings = pbx.settings
    reader, writer = await asyncio.open_connection(settings.ami_host, settings.ami_port)
    made = Manager(reader, writer)
    await made.act("Login", Username=settings.ami_user, Secret=settings.ami_secret)
    yield made
    writer.close()
    await writer.wait_closed()


@pytest.fixture
async def pbx(start_pbx: Any, free_port: Callable[[], int]) -> Pbx:
    """Its carrier is at the same port of another address."""
    made: Pbx = await start_pbx()
    return made


@pytest.fixture
async def carrier(pbx: Pbx) -> AsyncIterator[Telephone]:
    """Rung for every call that leads out; citizens ring from here."""
    where = ("127.0.0.1", pbx.settings.sip_port)
    async with telephone("127.0.0.2", where, pbx.settings.sip_port) as phone:
        yield phone


@pytest.fixture
async def desk(pbx: Pbx) -> AsyncIterator[Telephone]:
    """The telephone `a-1` on a table."""
    Directory(pbx.settings.directory).enrol("a-1", "secret-1", kind="desk")
    async with telephone("127.0.0.1", ("127.0.0.1", pbx.settings.sip_port)) as phone:
        await phone.register("a-1", "secret-1")
        yield phone


@pytest.fixture(params=["ring-back", "mobile", "desk"])
def rings(
    request: pytest.FixtureRequest,
    manager: Manager,
    carrier: Telephone,
    desk: Telephone,
    service: Any,
) -> Rings:
    """A leg of that kind begins to ring, as the service orders it."""
    numbers = iter(range(1, 1000))

    async def ring_back() -> Ringing:
        number = next(numbers)
        order = effects.RingBack(
            call_id=CALL, dial=f"cb-{CALL}-{number}", number=CITIZEN, shown=HOTLINE, timeout_s=20.0
        )
        await manager.act("Originate", **RingBacks().begin(order, [WAY]))
        return await carrier.ringing.get()

    async def dialled(phone: effects.Phone, at: Telephone) -> Ringing:
        await carrier.call(HOTLINE, CITIZEN)
        held = await service.calls.get()
        order = effects.Ring(call_id=CALL, offer_id=OFFER, phone=phone, timeout_s=20.0, auto=False)
        given = dialling.mobile(order, WAY) if at is carrier else dialling.phone(order)
        held.send(f"EXEC Dial {given}")
        return await at.ringing.get()

    async def mobile() -> Ringing:
        return await dialled(
            effects.Phone(device="mobile", endpoint="a-9", number="+37120000777"), carrier
        )

    async def table() -> Ringing:
        return await dialled(effects.Phone(device="desk", endpoint="a-1"), desk)

    ways: dict[str, Rings] = {"ring-back": ring_back, "mobile": mobile, "desk": table}
    way = ways[request.param]

    async def within() -> Ringing:
        async with asyncio.timeout(10):
            return await way()

    return within


async def nothing_made_up(manager: Manager) -> None:
    """Once Asterisk has told all that it has to tell."""
    await manager.act("Ping")
    assert b"orged" not in manager.said
    assert b"Event: X" not in manager.said


async def nobody_else(manager: Manager, *phones: Telephone) -> None:
    """No telephone rings, no channel was made for any."""
    await manager.act("Ping")
    assert all(phone.ringing.empty() for phone in phones)
    assert b"Local/1" not in manager.said
    assert b"cc-entry-" not in manager.said
    assert PREMIUM[1:].encode() not in manager.said


async def test_elsewhere(
    rings: Rings, manager: Manager, carrier: Telephone, desk: Telephone
) -> None:
    """It says that it has moved: to another number at our cost, another phone, the hotline itself,
    or an event. The call ends there."""
    for user in ELSEWHERE:
        for status in ("302 Moved Temporarily", "301 Moved Permanently", "300 Multiple Choices"):
            ringing = await rings()
            contact = f"<sip:{user}@127.0.0.2:{carrier.port}>"
            hung_up = manager.said.count(HANGUP)
            ringing.refuse(status, ("Contact", contact), *who(FORGED))
            await manager.until(lambda said, before=hung_up: said.count(HANGUP) > before)
    await nobody_else(manager, carrier, desk)
    await nothing_made_up(manager)


async def test_while_it_rings_and_when_it_answers(rings: Rings, manager: Manager) -> None:
    """With every header that names somebody."""
    for user in (FORGED, JOINED):
        ringing = await rings()
        for status in ("180 Ringing", "181 Call Is Being Forwarded", "183 Session Progress"):
            ringing.say(status, *who(user), ("Contact", f"<sip:{user}@127.0.0.2>"))
        talk = await ringing.answer(*who(user))
        await nothing_made_up(manager)
        await talk.hang_up()
    await nothing_made_up(manager)


async def asks_everything(talk: PhoneCall, user: str) -> None:
    """Within the call."""
    asked = [(method, who(user)) for method in ("INVITE", "UPDATE", "INFO", "MESSAGE", "OPTIONS")]
    for target in (user, PREMIUM):
        refer = ("Refer-To", f"<sip:{target}@carrier.example>")
        asked.append(("REFER", [refer, *who(user)]))
    for method, headers in asked:
        with suppress(TimeoutError):  # Asterisk answers to some of them with silence
            async with asyncio.timeout(1):
                await talk.ask(method, *headers)


async def test_in_the_call(
    rings: Rings, manager: Manager, carrier: Telephone, desk: Telephone
) -> None:
    """Somebody else is at the other end now, it says, or is to be."""
    for user in (FORGED, JOINED):
        talk = await (await rings()).answer()
        await asks_everything(talk, user)
        await nothing_made_up(manager)
        await nobody_else(manager, carrier, desk)
        await talk.ask("BYE", ("Reason", f'SIP;text="{user}"'), *who(user))
        talk.ended.set()
    await nothing_made_up(manager)


async def test_a_citizen_in_the_call(manager: Manager, carrier: Telephone, service: Any) -> None:
    """Who has rung in says so as well; what the service is told of it then is as it was."""
    for user in (FORGED, JOINED):
        talk = await carrier.call(HOTLINE, CITIZEN, *who(user))
        held = await service.calls.get()
        assert held.environment["agi_callerid"] in (CITIZEN, "unknown")
        before = await held.command("GET FULL VARIABLE ${CALLERID(all)}|${CONNECTEDLINE(all)}")
        await asks_everything(talk, user)
        told = await held.command("GET FULL VARIABLE ${CALLERID(all)}|${CONNECTEDLINE(all)}")
        assert told == before
        with suppress(CallRefused):
            await talk.hang_up()
    await nothing_made_up(manager)
    await nobody_else(manager, carrier)
