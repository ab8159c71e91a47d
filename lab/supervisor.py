"""A supervisor of a rehearsal: the board's acts, without its page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from lab.hotline import Rehearsal

Told = dict[str, Any]


class Supervisor:
    """Asks for acts as the board's dialog does."""

    def __init__(self, client: aiohttp.ClientSession, origin: str, csrf: str) -> None:
        self._client = client
        self._origin = origin
        self._csrf = csrf

    async def asks(self, path: str, name: str, **args: Any) -> Told:
        """What comes of it; the reason is always the same."""
        url, body = f"{self._origin}/supervision/{path}", {"name": name, "args": args}
        async with self._client.post(url, json=body, headers={"X-CSRF": self._csrf}) as answer:
            answer.raise_for_status()
            told: Told = await answer.json()
            return told

    async def does(self, path: str, name: str, **args: Any) -> None:
        """Done, or the test has failed."""
        told = await self.asks(path, name, **args)
        if not told["done"]:
            raise AssertionError(f"{name}: {told['why']}")


@asynccontextmanager
async def supervisor(hotline: Rehearsal, username: str) -> AsyncIterator[Supervisor]:
    """Somebody of the sample data with the board open."""
    origin = hotline.settings.panel_origin
    async with hotline.client(username) as client:
        async with client.get(f"{origin}/board") as page:
            token = re.search(r'"csrf": ?"([^"]+)"', await page.text())
        yield Supervisor(client, origin, token[1] if token else "")
