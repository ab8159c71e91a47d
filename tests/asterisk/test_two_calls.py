"""An agent with two citizens and one telephone: each party has a tone of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count

import pytest
import pytest_asyncio

from lab.agent import DeskAgent
from lab.hotline import HotlineFor, Rehearsal, Row
from lab.pitch import AGENT, CITIZEN, Parties
from lab.supervisor import supervisor
from lab.telephone import Telephone

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="module"),
]

FIRST, SECOND, SUPERVISOR = "ilze.ritausma", "janis.kalnvejs", "dace.zvaigznucela"
OFFICES = (f"6700000{number}" for number in count())
"""One is not rung more than a few times in an hour."""

OTHER, COLLEAGUE = 1150, 1650
"""Tones, in hertz."""


class Two(Parties):
    """The agent has rung the other citizen beside the talk with the first."""

    def __init__(
        self, hotline: Rehearsal, agent: DeskAgent, colleague: DeskAgent, carrier: Telephone
    ) -> None:
        super().__init__()
        self.hotline = hotline
        self.agent = agent
        self.colleague = colleague
        self.carrier = carrier
        self.calls: dict[int, str] = {}  # by the tone of their citizens

    async def both_begin(self) -> None:
        """The first citizen is answered, and the other one rung."""
        self.calls[CITIZEN] = await self.begin(self.carrier, self.agent)
        assert await self.agent.desk.command("dial", number=next(OFFICES))
        ringing = await self.carrier.ringing.get()
        await self.heard()
        self.joins(OTHER, await ringing.answer())
        await self.heard((OTHER, AGENT))
        self.calls[OTHER] = self.at_hand

    @property
    def at_hand(self) -> str:
        """The call to which the agent is turned."""
        return str(self.agent.desk.view["call"]["call_id"])

    async def does(self, name: str, hz: int, **more: str) -> None:
        """A command about one of the two."""
        assert await self.agent.desk.command(name, call_id=self.calls[hz], **more), name

    async def turns(self, hz: int) -> None:
        """To that citizen, whom alone the agent hears then."""
        await self.does("resume", hz)
        await self.heard((hz, AGENT))

    async def music(self, *held: int) -> None:
        """These are sent something, by which they know that they are not forgotten."""
        async with asyncio.timeout(5):
            for hz in held:
                await self.parties[hz].media.hears(25)

    async def leaves(self, hz: int) -> None:
        """That citizen hangs up."""
        await self.parties.pop(hz).hang_up()
        await self.agent.desk.until(lambda view: view["beside"] is None)

    async def rows(self, table: str, hz: int, which: str, count: int) -> list[Row]:
        """Those of one call, once there are so many."""
        query = f"SELECT * FROM {table} WHERE call_id = '{self.calls[hz]}' AND {which}"  # noqa: S608
        return await self.hotline.until_rows(query, count)

    async def killed(self) -> None:
        """The service dies, and comes back."""
        await self.hotline.kill_service()
        await self.hotline.start_service()
        await self.agent.desk.until(lambda view: view["call"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(hotline_for: HotlineFor) -> AsyncIterator[tuple[Rehearsal, Telephone]]:
    """A hotline for all that is tried here, whose service runs, and its carrier's telephone."""
    async with hotline_for("two-calls", FIRST, SECOND) as (hotline, carrier):
        await hotline.start_service()
        yield hotline, carrier


@pytest_asyncio.fixture(loop_scope="module")
async def two(running: tuple[Rehearsal, Telephone]) -> AsyncIterator[Two]:
    """As `Two` says; a colleague comes when asked for."""
    hotline, carrier = running
    async with AsyncExitStack() as stack:
        agent = await stack.enter_async_context(hotline.agent(FIRST))
        await agent.desk.until_state("READY")
        colleague = await stack.enter_async_context(hotline.agent(SECOND, ready=False))
        made = Two(hotline, agent, colleague, carrier)
        await made.both_begin()
        yield made


async def test_turned_held_and_each_hangs_up(two: Two) -> None:
    """One is heard at a time, by one telephone that never rings again; each has its own record."""
    await two.turns(CITIZEN)
    await two.music(OTHER)
    await two.turns(OTHER)
    await two.music(CITIZEN)
    await two.does("hold", OTHER)
    await two.heard()
    await two.music(OTHER, CITIZEN)
    await two.turns(CITIZEN)
    await two.does("note", CITIZEN, text="first", base=0)
    await two.does("note", OTHER, text="second", base=0)
    await two.leaves(CITIZEN)
    await two.heard()
    assert two.at_hand == two.calls[OTHER]
    await two.turns(OTHER)
    await two.parties.pop(OTHER).hang_up()
    await two.agent.desk.until_state("WRAP_UP", "NOT_READY", "READY")
    for hz, note in ((CITIZEN, "first"), (OTHER, "second")):
        (row,) = await two.rows("contacts", hz, "ended_at IS NOT NULL", 1)
        assert (row["outcome"], row["note"]) == ("answered", note)
        (leg,) = await two.rows("legs", hz, "party = 'agent' AND why IS NOT NULL", 1)
        assert leg["why"] == "caller_left"
        assert 0 < leg["hold_s"] < leg["to_at"] - leg["answered_at"]
    assert two.agent.phone.ringing.empty()


async def test_the_agent_ends_each_in_turn(two: Two) -> None:
    """The one at hand, then the one that was held, which needs no turning back."""
    await two.does("end", OTHER)
    async with asyncio.timeout(10):
        await two.parties.pop(OTHER).ended.wait()
    await two.agent.desk.until(lambda view: view["beside"] is None)
    await two.heard()
    assert not two.parties[CITIZEN].ended.is_set()
    await two.turns(CITIZEN)
    await two.does("end", CITIZEN)
    async with asyncio.timeout(10):
        await two.parties[CITIZEN].ended.wait()
        await two.parties[AGENT].ended.wait()


async def test_the_service_is_killed_in_each_state(two: Two) -> None:
    """Nobody is dropped, and both can be turned to when it is back."""
    await two.killed()
    await two.heard((OTHER, AGENT))
    await two.turns(CITIZEN)
    await two.killed()
    await two.heard((CITIZEN, AGENT))
    await two.turns(OTHER)
    await two.does("hold", OTHER)
    await two.heard()
    await two.killed()
    await two.turns(CITIZEN)
    await two.leaves(CITIZEN)
    await two.killed()
    # That the citizen has left may be what was not written down yet: then the exchange tells of it.
    await two.agent.desk.until(lambda view: view["call"] and view["beside"] is None)
    if two.agent.desk.view["call"]["parked"]:  # else the leg has fetched the citizen by itself
        await two.does("resume", OTHER)
    await two.heard((OTHER, AGENT))
    await two.killed()
    await two.heard((OTHER, AGENT))
    await two.parties[OTHER].hang_up()


async def test_the_one_at_hand_leaves_while_nobody_serves(two: Two) -> None:
    """The agent's leg takes the held citizen back by itself; the service finds it so."""
    await two.hotline.kill_service()
    await two.parties.pop(OTHER).hang_up()
    await two.heard((CITIZEN, AGENT))
    await two.hotline.start_service()
    await two.agent.desk.until(lambda view: view["call"] and view["beside"] is None)
    assert two.at_hand == two.calls[CITIZEN]
    await two.heard((CITIZEN, AGENT))
    await two.does("hold", CITIZEN)
    await two.heard()
    await two.turns(CITIZEN)
    await two.parties[CITIZEN].hang_up()


async def test_the_service_is_killed_while_a_second_is_rung(two: Two) -> None:
    """The agent's leg has taken the held citizen back by itself: music again, and the leg is there
    for whoever lifts."""
    await two.leaves(OTHER)
    await two.turns(CITIZEN)
    assert await two.agent.desk.command("dial", number=next(OFFICES))
    ringing = await two.carrier.ringing.get()
    await two.heard()
    await two.hotline.kill_service()
    await two.heard((CITIZEN, AGENT))
    await two.hotline.start_service()
    await two.agent.desk.until(lambda view: view["call"] and view["call"]["parked"])
    await two.heard()
    await two.music(CITIZEN)
    two.joins(OTHER, await ringing.answer())
    await two.heard((OTHER, AGENT))
    two.calls[OTHER] = two.at_hand
    await two.turns(CITIZEN)
    assert two.agent.phone.ringing.empty()
    await two.leaves(OTHER)
    await two.parties[CITIZEN].hang_up()


async def test_the_agent_s_telephone_is_hung_up(two: Two) -> None:
    """That talk is over, and the agent is rung for the citizen who was held."""
    await two.parties.pop(AGENT).hang_up()
    async with asyncio.timeout(10):
        await two.parties.pop(OTHER).ended.wait()
    two.joins(AGENT, await (await two.agent.phone.ringing.get()).answer())
    await two.heard((CITIZEN, AGENT))
    assert two.at_hand == two.calls[CITIZEN]
    await two.parties[CITIZEN].hang_up()


async def test_the_held_one_is_passed_on_and_the_other_asked_about(two: Two) -> None:
    """Each by name, with the one leg of the agent's, who goes on with whoever is left."""
    await two.colleague.get_ready()
    colleague = await two.hotline.agent_id(SECOND)
    await two.does("consult", OTHER, colleague=colleague)
    two.joins(COLLEAGUE, await two.colleague.answer())
    await two.heard((AGENT, COLLEAGUE))
    await two.does("swap", OTHER)
    await two.heard((OTHER, AGENT))
    await two.does("drop", OTHER)
    await two.heard((OTHER, AGENT))
    two.parties.pop(COLLEAGUE)
    await two.colleague.desk.until_state("READY")
    await two.does("pass", CITIZEN, colleague=colleague)
    two.joins(COLLEAGUE, await two.colleague.answer())
    await two.heard((CITIZEN, COLLEAGUE))
    await two.agent.desk.until(lambda view: view["beside"] is None)
    await two.does("resume", OTHER)
    await two.heard((CITIZEN, COLLEAGUE), (OTHER, AGENT))
    await two.parties[CITIZEN].hang_up()
    await two.parties[OTHER].hang_up()


async def test_the_agent_leaves_the_one_at_hand_to_a_colleague(two: Two) -> None:
    """Who was asked; the leg comes out of that talk, and the held one is taken back."""
    await two.colleague.get_ready()
    await two.does("consult", OTHER, colleague=await two.hotline.agent_id(SECOND))
    two.joins(COLLEAGUE, await two.colleague.answer())
    await two.heard((AGENT, COLLEAGUE))
    await two.does("complete", OTHER)
    await two.heard((OTHER, COLLEAGUE))
    assert two.at_hand == two.calls[CITIZEN]
    await two.does("resume", CITIZEN)
    await two.heard((OTHER, COLLEAGUE), (CITIZEN, AGENT))
    await two.parties[CITIZEN].hang_up()
    await two.parties[OTHER].hang_up()


async def test_a_supervisor_ends_one(two: Two) -> None:
    """The other is on hold, and can be taken back."""
    async with supervisor(two.hotline, SUPERVISOR) as board:
        await board.does("call", "end_call", call_id=two.calls[OTHER], why="Iestrēdzis")
    async with asyncio.timeout(10):
        await two.parties.pop(OTHER).ended.wait()
    await two.turns(CITIZEN)
    await two.parties[CITIZEN].hang_up()
