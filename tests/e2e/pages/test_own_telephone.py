"""The desk of whoever answers on a telephone of their own: on the table, or a mobile."""

from __future__ import annotations

import pytest
from panel import World
from playwright.async_api import expect

from contactcentre.core import commands
from contactcentre.engine.clock import now
from lab.pages.people import AGENTS

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_ready_without_a_telephone_in_the_page(world: World) -> None:
    """The page asks for no microphone, and its own phone, which there is none of, keeps nobody from
    being ready; the telephone that is unplugged does, in words."""
    await world.context.clear_permissions()
    page = await world.open("table")
    who = AGENTS["table"]
    await page.keyboard.press("Control+e")
    await expect(page.locator("[data-mode=wrap_up]")).to_be_visible()
    await page.keyboard.press("v")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("[data-mode=away]")).to_be_visible()
    await expect(page.locator("[data-check=microphone]")).to_be_hidden()
    await expect(page.locator("[data-check=phone]")).to_have_attribute("data-ok", "true")
    world.stage.phone(who.number, reachable=False)
    await expect(page.locator("#not-yet")).to_contain_text("uz galda")
    await expect(page.locator("#go-ready")).to_be_disabled()
    world.stage.phone(who.number, reachable=True)
    await page.keyboard.press("r")
    await world.until(commands.ReadyChosen)
    await expect(page.locator("[data-mode=idle]")).to_be_visible()
    story, number = world.stage, 900
    story.arrives(number, dialled=who.hotline)
    story.presses(number, "1")
    await expect(page.locator("#desk-note")).to_contain_text("Atbildiet šeit")
    await page.keyboard.press("Enter")  # before it rings; and there is one that does not know how
    await expect(page.locator("#desk-note")).to_contain_text("pats neatbild")
    await expect(page.locator("body")).to_have_attribute("data-ringing", "true")
    await expect(page.locator("#reject")).to_be_enabled()
    story.at = now()
    story.leg_rings(number)
    await page.keyboard.press("F2")
    await world.until(commands.AnswerChosen, 2)
    await expect(page.locator("body")).not_to_have_attribute("data-ringing", "true")
    story.at = now()
    story.leg_answers(number)
    await expect(page.locator("[data-mode=talking]")).to_be_visible()


async def test_every_control_works_by_the_service(world: World) -> None:
    """Muted, on hold, and keys for an institution's menu: the page has no sound to do it with."""
    page = await world.open("table")
    call = world.stage.call_of("table")
    await page.keyboard.press("m")
    assert (await world.until(commands.MuteChosen)).muted
    await expect(page.locator("#muted")).to_be_visible()
    await page.click("#mute")
    assert not (await world.until(commands.MuteChosen, 2)).muted
    await expect(page.locator("#muted")).to_be_hidden()
    await page.keyboard.press("k")
    await page.keyboard.press("5")
    pressed = await world.until(commands.KeyPressed)
    assert (pressed.digit, pressed.call_id) == ("5", call.call_id)
    await expect(page.locator("#pad-sent")).to_have_text("5")
    await page.keyboard.press("h")
    await world.until(commands.HoldChosen)
    await expect(page.locator("#held")).to_be_visible()


async def test_a_mobile_can_be_held_and_muted_from_the_page(world: World) -> None:
    """Its own keys cannot: the exchange does not hear of them."""
    page = await world.open("mobile")
    await expect(page.locator("#mobile-note")).to_be_visible()
    world.stage.answer("mobile")
    await expect(page.locator("[data-mode=talking]")).to_be_visible()
    for control in ("#mute", "#hold", "#keypad"):
        await expect(page.locator(control)).to_be_visible()
    await page.keyboard.press("Escape")  # out of the note
    await page.keyboard.press("h")
    await world.until(commands.HoldChosen)
    await expect(page.locator("#held")).to_be_visible()


async def test_a_device_is_chosen_by_keyboard_and_mouse(world: World) -> None:
    """Before Ready, among what there is: the page says what stands in the way there."""
    page = await world.open("resting")
    await expect(page.locator("[data-mode=away]")).to_be_visible()
    choice = page.locator("[data-mode=away] .devices")
    await choice.get_by_text("Mobilais tālrunis").focus()
    await page.keyboard.press("Enter")
    assert (await world.until(commands.DeviceChosen)).device == "mobile"
    await expect(choice.get_by_text("Mobilais tālrunis")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#health")).to_have_class("pill plain ready")
    await expect(page.locator("[data-check=microphone]")).to_be_hidden()
    await choice.get_by_text("Galda tālrunis").click()
    assert (await world.until(commands.DeviceChosen, 2)).device == "desk"
    await expect(page.locator("#not-yet")).to_contain_text("uz galda")
    await page.click("#state")
    await page.locator("#state-menu .devices").get_by_text("Pārlūks").click()
    assert (await world.until(commands.DeviceChosen, 3)).device == "browser"
    await expect(page.locator("#state-menu .sheet")).to_be_hidden()
    await expect(page.locator("[data-check=microphone]")).to_be_visible()


async def test_who_has_one_device_has_no_choice(world: World) -> None:
    """Nor does it take any room."""
    page = await world.open("idle")
    await expect(page.locator("[data-mode=idle]")).to_be_visible()
    await page.click("#state")
    await expect(page.locator("#state-menu .devices")).to_be_hidden()


async def test_a_talk_that_moves_says_what_to_lift(world: World) -> None:
    """The caller hears music; the way back stands beside it."""
    page = await world.open("moved")
    panel = page.locator("[data-mode=rejoining]")
    await expect(panel.locator(".of-table")).to_be_visible()
    await expect(panel.locator(".of-page").last).to_be_hidden()
    await expect(panel.locator(".of-mobile")).to_be_hidden()
    await panel.get_by_text("Pārlūks").click()
    assert (await world.until(commands.DeviceChosen)).device == "browser"
    await expect(panel.locator(".of-table")).to_be_hidden()
