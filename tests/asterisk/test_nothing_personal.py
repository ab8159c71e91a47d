"""After a day of calls: nothing of a person in any log."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lab.hotline import Rehearsal, hears_speech, sample_passwords
from lab.telephone import CallRefused
from lab.traces import Traces

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]

HOTLINE, BENEFITS = "60000100", "1"
CITIZEN, STRANGER = "+37126543217", "+37129876541"
AGENT, NAME = "ilze.ritausma", "Rītausma"
NOTE = "pabalsts meitai Agnesei"
SHOWN = "Ilmārs Slepenais"
TYPED = "7395182"
"""Keys that nobody asked for; they are no number of the hotline's."""


def logs(home: Path) -> list[Path]:
    """Everything that is written for people to read, and what Asterisk leaves beside it."""
    return [
        *home.glob("*.log*"),
        *(file for file in (home / "pbx" / "log").rglob("*") if file.is_file()),
    ]


async def test_the_logs_of_a_day(hotline: Rehearsal, traces: Traces) -> None:
    """A call with a name, keys and a note, a citizen who gives up, a stranger, a wrong secret, a
    service that is killed: no number, name, note, key press or secret, here or in any trace."""
    traces.hide("number", CITIZEN, STRANGER)
    traces.hide("name", NAME, SHOWN)
    traces.hide("keys", TYPED)
    await hotline.start_service()
    async with (
        hotline.agent(AGENT) as agent,
        hotline.telephone() as citizen,
        hotline.telephone("127.0.0.3") as stranger,
    ):
        identity = f'"{SHOWN}" <sip:{CITIZEN}@127.0.0.2>'
        call = await citizen.call(HOTLINE, CITIZEN, ("P-Asserted-Identity", identity))
        await hears_speech(call)
        call.media.press(BENEFITS)
        await agent.answer()
        call.media.press(TYPED)
        call_id = (await agent.desk.until_state("TALKING"))["call"]["call_id"]
        assert await agent.desk.command("note", call_id=call_id, text=NOTE, base=0)
        await call.media.hears(len(TYPED) * 15)
        await call.hang_up()
        await agent.save()
        with pytest.raises(CallRefused):
            await stranger.call(HOTLINE, STRANGER)
        endpoint, secret = await hotline.phone_log_in(AGENT)
        with pytest.raises(CallRefused):
            await stranger.register(endpoint, "0" + secret)
        await hotline.kill_service()
        alone = await citizen.call(HOTLINE, CITIZEN)
        await alone.media.hears(100)
        await alone.hang_up()
    password = sample_passwords(hotline.settings)[AGENT]
    traces.hide("secret", secret)
    hidden = (CITIZEN[4:], STRANGER[4:], NAME, SHOWN, NOTE, "Agnes", TYPED, secret, password, AGENT)
    files = logs(hotline.settings.home)
    assert {"messages", "security", "service.log"} <= {file.name for file in files}
    texts = await asyncio.to_thread(lambda: {file: file.read_text() for file in files})
    assert not [
        (file.name, word) for file, text in texts.items() for word in hidden if word in text
    ]
    assert not [file for file in files if any(word in str(file.name) for word in hidden)]
