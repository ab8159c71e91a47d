"""What a supervisor does with calls and agents."""

from __future__ import annotations

import re

import pytest
from panel import SIZES, World, faults, faults_light_and_dark
from playwright.async_api import (
    Page,
    expect,
)

from contactcentre.core import acts
from contactcentre.engine.clock import now
from contactcentre.testing import call_id
from lab.pages.people import AGENTS

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def acts_of(page: Page, key: str) -> None:
    """Open the dialog of a row by the keyboard."""
    await page.focus(f'[data-acts="{key}"]')
    await page.keyboard.press("Enter")
    await expect(page.locator("#acts")).to_be_visible()
    await expect(page.locator("#acts-list button").first).to_be_visible()


async def test_a_call_is_put_first_and_taken_back_by_the_keyboard(world: World) -> None:
    """A reason is asked for, the focus comes back to the row, and the deed can be undone."""
    page = await world.open("board")
    key = f"call {call_id(2)}"
    await acts_of(page, key)
    await expect(page.locator("#acts-why")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#acts-error")).to_have_text(re.compile("iemesl"))
    await page.keyboard.type("Gaida pārāk ilgi")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await world.until(acts.CallPutFirst)
    await expect(page.locator("#acts")).to_be_hidden()
    await expect(page.locator(f'[data-acts="{key}"]')).to_be_focused()
    await page.click("#acts-undo")
    await world.until(acts.CallPutBack)


async def test_the_way_back_is_of_the_last_deed_whatever_is_opened_meanwhile(world: World) -> None:
    """Who looks at an agent and closes that again takes back what was done with the call."""
    page = await world.open("board")
    await acts_of(page, f"call {call_id(2)}")
    await page.keyboard.type("Gaida pārāk ilgi")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await world.until(acts.CallPutFirst)
    await acts_of(page, f"agent {AGENTS['idle'].agent_id}")
    await page.keyboard.press("Escape")
    await page.click("#acts-undo")
    await world.until(acts.CallPutBack)


async def test_a_language_is_given_for_the_day_by_the_keyboard(world: World) -> None:
    """The fold opens with Enter, a level is chosen with the arrows; with the fold open nothing is
    inaccessible, or wider than the smallest window."""
    page = await world.open("board")
    await acts_of(page, f"agent {AGENTS['idle'].agent_id}")
    await page.keyboard.type("Daudz zvanu krievu valodā")
    await page.locator(".acts-skills summary").press("Enter")
    assert await faults_light_and_dark(page) == []
    width, height = SIZES[0]
    await page.set_viewport_size({"width": width, "height": height})
    wider = "({ scrollWidth, clientWidth }) => scrollWidth - clientWidth"
    assert await page.locator("#acts").evaluate(wider) <= 0
    russian = page.locator(".acts-skills select[name=ru]")
    for _ in range(3):
        await russian.press("ArrowDown")
    await page.locator(".acts-skills .btn").press("Enter")
    given = await world.until(acts.SkillsAssigned)
    assert dict(given.languages)["ru"] == 3
    await expect(page.locator("#acts")).to_be_hidden()
    await expect(page.locator("#acts-undo")).to_be_visible()


@pytest.mark.parametrize("key", [f"call {call_id(1)}", f"agent {AGENTS['idle'].agent_id}"])
async def test_the_dialog_of_acts_is_accessible(world: World, key: str) -> None:
    """In both colours, and in a small window no control covers another."""
    page = await world.open("board")
    await acts_of(page, key)
    assert await faults_light_and_dark(page) == []
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        wider = "({ scrollWidth, clientWidth }) => scrollWidth - clientWidth"
        assert await page.locator("#acts").evaluate(wider) <= 0, width


async def test_an_agent_reads_what_was_done_until_it_is_seen(world: World) -> None:
    """Who it was, and why; and who listens, as long as somebody does."""
    page = await world.open("idle")
    agent_id = AGENTS["idle"].agent_id
    world.stage.apply(
        acts.NotReadyForced(
            at=now(), agent_id=agent_id, by="Gunta Priede", by_id="u", why="Mācības", reason="other"
        )
    )
    memos = page.locator("#memos")
    await expect(memos).to_contain_text("Gunta Priede")
    await expect(memos).to_contain_text("Mācības")
    assert await faults(page) == []
    await memos.locator("button").click()
    await expect(memos).to_be_hidden()
