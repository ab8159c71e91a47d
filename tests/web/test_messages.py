"""Voice messages on the desk: who may hear which, and what an agent does with one."""

from __future__ import annotations

import wave
from io import BytesIO

import pytest
from sqlalchemy import select

from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import Outcome
from contactcentre.core.values import replace
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from lab.pages.people import AGENTS, LEADER
from lab.pages.stage import ORIGIN

pytestmark = pytest.mark.web

HEARD = models.audit.c.action == Action.MESSAGE_HEARD


@pytest.fixture
def where(world):
    """The address of a scene's recording."""
    return lambda scene: f"/desk/messages/{world.call_of(scene).call_id}"


async def test_who_listens_hears_the_recording(enter, world, where):
    """The whole of it, as sound, which no browser keeps."""
    browser = await enter("listening")
    answer = await browser.get(where("listening"))
    assert (answer.status, answer.content_type) == (200, "audio/wav")
    assert answer.headers["Cache-Control"] == "no-store"
    with wave.open(BytesIO(await answer.read())) as heard:
        assert heard.getnframes() / heard.getframerate() == pytest.approx(7.5)


async def test_who_hears_it_is_on_record(enter, world, where, sessions):
    """Before the first sound of it; what can't be written down is not given out."""
    browser = await enter("listening")
    await browser.get(where("listening"))
    await (await enter("idle")).get(where("listening"))
    async with world.database.connect() as connection:
        rows = await connection.execute(select(models.audit).where(HEARD))
        found = [(row.who, row.object) for row in rows]
    person = next(iter(sessions.values())).person
    assert found == [(person.user_id, world.call_of("listening").call_id)]
    world.database_away = True
    answer = await browser.get(where("listening"))
    assert answer.status == 503


async def test_a_part_can_be_asked_for(enter, where):
    """So that a player can seek."""
    browser = await enter("listening")
    answer = await browser.get(where("listening"), headers={"Range": "bytes=16000-31999"})
    assert answer.status == 206
    assert answer.headers["Content-Range"].startswith("bytes 16000-31999/")
    assert len(await answer.read()) == 16_000
    beyond = await browser.get(where("listening"), headers={"Range": "bytes=99999999-"})
    assert beyond.status == 416


async def test_nobody_else_hears_it(enter, where):
    """Neither another agent, an administrator who answers too, nor who has not logged in."""
    await enter("listening")
    address = where("listening")
    statuses = {
        name: (await (await enter(name)).get(address, allow_redirects=False)).status
        for name in ("idle", "message", "board", "admin", None)
    }
    assert statuses == {"idle": 404, "message": 404, "board": 403, "admin": 404, None: 401}


async def test_a_card_is_not_the_message_yet(enter, where):
    """Who was offered it hears it once it is taken; there is no other call to be heard."""
    browser = await enter("message")
    await enter("callback")
    assert (await browser.get(where("message"))).status == 404
    assert (await browser.get("/desk/messages/..%2fjournal.sqlite")).status == 404
    assert (await (await enter("callback")).get(where("callback"))).status == 404


async def test_a_file_that_is_gone_is_told(enter, world, where):
    """The page says so; nothing breaks."""
    browser = await enter("listening")
    message = world.call_of("listening").message
    world.messages.remove(message.recording)
    assert (await browser.get(where("listening"))).status == 404


async def test_who_is_done_hears_it_no_more(enter, world, hear, where, until):
    """With the message goes the right to its recording; the record says what was done."""
    browser = await enter("listening")
    address, call = where("listening"), world.call_of("listening")
    link = await browser.ws_connect("/desk/live", origin=ORIGIN)
    record = {"kind": "application", "services": [], "outcome": "answered", "finish": True}
    order = {"name": "save", "args": {"call_id": call.call_id, **record}}
    await link.send_json({"type": "command", "id": 1, **order})
    assert (await hear(link, "ack"))["ok"]
    (done,) = [one for one in world.world.ended if one.call_id == call.call_id]
    assert (done.end.outcome, done.record.kind) == (Outcome.HANDLED, "application")
    assert (await browser.get(address)).status == 404
    row = world.board.view(LEADER).total
    assert row.messages_handled == 1


async def test_the_view_says_what_there_is_to_hear(enter, world):
    """Length, when it was left, until when; and whether its citizen may be rung."""
    await enter("message")
    await enter("listening")
    card, heard = world.desk("message").call, world.desk("listening").call
    assert (card.phase, heard.phase) == ("ringing", "listening")
    assert (card.callback, card.message.seconds, card.message.ring) == (None, 7.5, True)
    assert heard.message.left_at < heard.message.due_at


async def test_an_agent_listens_and_gives_it_back(enter, world, hear):
    """The card, the message, and later again."""
    browser = await enter("message")
    link = await browser.ws_connect("/desk/live", origin=ORIGIN)
    call = world.call_of("message")
    args = {"offer_id": call.offer.leg_id}
    await link.send_json({"type": "command", "id": 1, "name": "listen", "args": args})
    assert (await hear(link, "ack"))["ok"]
    assert world.desk("message").call.phase == "listening"
    assert (await browser.get(f"/desk/messages/{call.call_id}")).status == 200
    await link.send_json({"type": "command", "id": 2, "name": "reject", "args": args})
    assert (await hear(link, "ack"))["ok"]
    assert world.world.calls[call.call_id].phase is Phase.CALLBACK
    assert (await browser.get(f"/desk/messages/{call.call_id}")).status == 404


async def test_an_agent_calls_back(enter, world, hear):
    """The citizen is rung, and the card says so; the recording can be heard meanwhile."""
    browser = await enter("listening")
    link = await browser.ws_connect("/desk/live", origin=ORIGIN)
    call = world.call_of("listening")
    args = {"offer_id": call.offer.leg_id}
    await link.send_json({"type": "command", "id": 1, "name": "ring_back", "args": args})
    assert (await hear(link, "ack"))["ok"]
    view = world.desk("listening").call
    assert (view.phase, view.message) == ("ringing", None)
    assert view.callback.calling
    assert (await browser.get(f"/desk/messages/{call.call_id}")).status == 200


async def test_messages_stand_on_the_board(enter, world):
    """How many, and the oldest, of the queue and of all; each with its length."""
    await enter("listening")
    await enter("message")
    view = world.board.view(LEADER)
    (queue,) = [row for row in view.queues if row.messages]
    assert (queue.messages, view.total.messages) == (2, 2)
    first = world.call_of("listening").callback.asked_at
    assert view.total.oldest_message_at == first
    assert {row.phase for row in view.callbacks if row.message_s == 7.5} == {
        "previewed",
        "listening",
    }
    assert AGENTS["listening"].name in {row.agent for row in view.callbacks}


async def test_a_late_message_is_an_alarm(enter, world):
    """From the queue's own target on, until it is handled."""
    await enter("listening")
    call = world.call_of("listening")
    late = replace(call.callback, due_at=call.callback.asked_at)
    world.world.calls[call.call_id] = replace(call, callback=late)
    (alarm,) = world.board.view(LEADER).alarms
    assert (alarm.code, alarm.place, alarm.detail) == ("message-overdue", call.queue, "1")
