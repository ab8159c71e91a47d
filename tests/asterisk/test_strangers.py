"""Strangers: a caller who writes events and requests himself, and a program beside Asterisk."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from contactcentre import paths
from contactcentre.telephony import sip
from contactcentre.telephony.scripted import ScriptedCaller
from contactcentre.telephony.translation import TABLE
from lab.agent import DeskAgent, View
from lab.hotline import Rehearsal, rehearsal
from lab.telephone import CallRefused, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]

HOTLINE = "60000100"
BENEFITS = "1"
AGENT = "ilze.ritausma"


@pytest.fixture
def open_config(root: Path, tmp_path: Path) -> Path:
    """A configuration as it was before: what callers write is taken as it comes."""
    config = tmp_path / "config"
    shutil.copytree(root / "config", config)
    for name, before, after in [
        (
            "extensions.conf.j2",
            "[cc-caller]",
            "exten => _X.,1,Goto(cc-inbound,${EXTEN},1)\n[cc-caller]",
        ),
        ("extensions.conf.j2", "Goto(cc-caller,", "Goto(cc-inbound,"),
    ]:
        file = config / "asterisk" / name
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after))
    return config


@pytest.fixture
async def open_hotline(
    sample_home: Path, tmp_path: Path, free_port: Callable[[], int], open_config: Path
) -> AsyncIterator[Rehearsal]:
    """A hotline whose first wall has fallen."""
    home = tmp_path / "open"
    await asyncio.to_thread(shutil.copytree, sample_home, home)
    changed = {"config": str(open_config)}
    async with rehearsal(home, free_port, desk_phones=[AGENT], **changed) as ready:
        await asyncio.to_thread(believe_headers, paths.directory(ready.settings))
        yield ready
        await ready.pbx.kill()


def believe_headers(directory: Path) -> None:
    """Whatever the service writes of a trunk, Asterisk takes the numbers of headers for true."""
    with closing(sqlite3.connect(directory, isolation_level=None)) as db:
        db.execute(
            "CREATE TRIGGER believed AFTER UPDATE ON ps_endpoints WHEN NEW.callerid <> '' BEGIN "
            "UPDATE ps_endpoints SET trust_id_inbound = 'yes', callerid = '' "
            "WHERE id = NEW.id AND id LIKE 'carrier%'; END"
        )
        db.execute("UPDATE ps_endpoints SET callerid = callerid")


def forgeries(endpoint: str) -> Iterator[str]:
    """Every event that means something to the service, as far as 79 bytes go, and headers."""
    channel = f"Channel: PJSIP/{endpoint}-1"
    gone = f"ContactStatus: Removed\r\nEndpointName: {endpoint}"
    for name in sorted(TABLE):
        body = gone if name == "ContactStatus" else f"{channel}\r\nUniqueid: 1.1\r\nLinkedid: 1.2"
        yield f"1\r\n\r\nEvent: {name}\r\n{body}\r\n\r\n"
        yield f"1\r\n\r\nEvent: {name}\r\n{channel}"  # what follows completes it
    yield f"1\r\nAccountCode: {7:032x}"
    yield f"1\nagi_channel: PJSIP/{endpoint}-1"
    yield "1\n\n200 result=1 (x)\n"


def calls(forgery: str) -> Iterator[tuple[str, str, tuple[sip.Header, ...]]]:
    """Number, caller and headers of every call that brings it."""
    written = quote(forgery, safe="")
    address = f"<sip:{written}@carrier.example>"
    yield written, "+37120000001", ()
    yield HOTLINE, written, ()
    for name in ("P-Asserted-Identity", "Remote-Party-ID", "Diversion", "Contact"):
        yield HOTLINE, "+37120000001", ((name, address),)
    for name in ("User-Agent", "Subject", "Reason"):
        yield HOTLINE, "+37120000001", ((name, f"{written} {forgery.splitlines()[-1]}"),)


async def attack(citizen: Telephone, endpoint: str) -> None:
    """All of them, a few at a time."""
    gate = asyncio.Semaphore(8)

    async def ring(number: str, caller: str, headers: tuple[sip.Header, ...]) -> None:
        async with gate:
            with suppress(CallRefused):
                await (await citizen.call(number, caller, *headers)).hang_up()

    async with asyncio.TaskGroup() as group:
        for forgery in forgeries(endpoint):
            for call in calls(forgery):
                group.create_task(ring(*call))


def seen(view: View) -> View:
    """What the desk shows of its agent."""
    return {name: view[name] for name in ("state", "wanted", "reason", "phone", "since")}


async def unharmed(hotline: Rehearsal, agent: DeskAgent, endpoint: str) -> float:
    """Attack; nothing is other than before, and the next citizen is served. How many events were
    found to be forged."""
    before = seen(await agent.desk.until_state("READY"))
    async with hotline.telephone() as citizen:
        await attack(citizen, endpoint)
        await hotline.until_calls(menu=0, waiting=0)
        assert seen(agent.desk.view) == before
        call = await citizen.call(HOTLINE, "+37120000002")
        call.media.press(BENEFITS)
        talk = await agent.answer()
        assert agent.desk.view["state"] == "TALKING"
        await talk.hang_up()
        await call.hang_up()
    return (await hotline.figures())["ami_forged"]


async def test_a_caller_forges_nothing(hotline: Rehearsal) -> None:
    """Whatever a caller writes into From, P-Asserted-Identity, the dialled number or elsewhere:
    Asterisk makes no event of it."""
    await hotline.start_service()
    async with hotline.agent(AGENT) as agent:
        endpoint, _ = await hotline.phone_log_in(AGENT)
        assert await unharmed(hotline, agent, endpoint) == 0


async def test_what_is_forged_is_not_believed(open_hotline: Rehearsal) -> None:
    """Where Asterisk writes callers' line breaks into its events, they are told from its own."""
    hotline = open_hotline
    await hotline.start_service()
    async with hotline.agent(AGENT) as agent:
        endpoint, _ = await hotline.phone_log_in(AGENT)
        assert await unharmed(hotline, agent, endpoint) > 0


async def test_a_program_is_no_caller(hotline: Rehearsal) -> None:
    """Beside Asterisk, without the secret or with a channel that Asterisk does not know."""
    await hotline.start_service()
    secret = paths.agi_secret(hotline.settings)
    async with hotline.agent(AGENT) as agent, hotline.telephone() as citizen:
        for given in ("", "x", secret):
            port = hotline.settings.agi_port
            async with ScriptedCaller.calling(port, arg_1=given) as program:
                await program.closed()
        assert (await hotline.figures())["agi_strangers"] == 3
        await hotline.until_calls(menu=0, waiting=0)
        call = await citizen.call(HOTLINE, "+37120000002")
        call.media.press(BENEFITS)
        await (await agent.answer()).hang_up()


async def test_asterisk_s_log_tells_nothing(hotline: Rehearsal) -> None:
    """Neither the secret, where nobody answers at the address it is sent to, nor a number: of a
    caller, of one who dials what is not there, or of one who is nobody's carrier."""
    secret = paths.agi_secret(hotline.settings)
    log = hotline.pbx.settings.home / "log"
    async with hotline.telephone() as citizen, hotline.telephone("127.0.0.3") as stranger:
        call = await citizen.call(HOTLINE, "+37120000002")
        await call.media.hears(50)
        for telephone, number in ((citizen, "1" * 16), (stranger, HOTLINE)):
            with pytest.raises(CallRefused):
                await telephone.call(number, "+37120000002")
        await hotline.start_service()
        await hotline.until_calls(menu=1)
        await call.hang_up()
    told = {file.name: file.read_text() for file in log.iterdir()}
    told["service"] = hotline.service_log()
    assert {"messages", "security"} <= told.keys()
    assert not [name for name, text in told.items() if secret in text or "20000002" in text]
    assert "InvalidAccountID service=PJSIP account=… from=udp/127.0.0.3:" in told["security"]
