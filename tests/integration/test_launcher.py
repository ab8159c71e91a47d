"""The launcher's watch over the service: whom it takes for frozen."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from contactcentre.cli import launcher
from contactcentre.settings import Settings

pytestmark = pytest.mark.integration

FULL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Panel:
    """Has no place for anybody, until it says nothing at all."""

    def __init__(self) -> None:
        self.asked = 0
        self.frozen = False
        self._silent = asyncio.Event()

    async def serve(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Called with every connection."""
        self.asked += 1
        if self.frozen:
            await self._silent.wait()
        writer.write(FULL)
        writer.close()

    def go(self) -> None:
        """End it."""
        self._silent.set()


async def test_a_panel_full_of_strangers_is_not_frozen(
    tmp_path: Path, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that says 503 lives; one that says nothing is killed."""
    monkeypatch.setattr(launcher, "ASK_S", 0.05)
    settings = Settings.model_validate({"home": tmp_path, "port": free_port()})
    panel = Panel()
    service = await asyncio.create_subprocess_exec("sleep", "60")
    server = await asyncio.start_server(panel.serve, settings.host, settings.port)
    watching = asyncio.create_task(launcher._watch(service, settings))
    try:
        async with server, asyncio.timeout(20):
            while panel.asked < 3 * launcher.FROZEN_AFTER:  # noqa: ASYNC110 - nobody tells it
                await asyncio.sleep(0.01)
            assert service.returncode is None
            panel.frozen = True
            assert await service.wait() == -9
            panel.go()
    finally:
        watching.cancel()
