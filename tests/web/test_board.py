"""The supervisor's live board."""

from __future__ import annotations

import asyncio

import pytest

from agents_ui.board import port
from agents_ui.board.page import AGAIN, AGAIN_S
from agents_ui.board.port import MOST_VIEWS
from contactcentre.core import events
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.testing import call_id
from lab.pages.people import AGENTS, LEADER
from lab.pages.stage import ORIGIN

pytestmark = pytest.mark.web


async def test_views(enter, hear, world):
    """The board gets the whole view at once, and after each change what differs; no telephone."""
    link = await (await enter("board")).ws_connect("/board/live", origin=ORIGIN)
    first = await link.receive_json()
    assert first["type"] == "view"
    assert set(first["view"]) == set(port.BoardView.__slots__)
    world.not_ready(AGENTS["idle"].number, "lunch")
    told = (await hear(link, "changes"))["changes"]
    assert told["since"] == first["view"]["seq"] < told["seq"]
    ((agent_id, row),) = told["rows"]["agents"]
    assert agent_id == AGENTS["idle"].agent_id
    assert (row["state"], row["reason"]) == ("NOT_READY", "lunch")
    assert "name" not in row


async def test_a_page_that_missed_something_asks_for_the_whole(enter, hear, world):
    """It is sent again, and the next changes go on from it."""
    link = await (await enter("board")).ws_connect("/board/live", origin=ORIGIN)
    await hear(link, "view")
    await asyncio.sleep(AGAIN_S)
    await link.send_str(AGAIN)
    whole = (await hear(link, "view"))["view"]
    world.not_ready(AGENTS["idle"].number, "lunch")
    assert (await hear(link, "changes"))["changes"]["since"] == whole["seq"]


async def test_saved_views(enter, csrf):
    """They are kept by name with the account, at most so many, and no other account has them."""
    browser = await enter("board")
    headers = {"X-CSRF": csrf(browser)}

    async def send(what, **body):
        answer = await browser.post(f"/board/views/{what}", json=body, headers=headers)
        return answer.status, [one["name"] for one in (await answer.json()).get("views", [])]

    look = {"dimension": "centre", "sort": "waiting", "search": "ludza"}
    changed = look | {"problems": True}
    assert await send("save", name="Mans skats", look=look) == (200, ["Mans skats"])
    assert await send("save", name="Mans skats", look=changed) == (
        200,
        ["Mans skats"],
    )
    for number in range(1, MOST_VIEWS):
        await send("save", name=f"v{number}", look=look)
    assert (await send("save", name="one more", look=look))[0] == 409
    assert (await send("save", name="v1", look={"dimension": "street"}))[0] == 400
    assert (await send("remove", name="v1"))[0] == 200
    assert (await send("save", name="one more", look=look))[0] == 200
    page = await (await browser.get("/board")).text()
    assert "Mans skats" in page
    assert "Mans skats" not in await (await (await enter("admin")).get("/board")).text()


async def test_many_boards(enter, hear):
    """Several supervisors, or one on several screens, watch at the same time."""
    browsers = [await enter("board"), await enter("board"), await enter("admin")]
    links = [await browser.ws_connect("/board/live", origin=ORIGIN) for browser in browsers]
    for link in links:
        await hear(link, "view")
        await hear(link, "tick")


async def test_commands_are_not_for_the_board(enter, hear, world):
    """What a board page sends is passed over."""
    link = await (await enter("admin")).ws_connect("/board/live", origin=ORIGIN)
    await link.send_json({"type": "command", "id": 1, "name": "ready", "args": {}})
    await hear(link, "tick")
    assert world.heard(events.AgentEvent) == []


async def test_a_supervisor_closes_open_records(enter, world, csrf, until):
    """Of one agent: they are not recorded, and gone from the desk; nobody's are refused."""
    await enter("unsaved")
    browser = await enter("board")
    headers = {"X-CSRF": csrf(browser)}
    (agent,) = [row.agent_id for row in world.board.view(LEADER).agents if row.unsaved]
    calls = world.world.agents[agent].unsaved
    for agent_id, status in ((agent, 200), ("nobody", 404)):
        answer = await browser.post(
            "/board/close-records", json={"agent_id": agent_id}, headers=headers
        )
        assert answer.status == status
    await until(lambda: not world.world.agents[agent].unsaved)
    kinds = {call.call_id: call.record.kind for call in world.world.ended}
    assert [kinds[call_id] for call_id in calls] == ["not_recorded"]


async def test_why_a_call_waits(enter, world, until):
    """The supervisor is told in words why a call waits, and what was decided on the way."""
    browser = await enter("board")
    await until(lambda: not world.decisions._moments)
    told = await (await browser.get(f"/board/why/{call_id(1)}")).json()
    assert told["sentences"][0].startswith("Zvans rindā gaida")
    assert [moment["kind"] for moment in told["moments"]] == ["arrived", "queued"]
    assert told["moments"][1]["sentences"]
    assert (await (await enter("talking")).get(f"/board/why/{call_id(1)}")).status == 403


async def test_the_log_of_a_call_that_is_over(enter):
    """It can be asked for too; a call that is none of the latest is not found."""
    browser = await enter("board")
    told = await (await browser.get(f"/board/why/{call_id(4)}")).json()
    assert told["sentences"] == []
    assert told["moments"][-1]["kind"] == "ended"
    assert (await browser.get("/board/why/none")).status == 404


async def test_alarms_come_with_the_view(enter, hear, world):
    """What a supervisor should look at now is in every view, with its beginning."""
    world.troubles.append(Alarm(code="database-behind", since=now() - 95))
    link = await (await enter("board")).ws_connect("/board/live", origin=ORIGIN)
    alarms = (await hear(link, "view"))["view"]["alarms"]
    assert [alarm["code"] for alarm in alarms] == ["callback-overdue", "database-behind"]
    assert 0 < alarms[0]["since"] < alarms[1]["since"]
