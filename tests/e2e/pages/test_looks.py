"""Every page in every state: reach, contrast, sizes, languages, weight."""

from __future__ import annotations

from contextlib import suppress

import pytest
from panel import COLOURS, DESKS, World, expect_fits, faults, faults_light_and_dark, overlaps
from playwright.async_api import (
    expect,
)
from states import STATES

from agents_ui.shell import assets
from agents_ui.shell.port import WrongPassword
from contactcentre.core import commands

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("user", [*DESKS, "board"])
async def test_every_state_is_accessible_and_fits(world: World, user: str) -> None:
    """No page in any state gives axe-core or the content security policy cause to complain, no
    control covers another in any size, and words twice as long are not cut off."""
    page = await world.open(user)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    assert await faults_light_and_dark(page) == []
    await expect_fits(page)
    assert errors == []


@pytest.mark.parametrize("name", STATES)
async def test_every_page_is_accessible_and_fits(world: World, name: str) -> None:
    """The same of what no scene makes: what is filled in, refused, reviewed, empty or over."""
    page = await STATES[name](world)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    assert await faults_light_and_dark(page) == []
    await page.evaluate("scrollTo(0, 0)")  # a bar that stays on top lies over what has scrolled
    await expect_fits(page)
    assert errors == []


@pytest.mark.parametrize("name", STATES)
async def test_no_control_of_a_page_covers_another_in_english(world: World, name: str) -> None:
    """The boxes lie apart, and nothing is wider than the page."""
    cookie = {"name": "lang", "value": "en", "url": world.origin}
    await world.context.add_cookies([cookie])  # type: ignore[list-item]
    page = await STATES[name](world)
    await page.evaluate("scrollTo(0, 0)")
    assert await overlaps(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/demo/phone"])
async def test_pages_without_a_log_in_are_accessible(world: World, path: str) -> None:
    """The log-in page, an error and the demonstration's phone are clean too."""
    page = await world.page()
    await page.goto(world.origin + path)
    assert await faults(page) == []


async def test_what_cannot_be_read_in_the_dark_alone_is_found(world: World) -> None:
    """Dark pages are looked at by the rules of colours, and axe-core has no other such rules."""
    page = await world.page()
    await page.goto(f"{world.origin}/login")
    await page.evaluate("""() => {
      const faint = new CSSStyleSheet();
      faint.replaceSync("@media (prefers-color-scheme: dark) { label { color: #333 !important } }");
      document.adoptedStyleSheets = [faint];
    }""")
    assert {fault.partition(":")[0] for fault in await faults_light_and_dark(page)} == {COLOURS[0]}
    rules = await page.evaluate("axe.getRules(['cat.color']).map((rule) => rule.ruleId)")
    assert {*rules} - {"color-contrast-enhanced"} == {*COLOURS}  # that one is of level AAA: off


@pytest.mark.parametrize("user", ["ringing", "callback", "listening", "talking", "wrapup"])
async def test_no_control_covers_another_in_english(world: World, user: str) -> None:
    """The boxes of all controls lie apart; in Latvian, and in longer words, see below."""
    cookie = {"name": "lang", "value": "en", "url": world.origin}
    await world.context.add_cookies([cookie])  # type: ignore[list-item]
    page = await world.open(user)
    assert await overlaps(page) == []


@pytest.mark.parametrize("user", ["talking", "ringing", "board"])
async def test_four_times_the_size_needs_no_sideways_scrolling(world: World, user: str) -> None:
    """At 400 % (a window 341 pixels wide) the page flows in one column."""
    page = await world.open(user)
    await page.set_viewport_size({"width": 341, "height": 700})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 341


async def test_the_panel_is_light() -> None:
    """All that a desk page loads is at most 350 kB on the wire."""
    files = assets.read().files
    loaded = [file for path, file in files.items() if not path.endswith(".txt")]
    assert sum(len(file.packed or file.body) for file in loaded) <= 350_000


async def test_a_caller_is_transferred_by_the_keyboard(world: World) -> None:
    """P opens the dialog with the recorded service and its queue; Esc stays, Enter passes on."""
    world.stage.act("idle")
    page = await world.open("talking")
    dialog = page.locator("#queue-transfer")
    await page.keyboard.press("p")
    await expect(page.locator("#queue-transfer-service")).to_have_value("VSAA-KOPS")
    await expect(dialog.locator("input:checked")).to_have_value("benefits")
    await expect(page.locator("#queue-transfer-now")).to_be_focused()
    await expect(page.locator("#queue-transfer-nobody")).to_be_hidden()
    await dialog.locator("input[value=eservices]").check()
    await expect(page.locator("#queue-transfer-nobody")).to_be_visible()
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await expect(page.locator("#queue-transfer-open")).to_be_focused()
    await page.keyboard.press("p")
    await expect(page.locator("#queue-transfer-now")).to_be_focused()
    await page.keyboard.press("Enter")
    passed = await world.until(commands.QueueTransferChosen)
    assert (passed.queue, passed.service) == ("benefits", "VSAA-KOPS")
    await expect(dialog).to_be_hidden()
    await expect(page.locator("body")).to_have_attribute("data-call", "idle")


async def test_slow_down_counts_and_then_lets_try(world: World) -> None:
    """After too many guesses the button waits as long as the page says, and no longer."""
    page = await world.page()
    await page.goto(f"{world.origin}/login")
    await page.fill("#username", "idle")
    await page.fill("#password", "wrong")
    for _ in range(3):
        with suppress(WrongPassword):
            await world.stage.accounts.log_in("idle", "wrong", address="127.0.0.1")
    await page.click("#enter")
    await expect(page.locator("#enter")).to_be_disabled()
    await expect(page.locator("#enter")).to_be_enabled()
