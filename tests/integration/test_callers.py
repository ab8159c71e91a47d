"""Who is calling: contacts tied to people, and what each of two who share a number is shown."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.desk.port import ChoiceRefused
from agents_ui.shell.port import Person
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.state import (
    Call,
    CallerChannel,
    CallRecord,
    Identity,
    Phase,
    Talk,
)
from contactcentre.core.values import replace
from contactcentre.features.accounts.vault import Vault
from contactcentre.features.cases.beside_call import CasesBesideCall
from contactcentre.features.citizens.callers import CallerService
from contactcentre.features.citizens.service import CitizenService
from contactcentre.features.privacy import store
from contactcentre.features.privacy.disclosure import disclose, page
from contactcentre.features.privacy.document import CLASSES, RetentionRule
from contactcentre.features.privacy.erasure import Erasure, HeldData, UnclearPerson, by_shell
from contactcentre.features.privacy.person_sweep import PersonSweep
from contactcentre.features.privacy.sweeps import Reached
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.people import SharedNumber
from contactcentre.storage.personal_codes import PersonalCodes
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.storage.sealed_talks import SealedTalks
from contactcentre.telephony.message_files import MessageFiles
from tests.integration.test_cases import Resting
from tests.integration.test_citizens import a_contact

pytestmark = pytest.mark.integration

NOW = 1_800_000_000.0
HOME, MOBILE = "+37160000001", "+37120000001"
AGENT = Person(user_id="anna", name="Anna", agent_id="a1")
PSEUDONYMS = Pseudonyms(b"not in the database")
CODE = "161175-19997"
NEEDS = "NEEDS-CODE"


def a_call(call_id: str, caller: str | None = HOME, **changes: Any) -> Call:
    made = Call(
        talk=Talk(agent_id="a1", answered_at=NOW),
        call_id=call_id,
        channel=CallerChannel(name="x", unique_id="1.1"),
        caller=caller,
        dialled="60000100",
        arrived_at=NOW,
        phase=Phase.TALKING,
        since=NOW,
        record=CallRecord(services=(NEEDS,)),
    )
    return replace(made, **changes)


class Desk:
    """An agent with the calls of one day, over a database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.at = NOW
        self.calls: dict[str, Call] = {}
        codes = PersonalCodes(Vault(lambda: ("k",)), lambda: ("k",))
        self.codes = codes
        self.who = CallerService(
            engine,
            self.calls,
            pseudonym=PSEUDONYMS.of,
            codes=codes,
            needs_code=lambda services: NEEDS in services,
            clock=lambda: self.at,
        )
        self.history = CitizenService(
            engine, self.calls, person=PSEUDONYMS.of, clock=lambda: self.at
        )

    async def rings(self, call_id: str, caller: str | None = HOME, **changes: Any) -> None:
        """A call in talk now; its row is there already."""
        self.at += 10
        self.calls[call_id] = a_call(call_id, caller, **changes)
        row = a_contact(
            0,
            call_id=call_id,
            caller=caller,
            note=f"piezīme {call_id}",
            arrived_at=self.at,
            ended_at=self.at + 5,
        )
        async with self.engine.begin() as connection:
            await database.upsert(connection, models.contacts, [row])

    async def add(self, call_id: str, name: str) -> str:
        """Somebody new has rung."""
        await self.who.add(AGENT, call_id, name=name, municipality="ogre", language="lv")
        chosen = (await self.who.caller(AGENT, call_id)).chosen
        assert chosen is not None
        return chosen.person_id

    def identifies(self, call_id: str, level: int = 1) -> None:
        """The caller has shown who it is."""
        self.at += 1
        self.calls[call_id] = replace(
            self.calls[call_id], identity=Identity(level=level, method="knowledge", at=self.at)
        )

    async def notes(self, call_id: str) -> list[str]:
        """As the history shows them, the newest first."""
        return [one.note for one in await self.history.contacts(AGENT, call_id)]


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    async with database.opened(database_url) as made:
        yield made


@pytest.fixture
async def desk(engine: AsyncEngine) -> Desk:
    return Desk(engine)


async def a_family(desk: Desk) -> tuple[str, str]:
    """Anna and Jānis have rung from home, one after the other; Anna from her mobile too."""
    await desk.rings("a1")
    anna = await desk.add("a1", "Anna Marija Bērziņa")
    await desk.rings("j1")
    janis = await desk.add("j1", "Jānis Bērziņš")
    await desk.rings("m1", MOBILE)
    desk.calls["m1"] = replace(desk.calls["m1"], record=CallRecord(services=(NEEDS,)))
    await desk.rings("a2")
    await desk.who.choose(AGENT, "a2", anna)
    await desk.who.take_code(AGENT, "a2", CODE)
    await desk.who.take_code(AGENT, "m1", CODE)
    return anna, janis


async def test_a_number_says_only_who_may_be_calling(desk: Desk) -> None:
    """Candidates have a first name, an initial and a municipality; nobody is chosen for anybody."""
    await a_family(desk)
    await desk.rings("now")
    seen = await desk.who.caller(AGENT, "now")
    assert seen.chosen is None
    assert {(one.name, one.municipality) for one in seen.candidates} == {
        ("Anna B.", "ogre"),
        ("Jānis B.", "ogre"),
    }


@pytest.mark.parametrize("caller", [None, ""])
async def test_a_withheld_number_is_nobodys(desk: Desk, caller: str | None) -> None:
    """There are no candidates; who tells a name can be written down all the same."""
    await a_family(desk)
    await desk.rings("now", caller)
    assert (await desk.who.caller(AGENT, "now")).candidates == ()
    await desk.add("now", "Zane")
    await desk.rings("later", caller)
    assert (await desk.who.caller(AGENT, "later")).candidates == ()


async def test_notes_are_the_chosen_persons_alone(desk: Desk) -> None:
    """Over all her numbers; what another of the family has asked is not there at all."""
    anna, janis = await a_family(desk)
    await desk.rings("now")
    await desk.who.choose(AGENT, "now", anna)
    assert await desk.notes("now") == ["", "", ""]
    desk.identifies("now")
    assert await desk.notes("now") == ["piezīme a2", "piezīme m1", "piezīme a1"]
    await desk.who.choose(AGENT, "now", janis)
    desk.identifies("now")
    assert await desk.notes("now") == ["piezīme j1"]


async def test_of_a_number_that_people_are_known_by_nothing_opens_without_a_choice(
    desk: Desk,
) -> None:
    """Level 1 says that somebody was identified, and not who: dates and topics, as before."""
    await a_family(desk)
    await desk.rings("now")
    desk.identifies("now", 3)
    assert await desk.notes("now") == ["", "", ""]


async def test_what_nobody_is_named_for_stays_closed_on_a_shared_number(desk: Desk) -> None:
    """It may be the other's; of a number that is hers alone it opens."""
    anna, _ = await a_family(desk)
    await desk.rings("unknown")
    await desk.rings("mobile", MOBILE)
    await desk.rings("now")
    await desk.who.choose(AGENT, "now", anna)
    desk.identifies("now")
    assert (await desk.notes("now"))[0] == ""
    await desk.rings("again", MOBILE)
    await desk.who.choose(AGENT, "again", anna)
    desk.identifies("again")
    assert "piezīme mobile" in await desk.notes("again")


async def test_who_is_chosen_instead_is_identified_anew(desk: Desk) -> None:
    """Also where nobody was chosen in between: what Anna has answered opens nothing of Jānis'."""
    anna, janis = await a_family(desk)
    await desk.rings("now")
    desk.identifies("now")
    await desk.who.choose(AGENT, "now", anna)
    assert "piezīme a1" in await desk.notes("now")
    await desk.who.choose(AGENT, "now", "")
    await desk.who.choose(AGENT, "now", janis)
    assert await desk.notes("now") == [""]
    chosen = (await desk.who.caller(AGENT, "now")).chosen
    assert chosen is not None
    assert (chosen.name, chosen.proved) == ("Jānis B.", False)
    desk.identifies("now")
    assert await desk.notes("now") == ["piezīme j1"]


async def test_nobody_is_chosen_who_does_not_have_the_number(desk: Desk) -> None:
    """An id from elsewhere opens no history."""
    _, janis = await a_family(desk)
    await desk.rings("now", MOBILE)
    with pytest.raises(LookupError):
        await desk.who.choose(AGENT, "now", janis)


@pytest.mark.parametrize(
    "changes",
    [
        {"record": CallRecord(saved_at=NOW)},
        {
            "phase": Phase.OFFERED,
            "talk": Talk(),
            "legs": (Leg(leg_id="now-1", agent_id="a1", at=NOW, ring_until=NOW + 20),),
        },
    ],
)
async def test_chosen_from_the_answer_to_the_end_of_the_record(
    desk: Desk, changes: dict[str, Any]
) -> None:
    """Neither while it rings nor when the record is closed; who may be calling is shown."""
    anna, _ = await a_family(desk)
    await desk.rings("now", **changes)
    assert len((await desk.who.caller(AGENT, "now")).candidates) == 2
    with pytest.raises(LookupError):
        await desk.who.choose(AGENT, "now", anna)
    with pytest.raises(LookupError):
        await desk.who.add(AGENT, "now", name="Zane", municipality="", language="")


async def test_a_code_is_shown_masked_and_only_to_who_may(desk: Desk, engine: AsyncEngine) -> None:
    """It lies nowhere as it was told; a changed one is kept as a former one, and finds too."""
    anna, _ = await a_family(desk)
    await desk.rings("now")
    await desk.who.choose(AGENT, "now", anna)
    assert await desk.who.take_code(AGENT, "now", "328673-00679") is False
    desk.identifies("now")
    chosen = (await desk.who.caller(AGENT, "now")).chosen
    assert chosen is not None
    assert chosen.codes == ("······-···79", "······-···97")
    await desk.rings("later")
    await desk.who.choose(AGENT, "later", anna)
    chosen = (await desk.who.caller(AGENT, "later")).chosen
    assert chosen is not None
    assert chosen.codes == ()
    async with engine.connect() as connection:
        kept = [
            str(row)
            for table in (models.person_codes, models.audit)
            for row in await connection.execute(select(table))
        ]
    assert not [row for row in kept if "19997" in row or "00679" in row]
    await desk.rings("elsewhere", "+37126666666")
    assert await desk.who.take_code(AGENT, "elsewhere", CODE.replace("-", "")) is False
    found = (await desk.who.caller(AGENT, "elsewhere")).chosen
    assert found is not None
    assert found.person_id == anna


async def test_what_no_code_can_be_done_with_is_said(desk: Desk) -> None:
    """What is none, what nobody has, what is another's, and where none is needed."""
    anna, janis = await a_family(desk)
    await desk.rings("now")
    for code, reason in (("16117519997x", "code"), ("111111-11111", "nobody")):
        with pytest.raises(ChoiceRefused) as refused:
            await desk.who.take_code(AGENT, "now", code)
        assert refused.value.reason == reason
    await desk.who.choose(AGENT, "now", janis)
    with pytest.raises(ChoiceRefused) as refused:
        await desk.who.take_code(AGENT, "now", CODE)
    assert refused.value.reason == "other"
    await desk.rings("none", record=CallRecord())
    await desk.who.choose(AGENT, "none", anna)
    with pytest.raises(ChoiceRefused) as refused:
        await desk.who.take_code(AGENT, "none", CODE)
    assert refused.value.reason == "off"


async def test_cases_follow_the_person(desk: Desk, engine: AsyncEngine) -> None:
    """Those of her contacts, over all numbers; numbers and subjects of none before the choice."""
    anna, janis = await a_family(desk)
    cases = [
        {
            "kind": "question",
            "state": "open",
            "subject": call_id,
            "service": "",
            "municipality": "",
            "owner": "centre:x",
            "begun_at": "",
            "opened_at": NOW,
            "opened_by": "anna",
            "due_on": "2027-02-01",
            "call_id": call_id,
            "caller": caller,
        }
        for call_id, caller in (("a1", HOME), ("j1", HOME), ("m1", MOBILE))
    ]
    async with engine.begin() as connection:
        await connection.execute(models.cases.insert(), cases)
    beside = CasesBesideCall(engine, desk.calls, person=PSEUDONYMS.of)
    await desk.rings("now")
    desk.identifies("now")
    assert {one.subject for one in await beside.cases(AGENT, "now")} == {""}
    await desk.who.choose(AGENT, "now", anna)
    assert {one.subject for one in await beside.cases(AGENT, "now")} == {"a1", "m1"}
    await desk.who.choose(AGENT, "now", janis)
    assert {one.subject for one in await beside.cases(AGENT, "now")} == {""}
    desk.identifies("now")
    assert {one.subject for one in await beside.cases(AGENT, "now")} == {"j1"}


# --- the law ---------------------------------------------------------------------------------

TERMS = {name: RetentionRule(class_id=name, days=30) for name in CLASSES}


async def told(desk: Desk, *asked: str) -> Any:
    """What is given out."""
    async with desk.engine.begin() as connection:
        return await disclose(connection, asked, PSEUDONYMS, TERMS, at=NOW, codes=desk.codes)


async def test_one_is_not_told_of_another(desk: Desk) -> None:
    """Each gets what is said to be theirs, and not the other's contacts, name or looks."""
    anna, janis = await a_family(desk)
    with pytest.raises(SharedNumber):
        await told(desk, HOME)
    hers, his = await told(desk, anna), await told(desk, janis)
    assert [one["call_id"] for one in hers["contacts"]] == ["a1", "m1", "a2"]
    assert [one["call_id"] for one in his["contacts"]] == ["j1"]
    assert hers["personal_codes"] == [{"code": "16117519997", "former_at": None}]
    assert (hers["numbers"], hers["shared"]) == ([MOBILE, HOME], [HOME])
    assert "Jānis" not in page(hers)
    assert "Anna" not in page(his)
    assert (await told(desk, MOBILE))["contacts"] == hers["contacts"]


async def test_each_look_at_the_history_is_told(desk: Desk) -> None:
    """Also one from before the choice, at a call that turned out to be hers; not one at his."""
    anna, _ = await a_family(desk)
    await desk.rings("now")
    await desk.history.contacts(AGENT, "now")
    await desk.who.choose(AGENT, "now", anna)
    desk.identifies("now")
    await desk.history.contacts(AGENT, "now")
    looked = [one["what"] for one in (await told(desk, anna))["looked_at"]]
    assert looked[-3:] == ["history.listed", "person.chosen", "history.opened"]
    assert looked.count("person.added") == 1


def erasure(desk: Desk, tmp_path: Any) -> Erasure:
    """While no service runs."""
    files = MessageFiles(tmp_path, most_bytes=0)
    talks = SealedTalks(tmp_path / "sealed", lambda: ("key",))
    return Erasure(
        desk.engine,
        Resting(),
        files,
        PSEUDONYMS,
        talks=talks,
        approved=by_shell,
        clock=lambda: NOW,
    )


async def test_one_is_erased_and_the_other_stays(desk: Desk, tmp_path: Any) -> None:
    """Over all her numbers; the one that both have goes on to be his."""
    anna, janis = await a_family(desk)
    desk.calls.clear()
    with pytest.raises(UnclearPerson):
        await erasure(desk, tmp_path).erase(HOME, by="shell", why="x")
    gone = await erasure(desk, tmp_path).erase(anna, by="shell", why="x")
    assert gone.contacts == 3
    his = await told(desk, janis)
    assert [one["note"] for one in his["contacts"]] == ["piezīme j1"]
    assert his["shared"] == []
    async with desk.engine.connect() as connection:
        query = select(models.contacts.c.caller, models.contacts.c.note)
        rows = (await connection.execute(query.order_by(models.contacts.c.note))).all()
        assert [tuple(row) for row in rows] == [*[(None, "")] * 3, (HOME, "piezīme j1")]
        for table in (models.people, models.person_numbers, models.person_codes):
            found = (await connection.execute(select(table.c.person_id))).scalars().all()
            assert set(found) <= {janis}


async def test_a_hold_on_one_number_holds_the_person(desk: Desk, tmp_path: Any) -> None:
    """By whichever number a court has named her."""
    anna, _ = await a_family(desk)
    hold = {
        "hold_id": "h",
        "person": PSEUDONYMS.of(MOBILE),
        "why": "x",
        "placed_at": NOW,
        "placed_by": "x",
    }
    async with desk.engine.begin() as connection:
        await store.hold(connection, hold)
        assert PSEUDONYMS.of(HOME) in await store.held(connection)
    with pytest.raises(HeldData):
        await erasure(desk, tmp_path).erase(anna, by="shell", why="x")


async def test_who_has_not_been_in_touch_is_forgotten(desk: Desk) -> None:
    """When the numbers of all contacts are pseudonyms; not before, and not who rang since."""
    anna, janis = await a_family(desk)
    later = NOW + 1000
    forgotten = models.contacts.update().where(models.contacts.c.call_id.in_(["a1", "a2", "m1"]))
    async with desk.engine.begin() as connection:
        await PersonSweep(PSEUDONYMS).portion(connection, later, Reached(), later)
        assert set((await connection.execute(select(models.people.c.person_id))).scalars()) == {
            anna,
            janis,
        }
        await connection.execute(forgotten.values(caller="~x", forgotten_at=later))
        done = await PersonSweep(PSEUDONYMS).portion(connection, later, Reached(), later)
        assert (done.count, done.reached) == (1, None)
        left = (await connection.execute(select(models.people.c.person_id))).scalars().all()
        assert left == [janis]
        codes = (await connection.execute(select(models.person_codes))).all()
        assert codes == []
