"""Nothing of a person in logs, addresses or representations."""

from __future__ import annotations

import pytest
import structlog
from sqlalchemy import text

from agents_ui.shell.port import PhoneLogin
from contactcentre.storage import tables as models
from lab.pages.people import AGENTS, PASSWORD
from lab.pages.stage import ORIGIN

pytestmark = pytest.mark.web
HTML = {"Accept": "text/html"}


async def test_log_of_a_working_day(enter, csrf, world, hear, sessions):
    """Log-in, page, link, note, search and history leave no name, number, note or secret."""
    with structlog.testing.capture_logs() as lines:
        browser = await enter("talking")
        call = world.call_of("talking")
        await browser.get("/desk", headers=HTML)
        link = await browser.ws_connect("/desk/live", origin=ORIGIN)
        note = {"call_id": call.call_id, "text": "slepena piezīme", "base": 1}
        await link.send_json({"type": "command", "id": 1, "name": "note", "args": note})
        await hear(link, "ack")
        await link.close()
        await browser.get(f"/desk/history/{call.call_id}?who={call.caller[4:]}")
        headers = {"X-CSRF": csrf(browser)}
        await browser.post("/desk/services", json={"q": "mans bērns"}, headers=headers)
        await browser.post("/login", data={"csrf": "x", "username": "janis", "password": "p4ss"})
    written = repr(lines)
    secrets = [*sessions, headers["X-CSRF"], "janis", "p4ss"]
    citizen = (call.caller, call.caller[4:], call.call_id)
    for hidden in (*citizen, "slepena", "mans", "Liepa", *secrets):
        assert hidden not in written
    assert {line["route"] for line in lines if line.get("action") == "request"} >= {
        "/desk/history/{call_id}"
    }


async def test_denials_are_written(enter, sessions):
    """Who was refused what stands in the log, by ids."""
    browser = await enter("talking")
    with structlog.testing.capture_logs() as lines:
        await browser.get("/board", headers=HTML)
    (denial,) = (line for line in lines if line["action"] == "denied")
    assert (denial["error"], denial["route"], denial["user_id"]) == (
        "forbidden",
        "/board",
        next(iter(sessions.values())).person.user_id,
    )


async def test_fault_is_written_without_its_text(enter, world):
    """A fault's message and variables may hold a caller's data: only its kind and place go out."""
    browser, caller = await enter("talking"), AGENTS["talking"].caller
    async with world.database.begin() as connection:
        broken = models.contacts.update().values(services=text(f"'{caller} is no JSON'"))
        await connection.execute(broken)
    with structlog.testing.capture_logs() as lines:
        path = f"/desk/history/{world.call_of('talking').call_id}"
        answer = await browser.get(path, headers=HTML)
    (fault,) = (line for line in lines if line.get("action") == "request_failed")
    assert (answer.status, fault["fault"]) == (500, "DecodeError")  # msgspec's, as everywhere
    assert caller not in repr(lines)
    page = await answer.text()
    assert fault["incident"] in page
    assert caller not in page


def test_secrets_are_not_shown():
    """Printing a session or a phone's log-in does not print its secret."""
    phone = PhoneLogin(uri="sip:a@b", password=PASSWORD, websocket="ws://b", display_name="A")
    assert PASSWORD not in repr(phone)
