"""Centres and agents as tables: what a file would change is shown, then done as a whole."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html import unescape

import pytest
import yaml
from aiohttp import FormData
from sqlalchemy import select

from agents_ui.network.port import LARGEST_TABLE, SHOWN_ROWS
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
    assert not any(" " in column for _, column, _ in found)


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


async def test_a_municipalitys_administrator(enter, csrf, world, grant):
    """Takes away and brings in what is theirs: others' rows are not in the table, can't be changed
    by one, are not retired by leaving them out, and nobody is moved to or from there."""
    browser = await enter("admin")
    _, everybody = await taken(browser)
    _, centres = await taken(browser, "centres")
    async with world.database.begin() as connection:
        away = {"municipality": "ludza"}
        await documents.change(connection, models.centres, "held", **away)
    await grant(browser, "admin", ("municipality", "jekabpils"))
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


# --- YAML, and archives of it -----------------------------------------------------------------


async def everything(browser):
    """The archive as the page gives it: text by the name of its file."""
    async with browser.get("/network/export", params={"table": "all"}) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/zip"
        assert 'filename="network.zip"' in answer.headers["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()}


def archived(files, **more):
    """A ZIP of them."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, **more) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return into.getvalue()


def places(page):
    """File, line and reason, as the page tells them."""
    table = page.split('id="faults"')[1].split("</table>")[0]
    cells = (
        r'<td class="num">([^<]*)</td><td class="num">([^<]*)</td><td>[^<]*</td><td>([^<]*)</td>'
    )
    return [tuple(map(unescape, row)) for row in re.findall(cells, table)]


async def test_everything_comes_back_without_a_change(enter, csrf, world):
    """A file a kind, each on record; together and one by one, whole."""
    browser = await enter("admin")
    files = await everything(browser)
    assert {f"{kind}.yaml" for kind in ("agents", "centres", "queues", "hotlines")} <= set(files)
    for content in (archived(files), files["centres.yaml"].encode()):
        status, page = await reviewed(browser, csrf, content, whole="yes")
        assert (status, 'id="load"' in page, 'id="faults"' in page) == (200, False, False), page
    assert await audited(world, Action.CONFIGURATION_EXPORTED, "queues")


async def test_an_archive_is_shown_then_loaded(enter, csrf, world):
    """Several kinds at once: each change with its kind, nothing before the button, then all of it,
    on record; what the files do not have stays."""
    browser = await enter("admin")
    files = await everything(browser)
    agents, centres = (yaml.safe_load(files[f"{one}.yaml"]) for one in ("agents", "centres"))
    next(one for one in agents["agents"] if one["agent_id"] == ONE)["name"] = "Žanete Ķirse"
    new = {"centre_id": "jauns", "name": "Jaunais VPVKAC", "municipality": "ludza"}
    centres["centres"] = [new]
    changed = {"agents.yaml": agents, "centres.yaml": centres}
    content = archived({one: yaml.safe_dump(text) for one, text in changed.items()})
    status, page = await reviewed(browser, csrf, content)
    assert status == 200
    assert "Pēteris Liepa</span> → Žanete Ķirse" in unescape(page)
    assert "Jaunais VPVKAC" in unescape(page)
    assert await known(world, models.centres, "jauns") is None
    assert (await loaded(browser, csrf, page))[0] == 303
    network = await load(world.database)
    assert network.agents[ONE].name == "Žanete Ķirse"
    assert {"jauns", "idle"} <= set(network.centres)
    assert await audited(world, Action.CONFIGURED, "centres/jauns")


async def test_a_fault_of_an_archive_names_its_file(enter, csrf, world):
    """File, line and what to do; nothing of the good ones is changed either."""
    browser = await enter("admin")
    files = {
        "agents.yaml": f'agents:\n- agent_id: {ONE}\n  name: "Cits"\n  centre_id: nowhere\n',
        "centres.yaml": "centres:\n- centre_id: talking\n  name: Cits\n  municipality: nav\n",
    }
    status, page = await reviewed(browser, csrf, archived(files))
    assert status == 400
    assert {one[:2] for one in places(page)} == {("agents.yaml", "4"), ("centres.yaml", "4")}
    assert 'id="load"' not in page
    broken = {"queues.yaml": "queues:\n- queue_id: taxes\n   labels: {lv: A, en: B}\n"}
    _, page = await reviewed(browser, csrf, archived(broken))
    ((file, line, what),) = places(page)
    assert (file, line, "atkāpēm" in what) == ("queues.yaml", "3", True)
    assert (await known(world, models.agents, ONE))["name"] == "Pēteris Liepa"


ONE_CENTRE = "centres:\n- {centre_id: x, name: X, municipality: ludza}\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (archived({}), "bez mapēm"),
        (archived({"../centres.yaml": ONE_CENTRE}), "bez mapēm"),
        (archived({"/etc/passwd": "x"}), "bez mapēm"),
        (archived({"C:\\centres.yaml": ONE_CENTRE}), "bez mapēm"),
        (archived({"folder/centres.yaml": ONE_CENTRE}), "bez mapēm"),
        (archived({"centres.py": ONE_CENTRE}), "bez mapēm"),
        (archived({f"c{number}.yaml": ONE_CENTRE for number in range(21)}), "bez mapēm"),
        (archived({"a.yaml": ONE_CENTRE, "b.yaml": ONE_CENTRE}), "jau ir citā failā"),
        (archived({"[Content_Types].xml": "x", "xl/workbook.xml": "x"}), "darbgrāmata"),
        (archived({"c.yaml": "centres:\n" + " " * 100_000_000}), "2 MB"),
        (archived({"c.yaml": archived({"c.yaml": ONE_CENTRE})}), "darbgrāmata"),
        (archived({"c.yaml": ONE_CENTRE})[:60], "ZIP"),
        (archived({"c.yaml": ONE_CENTRE}).replace(b"c.yamlK", b"c.yamlL", 1), "ZIP"),
        (b"PK\x03\x04" + b"\xff" * 3000, "ZIP"),
        (archived({"c.yaml": b"centres:\n- \xff\xfe"}), "CSV UTF-8"),
        (archived({"c.yaml": "centres: " + "[" * 100_000}), "pārāk dziļi"),
        (b"centres: " + b"[" * 1_000_000, "pārāk dziļi"),
        (b"centres: " + b"{a: " * 50_000, "pārāk dziļi"),
        (b"centres: &a [1]\nqueues: *a\n", "nepieņem"),
        (b"centres: !!python/object/apply:os.system [id]\n", ""),
        (b"trunks: []\n", "contactcentre network load"),
        (b"callbacks: {}\n", "contactcentre network load"),
        (b"passwords: []\n", ""),
        (b"centres: 5\n", ""),
        (b"centres:\n- [1]\n", ""),
        (b"centres:\n- {name: X}\n", ""),
        (b"centres:\ncentres:\n", "divreiz"),
        (b'{"centres.yaml": 5}', "agent_id"),
        (b'{"../x.yaml": "centres:"}', "bez mapēm"),
        (b"{" * 100_000, "agent_id"),
    ],
)
async def test_hostile_archives_have_a_clear_answer(enter, csrf, content, told):
    """Paths, bombs, depths, names that lead elsewhere: refused in words, and nothing breaks."""
    browser = await enter("admin")
    status, page = await reviewed(browser, csrf, content)
    assert status == 400
    found = re.findall(r"<td>([^<]*)</td></tr>", page.split('id="faults"')[1].split("</table>")[0])
    assert 1 <= len(found) <= SHOWN_ROWS
    assert any(told in unescape(what) for what in found), found[:3]


async def test_a_locked_archive(enter, csrf):
    """Says that it is."""
    browser = await enter("admin")
    content = bytearray(archived({"c.yaml": ONE_CENTRE}))
    for head, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(head) + at] |= 1
    status, page = await reviewed(browser, csrf, bytes(content))
    assert (status, "paroli" in page) == (400, True)


async def test_files_of_a_municipalitys_administrator(enter, csrf, world, grant):
    """Have what is theirs alone; queues and numbers, and what is others', can't be brought in."""
    browser = await enter("admin")
    async with world.database.begin() as connection:
        await documents.change(connection, models.centres, "held", municipality="ludza")
    files = await everything(browser)
    await grant(browser, "admin", ("municipality", "jekabpils"))
    own = await everything(browser)
    assert set(own) <= {"agents.yaml", "centres.yaml", "calendars.yaml"}
    assert "centre_id: held" not in own["centres.yaml"]
    assert "centre_id: talking" in own["centres.yaml"]
    new_queue = "queues:\n- {queue_id: mine, labels: {lv: A, en: B}}\n"
    theirs = files["centres.yaml"].replace("name: ", "name: X")
    for text, kind in ((new_queue, "queues"), (theirs, "centres")):
        status, page = await reviewed(browser, csrf, text.encode())
        assert (status, "ārpus" in page) == (400, True), kind
    _, page = await reviewed(browser, csrf, archived(own), whole="yes")
    assert 'id="load"' not in page  # others' are not retired by leaving them out
