"""Whoever leaves a desk locks it: covered, its log-in over, and the talk on it goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from talk import answer

from lab.hotline import Rehearsal, sample_passwords, until
from lab.telephone import PhoneCall

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

AGENT = "anna.berzina"
PACKETS = "async () => (await document.querySelector('#phone').stats()).inbound.packets"
HELD = "() => document.querySelector('#phone').held"


async def noted(hotline: Rehearsal, note: str) -> bool:
    """Whether that is what the database has of the call."""
    return [row["note"] for row in await hotline.sql("SELECT note FROM contacts")] == [note]


async def locked_in_mid_call(page: Page, talk: PhoneCall) -> None:
    """A note was begun, and the desk is covered."""
    await answer(page, talk)
    await page.focus("#note")
    await page.keyboard.type("Jautā par pabals")
    await page.evaluate("() => document.activeElement.blur()")
    async with page.expect_response("**/lock"):
        await page.keyboard.press("l")
    await expect(page.locator("#cover")).to_be_visible()


async def unlock(hotline: Rehearsal, page: Page, password: str) -> None:
    """Fill in the cover's form."""
    await page.fill("#cover-username", AGENT)
    await page.fill("#cover-password", password or sample_passwords(hotline.settings)[AGENT])
    await page.press("#cover-password", "Enter")


async def test_locked_and_unlocked_in_mid_call(
    hotline: Rehearsal, ready_agent: Callable[[str], Awaitable[Page]]
) -> None:
    """The sound goes on under the cover, and the caller can be held there; the browser's cookie
    opens nothing. A wrong password opens nothing either; the right one gives the page back as it
    stood, with every key of the note, and the call can be ended and recorded."""
    page = await ready_agent(AGENT)
    async with hotline.telephone() as citizen, asyncio.timeout(150):
        talk = await citizen.call("60000100", "+37120000004")
        await locked_in_mid_call(page, talk)
        cover = page.locator("#cover")
        desk = await page.request.get(f"{hotline.settings.panel_origin}/desk", max_redirects=0)
        assert desk.status in (303, 401)
        before = await page.evaluate(PACKETS)
        await talk.media.hears(100)
        assert await page.evaluate(PACKETS) > before
        await cover.locator("[data-do=hold]").click()
        await page.wait_for_function(HELD)
        await cover.locator("[data-do=hold]").click()
        await unlock(hotline, page, "not the password")
        await expect(page.locator("#cover-error")).not_to_be_empty()
        await unlock(hotline, page, "")
        await expect(cover).to_be_hidden(timeout=10_000)
        assert not talk.ended.is_set()
        await page.focus("#note")
        await page.keyboard.press("End")
        await page.keyboard.type("tu")
        await expect(page.locator("#note")).to_have_value("Jautā par pabalstu")
        await page.keyboard.press("Control+e")
        await talk.ended.wait()
        await page.wait_for_selector('[data-mode="wrap_up"]:not([hidden])')
        await until(lambda: noted(hotline, "Jautā par pabalstu"), "the note is not whole", 10.0)


OTHERS, OWN = "liga:agents:mfa", "anna:agents:mfa"
"""Who somebody is at the institution."""


@pytest.fixture
async def institution(
    hotline: Rehearsal, root: Path, free_port: Callable[[], int]
) -> AsyncIterator[str]:
    """The agent's account is one of the institution's, which has told the hotline so."""
    port, panel = free_port(), hotline.settings.panel_origin
    issuer = f"http://127.0.0.1:{port}"
    provider = {"label": "Log in at home", "issuer": issuer, "client_id": "panel"}
    provider |= {"client_secret": "a secret of the tests"}
    (hotline.settings.home / "oidc.yaml").write_text(json.dumps({"home": provider}))
    for subject, name in ((OWN, AGENT), (OTHERS, "ilze.ritausma")):
        who = f"'{issuer}', '{subject}', user_id FROM users WHERE username = '{name}'"
        await hotline.sql(f"INSERT INTO identities (issuer, subject, user_id) SELECT {who}")
    await hotline.replace_service()
    process = await asyncio.create_subprocess_exec(
        "node",
        str(root / "tests/integration/oidc_provider.mjs"),
        str(port),
        f"{panel}/login/oidc/home/callback",
        cwd=root,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        await process.stdout.readline()
    yield issuer
    process.terminate()
    await process.wait()


async def log_in_apart(page: Page, name: str) -> Page:
    """By the cover's button of the institution, in the window that it opens, as far as the panel
    says what came of it."""
    async with page.expect_popup() as opened:
        await page.get_by_role("button", name="Log in at home").click()
    apart = await opened.value
    await apart.fill("[name=login]", name)
    await apart.fill("[name=password]", "any")
    await apart.locator("[type=submit]").click()
    agreeing = apart.locator("[name=prompt][value=consent]")
    outcome = apart.locator("#entered, #error")
    await expect(agreeing.or_(outcome).first).to_be_attached()
    if await agreeing.count():
        await apart.locator("[type=submit]").click()
    return apart


async def test_unlocked_by_the_institution_in_mid_call(
    hotline: Rehearsal, institution: str, ready_agent: Callable[[str], Awaitable[Page]]
) -> None:
    """In a window apart, while the sound goes on: another person of the institution opens nothing,
    the agent gets the page back as it stood; the window says that it is done, and the call is
    ended and recorded."""
    page = await ready_agent(AGENT)
    async with hotline.telephone() as citizen, asyncio.timeout(150):
        talk = await citizen.call("60000100", "+37120000004")
        await locked_in_mid_call(page, talk)
        stranger = await log_in_apart(page, OTHERS)
        await expect(stranger.locator("#error")).to_be_visible()
        await expect(page.locator("#cover")).to_be_visible()
        await stranger.close()
        before = await page.evaluate(PACKETS)
        apart = await log_in_apart(page, OWN)
        await expect(page.locator("#cover")).to_be_hidden(timeout=10_000)
        assert apart.is_closed() or await apart.locator("#entered").is_visible()
        assert await page.evaluate(PACKETS) > before
        assert not talk.ended.is_set()
        await expect(page.locator("#note")).to_have_value("Jautā par pabals")
        await page.focus("#note")
        await page.keyboard.press("End")
        await page.keyboard.type("tu")
        await page.keyboard.press("Control+e")
        await talk.ended.wait()
        await page.wait_for_selector('[data-mode="wrap_up"]:not([hidden])')
        await until(lambda: noted(hotline, "Jautā par pabalstu"), "the note is not whole", 10.0)
