"""Nothing of a person in logs, addresses or representations."""

from __future__ import annotations

import pytest
import structlog

from agents_ui.preview.fakes import ORIGIN, PASSWORD, FakeHistory
from agents_ui.shell.port import PhoneLogin

pytestmark = pytest.mark.web
HTML = {"Accept": "text/html"}


async def test_log_of_a_working_day(enter, csrf, world, hear):
    """Log-in, page, link, note, search and history leave no name, number, note or secret."""
    with structlog.testing.capture_logs() as lines:
        browser = await enter("talking")
        await browser.get("/desk", headers=HTML)
        link = await browser.ws_connect("/desk/live", origin=ORIGIN)
        note = {"call_id": "c-1", "text": "slepena piezīme", "version": 9}
        await link.send_json({"type": "command", "id": 1, "name": "note", "args": note})
        await hear(link, "ack")
        await link.close()
        await browser.get("/desk/history/c-1?who=29000045")
        headers = {"X-CSRF": csrf(browser)}
        await browser.post("/desk/services", json={"q": "mans bērns"}, headers=headers)
        await browser.post("/login", data={"csrf": "x", "username": "janis", "password": "p4ss"})
    written = repr(lines)
    view = world.desks.view("a-talking")
    secrets = [*world.accounts.sessions, headers["X-CSRF"], "janis", "p4ss"]
    for hidden in (view.call.caller, "29000045", "slepena", "mans", "Liepa", "c-1", *secrets):
        assert hidden not in written
    assert {line["route"] for line in lines if line["action"] == "request"} >= {
        "/desk/history/{call_id}"
    }


async def test_denials_are_written(enter):
    """Who was refused what stands in the log, by ids."""
    browser = await enter("talking")
    with structlog.testing.capture_logs() as lines:
        await browser.get("/board", headers=HTML)
    (denial,) = (line for line in lines if line["action"] == "denied")
    assert (denial["error"], denial["route"], denial["user_id"]) == (
        "forbidden",
        "/board",
        "u-talking",
    )


async def test_fault_is_written_without_its_text(enter, world, monkeypatch):
    """A fault's message and variables may hold a caller's data: only its kind and place go out."""

    async def break_down(self, agent_id, call_id):
        raise RuntimeError(world.desks.view(agent_id).call.caller)

    monkeypatch.setattr(FakeHistory, "contacts", break_down)
    browser = await enter("talking")
    with structlog.testing.capture_logs() as lines:
        answer = await browser.get("/desk/history/c-1", headers=HTML)
    (fault,) = (line for line in lines if line["action"] == "request_failed")
    assert (answer.status, fault["fault"]) == (500, "RuntimeError")
    assert "+37129000045" not in repr(lines)
    page = await answer.text()
    assert fault["incident"] in page
    assert "+37129000045" not in page


def test_secrets_are_not_shown():
    """Printing a session or a phone's log-in does not print its secret."""
    phone = PhoneLogin(uri="sip:a@b", password=PASSWORD, websocket="ws://b", display_name="A")
    assert PASSWORD not in repr(phone)
