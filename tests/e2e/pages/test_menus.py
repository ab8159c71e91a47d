"""Menus and tables without a mouse: drawn, tried, changed, published and put back."""

from __future__ import annotations

import pytest
from panel import World, expect_fits, faults_light_and_dark
from playwright.async_api import Page, expect

from contactcentre.features.menus import store

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def clean(page: Page) -> None:
    """Nothing to complain of in either colour, and nothing wider than the page at 400 %."""
    assert await faults_light_and_dark(page) == []
    await page.set_viewport_size({"width": 341, "height": 700})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 341
    await page.set_viewport_size({"width": 1366, "height": 768})


async def in_force(world: World) -> int | None:
    """The version of the menu that callers get."""
    async with world.stage.database.connect() as connection:
        return await store.in_force(connection, "hotline")


async def test_a_menu_by_the_keyboard(world: World) -> None:
    """A step is folded and opened, a way followed to its step; a key is tried; a text with a fault
    leads to its line, and one without is published and put back."""
    page = await world.visit("admin", "/menus/hotline")
    matter = page.locator("#step-matter")
    await matter.locator("summary").first.press("Enter")
    await expect(matter.locator(".inside").first).to_be_hidden()
    await matter.locator("summary").first.press("Enter")
    await expect(page.get_by_text("Pabalsti un pensijas – spiediet viens").first).to_be_visible()
    await clean(page)
    await page.get_by_role("link", name="Izmēģināt").press("Enter")
    await page.locator("#day").fill("2026-11-27")
    await page.locator("#time").fill("12:00")
    await page.get_by_role("button", name="Zvanīt no jauna").first.press("Enter")
    await page.get_by_role("button", name="8", exact=True).press("Enter")
    await expect(page.locator("#here")).to_contain_text("Пособия и пенсии")
    await page.get_by_role("button", name="3", exact=True).press("Enter")
    await expect(page.get_by_text("Izvēlne te beidzas")).to_be_visible()
    await clean(page)
    await page.goto(f"{world.origin}/menus/hotline/edit")
    text = page.locator("#text")
    good = await text.input_value()
    await text.fill(good.replace("{goto: taxes}", "{goto: taxis}"))
    await page.get_by_role("button", name="Pārbaudīt").press("Enter")
    await page.locator("button[data-line]").press("Enter")
    chosen = "(t) => t.value.slice(t.selectionStart, t.selectionEnd).trim()"
    assert await text.evaluate(chosen) == '"3": {goto: taxis}'
    await expect(page.locator("#gutter .bad")).to_have_count(1)
    await expect(page.locator("#publish")).to_be_disabled()
    await clean(page)
    await text.fill(good.replace("timeout_s: 3", "timeout_s: 5"))
    await page.get_by_role("button", name="Pārbaudīt").press("Enter")
    await expect(page.locator(".diff .new")).to_have_text("+    timeout_s: 5")
    await page.locator("#comment").fill("Lēnāk")
    await page.locator("#publish").press("Enter")
    await expect(page.get_by_text("Lēnāk")).to_be_visible()
    before = await in_force(world)
    assert before is not None
    await clean(page)
    await page.locator("button[data-version]").first.press("Enter")
    await expect(page.locator("#history + ol > li").first).to_contain_text("atkal laista spēkā")
    assert await in_force(world) == before - 1
    await page.goto(f"{world.origin}/menus/hotline/edit?how=form")
    await clean(page)
    for path in ("/menus", "/menus/hotline", "/menus/hotline/try", "/menus/hotline/edit?how=form"):
        await page.goto(world.origin + path)
        await expect_fits(page)


async def test_a_table_by_the_keyboard(world: World) -> None:
    """Taken away, changed, chosen and loaded; what it changes stands there before."""
    page = await world.visit("admin", "/network/tables")
    await clean(page)
    async with page.expect_download() as taking:
        await page.get_by_role("link", name="Darbinieki (CSV)").press("Enter")
    path = await (await taking.value).path()
    table = path.read_text("utf-8-sig").replace("Pēteris Liepa", "Ēriks Šķēle")
    file = {"name": "agents.csv", "mimeType": "text/csv", "buffer": table.encode("utf-16")}
    await page.set_input_files("#file", file)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Apskatīt izmaiņas").press("Enter")
    await expect(page.get_by_text("Pēteris Liepa → Ēriks Šķēle")).to_be_visible()
    await clean(page)
    await page.locator("#load").press("Enter")
    await expect(page.locator('[role="status"]')).to_be_visible()
    bad = {"name": "x.csv", "mimeType": "text/csv", "buffer": b"agent_id;device\na1;pager\n"}
    await page.set_input_files("#file", bad)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Apskatīt izmaiņas").press("Enter")
    await expect(page.locator("#faults")).to_be_visible()
    await clean(page)
    await expect_fits(page)
