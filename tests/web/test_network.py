"""The pages of the network: what people edit, checked with the whole of it before it counts."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from sqlalchemy import select

from agents_ui.network import words
from contactcentre.core.config import document as config
from contactcentre.features.network.kinds import KINDS
from contactcentre.features.network.shape import Composite, Repeated
from contactcentre.features.publication.network import load
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from lab.pages.people import AGENTS

pytestmark = pytest.mark.web

AGENT = AGENTS["talking"].agent_id
CONTROL = re.compile(
    r"(<(?:input|select|textarea)[^>]*>)([^<]*(?:<option.*?</select>)?)", re.DOTALL
)


def fields(page):
    """What the form of a document would send as it stands."""
    forms = (one for one in page.split("<form") if 'name="base"' in one)
    form = next(one for one in forms if "/active" not in one.split(">")[0])
    found = {}
    for tag, rest in CONTROL.findall(form):
        name = re.search(r' name="([^"]+)"', tag)
        if name is None or (('type="checkbox"' in tag) and " checked" not in tag):
            continue
        value = re.search(r' value="([^"]*)"', tag)
        text = value[1] if value else ""
        if tag.startswith("<select"):
            chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', rest)
            text = "" if chosen is None else (chosen[1] if chosen[1] is not None else chosen[2])
        elif tag.startswith("<textarea"):
            text = rest
        found[name[1]] = unescape(text)
    return found


async def opened(browser, path):
    """The page at that path."""
    async with browser.get(path) as answer:
        assert answer.status == 200, (path, answer.status)
        return await answer.text()


async def send(browser, path, form, **changed):
    """Send a form; status and page of the answer."""
    data = {**form, **{name.replace("__", "."): text for name, text in changed.items()}}
    async with browser.post(path, data=data, allow_redirects=False) as answer:
        return answer.status, await answer.text()


def read(kind, document):
    """What a document stands for."""
    return config.read(KINDS[kind].form, document, kind)


async def document(world, table, key):
    """As the database has it, or None."""
    async with world.database.connect() as connection:
        rows = await documents.read(connection, table)
    return next((one for one in rows if one[documents.key_of(table)] == key), None)


@pytest.mark.parametrize(
    "kind",
    ["hotlines", "queues", "centres", "agents", "calendars", "municipalities", "regions"],
)
async def test_every_document_comes_back_as_it_was(enter, world, kind):
    """Opened and saved without a change, nothing is changed: no field is lost in a form."""
    browser = await enter("admin")
    table = getattr(models, kind)
    async with world.database.connect() as connection:
        before = await documents.read(connection, table)
    assert before
    for one in before:
        path = f"/network/{kind}/{one[documents.key_of(table)]}"
        page = await opened(browser, path)
        status, answer = await send(browser, path, fields(page))
        assert status == 303, answer
    async with world.database.connect() as connection:
        after = await documents.read(connection, table)
    assert [read(kind, one) for one in after] == [read(kind, one) for one in before]


async def audit(world, name):
    """The rows of the audit log about a document, oldest first."""
    rows = models.audit
    query = select(rows).where(rows.c.object == name).order_by(rows.c.number)
    async with world.database.connect() as connection:
        return list((await connection.execute(query)).mappings())


async def test_a_change_counts_and_is_on_record(enter, world):
    """A field of an agent is another one: the network has it, and the log who did it, with what was
    before and after."""
    browser = await enter("admin")
    path = f"/network/agents/{AGENT}"
    status, _ = await send(browser, path, fields(await opened(browser, path)), reserve="yes")
    assert status == 303
    network = await load(world.database)
    assert network.agents[AGENT].reserve
    row = (await audit(world, f"agents/{AGENT}"))[-1]
    assert json.loads(row["details"]) == {"before": {"reserve": False}, "after": {"reserve": True}}
    assert row["who"] != "shell"
    page = await opened(browser, path)
    assert "Andris Kārkliņš" in page.split('id="history"')[1]


async def test_a_fault_stands_at_its_field_and_nothing_is_changed(enter, world):
    """Bounds, hours that are none, a level, a name that nothing has; what was typed stays."""
    browser = await enter("admin")
    wrong = {
        "/network/queues/taxes": ({"ring_s": "301"}, "ring_s", "1"),
        "/network/calendars/koknese": ({"weekly.mon": "8-12"}, "weekly.mon", "08:30-12:00"),
        f"/network/agents/{AGENT}": ({"device": "mobile"}, "mobile", "+37120000000"),
        "/network/centres/talking": ({"calendar_id": "nowhere"}, "calendar_id", "nowhere"),
    }
    for path, (typed, field, told) in wrong.items():
        _, _, kind, key = path.split("/")
        before = await document(world, getattr(models, kind), key)
        form = fields(await opened(browser, path))
        status, page = await send(browser, path, {**form, **typed})
        assert status == 400, path
        at = page.split(f'id="{field}-fault"')[1].split("</p>")[0]
        assert told in at, (path, at)
        assert fields(page)[field] == typed.get(field, form[field])
        assert await document(world, getattr(models, kind), key) == before


async def test_one_more_row_of_a_list_saves_nothing(enter, world):
    """A circle more is a row more in the form, with all that was typed; taken out, it is gone."""
    browser = await enter("admin")
    path = "/network/queues/taxes"
    before = await document(world, models.queues, "taxes")
    form = fields(await opened(browser, path))
    count = len(before.get("overflow", ()))
    status, page = await send(browser, path, form, more="overflow", ring_s="17")
    typed = fields(page)
    assert (status, typed["ring_s"]) == (200, "17")
    assert f"overflow.{count}.do" in typed
    assert await document(world, models.queues, "taxes") == before
    typed |= {f"overflow.{count}.do": "callback", f"overflow.{count}.when": "nobody"}
    assert (await send(browser, path, typed))[0] == 303
    after = await document(world, models.queues, "taxes")
    assert after["overflow"][count] == {"do": "callback", "when": "nobody"}
    form = fields(await opened(browser, path))
    assert (await send(browser, path, form, **{f"overflow.{count}.remove": "yes"}))[0] == 303
    assert len((await document(world, models.queues, "taxes")).get("overflow", ())) == count


async def test_what_something_refers_to_is_not_retired(enter, world):
    """It is told what does; without it a document is retired, stays in its table, is in no network,
    and comes back."""
    browser = await enter("admin")
    form = {**fields(await opened(browser, "/network/queues/taxes")), "active": "no"}
    status, page = await send(browser, "/network/queues/taxes/active", form)
    assert status == 400
    assert "hotline" in page.split('id="problems"')[1].split("</div>")[0]
    path = "/network/agents/" + AGENT
    form = {**fields(await opened(browser, path)), "active": "no"}
    assert (await send(browser, f"{path}/active", form))[0] == 303
    assert (await document(world, models.agents, AGENT))["active"] is False
    assert AGENT not in (await load(world.database)).agents
    form = {**fields(await opened(browser, path)), "active": "yes"}
    assert (await send(browser, f"{path}/active", form))[0] == 303
    assert AGENT in (await load(world.database)).agents


async def test_a_retired_centre_is_nobodys_any_more(enter, world):
    """Its agents are told before, and keep it in use; its name stays for what was before."""
    browser = await enter("admin")
    path = "/network/centres/talking"
    form = {**fields(await opened(browser, path)), "active": "no"}
    status, page = await send(browser, f"{path}/active", form)
    assert status == 400
    assert AGENT in page.split('id="problems"')[1].split("</div>")[0]


async def test_two_who_edit_the_same_hear_of_each_other(enter, world):
    """The second sees what the first has changed and what they typed; nothing is lost silently."""
    one, other = await enter("admin"), await enter("admin")
    path = "/network/queues/taxes"
    first, second = fields(await opened(one, path)), fields(await opened(other, path))
    assert (await send(one, path, first, ring_s="25"))[0] == 303
    status, page = await send(other, path, second, wrap_up_s="30")
    assert status == 400
    told = page.split('id="meanwhile"')[1].split("</div>")[0]
    assert "Andris Kārkliņš" in told
    assert "25" in told
    assert "30" in told
    assert (await document(world, models.queues, "taxes"))["ring_s"] == 25
    assert (await send(other, path, fields(page)))[0] == 303
    assert (await document(world, models.queues, "taxes"))["wrap_up_s"] == 30


async def test_back_to_an_earlier_version(enter, world):
    """It is filled in from the log, and counts once it is saved."""
    browser = await enter("admin")
    path = "/network/queues/taxes"
    for seconds in ("11", "12", "13"):
        form = fields(await opened(browser, path))
        assert (await send(browser, path, form, ring_s=seconds))[0] == 303
    rows = await audit(world, "queues/taxes")
    page = await opened(browser, f"{path}?version={rows[-3]['number']}")
    assert fields(page)["ring_s"] == "11"
    assert (await document(world, models.queues, "taxes"))["ring_s"] == 13
    assert (await send(browser, path, fields(page)))[0] == 303
    assert (await document(world, models.queues, "taxes"))["ring_s"] == 11


async def test_a_mobile_number_is_in_no_history(enter, world):
    """Neither in the log nor on the page; an earlier version leaves it as it is."""
    browser = await enter("admin")
    path = f"/network/agents/{AGENT}"
    form = fields(await opened(browser, path))
    changed = {"device": "mobile", "mobile": "+37126000001"}
    assert (await send(browser, path, {**form, **changed}))[0] == 303
    assert "26000001" not in (await opened(browser, path)).split('id="history"')[1]
    assert "26000001" not in str(await audit(world, f"agents/{AGENT}"))


async def on_a_table(browser):
    """The agent has a telephone on the table; the page of it, and its token."""
    path = f"/network/agents/{AGENT}"
    page = await opened(browser, path)
    assert 'id="issue"' not in page
    assert (await send(browser, path, {**fields(page), "device": "desk"}))[0] == 303
    page = await opened(browser, path)
    assert 'id="issue"' in page
    return path, {"csrf": re.search(r'name="csrf" value="([^"]+)"', page)[1]}


async def test_a_telephone_on_a_table_gets_its_settings(enter, world):
    """As a file that no browser shows or keeps, once: its password counts, stands in no log, and
    ends with the next one, or when it is taken away."""
    browser = await enter("admin")
    path, token = await on_a_table(browser)
    endpoint = (await load(world.database)).agents[AGENT].table
    passwords = []
    for make, name in (("yealink", f"{endpoint}.cfg"), ("snom", f"{endpoint}.xml")):
        async with browser.post(f"{path}/phone", data={**token, "make": make}) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
            assert "no-store" in answer.headers["Cache-Control"]
            text = await answer.text()
        passwords.append(world.directory.secret(endpoint))
        assert passwords[-1] in text
    assert passwords[0] != passwords[1]
    assert (await send(browser, f"{path}/phone/revoke", token))[0] == 303
    assert world.directory.secret(endpoint) not in passwords
    rows = await audit(world, f"phones/{endpoint}")
    told = [json.loads(row["details"]) for row in rows]
    assert told == [{"after": "issued"}, {"after": "issued"}, {"after": "revoked"}]
    assert not any(one in str([dict(row) for row in rows]) for one in passwords)


async def test_a_telephone_beside_the_browser(enter, world):
    """Whoever usually answers in the browser may have one, and a mobile; it is set up like any."""
    browser = await enter("admin")
    path = f"/network/agents/{AGENT}"
    has = {"table": "yes", "mobile": "+37126000001"}
    assert (await send(browser, path, {**fields(await opened(browser, path)), **has}))[0] == 303
    page = await opened(browser, path)
    assert 'id="issue"' in page
    agent = (await load(world.database)).agents[AGENT]
    assert (agent.device, agent.devices) == ("browser", ("browser", "desk", "mobile"))
    token = {"csrf": re.search(r'name="csrf" value="([^"]+)"', page)[1], "make": "sheet"}
    async with browser.post(f"{path}/phone", data=token) as answer:
        assert answer.status == 200
        assert world.directory.secret(agent.table) in await answer.text()


async def test_a_telephone_of_another_kind(enter):
    """A browser's has none to be given, and there is no other make than those."""
    browser = await enter("admin")
    path, token = f"/network/agents/{AGENT}", {"make": "snom"}
    page = await opened(browser, path)
    token |= {"csrf": re.search(r'name="csrf" value="([^"]+)"', page)[1]}
    assert (await send(browser, f"{path}/phone", token))[0] == 400
    assert (await send(browser, f"{path}/phone/revoke", token))[0] == 400
    path, token = await on_a_table(browser)
    assert (await send(browser, f"{path}/phone", {**token, "make": "cisco"}))[0] == 400


async def test_a_telephone_elsewhere_is_not_there(enter, world, grant):
    """Who looks after another centre gives no telephone here a password."""
    browser = await enter("admin")
    path, token = await on_a_table(browser)
    centres = (await load(world.database)).centres
    other = next(key for key in centres if key != "talking")
    endpoint = (await load(world.database)).agents[AGENT].endpoint
    before = world.directory.secret(endpoint)
    await grant(browser, "admin", ("centre", other))
    for way in ("phone", "phone/revoke"):
        assert (await send(browser, f"{path}/{way}", {**token, "make": "sheet"}))[0] == 404
    assert world.directory.secret(endpoint) == before


async def test_a_municipality_edits_its_own_alone(enter, world, grant):
    """Its centres and agents; what lies elsewhere is not there, and nothing moves over the border.
    Queues and numbers are the network's."""
    browser = await enter("admin")
    own = (await document(world, models.centres, "talking"))["municipality"]
    others = [
        one for one in (await load(world.database)).centres.values() if one.municipality != own
    ]
    await grant(browser, "admin", ("municipality", own))
    page = await opened(browser, "/network?kind=centres")
    assert "/network/centres/talking" in page
    assert f"/network/centres/{others[0].centre_id}" not in page
    assert "kind=queues" not in page
    for closed in ("/network?kind=queues", "/network/queues/taxes", "/network/new?kind=hotlines"):
        assert (await browser.get(closed)).status == 404, closed
    elsewhere = f"/network/centres/{others[0].centre_id}"
    assert (await browser.get(elsewhere)).status == 404
    form = fields(await opened(browser, "/network/centres/talking"))
    assert (await send(browser, elsewhere, form))[0] == 404
    assert (await send(browser, f"{elsewhere}/active", {**form, "active": "no"}))[0] == 404
    moved = {**form, "municipality": others[0].municipality}
    assert (await send(browser, "/network/centres/talking", moved))[0] == 400
    path = f"/network/agents/{AGENT}"
    form = fields(await opened(browser, path))
    assert (await send(browser, path, form, centre_id=others[0].centre_id))[0] == 400
    assert (await send(browser, path, form, reserve="yes"))[0] == 303


async def test_a_centre_is_not_carried_off_by_its_own_administrator(enter, world, grant):
    """Whose municipality it is, is not the centre's to say; its name is."""
    browser = await enter("admin")
    own = (await document(world, models.centres, "talking"))["municipality"]
    other = next(key for key in (await load(world.database)).municipalities if key != own)
    await grant(browser, "admin", ("centre", "talking"))
    path = "/network/centres/talking"
    form = fields(await opened(browser, path))
    assert (await send(browser, path, form, municipality=other))[0] == 400
    assert (await send(browser, path, form, short_name="Mūsu"))[0] == 303
    assert (await document(world, models.centres, "talking"))["short_name"] == "Mūsu"


async def test_hours_that_several_go_by_are_not_one_municipalitys(enter, world, grant):
    """Those of its own centres alone are."""
    browser = await enter("admin")
    page = await opened(browser, "/network/new?kind=calendars")
    form = {**fields(page), "name": "Mūsu laiks", "weekly.mon": "8:00-12:00, 13.00-17.00"}
    assert (await send(browser, "/network/new", form))[0] == 303
    made = await document(world, models.calendars, "musu-laiks")
    assert made["weekly"] == {"mon": [["08:00", "12:00"], ["13:00", "17:00"]]}
    path = "/network/centres/talking"
    form = fields(await opened(browser, path))
    assert (await send(browser, path, form, calendar_id="musu-laiks"))[0] == 303
    own = (await document(world, models.centres, "talking"))["municipality"]
    await grant(browser, "admin", ("municipality", own))
    assert (await browser.get("/network/calendars/musu-laiks")).status == 200
    assert (await browser.get("/network/calendars/hotline")).status == 404


async def test_lists_are_searched_sorted_and_paged(enter, world):
    """By words without their marks; at 1,000 agents a page is fifty of them."""
    many = {
        f"x{number:04}": {"name": f"Ķirsis {number:04}", "centre_id": "talking"}
        for number in range(1000)
    }
    async with world.database.begin() as connection:
        await documents.put(connection, models.agents, many)
    browser = await enter("admin")
    page = await opened(browser, "/network?kind=agents")
    token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    asked = {"csrf": token, "kind": "agents", "search": "kirsis"}
    status, page = await send(browser, "/network", asked)
    assert status == 200
    assert "1000" in page
    assert "1 / 20" in page
    status, page = await send(browser, "/network", {**asked, "page": "20"})
    assert "Ķirsis 0999" in page
    status, page = await send(browser, "/network", {**asked, "search": "kirsis 0042"})
    assert page.count("/network/agents/x") == 1
    status, page = await send(browser, "/network", {**asked, "search": "", "sort": "centre_id"})
    assert 'aria-sort="ascending"' in page


async def test_the_database_is_away(enter, world):
    """The page says so, and nobody is told that something was saved."""
    browser = await enter("admin")
    path = "/network/queues/taxes"
    form = fields(await opened(browser, path))
    world.database_away = True
    assert (await send(browser, path, form))[0] == 503


async def test_what_is_hostile_is_shown_as_it_is(enter, world):
    """A name is text, whatever it looks like; a telephone's name ends no line of Asterisk's."""
    browser = await enter("admin")
    path = f"/network/agents/{AGENT}"
    form = fields(await opened(browser, path))
    evil = '<script>alert("x")</script>'
    assert (await send(browser, path, form, name=evil))[0] == 303
    page = await opened(browser, path)
    assert "<script>alert" not in page
    assert fields(page)["name"] == evil
    status, page = await send(browser, path, fields(page), endpoint="a-1]\n[evil")
    assert status == 400
    assert 'id="endpoint-fault"' in page
    status, page = await send(browser, path, fields(page), endpoint="Anna.B")
    assert (status, 'id="endpoint-fault"' in page) == (400, True)
    assert (await browser.get("/network/agents/..%2f..%2fx")).status == 404
    assert (await browser.get("/network/nothing/x")).status == 404


def test_every_field_has_words():
    """A field more of a document is a line more in the one table of words."""

    def parts_of(record, found):
        for part in record.parts:
            found.add(part.word)
            shapes = [part.shape]
            if isinstance(part.shape, Repeated):
                shapes = [part.shape.item]
                if part.shape.key is not None:
                    found.add(f"{part.word}.key")
                if not isinstance(part.shape.item, Composite):
                    found.add(f"{part.word}.value")
            for shape in shapes:
                if isinstance(shape, Composite):
                    parts_of(shape, found)
                elif shape.sort == "choice":
                    choices.update(f"{part.word}={one}" for one in shape.choices)

    found, choices = set(), set()
    for kind in KINDS.values():
        parts_of(kind.shape, found)
        if not kind.named:
            found.add(kind.word(kind.key))
    assert found == set(words.WORDS)
    assert choices == set(words.CHOICES)
