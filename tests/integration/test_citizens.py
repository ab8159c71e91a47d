"""The earlier contacts of a number: to the right agent, and no more than is due."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.state import Call, CallerChannel, Identity, Phase, Talk
from contactcentre.core.outcomes import Result
from contactcentre.core.values import replace
from contactcentre.features.citizens.service import CitizenService
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.documents import rows

pytestmark = pytest.mark.integration

NOW = 1_800_000_000.0
ANNA, ILZE = (
    Person(user_id=f"user of {agent_id}", name="x", agent_id=agent_id) for agent_id in ("a1", "a2")
)
CALLER = "+37120000000"


def a_call(level: int = 0, caller: str | None = CALLER) -> Call:
    return Call(
        talk=Talk(agent_id="a1"),
        call_id="now",
        channel=CallerChannel(name="x", unique_id="1.1"),
        caller=caller,
        dialled="60000100",
        arrived_at=NOW,
        phase=Phase.TALKING,
        since=NOW,
        identity=Identity(level=level),
    )


def a_contact(number: int, **changes: Any) -> dict[str, Any]:
    at = NOW - number * 3600
    return {
        "call_id": f"c{number}",
        "last_seq": number,
        "caller": CALLER,
        "dialled": "60000100",
        "home_centre_id": None,
        "phase": "ended",
        "language": "lv",
        "queue": "benefits",
        "matter": "",
        "outcome": "answered",
        "agent_id": "a1",
        "centre_id": None,
        "arrived_at": at,
        "queued_at": at,
        "answered_at": at + 5,
        "talk_ended_at": at + 60,
        "ended_at": at + 60,
        "ended_by": "caller",
        "hold_s": 0.0,
        "kind": "application",
        "services": ["VSAA-KOPS"],
        "result": "answered",
        "recorded_at": at + 70,
        "note": "piezīme",
        "identified_level": 1,
        "identified_by": "",
        **changes,
    }


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = database.engine(database_url)
    queue = {"queue_id": "benefits", "labels": {"lv": "Pabalsti", "en": "Benefits"}}
    contacts = [
        a_contact(2, agent_id=None, outcome="gave_up", recorded_at=None),
        *[a_contact(number) for number in range(3, 70)],
        a_contact(1, answered_at=None, outcome="abandoned", note="", services=[]),
        a_contact(80, call_id="now"),
        a_contact(0, call_id="open", ended_at=None),
        a_contact(0, call_id="other", caller="+37120000001"),
    ]
    async with made.begin() as connection:
        await database.upsert(connection, models.queues, rows(models.queues, [queue]))
        await database.upsert(connection, models.contacts, contacts)
    yield made
    await made.dispose()


def history(engine: AsyncEngine, call: Call) -> CitizenService:
    return CitizenService(engine, {"now": call}, clock=lambda: NOW)


def offered(call: Call, phase: Phase = Phase.OFFERED) -> Call:
    """The same while it rings at `a1`."""
    leg = Leg(leg_id="now-1", agent_id="a1", at=NOW, ring_until=NOW + 20)
    return replace(call, phase=phase, talk=Talk(), legs=(leg,))


async def looks(engine: AsyncEngine) -> list[tuple[Any, ...]]:
    """What the audit log has."""
    columns = models.audit.c
    query = select(columns.at, columns.who, columns.action, columns.object, columns.purpose)
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(query.order_by(columns.number))]


async def test_before_identification_only_dates_and_topics(engine: AsyncEngine) -> None:
    """The newest fifty finished contacts of that very number, without services and notes."""
    found = await history(engine, a_call()).contacts(ANNA, "now")
    assert [contact.at for contact in found] == [NOW - hour * 3600 for hour in range(1, 51)]
    assert {(contact.note, contact.services) for contact in found} == {("", ())}
    assert {contact.topic["en"] for contact in found} == {"Benefits"}
    outcomes = [contact.outcome for contact in found[:3]]
    assert outcomes == ["abandoned", "gave_up", "answered"]


async def test_after_identification_all(engine: AsyncEngine) -> None:
    """From level 1 on, services and notes are shown too."""
    found = await history(engine, a_call(level=1)).contacts(ANNA, "now")
    assert (found[1].services, found[1].note) == (("VSAA-KOPS",), "piezīme")


async def test_anothers_call_is_no_business_of_mine(engine: AsyncEngine) -> None:
    """An agent who is not on the call gets an error, not a citizen's history."""
    with pytest.raises(LookupError):
        await history(engine, a_call(level=3)).contacts(ILZE, "now")


@pytest.mark.parametrize("caller", [None, ""])
async def test_a_withheld_number_has_no_history(engine: AsyncEngine, caller: str | None) -> None:
    """Callers without a number are not mixed up with each other."""
    call = replace(a_call(level=1), caller=caller)
    assert await history(engine, call).contacts(ANNA, "now") == ()


async def test_a_database_that_is_away_is_said_so(tmp_path: Any) -> None:
    """The page can tell the agent that the history is unavailable for the moment."""
    away = database.engine("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable):
        await history(away, a_call()).contacts(ANNA, "now")
    await away.dispose()


async def test_a_level_opens_nothing_before_the_answer(engine: AsyncEngine) -> None:
    """Whoever is rung for a caller whom another has identified sees dates and topics."""
    found = await history(engine, offered(a_call(level=3))).contacts(ANNA, "now")
    assert {(contact.note, contact.services) for contact in found} == {("", ())}


async def test_a_refused_offer_takes_the_history_along(engine: AsyncEngine) -> None:
    """Once the agent has declined, the caller is no business of that agent any more."""
    call = offered(a_call(level=3))
    over = replace(call, legs=(call.legs[0].over(NOW, Result.REJECTED),))
    with pytest.raises(LookupError):
        await history(engine, over).contacts(ANNA, "now")


@pytest.mark.parametrize(
    ("call", "action", "purpose"),
    [
        (offered(a_call()), "history.listed", "offer"),
        (a_call(), "history.listed", "talk"),
        (a_call(level=1), "history.opened", "talk"),
        (replace(a_call(level=2), phase=Phase.ENDED), "history.opened", "record"),
    ],
)
async def test_every_look_is_written_down(
    engine: AsyncEngine, call: Call, action: str, purpose: str
) -> None:
    """Who, at which call, how far and why; not whose number it is."""
    await history(engine, call).contacts(ANNA, "now")
    assert await looks(engine) == [(NOW, "user of a1", action, "now", purpose)]


async def test_what_can_not_be_written_down_is_not_shown(engine: AsyncEngine) -> None:
    """Without its audit row a history stays closed."""
    async with engine.begin() as connection:
        await connection.run_sync(models.audit.drop)
    with pytest.raises(Unavailable):
        await history(engine, a_call(level=1)).contacts(ANNA, "now")


async def test_calls_hung_up_in_the_menu_are_one_line(engine: AsyncEngine) -> None:
    """Those that came one after another; the line says how many, and makes room for others."""
    left = {"outcome": "left_menu", "answered_at": None}
    hung_up = [
        a_contact(0, call_id=f"m{number}", arrived_at=NOW - number, **left)
        for number in range(1, 8)
    ]
    async with engine.begin() as connection:
        await database.upsert(connection, models.contacts, hung_up)
    found = await history(engine, a_call(level=1)).contacts(ANNA, "now")
    assert [(one.outcome, one.times) for one in found[:2]] == [("left_menu", 7), ("abandoned", 1)]
    assert len(found) == 50
    assert found[0].at == NOW - 1


async def test_what_is_promised_still_is_there_with_its_time(engine: AsyncEngine) -> None:
    """What for is shown to whoever may see the notes."""
    promise = a_contact(
        0,
        call_id="promise",
        phase="callback",
        outcome=None,
        answered_at=None,
        ended_at=None,
        direction="out",
        due_at=NOW + 3600,
        note="Par zemi",
    )
    async with engine.begin() as connection:
        await database.upsert(connection, models.contacts, [promise])
    for level, note in ((0, ""), (1, "Par zemi")):
        first = (await history(engine, a_call(level=level)).contacts(ANNA, "now"))[0]
        assert (first.due_at, first.way, first.outcome, first.note) == (NOW + 3600, "out", "", note)


async def test_the_legs_of_a_contact_stand_beneath_it(engine: AsyncEngine) -> None:
    """In the order of time, and only where the caller is identified."""
    legs = [
        {
            "leg_id": f"c3-{number}",
            "last_seq": 3,
            "call_id": "c3",
            "party": "agent",
            "purpose": "offer",
            "device": "browser",
            "agent_id": f"a{number}",
            "from_at": NOW + number,
            "answered_at": answered_at,
            "to_at": NOW + 40,
            "why": why,
            "hold_s": 0.0,
            "circle": 0,
        }
        for number, answered_at, why in ((2, NOW + 10, "hung_up"), (1, None, "missed"))
    ]
    async with engine.begin() as connection:
        await database.upsert(connection, models.legs, legs)
    found = await history(engine, a_call(level=1)).contacts(ANNA, "now")
    beneath = {one.at: one.legs for one in found}[NOW - 3 * 3600]
    assert [(leg.who, leg.talked_s, leg.why) for leg in beneath] == [
        ("agent", None, "missed"),
        ("agent", 30.0, "hung_up"),
    ]
    hidden = await history(engine, a_call()).contacts(ANNA, "now")
    assert all(one.legs == () for one in hidden)
