"""What machines ask."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestClient, TestServer

from agents_ui.app import build
from agents_ui.shell.port import PanelSettings
from lab.pages.stage import ORIGIN

pytestmark = pytest.mark.web
BY_PROXY = [{"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}]


async def test_ready(enter, world):
    """Readiness tells neighbours which part is how, and answers 503 when calls can't be taken."""
    browser = await enter(None)
    assert (await (await browser.get("/readyz")).json())["ready"] is True
    world.health.parts["telephony"] = "away"
    answer = await browser.get("/readyz")
    assert (answer.status, (await answer.json())["parts"]["telephony"]) == (503, "away")


async def test_alive_without_anything(enter, world):
    """The process is alive even when nothing behind it is."""
    world.database_away = world.inbox.full = True
    answer = await (await enter(None)).get("/healthz", headers={"Cookie": "cc=x"})
    assert (answer.status, await answer.text()) == (200, "ok\n")


async def test_metrics(enter):
    """Prometheus gets its text."""
    answer = await (await enter(None)).get("/metrics")
    assert "calls_waiting 3" in await answer.text()
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")


@pytest.mark.parametrize("headers", BY_PROXY)
async def test_metrics_are_for_neighbours(enter, headers):
    """What comes through a proxy is not a neighbour, whatever it says."""
    browser = await enter(None)
    assert (await browser.get("/metrics", headers=headers)).status == 403
    assert "parts" not in await (await browser.get("/readyz", headers=headers)).json()


async def test_metrics_networks_are_configured(world):
    """Without a network in the settings nobody is a neighbour."""
    settings = PanelSettings(origin=ORIGIN, secure=False, metrics_from=())
    async with TestClient(TestServer(build(world.ports(settings)))) as browser:
        assert (await browser.get("/metrics")).status == 403


async def test_no_demonstration_in_production(world):
    """The citizen's telephone is there in the demonstration only."""
    settings = PanelSettings(origin=ORIGIN, secure=False)
    async with TestClient(TestServer(build(world.ports(settings)))) as browser:
        assert (await browser.get("/demo/phone")).status == 404
