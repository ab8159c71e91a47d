"""What a citizen is sent of a service card: the card's words, to the number at hand, on record."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from contactcentre.core import events
from contactcentre.features.handouts import service
from contactcentre.storage import tables as models
from lab.pages.people import AGENTS

pytestmark = pytest.mark.web

CARD = "PMLP-PASE"


@pytest.fixture
async def desk(enter, csrf, world):
    """Send from the desk of somebody who talks: what was answered."""
    browser = await enter("talking")

    async def send(**changes):
        body = {
            "call_id": world.call_of("talking").call_id,
            "code": CARD,
            "of": "documents",
            "way": "sms",
            **changes,
        }
        headers = {"X-CSRF": csrf(browser)}
        async with browser.post("/desk/send", json=body, headers=headers) as answer:
            return answer.status, await answer.json() if answer.status == 200 else None

    return send


async def rows(world, table):
    async with world.database.connect() as connection:
        return (await connection.execute(select(table))).mappings().all()


def card(world):
    return world.catalogue.cards([CARD], locale="lv")[0]


async def test_the_documents_by_sms(desk, world):
    """To the number that rings, in the card's words; the page is told two digits of it, and the
    record that something was sent."""
    caller = world.call_of("talking").caller
    assert await desk() == (200, {"refused": "", "hint": caller[-2:]})
    (message,) = await rows(world, models.outbox)
    assert (message["kind"], message["to"], message["personal"]) == ("sms", caller, True)
    assert message["body"].startswith(f"{card(world).name}. Nepieciešams: ")
    assert card(world).documents[:40] in message["body"]
    assert len(message["body"]) <= 450
    (kept,) = await rows(world, models.handouts)
    assert (kept["service"], kept["of"], kept["hint"]) == (CARD, "documents", caller[-2:])
    told = [one for one in await rows(world, models.audit) if one["action"] == "call.handout"]
    assert [json.loads(one["details"])["service"] for one in told] == [CARD]
    assert caller[-8:] not in str([dict(one) for one in (*told, kept)])


async def test_the_link_by_e_mail(desk, world):
    """To the one address that was written; nothing of it is kept beside the message."""
    address = "anna.berzina@inbox.example"
    assert await desk(way="mail", of="documents", to=f" {address} ") == (
        200,
        {"refused": "", "hint": ""},
    )
    (message,) = await rows(world, models.outbox)
    assert (message["to"], message["subject"]) == (address, card(world).name)
    (kept,) = await rows(world, models.handouts)
    assert address not in str(dict(kept))


@pytest.mark.parametrize(
    "to", ["", "anna", "a@b.lv, c@d.lv", "a@b.lv\r\nBcc: c@d.lv", "Anna <a@b.lv>", "a" * 254]
)
async def test_one_address_and_nothing_else(desk, world, to):
    """No list, no header, no name."""
    assert await desk(way="mail", to=to) == (200, {"refused": "address", "hint": ""})
    assert await rows(world, models.outbox) == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"code": "NOTHING"}, 404),
        ({"call_id": "c-none"}, 404),
        ({"of": "free text"}, 400),
        ({"way": "fax"}, 400),
        ({"to": "a" * 255}, 400),
    ],
)
async def test_nothing_but_cards_and_ones_own_calls(desk, enter, world, changes, status):
    """No text of the page's, no call of a colleague's."""
    assert (await desk(**changes))[0] == status
    await enter("held")
    assert (await desk(call_id=world.call_of("held").call_id))[0] == 404
    assert await rows(world, models.outbox) == []


async def test_so_often_in_a_call(desk, world):
    """Then no more, whoever is to have it."""
    for _ in range(service.MOST_OF_CALL):
        assert (await desk())[1]["refused"] == ""
    assert (await desk())[1]["refused"] == "often"
    assert (await desk(way="mail", to="a@b.example"))[1]["refused"] == "often"
    assert len(await rows(world, models.outbox)) == service.MOST_OF_CALL


async def test_so_often_to_one_receiver(desk, world, monkeypatch):
    """Over all calls, in a day."""
    monkeypatch.setattr(service, "MOST_OF_CALL", 1000)
    for _ in range(service.MOST_OF_RECEIVER):
        assert (await desk())[1]["refused"] == ""
    assert (await desk())[1]["refused"] == "often"
    assert (await desk(way="mail", to="a@b.example"))[1]["refused"] == ""


async def test_a_number_that_the_hotline_does_not_dial(desk, world):
    """Is sent nothing either."""
    network = world.world.network
    limits = replace(network.limits, prefixes=("+370",))
    published = replace(network, limits=limits)
    world.apply(events.NetworkPublished(at=world.at, network=published))
    assert (await desk())[1]["refused"] == "abroad"
    assert await rows(world, models.outbox) == []


async def test_the_desk_knows_the_ways(enter, world):
    """By which something can be sent here."""
    browser = await enter("talking")
    async with browser.get("/desk") as answer:
        page = await answer.text()
    assert '"ways": ["sms", "mail"]' in page
    assert AGENTS["talking"].name in page
