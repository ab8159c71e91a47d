"""Records of people: merged, split and taken back; also by two who do it at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.person.port import PersonRefused
from agents_ui.shell.port import Person, Unavailable
from contactcentre.features.privacy.records import UNDO_S, PersonRecordService
from contactcentre.storage import database, people
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from tests.integration.test_callers import AGENT, HOME, MOBILE, Desk, a_family, told

pytestmark = pytest.mark.integration

OFFICER = Person(user_id="officer", name="x")
WHY = "lūgums 7"


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    async with database.opened(database_url) as made:
        yield made


@pytest.fixture
async def desk(engine: AsyncEngine) -> Desk:
    return Desk(engine)


def records(desk: Desk) -> PersonRecordService:
    """Of the officer."""
    return PersonRecordService(desk.engine, codes=desk.codes, clock=lambda: desk.at)


async def calls(desk: Desk, person_id: str) -> list[str]:
    """What is given out to that person."""
    return [one["call_id"] for one in (await told(desk, person_id))["contacts"]]


async def on_record(desk: Desk, action: Action) -> list[tuple[Any, ...]]:
    """The rows of an action."""
    columns = models.audit.c
    query = select(columns.who, columns.person, columns.object, columns.purpose)
    async with desk.engine.connect() as connection:
        found = await connection.execute(query.where(columns.action == action))
        return [tuple(row) for row in found]


async def test_two_records_become_one_and_two_again(desk: Desk) -> None:
    """Whoever was written down twice has one history, under either id; nothing is moved."""
    anna, janis = await a_family(desk)
    await desk.rings("x1", "+37122222222")
    twice = await desk.add("x1", "Anna Bērziņa")
    await records(desk).merge(twice, anna, why=WHY, person=OFFICER)
    assert await calls(desk, anna) == await calls(desk, twice) == ["a1", "m1", "a2", "x1"]
    await desk.rings("now")
    await desk.who.choose(AGENT, "now", anna)
    desk.identifies("now")
    assert (await desk.notes("now"))[0] == "piezīme x1"
    await records(desk).undo(twice, why=WHY, person=OFFICER)
    assert await calls(desk, twice) == ["x1"]
    assert "x1" not in await calls(desk, anna)
    assert await calls(desk, janis) == ["j1"]
    assert await on_record(desk, Action.PERSON_MERGED) == [("officer", anna, twice, WHY)]
    assert await on_record(desk, Action.MERGE_UNDONE) == [("officer", anna, twice, WHY)]


async def test_merged_the_two_ways_round_at_once(desk: Desk) -> None:
    """One is told that somebody was faster, and no person points at itself."""
    anna, janis = await a_family(desk)
    merging = [
        records(desk).merge(one, into, why=WHY, person=OFFICER)
        for one, into in ((anna, janis), (janis, anna))
    ]
    ends = await asyncio.gather(*merging, return_exceptions=True)
    assert sorted(type(end) for end in ends if end) in ([PersonRefused], [Unavailable])
    async with desk.engine.connect() as connection:
        assert await people.root(connection, anna) == await people.root(connection, janis)
    assert len(await on_record(desk, Action.PERSON_MERGED)) == 1


async def test_what_was_merged_is_merged_no_more(desk: Desk) -> None:
    """Neither into two others, nor with itself, nor into who stands for nobody."""
    anna, janis = await a_family(desk)
    await desk.rings("x1", "+37122222222")
    zane = await desk.add("x1", "Zane")
    await records(desk).merge(janis, anna, why=WHY, person=OFFICER)
    for one, into in ((janis, zane), (zane, janis), (zane, zane), (zane, ""), ("?", zane)):
        with pytest.raises(PersonRefused):
            await records(desk).merge(one, into, why=WHY, person=OFFICER)


async def test_after_a_month_nothing_is_taken_back(desk: Desk) -> None:
    """The page says so too."""
    anna, janis = await a_family(desk)
    await records(desk).merge(janis, anna, why=WHY, person=OFFICER)
    desk.at += UNDO_S + 1
    with pytest.raises(PersonRefused) as refused:
        await records(desk).undo(janis, why=WHY, person=OFFICER)
    assert refused.value.reason == "late"
    (found,) = await records(desk).find([HOME], why=WHY, person=OFFICER)
    assert [one.undoable for one in found.merged] == [False]


@pytest.mark.parametrize("by", ["number", "contact"])
async def test_what_is_somebody_elses_is_split_off(desk: Desk, by: str) -> None:
    """With its number, or its contacts; and comes back."""
    anna, _ = await a_family(desk)
    (found,) = await records(desk).find([MOBILE], why=WHY, person=OFFICER)
    assert found.person_id == anna
    number = next(of for of, shown in found.numbers if shown.endswith(MOBILE[-2:]))
    await records(desk).split(
        anna,
        name="Zane Bērziņa",
        numbers=[number] if by == "number" else [],
        contacts=["m1"] if by == "contact" else [],
        why=WHY,
        person=OFFICER,
    )
    assert await calls(desk, anna) == ["a1", "a2"]
    other = next(
        one
        for one in await records(desk).find([MOBILE], why=WHY, person=OFFICER)
        if one.person_id != anna
    )
    assert other.name == "Zane Bērziņa"
    assert await calls(desk, other.person_id) == ["m1"]
    await records(desk).undo(other.person_id, why=WHY, person=OFFICER)
    assert await calls(desk, anna) == ["a1", "m1", "a2"]


async def test_nothing_chosen_is_nothing_split(desk: Desk, engine: AsyncEngine) -> None:
    """And no empty record is left behind."""
    anna, _ = await a_family(desk)
    chosen = [("", [], ["m1"]), ("Zane", [], []), ("Zane", [], ["j1"]), ("Zane", ["~no"], [])]
    for name, numbers, contacts in chosen:
        with pytest.raises(PersonRefused) as refused:
            await records(desk).split(
                anna, name=name, numbers=numbers, contacts=contacts, why=WHY, person=OFFICER
            )
        assert refused.value.reason == "nothing"
    async with engine.connect() as connection:
        assert len((await connection.execute(select(models.people))).all()) == 2


async def test_found_by_number_and_by_code(desk: Desk) -> None:
    """Numbers are masked; each who was found is on record; two numbers stand side by side."""
    anna, janis = await a_family(desk)
    both = await records(desk).find([HOME], why=WHY, person=OFFICER)
    assert {one.person_id for one in both} == {anna, janis}
    assert {one.shared for one in both} == {True}
    assert HOME not in str(both)
    (by_code,) = await records(desk).find(["161175-19997"], why=WHY, person=OFFICER)
    assert by_code.person_id == anna
    assert await records(desk).find(["28666666"], why=WHY, person=OFFICER) == []
    with pytest.raises(PersonRefused):
        await records(desk).find(["zvans"], why=WHY, person=OFFICER)
    assert {row[1] for row in await on_record(desk, Action.PERSON_FOUND)} == {anna, janis}
