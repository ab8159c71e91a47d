"""Known events: what many ring about is one case, and whoever asked is told when it is over."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from agents_ui.cases.port import NewCase, Settled
from agents_ui.shell.port import Grant, Person
from contactcentre.features.cases import event_store
from contactcentre.features.cases import number as numbers
from contactcentre.features.cases.known_events import MOST_TAKEN
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from lab.pages.people import AGENTS
from lab.pages.stage import PSEUDONYMS

pytestmark = pytest.mark.web

HTML = {"Accept": "text/html"}
TITLE = "Ludzas ielā nav ūdens"
LEADER = Person(user_id="leader", name="Gunta", grants=frozenset({Grant(role="supervisor")}))
_joined, _contacts = models.case_contacts.c, models.contacts.c


def agent(scene):
    """Who sits there, of that centre alone."""
    grants = frozenset({Grant(role="agent", realm=("centre", scene))})
    return Person(user_id=f"u-{scene}", name=scene, grants=grants, agent_id=AGENTS[scene].agent_id)


async def known(world, title=TITLE, **given):
    """A known event; its number."""
    case = NewCase(kind="fault", subject="Avārija", **given)
    number = await world.cases.begin(case, person=LEADER)
    await world.events.declare(number, title, person=LEADER)
    return number


async def rows(world, table, *where):
    """What the database has."""
    async with world.database.connect() as connection:
        return (await connection.execute(select(table).where(*where))).mappings().all()


async def rang(world, number, **callers):
    """Contacts of that event that want to be told, in that order; each with its number."""
    async with world.database.begin() as connection:
        usual = dict((await connection.execute(select(models.contacts))).mappings().first() or {})
        for at, (call_id, caller) in enumerate(callers.items()):
            row = {**usual, "call_id": call_id, "caller": caller, "forgotten_at": None}
            await connection.execute(models.contacts.insert(), row)
            joined = {"case_id": numbers.read(number), "call_id": call_id, "municipality": "ludza"}
            joined |= {"joined_at": float(at), "joined_by": "u", "wants_word": True}
            await event_store.join(connection, joined)


async def send(browser, csrf, path, **form):
    """What a form of these pages sends; the answer's status, where it leads, and its text."""
    answer = await browser.post(
        path, data={"csrf": csrf(browser), **form}, headers=HTML, allow_redirects=False
    )
    return answer.status, answer.headers.get("Location", ""), await answer.text()


async def test_a_fault_that_many_ring_about_becomes_one(enter, csrf, world):
    """On its page, once; the contact it was opened in is the first. No other kind does."""
    browser = await enter("talking")
    call = world.call_of("talking")
    given = {"subject": "Nav ūdens", "call": call.call_id, "municipality": "ludza"}
    _, path, _ = await send(browser, csrf, "/cases/new", kind="fault", **given)
    assert 'id="title"' in await (await browser.get(path)).text()
    assert (await send(browser, csrf, f"{path}/event", title=" "))[0] == 400
    assert (await send(browser, csrf, f"{path}/event", title=TITLE))[0] == 303
    assert (await send(browser, csrf, f"{path}/event", title="Cits"))[0] == 409
    page = await (await browser.get("/cases?which=events")).text()
    assert TITLE in page
    assert "Nav ūdens" not in page
    (first,) = await rows(world, models.case_contacts)
    assert (first["call_id"], first["municipality"]) == (call.call_id, "ludza")
    _, path, _ = await send(browser, csrf, "/cases/new", kind="question", subject="Kad?")
    assert (await send(browser, csrf, f"{path}/event", title=TITLE))[0] == 409


async def test_a_call_is_joined_in_one_act(enter, csrf, world):
    """By whoever has it, also where the case itself is not theirs to read; once, however often;
    and it can be taken out again. Each is on record, of the caller."""
    number = await known(world)
    browser = await enter("talking")
    call = world.call_of("talking")
    page = await (await browser.get(f"/cases/new?call={call.call_id}")).text()
    assert TITLE in page
    assert f'value="{number}"' in page
    form = {"number": number, "call": call.call_id}
    status, path, _ = await send(browser, csrf, "/cases/join", **form)
    assert status == 303
    assert TITLE in await (await browser.get(path)).text()
    assert (await send(browser, csrf, "/cases/join", **form, wants_word="yes"))[0] == 303
    (row,) = await rows(world, models.case_contacts)
    assert (row["call_id"], row["wants_word"]) == (call.call_id, True)
    assert (await send(browser, csrf, "/cases/join", **form, leave="yes"))[0] == 303
    assert not await rows(world, models.case_contacts)
    assert (await send(browser, csrf, "/cases/join", **form, leave="yes"))[0] == 409
    done = (Action.CASE_JOINED, Action.CASE_JOINED, Action.CASE_LEFT)
    looks = await rows(world, models.audit, models.audit.c.action.in_(done))
    assert [(one["action"], one["person"]) for one in looks] == [
        (action, PSEUDONYMS.of(call.caller)) for action in done
    ]


async def test_the_case_stays_with_whose_it_is(world):
    """Others read what the event is called, and where; its page they do not find."""
    number = await known(world)
    world.act("talking")
    person = agent("talking")
    (row,) = await world.events.listed(person=person)
    assert (row.title, row.opens) == (TITLE, False)
    with pytest.raises(LookupError):
        await world.events.view(number, person=person)
    for refused in (
        world.events.declare(number, "x", person=person),
        world.events.take(number, person=person),
        world.events.told(number, "x", reached=True, person=person),
    ):
        with pytest.raises(LookupError):
            await refused


async def test_nobody_joins_what_is_not_theirs(enter, csrf, world):
    """Another's call, a case that is no event, a number that is none; one that is over is over."""
    number = await known(world)
    other = await world.cases.begin(NewCase(kind="fault", subject="x"), person=LEADER)
    browser = await enter("talking")
    mine = world.call_of("talking").call_id
    world.act("ringing")
    theirs = world.call_of("ringing").call_id
    for form in ({"number": number, "call": theirs}, {"number": other, "call": mine}):
        assert (await send(browser, csrf, "/cases/join", **form))[0] == 404
    for broken in ("", "x", "9" * 40, "1' OR 1"):
        assert (await send(browser, csrf, "/cases/join", number=broken, call=mine))[0] == 404
    await world.cases.turn(number, "done", person=LEADER)
    assert (await send(browser, csrf, "/cases/join", number=number, call=mine))[0] == 409
    assert not await rows(world, models.case_contacts)


async def test_who_can_not_be_rung_is_not_promised_it(world):
    """A caller without a number is joined, and nothing is promised."""
    number = await known(world)
    await rang(world, number, nobody=None)
    async with world.database.begin() as connection:
        mine = update(models.contacts).where(_contacts.call_id == "nobody")
        await connection.execute(mine.values(agent_id=AGENTS["talking"].agent_id))
        await connection.execute(models.case_contacts.delete())
    person = agent("talking")
    with pytest.raises(ValueError, match="unknown_caller"):
        await world.events.join(number, "nobody", wants_word=True, person=person)
    await world.events.join(number, "nobody", wants_word=False, person=person)
    (row,) = await world.events.listed(person=person)
    assert (row.contacts, row.to_tell) == (1, 0)


async def test_known_events_are_suggested_before_a_case_of_a_fault(enter, csrf, world):
    """Of that municipality, of that service first; none elsewhere. Who looked opens their own."""
    browser = await enter("talking")
    await known(world, "Jēkabpilī cits", municipality="jekabpils")
    await known(world, TITLE, municipality="jekabpils", service="VSAA-KOPS")
    await known(world, "Ludzā", municipality="ludza")
    found = await world.events.near("", "jekabpils", "VSAA-KOPS", person=agent("talking"))
    assert [one.title for one in found] == [TITLE, "Jēkabpilī cits"]
    given = {"kind": "fault", "subject": "x", "municipality": "jekabpils", "service": "VSAA-KOPS"}
    status, _, page = await send(browser, csrf, "/cases/new", **given)
    assert (status, 'id="wrong-events"' in page, 'name="apart"' in page) == (400, True, True)
    assert page.index(TITLE) < page.index("Jēkabpilī cits") < page.index('id="subject"')
    assert (await send(browser, csrf, "/cases/new", **given, apart="yes"))[0] == 303
    assert (await send(browser, csrf, "/cases/new", **{**given, "kind": "question"}))[0] == 303


async def test_when_it_is_over_everybody_who_asked_is_rung(enter, csrf, world):
    """One after another, each number once however often it rang, and only one agent rings; each
    number that is seen is on record, of its owner. The event is listed until all are told."""
    number = await known(world)
    await rang(world, number, a="+37120000001", b="+37120000002", c="+37120000001")
    board = await enter("board")
    path = f"/cases/{number}"
    assert (await send(board, csrf, f"{path}/take"))[0] == 409
    await send(board, csrf, f"{path}/turn", state="done")
    page = await (await board.get(path)).text()
    assert "+3712" not in page
    assert (await send(board, csrf, f"{path}/take"))[0] == 303
    page = await (await board.get(path)).text()
    assert ("+37120000001" in page, "+37120000002" in page) == (True, False)
    await world.events.take(number, person=LEADER)
    mine = await world.events.view(number, person=LEADER)
    assert [one.number for one in mine.taken] == ["+37120000002"]
    with pytest.raises(Settled):
        await world.events.take(number, person=LEADER)
    assert (await send(board, csrf, f"{path}/told", call="b", reached="yes"))[0] == 409
    assert (await send(board, csrf, f"{path}/told", call="a", reached="yes"))[0] == 303
    await world.events.told(number, "b", reached=True, person=LEADER)
    assert not await world.events.listed(person=LEADER)
    assert all(one["told_at"] for one in await rows(world, models.case_contacts))
    looks = await rows(world, models.audit, models.audit.c.action == Action.CASE_CALLER_TAKEN)
    assert [one["person"] for one in looks] == [
        PSEUDONYMS.of("+37120000001"),
        PSEUDONYMS.of("+37120000002"),
    ]


async def test_who_is_not_reached_comes_last_and_is_left_at_last(world):
    """After the third time; and a number that is forgotten meanwhile is nobody's to be rung."""
    number = await known(world)
    await rang(world, number, a="+37120000001", b="+37120000002", c="+37120000003")
    await world.cases.turn(number, "done", person=LEADER)
    async with world.database.begin() as connection:
        gone = update(models.contacts).where(_contacts.call_id == "c")
        await connection.execute(gone.values(caller=PSEUDONYMS.of("x"), forgotten_at=1.0))
    order = []
    for _ in range(2 * event_store.TRIES):
        await world.events.take(number, person=LEADER)
        (one,) = (await world.events.view(number, person=LEADER)).taken
        order.append(one.call_id)
        await world.events.told(number, one.call_id, reached=False, person=LEADER)
    assert order == ["a", "b"] * event_store.TRIES
    with pytest.raises(Settled):
        await world.events.take(number, person=LEADER)
    assert not await world.events.listed(person=LEADER)


async def test_a_caller_is_one_agents_and_after_half_an_hour_the_next_ones(world):
    """Of two who ask at once each has another, or is told; nobody hoards numbers."""
    number = await known(world)
    many = {f"c{one}": f"+3712000{one:04}" for one in range(MOST_TAKEN + 1)}
    await rang(world, number, **many)
    await world.cases.turn(number, "done", person=LEADER)
    for _ in many.keys() - {"c0"}:
        await world.events.take(number, person=LEADER)
    with pytest.raises(Settled):
        await world.events.take(number, person=LEADER)
    other = Person(user_id="other", name="O", grants=LEADER.grants)
    both = (world.events.take(number, person=other) for _ in range(2))
    done = await asyncio.gather(*both, return_exceptions=True)
    assert [type(one) for one in done].count(Settled) == 1
    half_an_hour = timedelta(seconds=event_store.TAKEN_S + 1).total_seconds()
    async with world.database.begin() as connection:
        past = update(models.case_contacts).where(_joined.call_id == "c0")
        await connection.execute(past.values(taken_at=_joined.taken_at - half_an_hour))
    await world.events.take(number, person=other)
    taken = (await world.events.view(number, person=other)).taken
    assert [one.call_id for one in taken] == ["c0", f"c{MOST_TAKEN}"]


async def test_while_the_database_is_away_it_is_said(enter, world):
    """And no list is made up."""
    browser = await enter("talking")
    world.database_away = True
    assert (await browser.get("/cases?which=events")).status == 503
