"""What a supervisor does from the board: asked, allowed, done, on record, and taken back."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from contactcentre.core import commands, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.config.assignment import Assignment
from contactcentre.core.config.document import read
from contactcentre.storage import tables as models
from contactcentre.testing import call_id
from lab.pages.people import AGENTS
from lab.pages.scenes import RUSSIAN, TAXES
from lab.pages.stage import StagedHistory
from routing.requirement import levels

pytestmark = pytest.mark.web

Lead = Callable[..., Awaitable[dict[str, Any]]]

WHY = "Gaida pārāk ilgi"
WAITS = call_id(1)
"""Of the board's scene: somebody who waits for taxes, in Russian."""


@pytest.fixture
async def lead(enter, csrf) -> Lead:
    """A supervisor's browser asks for something; what comes of it."""
    browser = await enter("board")

    async def ask(path: str, name: str, *, status: int = 200, **args: Any) -> dict[str, Any]:
        answer = await browser.post(
            f"/supervision/{path}",
            json={"name": name, "args": args},
            headers={"X-CSRF": csrf(browser)},
        )
        assert answer.status == status
        told: dict[str, Any] = await answer.json() if status == 200 else {}
        return told

    ask.browser = browser  # type: ignore[attr-defined]
    return ask


async def audited(world: StagedHistory) -> list[Any]:
    """The rows of acts, oldest first."""
    query = select(models.audit).where(models.audit.c.action.in_(["call.led", "agent.led"]))
    async with world.database.connect() as connection:
        return list((await connection.execute(query.order_by(models.audit.c.at))).mappings())


async def test_what_may_be_done_with_a_waiting_call(lead, world):
    """All that its phase allows, and no number or name of its citizen."""
    told = await (await lead.browser.get(f"/supervision/call/{WAITS}")).json()
    assert told["acts"] == ["move", "put_first", "earmark", "withdraw", "end_call"]
    assert {one["queue"] for one in told["queues"]} == set(world.world.network.queues) - {"taxes"}
    assert "+371" not in str(told)


async def test_a_call_is_moved_put_on_record_and_moved_back(lead, world):
    """Who, what, on which call, why, what was before and after."""
    done = await lead("call", "move", call_id=WAITS, queue="benefits", why=WHY)
    assert done == {
        "done": True,
        "why": "",
        "undo": {"name": "move", "args": {"call_id": WAITS, "queue": "taxes"}},
    }
    assert world.world.calls[WAITS].queue == "benefits"
    (row,) = await audited(world)
    assert (row["action"], row["object"], row["purpose"]) == ("call.led", WAITS, WHY)
    assert row["who"]
    assert row["details"] == (
        '{"act":"move","before":{"queue":"taxes"},"after":{"queue":"benefits"}}'
    )
    undo = done["undo"]
    assert (await lead("call", undo["name"], **undo["args"], why="Atsaukts"))["done"]
    assert world.world.calls[WAITS].queue == "taxes"


async def test_a_call_is_put_first_and_taken_back(lead, world):
    """The way back is told with the deed; twice is once."""
    done = await lead("call", "put_first", call_id=call_id(2), why=WHY)
    assert done["undo"] == {"name": "put_back", "args": {"call_id": call_id(2)}}
    again = await lead("call", "put_first", call_id=call_id(2), why=WHY)
    assert (again["done"], again["why"]) == (False, "gone")
    assert next(iter(world.world.matcher.line.in_order())) == call_id(2)
    assert (await lead("call", "put_back", call_id=call_id(2)))["done"]
    assert len(await audited(world)) == 2


async def test_whom_a_call_may_be_given(lead, csrf):
    """Those in one's realms who are logged in, found by name; why not, where not."""
    answer = await lead.browser.post(
        "/supervision/candidates",
        json={"call_id": WAITS, "text": AGENTS["idle"].name[:4].lower()},
        headers={"X-CSRF": csrf(lead.browser)},
    )
    found = await answer.json()
    ids = {one["agent_id"]: one["obstacle"] for one in found["first"]}
    assert ids[AGENTS["idle"].agent_id] == "skills"  # nobody of these scenes speaks Russian
    refused = await lead(
        "call", "earmark", call_id=WAITS, agent_id=AGENTS["idle"].agent_id, why=WHY
    )
    assert (refused["done"], refused["why"]) == (False, "skills")


async def test_a_caller_is_let_go_with_a_promise(lead, world):
    """Nothing takes that back; who withholds the number stays in line."""
    refused = await lead("call", "withdraw", call_id=WAITS, ending="callback", why=WHY)
    assert (refused["done"], refused["why"]) == (False, "no-number")
    world.arrives(50, caller="+37129000050")
    for key in (RUSSIAN, TAXES):
        world.presses(50, key)
    done = await lead("call", "withdraw", call_id=call_id(50), ending="callback", why=WHY)
    assert (done["done"], done["undo"]) == (True, None)
    assert world.world.calls[call_id(50)].phase is Phase.CLOSING


async def test_a_stuck_call_is_ended_only_while_the_exchange_can_be_told(lead, world):
    """Else its caller would be forgotten there."""
    talk = world.call_of("talking").call_id
    world.apply(events.TelephonyLost(at=world.at))
    refused = await lead("call", "end_call", call_id=talk, why="Iestrēdzis")
    assert (refused["done"], refused["why"]) == (False, "no-telephony")
    world.links_up()
    assert (await lead("call", "end_call", call_id=talk, why="Iestrēdzis"))["done"]


async def test_an_agent_is_set_not_ready_and_sees_by_whom(lead, world, until):
    """On the desk, until it has been seen; and it can be taken back."""
    agent_id = AGENTS["idle"].agent_id
    done = await lead("agent", "not_ready", agent_id=agent_id, reason="training", why="Mācības")
    assert done["undo"] == {"name": "ready", "args": {"agent_id": agent_id}}
    (memo,) = world.desks.view(agent_id).memos
    assert (memo.kind, memo.text) == ("not_ready", "Mācības")
    seen = commands.MemoSeen(at=world.at, agent_id=agent_id, memo_id=memo.memo_id)
    world.apply(seen)
    assert world.desks.view(agent_id).memos == ()


async def test_another_reason_is_taken_back(lead, world):
    """Who was on a break already is so again."""
    agent_id = AGENTS["idle"].agent_id
    world.not_ready(AGENTS["idle"].number, "break")
    done = await lead("agent", "not_ready", agent_id=agent_id, reason="training", why="Mācības")
    assert done["undo"]["args"] == {"agent_id": agent_id, "reason": "break"}
    await lead("agent", done["undo"]["name"], why="Atsaukts", **done["undo"]["args"])
    assert world.world.agents[agent_id].reason == "break"
    done = await lead("agent", "not_ready", agent_id=agent_id, reason="break", why="Vēlreiz")
    assert done["undo"] is None


async def test_an_agent_is_logged_out(lead, world):
    """Of somebody free at once."""
    agent_id = AGENTS["idle"].agent_id
    assert (await lead("agent", "log_out", agent_id=agent_id, why="Aizmirsa iziet"))["done"]
    assert world.world.agents[agent_id].state is State.LOGGED_OUT


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("move", {"call_id": WAITS, "queue": "benefits"}),  # no reason
        ("move", {"call_id": WAITS, "queue": "benefits", "why": "  "}),
        ("move", {"call_id": WAITS, "queue": "benefits", "why": "x" * 301}),
        ("move", {"call_id": WAITS, "why": WHY}),
        ("move", {"call_id": WAITS, "queue": "benefits", "why": WHY, "by_id": "somebody"}),
        ("log_out", {"agent_id": AGENTS["idle"].agent_id, "why": WHY}),  # an agent's
        ("nothing", {}),
        ("put_first", {"call_id": WAITS, "why": 7}),
    ],
)
async def test_what_cannot_be_asked_for(lead, world, name, args):
    """Is refused, and nothing changes."""
    await lead("call", name, status=400, **args)
    assert await audited(world) == []


async def test_calls_and_agents_of_nobody(lead):
    """Are not found."""
    await lead("call", "put_first", status=404, call_id=call_id(99), why=WHY)
    await lead("agent", "ready", status=404, agent_id="nobody", why=WHY)
    assert (await lead.browser.get(f"/supervision/call/{call_id(99)}")).status == 404
    assert (await lead.browser.get("/supervision/agent/nobody")).status == 404


async def test_while_the_database_is_away_acts_count(lead, world):
    """The journal keeps who and why; nobody waits on the telephone for a database."""
    world.database_away = True
    assert (await lead("call", "put_first", call_id=WAITS, why=WHY))["done"]
    assert world.world.calls[WAITS].queueing.first


async def test_a_message_is_shown_until_it_is_seen(lead, csrf, world):
    """To one, to a centre, to all who are logged in; who has not seen it is told by name."""

    async def send(to: str, text: str, status: int = 200) -> int:
        answer = await lead.browser.post(
            "/supervision/memo",
            json={"to": to, "text": text},
            headers={"X-CSRF": csrf(lead.browser)},
        )
        assert answer.status == status
        return (await answer.json())["sent"] if status == 200 else 0

    idle = AGENTS["idle"]
    assert await send(f"agent:{idle.agent_id}", "Pēc pusdienām lūdzu ienāciet") == 1
    everybody = await send("all", "Vētra: e-pakalpojumi nedarbojas")
    centre = world.world.network.agents[idle.agent_id].centre_id
    assert 1 <= await send(f"centre:{centre}", "Sapulce 15.00") < everybody
    texts = [memo.text for memo in world.desks.view(idle.agent_id).memos]
    assert texts == [
        "Pēc pusdienām lūdzu ienāciet",
        "Vētra: e-pakalpojumi nedarbojas",
        "Sapulce 15.00",
    ]
    for memo in world.desks.view(idle.agent_id).memos:
        world.apply(commands.MemoSeen(at=world.at, agent_id=idle.agent_id, memo_id=memo.memo_id))
    room = await (await lead.browser.get("/supervision/memos")).json()
    left = {memo["text"]: memo for memo in room["memos"]}
    assert "Pēc pusdienām lūdzu ienāciet" not in left
    storm = left["Vētra: e-pakalpojumi nedarbojas"]
    assert (storm["recipients"], storm["unseen"]) == (everybody, everybody - 1)
    assert idle.name not in storm["names"]
    await send("all", " ", status=400)
    await send("all", "x" * 501, status=400)
    await send("agent:nobody", "x", status=404)
    await send("everywhere", "x", status=404)


async def test_who_asks_for_help_reads_who_comes(enter, csrf, world):
    """By name, until it has been seen; and that is on record."""
    agent_id = AGENTS["idle"].agent_id
    browser = await enter("board")
    world.apply(commands.HelpAsked(at=world.at, agent_id=agent_id))
    headers = {"X-CSRF": csrf(browser)}
    answer = await browser.post("/board/help", json={"agent_id": agent_id}, headers=headers)
    assert answer.status == 200
    (memo,) = world.desks.view(agent_id).memos
    assert (memo.kind, bool(memo.by)) == ("help", True)
    (row,) = await audited(world)
    assert (row["object"], json.loads(row["details"])) == (agent_id, {"act": "help"})


async def test_nobody_listens_where_it_cannot_be_put_on_record(lead, world):
    """Nor where the caller was not told, nor to what is none of one's own."""
    talk = world.call_of("talking").call_id
    asked = {"call_id": talk, "mode": "listen", "why": "Mācības"}
    refused = await lead("listen", "listen", **asked)
    assert (refused["done"], refused["why"]) == (False, "no-policy")
    await lead("listen", "listen", status=400, listener="a1", mode="shout", call_id=talk, why=WHY)
    await lead("listen", "put_first", status=400, call_id=talk, why=WHY)
    await lead("call", "listen_end", status=400, call_id=talk)
    await lead("listen", "listen_end", status=404, call_id=call_id(99))
    world.database_away = True
    await lead("listen", "listen_turn", status=503, call_id=talk, mode="barge")


async def test_the_caller_of_a_lost_desk_is_given_to_others(enter, lead, world):
    """The caller of a desk that is there stays where it is, and the act is not offered; who did it
    and why is on record, and on the desk when it comes back."""
    await enter("rejoining")
    await enter("talking")
    lost, there = AGENTS["rejoining"], AGENTS["talking"]
    for one in (lost, there):
        told = await (await lead.browser.get(f"/supervision/agent/{one.agent_id}")).json()
        assert ("give_caller" in told["acts"]) is (one is lost)
    asked = {"why": "Nav pie galda"}
    told = await lead("agent", "give_caller", agent_id=there.agent_id, **asked)
    assert told == {"done": False, "why": "gone", "undo": None}
    assert (await lead("agent", "give_caller", agent_id=lost.agent_id, **asked))["done"]
    call = world.world.calls[call_id(lost.number)]
    assert (call.talk.agent_id, call.record.services) == (None, ("VSAA-KOPS",))
    agent = world.world.agents[lost.agent_id]
    assert (agent.call_id, agent.memos[-1].kind) == (None, "caller_given")
    written = [(row["action"], row["purpose"]) for row in await audited(world)]
    assert written == [("agent.led", "Nav pie galda")]


async def test_queues_for_the_rest_of_the_day(lead, world, enter):
    """Chosen by their names, kept until midnight, on record, told to the agent, and taken back."""
    await enter("talking")
    agent_id = AGENTS["talking"].agent_id
    told = await (await lead.browser.get(f"/supervision/agent/{agent_id}")).json()
    usual = [one["queue"] for one in told["queues"] if one["usual"] and not one["fixed"]]
    assert not told["assigned"]
    assert [one["takes"] for one in told["queues"]] == [one["usual"] for one in told["queues"]]
    fixed = [one["queue"] for one in told["queues"] if one["fixed"]]
    wanted = [*fixed, *usual[1:]]
    why = "Slims kolēģis"
    done = await lead("queues", "queues", agent_id=agent_id, queues=wanted, why=why)
    assert done["undo"] == {"name": "queues", "args": {"agent_id": agent_id, "queues": None}}
    assert world.desks.view(agent_id).memos[-1].kind == "queues"
    (row,) = await audited(world)
    assert (row["purpose"], json.loads(row["details"])["after"]) == (why, wanted)
    async with world.database.connect() as connection:
        (kept,) = (await connection.execute(select(models.assignments))).mappings()
    given = Assignment(agent_id=agent_id, until_at=2e9, skills=levels(kept["skills"]))
    network = replace(world.world.crisis.published, assignments={agent_id: given})
    world.apply(events.NetworkPublished(at=world.at, network=network))
    told = await (await lead.browser.get(f"/supervision/agent/{agent_id}")).json()
    assert told["assigned"]
    assert {one["queue"] for one in told["queues"] if one["takes"]} == set(wanted)
    await lead("queues", "queues", agent_id=agent_id, queues=None, why=why)
    async with world.database.connect() as connection:
        assert (await connection.execute(select(models.assignments))).all() == []


async def kept_for_today(world) -> list[dict[str, Any]]:
    """The rows of the table."""
    async with world.database.connect() as connection:
        rows = (await connection.execute(select(models.assignments))).mappings()
        return [dict(row) for row in rows]


def said(world, row: dict[str, Any]) -> None:
    """What the table says comes into force, as the next look has it."""
    network = world.world.crisis.published
    given = {"until_at": 2e9, "skills": row["skills"], "languages": row["languages"]}
    one = read(Assignment, {"agent_id": row["agent_id"], **given}, "assignment")
    published = replace(network, assignments={row["agent_id"]: one})
    world.apply(events.NetworkPublished(at=world.at, network=published))


async def test_skills_and_a_language_for_a_day(lead, enter, world):
    """Given and taken with a level, with a reason; the agent is told and sees it, the audit log has
    both, queues that are chosen afterwards leave the language, and it is undone to what stood."""
    agent_id = AGENTS["talking"].agent_id
    told = await (await lead.browser.get(f"/supervision/agent/{agent_id}")).json()
    usual = {(one["name"], one["language"]): one["usual"] for one in told["skills"]}
    assert all(one["level"] == one["usual"] for one in told["skills"])
    assert (usual["ru", True], usual["en", True], usual["lv", True]) == (0, 3, 5)
    (new,) = [name for (name, language), level in usual.items() if not language and not level]
    given = {"skills": [[new, 2]], "languages": [["lv", 5], ["ru", 3]]}
    done = await lead("queues", "skills", agent_id=agent_id, why=WHY, **given)
    assert done["undo"] == {"name": "queues", "args": {"agent_id": agent_id, "queues": None}}
    assert world.desks.view(agent_id).memos[-1].kind == "skills"
    (row,) = await audited(world)
    details = json.loads(row["details"])
    assert (row["purpose"], details["act"], details["before"]) == (WHY, "skills", None)
    assert details["after"] == {"skills": {new: 2}, "languages": {"lv": 5, "ru": 3}}
    (kept,) = await kept_for_today(world)
    said(world, kept)
    told = await (await lead.browser.get(f"/supervision/agent/{agent_id}")).json()
    today = {(one["name"], one["language"]): one["level"] for one in told["skills"]}
    assert (today["ru", True], today["en", True], today[new, False]) == (3, 0, 2)
    assert told["assigned"]
    browser = await enter("talking")
    day = await (await browser.get("/desk/day")).json()
    seen = {(one["name"], one["language"]): one["level"] for one in day["skills"]}
    assert seen == {(new, False): 2, ("lv", True): 5, ("ru", True): 3}
    fixed = [one["queue"] for one in told["queues"] if one["fixed"]]
    done = await lead("queues", "queues", agent_id=agent_id, queues=fixed, why=WHY)
    assert done["undo"] == {"name": "skills", "args": {"agent_id": agent_id, **given}}
    (kept,) = await kept_for_today(world)
    assert kept["languages"] == {"lv": 5, "ru": 3}
    assert not kept["skills"].get(new)
    undo = done["undo"]["args"]
    await lead("queues", "skills", **undo, why=WHY)
    (kept,) = await kept_for_today(world)
    assert (kept["skills"], kept["languages"]) == ({new: 2}, {"lv": 5, "ru": 3})


@pytest.mark.parametrize(
    "given",
    [
        {"skills": [["nothing", 2]], "languages": []},
        {"skills": [], "languages": [["xx", 2]]},
        {"skills": [["taxes", 6]], "languages": []},
        {"skills": [["taxes", 0]], "languages": []},
        {"skills": [["taxes", "2"]], "languages": []},
        {"skills": [["lv", 2]], "languages": []},
        {"skills": []},
    ],
)
async def test_skills_that_cannot_be(lead, world, given):
    """Unknown ones, languages that are none, levels that are none: nothing is kept."""
    asked = {"agent_id": AGENTS["talking"].agent_id, "why": WHY, **given}
    await lead("queues", "skills", status=400, **asked)
    assert await kept_for_today(world) == []


async def test_queues_that_cannot_be(lead, world):
    """Unknown ones, an unknown agent, no reason, none that can be left, and no database."""
    agent_id = AGENTS["talking"].agent_id
    asked = {"agent_id": agent_id, "queues": ["nowhere"], "why": WHY}
    await lead("queues", "queues", status=400, **asked)
    await lead("queues", "queues", status=400, **{**asked, "queues": None, "why": " "})
    await lead("queues", "queues", status=404, **{**asked, "queues": None, "agent_id": "x"})
    refused = await lead("queues", "queues", **{**asked, "queues": []})
    assert (refused["done"], refused["why"]) == (False, "inseparable")
    world.database_away = True
    await lead("queues", "queues", status=503, **{**asked, "queues": None})
