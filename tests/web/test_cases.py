"""Cases: opened from a call or alone, handed on with a promise, written down as a submission."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from agents_ui.cases.port import NewCase, Settled
from agents_ui.shell.port import Grant
from contactcentre.features.cases import store
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from lab.pages.stage import PSEUDONYMS
from routing.calendar import LOCAL

pytestmark = pytest.mark.web

HTML = {"Accept": "text/html"}
TOMORROW = datetime.now(LOCAL).date() + timedelta(days=1)
VSAA = ("institution", "VSAA")


@pytest.fixture
async def person(enter, world):
    """Whoever has logged in there."""

    async def of(browser, *grants):
        (cookie,) = (one for one in browser.session.cookie_jar if one.key == "cc")
        found = (await world.accounts.session(cookie.value)).person
        if grants:
            await world.accounts.set_grants(found.user_id, set(grants), by="test")
            found = (await world.accounts.session(cookie.value)).person
        return found

    return of


async def send(browser, csrf, path, **form):
    """What a form of these pages sends; the answer's status, where it leads, and its text."""
    answer = await browser.post(
        path, data={"csrf": csrf(browser), **form}, headers=HTML, allow_redirects=False
    )
    return answer.status, answer.headers.get("Location", ""), await answer.text()


async def opened(browser, csrf, call_id="", **form):
    """A case from the pages; where it stands."""
    given = {"kind": "question", "subject": "Ceļš nav tīrīts", "call": call_id, **form}
    status, path, text = await send(browser, csrf, "/cases/new", **given)
    assert status == 303, text
    return path


async def rows(world, table, *where):
    """What the database has."""
    async with world.database.connect() as connection:
        return (await connection.execute(select(table).where(*where))).mappings().all()


async def test_a_case_from_a_call_knows_whose_it_is(enter, csrf, world):
    """Number, note, service and municipality go along; every opening is on record."""
    browser = await enter("talking")
    call = world.call_of("talking")
    form = await (await browser.get(f"/cases/new?call={call.call_id}")).text()
    assert "VSAA-KOPS" in form
    assert call.record.note in form
    path = await opened(browser, csrf, call.call_id, municipality="jekabpils")
    page = await (await browser.get(path)).text()
    assert "Ceļš nav tīrīts" in page
    (case,) = await rows(world, models.cases)
    assert (case["caller"], case["owner"]) == (call.caller, "centre:talking")
    audit = models.audit.c
    entries = await rows(world, models.audit, audit.object == path.rpartition("/")[2])
    assert [one["action"] for one in entries] == [Action.CASE_OPENED, Action.CASE_READ]
    assert {one["person"] for one in entries} == {PSEUDONYMS.of(call.caller)}


async def test_nobody_opens_a_case_from_the_call_of_another(enter, csrf, world):
    """It is not found."""
    browser = await enter("talking")
    world.act("ringing")
    other = world.call_of("ringing").call_id
    assert (await browser.get(f"/cases/new?call={other}")).status == 404
    given = {"kind": "question", "subject": "x", "call": other}
    assert (await send(browser, csrf, "/cases/new", **given))[0] == 404


@pytest.mark.parametrize(
    ("wrong", "form"),
    [
        ("kind", {"kind": "klingon"}),
        ("subject", {"subject": " "}),
        ("service", {"service": "KLINGON"}),
        ("municipality", {"municipality": "moon"}),
        ("number", {"number": "abc"}),
        ("promise", {"promise": "2020-01-01"}),
        ("promise", {"promise": "tomorrow"}),
        ("text", {"text": "x" * 4001}),
    ],
)
async def test_what_makes_no_sense_is_told_where(enter, csrf, world, wrong, form):
    """And what was typed stands there still."""
    browser = await enter("talking")
    given = {"kind": "question", "subject": "Ceļš", **form}
    status, _, text = await send(browser, csrf, "/cases/new", **given)
    assert (status, f'id="wrong-{wrong}"' in text) == (400, True)
    assert not await rows(world, models.cases)


async def test_a_case_is_found_by_its_number(enter, csrf):
    """As it was told; a digit misheard is noticed."""
    browser = await enter("talking")
    path = await opened(browser, csrf)
    number = path.rpartition("/")[2]
    spoken = f"{number[:3]} {number[3:]}"
    assert (await send(browser, csrf, "/cases/find", number=spoken))[:2] == (303, path)
    misheard = number[:-1] + str((int(number[-1]) + 1) % 10)
    status, _, text = await send(browser, csrf, "/cases/find", number=misheard)
    assert (status, 'id="wrong-find"' in text) == (400, True)


async def test_handed_on_it_is_seen_by_whoever_is_responsible(enter, csrf, person, world):
    """Those of the institution see and answer it, those beside do not find it; the centre where it
    was opened sees it still."""
    ours, theirs = await enter("talking"), await enter("idle")
    centre = Grant(role="agent", realm=("centre", "talking"))
    await person(ours, centre)
    path = await opened(ours, csrf)
    await person(theirs, Grant(role="editor", realm=VSAA))
    assert (await theirs.get(path)).status == 404
    asked = {"owner": ":".join(VSAA), "text": "Lūdzu atbildēt", "promise": TOMORROW.isoformat()}
    assert (await send(ours, csrf, f"{path}/hand-on", **asked))[0] == 303
    assert "Ceļš nav tīrīts" in await (await theirs.get("/cases")).text()
    assert (await send(theirs, csrf, f"{path}/write", text="Notīrīts", keeps="yes"))[0] == 303
    page = await (await ours.get(path)).text()
    assert "Notīrīts" in page
    (entry,) = await rows(world, models.case_entries, models.case_entries.c.what == "handed_on")
    assert entry["kept_at"] is not None
    await person(theirs, Grant(role="agent", realm=("centre", "idle")))
    assert (await theirs.get(path)).status == 404
    assert "Ceļš nav tīrīts" not in await (await theirs.get("/cases")).text()


async def test_a_submission_is_read_back_and_stands_for_good(enter, csrf, person, world):
    """What is confirmed is the text that was read, and no other; from then on nobody changes it."""
    browser = await enter("talking")
    path = await opened(browser, csrf)
    await send(browser, csrf, f"{path}/dictate", text="Lūdzu tīrīt ceļu.\nAnna")
    assert (await send(browser, csrf, f"{path}/confirm", text="Lūdzu netīrīt"))[0] == 409
    page = await (await browser.get(path)).text()
    assert "<blockquote" in page
    assert (await send(browser, csrf, f"{path}/confirm", text="Lūdzu tīrīt ceļu.\r\nAnna"))[
        0
    ] == 303
    (case,) = await rows(world, models.cases)
    assert case["kind"] == "submission"
    for what, text in (("dictate", "Cits teksts"), ("confirm", "Lūdzu tīrīt ceļu.\nAnna")):
        assert (await send(browser, csrf, f"{path}/{what}", text=text))[0] == 409
    (after,) = await rows(world, models.cases)
    assert after == case


async def test_two_who_confirm_at_once_are_one(enter, csrf, person, world):
    """The faster one; the other is told."""
    browser = await enter("talking")
    who = await person(browser)
    number = await world.cases.begin(NewCase(kind="question", subject="x"), person=who)
    await world.cases.dictate(number, "teksts", person=who)
    both = (world.cases.confirm(number, "teksts", person=who) for _ in range(2))
    done = await asyncio.gather(*both, return_exceptions=True)
    assert [type(one) for one in done].count(Settled) == 1


async def test_closed_is_closed_until_it_is_opened_anew(enter, csrf):
    """No message and no hand-over; then it goes on."""
    browser = await enter("talking")
    path = await opened(browser, csrf)
    await send(browser, csrf, f"{path}/turn", state="closed")
    for what, form in (("write", {"text": "x"}), ("hand-on", {"owner": "centre:talking"})):
        assert (await send(browser, csrf, f"{path}/{what}", **form))[0] == 409
    assert (await send(browser, csrf, f"{path}/turn", state="open"))[0] == 303
    assert (await send(browser, csrf, f"{path}/write", text="x"))[0] == 303
    assert (await send(browser, csrf, f"{path}/turn", state="klingon"))[0] == 400


async def test_beside_the_call_stand_the_citizens_cases(enter, csrf, world):
    """When and of what kind; number and subject once the citizen is identified, and on record.
    After the open ones come the latest that are over."""
    browser = await enter("talking")
    call = world.call_of("talking")
    await opened(browser, csrf, call.call_id)
    (case,) = (await (await browser.get(f"/desk/cases/{call.call_id}")).json())["cases"]
    assert (case["kind"], case["number"], case["subject"]) == ("question", "", "")
    identified = {"call_id": call.call_id, "level": 1, "method": "name_contact"}
    body = {"id": 1, "name": "identify", "args": identified}
    await browser.post("/desk/command", json=body, headers={"X-CSRF": csrf(browser)})
    (case,) = (await (await browser.get(f"/desk/cases/{call.call_id}")).json())["cases"]
    assert (case["subject"], case["over_at"]) == ("Ceļš nav tīrīts", None)
    for _ in range(store.LATEST + 1):
        path = await opened(browser, csrf, call.call_id)
        await send(browser, csrf, f"{path}/turn", state="done")
    cases = (await (await browser.get(f"/desk/cases/{call.call_id}")).json())["cases"]
    assert [one["over_at"] is None for one in cases] == [True, *[False] * store.LATEST]
    listed = await rows(world, models.audit, models.audit.c.action == Action.CASES_LISTED)
    assert {one["person"] for one in listed} == {PSEUDONYMS.of(call.caller)}
    assert (await (await enter("idle")).get(f"/desk/cases/{call.call_id}")).status == 404


async def test_broken_promises_and_repeated_calls_are_counted(enter, csrf, world):
    """By the rows: a promise whose day is over, and a call of the same number in the same queue."""
    browser = await enter("talking")
    await opened(browser, csrf, promise=TOMORROW.isoformat())
    assert (await world.cases.figures(30)).promised == 0
    past = update(models.case_entries).values(promised_at=time.time() - 60)
    async with world.database.begin() as connection:
        await connection.execute(past)
        first = select(models.contacts).where(models.contacts.c.call_id.like("talking-%"))
        row = dict((await connection.execute(first)).mappings().first() or {})
        again = {**row, "call_id": "again", "arrived_at": row["arrived_at"] + 3600.0}
        await connection.execute(models.contacts.insert(), again)
        until = row["arrived_at"] + 7200.0
        assert await store.repeats(connection, row["arrived_at"] + 1.0, until) == (1, 1)
    found = await world.cases.figures(30)
    assert (found.promised, found.broken) == (1, 1)
    assert "Ceļš nav tīrīts" in await (await browser.get("/cases?which=late")).text()
    board = await enter("board")
    assert (await board.get("/cases/figures")).status == 200


async def test_while_the_database_is_away_it_is_said(enter, csrf, world):
    """And nothing is half done."""
    browser = await enter("talking")
    world.database_away = True
    assert (await browser.get("/cases")).status == 503


async def test_who_has_none_is_told_so(enter):
    """In words, not by an empty table."""
    browser = await enter("talking")
    assert "<table" not in await (await browser.get("/cases")).text()
