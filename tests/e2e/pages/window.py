"""A browser's window in which one test after another looks at pages.

The files that it has loaded stay, and so does the process that shows its pages: without them a page
costs twice as much. Its pages, who has logged in there, and all that they keep there go.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Page

from lab.addresses import leave, watch
from lab.traces import Traces

WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""
MAY = ["microphone", "notifications"]
OWN = "cookies,local_storage,indexeddb,cache_storage,service_workers"


class Window:
    """`context` is it; `used_by` a test."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self._traces: Traces | None = None
        self._kept: Page | None = None

    @asynccontextmanager
    async def used_by(self, traces: Traces, origin: str) -> AsyncIterator[BrowserContext]:
        """By a test, whose traces are left there, with the panel at `origin`."""
        self._traces = traces
        if self._kept is None or self._kept.is_closed():
            # Of the panel's own site: one process shows no other's.
            self._kept = await self.context.new_page()
            await self._kept.goto(f"{origin}/nowhere")
        yield self.context
        await leave(self.context, traces)
        for page in self.context.pages:
            if page is not self._kept:
                await page.close()
        await self._forget(self._kept, origin)

    def traces(self) -> Traces:
        """Of the test that uses it, or has used it last."""
        assert self._traces is not None
        return self._traces

    async def _forget(self, page: Page, origin: str) -> None:
        await self.context.clear_permissions()
        await self.context.grant_permissions(MAY)
        await self.context.clear_cookies()
        devtools = await self.context.new_cdp_session(page)
        asked = {"origin": origin, "storageTypes": OWN}
        await devtools.send("Storage.clearDataForOrigin", asked)
        await devtools.detach()


@asynccontextmanager
async def opened(browser: Browser) -> AsyncIterator[Window]:
    """A window in which nothing was looked at before."""
    size = {"width": 1366, "height": 768}
    context = await browser.new_context(viewport=size, permissions=MAY, locale="lv")  # type: ignore[arg-type]
    window = Window(context)
    await context.add_init_script(WATCH)
    await watch(context, window.traces)
    yield window
    await context.close()
