"""A citizen leaves a voice message on a real Asterisk, and an agent hears it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contactcentre import paths
from lab import g711
from lab.agent import DeskAgent, View
from lab.hotline import SPEECH, Rehearsal, hears_speech, until
from lab.pages.voice import sound
from lab.telephone import PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]

HOTLINE, CITIZEN, ADVISER = "60000100", "+37120000101", "ilze.ritausma"

MENU = """
schema: 1
version: 1
start: message
default: message
languages:
  lv: {}
nodes:
  message: {type: voicemail, queue: general, max_s: 30, prompts: [voicemail.leave]}
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """A hotline that takes messages only, and one adviser."""

    hotline: Rehearsal
    adviser: DeskAgent
    citizens: Telephone
    voice: bytes  # what the citizen says, as A-law

    async def speak(self) -> PhoneCall:
        """Ring, hear the words, and speak after the tone for some three seconds."""
        talk = await self.citizens.call(HOTLINE, CITIZEN)
        await hears_speech(talk)
        talk.media.say(self.voice, again=True)

        async def spoken() -> bool:
            files = paths.recordings(self.hotline.settings).glob("*.wav")
            return any(file.stat().st_size > 48_000 for file in files)

        await until(spoken, "nothing is recorded")
        return talk

    async def offered(self) -> View:
        """The card of a message, once the adviser is ready."""
        await self.adviser.get_ready()
        view = await self.adviser.desk.until_state("RESERVED")
        call: View = view["call"]
        return call

    async def heard(self, call: View, folder: Path) -> Path:
        """The recording as the panel gives it to the adviser who listens."""
        assert await self.adviser.desk.command("listen", offer_id=call["offer_id"])
        origin = self.hotline.settings.panel_origin
        address = f"{origin}/desk/messages/{call['call_id']}"
        async with self.hotline.client(ADVISER) as browser, browser.get(address) as answer:
            assert (answer.status, answer.content_type) == (200, "audio/wav")
            file = folder / "heard.wav"
            await asyncio.to_thread(file.write_bytes, await answer.read())
        return file


@pytest.fixture
async def scene(hotline: Rehearsal, tmp_path: Path) -> AsyncIterator[Scene]:
    """The service runs; the adviser is logged in and not ready yet."""
    await hotline.sql("UPDATE flows SET document = :menu WHERE name = 'hotline'", menu=MENU)
    await hotline.start_service()
    sound(tmp_path / "voice.wav", 2.0)
    voice = await asyncio.to_thread(g711.read, tmp_path / "voice.wav")
    async with hotline.agent(ADVISER, ready=False) as adviser, hotline.telephone() as citizens:
        yield Scene(hotline, adviser, citizens, voice)


def loudness(file: Path) -> float:
    """Of a recording, but for its first second, in which the citizen may have been silent."""
    return g711.loudness(g711.read(file)[g711.RATE_HZ :])


async def test_a_message_is_left_heard_and_done_with(scene: Scene, tmp_path: Path) -> None:
    """The citizen speaks and hangs up; the adviser hears just that, and writes down what was done.

    The rows say who saw to it, when it was heard, and how it ended.
    """
    await (await scene.speak()).hang_up()
    await scene.hotline.until_calls(callback=1)
    figures = await scene.hotline.figures()
    assert figures["messages_waiting"] == 1
    call = await scene.offered()
    assert (call["caller"], call["queue"], call["callback"]) == (CITIZEN, "general", None)
    assert call["message"]["seconds"] >= 3.0
    assert scene.adviser.phone.ringing.empty()
    file = await scene.heard(call, tmp_path)
    seconds = len(await asyncio.to_thread(g711.read, file)) / g711.RATE_HZ
    assert seconds == pytest.approx(call["message"]["seconds"], abs=0.1)
    assert await asyncio.to_thread(loudness, file) > SPEECH
    record = {"kind": "application", "services": [], "outcome": "answered", "finish": True}
    assert await scene.adviser.desk.command("save", call_id=call["call_id"], **record)
    await scene.adviser.desk.until_state("READY")
    (row,) = await scene.hotline.until_rows(
        "SELECT * FROM contacts WHERE message_s IS NOT NULL AND ended_at IS NOT NULL", 1
    )
    agent_id = await scene.hotline.agent_id(ADVISER)
    assert (row["outcome"], row["kind"], row["agent_id"]) == ("handled", "application", agent_id)
    assert row["message_heard_at"] is not None
    assert row["message_deleted_at"] is None
    legs = await scene.hotline.sql(
        "SELECT * FROM legs WHERE call_id = :call_id", call_id=row["call_id"]
    )
    assert [(leg["purpose"], leg["agent_id"], leg["why"]) for leg in legs] == [
        ("offer", agent_id, "handled")
    ]
    assert (await scene.hotline.figures())["messages_waiting"] == 0


async def test_who_says_nothing_leaves_nothing(scene: Scene) -> None:
    """Five seconds of silence end it with a goodbye, and nobody is offered it."""
    talk = await scene.citizens.call(HOTLINE, CITIZEN)
    await hears_speech(talk)
    async with asyncio.timeout(40):
        await talk.ended.wait()
    await scene.adviser.get_ready()
    await scene.adviser.desk.until_state("READY")
    await scene.hotline.until_calls(callback=0, previewed=0, recording=0)
    assert not await scene.hotline.sql("SELECT * FROM contacts WHERE message_s IS NOT NULL")


async def test_killed_while_the_citizen_speaks(scene: Scene, tmp_path: Path) -> None:
    """Asterisk records on; the next service finds what was said, and it is work as any other."""
    talk = await scene.speak()
    await scene.hotline.kill_service()
    await talk.hang_up()
    await scene.hotline.start_service()
    await scene.hotline.until_calls(callback=1, within_s=60)
    file = await scene.heard(await scene.offered(), tmp_path)
    assert await asyncio.to_thread(loudness, file) > SPEECH
