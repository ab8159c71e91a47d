"""The link to Asterisk fails under calls, or Asterisk itself does."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from contactcentre.storage import tables as models
from lab.agent import DeskAgent
from lab.hotline import Rehearsal, hears_speech
from lab.telephone import PhoneCall, Telephone
from lab.wire import Wire

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]

HOTLINE = "60000100"
BENEFITS = "1"

TALKING_AGENT, RUNG_AGENT = "ilze.ritausma", "tatjana.pienenova"

RIGHT_WITHIN_S = 5.0
SILENCE_NOTICED_WITHIN_S = 5.0

ENDED = "SELECT * FROM contacts WHERE ended_at IS NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One call talks, one rings, one waits; the numbers of the callers are 0, 1 and 2."""

    hotline: Rehearsal
    wire: Wire
    talking: DeskAgent
    rung: DeskAgent
    callers: tuple[PhoneCall, PhoneCall, PhoneCall]
    talk: PhoneCall
    measured: Callable[[str, float], None]

    async def right_again(self, began: float, **phases: int) -> None:
        """Return when the calls are in these phases, soon enough after the link is back."""
        await self.hotline.until_ready()
        await self.hotline.until_calls(**phases)
        took_s = time.monotonic() - began
        self.measured("from the link's return to the right state", took_s)
        assert took_s < RIGHT_WITHIN_S


@pytest.fixture
async def citizen(hotline: Rehearsal) -> AsyncIterator[Telephone]:
    """A telephone behind the carrier."""
    async with hotline.telephone() as phone:
        yield phone


@pytest.fixture
async def scene(
    hotline: Rehearsal,
    citizen: Telephone,
    free_port: Callable[[], int],
    measured: Callable[[str, float], None],
) -> AsyncIterator[Scene]:
    """A service whose link to Asterisk's manager runs over a wire of ours."""
    await hotline.edit(models.queues, ring_s=20)
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(hotline.wired(free_port()))
        await hotline.start_service()
        stack.push_async_callback(hotline.kill_service)
        talking = await stack.enter_async_context(hotline.agent(TALKING_AGENT))
        first = await ring(citizen, 0)
        talk = await talking.answer()
        rung = await stack.enter_async_context(hotline.agent(RUNG_AGENT))
        second = await ring(citizen, 1)
        await rung.desk.until_state("RESERVED")
        third = await ring(citizen, 2)
        await hotline.until_calls(talking=1, offered=1, waiting=1)
        yield Scene(
            hotline=hotline,
            wire=line,
            talking=talking,
            rung=rung,
            callers=(first, second, third),
            talk=talk,
            measured=measured,
        )


async def ring(phone: Telephone, number: int) -> PhoneCall:
    """Ring the hotline as citizen `number` and press key 1 in its menu."""
    talk = await phone.call(HOTLINE, f"+3712000010{number}")
    await hears_speech(talk)
    talk.media.press(BENEFITS)
    return talk


async def test_a_cut_changes_nothing(scene: Scene) -> None:
    """Nobody does anything in the gap: all calls are as they were, and none has heard of it."""
    scene.wire.cut()
    await scene.hotline.until_ready(ready=False)
    scene.wire.resume()
    await scene.right_again(time.monotonic(), talking=1, offered=1, waiting=1)
    async with asyncio.timeout(5):
        await scene.talk.media.hears(50)
    await (await scene.rung.phone.ringing.get()).answer()
    await scene.rung.desk.until_state("TALKING")


async def test_what_happens_while_the_link_is_cut(scene: Scene) -> None:
    """A talk ends, a phone is answered, a caller gives up: all of it is known afterwards."""
    scene.wire.cut()
    await scene.hotline.until_ready(ready=False)
    await scene.talk.hang_up()
    await scene.talking.desk.until_state("WRAP_UP", within_s=2.0)
    await (await scene.rung.phone.ringing.get()).answer()
    await scene.callers[2].hang_up()
    await scene.hotline.until_calls(waiting=0)
    scene.wire.resume()
    await scene.right_again(time.monotonic(), talking=1, offered=0, waiting=0)
    await scene.rung.desk.until_state("TALKING")
    rows = await scene.hotline.until_rows(ENDED, 2)
    assert {row["caller"][-1]: row["outcome"] for row in rows} == {
        "0": "answered",
        "2": "abandoned",
    }


async def test_a_talk_that_begins_and_ends_in_the_gap(scene: Scene) -> None:
    """It was answered all the same."""
    scene.wire.cut()
    await scene.hotline.until_ready(ready=False)
    answered = await (await scene.rung.phone.ringing.get()).answer()
    await answered.media.hears(10)
    await answered.hang_up()
    await scene.rung.desk.until_state("WRAP_UP", within_s=2.0)
    (row,) = await scene.hotline.until_rows(ENDED, 1)
    assert (row["caller"][-1], row["outcome"]) == ("1", "answered")


async def test_a_call_that_is_offered_in_the_gap(scene: Scene) -> None:
    """The leash alone is enough to ring; the agent can end the talk although its leg was never
    seen to come."""
    scene.wire.cut()
    await scene.hotline.until_ready(ready=False)
    await scene.talk.hang_up()
    await scene.talking.save()
    await scene.talking.desk.until_state("RESERVED")
    await (await scene.talking.phone.ringing.get()).answer()
    scene.wire.resume()
    await scene.right_again(time.monotonic(), talking=1, offered=1, waiting=0)
    view = await scene.talking.desk.until_state("TALKING")
    assert await scene.talking.desk.command("end", call_id=view["call"]["call_id"])
    await scene.talking.desk.until_state("WRAP_UP")
    async with asyncio.timeout(5):
        await scene.callers[2].ended.wait()


async def test_a_link_that_only_falls_silent(scene: Scene) -> None:
    """A half-open connection is noticed and replaced, and what was missed is found out."""
    began = time.monotonic()
    scene.wire.freeze()
    await scene.hotline.until_ready(SILENCE_NOTICED_WITHIN_S, ready=False)
    scene.measured("until a silent link is noticed", time.monotonic() - began)
    await scene.talk.hang_up()
    await (await scene.rung.phone.ringing.get()).answer()
    scene.wire.resume()
    await scene.right_again(time.monotonic(), talking=1, offered=0, waiting=1)
    await scene.talking.desk.until_state("WRAP_UP")
    await scene.rung.desk.until_state("TALKING")


async def test_asterisk_is_killed_and_started_again(scene: Scene, citizen: Telephone) -> None:
    """Its calls are over, each recorded once and truly; no agent is left in a call; new calls
    are taken at once."""
    hotline = scene.hotline
    await scene.rung.phone.ringing.get()
    await hotline.pbx.kill()
    await hotline.until_ready(ready=False)
    await hotline.pbx.start()
    began = time.monotonic()
    await hotline.until_ready()
    assert (await scene.talking.desk.until_state("WRAP_UP"))["call"]["end"] == "lost"
    await scene.talking.save()
    rows = await hotline.until_rows(ENDED, 3)
    assert {row["caller"][-1]: row["outcome"] for row in rows} == {
        "0": "answered",
        "1": "pbx_lost",
        "2": "pbx_lost",
    }
    for agent in (scene.talking, scene.rung):
        await agent.register()
        await agent.desk.until_state("READY")
    await ring(citizen, 3)
    await scene.rung.desk.until_state("RESERVED", "TALKING")
    took_s = time.monotonic() - began
    scene.measured("from Asterisk's return to the next offer", took_s)
    assert took_s < RIGHT_WITHIN_S
    await scene.rung.answer()
    await hotline.until_projected()
    (count,) = await hotline.sql("SELECT count(*) AS calls FROM contacts")
    assert count["calls"] == 4
