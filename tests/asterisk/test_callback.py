"""Citizens are rung back: in their place, from the public number, once, whatever dies meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contactcentre import paths
from contactcentre.core import events
from contactcentre.core.outcomes import DialResult
from contactcentre.telephony.pbx import Pbx
from contactcentre.telephony.translation import translate
from lab import g711
from lab.agent import DeskAgent
from lab.hotline import OFFERS, SPEECH, Rehearsal, Row, hears_speech, until
from lab.pages.voice import sound
from lab.telephone import PhoneCall, Ringing, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]

HOTLINE = "60000100"
CITIZEN, SECOND, THIRD = "+37120000101", "+37120000102", "+37120000103"
QUEUE, CALLBACK, WHY = "1", "2", "3"
ADVISER = "ilze.ritausma"

MENU = """
schema: 1
version: 1
start: matter
default: person
languages:
  lv: {}
nodes:
  matter:
    type: menu
    prompts: [crisis.menu]
    options:
      1: {goto: person}
      2: {goto: callback}
      3: {goto: callback-why}
  person: {type: enqueue, queue: general, prompts: []}
  callback: {type: callback, queue: general, prompts: [goodbye]}
  callback-why: {type: callback, queue: general, question_s: 30, prompts: [goodbye]}
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """A hotline with one adviser at a desk phone, and the telephones behind its carrier."""

    hotline: Rehearsal
    adviser: DeskAgent
    citizens: Telephone  # they ring the hotline
    rung: Telephone  # whomever the hotline rings

    async def ask(self, caller: str = CITIZEN) -> None:
        """Ring the hotline and ask to be rung back."""
        talk = await ring(self.citizens, CALLBACK, caller)
        async with asyncio.timeout(15):
            await talk.ended.wait()
        await self.hotline.until_calls(callback=1)

    async def press(self) -> Ringing:
        """The adviser has read the card; what rings at the citizen's then."""
        view = await self.adviser.desk.until_state("RESERVED")
        assert view["call"]["callback"]["calling"] is False
        assert await self.adviser.desk.command("ring_back", offer_id=view["call"]["offer_id"])
        async with asyncio.timeout(5):
            return await self.rung.ringing.get()

    async def refused(self, status: str) -> Row:
        """The citizen who has asked is rung, and the carrier says this; the promise after it."""
        await self.ask()
        await self.adviser.get_ready()
        (await self.press()).refuse(status)
        await self.adviser.desk.until_state("READY")
        await self.hotline.until_projected()
        (promise,) = await self.hotline.sql("SELECT * FROM contacts WHERE callback_of IS NOT NULL")
        return promise


async def ring(phone: Telephone, keys: str, caller: str) -> PhoneCall:
    """Ring the hotline, hear the menu, press."""
    talk = await phone.call(HOTLINE, caller)
    await hears_speech(talk)
    talk.media.press(keys)
    return talk


@pytest.fixture
async def scene(hotline: Rehearsal) -> AsyncIterator[Scene]:
    """The service runs; the adviser is logged in and not ready yet."""
    await hotline.sql("UPDATE flows SET document = :menu WHERE name = 'hotline'", menu=MENU)
    await hotline.start_service()
    async with (
        hotline.agent(ADVISER, ready=False) as adviser,
        hotline.telephone() as citizens,
        hotline.telephone(rung=True) as rung,
    ):
        yield Scene(hotline, adviser, citizens, rung)


async def back_on_the_line(hotline: Rehearsal, callers: int) -> None:
    """Return when so many callers are ours again; one who is not yet cannot be offered."""

    async def holds() -> bool:
        return (await hotline.figures())["leashed_calls"] == callers

    await until(holds, "the callers are not back", within_s=20)


async def hear_each_other(*talks: PhoneCall) -> None:
    """Sound flows, and no prompt or music is in it."""
    async with asyncio.timeout(5):
        for talk in talks:
            await talk.media.hears(50)
    assert not any(talk.ended.is_set() for talk in talks)


async def test_a_citizen_is_rung_back_in_turn(scene: Scene) -> None:
    """Who asked before others waited is served before them, after the service was killed too."""
    await scene.ask()
    waiting = await ring(scene.citizens, QUEUE, SECOND)
    await scene.hotline.until_calls(waiting=1, callback=1)
    await scene.hotline.until_projected()
    (before,) = await scene.hotline.sql("SELECT * FROM contacts WHERE callback_of IS NOT NULL")
    assert (before["caller"], before["phase"], before["attempts"]) == (CITIZEN, "callback", 0)
    assert before["due_at"] == pytest.approx(before["queued_at"] + 24 * 3600, abs=30)

    await scene.hotline.kill_service()
    await scene.hotline.start_service()
    await back_on_the_line(scene.hotline, 1)
    await scene.adviser.get_ready()
    ringing = await scene.press()
    assert (ringing.caller, ringing.dialled) == (HOTLINE, CITIZEN)
    citizen = await ringing.answer()
    await hears_speech(citizen)
    adviser = await scene.adviser.answer()
    view = await scene.adviser.desk.until_state("TALKING")
    assert (view["call"]["caller"], view["call"]["queued_at"]) == (CITIZEN, before["queued_at"])
    await hear_each_other(citizen, adviser)
    assert not waiting.ended.is_set()

    await adviser.hang_up()
    async with asyncio.timeout(10):
        await citizen.ended.wait()
    await scene.adviser.save()
    following = (await scene.adviser.desk.until_state("RESERVED"))["call"]
    assert following["caller"] == SECOND
    assert scene.rung.ringing.empty()
    (after,) = await scene.hotline.until_rows(
        "SELECT * FROM contacts WHERE callback_of IS NOT NULL AND ended_at IS NOT NULL", 1
    )
    assert (after["call_id"], after["outcome"]) == (before["call_id"], "answered")
    assert (after["attempts"], after["queued_at"]) == (1, before["queued_at"])


async def test_killed_while_the_citizens_telephone_rings(scene: Scene) -> None:
    """It rings on, it is the only one, and who lifts it talks with the adviser who waits."""
    await scene.ask()
    await scene.adviser.get_ready()
    ringing = await scene.press()
    await scene.hotline.kill_service()
    await scene.hotline.start_service()
    await scene.adviser.desk.until(lambda view: view["call"]["callback"]["calling"])
    assert not ringing.cancelled.is_set()
    citizen = await ringing.answer()
    await hears_speech(citizen)
    adviser = await scene.adviser.answer()
    await hear_each_other(citizen, adviser)
    assert scene.rung.ringing.empty()
    await citizen.hang_up()
    await scene.adviser.save()
    (row,) = await scene.hotline.until_rows(
        "SELECT * FROM contacts WHERE callback_of IS NOT NULL AND ended_at IS NOT NULL", 1
    )
    assert (row["attempts"], row["outcome"]) == (1, "answered")


@pytest.mark.parametrize("status", ["503 Service Unavailable", "500 Server Internal Error"])
async def test_a_carrier_without_a_line_costs_no_attempt(scene: Scene, status: str) -> None:
    """The promise stands as it did, and is tried again in a minute."""
    promise = await scene.refused(status)
    assert (promise["phase"], promise["attempts"], promise["outcome"]) == ("callback", 0, None)


@pytest.mark.parametrize("status", ["486 Busy Here", "404 Not Found"])
async def test_who_is_not_reached_is_not_rung_at_once_again(scene: Scene, status: str) -> None:
    """The adviser is free for others in that instant, and blamed for nothing."""
    promise = await scene.refused(status)
    assert (promise["phase"], promise["attempts"], promise["outcome"]) == ("callback", 1, None)
    (offer,) = await scene.hotline.sql(OFFERS)
    assert offer["result"] == "unreached"
    await ring(scene.citizens, QUEUE, SECOND)
    assert (await scene.adviser.desk.until_state("RESERVED"))["call"]["caller"] == SECOND
    assert scene.rung.ringing.empty()


async def test_who_does_not_lift_is_let_be(scene: Scene) -> None:
    """The telephone rings as long as the rules say; then the adviser is free."""
    await scene.hotline.kill_service()
    await scene.hotline.sql(
        "UPDATE settings SET value = :rules WHERE key = 'callbacks'",
        rules='{"hours": ["00:00", "24:00"], "ring_s": 1.5}',
    )
    await scene.hotline.start_service()
    await scene.ask()
    await scene.adviser.get_ready()
    ringing = await scene.press()
    async with asyncio.timeout(5):
        await ringing.cancelled.wait()
    await scene.adviser.desk.until_state("READY")


async def test_the_adviser_breaks_off(scene: Scene) -> None:
    """The citizen's telephone rings no more."""
    await scene.ask()
    await scene.adviser.get_ready()
    ringing = await scene.press()
    offer_id = scene.adviser.desk.view["call"]["offer_id"]
    assert await scene.adviser.desk.command("reject", offer_id=offer_id)
    async with asyncio.timeout(5):
        await ringing.cancelled.wait()
    await scene.hotline.until_calls(callback=1)


async def test_who_rings_in_is_not_rung(scene: Scene) -> None:
    """The caller waits in the promised place, before those who came after the asking."""
    await scene.ask()
    await ring(scene.citizens, QUEUE, SECOND)
    await scene.hotline.until_calls(waiting=1, callback=1)
    await ring(scene.citizens, QUEUE, CITIZEN)
    await scene.hotline.until_calls(waiting=2, callback=1)
    await scene.adviser.get_ready()
    view = await scene.adviser.desk.until_state("RESERVED")
    assert (view["call"]["caller"], view["call"]["callback"]) == (CITIZEN, None)
    await scene.adviser.answer()
    assert scene.rung.ringing.empty()
    (promise,) = await scene.hotline.until_rows(
        "SELECT * FROM contacts WHERE callback_of IS NOT NULL AND ended_at IS NOT NULL", 1
    )
    assert promise["outcome"] == "rang_in"


async def test_a_citizen_who_lifts_without_a_service_is_not_alone(scene: Scene) -> None:
    """Music until the service is back; then the adviser who pressed is rung."""
    await scene.ask()
    await scene.adviser.get_ready()
    ringing = await scene.press()
    await scene.hotline.kill_service()
    citizen = await ringing.answer()
    await citizen.media.hears(10)
    await scene.hotline.start_service()
    adviser = await scene.adviser.answer()
    await hear_each_other(citizen, adviser)
    assert g711.loudness(citizen.media.heard(0.2)) < SPEECH
    assert scene.rung.ringing.empty()


async def test_a_dial_without_a_channel_is_told_under_its_name(ami: Any) -> None:
    """Where not even a channel is made, only the answer to the order tells of it."""
    call_id = f"{1:032x}"
    order = {"Context": "cc-return", "Exten": "s", "Priority": "1", "Async": "true"}
    dial = {"Channel": f"PJSIP/{CITIZEN}@nobody", "ChannelId": f"cb-{call_id}-1"}
    await ami.act("Originate", **dial, **order)
    said = await ami.event("OriginateResponse")
    at = float(said["Timestamp"])
    assert translate(said, at) == events.DialBackEnded(
        at=at, call_id=call_id, dial=f"cb-{call_id}-1", result=DialResult.UNREACHABLE
    )


async def test_one_name_rings_once(pbx: Pbx, ami: Any, citizen: Telephone) -> None:
    """The same order given twice makes one channel: the second is refused, the first rings on."""
    call_id = f"{1:032x}"
    order = {"Context": "cc-return", "Exten": "s", "Priority": "1", "Async": "true"}
    address = f"sip:{CITIZEN}@{citizen.host}:{citizen.port}"
    dial = {"Channel": f"PJSIP/carrier_hotline/{address}", "ChannelId": f"cb-{call_id}-1"}
    await ami.act("Originate", **dial, **order)
    ringing = await citizen.ringing.get()
    await ami.act("Originate", **dial, **order)
    assert (await ami.event("OriginateResponse"))["Response"] == "Failure"
    assert citizen.ringing.empty()
    assert not ringing.cancelled.is_set()


async def test_an_agent_dials(scene: Scene) -> None:
    """The number rings first and sees the hotline; who lifts talks to the agent, and the contact is
    one of those that went out. Who is engaged is told so, and rung once."""
    await scene.adviser.get_ready()
    assert await scene.adviser.desk.command("dial", number="20 000 101")
    async with asyncio.timeout(5):
        ringing = await scene.rung.ringing.get()
    assert (ringing.caller, ringing.dialled) == (HOTLINE, CITIZEN)
    citizen = await ringing.answer()
    adviser = await scene.adviser.answer()
    await scene.adviser.desk.until_state("TALKING")
    await hear_each_other(citizen, adviser)
    await citizen.hang_up()
    view = await scene.adviser.desk.until_state("WRAP_UP")
    await scene.adviser.desk.command("postpone", call_id=view["call"]["call_id"])
    await scene.adviser.desk.until_state("READY")
    assert await scene.adviser.desk.command("dial", number=SECOND)
    async with asyncio.timeout(5):
        (await scene.rung.ringing.get()).refuse("486 Busy Here")

    async def told() -> bool:
        view = await scene.adviser.desk.until_state("READY")
        return bool(view["last_dial"] == "busy")

    await until(told, "nobody says that the line is engaged")
    await scene.hotline.until_projected()
    rows = await scene.hotline.sql("SELECT * FROM contacts ORDER BY arrived_at")
    assert [(row["caller"], row["direction"], row["outcome"], row["attempts"]) for row in rows] == [
        (CITIZEN, "out", "answered", 1),
        (SECOND, "out", "not_reached", 1),
    ]


async def test_a_citizen_says_what_the_callback_is_about(scene: Scene, tmp_path: Path) -> None:
    """After the tone, and hangs up; whoever has the card hears it, and nobody else does."""
    sound(tmp_path / "voice.wav", 2.0)
    voice = await asyncio.to_thread(g711.read, tmp_path / "voice.wav")
    talk = await ring(scene.citizens, WHY, CITIZEN)
    talk.media.say(voice, again=True)

    async def spoken() -> bool:
        files = paths.recordings(scene.hotline.settings).glob("*.wav")
        return any(file.stat().st_size > 64_000 for file in files)

    await until(spoken, "nothing is recorded")
    await talk.hang_up()
    await scene.hotline.until_calls(callback=1)
    await scene.adviser.get_ready()
    call = (await scene.adviser.desk.until_state("RESERVED"))["call"]
    assert call["callback"]["question_s"] > 2.0
    address = f"{scene.hotline.settings.panel_origin}/desk/messages/{call['call_id']}"
    async with scene.hotline.client(ADVISER) as browser, browser.get(address) as answer:
        assert (answer.status, answer.content_type) == (200, "audio/wav")
