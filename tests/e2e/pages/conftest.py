"""A browser for all tests, and for each a panel of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from panel import LANGUAGES, READ_ASSETS, Exchange, World
from playwright.async_api import (
    Browser,
    async_playwright,
)
from window import Window, opened

from agents_ui.app import build
from contactcentre import paths
from contactcentre.cli.log import log_as_lines
from contactcentre.settings import Settings
from lab.chromium import FLAGS, headless
from lab.pages.people import PASSWORD
from lab.pages.sample import Prepared, prepare
from lab.pages.serve import settings
from lab.pages.stage import staged
from lab.traces import Traces

SOUNDS_AT_ONCE = "--autoplay-policy=no-user-gesture-required"
"""As after the click by which somebody has logged in: here mostly nobody has clicked."""


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return asyncio.run(prepare(tmp_path_factory.mktemp("prepared")))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=headless(), args=[*FLAGS, SOUNDS_AT_ONCE]
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def window(browser: Browser) -> AsyncIterator[Window]:
    async with opened(browser) as window:
        yield window


@pytest.fixture(scope="session")
def listener() -> Iterator[socket.socket]:
    """The panels of all tests have one address, so that the browser knows their files."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest_asyncio.fixture(loop_scope="session")
async def world(
    window: Window, listener: socket.socket, prepared: Prepared, tmp_path: Path, traces: Traces
) -> AsyncIterator[World]:
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with (traces.folder / "service.log").open("w", buffering=1) as log:
        log_as_lines(log)
        async with staged(prepared, tmp_path, board_s=0.1, line_s=0.1) as stage:
            given = replace(settings(origin), compiled=paths.templates(Settings()))
            app = build(stage.ports(given), read_assets=READ_ASSETS, languages=LANGUAGES)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
            await runner.setup()
            await web.SockSite(runner, listener.dup()).start()
            async with window.used_by(traces, origin) as context:
                yield World(
                    origin=origin, stage=stage, context=context, exchange=Exchange(), traces=traces
                )
                traces.hide("secret", PASSWORD)
                await traces.hide_known(stage.database)
            await runner.cleanup()
