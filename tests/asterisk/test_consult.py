"""Hold, consult and passing on to a person: each party has a tone of its own."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from contactcentre.storage import tables as models
from lab.agent import DeskAgent
from lab.hotline import HotlineFor, Rehearsal, Row, hears_speech
from lab.pitch import AGENT, CITIZEN, HOTLINE, Parties, until_hears
from lab.telephone import Telephone

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="module"),
]

FIRST, SECOND, THIRD = "ilze.ritausma", "janis.kalnvejs", "anna.berzina"
FOURTH, SUPERVISOR = "inese.mezrozite", "uldis.atsledzins"
MOBILE = "+37120000777"
OUTSIDE_NUMBER = "67000000"

COLLEAGUE = 1150
"""That one's tone, in hertz."""


class Call(Parties):
    """The first agent has a citizen; the second is free."""

    def __init__(
        self,
        hotline: Rehearsal,
        first: DeskAgent,
        second: DeskAgent,
        colleague: str,
        carrier: Telephone,
    ) -> None:
        super().__init__()
        self.carrier = carrier
        self.hotline = hotline
        self.first = first
        self.second = second
        self.colleague = colleague
        self.call_id = ""

    async def does(self, name: str, **more: str | bool) -> None:
        """A command about the call."""
        assert await self.first.desk.command(name, call_id=self.call_id, **more), name

    async def rows(self, table: str, which: str, count: int) -> list[Row]:
        """Those of this call, once there are so many."""
        query = f"SELECT * FROM {table} WHERE call_id = '{self.call_id}' AND {which}"  # noqa: S608
        return await self.hotline.until_rows(query, count)

    async def consults(self) -> None:
        """The colleague is asked, and answers."""
        await self.does("consult", colleague=self.colleague)
        self.joins(COLLEAGUE, await self.second.answer())
        await self.heard((AGENT, COLLEAGUE))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(hotline_for: HotlineFor) -> AsyncIterator[tuple[Rehearsal, Telephone]]:
    """A hotline for all that is tried here, whose service runs, and its carrier's telephone."""
    async with hotline_for("consult", FIRST, SECOND, FOURTH) as (hotline, carrier):
        first, third = await hotline.agent_id(FIRST), await hotline.agent_id(THIRD)
        await hotline.edit(models.agents, first, centre_id="sala")
        await hotline.edit(models.agents, third, device="mobile", mobile=MOBILE)
        await hotline.start_service()
        yield hotline, carrier


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
        call.call_id = await call.begin(carrier, first)
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


async def test_muted_and_keys_by_the_desk(call: Call) -> None:
    """As in a browser, of a telephone on a table: nobody hears a muted agent, over a hold and a
    service that is killed; keys are heard by whom the agent talks to, and by nobody else."""
    await call.does("mute", muted=True)
    await until_hears(call.parties, (AGENT, CITIZEN))
    await call.does("hold")
    await call.heard()
    await call.does("resume")
    await until_hears(call.parties, (AGENT, CITIZEN))
    await _killed(call)
    assert call.first.desk.view["call"]["muted"]
    await until_hears(call.parties, (AGENT, CITIZEN))
    await call.does("mute", muted=False)
    await call.heard((CITIZEN, AGENT))
    await _keys(call, "5#", CITIZEN)
    await call.does("consult", number=OUTSIDE_NUMBER)
    call.joins(COLLEAGUE, await (await call.carrier.ringing.get()).answer())
    await call.heard((AGENT, COLLEAGUE))
    await _keys(call, "12", COLLEAGUE)
    await call.does("mute", muted=True)
    await until_hears(call.parties, (AGENT, COLLEAGUE))
    await call.does("swap")
    await until_hears(call.parties, (AGENT, CITIZEN))
    await call.does("join_all")
    await until_hears(
        call.parties,
        *((AGENT, CITIZEN), (AGENT, COLLEAGUE), (CITIZEN, COLLEAGUE), (COLLEAGUE, CITIZEN)),
    )
    await call.does("mute", muted=False)
    await call.heard((CITIZEN, AGENT), (AGENT, COLLEAGUE), (CITIZEN, COLLEAGUE))
    assert call.parties[CITIZEN].media.keys_heard == "5#"
    await call.parties[CITIZEN].hang_up()
    await call.first.desk.until_state("WRAP_UP")


async def _keys(call: Call, keys: str, hears: int) -> None:
    media = call.parties[hears].media
    for key in keys:
        await call.does("key", digit=key)
    async with asyncio.timeout(5):
        while media.keys_heard != keys:
            await media.hears(1)


async def test_passed_on_to_a_colleague_who_answers(call: Call) -> None:
    """The colleague has the citizen and the record, the agent is free, and each leg its own row."""
    await call.does("note", text="Jautā par pabalstu", base=0)
    await call.does("pass", colleague=call.colleague)
    await call.heard()
    call.parties.pop(AGENT)
    call.joins(COLLEAGUE, await call.second.answer())
    await call.heard((CITIZEN, COLLEAGUE))
    await call.first.desk.until_state("READY", "NOT_READY")
    view = call.second.desk.view["call"]
    assert (view["note"], view["own"]) == ("Jautā par pabalstu", True)
    await call.parties[CITIZEN].hang_up()
    await call.second.desk.until_state("WRAP_UP")
    legs = await call.rows("legs", "party = 'agent' AND why IS NOT NULL ORDER BY from_at", 2)
    assert [(leg["purpose"], leg["why"]) for leg in legs] == [
        ("offer", "transferred"),
        ("handed", "caller_left"),
    ]


async def test_taken_over_by_a_colleague_who_has_offered(call: Call) -> None:
    """The agent agrees, the colleague answers; the service is killed when all is asked for."""
    assert await call.second.desk.command("offer_to_take", call_id=call.call_id)
    view = await call.first.desk.until(lambda view: view["call"]["taker"])
    await _killed(call)
    await call.first.desk.until(lambda view: view["call"]["taker"])
    await call.heard((CITIZEN, AGENT))
    await call.does("pass", colleague=view["call"]["taker"]["agent_id"])
    call.parties.pop(AGENT)
    call.joins(COLLEAGUE, await call.second.answer())
    await call.heard((CITIZEN, COLLEAGUE))
    assert call.second.desk.view["call"]["taker"] is None
    await call.parties[CITIZEN].hang_up()
    await call.second.desk.until_state("WRAP_UP")


async def test_the_caller_of_a_lost_desk_is_given_to_others(call: Call) -> None:
    """The agent's telephone is gone: a supervisor's click, and the next agent has the citizen."""
    await call.does("hold")
    await call.first.unregister()
    await call.first.desk.until(lambda view: not view["phone"])
    agent_id = await call.hotline.agent_id(FIRST)
    origin = call.hotline.settings.panel_origin
    async with call.hotline.client(SUPERVISOR) as client:
        async with client.get(f"{origin}/board") as page:
            token = re.search(r'"csrf": ?"([^"]+)"', await page.text())
        assert token
        headers = {"X-CSRF": token[1], "Origin": origin}
        args = {"agent_id": agent_id, "why": "Nav pie galda"}
        body = {"name": "give_caller", "args": args}
        async with client.post(f"{origin}/supervision/agent", json=body, headers=headers) as told:
            assert (await told.json())["done"]
    call.parties.pop(AGENT)
    async with call.hotline.agent(FOURTH) as fourth:
        call.joins(COLLEAGUE, await fourth.answer())
        await call.heard((CITIZEN, COLLEAGUE))
        assert fourth.desk.view["call"]["call_id"] == call.call_id
        await call.parties[CITIZEN].hang_up()
        await fourth.desk.until_state("WRAP_UP")


async def test_a_colleagues_mobile_is_asked(call: Call) -> None:
    """Key 1 accepts there as well; it shows the hotline's number, joins in, and has the citizen."""
    async with call.hotline.desk(THIRD) as third:
        await third.command("ready")
        await third.until_state("READY")
        await call.does("consult", colleague=await call.hotline.agent_id(THIRD))
        ringing = await call.carrier.ringing.get()
        assert (ringing.dialled, ringing.caller) == (MOBILE, HOTLINE)
        mobile = await ringing.answer()
        await hears_speech(mobile)
        mobile.media.press("1")
        await third.until_state("TALKING")
        call.joins(COLLEAGUE, mobile)
        await call.heard((AGENT, COLLEAGUE))
        await call.does("swap")
        await call.heard((CITIZEN, AGENT))
        await call.does("join_all")
        await call.heard((CITIZEN, AGENT), (AGENT, COLLEAGUE), (CITIZEN, COLLEAGUE))
        await call.does("complete")
        call.parties.pop(AGENT)
        await call.heard((CITIZEN, COLLEAGUE))
        await mobile.hang_up()
        await call.parties[CITIZEN].ended.wait()
        await third.until_state("WRAP_UP")
        # Reached without a page: the next citizen is for those who have one.
        await third.command("not_ready", reason="break")
        await third.until_state("NOT_READY")


async def test_a_held_citizen_is_fetched_when_no_service_lives(call: Call) -> None:
    """The agent's leg takes its citizen back by itself; the next service believes it."""
    await call.does("hold")
    await call.heard()
    await call.hotline.kill_service()
    await call.heard((CITIZEN, AGENT))
    await call.hotline.start_service()
    # The page may not know of the new service yet, and show what it saw last.
    view = await call.first.desk.until(
        lambda view: view["call"] and view["call"]["held_since"] is None
    )
    assert view["state"] == "TALKING"
    await call.does("hold")
    await call.heard()
    await call.does("resume")
    await call.heard((CITIZEN, AGENT))
    await call.parties[CITIZEN].hang_up()
    await call.first.desk.until_state("WRAP_UP")


async def test_pressed_faster_than_the_exchange(call: Call) -> None:
    """From either side, and twice: whoever does not wait is understood all the same."""
    await call.consults()
    await call.does("swap")
    await call.does("join_all")
    await call.heard((CITIZEN, AGENT), (AGENT, COLLEAGUE), (CITIZEN, COLLEAGUE))
    await call.does("drop")
    call.parties.pop(COLLEAGUE)
    await call.heard((CITIZEN, AGENT))
    await call.second.desk.until_state("READY")
    await call.consults()
    await call.does("swap")
    await call.does("swap")
    await call.heard((AGENT, COLLEAGUE))
    await call.does("swap")
    await call.heard((CITIZEN, AGENT))
    await call.does("swap")
    await call.does("join_all")
    await call.heard((CITIZEN, AGENT), (AGENT, COLLEAGUE), (CITIZEN, COLLEAGUE))
    await call.parties[CITIZEN].hang_up()
    await call.first.desk.until_state("WRAP_UP")
