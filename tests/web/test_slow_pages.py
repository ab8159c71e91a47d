"""Pages that stop reading hold up nobody, whatever is sent to them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from agents_ui.preview import samples
from agents_ui.preview.fakes import ORIGIN
from agents_ui.shell.keys import LINKS
from agents_ui.shell.live import LinkPace

pytestmark = pytest.mark.web
AGENTS, DEAD = 200, 10


@pytest.fixture
def pace() -> LinkPace:
    """A short patience, and no ticks that could hide what is measured."""
    return LinkPace(tick_s=60, send_s=0.2, farewell_s=0.1)


async def connect(browser):
    """Open a desk's live link."""
    return await browser.ws_connect("/desk/live", origin=ORIGIN)


def heavy(view):
    """A view that no socket buffer swallows for long."""
    return replace(view, call=samples.talk(view.at, note="x" * 60_000))


async def test_slow_page_is_cut_off(enter, freeze, world, app, until, hear):
    """It is cut off after the send deadline and leaves nothing behind; others see every change."""
    quick = await connect(await enter("idle"))
    await hear(quick, "view")
    await freeze(await enter("talking"))
    await until(lambda: len(app[LINKS]) == 2)
    async with asyncio.timeout(20):
        while len(app[LINKS]) == 2:
            world.desks.put("a-talking", heavy(world.desks.view("a-talking")))
            world.desks.put("a-idle", world.desks.view("a-idle"))
            view = (await hear(quick, "view"))["view"]
            assert view["seq"] == world.desks.view("a-idle").seq
    assert world.desks.changed["a-talking"].watchers == 0


async def test_two_hundred_agents_and_ten_dead_pages(enter, freeze, world, app, until, hear):
    """With ten pages dead, a change reaches each of two hundred agents within 250 ms."""
    for number in range(AGENTS + DEAD):
        agent = replace(samples.AGENTS["idle"], user_id=f"u-{number}", agent_id=f"a-{number}")
        world.accounts.people[str(number)] = agent
    links = [await connect(await enter(str(number))) for number in range(AGENTS)]
    for link in links:
        await hear(link, "view")
    for number in range(AGENTS, AGENTS + DEAD):
        await freeze(await enter(str(number)))
    await until(lambda: len(app[LINKS]) == AGENTS + DEAD)
    lags = []
    while len(app[LINKS]) > AGENTS:
        for number in range(AGENTS, AGENTS + DEAD):
            world.desks.put(f"a-{number}", heavy(world.desks.view(f"a-{number}")))
        lags += await _change_each(links, world, hear)
    lags += await _change_each(links, world, hear)
    assert sorted(lags)[int(len(lags) * 0.99)] < 0.25


async def _change_each(links, world, hear):
    """Change every desk, spread over the links as a busy moment would; the lag of each, in s."""
    lags = []
    for first in range(0, AGENTS, 20):
        changed_at = time.perf_counter()
        for number in range(first, first + 20):
            world.desks.put(f"a-{number}", world.desks.view(f"a-{number}"))
        for number in range(first, first + 20):
            await hear(links[number], "view")
            lags.append(time.perf_counter() - changed_at)
    return lags
