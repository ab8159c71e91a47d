"""An agent on a mobile, over the carrier: key 1 accepts, so that no voicemail takes a citizen."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from contactcentre.core.call.overflow import KEYS_AFTER_S
from contactcentre.storage import tables as models
from lab import g711
from lab.agent import Desk
from lab.hotline import OFFERS, Rehearsal, hears_speech, rehearsal
from lab.telephone import PhoneCall, Ringing, Telephone, telephone
from lab.traces import Traces

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

HOTLINE = "60000100"
CITIZEN = "+37120000001"
MOBILE = "+37120000777"
AGENT = "ilze.ritausma"
BENEFITS = "1"

RING_ME = "1"
PROMISES = "SELECT * FROM contacts WHERE callback_of IS NOT NULL AND ended_at IS NOT NULL"

MUSIC = 0.005
"""Loudness (0..1) of more than silence."""

VOICE = bytes(range(256)) * 400


@pytest.fixture
async def hotline(
    sample_home: Path, tmp_path: Path, free_port: Callable[[], int], traces: Traces
) -> AsyncIterator[Rehearsal]:
    """A running hotline whose carrier is at a port of its own; one agent has a mobile."""
    home = tmp_path / "home"
    await asyncio.to_thread(shutil.copytree, sample_home, home)
    async with rehearsal(home, free_port, traces=traces) as ready:
        await ready.edit(models.centres, calendar_id=None)
        await ready.sql("UPDATE flows SET document = replace(document, '[wait.thanks]', '[]')")
        agent_id = await ready.agent_id(AGENT)
        await ready.edit(models.agents, agent_id, device="mobile", mobile=MOBILE)
        await ready.start_service()
        yield ready
        await ready.pbx.kill()


@pytest.fixture
async def carrier(hotline: Rehearsal) -> AsyncIterator[Telephone]:
    """The carrier's side: citizens ring from here, and the mobile rings here."""
    settings = hotline.settings
    pbx = (settings.sip_host, settings.sip_port)
    async with telephone("127.0.0.2", pbx, settings.sip_port) as phone:
        yield phone


@asynccontextmanager
async def agent_at_mobile(hotline: Rehearsal) -> AsyncIterator[Desk]:
    """The agent's page, ready: no phone registers, no microphone is asked for."""
    async with hotline.desk(AGENT) as desk:
        await desk.command("ready")
        await desk.until_state("READY", "RESERVED")
        yield desk


async def rings(carrier: Telephone) -> tuple[PhoneCall, Ringing]:
    """A citizen waits; the agent's mobile rings."""
    citizen = await carrier.call(HOTLINE, CITIZEN)
    await hears_speech(citizen)
    citizen.media.press(BENEFITS)
    async with asyncio.timeout(10):
        return citizen, await carrier.ringing.get()


async def results(hotline: Rehearsal, count: int) -> list[str]:
    """How the offers ended."""
    return [row["result"] for row in await hotline.until_rows(OFFERS, count)]


def assert_private(hotline: Rehearsal) -> None:
    """Neither log, nor the journal, has the number of the mobile."""
    digits = MOBILE.removeprefix("+371")
    assert digits not in hotline.service_log()
    assert not [line for line in hotline.pbx.log_lines() if digits in line]
    journals = [path for path in hotline.settings.home.glob("journal*") if path.is_file()]
    assert journals
    assert not [path for path in journals if digits.encode() in path.read_bytes()]


async def test_key_1_accepts(hotline: Rehearsal, carrier: Telephone) -> None:
    """Answered, told, accepted: only then are they in a talk; the mobile showed the hotline."""
    async with agent_at_mobile(hotline) as desk:
        citizen, ringing = await rings(carrier)
        assert ringing.caller == HOTLINE
        assert ringing.dialled == MOBILE
        agent = await ringing.answer()
        await hears_speech(agent)
        assert desk.view["state"] == "RESERVED"
        assert g711.loudness(citizen.media.heard(0.2)) > MUSIC
        agent.media.press("1")
        await desk.until_state("TALKING")
        citizen.media.say(VOICE, again=True)
        await hears_speech(agent)
        await agent.hang_up()
        async with asyncio.timeout(10):
            await citizen.ended.wait()
        assert await results(hotline, 1) == ["answered"]
    assert_private(hotline)


@pytest.mark.parametrize("way", ["voicemail", "hangs up", "wrong key"])
async def test_without_the_key_the_caller_keeps_the_place(
    hotline: Rehearsal, carrier: Telephone, way: str
) -> None:
    """A voicemail answers and talks, or somebody hangs up: the offer is missed, nobody is lost."""
    async with agent_at_mobile(hotline) as desk:
        citizen, ringing = await rings(carrier)
        queued_at = (await desk.until_state("RESERVED"))["call"]["queued_at"]
        agent = await ringing.answer()
        await hears_speech(agent)
        match way:
            case "voicemail":
                agent.media.say(VOICE, again=True)
            case "hangs up":
                await agent.hang_up()
            case "wrong key":
                agent.media.press("5")
        view = await desk.until_state("NOT_READY")
        assert view["reason"] == "missed"
        assert await results(hotline, 1) == ["missed"]
        await hotline.until_calls(waiting=1, talking=0)
        assert not citizen.ended.is_set()
        await desk.command("ready")
        assert (await desk.until_state("RESERVED"))["call"]["queued_at"] == queued_at


async def test_a_mobile_that_says_no(hotline: Rehearsal, carrier: Telephone) -> None:
    """Declined for good, or busy with a call of its own: told apart, and rested after."""
    async with agent_at_mobile(hotline) as desk:
        _, ringing = await rings(carrier)
        ringing.refuse("603 Decline")
        assert (await desk.until_state("NOT_READY"))["reason"] == "rejected"
        await desk.command("ready")
        _, ringing = await rings(carrier)
        ringing.refuse("486 Busy Here")
        view = await desk.until_state("NOT_READY")
        assert (view["reason"], view["wanted"]) == ("busy", "READY")
        assert view["resting_until"] > view["at"]
        assert await results(hotline, 2) == ["rejected", "busy"]


async def asks_to_be_rung_back(hotline: Rehearsal, carrier: Telephone) -> None:
    """A citizen waits for a moment, presses the key for it and hangs up."""
    citizen = await carrier.call(HOTLINE, CITIZEN)
    await hears_speech(citizen)
    citizen.media.press(BENEFITS)
    await hotline.until_calls(waiting=1)
    await citizen.media.hears(round(KEYS_AFTER_S * 50) + 10)  # a key pressed sooner is the menu's
    citizen.media.press(RING_ME)
    await hotline.until_calls(waiting=0)
    await citizen.hang_up()
    await hotline.until_calls(callback=1)


async def ringing_at(carrier: Telephone, number: str) -> Ringing:
    """The next that rings behind the carrier, and nothing else does."""
    async with asyncio.timeout(10):
        ringing = await carrier.ringing.get()
    assert (ringing.caller, ringing.dialled) == (HOTLINE, number)
    return ringing


async def test_a_promise_is_kept_from_a_mobile(hotline: Rehearsal, carrier: Telephone) -> None:
    """The card first, then the citizen, who hears who rings, and the mobile last: with key 1.

    Both see the hotline's number. A mobile that nobody takes leaves the citizen in line, who is on
    the telephone already and is not rung a second time.
    """
    await asks_to_be_rung_back(hotline, carrier)
    async with agent_at_mobile(hotline) as desk:
        card = (await desk.until_state("RESERVED"))["call"]
        assert carrier.ringing.empty()
        assert await desk.command("ring_back", offer_id=card["offer_id"])
        citizen = await (await ringing_at(carrier, CITIZEN)).answer()
        await hears_speech(citizen)
        voicemail = await (await ringing_at(carrier, MOBILE)).answer()
        await hears_speech(voicemail)
        await voicemail.hang_up()
        await desk.until_state("NOT_READY")
        await hotline.until_calls(waiting=1, callback=0)
        await desk.command("ready")
        agent = await (await ringing_at(carrier, MOBILE)).answer()
        await hears_speech(agent)
        agent.media.press("1")
        talk = (await desk.until_state("TALKING"))["call"]
        assert (talk["caller"], talk["queued_at"]) == (CITIZEN, card["queued_at"])
        citizen.media.say(VOICE, again=True)
        await hears_speech(agent)
        await citizen.hang_up()
        async with asyncio.timeout(10):
            await agent.ended.wait()
        assert await results(hotline, 2) == ["missed", "answered"]
        (promise,) = await hotline.until_rows(PROMISES, 1)
        assert (promise["attempts"], promise["outcome"]) == (1, "answered")
    assert carrier.ringing.empty()
    assert_private(hotline)
