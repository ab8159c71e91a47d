"""Passkeys in Chromium, with an authenticator that the browser plays (CDP)."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect

from agents_ui.app import build
from lab.addresses import watch
from lab.chromium import FLAGS, headless
from lab.pages.people import PASSWORD
from lab.pages.sample import prepare
from lab.pages.serve import settings
from lab.pages.stage import staged
from lab.traces import Traces

pytestmark = pytest.mark.e2e

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def make_one(page: Page, origin: str) -> None:
    """Log in by the password, and make a passkey on one's own page."""
    await page.goto(f"{origin}/login")
    await page.fill("#username", "resting")
    await page.fill("#password", PASSWORD)
    await page.click("#enter")
    await page.wait_for_url("**/desk")
    await page.goto(f"{origin}/account")
    await page.fill("#passkey-name", "Mans dators")
    await page.fill("#passkey-password", PASSWORD)
    await page.click("#make")
    await expect(page.locator("#fresh-codes code")).to_have_count(10)
    await expect(page.locator("#passkeys")).to_contain_text("Mans dators")


async def test_a_passkey_in_a_real_browser(tmp_path: Path, traces: Traces) -> None:
    """Made on one's own page, it then opens the panel by one press."""
    (tmp_path / "made").mkdir()
    prepared = await prepare(tmp_path / "made")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"http://localhost:{listener.getsockname()[1]}"
        async with staged(prepared, tmp_path) as stage, async_playwright() as playwright:
            runner = web.AppRunner(build(stage.ports(settings(origin))), access_log=None)
            await runner.setup()
            await web.SockSite(runner, listener).start()
            browser = await playwright.chromium.launch(executable_path=headless(), args=FLAGS)
            context = await browser.new_context(locale="lv")
            await watch(context, lambda: traces)
            page = await context.new_page()
            devtools = await page.context.new_cdp_session(page)
            await devtools.send("WebAuthn.enable")
            await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
            await make_one(page, origin)
            await page.context.clear_cookies()
            await page.goto(f"{origin}/login")
            await page.click("#passkey")
            await page.wait_for_url("**/desk")
            await traces.hide_known(stage.database)
            await browser.close()
            await runner.cleanup()
