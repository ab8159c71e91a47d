"""The board, its charts, and crisis mode."""

from __future__ import annotations

import re

import pytest
from panel import World, expect_fits, faults, faults_light_and_dark
from playwright.async_api import (
    Page,
    expect,
)

from agents_ui.board.port import MOST_VIEWS, FigureCheck
from agents_ui.shell.port import Person
from contactcentre.engine.clock import now
from contactcentre.engine.live import BOARD
from lab.pages import foreseen
from lab.pages.people import AGENTS

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_the_board_names_exact_moments(world: World) -> None:
    """Arrived, queued, answered and ended stand in the page to the millisecond, in UTC."""
    page = await world.open("board")
    moment = await page.locator("#calls time[datetime]").first.get_attribute("datetime")
    assert moment is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", moment)


async def hidden_columns(page: Page) -> int:
    """How many pixels of the queues' table are out of sight."""
    hidden: int = await page.evaluate("""() => {
      document.querySelector("#queues td").textContent = "Dokumenti un dzīvesvieta";
      const frame = document.querySelector("#queues").closest(".scroll");
      return frame.scrollWidth - frame.clientWidth;
    }""")
    return hidden


async def test_the_queues_stand_whole_beside_the_agents(world: World) -> None:
    """At 1366 pixels, and at 1024, a long Latvian name pushes no column out of sight."""
    page = await world.open("board")
    for width in (1366, 1024):
        await page.set_viewport_size({"width": width, "height": 700})
        assert await hidden_columns(page) == 0


async def test_the_board_shows_promises_to_ring_back(world: World) -> None:
    """And voice messages: how much time is left of each, and which are broken; no number, no name
    of a citizen."""
    page = await world.open("board")
    rows = page.locator("#callbacks tr")
    await expect(rows).to_have_count(8)
    await expect(rows.first).to_contain_text("nokavēts")
    await expect(rows.nth(1)).to_contain_text("1:29")
    await expect(page.locator("#callbacks-count")).to_have_text("8")
    await expect(rows.filter(has_text="Darbinieks klausās")).to_have_count(1)


async def test_a_page_that_comes_back_reads_its_button(world: World) -> None:
    """The button that takes the call again wears the green button's own letters."""
    page = await world.open("rejoining")
    world.stage.phone(AGENTS["rejoining"].number, reachable=True)
    await expect(page.locator("#go-ready")).to_be_enabled()
    colours = await page.evaluate("""() => ["[data-do=take-again]", "#go-ready"].map(
      (one) => getComputedStyle(document.querySelector(one)).color)""")
    assert colours[0] == colours[1]


async def test_the_board_says_when_nobody_is_at_work(world: World) -> None:
    """An empty list of agents is not good news, as it is among the problems."""
    page = await world.open("admin")
    await expect(page.locator("#agents")).to_have_attribute("data-empty", "Neviens nav pieteicies.")
    world.stage.act("board")
    await page.reload()
    await expect(page.locator("#agents")).to_have_attribute("data-empty", "Nav par ko satraukties.")


async def test_the_board_shows_only_problems_on_demand(world: World) -> None:
    """One press leaves the queues and agents that need somebody."""
    page = await world.open("board")
    everyone = await page.locator("#agents tr").count()
    await page.click("[data-show=problems]")
    assert 0 < await page.locator("#agents tr").count() < everyone


async def test_a_view_too_many_is_told_as_such(world: World) -> None:
    """Nothing is broken, and trying again is no help: another one has to go first."""
    page = await world.open("board")
    await page.locator("#views summary").press("Enter")
    for number in range(MOST_VIEWS):
        await page.fill("#views-name", f"Skats {number}")
        await page.press("#views-name", "Enter")
        await expect(page.locator("#views-list li")).to_have_count(number + 1)
    await page.fill("#views-name", "Vēl viens")
    await page.press("#views-name", "Enter")
    await expect(page.locator("#views-error")).to_contain_text("vispirms")
    await expect(page.locator("#views-error")).to_be_visible()
    await page.locator("#views-list [data-drop]").first.press("Enter")
    await expect(page.locator("#views-list li")).to_have_count(MOST_VIEWS - 1)
    await expect(page.locator("#views-name")).to_be_focused()
    await page.press("#views-name", "Enter")
    await expect(page.locator("#views-list li")).to_have_count(MOST_VIEWS)


async def test_the_board_says_what_was_found_in_the_night(world: World) -> None:
    """Whether the sums of the latest days hold, or that nobody has looked yet."""
    page = await world.open("board")
    await expect(page.locator("#checked")).to_contain_text("vēl nav pārbaudītas")
    for broken, word in ((0, "visas saskan"), (2, "nesaskan 2")):
        world.stage.checked = FigureCheck(at=now(), broken=broken)
        world.stage.live.nudge(BOARD)
        await expect(page.locator("#checked")).to_contain_text(word)


async def test_a_notice_is_told_and_taken_back_by_the_keyboard(world: World) -> None:
    """From prepared words, which are heard first; two presses from them to all callers."""
    page = await world.open("board")
    await page.get_by_role("link", name="Paziņojumi").press("Enter")
    await page.locator("nav a").first.press("Enter")
    await expect(page.locator("#length-lv")).to_contain_text("apmēram")
    async with page.expect_response("**/notices/hear") as heard:
        await page.locator("[data-hear=lv]").press("Enter")
    assert (await heard.value).status == 200
    await expect(page.locator("#unheard")).to_be_empty()
    await page.locator("#publish").press("Enter")
    await expect(page.locator(".told")).to_be_visible()
    assert await faults(page) == []
    await page.locator(".told button").press("Enter")
    await expect(page.locator(".notices .over")).to_have_count(1)


async def test_crisis_mode_is_turned_on_and_off(world: World) -> None:
    """By a supervisor, who reads it accessibly at every step; the board and the record tell it."""
    page = await world.open("board")
    await page.get_by_role("link", name="Krīzes režīms").click()
    assert await faults(page) == []
    await page.get_by_label("Ārkārtējā situācija").check()
    await page.get_by_label("Kāpēc").fill("plūdi")
    await page.get_by_label("Jā, uzreiz visam tīklam").check()
    await page.click("#on")
    await expect(page.get_by_role("heading", name="Ieslēgts: Ārkārtējā situācija")).to_be_visible()
    assert await faults(page) == []
    await page.get_by_role("link", name="Tīkls šobrīd").click()
    await expect(page.locator("#crisis")).to_contain_text("Krīzes režīms: Ārkārtējā situācija")
    await expect(page.locator("#board")).not_to_have_class("stale")  # dimmed until its link is up
    assert await faults(page) == []
    await page.locator("#crisis").get_by_role("link", name="Atvērt").click()
    await page.get_by_label("Jā, visur atgriezties").check()
    await page.click("#off")
    await expect(page.get_by_role("cell", name="Izslēdza")).to_be_visible()
    assert await faults(page) == []


async def test_the_crisis_page_follows_the_switch(world: World) -> None:
    """When somebody else turns it, every open page comes anew."""
    page = await world.visit("board", "/crisis")
    await expect(page.get_by_role("heading", name="Izslēgts")).to_be_visible()
    person = Person(user_id="u", name="Gunta Priede")
    await world.stage.crisis.switch_on("storm", hours=1, why="vētra", person=person)
    await expect(page.get_by_role("heading", name="Ieslēgts: Vētra")).to_be_visible()


async def test_the_board_has_the_day_in_charts(world: World) -> None:
    """Of all, and of each queue that is chosen, six at most; the same stands in a table; the choice
    is kept."""
    await foreseen.lay(world.stage.database)
    page = await world.open("board")
    await expect(page.locator("#days canvas")).to_have_count(1)
    await page.locator("#days-menu summary").press("Enter")
    await page.get_by_label("E-pakalpojumi").check()
    await expect(page.locator("#days canvas")).to_have_count(2)
    await page.keyboard.press("Escape")
    await page.locator("#days details:not(.menu) summary").first.press("Enter")
    await expect(page.locator("#days figure tbody tr").first).to_be_visible()
    assert await faults_light_and_dark(page) == []
    await page.reload()
    await expect(page.locator("#days canvas")).to_have_count(2)
    await page.evaluate("scrollTo(0, 0)")
    await expect_fits(page)
