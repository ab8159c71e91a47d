"""Between calls: the own day, what callers hear, who is here; and the call for help."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import insert

from contactcentre.storage import tables as models
from lab.pages.people import AGENTS

pytestmark = pytest.mark.web


async def command(browser, csrf, name):
    """As the page orders it."""
    body = {"id": 1, "name": name, "args": {}}
    answer = await browser.post("/desk/command", json=body, headers={"X-CSRF": csrf(browser)})
    return (await answer.json())["error"]


async def test_the_own_day_is_counted_from_what_the_agent_did(enter, world):
    """Talk and wrap-up of today's calls, and of nobody else's."""
    browser = await enter("idle")
    now, mine = time.time(), AGENTS["idle"].agent_id
    spans = [
        (mine, now - 90, now - 30, "TALKING", "c1"),
        (mine, now - 30, now - 10, "WRAP_UP", "c1"),
        (mine, now - 10, None, "READY", None),
        ("a1", now - 90, now - 30, "TALKING", "c2"),
        (mine, now - 3 * 86400, now - 2 * 86400, "TALKING", "c0"),
    ]
    names = ("agent_id", "from_at", "to_at", "state", "call_id")
    rows = [{**dict(zip(names, span, strict=True)), "last_seq": 1} for span in spans]
    async with world.database.begin() as connection:
        await connection.execute(insert(models.agent_intervals), rows)
    day = await (await browser.get("/desk/day")).json()
    assert (day["answered"], round(day["handling_s"])) == (1, 80)


async def test_the_day_of_everybody_is_shown(enter, world):
    """Whatever waits, is said, and whoever is here: also where there is nothing of it."""
    world.act("board")
    browser = await enter("talking")
    day = await (await browser.get("/desk/day")).json()
    assert set(day) == {
        *("answered", "handling_s", "promises"),
        *("waiting", "heard", "colleagues", "queues", "assigned", "skills"),
    }
    assert all(one["callbacks"] + one["messages"] > 0 for one in day["waiting"])
    world.database_away = True
    assert (await browser.get("/desk/day")).status == 503


async def test_who_asks_for_help_is_seen_by_the_supervisor(enter, csrf, world):
    """On the board, where the page puts it first, until one of them says that it is over."""
    browser, board = await enter("idle"), await enter("board")
    leader = (await world.accounts.session(next(iter(board.session.cookie_jar)).value)).person
    assert await command(browser, csrf, "help") is None
    asking = [one for one in world.board.view(leader).agents if one.help_since is not None]
    assert [one.agent_id for one in asking] == [AGENTS["idle"].agent_id]
    body, secret = {"agent_id": asking[0].agent_id}, {"X-CSRF": csrf(board)}
    assert (await board.post("/board/help", json=body, headers=secret)).status == 200
    assert world.desk("idle").help_since is None
    assert await command(browser, csrf, "help") is None
    assert await command(browser, csrf, "no_help") is None
    assert world.desk("idle").help_since is None
