"""Accounts, shifts, and who may do what."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from panel import World, expect_fits, faults, faults_light_and_dark, overlaps
from playwright.async_api import (
    expect,
)

from agents_ui.shell.port import Grant
from contactcentre.engine.clock import now
from lab.pages import foreseen
from lab.pages.people import AGENTS
from routing.calendar import local_day

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


PAGES = [
    *("/accounts", "/accounts/new", "/approvals", "/crisis", "/audit", "/person", "/services"),
    *("/trunks", "/limits", "/abuse", "/staffing", "/reports"),
    *("/reports/schedules", "/reports/schedules/new", "/alerts", "/alerts/new"),
    *("/cases", "/cases?which=events", "/cases/new", "/cases/figures"),
    *("/network", "/network?kind=agents", "/network/new?kind=agents", "/network/queues/taxes"),
    *("/network/tables", "/network/calendars/koknese", "/network/new?kind=hotlines"),
    *("/menus", "/menus/hotline", "/menus/hotline/try", "/menus/hotline/edit"),
    "/menus/hotline/edit?how=form",
]
WATCHING = {Grant(role=role) for role in ("admin", "supervisor", "editor", "auditor", "dpo")}


@pytest.mark.long
@pytest.mark.timeout(240)
async def test_accounts_by_the_keyboard(world: World) -> None:
    """Found by a few letters, given a role and switched off without a mouse; clean at every step,
    in light and dark, and in one column at 400 %. No control of any page covers another at any
    size, and no letter has its feet cut off."""
    page = await world.visit("admin", "/accounts")
    await page.focus("#search")
    await page.keyboard.type("gravite")
    await page.keyboard.press("Enter")
    found = page.get_by_role("link", name="Elīna Grāvīte-Skujeniece")
    await expect(page.get_by_role("heading", name="1 konts")).to_be_visible()
    assert await faults_light_and_dark(page) == []
    await found.press("Enter")
    await page.locator("#role").select_option("supervisor")
    await page.locator("#realm").select_option("municipality:jekabpils")
    await page.get_by_role("button", name="Piešķirt šo lomu").press("Enter")
    taking = page.get_by_role("button", name="Atņemt: Vadītājs, Jēkabpils novads")
    await expect(taking).to_be_visible()
    assert await faults(page) == []
    await page.get_by_role("button", name="Izslēgt kontu").press("Enter")
    await expect(page.get_by_text("Konts izslēgts")).to_be_visible()
    await world.has_roles(WATCHING)
    on_a_table = f"/network/agents/{AGENTS['talking'].agent_id}"
    await page.goto(world.origin + on_a_table)
    await page.select_option("#device", "desk")
    await page.locator("#save").press("Enter")
    await expect(page.get_by_text("Saglabāts")).to_be_visible()
    for path in (on_a_table, *PAGES):
        await page.goto(world.origin + path)
        assert await faults(page) == []
        await page.set_viewport_size({"width": 341, "height": 700})
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= 341, path
        assert await overlaps(page) == [], path


async def test_a_week_is_staffed_by_the_keyboard(world: World) -> None:
    """Charts are drawn, what is pointed at is told in words, a shift is written without a mouse;
    axe-core has nothing to say in either colour, and nothing is cut off or covered."""
    await foreseen.lay(world.stage.database)
    monday = local_day(now()) + timedelta(days=7 - local_day(now()).weekday())
    page = await world.visit("board", f"/staffing?week={monday}&day={monday}")
    await expect(page.locator("#calls canvas")).to_be_visible()
    assert await faults_light_and_dark(page) == []
    await page.hover("#calls .u-over", position={"x": 200, "y": 60})
    await expect(page.locator("#pointed")).to_contain_text("nepieciešami darbinieki")
    await page.focus("#agents-count")
    await page.keyboard.type("4")
    await page.keyboard.press("Enter")
    await expect(page.locator("#shifts h2 .num")).to_have_text("11")
    await page.locator("#simulate").press("Enter")
    await expect(page.locator("#tried, #day .note.bad")).to_be_visible()
    assert await faults(page) == []
    await page.evaluate("scrollTo(0, 0)")
    await expect_fits(page)


async def test_a_page_whose_role_is_taken_says_so(world: World) -> None:
    """Within two seconds, on the open page; the figures grow old and are marked so."""
    page = await world.open("board")
    await world.has_roles(set())
    word = page.locator("#banner-word")
    await expect(word).to_have_text(re.compile("Jūsu lomas ir mainītas"), timeout=2000)
