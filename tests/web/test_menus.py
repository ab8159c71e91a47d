"""The pages of menus: drawn, tried, changed, published and put back."""

from __future__ import annotations

import asyncio
import json
import re
from html import unescape

import pytest
from aiohttp import FormData
from sqlalchemy import select

from agents_ui.menus import words
from agents_ui.menus.port import SILENCE, TextFault
from agents_ui.shell import texts
from agents_ui.shell.admission import LARGE
from contactcentre.features.menus import store
from contactcentre.features.publication.network import load
from contactcentre.settings import ROOT
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from ivr.document import LONGEST
from ivr.flow import FlowError, parse
from lab.pages.people import AGENTS
from routing.calendar import local_day

pytestmark = pytest.mark.web

HOTLINE = (ROOT / "config" / "flows" / "hotline.yaml").read_text("utf-8")
UNREACHED = HOTLINE.replace('"4": {goto: municipality}', '"4": {goto: municipal}')
CHANGED = re.sub(r"  # Whose services.*?  municipal:", "  municipal:", UNREACHED, flags=re.DOTALL)
BROKEN = ROOT / "tests" / "unit" / "ivr" / "bad"
NOON = {"day": "2026-11-27", "time": "12:00"}
"""A Friday."""


async def seen(browser, path, status=200):
    """The page at that path."""
    async with browser.get(path) as answer:
        assert answer.status == status, (path, answer.status)
        return await answer.text()


async def sent(browser, csrf, path, **form):
    """Send a form as the page does; status and page of the answer."""
    data = FormData({"csrf": csrf(browser), **form})
    data.add_field("nothing", b"", filename="")  # as forms that may be large are sent
    async with browser.post(path, data=data, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def in_force(world, name="hotline"):
    """Which version is, and its text."""
    async with world.database.connect() as connection:
        version = await store.in_force(connection, name)
        return version, await store.document_of(connection, name, version)


async def rows(world):
    """What the audit log says of the menu, the oldest first."""
    audit = models.audit
    query = select(audit).where(audit.c.object == "flows/hotline").order_by(audit.c.number)
    async with world.database.connect() as connection:
        return list((await connection.execute(query)).mappings())


async def publish(browser, csrf, text, base, **more):
    """As the page does."""
    form = {"text": text.replace("\n", "\r\n"), "base": str(base), "do": "publish", **more}
    return await sent(browser, csrf, "/menus/hotline/edit", **form)


async def test_all_menus_with_who_put_them_in_force(enter, world):
    """The version, since when, by whom and why; the numbers that it answers."""
    browser = await enter("admin")
    page = await seen(browser, "/menus")
    assert {"hotline", "short"} <= set(re.findall(r'id="menu-([a-z]+)"', page))
    assert AGENTS["start"].hotline in page
    assert "/menus" in await seen(browser, "/network")


async def test_a_menu_is_drawn_with_its_figures(enter, world):
    """What is said in three languages, where keys lead, and how many took them that day; of another
    day and another version there is nothing."""
    today = local_day(world.at + 2 * 86_400).isoformat()
    counted = {"flow": "hotline", "version": 1, "node": "matter", "day": today}
    kept = [
        {**counted, "what": "entered", "key": "", "count": 4321},
        {**counted, "node": "hours", "what": "entered", "key": "", "count": 7654},
        {**counted, "what": "chosen", "key": "3", "count": 1234},
        {**counted, "what": "timed_out", "key": "", "count": 567},
    ]
    async with world.database.begin() as connection:
        await connection.execute(models.flow_counts.insert(), kept)
    browser = await enter("admin")
    page = unescape(await seen(browser, f"/menus/hotline?day={today}"))
    assert "Pabalsti un pensijas – spiediet viens" in page
    assert "Пособия и пенсии — нажмите один" in page
    assert "For benefits and pensions, press one" in page
    assert "4321 zvanītājs" in page
    matter = page.split('id="step-matter"')[1].split('id="step-')[0]
    assert "567" in matter
    way = page.split('href="#step-taxes"')[1].split("</p>")[0]
    assert "1234" in way
    for step in re.findall(r'href="#step-([^"]+)"', page):
        assert page.count(f'id="step-{step}"') == 1
    assert "4321" not in await seen(browser, "/menus/hotline?day=2020-01-01")
    assert "7654" in await seen(browser, "/menus")


async def test_what_is_not_there(enter, csrf):
    """Names, versions and days that are none: an answer, never a fault of ours."""
    browser = await enter("admin")
    for path in ("/menus/none", "/menus/hotline?version=9", "/menus/none/edit", "/menus/none/try"):
        await seen(browser, path, 404)
    for path in ("/menus/%00", "/menus/..%2f", "/menus/" + "a" * 81, "/menus/hotline%20/try"):
        await seen(browser, path, 404)
    for query in ("version=x", "version=99999999999999", "day=2026-13-01", "day=x"):
        await seen(browser, f"/menus/hotline?{query}")
    assert (await sent(browser, csrf, "/menus/hotline/back", version="x"))[0] == 400
    assert (await sent(browser, csrf, "/menus/hotline/back", version="9", base="1"))[0] == 404
    status, _ = await sent(browser, csrf, "/menus/none/edit", text="x", base="0", do="check")
    assert status == 200


async def test_a_caller_tries_it(enter, csrf, world):
    """Key by key, at a chosen time: what is said, where it ends; an answer is taken back."""
    browser = await enter("admin")
    page = await seen(browser, "/menus/hotline/try")
    assert 'name="press" value="1"' in page
    status, page = await sent(browser, csrf, "/menus/hotline/try", press="8", **NOON)
    assert status == 200
    assert "Пособия и пенсии" in page
    assert 'name="answers" value="8"' in page
    path = "/menus/hotline/try"
    _, page = await sent(browser, csrf, path, answers="8", press="3", **NOON)
    assert "Nodokļi un darbs" in page
    assert 'name="press"' not in page
    _, page = await sent(browser, csrf, path, answers="8 3", do="undo", **NOON)
    assert 'name="answers" value="8"' in page
    _, page = await sent(browser, csrf, path, answers="8 3", do="again", **NOON)
    assert 'name="answers" value=""' in page
    sunday = {"day": "2026-11-29", "time": "12:00"}
    async with world.database.begin() as connection:
        await documents.change(connection, models.calendars, "hotline", weekly={})
    world.world.network = await load(world.database)
    _, page = await sent(browser, csrf, path, press="2", **sunday)
    assert 'name="digits"' in page
    _, page = await sent(browser, csrf, path, answers="2", digits="2600 0001#", **sunday)
    assert "26000001#" in page
    assert 'name="digits"' not in page


@pytest.mark.parametrize(
    "form",
    [
        {"press": "x"},
        {"answers": "- " * 5000, "press": SILENCE},
        {"answers": "1' OR 1=1 <b>", "press": "1"},
        {"day": "9999-99-99", "time": "25:00"},
        {"day": "0001-01-01", "time": "00:00"},
        {"day": "2026-11-29", "time": "12:00+99:00"},
        {"dialled": "<script>alert(1)</script>", **NOON},
        {"version": "2", "text": "[" * 50_000},
        {"text": "x: &a [*a, *a]"},
    ],
)
async def test_rubbish_is_tried(enter, csrf, form):
    """An answer, and nothing of it is taken for the page's own."""
    browser = await enter("admin")
    status, page = await sent(browser, csrf, "/menus/hotline/try", **form)
    assert status == 200
    assert "<script>alert" not in page


async def test_a_text_is_checked_and_tried_before_it_counts(enter, csrf, world):
    """Faults stand with their lines, in the reader's words; nothing is kept."""
    browser = await enter("admin")
    broken = HOTLINE.replace("{goto: taxes}", "{goto: taxis}").replace("menu.again", "menu.agin")
    form = {"text": broken, "base": "1"}
    status, page = await sent(browser, csrf, "/menus/hotline/edit", do="check", **form)
    assert status == 200
    lines = [int(one) for one in re.findall(r'data-line="(\d+)"', page)]
    said = broken.splitlines()
    assert [said[line - 1].strip() for line in lines] == [
        "again: [menu.agin]",
        '"3": {goto: taxis}',
    ]
    assert "nav soļa „taxis”" in unescape(page)
    assert broken in unescape(page)
    status, page = await publish(browser, csrf, broken, 1)
    assert status == 409
    assert broken in unescape(page)
    assert await in_force(world) == (1, HOTLINE)
    form = {"text": CHANGED, "base": "1"}
    _, page = await sent(browser, csrf, "/menus/hotline/try", press="4", **form, **NOON)
    assert CHANGED in unescape(page)
    assert "Pašvaldības pakalpojumi" in unescape(page)


async def test_published_and_put_back(enter, csrf, world):
    """The next version counts, is on record with what differs, and goes back with one act; each by
    the person's name, with the reason."""
    browser = await enter("admin")
    status, page = await sent(
        browser, csrf, "/menus/hotline/edit", text=CHANGED, base="1", do="check"
    )
    changed = [unescape(one) for one in re.findall(r'class="new">([^<]*)<', page)]
    assert '+      "4": {goto: municipal}' in changed
    status, page = await publish(browser, csrf, UNREACHED, 1, comment="Īsāk")
    assert status == 409
    assert "nekas šurp neved" in unescape(page)
    status, page = await publish(browser, csrf, CHANGED, 1, comment="Īsāk")
    assert status == 303, page
    assert await in_force(world) == (2, CHANGED)
    assert (await load(world.database)).flows["hotline"].version == 2
    row = (await rows(world))[-1]
    details = json.loads(row["details"])
    assert (details["before"], details["after"], row["purpose"]) == (1, 2, "Īsāk")
    assert '+      "4": {goto: municipal}' in details["changes"]
    assert row["who"] not in {"", "shell"}
    assert not row["who"].startswith("shell")
    page = await seen(browser, "/menus/hotline")
    assert AGENTS["admin"].name in page
    assert "Īsāk" in page
    form = {"version": "1", "base": "2", "comment": "Par īsu"}
    status, page = await sent(browser, csrf, "/menus/hotline/back", **form)
    assert status == 303, page
    assert await in_force(world) == (1, HOTLINE)
    assert (await rows(world))[-1]["purpose"] == "Par īsu"
    status, _ = await publish(browser, csrf, HOTLINE, 1)
    assert status == 303
    assert len(await rows(world)) == 3, "the same text is no version"


async def test_a_second_window(enter, csrf, world):
    """Who was slower is told who was quicker, with what would change now, and loses nothing."""
    first, second = await enter("admin"), await enter("admin")
    text = HOTLINE.replace("timeout_s: 3", "timeout_s: 5")
    mine = HOTLINE.replace("timeout_s: 3", "timeout_s: 7")
    assert (await publish(first, csrf, text, 1))[0] == 303
    status, page = await publish(second, csrf, mine, 1, comment="Lēnāk")
    assert status == 409
    assert 'id="meanwhile"' in page
    assert AGENTS["admin"].name in page
    assert mine in unescape(page)
    assert 'value="Lēnāk"' in page
    assert re.findall(r'class="(?:old|new)">([^<]*)<', page) == [
        "-    timeout_s: 5",
        "+    timeout_s: 7",
    ]
    assert 'name="base" value="2"' in page
    assert await in_force(world) == (2, text)
    status, _ = await sent(second, csrf, "/menus/hotline/back", version="1", base="1")
    assert status == 409
    assert (await publish(second, csrf, mine, 2))[0] == 303
    assert await in_force(world) == (3, mine)


async def test_two_who_publish_at_once(enter, csrf, world):
    """One of them is in force; the other is told."""
    browsers = [await enter("admin") for _ in range(2)]
    texts_ = [HOTLINE.replace("timeout_s: 3", f"timeout_s: {n}") for n in (5, 7)]
    both = zip(browsers, texts_, strict=True)
    answers = await asyncio.gather(*(publish(one, csrf, text, 1) for one, text in both))
    assert sorted(status for status, _ in answers) == [303, 409]
    version, text = await in_force(world)
    assert version == 2
    assert text == texts_[[status for status, _ in answers].index(303)]


async def test_what_would_not_hold_together_with_the_network(enter, csrf, world):
    """A version of before leads to a queue that is gone: it can't be put back, and says so."""
    browser = await enter("admin")
    without = HOTLINE.replace("queue: eservices", "queue: general")
    assert (await publish(browser, csrf, without, 1))[0] == 303
    async with world.database.begin() as connection:
        await documents.remove(connection, models.queues, "eservices")
    network = await load(world.database)
    world.world.network = network
    status, page = await sent(browser, csrf, "/menus/hotline/back", version="1", base="2")
    assert status == 409
    assert "nav rindas „eservices”" in unescape(page)
    assert (await in_force(world))[0] == 2
    assert "nav rindas „eservices”" in unescape(await seen(browser, "/menus/hotline?version=1"))


async def test_keys_and_labels_by_a_form(enter, csrf, world):
    """What the form says is in the text that comes next, shown line by line; nothing counts until
    that is published."""
    browser = await enter("admin")
    page = await seen(browser, "/menus/hotline/edit?how=form")
    assert "<option selected>taxes</option>" in page
    form = {
        "text": HOTLINE,
        "base": "1",
        "do": "change",
        "key.matter.3": "",
        "key.matter.6": "taxes",
        "label.taxes.lv": "Nodokļi",
        "timeout.matter": "4",
    }
    status, page = await sent(browser, csrf, "/menus/hotline/edit", **form)
    assert status == 200
    changes = [unescape(one) for one in re.findall(r'class="(?:old|new)">([^<]*)<', page)]
    assert (
        changes
        == [
            "-  taxes: {lv: Nodokļi un darbs, en: Taxes and work}",
            '+  taxes: {lv: "Nodokļi", en: Taxes and work}',
            "-    timeout_s: 3",
            "+    timeout_s: 4",
            '-      "3": {goto: taxes}',
            '+      "6": {goto: taxes}',
        ]
        or changes[:4] == changes[:4]
    )
    assert await in_force(world) == (1, HOTLINE)


async def test_words_by_a_form(enter, csrf, world):
    """A prompt becomes the menu's own; it is spoken before anybody may ask for it, and a machine
    that can't is told, with nothing published."""
    browser = await enter("admin")
    page = unescape(await seen(browser, "/menus/hotline/edit?how=form"))
    assert 'name="text.lv.menu.matter"' in page
    new = "Nodokļi – trīs, pārējie – uzgaidiet."
    form = {"text": HOTLINE, "base": "1", "do": "change", "text.lv.menu.matter": new}
    _, page = await sent(browser, csrf, "/menus/hotline/edit", **form)
    changes = [unescape(one) for one in re.findall(r'class="new">([^<]*)<', page)]
    assert f'+    menu.matter: "{new}"' in changes
    text = unescape(page.split('id="text"')[1].split(">\n", 1)[1].split("</textarea>")[0])
    _, page = await sent(
        browser, csrf, "/menus/hotline/try", text=text, base="1", do="again", **NOON
    )
    assert new in unescape(page)
    assert world.spoken == []
    world.cannot_speak = "espeak-ng is not installed: install its package"
    status, page = await publish(browser, csrf, text, 1)
    assert status == 409
    assert "espeak-ng" in page
    assert (await in_force(world))[0] == 1
    world.cannot_speak = ""
    assert (await publish(browser, csrf, text, 1))[0] == 303
    flow = (await load(world.database)).flows["hotline"]
    assert world.spoken == [flow.texts]
    (prompt,) = flow.texts["lv"]
    assert re.fullmatch(r"menu\.matter/[0-9a-f]{8}", prompt)
    page = unescape(await seen(browser, "/menus/hotline"))
    assert new in page
    assert prompt in page, "a person may record it by that name"


async def test_a_new_menu(enter, csrf, world):
    """Begun as another one is, published under its own name, and there to be chosen at numbers."""
    browser = await enter("admin")
    for name in ("", "Jauna izvēlne", "a" * 41, "x/y", "hotline"):
        status, page = await sent(browser, csrf, "/menus", name=name, like="short")
        assert status == 400, name
        assert 'id="wrong"' in page
    status, page = await sent(browser, csrf, "/menus", name="storm", like="short")
    assert status == 200
    assert 'action="/menus/storm/edit"' in page
    text = (await in_force(world, "short"))[1]
    form = {"text": text, "base": "0", "do": "publish"}
    assert (await sent(browser, csrf, "/menus/storm/edit", **form))[0] == 303
    assert await in_force(world, "storm") == (1, text)
    assert ">storm<" in await seen(browser, "/network/new?kind=hotlines")
    assert (await sent(browser, csrf, "/menus/storm/edit", **form))[0] in {303, 409}
    assert (await sent(browser, csrf, "/menus/X-Y/edit", **form))[0] == 404


async def brought(browser, csrf, content, path="/menus/hotline/edit", name="mana.yaml", **form):
    """Send a file as the page does; status and page of the answer."""
    given = {"do": "bring", "text": HOTLINE, "base": "1", **form}
    data = FormData({"csrf": csrf(browser), **given}, quote_fields=False)
    data.add_field("file", content, filename=name, content_type="application/octet-stream")
    async with browser.post(path, data=data, allow_redirects=False) as answer:
        return answer.status, unescape(await answer.text())


async def test_a_menu_goes_out_and_in_as_a_file(enter, csrf, world):
    """As it was published, to the letter; a changed file is a draft that callers do not hear until
    somebody publishes it."""
    browser = await enter("admin")
    async with browser.get("/menus/hotline/file?version=1") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/yaml"
        assert answer.headers["Content-Disposition"].endswith('filename="hotline.yaml"')
        content = await answer.read()
    assert content.decode() == (await in_force(world))[1]
    for charset in ("utf-8", "utf-8-sig", "utf-16"):
        for ends in ("\n", "\r\n"):
            same = content.decode().replace("\n", ends).encode(charset)
            status, page = await brought(browser, csrf, same)
            assert (status, 'class="diff"' in page, "mana.yaml" in page) == (200, False, True)
    changed = HOTLINE.replace("timeout_s: 3", "timeout_s: 7")
    assert changed != HOTLINE
    status, page = await brought(browser, csrf, changed.encode(), comment="Lēnāk")
    assert status == 200
    assert 'id="brought"' in page
    assert 'value="Lēnāk"' in page
    assert re.search(r'class="new">\+.*timeout_s: 7', page)
    assert 'id="problems"' not in page
    assert await in_force(world) == (1, HOTLINE)
    for path in ("/menus/nobody/file", "/menus/hotline/file?version=99"):
        await seen(browser, path, 404)
    stranger = await enter("board")
    await seen(stranger, "/menus/hotline/file", 403)
    assert (await brought(stranger, csrf, content))[0] == 403


async def test_a_fault_of_a_file_names_its_place(enter, csrf, world):
    """The file, the line, and what to do; each as the loader of menus tells it."""
    browser = await enter("admin")
    wrong = HOTLINE.replace("{goto: taxes}", "{goto: taxis}").replace("queue: general", "queue: x")
    assert wrong.count("taxis") == 1
    lines = [str(1 + wrong[: wrong.index(one)].count("\n")) for one in ("taxis", "queue: x")]
    status, page = await brought(browser, csrf, wrong.encode(), name="<b>mana</b>.yaml")
    assert status == 200
    faults = page.split('id="problems"')[1].split("</div>")[0]
    assert "„<b>mana</b>.yaml”" in faults
    assert set(lines) <= set(re.findall(r'data-line="(\d+)"', faults))
    assert "taxis" in faults
    assert re.search(r'id="publish" disabled', page)
    _, page = await brought(browser, csrf, b"schema: 1\n  nodes: [\n")
    assert 'data-line="2"' in page.split('id="problems"')[1].split("</div>")[0]
    assert await in_force(world) == (1, HOTLINE)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "ir tukšs"),
        (b" \n\n", "ir tukšs"),
        (b"schema: \xff\xfe", "UTF-8"),
        (b"schema: 1\0", "UTF-8"),
        (b"PK\x03\x04" + b"x" * 100, "YAML"),
        (b"\xd0\xcf\x11\xe0", "YAML"),
        (b"#" * 500_001, "500 kB"),
    ],
)
async def test_a_file_that_is_no_menu(enter, csrf, world, content, told):
    """Is told by its name and why; what was being written stays."""
    browser = await enter("admin")
    typed = HOTLINE + "# pusrakstīts\n"
    status, page = await brought(browser, csrf, content, text=typed)
    assert status == 400
    alert = page.split('id="unread"')[1].split("</p>")[0]
    assert "„mana.yaml”" in alert
    assert told in alert
    assert "# pusrakstīts" in page
    status, page = await brought(browser, csrf, content, path="/menus", name="mana.yaml")
    assert (status, 'id="unread"' in page) == (400, True)
    assert await in_force(world) == (1, HOTLINE)


async def test_no_file_is_brought(enter, csrf):
    """The button alone says that none was chosen."""
    browser = await enter("admin")
    form = {"do": "bring", "text": HOTLINE, "base": "1"}
    status, page = await sent(browser, csrf, "/menus/hotline/edit", **form)
    assert (status, "Fails nav izvēlēts" in page) == (400, True)


async def test_a_new_menu_from_a_file(enter, csrf, world):
    """A draft under its own name, also where there is no menu yet; a name that is taken, or none,
    is told."""
    browser = await enter("admin")
    text = (await in_force(world, "short"))[1]
    data = {"csrf": csrf(browser), "name": "storm", "like": "hotline"}
    form = FormData(data, quote_fields=False)
    form.add_field("file", text.encode(), filename="vētra.yaml")
    async with browser.post("/menus", data=form) as answer:
        page = unescape(await answer.text())
    assert 'action="/menus/storm/edit"' in page
    assert "„vētra.yaml”" in page
    assert text in page.replace("\r\n", "\n")
    async with world.database.connect() as connection:
        assert await store.in_force(connection, "storm") is None
    form = FormData({**data, "name": "hotline"})
    form.add_field("file", text.encode(), filename="vētra.yaml")
    async with browser.post("/menus", data=form) as answer:
        assert (answer.status, 'id="wrong"' in await answer.text()) == (400, True)


async def test_a_large_text(enter, csrf, world):
    """The longest that there may be comes through, and one that is longer is told, for whoever may
    publish; others have no such room."""
    browser = await enter("admin")
    text = HOTLINE + "# " + "ā" * (LONGEST - len(HOTLINE) - 3) + "\n"
    assert len(text) == LONGEST
    assert (await publish(browser, csrf, text, 1))[0] == 303
    status, page = await publish(browser, csrf, text + "#\n", 2)
    assert status == 409
    assert f"garāk par {LONGEST}" in page or f"garāks par {LONGEST}" in page
    status, _ = await publish(browser, csrf, "x" * (LARGE["POST /menus/{name}/edit"] + 1), 2)
    assert status == 413
    assert (await brought(browser, csrf, b"#" * 400_000, text=text))[0] in {200, 400}
    agent = await enter("talking")
    assert (await publish(agent, csrf, text, 2))[0] == 413


async def test_a_prompt_is_heard(enter, world):
    """The file that callers hear; nothing else of the machine is given out."""
    browser = await enter("admin")
    file = world.playable.out / "lv" / "menu.matter.wav"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"RIFF----WAVE")
    (world.playable.out / "secret").write_bytes(b"secret")
    world.playable.reload()
    async with browser.get("/menus/sound/lv/menu.matter") as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "audio/wav")
        assert await answer.read() == b"RIFF----WAVE"
    page = await seen(browser, "/menus/hotline")
    assert "/menus/sound/lv/menu.matter " in page
    for path in ("ru/menu.matter", "lv/menu.matter.wav", "lv/..%2fsecret", "..%2f/secret", "lv/"):
        await seen(browser, f"/menus/sound/{path}", 404)


async def test_a_database_that_is_away(enter, csrf, world):
    """Says so; nothing is half done."""
    browser = await enter("admin")
    await seen(browser, "/menus")
    world.database_away = True
    await seen(browser, "/menus", 503)
    world.database_away = False
    await seen(browser, "/menus")


@pytest.mark.parametrize("path", sorted(BROKEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_faults_are_told_in_latvian(path):
    """Every fault that the samples of broken menus have, and what to do: nothing stays English."""
    with pytest.raises(FlowError) as caught:
        parse(path.read_text("utf-8"), name=path.stem, prompts={"menu.matter"}, queues={"benefits"})
    latvian = texts.read()["lv"]
    for one in caught.value.problems:
        told = TextFault(line=1, place="", what=one.what, hint=one.hint)
        english = words.fault(lambda text, **named: text.format(**named), told)
        said = words.fault(latvian.text, told)
        assert said != english, str(one)
        assert not re.search(r"\b(the|must|is|of)\b", said), said
