"""The page of limits: shown as they are in force, changed whole or not at all."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from sqlalchemy import select

from contactcentre.core.config.call_limits import CallLimits
from contactcentre.storage import documents, settings
from contactcentre.storage import tables as models

pytestmark = pytest.mark.web

USUAL = {
    name: " ".join(value) if isinstance(value, tuple) else f"{value:g}"
    for name, value in asdict(CallLimits()).items()
}


async def send(browser, csrf, **changed):
    """The page's form; status and page of the answer."""
    data = {"csrf": csrf(browser), **USUAL, **changed}
    async with browser.post("/limits/save", data=data, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def kept(world):
    """What the database has."""
    async with world.database.begin() as connection:
        return await settings.get(connection, "limits")


async def test_limits_are_shown_and_changed(enter, csrf, world):
    """Those that nobody has set are the usual ones; what was changed is on record, before and
    after."""
    browser = await enter("admin")
    async with browser.get("/limits") as answer:
        page = await answer.text()
    assert all(
        f'name="{name}"' in page and f'value="{said}"' in page for name, said in USUAL.items()
    )
    assert "340" in page
    status, _ = await send(browser, csrf, caller_at_once="3", prefixes="+371, +370")
    assert status == 303
    assert (await kept(world))["caller_at_once"] == 3
    assert (await world.limits.limits())["prefixes"] == "+371 +370"
    async with world.database.begin() as connection:
        audit = models.audit.c
        query = select(models.audit).where(audit.object == "settings/limits").order_by(audit.number)
        row = list((await connection.execute(query)).mappings())[-1]
    assert json.loads(row["details"])["after"]["caller_at_once"] == 3
    assert row["who"] != "shell"


async def test_what_cant_be_is_told_all_at_once(enter, csrf, world):
    """With what was typed, and nothing is changed."""
    browser = await enter("admin")
    before = await kept(world)
    status, page = await send(
        browser, csrf, caller_at_once="many", agent_per_day="0", prefixes="371"
    )
    assert status == 400
    for place in ("caller_at_once", "agent_per_day", "prefixes"):
        assert f"limits, {place}" in page
    assert 'value="many"' in page
    assert await kept(world) == before


async def test_a_mobile_that_could_not_be_rung_any_more(enter, csrf, world):
    """The network would not hold together: it is told here, not by an alarm afterwards."""
    browser = await enter("admin")
    before = await kept(world)
    async with world.database.begin() as connection:
        key = (await documents.read(connection, models.agents))[0]["agent_id"]
        await documents.change(
            connection, models.agents, key, device="mobile", mobile="+37126000001"
        )
    status, page = await send(browser, csrf, prefixes="+370")
    assert status == 400
    assert f"agent {key}" in page
    assert await kept(world) == before
