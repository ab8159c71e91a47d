"""The page of the audit log: found by who, what and when, and exported when two agree."""

from __future__ import annotations

import json
import re
import time

import pytest
import sqlalchemy as sql
from sqlalchemy import select

from agents_ui.audit.words import ACTIONS
from agents_ui.shell.port import Grant
from contactcentre.engine.clock import now
from contactcentre.features.audit import reading
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from lab.pages.people import PASSWORD
from lab.pages.stage import PSEUDONYMS

pytestmark = pytest.mark.web

DAY_ROWS = 33_000
DAYS = {"since": "2026-01-01", "until": "2199-12-31"}


async def watcher(enter, world, name, role):
    """Somebody with that role of the whole network."""
    await world.accounts.create_user(name, PASSWORD, name=f"Vārds {name}", role=role)
    return await enter(name)


def test_no_action_is_without_words():
    """Each has its own, and none has words that is none."""
    assert ACTIONS.keys() == set(Action)
    assert len(set(ACTIONS.values())) == len(ACTIONS)


async def test_an_action_is_told_in_words(enter, csrf, world):
    """Its code stands beneath; one that this release does not know is told by that alone."""
    browser = await watcher(enter, world, "rev", "auditor")
    row = {"who": "u1", "object": "c", "purpose": "", "person": "", "details": "", "at": now()}
    async with world.database.begin() as connection:
        for action in (Action.AGENT_LED, "of.tomorrow"):
            await connection.execute(models.audit.insert(), {**row, "action": action})
    found, page = await rows(browser, csrf, who="u1")
    assert found == ["of.tomorrow", "agent.led"]
    assert '<td>Vadītāja rīcība ar darbinieku<span class="tiny num code">agent.led</span>' in page
    assert "<td>of.tomorrow<span" in page


async def rows(browser, csrf, **asked):
    """What the page shows for a search: the actions, in their order, and the page."""
    async with browser.post("/audit", data={"csrf": csrf(browser), **asked}) as answer:
        assert answer.status == 200
        page = await answer.text()
    return re.findall(r'<span class="tiny num code">([^<]*)</span>', page), page


async def a_day(world):
    """As many rows as a day of calls leaves behind."""
    at = now()
    row = {"who": "u1", "object": "c", "purpose": "", "person": "", "details": ""}
    many = [
        {**row, "at": at, "action": "history.listed", "object": f"c{number}"}
        for number in range(DAY_ROWS)
    ]
    async with world.database.begin() as connection:
        await connection.execute(models.audit.insert(), many)


async def test_found_by_who_what_and_when(enter, csrf, world):
    """By a part of a name; rows of others, of other kinds and other days are left out. That it was
    read is on record."""
    browser = await watcher(enter, world, "revidents", "auditor")
    found, page = await rows(browser, csrf, who="vārds rev", what="login")
    assert found == [Action.LOGGED_IN]
    assert "Vārds revidents" in page
    assert (await rows(browser, csrf, who="nobody"))[0] == []
    assert (await rows(browser, csrf, until="2026-01-01"))[0] == []
    assert (await rows(browser, csrf, since="rubbish", what="rubbish"))[0] != []
    assert (await rows(browser, csrf, what="audit"))[0][0] == Action.AUDIT_READ


async def test_a_busy_day_page_by_page(enter, csrf, world):
    """A page comes as soon from the end of 33,000 rows as from their beginning, and none twice."""
    await a_day(world)
    browser = await watcher(enter, world, "revidents", "auditor")
    seen, below, slowest = [], "", 0.0
    for _ in range(3):
        began = time.monotonic()
        found, page = await rows(browser, csrf, what="history", below=below)
        slowest = max(slowest, time.monotonic() - began)
        assert len(found) == 100
        seen += re.findall(r'id">(c[0-9]+)<', page)
        (below,) = re.findall(r'name="below" value="([0-9]+)"', page)
    assert seen == [f"c{number}" for number in range(DAY_ROWS - 1, DAY_ROWS - 301, -1)]
    found, page = await rows(browser, csrf, what="history", below=str(int(below) - 32_600))
    assert 0 < len(found) <= 100
    assert slowest < 2.0  # on a machine that does much else; no page looks at what it does not show


async def opened(world, person, number, who="u1"):
    """That a citizen's history was opened, and a thousand others'."""
    row = {"who": who, "action": "history.opened", "purpose": "", "details": "", "at": now()}
    others = [
        {**row, "object": f"x{n}", "person": PSEUDONYMS.of(f"+3712{n:07}")} for n in range(1000)
    ]
    mine = [{**row, "object": f"c{n}", "person": one} for n, one in enumerate((person, number))]
    async with world.database.begin() as connection:
        await connection.execute(models.audit.insert(), others + mine)


async def test_who_opened_a_citizens_data(enter, csrf, world):
    """By the number, as it is typed, or by the id: all rows about that person, under whichever name
    they were written, and no others; which rows were looked at, about whom and why is a row too."""
    person_id = "0" * 31 + "1"
    async with world.database.begin() as connection:
        known = {"person_id": person_id, "name": "Zane", "made_at": now(), "made_by": "u1"}
        await connection.execute(models.people.insert(), known)
        number, pseudonym = "+37129999999", PSEUDONYMS.of("+37129999999")
        row = {"person_id": person_id, "number": number, "pseudonym": pseudonym, "added_at": now()}
        await connection.execute(models.person_numbers.insert(), row)
    await opened(world, person_id, pseudonym)
    for role in ("auditor", "dpo"):
        browser = await watcher(enter, world, role, role)
        for asked in ("2999 9999", "+37129999999", person_id):
            found, page = await rows(browser, csrf, citizen=asked, reason="iesniegums 12")
            assert [one for one in found if one == "history.opened"] == ["history.opened"] * 2
            assert set(re.findall(r'id">([cx][0-9]+)<', page)) == {"c0", "c1"}
        last, page = await rows(browser, csrf, what="audit", citizen=person_id, reason="vēlreiz")
        assert last[0] == Action.AUDIT_READ
        assert "iesniegums 12" in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"citizen": "2999 9999"}, "Uzrakstiet, kāpēc"),
        ({"citizen": "nobody at all", "reason": "x"}, "nav zināms"),
        ({"citizen": "f" * 32, "reason": "x"}, "nav zināms"),
    ],
)
async def test_a_citizen_who_is_not_to_be_found(enter, csrf, world, asked, said):
    """Without a reason, or where nobody is meant by it, no row is shown and it is told."""
    browser = await watcher(enter, world, "revidents", "auditor")
    async with browser.post("/audit", data={"csrf": csrf(browser), **asked}) as answer:
        assert answer.status == 400
        page = await answer.text()
    assert said in page
    assert '<td class="num">' not in page


async def test_a_citizens_rows_are_found_by_an_index(world):
    """A million rows about others are not looked through."""
    query = reading.asked(reading.Search(citizen=["a", "b"]))
    said = query.compile(world.database.sync_engine, compile_kwargs={"literal_binds": True})
    async with world.database.connect() as connection:
        plan = await connection.execute(sql.text(f"EXPLAIN QUERY PLAN {said}"))
        assert any("ix_audit_person" in row.detail for row in plan)


async def test_two_people_let_it_out_once(enter, csrf, world):
    """Asked by an auditor with days and a reason, approved by another who watches, fetched once:
    every row of these days, with its place in the chain."""
    auditor = await watcher(enter, world, "revidents", "auditor")
    officer = await watcher(enter, world, "specialists", "dpo")
    export = {"csrf": csrf(auditor), "period": "/".join(DAYS.values())}
    async with auditor.post("/audit/export", data=export) as answer:
        assert answer.status == 409
    ask = {"csrf": csrf(auditor), "why": "pārbaude 7", **DAYS}
    async with auditor.post("/audit/ask", data=ask, allow_redirects=False) as answer:
        assert answer.status == 303
    async with world.database.connect() as connection:
        approval_id = await connection.scalar(select(models.approvals.c.approval_id))
    decision = {"csrf": csrf(officer), "approval": approval_id, "decision": "approve"}
    async with officer.post("/approvals/decide", data=decision, allow_redirects=False) as answer:
        assert answer.status == 303
    async with auditor.get("/audit") as answer:
        assert export["period"] in await answer.text()
    async with officer.post("/audit/export", data={**export, "csrf": csrf(officer)}) as answer:
        assert answer.status == 403
    async with auditor.post("/audit/export", data=export) as answer:
        lines = [json.loads(line) for line in (await answer.text()).splitlines()]
    assert [line["position"] for line in lines] == list(range(1, len(lines) + 1))
    assert {Action.LOGGED_IN, Action.APPROVED} <= {line["action"] for line in lines}
    async with auditor.post("/audit/export", data=export) as answer:
        assert answer.status == 409


@pytest.mark.parametrize(
    "wrong", [{"since": ""}, {"until": "2025-01-01"}, {"why": ""}, {"since": "2026-13-01"}]
)
async def test_what_is_missing_is_said(enter, csrf, world, wrong):
    """Nothing is asked for."""
    browser = await watcher(enter, world, "revidents", "auditor")
    ask = {"csrf": csrf(browser), "why": "x", **DAYS, **wrong}
    async with browser.post("/audit/ask", data=ask) as answer:
        assert answer.status == 400
        assert 'id="wrong"' in await answer.text()


async def test_who_may_not_read(enter, csrf, world):
    """A supervisor, and an auditor of one municipality: the log is one for all."""
    async with (await enter("board")).get("/audit") as answer:
        assert answer.status == 403
    user_id = await world.accounts.create_user("novads", PASSWORD, name="N", role="auditor")
    grants = {Grant(role="auditor", realm=("municipality", "ludza"))}
    await world.accounts.set_grants(user_id, grants, by="shell")
    async with (await enter("novads")).get("/audit") as answer:
        assert answer.status == 403
