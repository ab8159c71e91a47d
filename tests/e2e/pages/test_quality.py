"""Quality without a mouse: a card filled in by digits, read by its agent, a form, a test call."""

from __future__ import annotations

import asyncio

import pytest
from panel import World, expect_fits, faults, faults_light_and_dark, overlaps
from playwright.async_api import Page, expect
from sqlalchemy import select

from contactcentre.storage import tables as models
from lab.pages import assessed, reported
from lab.pages.people import AGENTS
from lab.pages.sample import Prepared

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

OWN = f"/quality/own/{3:032x}"
PAGES = {
    "board": (
        "/quality",
        f"/quality/assessments/{1:032x}",
        "/quality/documents",
        "/quality/documents/scorecard/talk",
        "/quality/documents/scorecard/new",
        "/quality/documents/rule/monthly",
        "/quality/documents/script/passport",
        "/quality/tests",
        f"/quality/tests/{0:032x}",
        f"/quality/tests/{1:032x}",
    ),
    "talking": ("/quality/own", OWN),
}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Ten days of talks behind it."""
    return asyncio.run(reported.prepare(tmp_path_factory.mktemp("assessed")))


async def laid(world: World) -> None:
    """Talks are drawn, and some assessed."""
    await assessed.lay(world.stage.database, world.stage.world.network)


async def clean(page: Page, path: str) -> None:
    """Nothing to complain of in either colour; no control covers another, and nothing is wider than
    the page, at the usual size, at 200 % and at 400 %."""
    assert await faults_light_and_dark(page) == [], path
    for width, height in ((1366, 768), (640, 400), (341, 700)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
        await page.evaluate("scrollTo(0, 0)")  # the bar stays in sight, over what is scrolled
        assert await overlaps(page) == [], path
    await page.set_viewport_size({"width": 1366, "height": 768})


@pytest.mark.parametrize("user", ["board", "talking"])
@pytest.mark.parametrize("language", ["lv", "en"])
async def test_every_page_is_accessible_and_fits(world: World, user: str, language: str) -> None:
    """In both languages, with the longest names that there are."""
    await laid(world)
    cookie = {"name": "lang", "value": language, "url": world.origin}
    await world.context.add_cookies([cookie])  # type: ignore[list-item]
    page = await world.open(user)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path in PAGES[user]:
        await page.goto(world.origin + path)
        await clean(page, path)
        await expect_fits(page)
    assert errors == []


async def test_a_card_is_filled_in_by_digits(world: World) -> None:
    """The first criterion has the cursor; a digit marks and goes on, to the comment behind the
    last; what it may not hold is named while it is written. A draft keeps all."""
    await laid(world)
    page = await world.visit("board", "/quality")
    await page.locator("#next").press("Enter")
    await expect(page.locator('[name="mark-greeting"][value="yes"]')).to_be_focused()
    for digit in "1114":
        await page.keyboard.press(digit)
    await expect(page.locator('[name="mark-plain"][value="4"]')).to_be_checked()
    await expect(page.locator('[name="mark-readback"][value="yes"]')).to_be_focused()
    await page.keyboard.press("9")  # no mark: nothing happens
    await page.keyboard.press("0")
    await page.locator("#save").press("Enter")
    await expect(page.locator('[name="mark-readback"][value="na"]')).to_be_checked()
    await expect(page.locator('[name="mark-record"][value="yes"]')).to_be_focused()
    await clean(page, "a draft")
    await page.locator("#finish").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("katram kritērijam")
    await expect(page.locator("fieldset.faulty")).to_have_count(2)
    await page.locator('[name="mark-record"][value="yes"]').focus()
    for digit in "11":
        await page.keyboard.press(digit)
    await expect(page.locator("#comment")).to_be_focused()
    await page.keyboard.type("Zvanītāja tālrunis ir 29 123 445")
    await expect(page.get_by_text("tālruņa numurs")).to_be_visible()
    assert await faults(page) == []
    await page.get_by_role("button", name="Noņemt").press("Enter")
    await page.locator("#finish").press("Enter")
    await expect(page.locator("#waiting")).to_be_visible()
    async with world.stage.database.connect() as connection:
        found = models.assessments.c
        query = select(found.score, found.comment, found.agent_id)
        rows = await connection.execute(query.order_by(found.finished_at.desc()).limit(1))
        score, comment, _ = rows.one()
    assert score == 97  # 14.5 of 15
    assert "29 123" not in comment


async def test_an_agent_reads_and_answers(world: World) -> None:
    """From the desk's menu, in a window of its own; the answer is told once, to who leads."""
    await laid(world)
    desk = await world.open("talking")
    await desk.locator("#person-menu > summary").press("Enter")
    async with world.context.expect_page() as opened:
        await desk.get_by_role("link", name="Mani vērtējumi").press("Enter")
    page = await opened.value
    await expect(page.get_by_text("jauns")).to_be_visible()
    await page.goto(world.origin + OWN)
    await expect(page.get_by_text(assessed.COMMENT)).to_be_visible()
    await page.locator("#reply").fill("Nepiekrītu: atkārtoju.")
    await page.locator("#answer-save").press("Enter")
    await expect(page.locator("#reply")).to_have_count(0)
    await clean(page, "answered")
    await world.log_out()
    leader = await world.open("board")
    await leader.goto(f"{world.origin}/quality")
    await expect(leader.get_by_text("Nepiekrītu: atkārtoju.")).to_be_visible()
    await expect(leader.locator("#means")).to_be_visible()
    assert AGENTS["talking"].name in await leader.locator("main").inner_text()


async def test_a_criterion_is_added(world: World) -> None:
    """On a blank line of the form; a fault is told with all that was written, and saved it is the
    second version."""
    page = await world.visit("board", "/quality/documents/scorecard/talk")
    await page.locator("#lv-7").fill("Atvadās")
    await page.locator("#keep").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Angliski")
    await expect(page.locator("#lv-7")).to_have_value("Atvadās")
    await clean(page, "a fault")
    await page.locator("#en-7").fill("Says goodbye")
    await page.locator("#keep").press("Enter")
    await page.goto(f"{world.origin}/quality/documents/scorecard/talk")
    await expect(page.locator("#en-7")).to_have_value("Says goodbye")
    await expect(page.locator("section[aria-labelledby=versions] li")).to_have_count(2)


async def test_a_test_call_is_written_down(world: World) -> None:
    """Begun, refused while its call is not known, saved without it, and told in the month."""
    page = await world.visit("board", "/quality/tests")
    await page.get_by_role("button", name="Sākt").press("Enter")
    await page.locator("#number").fill("29 123 445")
    await page.locator("#finish").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("nav zināms neviens zvans")
    await expect(page.locator("#number")).to_have_value("29 123 445")
    await page.locator("[name=unmatched]").press("Space")
    await page.locator("#wait").fill("42")
    await page.locator("[name=answer][value=right]").press("Space")
    await page.locator("[name=mark-greeting][value=yes]").focus()
    for digit in "1541":
        await page.keyboard.press(digit)
    await expect(page.locator("#comment")).to_be_focused()
    await page.locator("#finish").press("Enter")
    await expect(page.locator("main")).to_contain_text("0:42")
    await expect(page.locator("main")).to_contain_text("94 / 80")
    await clean(page, "results")
