"""Quality in both databases: drawn, assessed, kept for its term, given out, held and erased."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.quality.port import Filled, QualityRefused, ScriptedResult
from agents_ui.shell.port import Grant, Person
from contactcentre.core.config.network import Centre, Network
from contactcentre.features.privacy.disclosure import disclose, page
from contactcentre.features.privacy.document import CLASSES, rules
from contactcentre.features.privacy.erasure import Erasure, by_shell
from contactcentre.features.privacy.quality_sweep import QualitySweep
from contactcentre.features.privacy.sweeps import Reached
from contactcentre.features.quality import documents
from contactcentre.features.quality.assessing import AssessmentService
from contactcentre.features.quality.editing import QualityDocumentService
from contactcentre.features.quality.own import OwnAssessmentService
from contactcentre.features.quality.sampler import Sampler
from contactcentre.features.quality.scripted import ScriptedCallService
from contactcentre.settings import ROOT
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.storage.sealed_talks import SealedTalks
from contactcentre.telephony.message_files import MessageFiles
from routing.calendar import midnight
from routing.model import AgentProfile, Place

pytestmark = pytest.mark.integration

ANNA, JANIS = "+37120000001", "+37120000002"
PSEUDONYMS = Pseudonyms(b"not in the database")
USUAL = ROOT / "config" / "starter" / "quality.yaml"
NOW = midnight(date(2026, 11, 20)) + 12 * 3600.0
PLACE = Place("sala", "jekabpils", "zemgale")
NETWORK = Network(
    version=1,
    centres={"sala": Centre(centre_id="sala", name="Salas VPVKAC", municipality="jekabpils")},
    agents={
        key: AgentProfile(agent_id=key, name=key, centre_id="sala", endpoint=key, place=PLACE)
        for key in ("a1", "a2")
    },
)
LEADER = Person(user_id="leader", name="G", grants=frozenset({Grant(role="supervisor")}))
AGENT = Person(user_id="u1", name="A", agent_id="a1", grants=frozenset({Grant(role="agent")}))
MARKS = {
    **dict.fromkeys(("greeting", "identified", "card", "readback", "record", "privacy"), "yes"),
    "plain": "5",
}


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


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A database of each kind, with what quality begins with."""
    async with database.opened(database_url) as made:
        async with made.begin() as connection:
            await documents.begin(connection, documents.starter(USUAL), at=1.0, by="shell")
        yield made


def no_guard(text: str) -> tuple[str, ...]:
    """Anything may be written here."""
    return ()


def room(engine: AsyncEngine, at: float = NOW) -> AssessmentService:
    """At that instant."""

    def network() -> Network:
        return NETWORK

    return AssessmentService(
        engine,
        Sampler(engine, network=network, clock=lambda: at),
        network=network,
        guard=no_guard,
        stands_for=PSEUDONYMS.of,
        clock=lambda: at,
    )


def contact(call_id: str, caller: str | None = ANNA, at: float = NOW, **changes: Any) -> Any:
    """A call that is over and written down."""
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
        "agent_id": "a1",
        "arrived_at": at - 600.0,
        "queued_at": at - 595.0,
        "answered_at": at - 580.0,
        "talk_ended_at": at - 300.0,
        "ended_at": at - 300.0,
        "recorded_at": at - 280.0,
        "hold_s": 0.0,
        "kind": "consultation",
        "services": [],
        "result": "answered",
        "note": "par pabalstu",
        "identified_level": 0,
        "identified_by": "",
        "forgotten_at": None,
        **changes,
    }


def leg(call_id: str, at: float = NOW, **changes: Any) -> dict[str, Any]:
    """The agent's part of it."""
    return {
        "leg_id": f"{call_id}-1",
        "last_seq": 1,
        "call_id": call_id,
        "party": "agent",
        "purpose": "offer",
        "device": "browser",
        "agent_id": "a1",
        "from_at": at - 590.0,
        "answered_at": at - 580.0,
        "to_at": at - 300.0,
        "hold_s": 0.0,
        "circle": 0,
        **changes,
    }


async def has(engine: AsyncEngine, table: Any, *rows: dict[str, Any]) -> None:
    """These rows."""
    async with engine.begin() as connection:
        await connection.execute(insert(table), list(rows))


async def talked(engine: AsyncEngine, *call_ids: str, caller: str = ANNA) -> None:
    """In so many calls."""
    await has(engine, models.contacts, *(contact(one, caller) for one in call_ids))
    await has(engine, models.legs, *(leg(one) for one in call_ids))


async def rows(engine: AsyncEngine, table: Any) -> list[Any]:
    """All of it."""
    async with engine.connect() as connection:
        found = await connection.execute(select(table).order_by(*table.primary_key.columns))
        return list(found.mappings())


async def test_what_may_be_drawn(engine: AsyncEngine) -> None:
    """Talks that are over, written down by the agent whose they are, and somebody's still: of this
    month, no consult, no test call; a recording that is there comes first."""
    unfit = {
        "open": {"ended_at": None},
        "unwritten": {"recorded_at": None},
        "given-up": {"kind": "not_recorded"},
        "others": {"agent_id": "a2"},
        "gone": {"forgotten_at": 1.0},
        "test": {},
    }
    await has(engine, models.contacts, *(contact(key, **one) for key, one in unfit.items()))
    await has(engine, models.contacts, contact("asked"), contact("missed"), contact("october"))
    await has(engine, models.legs, *(leg(key) for key in unfit))
    october = {"from_at": midnight(date(2026, 10, 31))}
    await has(
        engine,
        models.legs,
        *(leg("asked", purpose="consult"), leg("missed", answered_at=None)),
        leg("october", **october),
    )
    scripted = {
        "scripted_id": "s",
        "script": "passport",
        "version": 1,
        "tester": "t",
        "begun_at": 1.0,
        "scorecard": "test",
        "scorecard_version": 1,
        "marks": {},
        "remarks": {},
    }
    await has(engine, models.scripted_calls, {**scripted, "call_id": "test"})
    assert await room(engine).draw(person=LEADER) == 0
    await talked(engine, "plain", "heard", "lost")
    kept = {
        "agent_id": "a1",
        "queue": "benefits",
        "basis": "x",
        "from_at": NOW,
        "to_at": NOW,
        "seconds": 9.0,
        "sha256": "",
        "size": 1,
        "sealed_at": NOW,
    }
    await has(
        engine,
        models.recordings,
        {**kept, "leg_id": "heard-1", "call_id": "heard", "state": "whole"},
        {**kept, "leg_id": "lost-1", "call_id": "lost", "state": "missing"},
    )
    assert await room(engine).draw(person=LEADER) == 1
    (one,) = await rows(engine, models.samples)
    assert (one["call_id"], one["among"], one["month"]) == ("heard", 1, 202611)
    assert await room(engine).draw(person=LEADER) == 2  # three are due, of a rule of four
    assert await room(engine).draw(person=LEADER) == 0


async def test_from_the_draw_to_the_answer(engine: AsyncEngine) -> None:
    """The same in both databases: drawn, begun once, assessed, read, answered, and what comes of
    it."""
    await talked(engine, "c1", "c2")
    here = room(engine)
    await here.draw(person=LEADER)
    begun = await here.next(person=LEADER)
    view = await here.assessment(begun, person=LEADER)
    assert view.talk is not None
    assert (view.talk.note, view.talk.wait_s, view.talk.talk_s) == ("par pabalstu", 15.0, 280.0)
    assert (view.row.agent, view.row.finished_at) == ("a1", None)
    await here.save(begun, Filled(marks={"greeting": "no"}), finish=False, person=LEADER)
    filled = Filled(marks=MARKS, remarks={"card": "Labi"}, comment="Viss")
    await here.save(begun, filled, finish=True, person=LEADER)
    own = OwnAssessmentService(engine, network=lambda: NETWORK, guard=no_guard, clock=lambda: NOW)
    (line,) = (await own.own(person=AGENT)).rows
    assert (line.score, line.failed, line.seen_at) == (100, False, None)
    assert (await own.read(begun, person=AGENT)).filled == filled
    await own.answer(begun, "Paldies", person=AGENT)
    overview = await here.view(person=LEADER)
    assert [one.reply for one in overview.replies] == ["Paldies"]
    assert (overview.waiting, [one.count for one in overview.means]) == (1, [1])
    await here.next(person=LEADER)
    with pytest.raises(QualityRefused, match="none"):
        await here.next(person=LEADER)


async def test_documents_are_edited_by_one_at_a_time(engine: AsyncEngine) -> None:
    """A version is made from the newest; the same again is none; nothing is begun twice."""
    edit = QualityDocumentService(engine, network=lambda: NETWORK, usual=USUAL)
    rule = {"name": "Divas", "scorecard": "talk", "each_month": 2, "queues": [], "active": True}
    assert await edit.save("rule", "monthly", rule, base=1, person=LEADER) == "monthly"
    with pytest.raises(QualityRefused, match="stale"):
        await edit.save("rule", "monthly", rule, base=1, person=LEADER)
    await edit.save("rule", "monthly", rule, base=2, person=LEADER)
    new = await edit.save("rule", "new", rule, base=0, person=LEADER)
    await edit.begin(person=LEADER)
    listed = await edit.listed()
    assert {one.key: one.version for one in listed["rule"]} == {"monthly": 2, new: 1}
    assert (await edit.document("rule", "monthly", 1)).document["each_month"] == 4


async def test_a_test_call_is_found(engine: AsyncEngine) -> None:
    """By its number, in its time, once; the reports are told to count it anew."""
    await has(engine, models.contacts, contact("before", at=NOW - 9000.0))
    here = ScriptedCallService(
        engine, network=lambda: NETWORK, guard=no_guard, clock=lambda: NOW - 700.0
    )
    begun = await here.start("passport", person=LEADER)
    result = ScriptedResult(
        filled=Filled(marks={"greeting": "yes", "listens": "5", "plain": "5", "goodbye": "yes"}),
        number="20000001",
        answer="right",
    )
    with pytest.raises(QualityRefused, match="no-call"):
        await here.finish(begun, result, person=LEADER)
    await has(engine, models.contacts, contact("c1"), contact("c2", JANIS))
    await here.finish(begun, result, person=LEADER)
    (row,) = await rows(engine, models.scripted_calls)
    assert (row["call_id"], row["wait_s"], row["score"]) == ("c1", 15.0, 100)
    assert [one["key"] for one in await rows(engine, models.report_due)] == ["c1"]
    month = await here.month(202611, person=LEADER)
    assert (len(month.rows), month.reached, month.right, month.score) == (1, 1, 1, 100.0)


async def test_the_night_draws_and_puts_back(engine: AsyncEngine) -> None:
    """Once a night, in the small hours; a draft that was left for a month is offered again, one of
    yesterday is not, and a service that starts anew draws nothing twice."""
    await talked(engine, "c1", "c2", "c3")
    night = midnight(date(2026, 11, 21)) + 3.5 * 3600.0
    await has(
        engine,
        models.assessments,
        assessment("a", "x1", night - 31 * 86_400.0, finished_at=None),
        assessment("b", "x2", night - 86_400.0, finished_at=None),
    )
    counts = []
    for at in (night - 3600.0, night, night + 600.0, night + 8 * 3600.0):
        sampler = Sampler(engine, network=lambda: NETWORK, clock=lambda at=at: at)
        counts.append(await sampler.look())
    assert counts == [0, 3, 0, 0]
    assert [one["assessment_id"] for one in await rows(engine, models.assessments)] == ["b"]
    told = [one for one in await rows(engine, models.audit) if one["action"] == "quality.drawn"]
    assert [(one["who"], one["object"]) for one in told] == [("", "a1")]


def assessment(key: str, call_id: str, at: float, **changes: Any) -> dict[str, Any]:
    """One that is finished."""
    return {
        "assessment_id": key,
        "call_id": call_id,
        "leg_id": "x",
        "agent_id": "a1",
        "centre": "sala",
        "month": 202611,
        "scorecard": "talk",
        "version": 1,
        "reviewer": key,
        "marks": {"card": "yes"},
        "remarks": {"card": "par Annu"},
        "comment": "Annas dēls",
        "begun_at": at,
        "finished_at": at,
        "score": 90,
        "reply": "jā, Anna",
        "replied_at": None,
        **changes,
    }


def sample(call_id: str, at: float) -> dict[str, Any]:
    """One that was drawn."""
    return {
        "call_id": call_id,
        "leg_id": "x",
        "agent_id": "a1",
        "centre": "sala",
        "month": 202611,
        "rule": "monthly",
        "scorecard": "talk",
        "place": 1,
        "among": 1,
        "drawn_at": at,
    }


# --- two windows at once, on PostgreSQL ------------------------------------------------------

SECOND = replace(LEADER, user_id="second")
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
async def served(postgres: Any, statements: Path) -> AsyncIterator[AsyncEngine]:
    """PostgreSQL, with an assessment "a" by somebody else of a talk that may be assessed twice."""
    async with database.opened(postgres.empty(statements)) as made:
        async with made.begin() as connection:
            await documents.begin(connection, documents.starter(USUAL), at=1.0, by="shell")
        await talked(made, "c1")
        await has(made, models.assessments, assessment("a", "c1", NOW, reply=""))
        yield made


async def at_once(engine: AsyncEngine, *acts: Coroutine[Any, Any, Any]) -> list[Any]:
    """What becomes of each, or its fault: all are under way, and each waits for the same row, when
    the first of them goes on."""
    under_way: list[asyncio.Task[Any]] = []
    async with engine.connect() as watching, asyncio.timeout(20):
        async with engine.begin() as holding:
            row = select(models.assessments).where(models.assessments.c.assessment_id == "a")
            await holding.execute(row.with_for_update())
            for act in acts:
                under_way.append(asyncio.create_task(act))
                while await watching.scalar(WAITING) < len(under_way):  # noqa: ASYNC110 - it tells no events
                    await asyncio.sleep(0.01)
        return await asyncio.gather(*under_way, return_exceptions=True)


async def test_read_in_one_window_and_assessed_in_another(served: AsyncEngine) -> None:
    """Whichever was first, the other is refused: nobody assesses what they have read."""
    here = room(served)
    opened, begun = await at_once(
        served, here.assessment("a", person=SECOND), here.second("a", person=SECOND)
    )
    assert opened.filled.comment == "Annas dēls"
    assert (type(begun), str(begun)) == (QualityRefused, "known")
    third = replace(LEADER, user_id="third")
    begun, opened = await at_once(
        served, here.second("a", person=third), here.assessment("a", person=third)
    )
    assert isinstance(opened, LookupError)
    (row,) = [one for one in await rows(served, models.assessments) if one["calibration"]]
    assert (row["assessment_id"], row["reviewer"]) == (begun, "third")
    first = next(one for one in await rows(served, models.assessments) if not one["calibration"])
    assert first["readers"] == ["second"]
    with pytest.raises(LookupError):
        await here.assessment("a", person=third)


@pytest.mark.parametrize("other", ["second", "third"])
async def test_the_second_is_given_once(served: AsyncEngine, other: str) -> None:
    """By one of two who ask for it at once, and by one of two windows of the same person; the log
    has one beginning."""
    here = room(served)
    begun, refused = await at_once(
        served,
        here.second("a", person=SECOND),
        here.second("a", person=replace(LEADER, user_id=other)),
    )
    assert isinstance(refused, LookupError)
    (row,) = [one for one in await rows(served, models.assessments) if one["calibration"]]
    assert (row["assessment_id"], row["reviewer"]) == (begun, "second")
    told = [one["action"] for one in await rows(served, models.audit)]
    assert told.count("quality.begun") == 1


async def test_answered_while_a_second_is_begun(served: AsyncEngine) -> None:
    """After the agent's answer nobody begins one; before it, the answer is hidden from the second
    until that is finished."""
    here = room(served)
    own = OwnAssessmentService(served, network=lambda: NETWORK, guard=no_guard, clock=lambda: NOW)
    begun, answered = await at_once(
        served, here.second("a", person=SECOND), own.answer("a", "Paldies", person=AGENT)
    )
    assert answered is None
    assert (await here.view(person=SECOND)).replies == []
    await here.save(begun, Filled(marks=MARKS), finish=True, person=SECOND)
    assert [one.reply for one in (await here.view(person=SECOND)).replies] == ["Paldies"]


async def test_a_second_is_begun_while_the_agent_answers(served: AsyncEngine) -> None:
    """The answer is what all who lead see: it was first, so there is no second."""
    own = OwnAssessmentService(served, network=lambda: NETWORK, guard=no_guard, clock=lambda: NOW)
    answered, begun = await at_once(
        served,
        own.answer("a", "Paldies", person=AGENT),
        room(served).second("a", person=SECOND),
    )
    assert answered is None
    assert (type(begun), str(begun)) == (QualityRefused, "known")
    assert not [one for one in await rows(served, models.assessments) if one["calibration"]]


async def test_they_go_by_age(engine: AsyncEngine) -> None:
    """From the day on which somebody has written to them last; what is held stays. That a call was
    a test stays too, with the figures: its words and its tester go."""
    await has(engine, models.contacts, contact("c1", ANNA), contact("c2", JANIS))
    await has(
        engine,
        models.assessments,
        assessment("a", "c1", 100.0),
        assessment("b", "x1", 100.0, replied_at=600.0),
        assessment("c", "x2", 600.0),
        assessment("d", "c2", 100.0),
        assessment("e", "x3", 100.0, finished_at=None),
    )
    await has(engine, models.samples, sample("c1", 90.0), sample("x2", 590.0))
    scripted = {
        "scripted_id": "s",
        "script": "passport",
        "version": 1,
        "tester": "t",
        "begun_at": 9.0,
        "scorecard": "test",
        "scorecard_version": 1,
        "marks": {"a": "yes"},
        "remarks": {},
    }
    await has(
        engine,
        models.scripted_calls,
        {**scripted, "call_id": "c9", "comment": "Labi"},
        {**scripted, "scripted_id": "t", "call_id": None, "comment": "Neviens"},
    )
    hold = {"hold_id": "h", "person": PSEUDONYMS.of(JANIS), "why": "x"}
    await has(engine, models.legal_holds, {**hold, "placed_at": 1.0, "placed_by": "u"})
    sweep, reached, counts = QualitySweep(PSEUDONYMS), Reached(), []
    while reached is not None:
        async with engine.begin() as connection:
            done = await sweep.portion(connection, 500.0, reached, 1000.0)
        reached, counts = done.reached, [*counts, done.count]
    assert counts == [5, 0]
    assert [one["assessment_id"] for one in await rows(engine, models.assessments)] == [
        *("b", "c", "d")
    ]
    assert [one["call_id"] for one in await rows(engine, models.samples)] == ["x2"]
    (test,) = await rows(engine, models.scripted_calls)
    assert (test["call_id"], test["tester"], test["comment"], test["marks"]) == ("c9", "", "", {})


async def test_a_person_is_given_them_and_has_them_erased(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    """That a talk was assessed, and not how; then no word of it is left, the marks are the agent's,
    and what was drawn is drawn no more. Others' stay."""
    await has(engine, models.contacts, contact("c1", ANNA), contact("c2", JANIS))
    await has(
        engine, models.assessments, assessment("a", "c1", 100.0), assessment("b", "c2", 100.0)
    )
    await has(engine, models.samples, sample("c1", 90.0), sample("c2", 90.0))
    terms = rules((), dict.fromkeys(CLASSES, 30))
    async with engine.connect() as connection:
        found = await disclose(connection, [ANNA], PSEUDONYMS, terms, at=300.0)
    assert [one.keys() for one in found["assessments"]] == [{"talk_at", "assessed_at"}]
    assert "kuru kvalitāte ir vērtēta" in page(found)
    assert "Annas dēls" not in page(found)
    files = MessageFiles(tmp_path, most_bytes=1000)
    talks = SealedTalks(tmp_path / "sealed", lambda: ("key",))
    erasure = Erasure(engine, Resting(), files, PSEUDONYMS, talks=talks, approved=by_shell)
    await erasure.erase(ANNA, by="shell", why="x")
    mine, theirs = await rows(engine, models.assessments)
    assert (mine["comment"], mine["remarks"], mine["reply"]) == ("", {}, "")
    assert (mine["marks"], mine["score"]) == ({"card": "yes"}, 90)
    assert (theirs["comment"], theirs["reply"]) == ("Annas dēls", "jā, Anna")
    assert [one["call_id"] for one in await rows(engine, models.samples)] == ["c2"]
