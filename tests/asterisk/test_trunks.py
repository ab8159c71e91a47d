"""Trunks on real Asterisks: over TLS and encrypted, with log-ins both ways, beside a plain one."""

import asyncio
import random
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contactcentre.cli.check import trunks
from contactcentre.cli.command import work
from contactcentre.cli.part import Sick
from contactcentre.cli.trunk import app
from contactcentre.core import effects
from contactcentre.core.config.trunk import Trunk, WayOut
from contactcentre.telephony import sip
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx import Pbx
from contactcentre.telephony.ring_back import RingBacks
from lab import LAB, g711
from lab.certificates import Authority
from lab.hotline import Rehearsal, until
from lab.telephone import CallRefused, PhoneCall, Telephone, telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

HOTLINE, CITIZEN, RUNG = "60000100", "+37120000001", "+37120000999"
PLAIN, SECURE, STRANGER = "127.0.0.2", "127.0.0.3", "127.0.0.9"
SECRET = "a secret; with [all] sorts"

VOICE = bytes(range(256)) * 40
LOUD = 0.05


@dataclass(frozen=True, slots=True)
class Lines:
    """The hotline and its carriers: one over TLS, a whole Asterisk, and one over UDP, of software.
    `citizen` is a telephone of the first."""

    hotline: Pbx
    manager: Any
    secure_manager: Any
    agent: Telephone
    citizen: Telephone
    plain: Telephone
    authority: Authority

    def shown(self) -> str:
        """Our certificate."""
        return ssl.get_server_certificate(("127.0.0.1", self.hotline.settings.sip_tls_port))

    async def invite_over_tls(self, host: str) -> int:
        """What a call from that address is told, by somebody who has no log-in."""
        context = ssl.create_default_context(cafile=self.authority.file)
        port = self.hotline.settings.sip_tls_port
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, local_addr=(host, 0)
        )
        writer.write(_invite(host, port).encode())
        said = sip.parse(await reader.readuntil(b"\r\n\r\n"))
        writer.transport.abort()
        return said.status or 0


def _invite(host: str, port: int) -> sip.Message:
    return sip.Message(
        first=f"INVITE sip:{HOTLINE}@127.0.0.1:{port};transport=tls SIP/2.0",
        headers=(
            ("Via", f"SIP/2.0/TLS {host}:5061;branch=z9hG4bK1"),
            ("Max-Forwards", "70"),
            ("From", f"<sip:{CITIZEN}@{host}>;tag=1"),
            ("To", f"<sip:{HOTLINE}@127.0.0.1>"),
            ("Call-ID", host),
            ("CSeq", "1 INVITE"),
            ("Contact", f"<sip:{host}:5061;transport=tls>"),
            ("Content-Type", "application/sdp"),
        ),
        body=sip.offer(host, 4000),
    )


@pytest.fixture
async def lines(
    start_pbx: Any, free_port: Callable[[], int], tmp_path: Path, log_in: Any
) -> AsyncIterator[Lines]:
    """All of them are there; the hotline has registered with the first."""
    authority = Authority(tmp_path)
    ports = {host: free_port() for host in ("127.0.0.1", SECURE)}

    def tls(host: str) -> dict[str, Any]:
        issued = authority.issue(host)
        return {
            "sip_host": host,
            "sip_tls_port": ports[host],
            "sip_tls_certificate": issued.certificate,
            "sip_tls_key": issued.key,
            "sip_tls_authorities": authority.file,
        }

    logged_in = {"transport": "tls", "user": "acct", "challenges": True}
    udp = free_port()
    ours = Trunk(
        trunk_id="secure",
        peers=(SECURE,),
        server=f"{SECURE}:{ports[SECURE]}",
        registers=True,
        numbers=(HOTLINE,),
        **logged_in,  # type: ignore[arg-type]
    )
    theirs = Trunk(
        trunk_id="hotline",
        peers=("127.0.0.1",),
        server=f"127.0.0.1:{ports['127.0.0.1']}",
        **logged_in,  # type: ignore[arg-type]
    )
    plain = Trunk(trunk_id="plain", peers=(PLAIN,), server=f"{PLAIN}:{udp}")
    secure = await start_pbx(theirs, secret=SECRET, overlay=LAB / "asterisk", **tls(SECURE))
    there = Directory(secure.settings.directory)
    there.enrol("acct", SECRET, kind="desk")
    there.enrol("demo", "secret-2", kind="desk")
    secure_manager = await log_in(secure)
    hotline = await start_pbx(ours, plain, secret=SECRET, sip_port=udp, **tls("127.0.0.1"))
    Directory(hotline.settings.directory).enrol("a-1", "secret-1", kind="desk")
    manager = await log_in(hotline)
    async with (
        telephone(SECURE, (SECURE, secure.settings.sip_port)) as citizen,
        telephone("127.0.0.1", ("127.0.0.1", udp)) as agent,
        telephone(PLAIN, ("127.0.0.1", udp), udp) as beside,
    ):
        await citizen.register("demo", "secret-2")
        await agent.register("a-1", "secret-1")
        await secure_manager.event("ContactStatus", EndpointName="acct")  # we have registered
        yield Lines(hotline, manager, secure_manager, agent, citizen, beside, authority)


async def hear_each_other(one: PhoneCall, other: PhoneCall) -> None:
    """Both speak, and both are heard."""
    for talk in (one, other):
        talk.media.say(VOICE, again=True)
    async with asyncio.timeout(10):
        for talk in (one, other):
            await talk.media.hears(10)
            while g711.loudness(talk.media.heard(0.2)) < LOUD:
                await talk.media.hears(5)


async def rings(lines: Lines, service: Any) -> Any:
    """A citizen of the first carrier's rings, encrypted: the call, as the service sees it."""
    await lines.secure_manager.act(
        "Originate",
        Channel=f"PJSIP/{HOTLINE}@carrier_hotline",
        CallerID=CITIZEN,
        Application="Dial",
        Data="PJSIP/demo,20",
        Async="true",
    )
    call = await service.calls.get()
    assert call.environment["agi_extension"] == HOTLINE
    assert call.environment["agi_callerid"] == CITIZEN
    secure = await call.command(
        'GET FULL VARIABLE "${CHANNEL(rtp,secure)}${CHANNEL(pjsip,secure)}"'
    )
    assert secure == "200 result=1 (11)"
    return call


async def put_through(lines: Lines, call: Any) -> tuple[PhoneCall, PhoneCall]:
    """To an agent: both talks, once they have answered."""
    call.send("EXEC Dial PJSIP/a-1,20,g")
    talk = await (await lines.citizen.ringing.get()).answer()
    return talk, await (await lines.agent.ringing.get()).answer()


async def citizens_ring_in(lines: Lines, service_at: Any) -> None:
    """Encrypted and logged in, where we have registered, beside a plain trunk; both are heard, also
    when our certificate is renewed meanwhile."""
    async with service_at(int(lines.hotline.settings.agi[0].rpartition(":")[2])) as service:
        talks = await put_through(lines, await rings(lines, service))
        await hear_each_other(*talks)
        ringing = asyncio.create_task(lines.plain.call(HOTLINE, CITIZEN))
        call = await service.calls.get()
        assert call.environment["agi_channel"].startswith("PJSIP/carrier_plain-")
        assert not (await ringing).ended.is_set()

        before = await asyncio.to_thread(lines.shown)
        await asyncio.to_thread(lines.authority.issue, "127.0.0.1")

        async def renewed() -> bool:
            return await asyncio.to_thread(lines.shown) != before

        await until(renewed, "the new certificate is not shown")
        await hear_each_other(*talks)
    said = lines.hotline.log_lines()
    assert [line for line in said if "WARNING[" in line or "ERROR[" in line] == []


async def end_of(call: Any, which: str) -> tuple[str, int]:
    """Where Asterisk hears that call (`src`), or its other side (`dest`)."""
    said = await call.command(f'GET FULL VARIABLE "${{CHANNEL(rtp,{which})}}"')
    host, port = said.partition("(")[2].rstrip(")").rsplit(":", 1)
    return host, int(port)


async def genuine(port: int, count: int) -> list[bytes]:
    """Encrypted speech as it comes to a port of loopback."""
    heard: list[bytes] = []
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as ear:
        ear.bind(("lo", 0))
        ear.setblocking(False)
        async with asyncio.timeout(10):
            while len(heard) < count:
                frame = await asyncio.get_running_loop().sock_recv(ear, 4096)
                packet = frame[14:]
                ports = packet[20:24]
                if packet[9] == socket.IPPROTO_UDP and ports[2:] == port.to_bytes(2):
                    heard.append(packet[28:])
    return heard


def malformed(real: list[bytes], chance: random.Random) -> Iterator[bytes]:
    """Speech that was cut, changed, sent once more, or was never any: RFC 3550's header with every
    count and length a lie, RFC 3711's tag missing or wrong, and reports (RTCP) that are none."""
    for one in real:
        yield from (one[:length] for length in range(len(one)))
        yield one  # a second time
        for _ in range(200):
            at, bit = chance.randrange(len(one)), 1 << chance.randrange(8)
            yield one[:at] + bytes([one[at] ^ bit]) + one[at + 1 :]
        head, rest = one[:12], one[12:]
        for first in (
            0x8F,
            0x90,
            0xA0,
            0xBF,
            0xFF,
            0x00,
            0x40,
        ):  # CSRCs, extension, padding, version
            yield bytes([first]) + head[1:]
            yield bytes([first]) + head[1:] + b"\xff" * 4
            yield bytes([first]) + head[1:] + b"\xbe\xde\xff\xff" + rest
        for kind in range(192, 224):
            yield bytes([0x81, kind, 0xFF, 0xFF]) + head[8:] + rest[: chance.randrange(40)]
    for length in (0, 1, 11, 12, 13, 22, 1500, 9000):
        yield b"\x80\x08" + chance.randbytes(length)


async def strangers_do_not(lines: Lines) -> None:
    """From another address nobody rings in, and the carrier itself not without its log-in."""
    where = "127.0.0.1", lines.hotline.settings.sip_port
    async with telephone(STRANGER, where) as stranger, telephone(SECURE, where) as unencrypted:
        for phone in (stranger, unencrypted):
            with pytest.raises(CallRefused, match="401"):
                await phone.call(HOTLINE, CITIZEN)
    assert await lines.invite_over_tls(STRANGER) == 401
    assert await lines.invite_over_tls(SECURE) == 401


async def the_hotline_rings_out(lines: Lines) -> None:
    """By the best trunk; where that has no line by the next, which shows a number of its own."""
    ways = WayOut("plain", "60000101"), WayOut("secure", HOTLINE)
    order = effects.RingBack(
        call_id=f"{1:032x}", dial=f"cb-{1:032x}-1", number=RUNG, shown="60000101", timeout_s=20.0
    )
    await lines.manager.act("Originate", **RingBacks().begin(order, ways))
    tried = await lines.plain.ringing.get()
    assert (tried.caller, tried.dialled) == ("60000101", RUNG)
    tried.refuse("503 Service Unavailable")
    rung = await lines.citizen.ringing.get()
    assert rung.caller == HOTLINE


async def test_two_trunks_at_a_time(lines: Lines, service_at: Any) -> None:
    """One over TLS, one over UDP, on one pair of Asterisks: that takes long to start."""
    await strangers_do_not(lines)
    await the_hotline_rings_out(lines)
    await citizens_ring_in(lines, service_at)


async def test_malformed_speech(lines: Lines, service_at: Any) -> None:
    """As if it came from the carrier's own port, in the midst of a talk: both sides hear each other
    as before, and another call is taken. (ASVS 5.0, 17.2.4; what browsers send is opened by the
    same code.)"""
    async with service_at(int(lines.hotline.settings.agi[0].rpartition(":")[2])) as service:
        call = await rings(lines, service)
        (host, port), (source, theirs) = await end_of(call, "src"), await end_of(call, "dest")
        talks = await put_through(lines, call)
        await hear_each_other(*talks)
        real = await genuine(port, 20)
        sent = 0
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) as wire:
            wire.bind((source, 0))
            for packet in malformed(real, random.Random(17)):  # noqa: S311 - rubbish
                header = struct.pack("!HHHH", theirs, port, 8 + len(packet), 0)
                wire.sendto(header + packet, (host, 0))
                sent += 1
                if sent % 50 == 0:
                    await asyncio.sleep(0.01)
        assert sent > 5_000
        await hear_each_other(*talks)
        assert not any(talk.ended.is_set() for talk in talks)
        ringing = asyncio.create_task(lines.plain.call(HOTLINE, CITIZEN))
        await service.calls.get()
        assert not (await ringing).ended.is_set()
    assert [line for line in lines.hotline.log_lines() if "ERROR[" in line] == []


async def test_a_trunk_is_in_force_while_people_talk(
    hotline: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    """Declared from a shell, it takes calls and is asked seconds later; taken away, it is a
    stranger. A call under way goes on."""
    await hotline.start_service()
    port = hotline.settings.sip_port
    async with (
        hotline.telephone() as citizen,
        telephone("127.0.0.6", (hotline.settings.sip_host, port), port) as carrier,
    ):
        talk = await citizen.call(HOTLINE, CITIZEN)
        with pytest.raises(CallRefused, match="401"):
            await carrier.call(HOTLINE, CITIZEN)
        await trunk(hotline, f"add tet --server 127.0.0.6:{port} --number {HOTLINE}")
        await trunk(hotline, "try tet")
        assert f"udp, 127.0.0.6:{port} answers" in capsys.readouterr().out
        parts = {part.name: part for part in await trunks(hotline.settings)}
        said = await parts["trunk tet"].examine(hotline.settings)
        assert said == f"udp, 127.0.0.6:{port} answers"

        async def known_silent() -> bool:
            try:
                await parts["trunk demo"].examine(hotline.settings)
            except Sick as sick:
                return "does not answer" in str(sick)
            return False

        await until(known_silent, "a carrier that answers nothing is not known for it")
        assert not (await carrier.call(HOTLINE, CITIZEN)).ended.is_set()
        await trunk(hotline, "remove tet")

        async def refused() -> bool:
            try:
                await (await carrier.call(HOTLINE, CITIZEN)).hang_up()
            except CallRefused:
                return True
            return False

        await until(refused, "a trunk that is gone rings in still")
        assert not talk.ended.is_set()


async def trunk(hotline: Rehearsal, words: str) -> None:
    """A command, which must succeed."""
    command = work(app, words.split(), hotline.settings)
    assert not isinstance(command, int)
    assert not await command
