"""Pages that stop reading hold up nobody, whatever is sent to them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from agents_ui.shell.keys import LINKS
from agents_ui.shell.live import LinkPace
from contactcentre.core import commands
from contactcentre.storage import database
from contactcentre.storage import tables as models
from lab.pages.people import AGENTS as SAMPLES
from lab.pages.people import PASSWORD
from lab.pages.stage import ORIGIN, staged

pytestmark = pytest.mark.web
AGENTS, DEAD = 200, 10
FIRST = 1000
"""The number of the first of them."""


@pytest.fixture
def pace() -> LinkPace:
    """A short patience, and no ticks that could hide what is measured."""
    return LinkPace(tick_s=60, send_s=0.2, farewell_s=0.1)


@pytest.fixture
async def world(prepared, tmp_path):
    """A hotline with many agents more."""
    one = prepared.network.agents[SAMPLES["idle"].agent_id]
    crowd = {
        f"a{number}": replace(one, agent_id=f"a{number}", endpoint=f"a-{number}")
        for number in range(FIRST, FIRST + AGENTS + DEAD)
    }
    network = replace(prepared.network, agents={**prepared.network.agents, **crowd})
    async with staged(replace(prepared, network=network), tmp_path, line_s=60) as stage:
        yield stage


async def open_accounts(world, numbers):
    """Log-ins for these agents, whose rows are those of another one."""
    rows = models.agents
    async with world.database.begin() as connection:
        (one,) = (await connection.execute(select(rows).limit(1))).mappings()
        crowd = [{**one, "agent_id": f"a{number}", "position": number} for number in numbers]
        await database.upsert(connection, rows, crowd)
    for number in numbers:
        await world.accounts.create_user(
            f"agent {number}", PASSWORD, name="Agent", role="agent", agent_id=f"a{number}"
        )


async def connect(browser):
    """Open a desk's live link."""
    return await browser.ws_connect("/desk/live", origin=ORIGIN)


def write_much(world, call, version):
    """A note that makes a view which no socket buffer swallows for long."""
    world.apply(
        commands.NoteWritten(
            at=world.at,
            agent_id=call.talk.agent_id,
            call_id=call.call_id,
            text=f"{version}" + "x" * 60_000,
            base=call.record.note_version,
        )
    )


def change(world, agent_id, granted):
    """Something that the agent's page shows."""
    world.apply(commands.MicrophoneReported(at=world.at, agent_id=agent_id, granted=granted))


async def test_slow_page_is_cut_off(enter, freeze, world, app, until, hear):
    """It is cut off after the send deadline and leaves nothing behind; others see every change."""
    quick = await connect(await enter("idle"))
    await hear(quick, "view")
    await freeze(await enter("talking"))
    await until(lambda: len(app[LINKS]) == 2)
    version = 10
    async with asyncio.timeout(20):
        while len(app[LINKS]) == 2:
            version += 1
            write_much(world, world.call_of("talking"), version)
            change(world, SAMPLES["idle"].agent_id, not version % 2)
            view = (await hear(quick, "view"))["view"]
            assert view["microphone"] is (not version % 2)
    assert not world.live._watchers.get(SAMPLES["talking"].agent_id)


@pytest.mark.alone
async def test_two_hundred_agents_and_ten_dead_pages(enter, freeze, world, app, until, hear):
    """With ten pages dead, a change reaches each of two hundred agents within 250 ms."""
    dead = range(FIRST, FIRST + DEAD)
    quick = range(FIRST + DEAD, FIRST + DEAD + AGENTS)
    await open_accounts(world, [*dead, *quick])
    for number in dead:
        world.ready(number)
        world.arrives(number, caller=None)
        world.presses(number, "1")
        world.leg_answers(number)
    links = {f"a{number}": await connect(await enter(f"agent {number}")) for number in quick}
    for link in links.values():
        await hear(link, "view")
    for number in dead:
        await freeze(await enter(f"agent {number}"))
    await until(lambda: len(app[LINKS]) == AGENTS + DEAD)
    lags, version = [], 0
    while len(app[LINKS]) > AGENTS:
        version += 1
        for number in dead:
            write_much(world, world.call(number), version)
        lags += await _change_each(world, links, hear, granted=bool(version % 2))
    lags += await _change_each(world, links, hear, granted=not version % 2)
    assert sorted(lags)[int(len(lags) * 0.99)] < 0.25


async def _change_each(world, links, hear, *, granted):
    """Change every desk, spread over the links as a busy moment would; the lag of each, in s."""
    lags, everybody = [], list(links)
    for first in range(0, AGENTS, 20):
        some = everybody[first : first + 20]
        changed_at = time.perf_counter()
        for agent_id in some:
            change(world, agent_id, granted)
        for agent_id in some:
            while (await hear(links[agent_id], "view"))["view"]["microphone"] is not granted:
                pass
            lags.append(time.perf_counter() - changed_at)
    return lags
