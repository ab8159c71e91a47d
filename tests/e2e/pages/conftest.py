"""A browser for all tests, and for each a panel of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from panel import LANGUAGES, READ_ASSETS, WATCH, Exchange, World
from playwright.async_api import (
    Browser,
    async_playwright,
)

from agents_ui.app import build
from contactcentre import paths
from contactcentre.cli.log import log_as_lines
from contactcentre.settings import Settings
from lab.addresses import leave, watch
from lab.chromium import FLAGS, headless
from lab.pages.people import PASSWORD
from lab.pages.sample import Prepared, prepare
from lab.pages.serve import settings
from lab.pages.stage import staged
from lab.traces import Traces


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return asyncio.run(prepare(tmp_path_factory.mktemp("prepared")))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=headless(), args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def world(
    browser: Browser, prepared: Prepared, tmp_path: Path, traces: Traces
) -> AsyncIterator[World]:
    with (
        (traces.folder / "service.log").open("w", buffering=1) as log,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        log_as_lines(log)
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        context = await browser.new_context(
            viewport={"width": 1366, "height": 768},
            permissions=["microphone", "notifications"],
            locale="lv",
        )
        await context.add_init_script(WATCH)
        await watch(context, traces)
        async with staged(prepared, tmp_path, board_s=0.1, line_s=0.1) as stage:
            given = replace(settings(origin), compiled=paths.templates(Settings()))
            app = build(stage.ports(given), read_assets=READ_ASSETS, languages=LANGUAGES)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
            await runner.setup()
            await web.SockSite(runner, listener).start()
            yield World(
                origin=origin, stage=stage, context=context, exchange=Exchange(), traces=traces
            )
            traces.hide("secret", PASSWORD)
            await traces.hide_known(stage.database)
            await leave(context, traces)
            await context.close()
            await runner.cleanup()
