"""What the desk page asks for by plain requests."""

from __future__ import annotations

import pytest

from agents_ui.desk import port
from contactcentre.core import commands

pytestmark = pytest.mark.web


async def post(browser, csrf, path, body):
    """Send JSON as the page's own code does."""
    return await browser.post(path, json=body, headers={"X-CSRF": csrf(browser)})


async def test_leave(enter, csrf, world):
    """A page that closes says so with a form, as a beacon can send it."""
    browser = await enter("talking")
    answer = await browser.post("/desk/leave", data={"csrf": csrf(browser)})
    assert answer.status == 204
    (left,) = world.heard(commands.AudioLost)
    assert left.call_id == world.call_of("talking").call_id


async def test_command_without_the_link(enter, csrf, world):
    """While the live link is down the same commands go by request and get the same answer."""
    browser = await enter("talking")
    note = {"call_id": world.call_of("talking").call_id, "text": "piezīme", "base": 1}
    answer = await post(browser, csrf, "/desk/command", {"id": 7, "name": "note", "args": note})
    assert await answer.json() == {"type": "ack", "id": 7, "ok": True, "error": None}
    assert world.desk("talking").call.note == "piezīme"


async def test_command_that_does_not_fit(enter, csrf):
    """A command that does not fit the moment is answered, not carried out."""
    browser = await enter("idle")
    body = {"id": 8, "name": "end", "args": {"call_id": "c-1"}}
    answer = await post(browser, csrf, "/desk/command", body)
    assert await answer.json() == {"type": "ack", "id": 8, "ok": False, "error": "not-now"}


async def test_command_while_a_part_is_away(enter, csrf, world):
    """What could not even stand in line is said to be undone."""
    browser = await enter("idle")
    world.inbox.full = True
    answer = await post(browser, csrf, "/desk/command", {"id": 9, "name": "ready", "args": {}})
    assert (await answer.json())["error"] == "unavailable"


async def test_onward(enter, csrf, world):
    """A service suggests its queue, and every queue says who could take the call."""
    browser = await enter("talking")
    body = {"call_id": world.call_of("talking").call_id, "service": "PMLP-EID"}
    answer = await post(browser, csrf, "/desk/onward", body)
    queues = (await answer.json())["queues"]
    assert [each["queue"] for each in queues if each["suggested"]] == ["documents"]
    assert set(queues[0]) == set(port.Onward.__slots__)


@pytest.mark.parametrize(("user", "of"), [("talking", "held"), ("wrapup", "wrapup")])
async def test_onward_of_another_call(enter, csrf, world, user, of):
    """Only the talk at hand can be transferred, and only while it is one."""
    world.act("held")
    browser = await enter(user)
    body = {"call_id": world.call_of(of).call_id}
    answer = await post(browser, csrf, "/desk/onward", body)
    assert answer.status == 404


async def test_queue_transfer(enter, csrf, world, until):
    """The call leaves the desk with the command."""
    browser = await enter("talking")
    args = {"call_id": world.call_of("talking").call_id, "queue": "taxes", "service": "VID-GID"}
    answer = await post(
        browser, csrf, "/desk/command", {"id": 1, "name": "queue_transfer", "args": args}
    )
    assert (await answer.json())["ok"]
    (passed,) = world.heard(commands.QueueTransferChosen)
    assert (passed.call_id, passed.queue, passed.service) == tuple(args.values())
    await until(lambda: world.desk("talking").call is None)


async def test_search(enter, csrf):
    """Cards are found without diacritics, in the page's language, and whole."""
    browser = await enter("talking")
    answer = await post(browser, csrf, "/desk/services", {"q": "berna kop"})
    card, *_ = (await answer.json())["cards"]
    assert (card["code"], card["name"]) == ("VSAA-KOPS", "Bērna kopšanas pabalsts")
    assert set(card) == set(port.ServiceCard.__slots__)


async def test_cards_by_code(enter, csrf):
    """Cards come in the order of the codes; unknown codes are left out."""
    browser = await enter("talking")
    codes = ["PMLP-DZV", "unknown", "VSAA-DZIM"]
    answer = await post(browser, csrf, "/desk/cards", {"codes": codes})
    assert [c["code"] for c in (await answer.json())["cards"]] == ["PMLP-DZV", "VSAA-DZIM"]


@pytest.mark.parametrize("body", [{}, {"q": 1}, [], "x", {"codes": "abc"}])
@pytest.mark.parametrize("path", ["/desk/services", "/desk/cards", "/desk/onward"])
async def test_nonsense(enter, csrf, path, body):
    """A body of the wrong shape is a bad request, never a fault of ours."""
    answer = await post(await enter("talking"), csrf, path, body)
    assert (answer.status, await answer.json()) == (400, {"error": "bad-request"})


async def test_too_much(enter, csrf):
    """A body over the limit is refused."""
    browser = await enter("talking")
    answer = await post(browser, csrf, "/desk/services", {"q": "x" * 70_000})
    assert (answer.status, await answer.json()) == (413, {"error": "too-large"})


async def test_history_opens_with_identification(enter, csrf, world):
    """Before the agent has answered and identified the caller there are dates and topics, after it
    notes."""
    browser = await enter("ringing")
    call_id = world.call_of("ringing").call_id

    async def notes(level):
        args = {"call_id": call_id, "level": level, "method": "name_contact"}
        body = {"id": 1, "name": "identify", "args": args}
        ok = (await (await post(browser, csrf, "/desk/command", body)).json())["ok"]
        found = (await (await browser.get(f"/desk/history/{call_id}")).json())["contacts"]
        return ok, {bool(contact["note"]) for contact in found}

    assert await notes(3) == (False, {False})
    world.answer("ringing")
    assert await notes(0) == (True, {False})
    assert await notes(1) == (True, {True})


async def test_history_goes_with_the_offer(enter, csrf, world):
    """Whoever has declined a call sees nothing more of who rang."""
    browser = await enter("ringing")
    call = world.call_of("ringing")
    assert (await browser.get(f"/desk/history/{call.call_id}")).status == 200
    body = {"id": 1, "name": "reject", "args": {"offer_id": call.offer.leg_id}}
    await post(browser, csrf, "/desk/command", body)
    assert (await browser.get(f"/desk/history/{call.call_id}")).status == 404


async def test_history_away(enter, world):
    """While the database is away the history says so and the desk goes on."""
    browser = await enter("ringing")
    world.database_away = True
    answer = await browser.get(f"/desk/history/{world.call_of('ringing').call_id}")
    assert (answer.status, await answer.json()) == (503, {"error": "unavailable"})


@pytest.mark.parametrize(
    ("services", "error"), [(["PMLP-DZV"], None), (["PMLP-DZV", "KLINGON"], "bad-arguments")]
)
async def test_services_exist(enter, csrf, world, services, error):
    """A record names services of the catalogue, and keeps those that it has."""
    browser = await enter("talking")
    args = {"call_id": world.call_of("talking").call_id, "kind": "other", "outcome": "answered"}
    body = {"id": 1, "name": "save", "args": {**args, "services": services, "finish": False}}
    answer = await (await post(browser, csrf, "/desk/command", body)).json()
    assert answer["error"] == error


async def test_nobody_is_transferred_for_a_service_that_is_not_there(enter, csrf, world):
    """The code is refused before the caller is moved."""
    browser = await enter("talking")
    args = {"call_id": world.call_of("talking").call_id, "queue": "taxes", "service": "KLINGON"}
    body = {"id": 1, "name": "queue_transfer", "args": args}
    answer = await (await post(browser, csrf, "/desk/command", body)).json()
    assert answer["error"] == "bad-arguments"
    assert world.call_of("talking").talk.transfer is None
