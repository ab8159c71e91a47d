"""SIP that nobody means well with, to a real Asterisk: it lives, believes nothing, and serves.

`--fuzz=100000` sends so many messages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import pytest
from rubbish import Rubbish, cases

from contactcentre.storage import tables as models
from contactcentre.telephony import sip
from lab.agent import DeskAgent
from lab.hotline import Rehearsal

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(7200)]

HOTLINE, BENEFITS = "60000100", "1"
AGENT = "ilze.ritausma"
BURST = 50
REGISTERS_S = 30.0
GONE_S = 400.0
"""Who never says ACK is hung up after 32 seconds, whom nobody hears after 60, on hold after 300."""
NUMBERS = count()
METHODS = (
    *(
        "INVITE",
        "INVITE",
        "INVITE",
        "REGISTER",
        "OPTIONS",
        "BYE",
        "CANCEL",
        "ACK",
        "INFO",
        "UPDATE",
    ),
    *("UPDATE", "SUBSCRIBE", "NOTIFY", "MESSAGE", "PUBLISH", "REFER", "PRACK"),
)
NAMES = (
    *("Accept", "Alert-Info", "Allow", "Authorization", "Call-Info", "Content-Disposition"),
    *("Content-Encoding", "Diversion", "Event", "Expires", "History-Info", "Identity", "Min-SE"),
    *("P-Asserted-Identity", "P-Charging-Vector", "Privacy", "Proxy-Authorization", "Reason"),
    *("Record-Route", "Refer-To", "Referred-By", "Remote-Party-ID", "Replaces", "Require", "Route"),
    *("Session-Expires", "Subject", "Supported", "User-Agent", "Warning", "X-CC-Call"),
)


@pytest.fixture
def traces() -> None:
    """Strangers' rubbish is nobody's, and too much to be kept."""


class Stranger(asyncio.DatagramProtocol):
    """Sends what it likes from one address, and ends what Asterisk answers."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._transport: asyncio.DatagramTransport | None = None
        self._heard: dict[str, asyncio.Event] = {}

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        """Kept."""
        self._transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """A call that was answered is hung up."""
        try:
            said = sip.parse(data)
        except ValueError:
            return
        if (heard := self._heard.get(said.header("Call-ID"))) is not None:
            heard.set()
        elif said.status == 200 and said.method == "INVITE":
            for method, step in (("ACK", said.header("CSeq").split()[0]), ("BYE", "99")):
                self.send(self._within(said, method, step))

    def _within(self, said: sip.Message, method: str, step: str) -> bytes:
        """A request in the call that was answered so."""
        uri = sip.uri_in(said.header("Contact"))
        return sip.Message(
            first=f"{method} {uri} SIP/2.0",
            headers=(
                ("Via", f"SIP/2.0/UDP {self._name};rport;branch=z9hG4bK{method}{next(NUMBERS)}"),
                ("Max-Forwards", "70"),
                *((name, said.header(name)) for name in ("From", "To", "Call-ID")),
                ("CSeq", f"{step} {method}"),
            ),
        ).encode()

    def send(self, data: bytes) -> None:
        """One datagram."""
        assert self._transport is not None
        self._transport.sendto(data[:8000])

    async def is_heard(self, call_id: str) -> None:
        """Asterisk has read all that was sent before, and answers."""
        heard = self._heard[call_id] = asyncio.Event()
        while not heard.is_set():
            self.send(message("OPTIONS", self._name, call_id).encode())
            try:
                async with asyncio.timeout(1.0):
                    await heard.wait()
            except TimeoutError:
                continue  # a datagram may be lost
        del self._heard[call_id]


def message(method: str, host: str, call_id: str) -> sip.Message:
    """As a carrier would write it."""
    uri = f"sip:{HOTLINE}@127.0.0.1"
    return sip.Message(
        first=f"{method} {uri} SIP/2.0",
        headers=(
            ("Via", f"SIP/2.0/UDP {host};rport;branch=z9hG4bK{call_id}"),
            ("Max-Forwards", "70"),
            ("From", f"<sip:+3712{call_id[1:]:0>7}@{host}>;tag={call_id}"),
            ("To", f"<{uri}>"),
            ("Call-ID", call_id),
            ("CSeq", f"1 {method}"),
            ("Contact", f"<sip:x@{host}>"),
            *((("Content-Type", "application/sdp"),) if method == "INVITE" else ()),
        ),
        body=sip.offer(host, 40_000) if method == "INVITE" else "",
    )


def hostile(dice: Rubbish, host: str, call_id: str) -> bytes:
    """A request, some of it other than it should be."""
    made = message(dice.choice(METHODS), host, call_id)
    headers = list(made.headers)
    for _ in range(dice.choice((0, 1, 1, 2, 3))):
        place = dice.randrange(len(headers))
        name, value = headers[place]
        headers[place] = (name, dice.choice((dice.text(), value + dice.text(), f"<{dice.text()}>")))
    headers += [(dice.choice(NAMES), dice.text()) for _ in range(dice.choice((0, 0, 1, 2)))]
    first = made.first.replace(HOTLINE, dice.text()) if dice.random() < 0.3 else made.first
    body = dice.text() if dice.random() < 0.2 else made.body
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    data = "\r\n".join((*lines, f"Content-Length: {len(body)}", "", body))
    raw = data.encode("utf-8", "replace")
    return dice.mutated(raw) if dice.random() < 0.4 else raw


@asynccontextmanager
async def stranger(host: str, port: int) -> AsyncIterator[Stranger]:
    """One at an address of loopback."""
    transport, made = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Stranger(host), local_addr=(host, 0), remote_addr=("127.0.0.1", port)
    )
    yield made
    transport.close()


@asynccontextmanager
async def at_work(hotline: Rehearsal) -> AsyncIterator[DeskAgent]:
    """An agent who is ready; the telephone registers again and again, as telephones do."""

    async def stay(agent: DeskAgent) -> None:
        while True:
            await asyncio.sleep(REGISTERS_S)
            await agent.register()

    async with hotline.agent(AGENT) as agent, asyncio.TaskGroup() as tasks:
        staying = tasks.create_task(stay(agent), name="registration")
        yield agent
        staying.cancel()


async def test_rubbish_over_sip(hotline: Rehearsal, fuzz: int) -> None:
    """From the carrier's own address and from a stranger's: the process is the same afterwards, no
    event was forged, no agent moved, and the next citizen is served."""
    # Some of it is a good call that nobody hangs up, and whose citizen says nothing. An agent who
    # were offered that one would miss it, and be moved by no fault of anybody's.
    await hotline.edit(models.queues, "general", skills={"documents": 1})
    await hotline.start_service()
    port, process = hotline.pbx.settings.sip_port, hotline.pbx.pid
    async with (
        at_work(hotline) as agent,
        stranger("127.0.0.2", port) as carrier,
        stranger("127.0.0.3", port) as anybody,
    ):
        before = await agent.desk.until_state("READY")
        for number, dice in enumerate(cases(fuzz, "sip")):
            who, host = (carrier, "127.0.0.2") if number % 2 else (anybody, "127.0.0.3")
            who.send(hostile(dice, host, f"f{number}"))
            if number % BURST == 0:
                await carrier.is_heard(f"b{number}")
        await hotline.until_calls(GONE_S, menu=0, waiting=0)
        assert agent.desk.view["state"] == before["state"]
        async with hotline.telephone() as citizen:
            call = await citizen.call(HOTLINE, "+37120000002")
            call.media.press(BENEFITS)
            talk = await agent.answer()
            await talk.hang_up()
            await call.hang_up()
    assert hotline.pbx.pid == process
    assert (await hotline.figures())["ami_forged"] == 0
