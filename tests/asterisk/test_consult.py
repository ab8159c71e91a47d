"""Hold, consult and passing on to a person: each party has a tone of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from contactcentre.storage import tables as models
from lab.agent import DeskAgent
from lab.hotline import Rehearsal, Row, hears_speech, rehearsal
from lab.pitch import say, until_heard
from lab.telephone import PhoneCall, Telephone

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="module"),
]

HOTLINE, BENEFITS = "60000100", "1"
FIRST, SECOND = "ilze.ritausma", "janis.kalnvejs"
OUTSIDE_NUMBER = "67000000"

CITIZEN, AGENT, COLLEAGUE = 450, 750, 1150
"""The tones, in hertz."""


class Call:
    """The first agent has a citizen; the second is free."""

    def __init__(
        self,
        hotline: Rehearsal,
        first: DeskAgent,
        second: DeskAgent,
        colleague: str,
        carrier: Telephone,
    ) -> None:
        self.carrier = carrier
        self.hotline = hotline
        self.first = first
        self.second = second
        self.colleague = colleague
        self.parties: dict[int, PhoneCall] = {}
        self.call_id = ""

    def joins(self, hz: int, talk: PhoneCall) -> None:
        """Another party."""
        say(talk, hz)
        self.parties[hz] = talk

    async def begin(self, citizen: Telephone) -> None:
        """The citizen rings, and is answered."""
        caller = await citizen.call(HOTLINE, "+37120000001")
        await hears_speech(caller)
        caller.media.press(BENEFITS)
        self.parties.clear()
        self.joins(AGENT, await self.first.answer())
        self.joins(CITIZEN, caller)
        self.call_id = self.first.desk.view["call"]["call_id"]
        await self.heard((CITIZEN, AGENT))

    async def does(self, name: str, **more: str) -> None:
        """A command about the call."""
        assert await self.first.desk.command(name, call_id=self.call_id, **more), name

    async def rows(self, table: str, which: str, count: int) -> list[Row]:
        """Those of this call, once there are so many."""
        query = f"SELECT * FROM {table} WHERE call_id = '{self.call_id}' AND {which}"  # noqa: S608
        return await self.hotline.until_rows(query, count)

    async def heard(self, *pairs: tuple[int, int]) -> None:
        """Only these hear each other."""
        await until_heard(self.parties, *pairs)

    async def consults(self) -> None:
        """The colleague is asked, and answers."""
        await self.does("consult", colleague=self.colleague)
        self.joins(COLLEAGUE, await self.second.answer())
        await self.heard((AGENT, COLLEAGUE))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    sample_home: Path, tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> AsyncIterator[tuple[Rehearsal, Telephone]]:
    """A hotline for all that is tried here, whose service runs, and its carrier's telephone."""
    home = tmp_path_factory.mktemp("consult") / "home"
    await asyncio.to_thread(shutil.copytree, sample_home, home)
    async with rehearsal(home, free_port, desk_phones=(FIRST, SECOND)) as ready:
        await ready.edit(models.queues, ring_s=4, wrap_up_s=3)
        await ready.edit(models.centres, calendar_id=None)
        await ready.sql("UPDATE flows SET document = replace(document, '[wait.thanks]', '[]')")
        async with ready.telephone(rung=True) as carrier:
            await ready.start_service()
            yield ready, carrier
        await ready.pbx.kill()


@pytest_asyncio.fixture(loop_scope="module")
async def call(running: tuple[Rehearsal, Telephone]) -> AsyncIterator[Call]:
    """A citizen and an agent talk, another is free."""
    hotline, carrier = running
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(hotline.agent(FIRST))
        second = await stack.enter_async_context(hotline.agent(SECOND))
        for agent in (first, second):
            await agent.desk.until_state("READY")
        call = Call(hotline, first, second, await hotline.agent_id(SECOND), carrier)
        await call.begin(carrier)
        yield call


async def test_hold_consult_swap_three_and_complete(call: Call) -> None:
    """Who is to hear whom does, and nobody else; the colleague has the citizen at the end."""
    await call.does("hold")
    await call.heard()
    await call.does("resume")
    await call.heard((CITIZEN, AGENT))
    await call.consults()
    await call.does("drop")
    await call.heard((CITIZEN, AGENT))
    await call.second.desk.until_state("READY")
    call.parties.pop(COLLEAGUE)
    await call.consults()
    await call.does("swap")
    await call.heard((CITIZEN, AGENT))
    await call.does("swap")
    await call.heard((AGENT, COLLEAGUE))
    await call.does("join_all")
    await call.heard((CITIZEN, AGENT), (AGENT, COLLEAGUE), (CITIZEN, COLLEAGUE))
    await call.does("complete")
    await call.first.desk.until_state("READY")
    call.parties.pop(AGENT)
    await call.heard((CITIZEN, COLLEAGUE))
    await call.parties[CITIZEN].hang_up()
    await call.second.desk.until_state("WRAP_UP")
    legs = await call.rows("legs", "party = 'agent' AND why IS NOT NULL ORDER BY from_at", 3)
    assert [(leg["purpose"], leg["why"]) for leg in legs] == [
        ("offer", "transferred"),
        ("consult", "hung_up"),
        ("handed", "caller_left"),
    ]
    assert [leg["hold_s"] > 0 for leg in legs] == [True, False, False]


async def test_passed_on_in_vain_and_to_somebody(call: Call) -> None:
    """A busy colleague brings the citizen back to the agent. Somebody outside sees the hotline's
    number, joins in, leaves, and has the citizen when rung for him."""
    await call.does("pass", colleague=call.colleague)
    (await call.second.phone.ringing.get()).refuse("486 Busy Here")
    view = await call.first.desk.until(lambda view: view["call"]["tried"])
    assert view["call"]["tried"]["result"] == "busy"
    await call.heard((CITIZEN, AGENT))
    outside = call.carrier
    await call.does("consult", number=OUTSIDE_NUMBER)
    ringing = await outside.ringing.get()
    assert (ringing.dialled, ringing.caller) == (f"+371{OUTSIDE_NUMBER}", HOTLINE)
    call.joins(COLLEAGUE, await ringing.answer())
    await call.heard((AGENT, COLLEAGUE))
    await call.does("join_all")
    await call.heard((CITIZEN, AGENT), (AGENT, COLLEAGUE), (CITIZEN, COLLEAGUE))
    await call.parties.pop(COLLEAGUE).hang_up()
    await call.heard((CITIZEN, AGENT))
    await call.does("pass", number=OUTSIDE_NUMBER)
    call.joins(COLLEAGUE, await (await outside.ringing.get()).answer())
    await call.first.save()
    call.parties.pop(AGENT)
    await call.heard((CITIZEN, COLLEAGUE))
    await call.parties[CITIZEN].hang_up()
    (row,) = await call.rows("contacts", "ended_at IS NOT NULL", 1)
    assert row["outcome"] == "answered"
    logs = [call.hotline.service_log(), *call.hotline.pbx.log_lines()]
    assert not [line for line in logs if OUTSIDE_NUMBER in line]


async def test_the_service_is_killed_in_each_state(call: Call) -> None:
    """Nobody is dropped, and the controls are right again when it is back."""
    await call.does("hold")
    await call.heard()
    await _killed(call)
    await call.does("resume")
    await call.heard((CITIZEN, AGENT))
    await call.consults()
    await _killed(call)
    await call.heard((AGENT, COLLEAGUE))
    await call.does("swap")
    await call.heard((CITIZEN, AGENT))
    await _killed(call)
    await call.does("join_all")
    await call.heard((CITIZEN, AGENT), (AGENT, COLLEAGUE), (CITIZEN, COLLEAGUE))
    await _killed(call)
    await call.heard((CITIZEN, AGENT), (AGENT, COLLEAGUE), (CITIZEN, COLLEAGUE))
    await call.does("drop")
    await call.second.desk.until_state("READY")
    call.parties.pop(COLLEAGUE)
    await call.heard((CITIZEN, AGENT))
    await call.parties[CITIZEN].hang_up()
    await call.first.desk.until_state("WRAP_UP")


async def _killed(call: Call) -> None:
    await call.hotline.kill_service()
    await call.hotline.start_service()
    await call.first.desk.until(lambda view: view["call"])
