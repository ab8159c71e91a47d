"""Questions to owners and reported errors in both databases: kept for their term, given out, held
and erased with the calls that they came of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.features.catalogue import store as cards
from contactcentre.features.catalogue.document import Answer, parse
from contactcentre.features.privacy.disclosure import disclose, page
from contactcentre.features.privacy.document import CLASSES, rules
from contactcentre.features.privacy.erasure import Erasure, by_shell
from contactcentre.features.privacy.sweeps import Reached
from contactcentre.features.privacy.upkeep_sweep import UpkeepSweep
from contactcentre.features.upkeep import store
from contactcentre.settings import ROOT
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.storage.sealed_talks import SealedTalks
from contactcentre.telephony.message_files import MessageFiles

pytestmark = pytest.mark.integration

ANNA, JANIS = "+37120000001", "+37120000002"
PSEUDONYMS = Pseudonyms(b"not in the database")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A database of each kind."""
    async with database.opened(database_url) as made:
        yield made


class Resting:
    """No call is under way, and nothing is in the journal."""

    async def forget(self, number: str, calls: object = ()) -> bool:
        return True

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        yield

    async def erase(self, number: str) -> int:
        return 0

    async def erase_call(self, call_id: str) -> int:
        return 0


def contact(call_id: str, caller: str) -> dict[str, Any]:
    """A call that is over."""
    return {
        "call_id": call_id,
        "last_seq": 1,
        "caller": caller,
        "dialled": "60000100",
        "phase": "ended",
        "language": "lv",
        "queue": "benefits",
        "matter": "",
        "outcome": "answered",
        "arrived_at": 1.0,
        "answered_at": 2.0,
        "ended_at": 3.0,
        "recorded_at": 4.0,
        "hold_s": 0.0,
        "kind": "consultation",
        "services": [],
        "result": "answered",
        "note": "",
        "identified_level": 0,
        "identified_by": "",
    }


def enquiry(key: str, call_id: str, **changes: Any) -> dict[str, Any]:
    """A question that was asked in it."""
    return {
        "enquiry_id": key,
        "service": "VSAA-KOPS",
        "institution": "VSAA",
        "call_id": call_id,
        "agent_id": "a1",
        "asked_by": "u1",
        "asked_at": 10.0,
        "due_at": 20.0,
        "language": "lv",
        "question": "Vai par vecmāmiņu?",
        "wants_call": True,
        "secret": store.hashed(key),
        "expires_at": 30.0,
        "answer": "",
        "answered_at": None,
        "over_at": None,
        **changes,
    }


def flag(key: str, **changes: Any) -> dict[str, Any]:
    """An error that was reported."""
    return {
        "flag_id": key,
        "service": "VSAA-KOPS",
        "institution": "VSAA",
        "agent_id": "a1",
        "flagged_by": "u1",
        "at": 10.0,
        "kind": "wrong",
        "text": "Summa",
        "settled_at": None,
        **changes,
    }


async def has(engine: AsyncEngine, table: Any, *rows: dict[str, Any]) -> None:
    """These rows."""
    async with engine.begin() as connection:
        await connection.execute(insert(table), list(rows))


async def keys(engine: AsyncEngine, column: Any) -> list[Any]:
    """What is left, in order."""
    async with engine.connect() as connection:
        return list((await connection.execute(select(column).order_by(column))).scalars())


async def test_they_go_by_age(engine: AsyncEngine) -> None:
    """From the day on which they were done with; what is held stays, and a hold holds up nothing
    else."""
    await has(engine, models.contacts, contact("c1", ANNA), contact("c2", JANIS))
    await has(
        engine,
        models.enquiries,
        enquiry("a", "c1", over_at=100.0),
        enquiry("b", "c1", over_at=600.0),
        enquiry("c", "c1", answered_at=100.0, answer="Jā"),
        enquiry("d", "c1", answered_at=600.0, answer="Jā"),
        enquiry("e", "c1"),
        enquiry("f", "c2", over_at=100.0),
        enquiry("g", "gone", over_at=100.0),
    )
    await has(
        engine, models.card_flags, flag("x"), flag("y", settled_at=600.0), flag("z", at=600.0)
    )
    hold = {"hold_id": "h", "person": PSEUDONYMS.of(JANIS), "why": "x"}
    await has(engine, models.legal_holds, {**hold, "placed_at": 1.0, "placed_by": "u"})
    async with engine.begin() as connection:
        done = await UpkeepSweep(PSEUDONYMS).portion(connection, 500.0, Reached(), 1000.0)
    assert (done.count, done.reached) == (5, None)
    assert await keys(engine, models.enquiries.c.enquiry_id) == ["b", "d", "f"]
    assert await keys(engine, models.card_flags.c.flag_id) == ["y", "z"]


async def test_a_person_is_given_them_and_has_them_erased(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    """Of their own calls alone: no link opens it any more, and nobody is rung for it."""
    await has(engine, models.contacts, contact("c1", ANNA), contact("c2", JANIS))
    await has(engine, models.enquiries, enquiry("a", "c1", answer="Jā"), enquiry("b", "c2"))
    terms = rules((), dict.fromkeys(CLASSES, 30))
    async with engine.connect() as connection:
        found = await disclose(connection, [ANNA], PSEUDONYMS, terms, at=300.0)
    assert [one["question"] for one in found["enquiries"]] == ["Vai par vecmāmiņu?"]
    assert "Vai par vecmāmiņu?" in page(found)
    files = MessageFiles(tmp_path, most_bytes=1000)
    talks = SealedTalks(tmp_path / "sealed", lambda: ("key",))
    erasure = Erasure(engine, Resting(), files, PSEUDONYMS, talks=talks, approved=by_shell)
    await erasure.erase(ANNA, by="shell", why="x")
    async with engine.connect() as connection:
        rows = (await connection.execute(select(models.enquiries))).mappings().all()
    mine, theirs = sorted(rows, key=lambda row: row["enquiry_id"])
    assert (mine["question"], mine["answer"], mine["secret"], mine["wants_call"]) == (
        *("", "", ""),
        False,
    )
    assert mine["over_at"] is not None
    assert (theirs["question"], theirs["over_at"]) == ("Vai par vecmāmiņu?", None)


async def test_an_answer_stands_on_the_card_once(engine: AsyncEngine) -> None:
    """The same question again has the newer answer; a card that is not there has none."""
    text = (ROOT / "config" / "seed" / "services.yaml").read_text("utf-8")
    rows = cards.rows((), parse(text))
    async with engine.begin() as connection:
        await documents.save(connection, {models.services: rows})
    for said, day in (("Nē", "2026-11-01"), ("Jā", "2026-11-02")):
        answer = Answer(language="lv", question="Vai?", answer=said, checked_on=day)
        async with engine.begin() as connection:
            await cards.add_answer(connection, "PMLP-PASE", answer, by="u1")
            with pytest.raises(LookupError):
                await cards.add_answer(connection, "NOTHING", answer, by="u1")
    published = await cards.read(engine)
    (card,) = (one for one in published.services if one.code == "PMLP-PASE")
    assert [one.answer for one in card.answers] == ["Jā"]
    assert card.card("lv").answers[0].checked_on == "2026-11-02"
