"""The abuse list: callers whose calls are not taken, put there and lifted by two people."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from agents_ui.shell.texts import read
from contactcentre.features.abuse.service import DAY_S, AbuseList
from contactcentre.storage import tables as models
from contactcentre.storage.pseudonyms import Pseudonyms

pytestmark = pytest.mark.web

SAY = {code: language.text for code, language in read().items()}
CALLER, OTHER = "+37120000001", "+37120000002"
FORM = {"number": "2000 0001", "days": "30", "why": "draudi darbiniecei"}


async def asks(browser, csrf, act="add", **form):
    """Send a form of the page; its status."""
    data = {"csrf": csrf(browser), **form}
    async with browser.post(f"/abuse/{act}", data=data, allow_redirects=False) as answer:
        return answer.status


async def decide(browser, csrf, world, decision="approve"):
    """The latest request is decided in that browser."""
    async with world.database.connect() as connection:
        rows = models.approvals.c
        query = select(rows.approval_id).where(rows.decision == "").order_by(rows.asked_at.desc())
        approval_id = await connection.scalar(query)
    data = {"csrf": csrf(browser), "approval": approval_id, "decision": decision}
    async with browser.post("/approvals/decide", data=data, allow_redirects=False) as answer:
        assert answer.status == 303
    await world.abuse.look()


async def entry_id(world):
    """Of the only entry."""
    (entry,) = await world.abuse.entries()
    return entry.entry_id


async def test_two_people_put_a_caller_there_and_lift(enter, csrf, world):
    """It counts once it is approved, for that caller alone; who asked can't approve. Lifted in the
    same way, calls are taken again. No number is in the database or on the page."""
    first, second = await enter("board"), await enter("admin")
    assert await asks(first, csrf, **FORM) == 303
    await world.abuse.look()
    assert not world.abuse.listed(CALLER)
    await decide(second, csrf, world)
    assert (world.abuse.listed(CALLER), world.abuse.listed(OTHER)) == (True, False)
    assert not world.abuse.listed(None)
    async with second.get("/abuse") as answer:
        page = await answer.text()
    assert FORM["why"] in page
    assert "20000001" not in page
    async with world.database.connect() as connection:
        (row,) = (await connection.execute(select(models.abuse_list))).mappings().all()
    assert "20000001" not in str(row)
    assert await asks(second, csrf, "lift", entry=await entry_id(world), why="atvainojās") == 303
    await world.abuse.look()
    assert world.abuse.listed(CALLER)
    await decide(first, csrf, world)
    assert not world.abuse.listed(CALLER)
    assert not await world.abuse.entries()


async def test_a_refused_request_is_gone(enter, csrf, world):
    """Nobody is on the list."""
    first, second = await enter("board"), await enter("admin")
    await asks(first, csrf, **FORM)
    await decide(second, csrf, world, "refuse")
    assert not await world.abuse.entries()
    async with first.get("/abuse") as answer:
        assert SAY["lv"]("Nobody is on the list.") in await answer.text()


async def test_an_entry_ends_by_itself(enter, csrf, world, tmp_path):
    """After its days; and a service that starts while the database is away knows the list."""
    first, second = await enter("board"), await enter("admin")
    await asks(first, csrf, **{**FORM, "days": "1"})
    await decide(second, csrf, world)
    later = [world.abuse._clock()]
    world.database_away = True
    again = AbuseList(
        world.database, tmp_path / "abuse.json", pseudonym=Pseudonyms(b"stage").of,
        ask=world.approvals.ask, clock=lambda: later[0],
    )  # fmt: skip
    await again.begin()
    assert again.listed(CALLER)
    later[0] += DAY_S
    assert not again.listed(CALLER)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"number": "zvans"}, "number"),
        ({"number": ""}, "number"),
        ({"days": "0"}, "days"),
        ({"days": "91"}, "days"),
        ({"days": "٣"}, "days"),
        ({"why": " "}, "why"),
        ({"why": "a" * 201}, "why"),
    ],
)
async def test_what_is_missing_is_said(enter, csrf, world, changed, wrong):
    """Where it is, and what was written stays."""
    browser = await enter("board")
    data = {"csrf": csrf(browser), **FORM, **changed}
    async with browser.post("/abuse/add", data=data) as answer:
        assert answer.status == 400
        assert f'id="wrong-{wrong}"' in await answer.text()
    assert not await world.abuse.entries()


async def test_an_entry_that_is_not_there(enter, csrf):
    """Cannot be lifted."""
    assert await asks(await enter("board"), csrf, "lift", entry="x", why="y") == 409
