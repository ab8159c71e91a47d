"""A big screen on the wall."""

from __future__ import annotations

import re

import pytest
from panel import Line, World, faults
from playwright.async_api import (
    expect,
)
from window import WATCH

from lab.addresses import watch

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

OUTSIDE = """() => [...document.querySelectorAll("main section > *, header *")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.textContent, one.getBoundingClientRect()])
  .filter(([, box]) => box.right > innerWidth || box.bottom > innerHeight)
  .map(([word]) => word)"""
LETTERS = """() => Math.min(...[...document.querySelectorAll("h1, h2, section p, section b")]
  .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""


async def test_a_big_screen_is_made_hung_up_and_revoked(world: World) -> None:
    """By the keyboard; what hangs there needs no log-in, fits without scrolling, and is read six
    metres off: 30 mm are 52 lines of a screen of 50 inches. Without the link no figure is shown."""
    page = await world.visit("board", "/wallboards")
    assert await faults(page) == []
    await page.fill("#name", "Rēzeknes valstspilsētas un novada klientu apkalpošanas zāle")
    await page.press("#name", "Enter")
    link = await page.text_content("#link")
    assert link
    assert await faults(page) == []
    assert world.context.browser is not None
    hall = await world.context.browser.new_context(viewport={"width": 1920, "height": 1080})
    await hall.add_init_script(WATCH)
    await watch(hall, lambda: world.traces)
    wall, line = await hall.new_page(), Line()
    await wall.route_web_socket(re.compile("/wallboard/live"), line.accept)
    await wall.goto(link)
    waiting = wall.locator("#figure-waiting b")
    network = world.stage.board.picture().figures["network", ""]
    await expect(waiting).to_have_text(str(network.waiting))
    assert await wall.evaluate(OUTSIDE) == []
    assert await wall.evaluate(LETTERS) >= 52
    assert await faults(wall) == []
    await line.cut()
    await expect(waiting).to_have_text("–", timeout=20_000)
    assert await wall.evaluate(OUTSIDE) == []
    line.mended = True
    await expect(waiting).not_to_have_text("–", timeout=20_000)
    await page.locator(".danger").press("Enter")
    await expect(wall.locator("#trouble")).to_contain_text("atsaukta")
    await expect(wall.locator("section")).to_have_count(0)
    await hall.close()
