"""An agent answers on what is chosen; a talk moves to another device. Each party has a tone."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing

import pytest
import pytest_asyncio

from contactcentre import paths
from contactcentre.storage import tables as models
from lab.agent import SEEN_WITHIN_S, DeskAgent
from lab.hotline import HotlineFor, Rehearsal, hears_speech
from lab.pitch import AGENT, CITIZEN, Parties
from lab.telephone import PhoneCall, Telephone

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="module"),
]

WHO, MOBILE = "ilze.ritausma", "+37120000777"

ELSEWHERE = 1150
"""The agent's tone on the other device, in hertz."""

LEGS = """
SELECT * FROM legs WHERE call_id = '{}' AND party = 'agent' AND why IS NOT NULL ORDER BY from_at
"""


class Talk(Parties):
    """A citizen, and an agent who usually answers on the table and has everything."""

    def __init__(self, hotline: Rehearsal, agent: DeskAgent, carrier: Telephone) -> None:
        super().__init__()
        self.hotline, self.agent, self.carrier, self.desk = hotline, agent, carrier, agent.desk
        self.call_id = ""

    async def begins(self) -> None:
        """On the table."""
        self.call_id = await self.begin(self.carrier, self.agent)

    async def moves(self, device: str) -> None:
        """The agent chooses; the citizen hears music, and the former telephone nothing more."""
        former = self.parties.pop(AGENT)
        assert await self.desk.command("device", device=device)
        await self.desk.until(lambda view: view["device"] == device)
        async with asyncio.timeout(5):
            await former.ended.wait()

    async def mobile(self) -> PhoneCall:
        """It rings, and is lifted, and says what to press."""
        async with asyncio.timeout(SEEN_WITHIN_S):
            ringing = await self.carrier.ringing.get()
        assert ringing.dialled == MOBILE
        talk = await ringing.answer()
        await hears_speech(talk)
        return talk

    async def lifts(self) -> PhoneCall:
        """The receiver on the table, or the page, when it rings."""
        async with asyncio.timeout(SEEN_WITHIN_S):
            while (ringing := await self.agent.phone.ringing.get()).cancelled.is_set():
                pass
        return await ringing.answer()

    async def goes_on(self, talk: PhoneCall) -> None:
        """The citizen, who was never gone, is heard there and nowhere else."""
        self.joins(ELSEWHERE, talk)
        await self.desk.until(lambda view: view["call"] and view["call"]["phase"] == "talking")
        await self.heard((CITIZEN, ELSEWHERE))
        assert self.desk.view["call"]["call_id"] == self.call_id

    async def legs(self, count: int) -> list[tuple[str, str]]:
        """Once the citizen has hung up: by which devices, and why each ended."""
        await self.parties[CITIZEN].hang_up()
        await self.desk.until_state("WRAP_UP")
        rows = await self.hotline.until_rows(LEGS.format(self.call_id), count)
        return [(row["device"], row["why"]) for row in rows]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(hotline_for: HotlineFor) -> AsyncIterator[tuple[Rehearsal, Telephone]]:
    """A hotline for all that is tried here, and its carrier's telephone."""
    async with hotline_for("device", WHO) as (hotline, carrier):
        await hotline.edit(models.queues, ring_s=30)
        await hotline.edit(models.agents, await hotline.agent_id(WHO), mobile=MOBILE)
        await hotline.start_service()
        yield hotline, carrier


@pytest_asyncio.fixture(loop_scope="module")
async def talk(running: tuple[Rehearsal, Telephone]) -> AsyncIterator[Talk]:
    """The agent is ready, and nobody has rung yet."""
    hotline, carrier = running
    async with AsyncExitStack() as stack:
        agent = await stack.enter_async_context(hotline.agent(WHO))
        await agent.desk.until_state("READY")
        yield Talk(hotline, agent, carrier)
        await agent.desk.log_out()


async def test_readiness_follows_what_is_chosen(talk: Talk) -> None:
    """A mobile is taken for reachable, a telephone that is unplugged is not, and a page is one as
    soon as it has registered with the secret that it is given then; a new log-in begins anew."""
    desk = talk.desk
    assert desk.view["devices"] == ["browser", "desk", "mobile"]
    await talk.agent.unregister()
    assert (await desk.until_state("NOT_READY"))["reason"] == "phone"
    assert await desk.command("device", device="mobile")
    await desk.until_state("READY")
    assert desk.phone == {}
    assert await desk.command("device", device="browser")
    assert (await desk.until(lambda view: view["device"] == "browser"))["reason"] == "phone"
    await desk.until_linked()
    assert not desk.phone["uri"].split("@")[0].endswith("-table")
    assert await desk.command("device", device="desk")
    await talk.agent.register()
    await desk.until_state("READY")
    await talk.begins()
    assert await talk.legs(1) == [("desk", "caller_left")]


async def test_a_talk_moves_to_a_mobile(talk: Talk) -> None:
    """Key 1 accepts there, too; the telephone on the table is let go without a blame."""
    await talk.begins()
    await talk.moves("mobile")
    mobile = await talk.mobile()
    await talk.heard()
    mobile.media.press("1")
    await talk.goes_on(mobile)
    assert await talk.legs(2) == [("desk", "moved"), ("mobile", "caller_left")]


async def test_a_mobile_that_says_no_gives_the_talk_back(talk: Talk) -> None:
    """Where it was, by itself: the telephone on the table rings again."""
    await talk.begins()
    await talk.moves("mobile")
    async with asyncio.timeout(SEEN_WITHIN_S):
        (await talk.carrier.ringing.get()).refuse("486 Busy Here")
    await talk.desk.until(lambda view: view["device"] == "desk")
    await talk.goes_on(await talk.lifts())
    assert await talk.legs(3) == [("desk", "moved"), ("mobile", "busy"), ("desk", "caller_left")]


async def test_a_talk_moves_into_the_page_and_out_of_it(talk: Talk) -> None:
    """The page is given its secret with the choice. What was typed into the telephone on the table
    counts all the while."""
    await talk.begins()
    async with talk.hotline.telephone("127.0.0.1") as browser:
        await talk.moves("browser")
        await talk.desk.until_linked()
        login, table = talk.desk.phone, talk.agent
        endpoint = login["uri"].removeprefix("sip:").partition("@")[0]
        # The one thing of a browser that a plain telephone is not: it speaks no WebRTC.
        with closing(sqlite3.connect(paths.directory(talk.hotline.settings))) as rows:
            rows.execute("UPDATE ps_endpoints SET webrtc = 'no' WHERE id = ?", (endpoint,))
            rows.commit()
        await browser.register(endpoint, login["password"])
        async with asyncio.timeout(SEEN_WITHIN_S):
            page = await (await browser.ringing.get()).answer()
        await talk.goes_on(page)
        await table.register()
        assert await talk.desk.command("device", device="desk")
        async with asyncio.timeout(5):
            await page.ended.wait()
        talk.parties.pop(ELSEWHERE)
        await talk.goes_on(await talk.lifts())
    assert await talk.legs(3) == [
        ("desk", "moved"),
        ("browser", "moved"),
        ("desk", "caller_left"),
    ]


async def test_the_service_is_killed_while_the_other_device_rings(talk: Talk) -> None:
    """The next one goes on with what was chosen; the citizen is never dropped."""
    await talk.begins()
    await talk.moves("mobile")
    async with asyncio.timeout(SEEN_WITHIN_S):
        await talk.carrier.ringing.get()
    await talk.hotline.kill_service()
    await talk.hotline.start_service()
    mobile = await talk.mobile()
    mobile.media.press("1")
    await talk.goes_on(mobile)
    assert not talk.parties[CITIZEN].ended.is_set()
    assert talk.desk.view["device"] == "mobile"
    await talk.parties[CITIZEN].hang_up()
    await talk.desk.until_state("WRAP_UP")
