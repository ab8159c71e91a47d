"""The pages of reports that are sent by e-mail."""

from __future__ import annotations

from html import unescape

import pytest

pytestmark = pytest.mark.web

FORM = {
    "name": "Vakardiena pa rindām",
    "view": "ways",
    "by": "queue",
    "only": "queue",
    "key": "taxes",
    "every": "week",
    "at": "07:30",
    "weekday": "1",
    "day": "1",
    "to": "anna@ludza.example",
}


async def send(browser, csrf, path, **fields):
    data = {"csrf": csrf(browser), **fields}
    async with browser.post(path, data=data, allow_redirects=False) as answer:
        return answer.status, unescape(await answer.text())


async def read(browser, path):
    async with browser.get(path) as answer:
        return answer.status, unescape(await answer.text())


async def listed(browser):
    """Ids on the list."""
    _, page = await read(browser, "/reports/schedules")
    parts = page.split('href="/reports/schedules/')[1:]
    return [one.partition('"')[0] for one in parts]


async def test_a_report_becomes_one_that_is_sent(enter, csrf):
    """Begun from the page of the report, with what was asked there; changed, and stopped."""
    browser = await enter("board")
    _, page = await read(browser, "/reports?view=ways&by=queue&only=queue&key=taxes")
    assert "/reports/schedules/new?" in page
    _, form = await read(browser, "/reports/schedules/new?view=ways&by=queue&only=queue&key=taxes")
    assert 'value="ways" selected' in form
    assert 'name="key" value="taxes"' in form
    assert "Nodokļi un darbs" in form
    assert (await send(browser, csrf, "/reports/schedules/save", **FORM))[0] == 303
    (schedule_id,) = await listed(browser)
    _, page = await read(browser, "/reports/schedules")
    assert "Katru nedēļu, par iepriekšējo nedēļu, pirmdien, 07:30" in page
    changed = {**FORM, "schedule": schedule_id, "every": "month", "day": "28"}
    assert (await send(browser, csrf, "/reports/schedules/save", **changed))[0] == 303
    assert await listed(browser) == [schedule_id]
    _, form = await read(browser, f"/reports/schedules/{schedule_id}")
    assert 'value="month" selected' in form
    gone = await send(browser, csrf, "/reports/schedules/remove", schedule=schedule_id)
    assert (gone[0], await listed(browser)) == (303, [])


async def test_what_is_wrong_is_told_at_its_field(enter, csrf):
    """With what was typed, and no text is markup."""
    browser = await enter("board")
    wrong = {**FORM, "name": "<i>x", "to": "anna", "at": "7"}
    data = {"csrf": csrf(browser), **wrong}
    async with browser.post("/reports/schedules/save", data=data) as answer:
        page = await answer.text()
    assert answer.status == 400
    assert 'id="to-fault"' in page
    assert "<i>x" not in page
    assert await listed(browser) == []
    for address in ("view=moon", "by=caller&only=caller&key=x", "view=%3Cb%3E"):
        assert (await read(browser, f"/reports/schedules/new?{address}"))[0] == 200


async def test_another_persons_is_not_found(enter, csrf):
    """Neither read, nor changed, nor removed."""
    browser, other = await enter("board"), await enter("admin")
    await send(browser, csrf, "/reports/schedules/save", **FORM)
    (schedule_id,) = await listed(browser)
    assert await listed(other) == []
    assert (await read(other, f"/reports/schedules/{schedule_id}"))[0] == 404
    mine = {**FORM, "schedule": schedule_id}
    assert (await send(other, csrf, "/reports/schedules/save", **mine))[0] == 404
    gone = await send(other, csrf, "/reports/schedules/remove", schedule=schedule_id)
    assert gone[0] == 404
    assert await listed(browser) == [schedule_id]
