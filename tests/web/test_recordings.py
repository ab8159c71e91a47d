"""Recordings are played for a reason, to whom they may be played, and taken away with a second
person."""

from __future__ import annotations

import asyncio
import re

import pytest
from sqlalchemy import select, update

from agents_ui.shell.port import Grant
from contactcentre.features.recordings.service import HOUR_S
from contactcentre.storage import tables as models
from lab.pages import recorded
from lab.pages.people import AGENTS, PASSWORD

pytestmark = pytest.mark.web

WHY = "Sūdzība par sarunu"
FORM = {"Accept": "text/html"}


@pytest.fixture
async def leg_id(world, enter) -> str:
    """A talk of Jēkabpils, recorded."""
    await enter("talking")
    call = world.call_of("talking")
    leg_id = f"{call.call_id}-1"
    agent_id = AGENTS["talking"].agent_id
    await recorded.lay(
        world.database, world.sealed_talks, leg_id, agent_id=agent_id, from_at=call.arrived_at
    )
    return leg_id


async def opens(browser, csrf, leg_id, why=WHY):
    """Ask to hear it; the ticket, or the status where there is none."""
    given = {"leg": leg_id, "why": why, "csrf": csrf(browser)}
    answer = await browser.post(
        "/recordings/open", data=given, headers={"X-CSRF": csrf(browser)}, allow_redirects=False
    )
    found = re.fullmatch(r"/recordings/([\w-]{20,})", answer.headers.get("Location", ""))
    return found[1] if found else answer.status


async def rows(world, action):
    """Of the audit log."""
    query = select(models.audit).where(models.audit.c.action == action)
    async with world.database.connect() as connection:
        return (await connection.execute(query)).mappings().all()


async def test_heard_for_a_reason(world, enter, csrf, leg_id):
    """The reason is on record before there is anything to be heard; any part may be asked for."""
    browser = await enter("board")
    assert await opens(browser, csrf, leg_id, why=" ") == 400
    assert await rows(world, "recording.heard") == []
    ticket = await opens(browser, csrf, leg_id)
    (row,) = await rows(world, "recording.heard")
    assert (row["purpose"], row["object"]) == (WHY, leg_id.rpartition("-")[0])
    page = await (await browser.get(f"/recordings/{ticket}", headers=FORM)).text()
    assert WHY in page
    assert leg_id not in page
    whole = await browser.get(f"/recordings/{ticket}/sound")
    sound = await whole.read()
    assert (whole.status, whole.content_type, sound[:4]) == (200, "audio/wav", b"RIFF")
    assert whole.headers["Cache-Control"] == "no-store"
    for given, part in (("5-9", sound[5:10]), ("70000-", sound[70000:]), ("-7", sound[-7:])):
        answer = await browser.get(
            f"/recordings/{ticket}/sound", headers={"Range": f"bytes={given}"}
        )
        assert (answer.status, await answer.read()) == (206, part)
    answer = await browser.get(
        f"/recordings/{ticket}/sound", headers={"Range": f"bytes={len(sound)}-"}
    )
    assert answer.status == 416


async def test_a_ticket_is_one_persons_for_an_hour(world, enter, csrf, leg_id, monkeypatch):
    """And of no use to a colleague, after a right was taken, or later."""
    browser = await enter("board")
    ticket = await opens(browser, csrf, leg_id)
    await world.accounts.create_user("second", PASSWORD, name="Otra", role="supervisor")
    other = await enter("second")
    assert (await other.get(f"/recordings/{ticket}/sound")).status == 404
    at = world.recordings._clock() + HOUR_S + 1
    monkeypatch.setattr(world.recordings, "_clock", lambda: at)
    assert (await browser.get(f"/recordings/{ticket}/sound")).status == 404


async def test_of_another_realm(world, enter, csrf, leg_id):
    """There is none for a supervisor elsewhere, nor for an administrator, and nobody is told that
    there is."""
    user = await world.accounts.create_user(
        "afar", PASSWORD, name="Cita", role="supervisor", realm=("centre", "ludza")
    )
    browser = await enter("afar")
    assert await opens(browser, csrf, leg_id) == 404
    assert await opens(browser, csrf, f"{'f' * 32}-1") == 404
    assert await opens(browser, csrf, "../../etc/passwd") == 404
    await world.accounts.set_grants(user, {Grant(role="admin")}, by="test")
    assert await opens(browser, csrf, leg_id) == 403
    assert await rows(world, "recording.heard") == []


async def test_what_is_deleted_is_not_heard(world, enter, csrf, leg_id):
    """Also by whoever had opened it before."""
    browser = await enter("board")
    ticket = await opens(browser, csrf, leg_id)
    async with world.database.begin() as connection:
        change = update(models.recordings).values(deleted_at=1.0, deleted_why="term")
        await connection.execute(change)
    assert (await browser.get(f"/recordings/{ticket}/sound")).status == 404
    assert await opens(browser, csrf, leg_id) == 404


async def test_without_the_key_it_is_said_plainly(world, enter, csrf, leg_id, monkeypatch):
    """Not that it is not there."""
    browser = await enter("board")
    ticket = await opens(browser, csrf, leg_id)
    monkeypatch.setattr(world.sealed_talks, "_read_keys", lambda: ("another",))
    assert (await browser.get(f"/recordings/{ticket}/sound")).status == 500


async def test_nothing_is_heard_without_the_database(world, enter, csrf, leg_id):
    """What cannot be written down is not played."""
    browser = await enter("board")
    world.database_away = True
    await world.database.dispose()
    assert await opens(browser, csrf, leg_id) == 503


async def test_a_copy_wants_a_second_person(world, enter, csrf, leg_id):
    """Asked for, approved by a colleague, taken once."""
    browser = await enter("board")
    ticket = await opens(browser, csrf, leg_id)
    copy = f"/recordings/{ticket}/copy"
    token = {"X-CSRF": csrf(browser)}
    assert (await browser.post(copy, headers=token)).status == 409
    asked = await browser.post(f"/recordings/{ticket}/ask", data={"why": "Tiesa"}, headers=token)
    assert asked.status == 200
    await world.accounts.create_user("second", PASSWORD, name="Otra", role="supervisor")
    second = await enter("second")
    page = await (await second.get("/approvals", headers=FORM)).text()
    given = {
        "approval": re.search(r'name="approval" value="(\w+)"', page)[1],
        "decision": "approve",
    }
    await second.post("/approvals/decide", data=given, headers={"X-CSRF": csrf(second)})
    taken = await browser.post(copy, headers=token)
    assert taken.headers["Content-Disposition"] == 'attachment; filename="recording.wav"'
    assert (await taken.read())[:4] == b"RIFF"
    assert len(await rows(world, "recording.copied")) == 1
    assert (await browser.post(copy, headers=token)).status == 409


async def test_a_changed_file_is_not_played(world, enter, csrf, leg_id, tmp_path):
    """One bit is enough."""
    browser = await enter("board")
    path = world.sealed_talks._path(leg_id)
    damaged = bytearray(await asyncio.to_thread(path.read_bytes))
    damaged[70] ^= 1
    await asyncio.to_thread(path.write_bytes, bytes(damaged))
    ticket = await opens(browser, csrf, leg_id)
    assert (await browser.get(f"/recordings/{ticket}/sound")).status == 500
