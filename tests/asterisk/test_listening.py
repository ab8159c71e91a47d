"""A supervisor listens, whispers and speaks: each party has a tone of its own."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from contactcentre.storage import tables as models
from lab.agent import DeskAgent
from lab.hotline import HotlineFor, Rehearsal
from lab.pitch import AGENT, CITIZEN, Parties, until_hears
from lab.supervisor import Supervisor, supervisor
from lab.telephone import Telephone

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="module"),
]

FIRST, LEADER = "ilze.ritausma", "janis.kalnvejs"
SUPERVISOR = 1150
"""That one's tone, in hertz."""

TALK = ((CITIZEN, AGENT), (AGENT, CITIZEN))
LISTENS = (*TALK, (SUPERVISOR, CITIZEN), (SUPERVISOR, AGENT))
WHISPERS = (*LISTENS, (AGENT, SUPERVISOR))
SPEAKS = (*WHISPERS, (CITIZEN, SUPERVISOR))
WHY = "Jauna darbinieka pirmā diena"


class Talk(Parties):
    """The agent has a citizen; the supervisor, who is an agent too, takes no calls."""

    def __init__(
        self, hotline: Rehearsal, first: DeskAgent, leader: DeskAgent, board: Supervisor
    ) -> None:
        super().__init__()
        self.hotline = hotline
        self.first = first
        self.leader = leader
        self.board = board
        self.call_id = ""

    async def listens(self, mode: str) -> None:
        """The supervisor asks for it, and the own phone rings."""
        await self.board.does("listen", "listen", call_id=self.call_id, mode=mode, why=WHY)
        ringing = await asyncio.wait_for(self.leader.phone.ringing.get(), 10)
        self.joins(SUPERVISOR, await ringing.answer())

    async def turns(self, mode: str) -> None:
        """To another mode."""
        await self.board.does("listen", "listen_turn", call_id=self.call_id, mode=mode)

    async def hears(self, *ways: tuple[int, int]) -> None:
        """Only so, and nobody else."""
        await until_hears(self.parties, *ways)

    async def is_told(self, mode: str | None) -> None:
        """The agent sees who it is, and how; or that it is over."""
        await self.first.desk.until(
            lambda view: ((view["call"] or {}).get("listened") or {}).get("mode") == mode
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(hotline_for: HotlineFor) -> AsyncIterator[tuple[Rehearsal, Telephone]]:
    """A hotline where supervisors may listen, and its carrier's telephone."""
    async with hotline_for("listening", FIRST, LEADER, listen="1") as (hotline, carrier):
        policy = {"basis": "MK noteikumi", "notice": "wait.listening"}
        await hotline.edit(models.queues, listening=policy)
        await hotline.sql(
            "INSERT INTO grants SELECT user_id, 'supervisor', 'network', '', :at, 'test'"
            " FROM users WHERE username = :username",
            at=time.time(),
            username=LEADER,
        )
        await hotline.start_service()
        yield hotline, carrier


@pytest_asyncio.fixture(loop_scope="module")
async def talk(running: tuple[Rehearsal, Telephone]) -> AsyncIterator[Talk]:
    """A citizen and an agent talk, a supervisor watches."""
    hotline, carrier = running
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(hotline.agent(FIRST))
        leader = await stack.enter_async_context(hotline.agent(LEADER, ready=False))
        board = await stack.enter_async_context(supervisor(hotline, LEADER))
        made = Talk(hotline, first, leader, board)
        made.call_id = await made.begin(carrier, first)
        yield made


async def test_listen_whisper_and_barge(talk: Talk) -> None:
    """Who is to hear whom does, in each mode, without hanging up; and it ends with the talk."""
    await talk.listens("listen")
    await talk.hears(*LISTENS)
    await talk.is_told("listen")
    await talk.turns("whisper")
    await talk.hears(*WHISPERS)
    await talk.is_told("whisper")
    await talk.turns("barge")
    await talk.hears(*SPEAKS)
    await talk.turns("listen")
    await talk.hears(*LISTENS)
    await talk.parties[CITIZEN].hang_up()
    await asyncio.wait_for(talk.parties[SUPERVISOR].ended.wait(), 5)
    legs = await talk.hotline.until_rows(
        f"SELECT * FROM legs WHERE call_id = '{talk.call_id}' AND purpose = 'listen'"  # noqa: S608
        " AND to_at IS NOT NULL",
        1,
    )
    assert legs[0]["answered_at"] < legs[0]["to_at"]
    rows = await talk.hotline.sql(
        "SELECT details, purpose FROM audit WHERE action = 'call.listened' ORDER BY at"
    )
    modes = ["listen", "whisper", "barge", "listen"]
    assert [row["details"].split('"')[3] for row in rows] == modes
    assert rows[0]["purpose"] == WHY


async def test_held_and_ended_by_the_supervisor(talk: Talk) -> None:
    """A hold interrupts nothing; the citizen on hold hears no supervisor; the talk goes on."""
    await talk.listens("whisper")
    await talk.hears(*WHISPERS)
    for name in ("hold", "resume"):
        assert await talk.first.desk.command(name, call_id=talk.call_id)
    await talk.hears(*WHISPERS)
    await talk.board.does("listen", "listen_end", call_id=talk.call_id)
    await asyncio.wait_for(talk.parties.pop(SUPERVISOR).ended.wait(), 5)
    await talk.hears(*TALK)
    await talk.is_told(None)
    await talk.parties[CITIZEN].hang_up()


async def test_the_service_is_killed_while_somebody_listens(talk: Talk) -> None:
    """It is heard on; the next process knows of it, turns it, and lets go when the talk ends."""
    await talk.listens("listen")
    await talk.hears(*LISTENS)
    await talk.hotline.kill_service()
    await talk.hears(*LISTENS)
    await talk.hotline.start_service()
    await talk.is_told("listen")
    await talk.turns("whisper")
    await talk.hears(*WHISPERS)
    await talk.parties[CITIZEN].hang_up()
    await asyncio.wait_for(talk.parties[SUPERVISOR].ended.wait(), 5)


async def test_one_listens_at_a_time(talk: Talk) -> None:
    """Whoever asks meanwhile is told why not, and nothing changes."""
    await talk.listens("listen")
    again = await talk.board.asks("listen", "listen", call_id=talk.call_id, mode="listen", why=WHY)
    assert (again["done"], again["why"]) == (False, "listened-to")
    await talk.hears(*LISTENS)
    await talk.parties[CITIZEN].hang_up()
    await asyncio.wait_for(talk.parties[SUPERVISOR].ended.wait(), 5)
