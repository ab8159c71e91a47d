"""A call on the desk: rung, answered, held, ended."""

from __future__ import annotations

import pytest
from panel import World, an_offer, connect
from playwright.async_api import (
    expect,
)

from contactcentre.core import commands, events
from contactcentre.engine.clock import now
from lab.hotline import sound_flows
from lab.pages.people import AGENTS

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_shift_start_asks_for_everything_and_then_ready(world: World) -> None:
    """Start shift opens the microphone and the sound; only then Ready goes to the service."""
    await world.context.clear_permissions()
    await world.context.grant_permissions(["notifications"])
    page = await world.open("start")
    await expect(page.locator("[data-mode=start]")).to_be_visible()
    await world.context.grant_permissions(["microphone", "notifications"])
    await page.click("[data-do=start]")
    await expect(page.locator("[data-check=microphone]")).to_have_attribute("data-ok", "true")
    await expect(page.locator("[data-check=sound]")).to_have_attribute("data-ok", "true")
    await page.keyboard.press("r")
    await world.until(commands.ReadyChosen)
    await expect(page.locator("[data-mode=idle]")).to_be_visible()
    assert any(told.granted for told in world.stage.heard(commands.MicrophoneReported))


async def test_ready_pressed_before_the_phone_is_seen_counts(world: World) -> None:
    """Right after the log-in the service does not know yet that the phone is here."""
    endpoint = f"a-{AGENTS['start'].number}"

    def seen(*, reachable: bool) -> None:
        told = events.PhoneSeen(at=now(), endpoint=endpoint, reachable=reachable)
        world.stage.inbox.post(told)

    page = await world.open("start")
    await expect(page.locator("#go-ready")).to_be_enabled()
    seen(reachable=False)
    await expect(page.locator("#go-ready")).to_be_disabled()
    await page.keyboard.press("r")
    await expect(page.locator("[data-mode=away]")).to_be_visible()
    seen(reachable=True)
    await expect(page.locator("[data-mode=idle]")).to_be_visible()


async def test_a_headset_that_comes_late_is_heard(world: World) -> None:
    """Without a microphone the desk says what to do, and hears one as soon as it is plugged in."""
    page = await world.page()
    await page.add_init_script("""
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (wishes) => window.plugged
        ? real(wishes) : Promise.reject(new DOMException("none", "NotFoundError"));
    """)
    await world.log_in(page, "start")
    await page.click("[data-do=start]")
    await expect(page.locator("#not-yet")).to_contain_text("austiņas")
    await expect(page.locator("#go-ready")).to_be_disabled()
    await page.click("#try-microphone")
    await expect(page.locator("#try-microphone")).to_be_visible()
    await page.evaluate("""() => {
      window.plugged = true;
      navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
    }""")
    await expect(page.locator("#go-ready")).to_be_enabled()
    await expect(page.locator("#try-microphone")).to_be_hidden()


async def test_an_offer_is_noticed_and_its_end_too(world: World) -> None:
    """A ringing call rings, stands in the title and is announced once; its end silences all."""
    page = await world.open("idle")
    await page.click("#state")  # a gesture, which lets the page sound
    await page.keyboard.press("Escape")
    before = await page.title()
    story, number = world.stage, 900
    story.arrives(number, dialled=AGENTS["idle"].hotline)
    story.presses(number, "1")
    await expect(page.locator("body")).to_have_attribute("data-ringing", "true")
    await expect(page.locator("#announce")).not_to_be_empty()
    assert "☎" in await page.title()
    story.hangs_up(number)
    await expect(page.locator("body")).to_have_attribute("data-ringing", "false")
    await expect(page.locator("#announce")).to_be_empty()
    assert await page.title() == before


async def test_enter_answers(world: World) -> None:
    """Enter answers from anywhere outside text fields, with Opus."""
    page = await world.open("ringing")
    world.exchange.ring(await an_offer(page))
    await expect(page.locator("body")).to_have_attribute("data-session", "incoming")
    await page.keyboard.press("Enter")
    assert "opus" in await world.exchange.until_answered()


async def test_sound_flows_both_ways(world: World) -> None:
    """An answered call sends and hears Opus; mute, keypad and the caller's hang-up work."""
    page = await world.open("ringing")
    world.exchange.ring(await an_offer(page))
    await expect(page.locator("body")).to_have_attribute("data-session", "incoming")
    await page.keyboard.press("Enter")
    await connect(page, world.exchange)
    world.stage.answer("ringing")
    await sound_flows(page, packets=20)
    assert "opus" in await page.evaluate(
        "async () => (await document.querySelector('#phone').stats()).codec"
    )
    await page.keyboard.press("Escape")  # out of the note
    await page.keyboard.press("m")
    await expect(page.locator("#muted")).to_be_visible()
    await page.keyboard.press("k")
    await page.keyboard.press("5")
    await expect(page.locator("#pad-sent")).to_have_text("5")
    await page.keyboard.press("h")
    held = await world.exchange.until(lambda text: text.startswith("INVITE"))
    assert "a=sendonly" in held
    world.exchange.hang_up()
    await expect(page.locator("body")).to_have_attribute("data-session", "none")


async def test_enter_while_searching_does_not_answer_but_f2_does(world: World) -> None:
    """Who types does not answer by mistake; F2 is the key that works everywhere."""
    page = await world.open("ringing")
    world.exchange.ring(await an_offer(page))
    await expect(page.locator("body")).to_have_attribute("data-session", "incoming")
    await page.focus("#search")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer")).to_be_enabled()
    await page.keyboard.press("F2")
    await world.exchange.until_answered()


async def test_a_call_brought_back_is_answered_by_itself(world: World) -> None:
    """An INVITE with X-CC-Auto: 1 needs no key."""
    page = await world.open("talking")
    world.exchange.ring(await an_offer(page), "X-CC-Auto: 1")
    await world.exchange.until_answered()


async def test_a_reload_in_mid_call_takes_the_call_again(world: World) -> None:
    """The page says that it leaves, and comes back asking for the call."""
    page = await world.open("talking")
    await world.until(commands.AudioLost)
    await page.reload()
    left, back = await world.until(commands.AudioLost, 2), await world.until(commands.AudioLost, 3)
    assert left.call_id == back.call_id == world.stage.call_of("talking").call_id


async def test_escape_declines(world: World) -> None:
    """Escape tells the service that this offer can't be taken."""
    page = await world.open("ringing")
    offer = world.stage.call_of("ringing").offer
    await page.keyboard.press("Escape")
    assert (await world.until(commands.OfferRejected)).offer_id == offer.leg_id


async def test_a_callback_rings_when_the_agent_says_so(world: World) -> None:
    """Enter rings the citizen, once; whoever lifts there is connected without another key."""
    page = await world.open("callback")
    await expect(page.locator("#ring-back")).to_be_visible()
    await expect(page.locator('[data-call="attempt"]')).to_have_text("1. no 3")
    await page.keyboard.press("Enter")
    await world.until(commands.RingBackChosen)
    await expect(page.locator("#stop-ringing")).to_be_visible()
    await page.keyboard.press("Enter")
    world.exchange.ring(await an_offer(page), "X-CC-Auto: 1")
    await world.exchange.until_answered()
    assert len(world.stage.heard(commands.RingBackChosen)) == 1


@pytest.mark.parametrize("user", ["callback", "calling"])
async def test_a_callback_can_be_declined_and_broken_off(world: World, user: str) -> None:
    """Escape says no to the card, and stops the citizen's telephone."""
    page = await world.open(user)
    offer = world.stage.call_of(user).offer
    await page.keyboard.press("Escape")
    assert (await world.until(commands.OfferRejected)).offer_id == offer.leg_id


async def test_a_call_can_be_ended_on_a_small_screen(world: World) -> None:
    """With the keypad open at 1024x600 the button that ends the call is in sight."""
    page = await world.open("talking")
    await page.set_viewport_size({"width": 1024, "height": 600})
    await page.click("#keypad")
    await expect(page.locator("[data-mode=talking] [data-do=end]")).to_be_in_viewport(ratio=1)


async def test_control_e_ends(world: World) -> None:
    """Ctrl+E ends the call, also from within the note."""
    page = await world.open("talking")
    await page.focus("#note")
    await page.keyboard.press("Control+e")
    assert (await world.until(commands.EndAsked)).call_id == world.stage.call_of("talking").call_id
    await expect(page.locator("[data-mode=wrap_up]")).to_be_visible()


async def test_number_keys_choose_what_was_done_outside_the_note(world: World) -> None:
    """2 means application on the page, and is a digit in the note."""
    page = await world.open("talking")
    await page.focus("#note")
    await page.keyboard.press("2")
    assert (await page.input_value("#note")).endswith("2")
    await page.locator("#note").blur()
    await page.keyboard.press("2")
    saved = await world.until(commands.RecordSaved)
    assert (saved.kind, saved.finish) == ("application", False)


async def test_a_standard_call_ends_with_one_chord(world: World) -> None:
    """In the wrap-up Ctrl+Enter saves note and record and makes the agent ready."""
    page = await world.open("wrapup")
    await page.focus("#note")
    await page.keyboard.press("End")
    await page.keyboard.type(" Nosaukti termiņi.")
    await page.keyboard.press("Control+Enter")
    saved = await world.until(commands.RecordSaved)
    note = await world.until(commands.NoteWritten)
    assert saved.finish
    assert note.text.endswith("Nosaukti termiņi.")
    await expect(page.locator("[data-mode=idle]")).to_be_visible()
