"""The caller's survey on a real Asterisk: asked, answered by a key, or not."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from contactcentre.features.surveys.scores import PERIOD_S
from contactcentre.storage import tables as models
from lab.agent import DeskAgent
from lab.hotline import HotlineFor, Rehearsal, hears_speech
from lab.listening import hears
from lab.telephone import PhoneCall, Telephone

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.timeout(180),
    pytest.mark.asyncio(loop_scope="module"),
]

HOTLINE, BENEFITS = "60000100", "1"
FIRST = "ilze.ritausma"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(hotline_for: HotlineFor) -> AsyncIterator[tuple[Rehearsal, Telephone]]:
    """A hotline that asks the callers of one queue, and its carrier's telephone."""
    async with hotline_for("survey", FIRST, wrap_up_s=1) as (hotline, carrier):
        await hotline.edit(models.queues, "benefits", survey={"share": 1.0})
        await hotline.start_service()
        yield hotline, carrier


async def asked(first: DeskAgent, hotline: Rehearsal, carrier: Telephone) -> PhoneCall:
    """A talk that the agent has ended; the citizen hears the question, the agent is free."""
    caller = await carrier.call(HOTLINE, "+37120000001")
    await hears_speech(caller)
    caller.media.press(BENEFITS)
    own = await first.answer()
    await asyncio.sleep(1)
    caller.media.forget()
    await own.hang_up()
    await first.desk.until_state("WRAP_UP", within_s=3)
    await hears(hotline, caller, "survey.question")
    return caller


async def test_answered_by_a_key_hung_up_and_kept_silent(
    running: tuple[Rehearsal, Telephone],
) -> None:
    """One answer is counted, of one queue and one day; neither the calls nor the journal know of a
    key."""
    hotline, carrier = running
    async with hotline.agent(FIRST) as first:
        caller = await asked(first, hotline, carrier)
        caller.media.press("4")
        await hears(hotline, caller, "survey.thanks")
        await asyncio.wait_for(caller.ended.wait(), 10)
        await first.desk.until_state("READY")
        caller = await asked(first, hotline, carrier)
        await caller.hang_up()
        await first.desk.until_state("READY")
        caller = await asked(first, hotline, carrier)
        await asyncio.wait_for(caller.ended.wait(), 20)
    rows = await hotline.until_rows("SELECT * FROM survey_scores", 1, within_s=PERIOD_S + 10)
    assert [(row["queue"], row["score"], row["count"]) for row in rows] == [("benefits", 4, 1)]
    contacts = await hotline.sql("SELECT * FROM contacts ORDER BY arrived_at")
    assert [(row["outcome"], row["ended_by"]) for row in contacts] == [("answered", "agent")] * 3
    pressed = await hotline.sql(
        "SELECT kind FROM journal WHERE kind = 'DigitPressed' AND call_id = :call_id"
        " AND at > (SELECT talk_ended_at FROM contacts WHERE call_id = :call_id)",
        call_id=contacts[0]["call_id"],
    )
    assert pressed == []
