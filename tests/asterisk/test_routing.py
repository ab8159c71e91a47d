"""Who is rung, on a real Asterisk: skills, language, rings, refusals, and two things at once."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from contactcentre.storage import tables as models
from lab.agent import DeskAgent
from lab.hotline import OFFERS, Rehearsal, hears_speech
from lab.telephone import PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

COMMON, VIESITE = "60000100", "60000101"
CITIZEN, OTHER_CITIZEN = "+37120000001", "+37120000002"

BENEFITS, DOCUMENTS, DOCUMENTS_IN_RUSSIAN = "1", "2", "82"

VIESITE_AGENT = "anna.berzina"  # benefits, documents; Russian
AKNISTE_AGENT = "ilze.ritausma"  # benefits; the same municipality; no Russian
LUDZA_AGENT = "olga.ziemeleva"  # benefits, documents; Russian; far away
SALA_AGENT = "janis.kalnvejs"  # documents
RIEBINI_AGENT = "kristaps.abolkoks"  # documents; no Russian

CIRCLES = [
    {"kind": "centre", "lasts_s": 1},
    {"kind": "municipality", "lasts_s": 1},
    {"kind": "network"},
]


async def ring(
    citizen: Telephone, keys: str, caller: str = CITIZEN, number: str = COMMON
) -> PhoneCall:
    """Ring a number of the hotline and press keys in its menu."""
    talk = await citizen.call(number, caller)
    await hears_speech(talk)
    talk.media.press(keys)
    return talk


async def serve(agent: DeskAgent, caller: PhoneCall) -> None:
    """Answer, hang up and record."""
    talk = await agent.answer()
    await talk.hang_up()
    await caller.ended.wait()
    await agent.save()
    await agent.desk.until_state("READY")


async def results(hotline: Rehearsal, count: int) -> list[tuple[str, str]]:
    """Whose offers ended how."""
    rows = await hotline.until_rows(OFFERS, count)
    return [(row["agent_id"], row["result"]) for row in rows]


async def test_skill_and_language_decide(hotline: Rehearsal) -> None:
    """Those who are free longer but lack the skill or the language are passed over."""
    await hotline.start_service()
    async with hotline.telephone() as citizen, AsyncExitStack() as stack:
        unskilled = await stack.enter_async_context(hotline.agent(AKNISTE_AGENT))
        skilled = await stack.enter_async_context(hotline.agent(RIEBINI_AGENT))
        able = await stack.enter_async_context(hotline.agent(LUDZA_AGENT))
        await serve(able, await ring(citizen, DOCUMENTS_IN_RUSSIAN))
        await serve(skilled, await ring(citizen, DOCUMENTS, OTHER_CITIZEN))
        assert unskilled.phone.ringing.empty()
        assert unskilled.desk.view["state"] == "READY"


async def test_rings_widen_after_their_seconds(hotline: Rehearsal) -> None:
    """The home centre is busy: its municipality is asked after 1 s, the network after 1 s more."""
    await hotline.edit(models.queues, circles=CIRCLES)
    await hotline.start_service()
    async with hotline.telephone() as citizen, AsyncExitStack() as stack:
        far = await stack.enter_async_context(hotline.agent(LUDZA_AGENT))
        home = await stack.enter_async_context(hotline.agent(VIESITE_AGENT))
        await ring(citizen, BENEFITS, number=VIESITE)
        await home.answer()
        near = await stack.enter_async_context(hotline.agent(AKNISTE_AGENT))
        for agent, caller in ((near, 2), (far, 3)):
            await ring(citizen, BENEFITS, f"+3712000000{caller}", VIESITE)
            await agent.answer()
        rows = await hotline.until_rows(OFFERS, 3)
        assert [row["circle"] for row in rows] == [0, 1, 2]
        waits = [
            row["answered_at"] - row["queued_at"]
            for row in await hotline.sql("SELECT * FROM contacts ORDER BY arrived_at")
        ]
        assert waits[0] < 1 <= waits[1] < 2 <= waits[2]


async def test_the_agent_of_the_last_talk_is_asked_first(hotline: Rehearsal) -> None:
    """Although somebody else is free longer; that one gets the next caller."""
    await hotline.start_service()
    async with hotline.telephone() as citizen, AsyncExitStack() as stack:
        known = await stack.enter_async_context(hotline.agent(LUDZA_AGENT))
        other = await stack.enter_async_context(hotline.agent(AKNISTE_AGENT))
        for _ in range(2):
            await serve(known, await ring(citizen, BENEFITS))
        assert other.phone.ringing.empty()
        await serve(other, await ring(citizen, BENEFITS, OTHER_CITIZEN))


async def test_a_missed_call_goes_on_and_the_agent_rests(hotline: Rehearsal) -> None:
    """Where two misses in a row are allowed: a rest, ready again by itself, and then not."""
    await hotline.sql(
        "UPDATE settings SET value = :value WHERE key = 'offers'",
        value='{"misses": 2, "missed_s": 1, "again_s": 1}',
    )
    await hotline.edit(models.queues, ring_s=1)
    await hotline.start_service()
    async with hotline.telephone() as citizen, hotline.agent(AKNISTE_AGENT) as agent:
        await ring(citizen, BENEFITS)
        for wanted in ("READY", "NOT_READY"):
            await agent.desk.until_state("RESERVED")
            view = await agent.desk.until_state("NOT_READY")
            assert (view["reason"], view["wanted"]) == ("missed", wanted)
        assert await results(hotline, 2) == [("agent-3", "missed")] * 2
        await hotline.until_calls(waiting=1)


async def test_a_rejected_call_is_for_others(hotline: Rehearsal) -> None:
    """Who rejected it is ready again soon and gets the next call; that one waits for the other."""
    await hotline.sql(
        "UPDATE settings SET value = :value WHERE key = 'offers'", value='{"rejected_s": 1}'
    )
    await hotline.start_service()
    async with hotline.telephone() as citizen, AsyncExitStack() as stack:
        busy = await stack.enter_async_context(hotline.agent(LUDZA_AGENT))
        await ring(citizen, BENEFITS)
        talk = await busy.answer()
        agent = await stack.enter_async_context(hotline.agent(AKNISTE_AGENT))
        await ring(citizen, BENEFITS, OTHER_CITIZEN)
        view = await agent.desk.until_state("RESERVED")
        await agent.desk.command("reject", offer_id=view["call"]["offer_id"])
        await agent.desk.until_state("NOT_READY")
        await agent.desk.until_state("READY")
        await hotline.until_calls(waiting=1, talking=1)
        await ring(citizen, BENEFITS, "+37120000003")
        await agent.answer()
        await talk.hang_up()
        await busy.save()
        assert (await busy.desk.until_state("RESERVED"))["call"]["caller"] == OTHER_CITIZEN


async def test_an_agent_passes_the_caller_on(hotline: Rehearsal) -> None:
    """Whoever knows the matter is rung and has the same citizen and the note; the first is free."""
    await hotline.start_service()
    async with hotline.telephone() as citizen, AsyncExitStack() as stack:
        first = await stack.enter_async_context(hotline.agent(AKNISTE_AGENT))
        skilled = await stack.enter_async_context(hotline.agent(SALA_AGENT))
        caller = await ring(citizen, BENEFITS)
        talk = await first.answer()
        call_id = first.desk.view["call"]["call_id"]
        await first.desk.command("note", call_id=call_id, text="needs a passport", base=0)
        await first.desk.command(
            "queue_transfer", call_id=call_id, queue="documents", service="PMLP-PASE"
        )
        await asyncio.wait_for(talk.ended.wait(), 5)
        await first.desk.until_state("READY")
        await hears_speech(caller)
        second = await skilled.answer()
        call = skilled.desk.view["call"]
        assert (call["call_id"], call["caller"]) == (call_id, CITIZEN)
        assert (call["note"], call["passed_by"]) == ("needs a passport", "Ilze Rītausma")
        assert (call["queue"], call["suggested"][0]) == ("documents", "PMLP-PASE")
        await second.hang_up()
        await caller.ended.wait()
        await skilled.save()
        rows = await hotline.until_rows(OFFERS, 2)
        assert [(row["agent_id"], row["result"]) for row in rows] == [
            ("agent-3", "transferred"),
            ("agent-2", "answered"),
        ]
        assert first.phone.ringing.empty()


async def test_hanging_up_and_answering_at_once_leaves_nobody(hotline: Rehearsal) -> None:
    """Whichever comes first, in either order and at the same instant: all end free."""
    await hotline.start_service()
    async with hotline.telephone() as citizen, hotline.agent(AKNISTE_AGENT) as agent:
        for number, pause_s in enumerate((0.0, 0.0, 0.005, 0.02, -0.005, -0.02)):
            caller = await ring(citizen, BENEFITS, f"+3712000010{number}")
            ringing = await asyncio.wait_for(agent.phone.ringing.get(), 10)

            async def later(what, seconds):
                await asyncio.sleep(seconds)
                return await what

            talk, _ = await asyncio.gather(
                later(ringing.answer(), max(0.0, pause_s)),
                later(caller.hang_up(), max(0.0, -pause_s)),
            )
            await talk.hang_up()
            await agent.desk.until_state("WRAP_UP", "READY")
            await hotline.until_calls(waiting=0, offered=0, talking=0, rejoining=0)
            if agent.desk.view["state"] == "WRAP_UP":
                await agent.save()
            await agent.desk.until_state("READY")
            while not agent.phone.ringing.empty():
                agent.phone.ringing.get_nowait()
        rows = await hotline.until_rows("SELECT * FROM contacts WHERE ended_at IS NOT NULL", 6)
        assert {row["outcome"] for row in rows} <= {"answered", "abandoned"}
