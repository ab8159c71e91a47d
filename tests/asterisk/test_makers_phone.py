"""A telephone of somebody else's making on an agent's table, set up by the sheet it is given."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from contactcentre.cli import phone
from contactcentre.cli.command import work
from lab.baresip import Baresip, baresip, read
from lab.certificates import Authority
from lab.hotline import Rehearsal, hears_speech, rehearsal, until
from lab.pitch import AGENT, BENEFITS, CALLER, CITIZEN, HOTLINE, LISTENED_S, hears, is_in, say
from lab.telephone import PhoneCall
from lab.traces import Traces

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]

WHO = "ilze.ritausma"
TABLE = "127.0.0.3"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Whose certificates the telephone trusts."""
    return Authority(tmp_path)


@pytest.fixture
async def hotline(
    short_home: Path,
    tmp_path: Path,
    free_port: Callable[[], int],
    traces: Traces,
    authority: Authority,
) -> AsyncIterator[Rehearsal]:
    """A hotline that speaks TLS."""
    home, issued = tmp_path / "home", authority.issue("127.0.0.1")
    await asyncio.to_thread(shutil.copytree, short_home, home)
    tls = {
        "sip_tls_port": str(free_port()),
        "sip_tls_certificate": str(issued.certificate),
        "sip_tls_key": str(issued.key),
    }
    async with rehearsal(home, free_port, desk_phones=(WHO,), traces=traces, **tls) as ready:
        await ready.start_service()
        yield ready
        await ready.pbx.kill()


@pytest.fixture
async def table(
    hotline: Rehearsal, tmp_path: Path, free_port: Callable[[], int], authority: Authority
) -> AsyncIterator[Baresip]:
    """The telephone, registered. It knows MD5 alone, and stops at a challenge of another kind."""
    sheet = tmp_path / "sheet"
    words = ["issue", await hotline.agent_id(WHO), "--md5", "--to", str(sheet)]
    assert await work(phone.app, words, hotline.settings) == 0
    told = read(sheet.read_text())
    assert (told["transport"], told["sound"]) == ("TLS", "SRTP, always (SDES)")
    control = "127.0.0.1", free_port()
    async with baresip(
        tmp_path / "baresip",
        told,
        host=TABLE,
        control=control,
        authority=authority.file,
        hz=AGENT,
    ) as made:
        await made.until("REGISTER_OK")
        yield made


async def until_hears(talk: PhoneCall, hz: int) -> None:
    """Return when that tone is heard."""

    async def holds() -> bool:
        talk.media.forget()
        await asyncio.sleep(LISTENED_S)
        return hears(talk, hz)

    await until(holds, "the telephone is not heard")


async def test_a_day_of_it(hotline: Rehearsal, table: Baresip) -> None:
    """It rings, and rings on where the page is to answer, for it does not know how; it is lifted,
    and both are heard, by SRTP, until its own key holds, and after that; the service is killed, and
    they talk on. Who hangs up there ends the call."""
    async with hotline.telephone() as citizen, hotline.desk(WHO) as desk:
        await desk.until(lambda view: view["phone"])
        assert await desk.command("ready")
        caller = await citizen.call(HOTLINE, CALLER)
        await hears_speech(caller)
        caller.media.press(BENEFITS)
        say(caller, CITIZEN)
        await table.until("CALL_INCOMING")
        view = await desk.until(lambda view: view["call"] and view["call"]["ring_until"])
        while not await desk.command("answer", offer_id=view["call"]["offer_id"]):
            pass  # that it rings is not known yet
        await table.does("accept")
        await desk.until_state("TALKING")
        await until_hears(caller, AGENT)
        await table.does("hold")
        await desk.until(lambda view: view["call"]["phone_holds"])
        assert is_in(table.heard(), CITIZEN)
        await table.does("resume")
        await desk.until(lambda view: not view["call"]["phone_holds"])
        await until_hears(caller, AGENT)
        await hotline.kill_service()
        await until_hears(caller, AGENT)
        await hotline.start_service()
        await desk.until_state("TALKING")
        await until_hears(caller, AGENT)
        await table.does("hangup")
        await desk.until_state("WRAP_UP")
