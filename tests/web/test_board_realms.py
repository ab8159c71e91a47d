"""What a supervisor of a part of the network sees of it, and what not."""

from __future__ import annotations

import asyncio
from html import unescape

import pytest

from agents_ui.shell.permissions import around
from agents_ui.shell.port import NETWORK, Grant, Person
from lab.pages.people import AGENTS
from lab.pages.stage import ORIGIN

pytestmark = pytest.mark.web

HERE = ("municipality", "jekabpils")
BESIDE = ("municipality", "ludza")
"""All scenes play in the former."""


@pytest.fixture
async def lead(enter, grant):
    """Make the supervisor one of some realms: the browser."""

    async def make(*realms):
        browser = await enter("board")
        await grant(browser, "supervisor", *realms)
        return browser

    return make


def supervisor(*realms):
    """Somebody who leads there."""
    grants = frozenset(Grant(role="supervisor", realm=realm) for realm in realms)
    return Person(user_id="u", name="Gunta", grants=grants)


async def test_agents_and_calls_are_those_of_the_realms(enter, world):
    """Of a municipality its own; of another nothing; of two both; the queues are everybody's."""
    await enter("board")
    whole = world.board.view(supervisor(NETWORK))
    here = world.board.view(supervisor(HERE))
    beside = world.board.view(supervisor(BESIDE))
    assert whole.realms == ()
    assert (here.realms, beside.realms) == (("Jēkabpils novads",), ("Ludzas novads",))
    staged = {one.agent_id for one in AGENTS.values()}
    assert staged & {row.agent_id for row in here.agents} == staged & {
        row.agent_id for row in whole.agents
    }
    assert not staged & {row.agent_id for row in beside.agents}
    assert {row.call_id for row in here.calls} & {row.call_id for row in beside.calls} == set()
    assert here.callbacks
    assert (beside.calls, beside.callbacks, beside.callbacks_waiting) == ((), (), 0)
    for ours, all_of_them in zip(
        (here.total, *here.queues), (whole.total, *whole.queues), strict=True
    ):
        assert (ours.waiting, ours.answered) == (all_of_them.waiting, all_of_them.answered)
    assert beside.total.ours == 0
    assert 0 < here.total.ours <= here.total.waiting
    assert whole.total.ours is None
    assert len(world.board.view(supervisor(HERE, BESIDE)).agents) == len(here.agents) + len(
        beside.agents
    )


async def test_a_centre(enter, world):
    """Its agents, and the calls that ring or talk there, wherever they came from."""
    await enter("board")
    view = world.board.view(supervisor(("centre", "talking")))
    assert [row.name for row in view.agents] == [AGENTS["talking"].name]
    assert world.call_of("talking").call_id in {row.call_id for row in view.calls}
    assert world.call_of("held").call_id not in {row.call_id for row in view.calls}


async def test_a_call_beside_is_not_found(lead, world, csrf):
    """Neither why it is where it is, nor the records of an agent there."""
    browser = await lead(BESIDE)
    call_id = world.call_of("talking").call_id
    assert (await browser.get(f"/board/why/{call_id}")).status == 404
    closing = {"agent_id": AGENTS["unsaved"].agent_id}
    headers = {"X-CSRF": csrf(browser)}
    answer = await browser.post("/board/close-records", json=closing, headers=headers)
    assert answer.status == 404
    assert world.agent(AGENTS["unsaved"].number).unsaved


async def test_agents_beside_are_told_by_their_centre(lead, world, until):
    """In the reasons of a call of one's own, too: nobody's name leaves the municipality."""
    browser = await lead(("centre", "talking"))
    await until(lambda: not world.decisions._moments)
    call_id = world.call_of("talking").call_id
    told = await (await browser.get(f"/board/why/{call_id}")).text()
    others = [one.name for scene, one in AGENTS.items() if scene != "talking"]
    assert [name for name in others if name in told] == []


async def test_links_of_different_reach(lead, enter, hear, world):
    """Two pages at once: each is told what its person sees."""
    narrow = await (await lead(("centre", "talking"))).ws_connect("/board/live", origin=ORIGIN)
    wide = await (await enter("admin")).ws_connect("/board/live", origin=ORIGIN)
    assert len((await hear(narrow, "view"))["view"]["agents"]) == 1
    assert len((await hear(wide, "view"))["view"]["agents"]) > 1
    world.not_ready(AGENTS["idle"].number, "lunch")
    own = AGENTS["talking"].agent_id
    for link, others in ((narrow, False), (wide, True)):
        rows = (await hear(link, "changes"))["changes"]["rows"]
        assert bool({key for key, _ in rows.get("agents", ())} - {own}) is others


@pytest.mark.parametrize(
    "realm",
    [HERE, BESIDE, ("centre", "talking"), ("centre", "ludza"), ("institution", "VSAA")],
)
async def test_every_byte_that_is_sent_is_of_the_realm(lead, world, until, realm):
    """The page, the whole view and all changes of a busy moment: nobody's name and no call of
    elsewhere is in them, whatever the role's realm is; figures are of the own centres."""
    browser = await lead(realm)
    sent = await (await browser.get("/board")).text()
    link = await browser.ws_connect("/board/live", origin=ORIGIN)
    sent += await link.receive_str()
    world.not_ready(AGENTS["idle"].number, "lunch")
    world.ready(AGENTS["idle"].number)
    world.hangs_up(AGENTS["held"].number)
    whole = world.board.view(supervisor(NETWORK))
    async with asyncio.timeout(10):
        while True:
            message = await link.receive_str()
            sent += message
            if f'"seq":{world.board.view(supervisor(realm)).seq}' in message:
                break
    own = world.board.view(supervisor(realm))
    names = {row.name for row in whole.agents} - {row.name for row in own.agents}
    calls = {row.call_id for row in whole.calls} - {row.call_id for row in own.calls}
    assert names or realm == HERE
    assert [one for one in names | calls if one in sent] == []
    assert {row.key for row in own.groups if row.dimension == "centre"} == {
        key
        for key in world.world.network.centres
        if realm in around(world.world.network.place(key))
    }


async def test_a_crisis_is_seen_and_not_switched(lead, world):
    """Of its plan no name of another municipality's volunteer; the switch is the network's."""
    page = unescape(await (await (await lead(HERE)).get("/crisis")).text())
    volunteers = {name for plan in world.crisis.plans() for name in plan.volunteers}
    assert volunteers
    assert [name for name in volunteers if name in page] == []
    assert 'action="/crisis/on"' not in page
    page = unescape(await (await (await lead(NETWORK)).get("/crisis")).text())
    assert [name for name in volunteers if name not in page] == []
    assert 'action="/crisis/on"' in page
