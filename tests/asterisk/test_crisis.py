"""Crisis mode under calls: nothing is lost, the next caller hears it, and it ends as it began."""

from __future__ import annotations

import asyncio
import sys

import pytest

from contactcentre.settings import ROOT
from contactcentre.storage import tables as models
from lab.hotline import Rehearsal, hears_speech
from lab.listening import hears
from lab.telephone import PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.long, pytest.mark.timeout(90)]

HOTLINE = "60000100"
BENEFITS, DOCUMENTS = "1", "2"
BENEFITS_AGENT, VOLUNTEER, SUPERVISOR = "ilze.ritausma", "normunds.talkotajs", "dace.zvaigznucela"
# The test is about the order of what is said, not about its length.
SHORTER = """
    UPDATE flows SET document = replace(replace(
        document, '[greeting, notice.112]', '[greeting]'),
        '[crisis.greeting, notice.112]', '[crisis.greeting]')
"""


@pytest.fixture
async def service(hotline: Rehearsal) -> Rehearsal:
    """The hotline with its service, and a desk phone for the volunteer."""
    await hotline.edit(models.agents, "agent-14", device="desk")  # the volunteer's
    await hotline.sql(SHORTER)
    await hotline.start_service()
    return hotline


async def command(hotline: Rehearsal, *words: str) -> str:
    """`contactcentre crisis ...`, beside the running service; what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "contactcentre", "crisis", *words),
        env=hotline.environment,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def on(hotline: Rehearsal, *, hours: float = 4) -> str:
    """Switch on."""
    return await command(
        hotline, "on", "--plan", "emergency", "--hours", str(hours), "--reason", "plūdi"
    )


async def ring(phone: Telephone, number: int) -> PhoneCall:
    """A call that hears its first prompt."""
    talk = await phone.call(HOTLINE, f"+3712000{number:04}")
    await hears_speech(talk)
    return talk


async def test_on_and_off_under_calls(service: Rehearsal) -> None:
    """One talks, one waits, one is in the old menu: all go on. The next caller hears the
    announcement and the short menu and is answered by a volunteer; after the end, the old menu."""
    async with (
        service.telephone() as phone,
        service.agent(BENEFITS_AGENT) as agent,
    ):
        talking = await ring(phone, 1)
        talking.media.press(BENEFITS)
        at_agent = await agent.answer()
        waiting = await ring(phone, 2)
        waiting.media.press(DOCUMENTS)
        await service.until_calls(talking=1, waiting=1)
        choosing = await ring(phone, 3)
        assert "ON" in await on(service)
        choosing.media.press(DOCUMENTS)
        await service.until_calls(talking=1, waiting=2)
        await _in_crisis(service, phone)
        assert "off" in await command(service, "off")
        await _as_ever(service, phone)
        for talk in (talking, waiting, choosing):
            assert not talk.ended.is_set()
        await at_agent.hang_up()
    rows = await service.until_rows("SELECT * FROM crises WHERE ended_at IS NOT NULL", 1)
    assert [(row["plan_id"], row["why"], row["ended_how"]) for row in rows] == [
        ("emergency", "plūdi", "off")
    ]


async def _in_crisis(service: Rehearsal, phone: Telephone) -> None:
    async with service.agent(VOLUNTEER) as volunteer:
        assert volunteer.desk.view["crisis"]["label"]["lv"] == "Ārkārtējā situācija"
        caller = await ring(phone, 4)
        await hears(service, caller, "crisis/emergency", "crisis.greeting", "crisis.menu")
        caller.media.press("0")
        talk = await volunteer.answer()
        assert volunteer.desk.view["call"]["queue"] == "general"
        await talk.hang_up()
        await volunteer.save()


async def _as_ever(service: Rehearsal, phone: Telephone) -> None:
    caller = await ring(phone, 5)
    await hears(service, caller, "greeting", "menu.matter")
    await caller.hang_up()


async def test_it_survives_the_service_and_ends_by_itself(service: Rehearsal) -> None:
    """Killed in mid-crisis, the service comes back in crisis, and is out of it when time is up."""
    async with service.telephone() as phone:
        await on(service, hours=20 / 3600)
        await service.kill_service()
        await service.start_service()
        assert "ON" in await command(service, "status")
        caller = await ring(phone, 1)
        await hears(service, caller, "crisis/emergency")
        await caller.hang_up()
        rows = await service.until_rows("SELECT * FROM crises WHERE ended_at IS NOT NULL", 1)
        assert [row["ended_how"] for row in rows] == ["expired"]
        await _as_ever(service, phone)
