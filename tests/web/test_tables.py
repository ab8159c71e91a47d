"""Centres and agents as tables: what a file would change is shown, then done as a whole."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape

import pytest
from aiohttp import FormData
from sqlalchemy import select

from agents_ui.network.port import LARGEST_TABLE, SHOWN_ROWS
from agents_ui.shell.port import Grant
from contactcentre.features.publication.network import load
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from lab.pages.people import AGENTS

pytestmark = pytest.mark.web

ONE = AGENTS["talking"].agent_id
OTHER = AGENTS["held"].agent_id


async def taken(browser, table="agents"):
    """The table as the page gives it: its header, and its rows by key."""
    async with browser.get("/network/export", params={"table": table}) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert f'filename="{table}.csv"' in answer.headers["Content-Disposition"]
        text = (await answer.read()).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    return list(rows[0]), {row[f"{table[:-1]}_id"]: row for row in rows}


def written(columns, rows, *, delimiter=";", charset="utf-8-sig", ends="\r\n"):
    """A file as a spreadsheet writes it."""
    into = io.StringIO()
    table = csv.DictWriter(
        into, columns, delimiter=delimiter, lineterminator=ends, extrasaction="ignore"
    )
    table.writeheader()
    table.writerows(rows)
    return into.getvalue().encode(charset)


async def reviewed(browser, csrf, content, **more):
    """Choose a file; status and page."""
    data = FormData({"csrf": csrf(browser), **more})
    data.add_field("file", io.BytesIO(content), filename="=cmd|'x'!A1.csv", content_type="text/csv")
    async with browser.post("/network/review", data=data) as answer:
        return answer.status, await answer.text()


async def loaded(browser, csrf, page, **changed):
    """Press the button of that page; status and page."""
    form = page.split('action="/network/load"')[1].split("</form>")[0]
    given = dict(re.findall(r'name="(mark|whole)" value="([^"]*)"', form))
    text = unescape(form.split("hidden>\n", 1)[1].split("</textarea>")[0])
    given |= {"csrf": csrf(browser), "text": text.replace("\n", "\r\n"), **changed}
    data = FormData(given)
    data.add_field("nothing", b"", filename="")
    async with browser.post("/network/load", data=data, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def known(world, table, key):
    """A document as the database has it, or None."""
    async with world.database.connect() as connection:
        rows = await documents.read(connection, table)
    return next((one for one in rows if one[documents.key_of(table)] == key), None)


async def audited(world, action, of):
    """What the audit log says of it, oldest first."""
    audit = models.audit
    query = select(audit).where(audit.c.action == action, audit.c.object == of)
    async with world.database.connect() as connection:
        return list((await connection.execute(query.order_by(audit.c.number))).mappings())


def faults(page):
    """Line, column and reason, as the page tells them."""
    table = page.split('id="faults"')[1].split("</table>")[0]
    return [
        tuple(map(unescape, row))
        for row in re.findall(
            r'<td class="num">([^<]*)</td><td>([^<]*)</td><td>([^<]*)</td>', table
        )
    ]


async def only(world, browser, role, realm):
    """Give whoever is logged in this role alone."""
    (cookie,) = (one for one in browser.session.cookie_jar if one.key == "cc")
    person = (await world.accounts.session(cookie.value)).person
    await world.accounts.set_grants(person.user_id, {Grant(role=role, realm=realm)}, by="test")


@pytest.mark.parametrize("table", ["agents", "centres"])
async def test_what_is_taken_away_comes_back_without_a_change(enter, csrf, world, table):
    """Every field of it; that it was taken is on record."""
    browser = await enter("admin")
    columns, rows = await taken(browser, table)
    status, page = await reviewed(browser, csrf, written(columns, rows.values()), whole="yes")
    assert status == 200
    assert 'id="load"' not in page
    assert 'id="faults"' not in page
    row = (await audited(world, Action.CONFIGURATION_EXPORTED, table))[-1]
    assert json.loads(row["details"]) == {"rows": len(rows)}


@pytest.mark.parametrize(
    ("delimiter", "charset", "ends"),
    [
        (";", "utf-8-sig", "\r\n"),
        (",", "utf-8", "\n"),
        ("\t", "utf-16", "\r\n"),
        (";", "utf-8", "\r"),
    ],
)
async def test_a_table_is_shown_then_loaded(enter, csrf, world, delimiter, charset, ends):
    """As Excel, LibreOffice and others write it: new, changed and retired rows, field by field;
    nothing counts before the button, and then all of it, on record with before and after."""
    browser = await enter("admin")
    columns, rows = await taken(browser)
    before = await known(world, models.agents, ONE)
    rows[ONE] |= {"name": "Ēriks Šķēle-Ņikiforovs", "skills": "taxes 2, benefits 5"}
    rows[OTHER]["active"] = "nē"
    new = {**dict.fromkeys(columns, ""), "agent_id": "new-1", "name": "Žanete", "centre_id": "sala"}
    new |= {"centre_id": rows[ONE]["centre_id"], "languages": "lv 5"}
    content = written(
        columns, [*rows.values(), new], delimiter=delimiter, charset=charset, ends=ends
    )
    status, page = await reviewed(browser, csrf, content)
    assert status == 200, page
    text = unescape(page)
    assert "Pēteris Liepa</span> → Ēriks Šķēle-Ņikiforovs" in text
    assert "taxes 2, benefits 5" in text
    assert await known(world, models.agents, ONE) == before
    assert await known(world, models.agents, "new-1") is None
    status, page = await loaded(browser, csrf, page)
    assert status == 303, page
    network = await load(world.database)
    assert network.agents[ONE].name == "Ēriks Šķēle-Ņikiforovs"
    assert OTHER not in network.agents
    assert network.agents["new-1"].name == "Žanete"
    row = (await audited(world, Action.CONFIGURED, f"agents/{ONE}"))[-1]
    details = json.loads(row["details"])
    assert details["before"]["name"] == "Pēteris Liepa"
    assert details["after"]["name"] == "Ēriks Šķēle-Ņikiforovs"
    assert not row["who"].startswith("shell")


async def test_a_refused_row_names_its_place(enter, csrf, world):
    """Line, column and reason in the reader's language; what is good is not changed either."""
    browser = await enter("admin")
    columns, rows = await taken(browser)
    before = await known(world, models.agents, ONE)
    lines = [dict(rows[ONE], name="Cits"), dict(rows[OTHER], centre_id="nowhere")]
    content = written([*columns, "skils"], lines)
    status, page = await reviewed(browser, csrf, content)
    assert status == 400
    assert faults(page)[0][:2] == ("1", str(len(columns) + 1))
    assert "„skils”" in faults(page)[0][2]
    status, page = await reviewed(browser, csrf, written(columns, lines))
    assert status == 400
    ((line, column, what),) = faults(page)
    assert (line, column) == ("3", "centre_id")
    assert "nowhere" in what
    assert "there is" not in what
    assert 'id="load"' not in page
    lines[1] = dict(rows[OTHER], skills="taxes 2, taxes 3", languages="lv", active="maybe")
    _, page = await reviewed(browser, csrf, written(columns, [*lines, lines[0]]))
    assert {one[:2] for one in faults(page)} == {
        *(("3", "skills"), ("3", "languages"), ("3", "active")),
        ("4", "agent_id"),
    }
    assert await known(world, models.agents, ONE) == before


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "tukš"),
        (b"\r\n\r\n", "tukš"),
        (b"PK\x03\x04" + b"\0" * 100, "darbgrāmata"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "darbgrāmata"),
        ("agent_id;name\na1;Ēriks\n".encode("cp1257"), "CSV UTF-8"),
        ("agent_id;name\na1;Anna\n".encode("utf-16-le"), "CSV UTF-8"),
        (b"\xff\xfea", "CSV UTF-8"),
        (b"agent_id;name\na1;A\0nna\n", "CSV UTF-8"),
        (b"name;surname\nAnna;B\n", "agent_id"),
        (b"<html>", "agent_id"),
        (b"agent_id;name;name\na1;A;B\n", "divreiz"),
        (b"agent_id\n" + b";" * 1000 + b"x\n", "vairāk"),
        (b'agent_id;name\na1;"Anna' + b"x" * 200_000, "pēdiņ"),
        (b'agent_id;name\na1;"Anna\n', ""),
        (b"agent_id;skills\na1;" + b"taxes 1," * 1000, "benefits 3"),
        (b"agent_id;name\n" + b"a1;A\n" * 100_000, "2. rindā"),
        (b"agent_id" + b";agent_id" * 100_000, "divreiz"),
    ],
)
async def test_hostile_files_have_a_clear_answer(enter, csrf, content, told):
    """Of whatever kind: what is wrong and what to do, and nothing breaks."""
    browser = await enter("admin")
    status, page = await reviewed(browser, csrf, content)
    assert status == 400
    found = faults(page)
    assert 1 <= len(found) <= SHOWN_ROWS
    assert any(told in what for _, _, what in found), found[:3]


async def test_too_large_a_file(enter, csrf):
    """Told as such; a form without any room is not read."""
    browser = await enter("admin")
    status, page = await reviewed(browser, csrf, b"agent_id\n" + b"x\n" * (LARGEST_TABLE // 2))
    assert status == 400
    assert "2 MB" in faults(page)[0][2]
    status, _ = await reviewed(browser, csrf, b"x" * 3_000_000)
    assert status == 413


async def test_no_formula_leaves_and_none_is_taken_for_one(enter, csrf, world):
    """A name that a spreadsheet would run is written with an apostrophe, which is no part of it."""
    browser = await enter("admin")
    columns, rows = await taken(browser)
    content = written(columns, [dict(rows[ONE], name="'=cmd|'/C calc'!A0")])
    _, page = await reviewed(browser, csrf, content)
    assert (await loaded(browser, csrf, page))[0] == 303
    assert (await known(world, models.agents, ONE))["name"] == "=cmd|'/C calc'!A0"
    _, rows = await taken(browser)
    assert rows[ONE]["name"] == "'=cmd|'/C calc'!A0"
    mobile = rows[AGENTS["mobile"].agent_id]["mobile"]
    assert mobile.startswith("'+371")


async def test_a_second_window(enter, csrf, world):
    """What was changed in between is told, with what the table would change now; what others have
    changed is not overwritten unseen."""
    browser = await enter("admin")
    columns, rows = await taken(browser)
    _, page = await reviewed(browser, csrf, written(columns, [dict(rows[ONE], name="Pirmā")]))
    async with world.database.begin() as connection:
        await documents.change(connection, models.agents, ONE, name="Otrā")
    status, page = await loaded(browser, csrf, page)
    assert status == 409
    assert 'id="meanwhile"' in page
    assert "Otrā</span> → Pirmā" in unescape(page)
    assert (await known(world, models.agents, ONE))["name"] == "Otrā"
    assert (await loaded(browser, csrf, page))[0] == 303
    assert (await known(world, models.agents, ONE))["name"] == "Pirmā"
    status, page = await loaded(browser, csrf, page)  # pressed twice
    assert status == 409


async def test_a_municipalitys_administrator(enter, csrf, world):
    """Takes away and brings in what is theirs: others' rows are not in the table, can't be changed
    by one, are not retired by leaving them out, and nobody is moved to or from there."""
    browser = await enter("admin")
    _, everybody = await taken(browser)
    _, centres = await taken(browser, "centres")
    async with world.database.begin() as connection:
        away = {"municipality": "ludza"}
        await documents.change(connection, models.centres, "held", **away)
    await only(world, browser, "admin", ("municipality", "jekabpils"))
    columns, mine = await taken(browser)
    assert OTHER not in mine
    assert ONE in mine
    theirs = dict(everybody[OTHER], name="Cits")
    _, page = await reviewed(browser, csrf, written(columns, [theirs]))
    assert faults(page)[0][0] == "2"
    moved = dict(mine[ONE], centre_id="held")
    _, page = await reviewed(browser, csrf, written(columns, [moved]))
    assert faults(page)[0][:2] == ("2", "centre_id")
    own = dict(centres["talking"], municipality="ludza")
    _, page = await reviewed(browser, csrf, written(list(own), [own]))
    assert faults(page)[0][:2] == ("2", "municipality")
    left = [one for key, one in mine.items() if key != AGENTS["offered"].agent_id]
    _, page = await reviewed(browser, csrf, written(columns, left), whole="yes")
    assert (await loaded(browser, csrf, page))[0] == 303
    network = await load(world.database)
    assert AGENTS["offered"].agent_id not in network.agents
    assert OTHER in network.agents


async def test_whoever_edits_no_centres(enter, csrf):
    """Has neither the table nor the room for one."""
    browser = await enter("board")
    assert (await browser.get("/network/export?table=agents")).status == 403
    assert (await browser.get("/network/tables")).status == 403
    assert (await reviewed(browser, csrf, b"agent_id\n"))[0] == 403
    assert (await reviewed(browser, csrf, b"x" * 100_000))[0] == 413


async def test_a_table_that_is_none(enter):
    """No table of that name."""
    browser = await enter("admin")
    for name in ("", "queues", "../agents"):
        assert (await browser.get("/network/export", params={"table": name})).status == 404


async def test_a_database_that_is_away(enter, csrf, world):
    """Says so, and nothing is half done."""
    browser = await enter("admin")
    columns, rows = await taken(browser)
    _, page = await reviewed(browser, csrf, written(columns, [dict(rows[ONE], name="Cita")]))
    world.database_away = True
    assert (await loaded(browser, csrf, page))[0] == 503
    world.database_away = False
    assert (await loaded(browser, csrf, page))[0] == 303
