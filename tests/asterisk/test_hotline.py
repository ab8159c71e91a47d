"""Calls through the whole house: Asterisk, the service, its journal, its database, the desks."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from contactcentre.storage import tables as models
from lab.hotline import OFFERS, Rehearsal, hears_speech, until
from lab.telephone import CallRefused, PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

HOTLINE = "60000100"
CENTRE = "60000101"
CITIZEN = "+37120000001"
OTHER_CITIZEN = "+37120000002"

# Family and pensions; after 8, the same in Russian.
BENEFITS = "1"
BENEFITS_IN_RUSSIAN = "81"

# Every byte of A-law in turn: a rasp far louder than any music.
VOICE = bytes(range(256)) * 400
VOICE_LOUDNESS = 0.1

BENEFITS_AGENT = "ilze.ritausma"  # speaks no Russian
SECOND_BENEFITS_AGENT = "tatjana.pienenova"  # speaks Russian too
DOCUMENTS_AGENT = "janis.kalnvejs"
BROWSER_AGENT = "martins.upeslacis"

RECORDED = "SELECT * FROM contacts WHERE recorded_at IS NOT NULL"
ENDED = "SELECT * FROM contacts WHERE ended_at IS NOT NULL ORDER BY arrived_at"


@pytest.fixture
async def service(hotline: Rehearsal) -> Rehearsal:
    """The hotline, with its service."""
    await hotline.start_service()
    return hotline


@pytest.fixture
async def citizen(service: Rehearsal):
    """A telephone behind the carrier."""
    async with service.telephone() as phone:
        yield phone


async def ring(phone: Telephone, keys: str, caller: str = CITIZEN) -> PhoneCall:
    """Ring the hotline and press keys in its menu."""
    talk = await phone.call(HOTLINE, caller)
    await hears_speech(talk)
    talk.media.press(keys)
    return talk


async def ended(talk: PhoneCall) -> None:
    """Return when the other side has hung up."""
    async with asyncio.timeout(10):
        await talk.ended.wait()


async def offers(service: Rehearsal, count: int) -> list[str]:
    """The results of the offers, in their order, once so many are over."""
    return [row["result"] for row in await service.until_rows(OFFERS, count)]


async def test_a_call_from_the_menu_to_the_record(service: Rehearsal, citizen: Telephone) -> None:
    """Key 1 rings the agent with that skill; talk, hold, wrap-up and record follow; the row tells
    it, and neither log holds the number."""
    async with service.agent(BENEFITS_AGENT) as agent, service.agent(DOCUMENTS_AGENT) as other:
        caller = await ring(citizen, BENEFITS)
        talk = await agent.answer()
        assert other.phone.ringing.empty()
        call = agent.desk.view["call"]
        assert (call["queue"], call["language"], call["caller"]) == ("benefits", "lv", CITIZEN)
        await _hear_each_other(caller, talk)
        await talk.hold()
        await agent.desk.until(lambda view: view["call"]["held_since"])
        await talk.hold(held=False)
        await agent.desk.until(lambda view: not view["call"]["held_since"])
        await talk.hang_up()
        await ended(caller)
        await agent.save()
        await agent.desk.until_state("READY")
    (row,) = await service.until_rows(RECORDED, 1)
    assert (row["outcome"], row["ended_by"], row["queue"]) == ("answered", "agent", "benefits")
    times = [row[f"{name}_at"] for name in ("arrived", "queued", "answered", "talk_ended", "ended")]
    assert times == sorted(times)
    assert row["hold_s"] > 0
    assert await offers(service, 1) == ["answered"]
    _assert_private(service)


async def _hear_each_other(caller: PhoneCall, agent: PhoneCall) -> None:
    caller.media.say(VOICE, again=True)
    agent.media.say(VOICE, again=True)
    for talk in (caller, agent):
        await hears_speech(talk)


def _assert_private(service: Rehearsal) -> None:
    """No number of a citizen is in any log (and so in no URL either)."""
    digits = CITIZEN.removeprefix("+371")
    assert digits not in service.service_log()
    assert not [line for line in service.pbx.log_lines() if digits in line]


async def test_ring_on_no_answer(service: Rehearsal, citizen: Telephone) -> None:
    """A call that is not answered keeps its place and goes to the next agent; who missed it is
    not rung again."""
    async with service.agent(BENEFITS_AGENT) as first:
        caller = await ring(citizen, BENEFITS)
        queued_at = (await first.desk.until_state("RESERVED"))["call"]["queued_at"]
        async with service.agent(SECOND_BENEFITS_AGENT) as second:
            await second.answer()
            assert second.desk.view["call"]["queued_at"] == queued_at
            view = await first.desk.until_state("NOT_READY")
            assert view["reason"] == "missed"
            await caller.hang_up()
            assert await offers(service, 2) == ["missed", "answered"]


@pytest.mark.parametrize(("way", "result"), [("desk", "rejected"), ("phone", "busy")])
async def test_a_rejected_call_goes_on_at_once(
    service: Rehearsal, citizen: Telephone, way: str, result: str
) -> None:
    """By a button or by a phone that says "busy": the next agent is rung well before the ring time
    is over, and the first rests."""
    async with service.agent(BENEFITS_AGENT) as first:
        await ring(citizen, BENEFITS)
        ringing = await first.phone.ringing.get()
        view = await first.desk.until_state("RESERVED")
        async with service.agent(SECOND_BENEFITS_AGENT) as second:
            if way == "desk":
                await first.desk.command("reject", offer_id=view["call"]["offer_id"])
            else:
                ringing.refuse()
            await second.answer(within_s=2.0)
            view = await first.desk.until_state("NOT_READY")
            assert (view["reason"], view["wanted"]) == (result, "READY")
            assert await offers(service, 2) == [result, "answered"]


async def test_a_phone_that_logs_out_while_it_rings(service: Rehearsal, citizen: Telephone) -> None:
    """A phone whose registration ends is left at once, and its agent is not blamed."""
    async with service.agent(BENEFITS_AGENT) as first:
        await ring(citizen, BENEFITS)
        await first.phone.ringing.get()
        async with service.agent(SECOND_BENEFITS_AGENT) as second:
            await first.unregister()
            await second.answer(within_s=2.0)
            assert (await first.desk.until_state("NOT_READY"))["reason"] == "phone"
            assert await offers(service, 2) == ["unreachable", "answered"]


async def test_a_phone_that_has_vanished_is_left_soon(hotline: Rehearsal) -> None:
    """A registered phone that does not even say that it rings is no agent who missed a call."""
    await hotline.edit(models.queues, ring_s=60)
    await hotline.start_service()
    async with hotline.agent(BENEFITS_AGENT) as first, hotline.telephone() as citizen:
        async with hotline.telephone("127.0.0.1") as vanishing:
            await first.register(vanishing)
        await ring(citizen, BENEFITS)
        await first.desk.until_state("RESERVED")
        async with hotline.agent(SECOND_BENEFITS_AGENT) as second:
            await second.answer()
            assert await offers(hotline, 2) == ["unreachable", "answered"]


async def test_a_caller_who_leaves_while_it_rings(service: Rehearsal, citizen: Telephone) -> None:
    """The phone is silent and the agent ready at once, with nothing missed."""
    async with service.agent(BENEFITS_AGENT) as agent:
        caller = await ring(citizen, BENEFITS)
        ringing = await agent.phone.ringing.get()
        await caller.hang_up()
        async with asyncio.timeout(1):
            await ringing.cancelled.wait()
        await agent.desk.until_state("READY", within_s=1.0)
        (row,) = await service.until_rows(ENDED, 1)
        assert row["outcome"] == "abandoned"
        assert await offers(service, 1) == ["caller_left"]


async def test_a_russian_call_waits_for_a_russian_speaker(
    service: Rehearsal, citizen: Telephone
) -> None:
    """Who waited longest but does not speak the caller's language is not rung."""
    async with service.agent(BENEFITS_AGENT) as first:
        await ring(citizen, BENEFITS_IN_RUSSIAN)
        await service.until_calls(waiting=1)
        async with service.agent(SECOND_BENEFITS_AGENT) as second:
            await second.answer()
            assert second.desk.view["call"]["language"] == "ru"
            assert first.phone.ringing.empty()
            assert first.desk.view["state"] == "READY"


async def test_the_longest_idle_is_rung(service: Rehearsal, citizen: Telephone) -> None:
    """Two agents take turns, whoever said last that he is ready."""
    async with AsyncExitStack() as stack:
        names = (BENEFITS_AGENT, SECOND_BENEFITS_AGENT)
        agents = [await stack.enter_async_context(service.agent(name)) for name in names]
        for number, agent in enumerate((*agents, agents[0])):
            caller = await ring(citizen, BENEFITS, f"+3712000001{number}")
            talk = await agent.answer()
            await talk.hang_up()
            await ended(caller)
            await agent.save()
            await agent.desk.until_state("READY")


async def test_a_dropped_line_keeps_its_place(service: Rehearsal, citizen: Telephone) -> None:
    """Who rings again, even a centre's own number, is served before those who came meanwhile."""
    first = await ring(citizen, BENEFITS)
    await service.until_calls(waiting=1)
    second = await ring(citizen, BENEFITS, OTHER_CITIZEN)
    await service.until_calls(waiting=2)
    await first.hang_up()
    await service.until_calls(waiting=1)
    again = await citizen.call(CENTRE, CITIZEN)
    await hears_speech(again)
    again.media.press(BENEFITS)
    await service.until_calls(waiting=2)
    async with service.agent(BENEFITS_AGENT) as agent:
        ringing = await asyncio.wait_for(agent.phone.ringing.get(), 10)
        assert ringing.caller == CITIZEN
        talk = await ringing.answer()
        await agent.desk.until_state("TALKING")
        await talk.hang_up()
        await ended(again)
        await agent.save()
        ringing = await asyncio.wait_for(agent.phone.ringing.get(), 10)
        assert ringing.caller == OTHER_CITIZEN
        talk = await ringing.answer()
        await agent.desk.until_state("TALKING")
        await talk.hang_up()
        await ended(second)


async def test_a_waiting_caller_hears_the_position(hotline: Rehearsal) -> None:
    """Words in the middle of the music, and an agent's phone rings all the same."""
    await hotline.edit(models.queues, announce_s=2)
    await hotline.start_service()
    async with hotline.telephone() as citizen, hotline.agent(BENEFITS_AGENT, ready=False) as agent:
        talk = await ring(citizen, BENEFITS)
        await hotline.until_calls(waiting=1)
        await talk.media.hears(25)
        await hears_speech(talk)
        await agent.get_ready()
        await (await agent.answer()).hang_up()
        await ended(talk)


async def test_after_a_log_out_the_browsers_secret_is_worthless(service: Rehearsal) -> None:
    """The phone in the page has a log-in that lasts as long as the desk's."""
    async with service.desk(BROWSER_AGENT) as desk, service.telephone("127.0.0.1") as phone:
        name, secret = desk.phone["uri"].removeprefix("sip:").split("@")[0], desk.phone["password"]
        await phone.register(name, secret)
        await desk.log_out()

        async def never() -> bool:
            # The directory is written a moment after the log-out is confirmed.
            await phone.register(name, secret)
            return False

        with pytest.raises(CallRefused) as refusal:
            await until(never, "the secret still counts", within_s=2.0)
        assert refusal.value.status == 401


async def test_a_telephone_on_a_table_keeps_its_secret(service: Rehearsal) -> None:
    """The page is given none, so it cannot register over it; logging out and in leave it alone."""
    for _ in range(2):
        async with service.agent(BENEFITS_AGENT) as agent:
            assert agent.desk.phone == {}
            await agent.desk.log_out()
            await agent.phone.register(*await service.phone_log_in(BENEFITS_AGENT))


async def test_who_rings_too_often_is_told_so(hotline: Rehearsal) -> None:
    """In words, and is in no line; another caller is served as ever."""
    await hotline.sql(
        "UPDATE settings SET value = :rules WHERE key = 'limits'", rules='{"caller_at_once": 1}'
    )
    await hotline.start_service()
    async with hotline.telephone() as citizen:
        await ring(citizen, BENEFITS)
        await hotline.until_calls(waiting=1)
        second = await citizen.call(HOTLINE, CITIZEN)
        await hears_speech(second)
        await ring(citizen, BENEFITS, OTHER_CITIZEN)
        await hotline.until_calls(waiting=2)
        await second.hang_up()
        (row,) = await hotline.until_rows("SELECT * FROM contacts WHERE outcome = 'refused'", 1)
        assert (row["caller"], row["queued_at"]) == (CITIZEN, None)
