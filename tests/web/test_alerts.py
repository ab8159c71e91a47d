"""The page of alerts: what stands, who has seen it, and rules that people write."""

from __future__ import annotations

import json
from html import unescape

import pytest
from sqlalchemy import delete, select

from contactcentre.engine.clock import now
from contactcentre.features.alerts import store
from contactcentre.features.alerts.document import AlertRule
from contactcentre.features.alerts.store import RaisedAlert
from contactcentre.storage import tables as models

pytestmark = pytest.mark.web

FORM = {
    "name": "Ludzā gaida",
    "figure": "longest_wait",
    "of": "centre:ludza",
    "side": "above",
    "threshold": "300",
    "clears": "200",
    "after": "30",
    "clears_after": "60",
    "least_calls": "0",
    **{f"day{day}": "yes" for day in range(1, 6)},
    "since": "08:00",
    "until": "18:00",
    "mail": "anna@ludza.example ilze@ludza.example",
    "webhook": "",
    "active": "yes",
}


async def send(browser, csrf, path, **fields):
    """A form of the page; status and page of the answer."""
    data = {"csrf": csrf(browser), **fields}
    async with browser.post(path, data=data, allow_redirects=False) as answer:
        return answer.status, unescape(await answer.text())


async def read(browser, path="/alerts"):
    async with browser.get(path) as answer:
        return answer.status, unescape(await answer.text())


async def rules(world):
    async with world.database.connect() as connection:
        return await store.rules(connection)


async def raised(world, **scope):
    """An alert that stands."""
    rule = AlertRule(name="Gaida", figure="waiting", threshold=5, clears=5, **scope)
    one = RaisedAlert(alert_id="a1", rule_id="r1", rule=rule, raised_at=now(), peak=9.0)
    async with world.database.begin() as connection:
        await store.put(connection, "r1", rule, at=now(), by="test")
        await store.keep(connection, one)


async def test_a_rule_is_made_changed_and_removed(enter, csrf, world):
    """Each is on record, and counts at once."""
    browser = await enter("board")
    before = await rules(world)
    assert (await send(browser, csrf, "/alerts/save", rule="", **FORM))[0] == 303
    ((rule_id, rule),) = [one for one in (await rules(world)).items() if one[0] not in before]
    assert rule.mail == ("anna@ludza.example", "ilze@ludza.example")
    assert (rule.days, rule.since, rule.until) == ((1, 2, 3, 4, 5), 480, 1080)
    assert world.alert_watch._rules[rule_id] == rule
    _, page = await read(browser)
    assert "Ludzā gaida" in page
    assert "virs 5:00" in page
    _, form = await read(browser, f"/alerts/{rule_id}")
    assert 'value="300"' in form
    changed = {**FORM, "threshold": "400", "active": ""}
    assert (await send(browser, csrf, "/alerts/save", rule=rule_id, **changed))[0] == 303
    assert (await rules(world))[rule_id].threshold == 400
    assert rule_id not in world.alert_watch._rules
    assert (await send(browser, csrf, "/alerts/remove", rule=rule_id))[0] == 303
    assert await rules(world) == before
    async with world.database.connect() as connection:
        audit = models.audit.c
        query = select(audit.details).where(audit.object == f"alert_rules/{rule_id}")
        told = [json.loads(one) for one in (await connection.execute(query)).scalars()]
    assert [one["before"] is None for one in told] == [True, False, False]
    assert told[1]["after"]["threshold"] == 400


async def test_what_is_wrong_is_told_at_its_field(enter, csrf, world):
    """With what was typed; nothing is changed, and no text is markup."""
    browser = await enter("board")
    before = await rules(world)
    wrong = {**FORM, "name": "<b>x", "threshold": "daudz", "mail": "anna", "since": "8"}
    status, page = await send(browser, csrf, "/alerts/save", rule="", **wrong)
    assert status == 400
    for field in ("threshold", "mail", "since"):
        assert f'id="{field}-fault"' in page
    async with browser.post("/alerts/save", data={"csrf": csrf(browser), **wrong}) as answer:
        assert "<b>x" not in await answer.text()
    taken = {**FORM, "name": next(iter(before.values())).name}
    status, page = await send(browser, csrf, "/alerts/save", rule="", **taken)
    assert (status, 'id="name-fault"' in page) == (400, True)
    inside = {**FORM, "webhook": "https://127.0.0.1/x"}
    status, page = await send(browser, csrf, "/alerts/save", rule="", **inside)
    assert (status, 'id="webhook-fault"' in page) == (400, True)
    gone = {**FORM, "of": "centre:nowhere"}
    assert (await send(browser, csrf, "/alerts/save", rule="", **gone))[0] == 400
    assert await rules(world) == before


async def test_a_part_of_the_network_has_its_own(enter, csrf, world, grant):
    """Rules on its own figures; those on the whole network are seen and not changed; those of
    another place are neither."""
    admin = await enter("admin")
    jekabpils = {**FORM, "name": "Aknīste", "of": "centre:talking"}
    for one in (FORM, jekabpils, {**FORM, "name": "Viss", "of": "network:"}):
        assert (await send(admin, csrf, "/alerts/save", rule="", **one))[0] == 303
    known = {rule.name: rule_id for rule_id, rule in (await rules(world)).items()}
    browser = await enter("board")
    await grant(browser, "supervisor", ("municipality", "jekabpils"))
    _, page = await read(browser)
    assert ("Aknīste" in page, "Viss" in page, "Ludzā gaida" in page) == (True, True, False)
    assert f'href="/alerts/{known["Aknīste"]}"' in page
    assert f'href="/alerts/{known["Viss"]}"' not in page
    for name in ("Viss", "Ludzā gaida"):
        assert (await read(browser, f"/alerts/{known[name]}"))[0] == 404
        assert (await send(browser, csrf, "/alerts/remove", rule=known[name]))[0] == 404
        mine = {**FORM, "name": "Cits", "of": "centre:talking"}
        assert (await send(browser, csrf, "/alerts/save", rule=known[name], **mine))[0] == 404
    theirs = {**FORM, "name": "Cits"}
    status, _ = await send(browser, csrf, "/alerts/save", rule=known["Aknīste"], **theirs)
    assert status == 400
    _, form = await read(browser, "/alerts/new")
    assert ('value="centre:talking"' in form, 'value="network:"' in form) == (True, False)


async def test_who_has_seen_it(enter, csrf, world):
    """The first who says so, with what they do about it; on record without the words."""
    await raised(world)
    first, second = await enter("board"), await enter("admin")
    note = "Zvanu Ilzei <i>"
    assert (await send(first, csrf, "/alerts/seen", alert="a1", note=note))[0] == 303
    assert (await send(second, csrf, "/alerts/seen", alert="a1", note="Es arī"))[0] == 303
    async with first.get("/alerts") as answer:
        page = await answer.text()
    assert "Zvanu Ilzei &lt;i&gt;" in page
    assert "Es arī" not in page
    async with world.database.connect() as connection:
        audit = models.audit.c
        query = select(models.audit).where(audit.action == "alert.seen")
        rows = (await connection.execute(query)).mappings().all()
    assert [(one["object"], "Ilzei" in str(dict(one))) for one in rows] == [("a1", False)]


async def test_an_alert_of_another_place_is_none(enter, csrf, world, grant, until):
    """Neither on the page nor on the board, nor to be seen to."""
    await raised(world, dimension="centre", key="ludza")
    await world.alert_watch.read()
    browser = await enter("board")
    await grant(browser, "supervisor", ("municipality", "jekabpils"))
    (cookie,) = (one for one in browser.session.cookie_jar if one.key == "cc")
    beside = (await world.accounts.session(cookie.value)).person
    _, page = await read(browser)
    assert '<b class="grow">Gaida</b>' not in page
    assert (await send(browser, csrf, "/alerts/seen", alert="a1"))[0] == 404
    await grant(browser, "supervisor", ("centre", "ludza"))
    here = (await world.accounts.session(cookie.value)).person
    _, page = await read(browser)
    assert '<b class="grow">Gaida</b>' in page
    world.troubles = list(world.alert_watch.alarms())
    world.live.nudge("board")
    await until(lambda: "Gaida" in {one.place for one in world.board.view(here).alarms})
    assert "Gaida" not in {one.place for one in world.board.view(beside).alarms}


async def test_the_usual_rules_are_a_beginning(enter, csrf, world, grant):
    """Where there is none yet; pressed twice, they are there once."""
    async with world.database.begin() as connection:
        await connection.execute(delete(models.alert_rules))
    browser = await enter("board")
    _, page = await read(browser)
    assert 'action="/alerts/begin"' in page
    for _ in range(2):
        assert (await send(browser, csrf, "/alerts/begin"))[0] == 303
    assert len(await rules(world)) == 8


async def test_a_database_that_is_away(enter, csrf, world):
    """Is told as such; what was typed is not lost by us, for the browser has it."""
    browser = await enter("board")
    world.database_away = True
    assert (await read(browser))[0] == 503


async def test_an_old_rule_that_cant_be_read_is_passed_over(enter, world):
    """The others stay in force."""
    async with world.database.begin() as connection:
        row = {"rule_id": "old", "document": {"figure": "moon"}, "changed_at": 0.0}
        await connection.execute(models.alert_rules.insert(), row)
    browser = await enter("board")
    assert (await read(browser))[0] == 200
    assert "old" not in await rules(world)
