"""What an agent promises and dials, as the desk's page asks for it and shows it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contactcentre.core.call import signals
from contactcentre.core.call.state import Phase
from contactcentre.core.call.voice_message import VoiceMessage
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from lab.pages.voice import sound

pytestmark = pytest.mark.web


async def order(browser, csrf, name, args):
    """A command as the page sends it; whether it was done."""
    body = {"id": 1, "name": name, "args": args}
    answer = await browser.post("/desk/command", json=body, headers={"X-CSRF": csrf(browser)})
    return (await answer.json())["ok"]


async def test_a_promise_made_in_a_talk_stands_on_the_list(enter, csrf, world):
    """With what it is about and by when; it can be said to be not needed."""
    browser = await enter("wrapup")
    call = world.call_of("wrapup")
    args = {"call_id": call.call_id, "when": "tomorrow", "keeper": "centre", "about": "Par zemi"}
    assert await order(browser, csrf, "promise", args)
    view = world.desk("wrapup")
    (promise,) = view.promises
    assert (promise.about, promise.keeper, promise.number) == ("Par zemi", "centre", call.caller)
    assert (promise.asked_in, view.promised, view.call.promises) == (call.call_id, 1, 1)
    assert view.call.outcome == "callback"
    assert await order(browser, csrf, "promise_kept", {"call_id": promise.call_id})
    assert world.desk("wrapup").promises == ()


async def test_a_record_that_says_call_back_promised_is_not_closed_without(enter, csrf, world):
    """The server says no to a page that closes it, until there is a promise."""
    browser = await enter("wrapup")
    call = world.call_of("wrapup")
    said = {"kind": "consultation", "services": [], "outcome": "callback", "finish": True}
    args = {"call_id": call.call_id, **said}
    assert not await order(browser, csrf, "save", args)
    assert world.desk("wrapup").state == "WRAP_UP"
    assert await order(browser, csrf, "promise", {"call_id": call.call_id})
    assert await order(browser, csrf, "save", args)
    assert world.desk("wrapup").state != "WRAP_UP"


async def test_what_is_promised_is_said_once(enter, csrf, world):
    """The page's link was lost, and it says it again."""
    browser = await enter("wrapup")
    args = {"call_id": world.call_of("wrapup").call_id}
    assert await order(browser, csrf, "promise", args)
    assert not await order(browser, csrf, "promise", args)
    assert world.desk("wrapup").promised == 1


@pytest.mark.parametrize("number", ["112", "not a number", "+37190000000", "1" * 40])
async def test_what_cannot_be_rung_is_not_promised(enter, csrf, world, number):
    """An emergency number, no number at all, a dear one, and too much of it."""
    browser = await enter("wrapup")
    args = {"call_id": world.call_of("wrapup").call_id, "number": number}
    assert not await order(browser, csrf, "promise", args)
    assert world.desk("wrapup").promises == ()


async def test_the_card_of_a_promise_comes_when_it_is_taken(enter, csrf, world):
    """It says who promised it and what for; nobody is rung before the agent says so."""
    browser = await enter("promised")
    first, second = world.desk("promised").promises
    assert {first.number, second.number} == {"+37129000071", "+37126000071"}
    assert await order(browser, csrf, "take_promise", {"call_id": first.call_id})
    card = world.desk("promised").call
    assert card.call_id == first.call_id
    assert (card.callback.given_by, card.callback.calling) == ("Vizma Puķīte", False)
    assert card.callback.about == first.about


async def test_nobody_takes_another_s_promise(enter, csrf, world):
    """Its id is no key."""
    browser = await enter("idle")
    await enter("promised")
    promise = world.desk("promised").promises[0]
    for name in ("take_promise", "promise_kept"):
        assert not await order(browser, csrf, name, {"call_id": promise.call_id})
    assert world.desk("idle").call is None


async def test_an_agent_dials_and_sees_that_it_rings(enter, csrf, world):
    """As a citizen's telephone does that is rung back."""
    browser = await enter("idle")
    assert await order(browser, csrf, "dial", {"number": "67 000 000"})
    call = world.desk("idle").call
    assert (call.caller, call.callback.dialled, call.callback.calling) == (
        "+37167000000",
        True,
        True,
    )
    assert world.world.calls[call.call_id].phase is Phase.CALLING


@pytest.mark.parametrize("number", ["112", "110", "113", "1188", "tel:112"])
async def test_emergency_and_short_numbers_are_not_dialled(enter, csrf, world, number):
    """Whatever the page says."""
    browser = await enter("idle")
    assert not await order(browser, csrf, "dial", {"number": number})
    assert world.desk("idle").call is None


async def test_one_number_is_dialled_beside_a_talk(enter, csrf, world):
    """There is no third call; and whoever writes a call down dials when that is done."""
    browser = await enter("talking")
    assert await order(browser, csrf, "dial", {"number": "67000000"})
    view = world.desk("talking")
    assert (view.call.parked, view.beside.phase, view.beside.caller) == (
        True,
        "ringing",
        "+37167000000",
    )
    assert not await order(browser, csrf, "dial", {"number": "67000001"})
    browser = await enter("wrapup")
    assert not await order(browser, csrf, "dial", {"number": "67000000"})


async def test_what_a_callback_is_about_can_be_heard_with_its_card(enter, world, sessions):
    """By the agent who has it, and each hearing is on record; there is no player where nothing was
    said."""
    browser = await enter("callback")
    call = world.call_of("callback")
    path = f"/desk/messages/{call.call_id}"
    assert world.desk("callback").call.callback.question_s is None
    assert (await browser.get(path)).status == 404
    question = VoiceMessage(recording=f"{call.call_id}-7", seconds=6.0)
    sound(world.messages.path(question.recording), 6.0)
    told = signals.QuestionLeft(at=world.at, call_id=call.call_id, question=question)
    world.apply(told)
    assert world.desk("callback").call.callback.question_s == 6.0
    assert (await browser.get(path)).content_type == "audio/wav"
    assert (await (await enter("idle")).get(path)).status == 404
    async with world.database.connect() as connection:
        rows = await connection.execute(
            select(models.audit.c.object).where(models.audit.c.action == Action.MESSAGE_HEARD)
        )
        assert list(rows.scalars()) == [call.call_id]
