"""The earlier contacts of a number: to the right agent, and no more than is due."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import Unavailable
from contactcentre.core.call.state import Call, CallerChannel, Identity, Phase, Talk
from contactcentre.features.citizens.service import CitizenService
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.documents import rows

pytestmark = pytest.mark.integration

NOW = 1_800_000_000.0
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
    await database.migrate(database_url)
    made = database.engine(database_url)
    queue = {"queue_id": "benefits", "labels": {"lv": "Pabalsti", "en": "Benefits"}}
    contacts = [
        a_contact(2, agent_id=None, outcome="gave_up", recorded_at=None),
        *[a_contact(number) for number in range(3, 30)],
        a_contact(1, answered_at=None, outcome="abandoned", note="", services=[]),
        a_contact(40, call_id="now"),
        a_contact(0, call_id="open", ended_at=None),
        a_contact(0, call_id="other", caller="+37120000001"),
    ]
    async with made.begin() as connection:
        await database.upsert(connection, models.queues, rows(models.queues, [queue]))
        await database.upsert(connection, models.contacts, contacts)
    yield made
    await made.dispose()


def history(engine: AsyncEngine, call: Call) -> CitizenService:
    return CitizenService(engine, {"now": call})


async def test_before_identification_only_dates_and_topics(engine: AsyncEngine) -> None:
    """The newest twenty finished contacts of that very number, without services and notes."""
    found = await history(engine, a_call()).contacts("a1", "now")
    assert [contact.at for contact in found] == [NOW - hour * 3600 for hour in range(1, 21)]
    assert {(contact.note, contact.services) for contact in found} == {("", ())}
    assert {contact.topic["en"] for contact in found} == {"Benefits"}
    outcomes = [contact.outcome for contact in found[:3]]
    assert outcomes == ["abandoned", "gave_up", "answered"]


async def test_after_identification_all(engine: AsyncEngine) -> None:
    """From level 1 on, services and notes are shown too."""
    found = await history(engine, a_call(level=1)).contacts("a1", "now")
    assert (found[1].services, found[1].note) == (("VSAA-KOPS",), "piezīme")


async def test_anothers_call_is_no_business_of_mine(engine: AsyncEngine) -> None:
    """An agent who is not on the call gets an error, not a citizen's history."""
    with pytest.raises(LookupError):
        await history(engine, a_call(level=3)).contacts("a2", "now")


@pytest.mark.parametrize("caller", [None, ""])
async def test_a_withheld_number_has_no_history(engine: AsyncEngine, caller: str | None) -> None:
    """Callers without a number are not mixed up with each other."""
    call = replace(a_call(level=1), caller=caller)
    assert await history(engine, call).contacts("a1", "now") == ()


async def test_a_database_that_is_away_is_said_so(tmp_path: Any) -> None:
    """The page can tell the agent that the history is unavailable for the moment."""
    away = database.engine("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable):
        await history(away, a_call()).contacts("a1", "now")
    await away.dispose()
