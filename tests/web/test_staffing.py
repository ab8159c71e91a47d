"""The page of forecast and staffing: what is told, what people write, and who may."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from agents_ui.shell.texts import read
from contactcentre.engine.clock import now
from contactcentre.features.forecast.calendar import DayKinds
from contactcentre.storage import tables as models
from lab.pages import foreseen
from routing.calendar import local_day

pytestmark = pytest.mark.web

SAY = {code: language.text for code, language in read().items()}
SHIFT = {"weekday": "0", "begins": "08:00", "ends": "12:00", "agents": "3", "centre": "ludza"}
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Half a year behind it."""
    return asyncio.run(foreseen.prepare(tmp_path_factory.mktemp("foreseen")))


def next_monday() -> date:
    """Its event of the scene begins then."""
    today = local_day(now())
    return today + timedelta(days=7 - today.weekday())


async def seen(browser, address: str = "/staffing", status: int = 200) -> str:
    """The page at that address."""
    async with browser.get(address, headers=HTML) as answer:
        assert answer.status == status, address
        return await answer.text()


async def send(browser, csrf, act: str, **form: str) -> tuple[int, str]:
    """A form of the page; status and page of the answer."""
    data = {"csrf": csrf(browser), **form}
    async with browser.post(f"/staffing/{act}", data=data, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def table(browser, **asked: str) -> list[dict[str, str]]:
    """The week as its file has it."""
    async with browser.get("/staffing/export", params=asked) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        return list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"))))


def told(rows, day: date, name: str = "expected") -> float:
    """The sum of a column over a day."""
    return sum(float(row[name] or 0) for row in rows if row["day"] == day.isoformat())


async def rows_of(world, which) -> list:
    """All rows of a table."""
    async with world.database.connect() as connection:
        return (await connection.execute(select(which))).all()


async def test_a_week_to_come(enter):
    """Each day has what is expected, between what, and who is needed; the event of Monday is in it;
    the queues add up to the whole."""
    browser, monday = await enter("board"), next_monday()
    whole = await table(browser, week=monday.isoformat())
    parts = [await table(browser, week=monday.isoformat(), queue=one) for one in foreseen.SIZES]
    thursday = monday + timedelta(days=3)
    if DayKinds(thursday.year).kind(thursday).pattern < 5:
        assert told(whole, thursday) == pytest.approx(sum(foreseen.SIZES.values()), rel=0.15)
        assert told(whole, thursday, "low") < told(whole, thursday) < told(whole, thursday, "high")
        assert told(whole, thursday, "needed") > 0
    for day in (monday, thursday):
        sum_of = sum(told(part, day) for part in parts)
        assert told(whole, day) == pytest.approx(sum_of, abs=1)
    page = await seen(browser, f"/staffing?week={monday}&queue=municipal&day={monday}")
    assert "×1,40" in page
    assert "Vēstule 40 tūkstošiem" in page


async def test_what_came_stands_beside_what_was_told(enter):
    """Of last week; and how right the last weeks were, by how far ahead."""
    browser, last = await enter("board"), next_monday() - timedelta(days=14)
    rows = await table(browser, week=last.isoformat())
    assert sum(told(rows, last + timedelta(days=n), "came") for n in range(7)) > 1000
    page = await seen(browser, f"/staffing?week={last}")
    for ahead in ("a day before", "a week before", "four weeks before"):
        assert SAY["lv"](ahead) in page


async def test_a_shift_is_written_changed_and_removed(enter, csrf, world):
    """It counts at once, is on record, and goes again."""
    browser, monday = await enter("board"), next_monday()
    before = told(await table(browser, week=monday.isoformat()), monday, "on_shift")
    assert (await send(browser, csrf, "shift", **SHIFT))[0] == 303
    assert (await seen(browser)).count("Ludzas VPVKAC") > 5
    ours = [one for one in await rows_of(world, models.shifts) if one.agents == 3]
    assert [(one.weekday, one.begins_min, one.ends_min) for one in ours] == [(0, 480, 720)]
    after = told(await table(browser, week=monday.isoformat()), monday, "on_shift")
    assert after - before == 3 * 16
    key = {"shift_id": ours[0].shift_id}
    edited = await seen(browser, f"/staffing?shift={ours[0].shift_id}")
    assert SAY["lv"]("Save the shift") in edited
    away = {**SHIFT, **key, "date": monday.isoformat(), "agents": "-2"}
    assert (await send(browser, csrf, "shift", **away))[0] == 303
    fewer = told(await table(browser, week=monday.isoformat()), monday, "on_shift")
    assert fewer - before == -2 * 16
    assert (await send(browser, csrf, "shift/remove", **key))[0] == 303
    assert (await send(browser, csrf, "shift/remove", **key))[0] == 409
    kept = [one for one in await rows_of(world, models.audit) if key["shift_id"] in one.object]
    assert len(kept) == 3


async def test_all_that_is_wrong_is_told_at_once(enter, csrf, world):
    """What was written stays in the form, and nothing is kept."""
    browser, count = await enter("board"), len(await rows_of(world, models.shifts))
    wrong = {"weekday": "9", "begins": "12:00", "ends": "8", "agents": "<b>many</b>"}
    status, page = await send(browser, csrf, "shift", **wrong)
    assert status == 400
    assert page.count("<li>Izvēlieties nedēļas dienu") == page.count("<li>Maiņa beidzas") == 1
    assert "&lt;b&gt;many" in page
    assert "<b>many" not in page
    for bad in ({"agents": "0"}, {"agents": "-1"}, {"ends": "07:00"}, {"centre": "nowhere"}):
        assert (await send(browser, csrf, "shift", **{**SHIFT, **bad}))[0] == 400, bad
    for bad in ({"factor": "51"}, {"factor": "nan"}, {"note": " "}, {"last": "2020-01-01"}):
        event = {"first": "2026-12-01", "factor": "2", "note": "x", **bad}
        assert (await send(browser, csrf, "event", **event))[0] == 400, bad
    for bad in ({"away": "95"}, {"most_abandoned": "0"}, {"away": ""}):
        rules = {"away": "15", "most_abandoned": "5", **bad}
        assert (await send(browser, csrf, "rules", **rules))[0] == 400, bad
    assert len(await rows_of(world, models.shifts)) == count


async def test_a_centre_writes_its_own_shifts_alone(enter, csrf, world, grant):
    """Whoever leads a centre writes neither another's, nor the network's, nor events."""
    browser = await enter("talking")
    await grant(browser, "supervisor", ("centre", "talking"))
    page = await seen(browser)
    assert 'id="event-form"' not in page
    assert 'value="talking"' in page
    assert '<option value="ludza"' not in page
    assert (await send(browser, csrf, "shift", **{**SHIFT, "centre": "talking"}))[0] == 303
    assert (await send(browser, csrf, "shift", **SHIFT))[0] == 400
    assert (await send(browser, csrf, "shift", **{**SHIFT, "centre": ""}))[0] == 400
    theirs = {**SHIFT, "centre": "talking", "shift_id": "0-1"}
    assert (await send(browser, csrf, "shift", **theirs))[0] == 400
    assert (await send(browser, csrf, "shift/remove", shift_id="0-1"))[0] == 409
    assert (await send(browser, csrf, "suggest", week="2026-12-01"))[0] == 403
    assert (await send(browser, csrf, "rules", away="1", most_abandoned="5"))[0] == 403


async def test_shifts_to_begin_with(enter, csrf):
    """They cover what is needed of a queue that has none, and are not written twice."""
    browser, monday = await enter("board"), next_monday()
    asked = {"week": monday.isoformat(), "queue": "municipal"}
    status, _ = await send(browser, csrf, "suggest", **asked, shown="municipal")
    assert status == 303
    rows = await table(browser, **asked)
    assert all(int(row["on_shift"]) >= int(row["needed"]) for row in rows)
    assert told(rows, monday, "on_shift") < 1.5 * told(rows, monday, "needed")
    status, page = await send(browser, csrf, "suggest", **asked)
    assert status == 400
    assert SAY["lv"]("There are shifts already. First remove them, or change them by hand.") in page


async def test_a_day_is_simulated(enter, csrf):
    """By the rules in force, with the agents of the network; a day without anybody is told."""
    browser, monday = await enter("board"), next_monday()
    kinds = DayKinds(monday.year)
    days = [monday + timedelta(days=n) for n in range(5)]
    day = next(one for one in days if kinds.kind(one).pattern < 5)
    status, page = await send(browser, csrf, "simulate", day=day.isoformat(), queue="")
    assert status == 200
    assert 'id="tried"' in page
    saturday = monday + timedelta(days=5)
    status, page = await send(browser, csrf, "simulate", day=saturday.isoformat(), queue="")
    assert status == 400
    assert SAY["lv"]("Nobody is on shift that day.") in page
    assert (await send(browser, csrf, "simulate", day="soon", queue=""))[0] == 400
    assert (await send(browser, csrf, "simulate", day=day.isoformat(), queue="nowhere"))[0] == 404


async def test_more_breaks_need_more_agents(enter, csrf):
    """As soon as they are saved."""
    browser, monday = await enter("board"), next_monday()
    before = sum(int(row["needed"]) for row in await table(browser, week=monday.isoformat()))
    assert (await send(browser, csrf, "rules", away="50", most_abandoned="5"))[0] == 303
    after = sum(int(row["needed"]) for row in await table(browser, week=monday.isoformat()))
    assert after / before == pytest.approx(0.85 / 0.5, rel=0.1)


async def test_the_day_so_far(enter):
    """Of the whole and of a queue, for the board's chart; an agent has none."""
    browser = await enter("board")
    async with browser.get("/staffing/day", params={"queue": "municipal"}) as answer:
        chart = await answer.json()
    assert chart["expected_by"] == "forecast"
    assert len(chart["expected"]) == len(chart["low"]) >= len(chart["offered"])
    assert (await browser.get("/staffing/day?queue=nowhere")).status == 404
    assert (await (await enter("talking")).get("/staffing/day")).status == 403


async def test_too_little_is_known(enter, world):
    """A queue without a forecast says why, and keeps its page."""
    browser = await enter("board")
    page = await seen(browser, "/staffing?queue=taxes")
    assert re.search(r"Pagaidām zināmas dienas ar zvaniem: \d+\.", page)
    await seen(browser, "/staffing?queue=nowhere", 404)
    for week in ("0000-00-00&day=x", "2000-01-01", "2199-12-31", "9999-12-31", "1" * 3000):
        await seen(browser, f"/staffing?week={week}")


async def test_without_a_database(enter, world):
    """A page says so, and works again afterwards."""
    browser = await enter("board")
    world.database_away = True
    await seen(browser, "/staffing", 503)
    world.database_away = False
    await seen(browser)
