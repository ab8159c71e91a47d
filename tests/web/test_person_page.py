"""The page of a person's data: given out with a reason on record, and erased when two agree."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from lab.pages.people import PASSWORD
from lab.pages.stage import PSEUDONYMS

pytestmark = pytest.mark.web

WHY = "pieprasījums 7"


@pytest.fixture
async def officer(enter, world):
    """A data-protection officer."""
    await world.accounts.create_user("specialists", PASSWORD, name="Speciālists", role="dpo")
    return await enter("specialists")


async def somebody(world):
    """A number of the sample contacts with nothing under way, as it is typed."""
    open_now = {call.caller for call in world.world.calls.values()}
    async with world.database.connect() as connection:
        callers = (await connection.execute(select(models.contacts.c.caller))).scalars()
        return next(one for one in callers if one and one not in open_now)


async def send(browser, csrf, act, number, **more):
    """Send a form; the answer's status and text."""
    data = {"csrf": csrf(browser), "number": number, "why": WHY, **more}
    async with browser.post(f"/person/{act}", data=data) as answer:
        return answer.status, await answer.text()


async def on_record(world, action):
    """The rows of an action, as person and reason."""
    columns = models.audit.c
    query = select(columns.person, columns.purpose).where(columns.action == action)
    async with world.database.connect() as connection:
        return [tuple(row) for row in await connection.execute(query)]


async def approve(enter, csrf, world):
    """Another person approves what waits."""
    other = await enter("admin")
    async with world.database.connect() as connection:
        approval_id = await connection.scalar(select(models.approvals.c.approval_id))
    data = {"csrf": csrf(other), "approval": approval_id, "decision": "approve"}
    async with other.post("/approvals/decide", data=data, allow_redirects=False) as answer:
        assert answer.status == 303


async def test_everything_is_given_out(officer, csrf, world):
    """As a page and as data, however the number is written; each time is on record."""
    number = await somebody(world)
    status, text = await send(officer, csrf, "export", number.removeprefix("+371"), form="json")
    assert status == 200
    assert json.loads(text)["contacts"]
    status, text = await send(officer, csrf, "export", number)
    assert status == 200
    assert "<html" in text
    person = PSEUDONYMS.of(number)
    assert await on_record(world, Action.PERSON_EXPORTED) == [(person, WHY)] * 2


async def test_erased_when_another_has_approved(officer, enter, csrf, world):
    """Not before, and once; no page shows the number."""
    number = await somebody(world)
    assert (await send(officer, csrf, "erase", number))[0] == 409
    status, page = await send(officer, csrf, "ask", number)
    assert (status, number in page) == (200, False)
    await approve(enter, csrf, world)
    async with officer.get("/person") as answer:
        assert PSEUDONYMS.of(number) in await answer.text()
    status, page = await send(officer, csrf, "erase", number)
    assert status == 200
    assert 'id="done"' in page
    async with world.database.connect() as connection:
        query = select(models.contacts.c.caller).where(models.contacts.c.caller == number)
        assert (await connection.execute(query)).all() == []
    assert len(await on_record(world, Action.PERSON_ERASED)) == 1
    assert (await send(officer, csrf, "erase", number))[0] == 409


@pytest.mark.parametrize(
    "typed", [{"number": "zvans"}, {"number": ""}, {"why": " "}, {"why": "a" * 201}]
)
@pytest.mark.parametrize("act", ["export", "ask", "erase"])
async def test_what_is_missing_is_said(officer, csrf, world, act, typed):
    """And nothing is done."""
    given = {"number": "+37120000001", **typed}
    status, page = await send(officer, csrf, act, given.pop("number"), **given)
    assert status == 400
    assert 'id="wrong"' in page
    assert await on_record(world, Action.PERSON_EXPORTED) == []


async def test_who_may_not(enter):
    """Neither a supervisor nor an administrator looks a citizen up."""
    for name in ("board", "admin"):
        async with (await enter(name)).get("/person") as answer:
            assert answer.status == 403
