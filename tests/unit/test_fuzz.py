"""What comes in from outside and is read without a socket: nothing of it is a fault of ours.

`--fuzz=100000` gives each surface so many values; a few hundred are enough for every day.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rubbish import Rubbish, cases

from agents_ui.desk.port import BadCommand
from contactcentre.core import commands, events
from contactcentre.core.events import Event
from contactcentre.features.catalogue import document as catalogue
from contactcentre.features.desk.commands import event_of
from contactcentre.storage import codec, spool_rows
from contactcentre.storage.entry import TouchedStates
from contactcentre.telephony import sip
from contactcentre.telephony.agi import AgiLimits, AgiServer, AgiSession
from contactcentre.telephony.agi_wire import HEADERS
from contactcentre.telephony.ami_link import AmiCounts, AmiLink
from contactcentre.telephony.ami_message import AmiMessage
from contactcentre.telephony.fallback_log import FallbackEntry, told
from contactcentre.telephony.genuine import _SHAPES, is_whole
from contactcentre.telephony.leash import Leash
from contactcentre.telephony.message_files import MessageFiles
from contactcentre.telephony.pbx_log import PbxLog
from contactcentre.telephony.translation import channel, translate
from contactcentre.testing import History, call_id, network, profile
from contactcentre.whatif.replay import rules
from contactcentre.whatif.simulation import scenario
from ivr.document import lines_of
from ivr.flow import FlowError
from ivr.flow import parse as parse_flow

pytestmark = [pytest.mark.unit, pytest.mark.timeout(7200)]

ANEW = 500
"""After so many cases what remembers them begins anew."""


class Pipe(asyncio.Transport):
    """A connection's other end, which takes everything."""

    def __init__(self, line: socket.socket | None = None) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "socket": line})
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Lost."""

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        """Nothing is read."""

    resume_reading = pause_reading


# --- Asterisk's manager ------------------------------------------------------------------------

WORDS = ("Up", "Ring", "Ringing", "ANSWER", "CANCEL", "PROGRESS", "Removed", "Reachable", "Failure",
         "Received", "16", "44", "1790000000.5", "PJSIP/a-1-00000001", "PJSIP/carrier-00000001",
         "a-1", "1", "#")  # fmt: skip


def ids(dice: Rubbish) -> str:
    """Ours, more or less."""
    made = (call_id(1), f"{call_id(1)}-1", f"cb-{call_id(1)}-1", call_id(9), "1.1", "1.2")
    return dice.choice((*made, dice.ascii()))


def block(dice: Rubbish) -> str:
    """An event, whole or not."""
    name = dice.choice(list(_SHAPES))
    lines = [f"Event: {name}"]
    for field in _SHAPES[name][1:]:
        value = dice.choice((dice.choice(WORDS), dice.choice(WORDS), ids(dice), dice.text()))
        lines.append(f"{field}: {value}")
    return "\r\n".join(lines if dice.random() < 0.6 else dice.mixed(lines))


def a_day() -> History:
    """Two agents, one of whom talks, callers in line, and a promise that is being kept."""
    history = History(network(profile(1), profile(2), profile(3)))
    history.apply(events.ServiceStarted(at=history.at))
    history.links_up()
    history.talks(1, 1)
    history.ready(2)
    history.waits(2, "")
    history.waits(3, "1")
    return history


def test_events_of_the_manager(fuzz: int) -> None:
    """Translated or dropped; World takes in what is left, or refuses it."""
    history = a_day()
    for number, dice in enumerate(cases(fuzz, "ami")):
        if number % ANEW == 0:
            history = a_day()
        message = AmiMessage.read(block(dice))
        if message is None:
            continue
        whole = is_whole(message)
        channel(message)
        event = translate(message, history.at)
        if event is not None and (whole or dice.random() < 0.5):
            history.world.apply(event)


async def test_bytes_of_the_manager(fuzz: int) -> None:
    """The link delivers messages, or ends."""
    seen: list[AmiMessage] = []
    counts = AmiCounts()
    link: AmiLink | None = None
    for dice in cases(fuzz, "ami bytes"):
        if link is None or link.closed or dice.random() < 0.01:
            seen.clear()
            link = AmiLink(seen.append, counts, lambda: False)
            link.connection_made(Pipe())
            link.data_received(dice.choice((b"Asterisk Call Manager/11.0.0\r\n", b"x", b"\xff")))
        data = block(dice).encode("utf-8", "replace") + b"\r\n\r\n"
        data = dice.mutated(data) if dice.random() < 0.5 else data
        cut = dice.randrange(len(data) + 1)
        for part in (data[:cut], data[cut:]):
            if not link.closed:
                link.data_received(part)


# --- FastAGI -----------------------------------------------------------------------------------


def request(dice: Rubbish) -> bytes:
    """A request's headers."""
    values = ("yes", "agi://127.0.0.1/call", "PJSIP/carrier-00000001", "1.1", "+37120000001", "s")
    lines = [f"{name}: {dice.choice((*values, *values, dice.text()))}" for name in sorted(HEADERS)]
    lines = lines if dice.random() < 0.7 else dice.mixed(lines)
    text = "\n".join([*lines, "agi_arg_1: ", "", ""]).encode("utf-8", "replace")
    return dice.mutated(text) if dice.random() < 0.2 else text


def reply(dice: Rubbish) -> bytes:
    """What Asterisk answers to a command, or does not."""
    text = dice.text().replace("\n", " ")
    place = f"{call_id(1)}^taxes|lv|1700.5|1699.0^60000100^{text}"
    said = (
        "200 result=0", "200 result=-1", "200 result=1 (" + text + ")", f"200 result=1 ({place})",
        "200 result=49", "510 Invalid or unknown command", "511 Command Not Permitted", "HANGUP",
        "520-Invalid command syntax", "520 End of proper usage.", "100 result=0 Trying...", text,
        "200 result=0 endpos=" + text, "200 result=" + text,
    )  # fmt: skip
    line = dice.choice(said).encode("utf-8", "replace") + b"\n"
    return dice.mutated(line) if dice.random() < 0.1 else line


class Prompts:
    """There is a file for everything."""

    tone = Path("/x/tone")

    def resolve(self, key: str, language: str) -> Path:
        """It is not read."""
        return Path("/x") / key


@pytest.fixture
async def agi(tmp_path: Path) -> AsyncIterator[tuple[AgiServer, list[Event]]]:
    """The server and the leash that takes its callers, and what the leash tells."""
    posted: list[Event] = []
    files = MessageFiles(tmp_path, most_bytes=1_000_000)
    leash = Leash(posted.append, Prompts(), files, interrupt=lambda channel: None)
    server = AgiServer(leash.handle, limits=AgiLimits(header_time_s=60.0))
    ready = asyncio.Event()
    running = asyncio.create_task(server.serve("127.0.0.1", 0, ready=lambda _: ready.set()))
    await ready.wait()
    yield server, posted
    running.cancel()
    await asyncio.wait([running])


async def until(holds: Callable[[], bool]) -> None:
    """Soon, and before anything that takes time."""
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError


@pytest.fixture
def line() -> Iterator[socket.socket]:
    """For what is set of it; nobody connects it."""
    with socket.socket() as made:
        yield made


async def test_requests_and_replies_of_agi(
    fuzz: int, agi: tuple[AgiServer, list[Event]], line: socket.socket
) -> None:
    """Held, or let go; no handler fails, nobody stays, and all that is told can be written down."""
    server, posted = agi
    for dice in cases(fuzz, "agi"):
        session = AgiSession(server)
        session.connection_made(Pipe(line))
        session.data_received(request(dice))
        for _ in range(dice.choice((0, 1, 3, 8))):
            await asyncio.sleep(0)
            if not session.lost:
                session.data_received(reply(dice))
        await asyncio.sleep(0)
        session.connection_lost(None)
        await until(lambda: server.sessions == 0)
        for event in posted:
            codec.encode(event)
        posted.clear()
        assert server.counts.handler_errors == 0


# --- the journal, the fallback queue's log, Asterisk's log, answers of SIP ---------------------


def names_of(data: bytes) -> tuple[str, ...]:
    """The keys of a JSON text."""
    parts = data.decode().split('"')
    return tuple(sorted({part for part in parts if part.isidentifier()}))


def test_what_the_journal_holds(fuzz: int) -> None:
    """Read, or told to be unreadable."""
    history = a_day()
    states = TouchedStates(
        calls=tuple(history.world.calls.values()), agents=tuple(history.world.agents.values())
    )
    whole = codec.encode(states)
    names = names_of(whole)
    for dice in cases(fuzz, "journal"):
        changes = dice.mutated(whole) if dice.random() < 0.5 else dice.json(names, depth=5)
        row = (1, 1.0, "X", None, None, dice.json(names), changes)
        found = spool_rows.record(row)
        for kind in (dict, TouchedStates):
            try:
                codec.encode(codec.decode(found.event, kind))
            except codec.Broken:
                continue
        list(spool_rows.readable("call", TouchedStates, [("x", changes)]))


def test_the_log_of_the_fallback_queue(fuzz: int) -> None:
    """What became of its callers, whatever is in the rows."""
    kinds = ("FELL", "ENTERQUEUE", "CONNECT", "COMPLETEAGENT", "COMPLETECALLER", "ABANDON", "BACK",
             "EXITWITHTIMEOUT", "EXITEMPTY", "RINGNOANSWER")  # fmt: skip
    for dice in cases(fuzz, "fallback"):
        entries = [
            FallbackEntry(
                "1790000000.1",
                dice.choice(("a-1", dice.text())),
                dice.choice(kinds),
                (ids(dice), dice.text(), dice.choice(("60000100", "12", dice.text()))),
            )
            for _ in range(dice.randrange(1, 6))
        ]
        for event in told(entries, 1_790_000_100.0):
            codec.encode(event)


def test_words_of_asterisk(fuzz: int, tmp_path: Path) -> None:
    """Its log is written whatever it says, one line a line."""
    log = PbxLog(tmp_path, known=lambda account: account == "a-1")
    names = ("timestamp", "logmsg", "location", "filename", "line", "level", "message")
    event = 'SecurityEvent="InvalidAccountID",AccountID="%s",RemoteAddress="IPV4/UDP/192.0.2.1/%s"'
    for dice in cases(fuzz, "pbx log"):
        said = {
            "timestamp": dice.ascii(),
            "logmsg": {
                "location": {"filename": dice.text(), "line": dice.randrange(10**6)},
                "level": dice.choice(("WARNING", "SECURITY", "NOTICE")),
                "message": dice.choice((dice.text(), event % (dice.text(), dice.text()))),
            },
        }
        line = codec.encode(said) if dice.random() < 0.5 else dice.json(names)
        log.take(dice.mutated(line) if dice.random() < 0.2 else line)
    log.close()


def test_answers_of_sip(fuzz: int) -> None:
    """A message, or none."""
    request = sip.Message(
        first="SIP/2.0 401 Unauthorized",
        headers=(("CSeq", "1 REGISTER"), ("Call-ID", "x"), ("To", "<sip:a-1@x>;tag=1")),
    )
    whole = request.encode()
    for dice in cases(fuzz, "sip"):
        try:
            sip.parse(dice.mutated(whole)).status  # noqa: B018 - it is read off
        except ValueError:
            continue


# --- what people write -------------------------------------------------------------------------


def mutated_yaml(dice: Rubbish, text: str) -> str:
    """With some lines or values other than they were."""
    match dice.randrange(3):
        case 0:
            return dice.mutated(text.encode()).decode(errors="replace")
        case 1:
            return "\n".join(dice.mixed(text.splitlines()))
        case _:
            lines = text.splitlines()
            number = dice.randrange(len(lines))
            head, colon, _ = lines[number].partition(": ")
            values = (
                dice.text(),
                str(dice.scalar()),
                dice.json(("goto", "prompts")).decode(errors="replace"),
            )
            lines[number] = head + colon + dice.choice(values)
            return "\n".join(lines)


def test_menus(fuzz: int, root: Path) -> None:
    """A flow, or its faults with their places."""
    good = root / "tests" / "unit" / "ivr" / "good"
    small, everything = ((good / f"{name}.yaml").read_text() for name in ("small", "everything"))
    for dice in cases(fuzz, "menus"):
        text = mutated_yaml(dice, everything if dice.random() < 0.1 else small)
        refused = None
        try:
            parse_flow(text, name="x", prompts={"menu.matter"}, queues={"taxes"})
        except FlowError as error:
            refused = error
        assert refused is None or (refused.problems and str(refused))
        if refused is not None:
            lines = lines_of(text, refused.problems)
            assert all(0 <= line <= len(text.splitlines()) + 1 for line in lines)


Parse = Callable[[str], object]

RULES = """
queues:
  - queue_id: taxes
    ring_s: 20
    circles:
      - {kind: centre, lasts_s: 5}
"""


def test_documents(fuzz: int, root: Path) -> None:
    """Service cards, changed rules of a replay, scenarios: read, or refused with the place."""
    nominal = (root / "config" / "scenarios" / "nominal.yaml").read_text()
    services = (root / "config" / "seed" / "services.yaml").read_text()
    cards = "\n".join(services.splitlines()[:40])
    known = network(profile(1))
    readers: tuple[tuple[str, Parse], ...] = (
        (cards, catalogue.parse),
        (RULES, lambda text: rules.parse(text, known, name="rules")),
        (nominal, lambda text: scenario.parse(text, name="scenario")),
    )
    for dice in cases(fuzz, "documents"):
        text, parse = dice.choice(readers)
        refused: ValueError | None = None
        try:
            parse(mutated_yaml(dice, text))
        except ValueError as error:
            refused = error
        assert refused is None or str(refused)


def test_commands_of_a_desk(fuzz: int) -> None:
    """Whatever a page says: an event that World takes or refuses, or a refusal."""
    history = a_day()
    names = ("call_id", "offer_id", "text", "base", "level", "kind", "services", "seconds", "queue",
             "service", "reason", "granted", "outcome", "finish")  # fmt: skip
    for number, dice in enumerate(cases(fuzz, "commands")):
        if number % ANEW == 0:
            history = a_day()
        name = dice.choice([*commands.COMMANDS, dice.text()])
        try:
            args = msgspec.json.decode(dice.json(names), type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError):
            args = {}
        args |= {"call_id": ids(dice)} if dice.random() < 0.5 else {}
        args |= {"offer_id": ids(dice)} if dice.random() < 0.5 else {}
        try:
            event = event_of(dice.choice(("a1", "a2")), name, args, at=history.at)
        except BadCommand:
            continue
        codec.encode(event)
        history.world.apply(event)
