"""A supervisor acts under twenty callers, and while the service is killed: nobody is dropped, and
what was asked for is done once, or told as not done."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

import aiohttp
import pytest

from lab.agent import DeskAgent
from lab.hotline import Rehearsal, hears_speech, until
from lab.supervisor import Supervisor, supervisor
from lab.telephone import PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(150)]

HOTLINE, BENEFITS, DOCUMENTS = "60000100", "1", "2"
FIRST, SECOND, LEADER = "ilze.ritausma", "tatjana.pienenova", "dace.zvaigznucela"
WAITING = 20
UNDER_WAY_S = 0.004
"""So long after it was asked for, the service is about it."""
WHY = "Gaida pārāk ilgi"


class Crowd:
    """Twenty callers for benefits, whom nobody answers yet, and a supervisor of the network."""

    def __init__(self, hotline: Rehearsal, board: Supervisor, talks: dict[str, PhoneCall]) -> None:
        self.hotline = hotline
        self.board = board
        self.talks = talks  # by call id, who came first is first

    async def phase(self, call_id: str) -> str:
        """As the database has it."""
        await self.hotline.until_projected()
        (row,) = await self.hotline.sql(
            "SELECT phase, queue FROM contacts WHERE call_id = :call_id", call_id=call_id
        )
        return f"{row['phase']} {row['queue']}"

    def here(self) -> int:
        """Those who have not been hung up on."""
        return sum(not talk.ended.is_set() for talk in self.talks.values())


async def ring(phone: Telephone, number: int) -> PhoneCall:
    """Ring the hotline and choose benefits."""
    talk = await phone.call(HOTLINE, f"+371200001{number:02}")
    await hears_speech(talk)
    talk.media.press(BENEFITS)
    return talk


@pytest.fixture
async def crowd(hotline: Rehearsal) -> AsyncIterator[Crowd]:
    """They wait."""
    await hotline.start_service()
    async with AsyncExitStack() as stack:
        phone = await stack.enter_async_context(hotline.telephone())
        board = await stack.enter_async_context(supervisor(hotline, LEADER))
        async with asyncio.TaskGroup() as tasks:
            ringing = [tasks.create_task(ring(phone, number)) for number in range(WAITING)]
        by_number = {f"+371200001{at:02}": one.result() for at, one in enumerate(ringing)}
        await hotline.until_calls(60.0, waiting=WAITING)
        await hotline.until_projected()
        rows = await hotline.sql("SELECT call_id, caller FROM contacts ORDER BY queued_at")
        talks = {row["call_id"]: by_number[row["caller"]] for row in rows}
        yield Crowd(hotline, board, talks)


@pytest.fixture
async def agents(crowd: Crowd) -> AsyncIterator[tuple[DeskAgent, DeskAgent]]:
    """Two at their desks, who are not ready."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(crowd.hotline.agent(FIRST, ready=False))
        second = await stack.enter_async_context(crowd.hotline.agent(SECOND, ready=False))
        for agent in (first, second):
            await agent.desk.command("microphone", granted=True)
        yield first, second


async def test_acts_under_twenty_callers(crowd: Crowd, agents: tuple[DeskAgent, DeskAgent]) -> None:
    """Moved, put first, withdrawn, earmarked, an agent set ready and out of a stuck call: each does
    what it says to one, and all others wait on."""
    first, second = agents
    ids = list(crowd.talks)
    board, agent_id = crowd.board, await crowd.hotline.agent_id(FIRST)
    await board.does("call", "move", call_id=ids[0], queue="documents", why=WHY)
    assert await crowd.phase(ids[0]) == "waiting documents"
    await board.does("call", "withdraw", call_id=ids[1], ending="busy", why=WHY)
    await asyncio.wait_for(crowd.talks[ids[1]].ended.wait(), 15)
    await board.does("call", "put_first", call_id=ids[19], why=WHY)
    await board.does("agent", "ready", agent_id=agent_id, why=WHY)
    talk = await first.answer()
    assert first.desk.view["call"]["call_id"] == ids[19]
    await board.does("call", "earmark", call_id=ids[10], agent_id=agent_id, why=WHY)
    other = await crowd.hotline.agent_id(SECOND)
    await board.does("agent", "ready", agent_id=other, why=WHY)
    await second.answer()
    assert second.desk.view["call"]["call_id"] == ids[0]  # who has waited longest
    await board.does("agent", "release", agent_id=agent_id, why="Iestrēdzis")
    await asyncio.wait_for(crowd.talks[ids[19]].ended.wait(), 5)
    await asyncio.wait_for(talk.ended.wait(), 5)
    await board.does("agent", "release", agent_id=agent_id, why="Iestrēdzis")  # of the wrap-up
    await first.answer()
    assert first.desk.view["call"]["call_id"] == ids[10]
    assert crowd.here() == WAITING - 2
    kinds = {memo["kind"] for memo in first.desk.view["memos"]}
    assert kinds == {"ready", "released"}


@pytest.mark.parametrize("name", ["move", "put_first", "earmark", "withdraw", "end_call"])
async def test_killed_between_command_and_effect(
    crowd: Crowd, agents: tuple[DeskAgent, DeskAgent], name: str
) -> None:
    """What was told as done is so after the start; what was not, may have been done once. All
    others are where they were."""
    target = list(crowd.talks)[7]
    args = {
        "move": {"queue": "documents"},
        "earmark": {"agent_id": await crowd.hotline.agent_id(FIRST)},
        "withdraw": {"ending": "busy"},
    }.get(name, {})
    await agents[0].desk.command("ready")
    talk = await agents[0].answer()
    target = agents[0].desk.view["call"]["call_id"] if name == "end_call" else target
    asking = asyncio.create_task(crowd.board.asks("call", name, call_id=target, why=WHY, **args))
    await asyncio.sleep(UNDER_WAY_S)
    await crowd.hotline.kill_service()
    done = False
    with suppress(aiohttp.ClientError):
        done = (await asking)["done"]
    await crowd.hotline.start_service()
    gone = crowd.talks[target].ended
    if done and name in ("withdraw", "end_call"):
        await asyncio.wait_for(gone.wait(), 20)

    async def all_wait() -> bool:
        calls = await crowd.hotline.figures()
        lost = name != "end_call" and gone.is_set()
        return calls.get('calls{phase="waiting"}') == WAITING - 1 - lost

    await until(all_wait, "not all others wait", 20)
    if done and name == "move":
        assert await crowd.phase(target) == "waiting documents"
    assert not any(one.ended.is_set() for key, one in crowd.talks.items() if key != target)

    async def both_or_none() -> bool:
        return talk.ended.is_set() is (name == "end_call" and gone.is_set())

    await until(both_or_none, "agent and caller are parted", 20)
