"""What a real hotline recorded is replayed as it was; its decisions are told on the board."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from contactcentre.features.publication.network import load
from contactcentre.storage import database
from contactcentre.whatif.replay import archive
from contactcentre.whatif.replay.rules import ChangedRules
from contactcentre.whatif.replay.run import recorded, replay
from lab.agent import DeskAgent
from lab.hotline import Rehearsal, hears_speech, rehearsal
from lab.telephone import PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]

HOTLINE = "60000100"
BENEFITS = "1"
AGENT, SUPERVISOR = "ilze.ritausma", "dace.zvaigznucela"


@pytest.fixture
async def hotline(
    sample_home: Path, tmp_path: Path, free_port: Callable[[], int]
) -> AsyncIterator[Rehearsal]:
    """A hotline with one desk phone, and its service."""
    home = tmp_path / "home"
    await asyncio.to_thread(shutil.copytree, sample_home, home)
    async with rehearsal(home, free_port, desk_phones=[AGENT]) as ready:
        await ready.start_service()
        yield ready
        await ready.pbx.kill()


async def rings(hotline: Rehearsal, phone: Telephone, number: int, waiting: int) -> PhoneCall:
    """A citizen chooses benefits and waits in line."""
    caller = await phone.call(HOTLINE, f"+3712000{number:04}")
    await hears_speech(caller)
    caller.media.press(BENEFITS)
    await hotline.until_calls(waiting=waiting)
    return caller


async def ends(agent: DeskAgent, talk: PhoneCall) -> None:
    """The agent hangs up and saves the record."""
    await talk.media.hears(10)
    await talk.hang_up()
    await agent.save()


async def a_morning(hotline: Rehearsal) -> None:
    """One waits for the agent to come, one waits behind a talk, one gives up behind it."""
    async with hotline.telephone() as phone, hotline.agent(AGENT, ready=False) as agent:
        await rings(hotline, phone, 1, waiting=1)
        await agent.get_ready()
        talk = await agent.answer()
        await rings(hotline, phone, 2, waiting=1)
        impatient = await rings(hotline, phone, 3, waiting=2)
        await impatient.hang_up()
        await hotline.until_calls(waiting=1)
        await ends(agent, talk)
        await ends(agent, await agent.answer())
        await agent.desk.until_state("READY")
        await hotline.until_rows("SELECT * FROM contacts WHERE ended_at IS NOT NULL", 3)
        await hotline.until_rows("SELECT * FROM contacts WHERE recorded_at IS NOT NULL", 2)


async def test_a_real_morning_is_replayed_and_explained(hotline: Rehearsal) -> None:
    """Every call of a real hotline gets the same fate after the same wait, to a tenth of a second;
    the supervisor reads what was decided for each, from the log that the service stored."""
    began_at = time.time()
    await a_morning(hotline)
    storage = database.engine(hotline.settings.database)
    network = await load(storage)
    record = await archive.record(storage, began_at - 60, time.time() + 60)
    await storage.dispose()
    before, again = recorded(record), replay(record, network, ChangedRules(network=network))
    assert [each.left for each in before.values()] == ["answered", "answered", "abandoned"]
    for number, was in before.items():
        assert (again[number].left, again[number].agent_id) == (was.left, was.agent_id)
        assert again[number].wait_s == pytest.approx(was.wait_s, abs=0.1)
    logs = [await _why(hotline, row) for row in await _calls(hotline)]
    kinds = [[moment["kind"] for moment in log["moments"]] for log in logs]
    assert (
        kinds[0]
        == kinds[1]
        == [
            "arrived",
            "queued",
            "offered",
            "answered",
            "talk_ended",
            "ended",
        ]
    )
    assert kinds[2] == ["arrived", "queued", "ended"]
    assert "Ilze Rītausma: runā ar citu zvanītāju." in logs[2]["moments"][-1]["sentences"]
    assert any(
        "Zvanu piedāvā: Ilze Rītausma" in said for said in logs[1]["moments"][2]["sentences"]
    )


async def _calls(hotline: Rehearsal) -> list[dict[str, Any]]:
    await hotline.until_rows("SELECT * FROM decisions WHERE kind = 'ended'", 3)
    return await hotline.sql("SELECT call_id FROM contacts ORDER BY arrived_at")


async def _why(hotline: Rehearsal, row: dict[str, Any]) -> dict[str, Any]:
    async with hotline.client(SUPERVISOR) as client:
        url = f"{hotline.settings.panel_origin}/board/why/{row['call_id']}"
        async with client.get(url) as answer:
            assert answer.status == 200
            told: dict[str, Any] = await answer.json()
            return told
