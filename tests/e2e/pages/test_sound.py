"""Voice messages heard, and talks that are recorded."""

from __future__ import annotations

import asyncio

import pytest
from panel import World, faults
from playwright.async_api import (
    expect,
)

from contactcentre.core import commands

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

LOUDNESS = """async () => {
  const player = document.querySelector("#player");
  const context = new AudioContext();
  const ear = context.createAnalyser();
  context.createMediaElementSource(player).connect(ear);
  const wave = new Float32Array(ear.fftSize);
  for (let patience = 100; patience; patience--) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    ear.getFloatTimeDomainData(wave);
    const loudest = Math.max(...wave.map(Math.abs));
    if (loudest > 0.05) return loudest;
  }
  return 0;
}"""

CONTEXTS = """
window.contexts = [];
window.AudioContext = class extends AudioContext {
  constructor(...how) { super(...how); contexts.push(this); }
};"""
RUNNING = "() => contexts.filter((one) => one.state === 'running').length"


async def test_the_microphone_is_listened_to_while_its_level_shows(world: World) -> None:
    """Only then: a context that runs costs a desk some hundredths of a processor, all day long."""
    path = await world.enter("resting")
    page = await world.page()
    await page.add_init_script(CONTEXTS)
    await page.goto(world.origin + path)
    await page.wait_for_function("() => document.querySelector('#microphone-level').value > 0.01")
    assert await page.evaluate(RUNNING) == 2  # the other one rings
    await page.keyboard.press("r")
    await expect(page.locator('[data-mode="idle"]')).to_be_visible()
    await page.wait_for_function(f"() => ({RUNNING})() === 1")


async def test_a_message_is_heard_and_done_with(world: World) -> None:
    """Enter takes it and it sounds at once; any part can be heard again; what was done is saved."""
    page = await world.open("message")
    await page.keyboard.press("Enter")
    await world.until(commands.MessageOpened)
    await expect(page.locator("#player")).to_be_visible()
    assert await page.evaluate(LOUDNESS) > 0.05
    player = page.locator("#player")
    assert await player.evaluate("one => one.duration") == pytest.approx(7.5, abs=0.1)
    assert await player.evaluate("one => one.currentTime") > 0
    seek = """async (one) => {
      const there = new Promise((resolve) => (one.onseeked = resolve));
      one.currentTime = 4;
      await there;
      return one.currentTime;
    }"""
    assert await player.evaluate(seek) == pytest.approx(4, abs=2)
    await page.fill("#note", "Lūdz atzvanīt par pabalstu")
    await page.click('[data-kind="application"]')
    await page.keyboard.press("Control+Enter")
    saved = await world.until(commands.RecordSaved, 2)
    assert (saved.kind, saved.finish) == ("application", True)
    await expect(page.locator('[data-mode="idle"]')).to_be_visible()
    assert await player.evaluate("one => one.paused")
    (done,) = [call for call in world.stage.world.ended if call.message is not None]
    assert done.record.note == "Lūdz atzvanīt par pabalstu"


async def test_a_message_is_called_back_from_its_card(world: World) -> None:
    """By the key B; the sound ends, and the citizen's telephone rings."""
    page = await world.open("listening")
    await page.keyboard.press("b")
    await world.until(commands.RingBackChosen)
    await expect(page.locator("#callback-rings")).to_be_visible()
    assert await page.locator("#player").evaluate("one => one.paused")


async def test_a_recording_that_is_gone_is_told(world: World) -> None:
    """The card stays: the citizen can be called back, or the message done with."""
    world.stage.act("listening")
    message = world.stage.call_of("listening").message
    assert message is not None
    await asyncio.to_thread(world.stage.messages.remove, message.recording)
    page = await world.open("listening")
    await expect(page.locator("#no-recording")).to_be_visible()
    await expect(page.locator("#call-back")).to_be_enabled()
    assert await faults(page) == []


async def test_a_message_is_given_back_for_later(world: World) -> None:
    """One click; the agent is ready for the next at once, and the sound ends."""
    page = await world.open("listening")
    await page.click('[data-do="later"]')
    await world.until(commands.OfferRejected)
    await expect(page.locator('[data-mode="listening"]')).to_be_hidden()
    assert await page.locator("#player").evaluate("one => one.paused")
    (message,) = [call for call in world.stage.world.calls.values() if call.message is not None]
    assert message.callback is not None
    assert message.callback.not_before > message.since


async def test_the_recording_pauses_by_key_and_while_a_secret_is_written(world: World) -> None:
    """Q pauses and goes on, the page says so plainly; in the field of a code it pauses by itself,
    and goes on behind it."""
    page = await world.open("recorded")
    await expect(page.locator("#recorded")).to_have_text("Ieraksts pauzēts")
    await page.keyboard.press("q")
    await expect(page.locator("#recorded")).to_have_text("Sarunu ieraksta")
    await page.keyboard.press("q")
    await expect(page.locator("#recorded")).to_have_text("Ieraksts pauzēts")
    await page.locator("#pause-recording").click()
    await expect(page.locator("#recorded")).to_have_text("Sarunu ieraksta")
    await page.keyboard.press("u")
    await page.evaluate("document.querySelector('#calling-code').hidden = false")
    await page.locator("#personal-code").focus()
    await expect(page.locator("#recorded")).to_have_text("Ieraksts pauzēts")
    await page.locator("#note").focus()
    await expect(page.locator("#recorded")).to_have_text("Sarunu ieraksta")
