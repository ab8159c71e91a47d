"""The page of services, which those who edit them start from."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import yaml
from sqlalchemy import select

from agents_ui.shell.port import Grant
from contactcentre.core.config import archive
from contactcentre.features.catalogue import bundle
from contactcentre.features.catalogue.missed import MissedSearches
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from lab.pages.people import PASSWORD

pytestmark = pytest.mark.web


@pytest.fixture
async def editor(enter, world):
    """Somebody who edits the services of one institution, and has no other role."""
    user_id = await world.accounts.create_user(
        "editor", PASSWORD, name="Redaktore", role="editor", centre_id="ludza"
    )
    grants = {Grant(role="editor", realm=("institution", "PMLP"))}
    await world.accounts.set_grants(user_id, grants, by="shell")
    return await enter("editor")


async def test_an_editor_starts_at_the_cards(editor):
    """All of today's by their names, and those that words find."""
    async with editor.get("/") as answer:
        assert answer.url.path == "/services"
        every = await answer.text()
    async with editor.get("/services", params={"q": "dzivesvieta"}) as answer:
        found = await answer.text()
    assert 1 < found.count("<details") < every.count("<details")
    assert "Dzīvesvietas deklarēšana" in found


async def test_what_is_asked_for_is_only_text(editor):
    """However it is written, and however long."""
    for text in ("<script>", "ā" * 500, "\0", "%"):
        async with editor.get("/services", params={"q": text}) as answer:
            assert answer.status == 200
            assert "<script>„" not in await answer.text()


async def _look(browser, csrf, words):
    """An agent looks for it in vain."""
    headers = {"X-CSRF": csrf(browser)}
    async with browser.post("/desk/missing", json={"q": words}, headers=headers) as answer:
        assert answer.status == 200


async def test_editors_learn_what_is_looked_for_in_vain(enter, csrf, world, editor):
    """It is counted however it is written; what finds a card, or may be about somebody, is not."""
    agent = await enter("talking")
    for words in ("Zemūdenes  noma", "zemudenes noma", "pase", "xq", "190290-12345", "a@b.lv"):
        await _look(agent, csrf, words)
    (one,) = await world.missed.listed()
    assert (one.words, one.times) == ("zemudenes noma", 2)
    async with editor.get("/services") as answer:
        assert "zemudenes noma" in await answer.text()


async def test_what_is_not_ours_is_so_from_then_on(enter, csrf, world, editor):
    """It leaves the list and is published; what is gone meanwhile is no fault."""
    await _look(await enter("talking"), csrf, "zemūdenes noma")
    for _ in range(2):
        data = {"csrf": csrf(editor), "words": "zemudenes noma"}
        async with editor.post("/services/not-ours", data=data) as answer:
            assert answer.status == 200
    assert await world.missed.listed() == []
    async with world.database.connect() as connection:
        told = await documents.read(connection, models.not_ours)
    assert "zemudenes noma" in [one["phrase"] for one in told]


async def test_the_list_has_an_end(world):
    """Ninety days without such a search, and it is forgotten."""
    days = [0.0]
    missed = MissedSearches(world.database, lambda _: False, clock=lambda: days[0] * 86_400)
    await missed.note("zemūdene")
    days[0] = 60.0
    await missed.note("dirižablis")
    days[0] = 91.0
    assert [one.words for one in await missed.listed()] == ["dirizablis"]
    await missed.note("zirgs")
    async with world.database.connect() as connection:
        kept = await connection.scalars(select(models.missed_searches.c.words))
    assert set(kept) == {"dirizablis", "zirgs"}


CSV = "code;lv.fee\r\nPMLP-PASE;{fee}\r\n"


async def _file(browser, csrf, path, text, name="cards.csv", **more):
    """A file from the page of services: status, and what was answered."""
    headers = {"X-CSRF": csrf(browser), "X-Name": name, **more}
    data = text if isinstance(text, bytes) else text.encode()
    async with browser.post(path, data=data, headers=headers) as answer:
        return answer.status, await answer.json()


async def _fee(world):
    async with world.database.connect() as connection:
        cards = await documents.read(connection, models.services)
    return next(one["lv"]["fee"] for one in cards if one["code"] == "PMLP-PASE")


async def test_a_file_is_shown_before_it_counts(world, editor, csrf):
    """What would change, field by field; then that is published, with before and after told."""
    was = await _fee(world)
    text = CSV.format(fee="55 EUR")
    status, said = await _file(editor, csrf, "/services/review", text)
    (card,) = said["review"]["changes"]
    assert (status, card["code"], card["new"]) == (200, "PMLP-PASE", False)
    assert "55 EUR" in card["fields"][0]["new"]
    assert await _fee(world) == was
    digest = {"X-Digest": said["review"]["digest"]}
    other = CSV.format(fee="1 EUR")
    refused = await _file(editor, csrf, "/services/load", other, **digest)
    assert refused == (400, {"problems": ["changed"]})
    assert await _file(editor, csrf, "/services/load", text, **digest) == (
        200,
        {"count": 1, "problems": []},
    )
    assert await _fee(world) == "55 EUR"
    async with world.database.connect() as connection:
        audited = (await connection.execute(select(models.audit))).mappings().all()
    *_, row = (one for one in audited if one["object"] == "services/PMLP-PASE")
    assert was in row["details"]
    assert "55 EUR" in row["details"]
    status, said = await _file(editor, csrf, "/services/review", text)
    assert (status, said["review"]["count"]) == (200, 0)


async def test_cards_of_others_are_not_taken(world, editor, csrf):
    """A single one keeps the whole file out: an institution edits its own cards."""
    text = "code;lv.fee\r\nPMLP-PASE;1\r\nVSAA-KOPS;2\r\n"
    status, said = await _file(editor, csrf, "/services/review", text)
    assert status == 400
    assert said["problems"] == ["šī kartīte nav jūsu kompetencē: VSAA-KOPS: VSAA"]
    stolen = 'code;institution.lv\r\nVSAA-KOPS;"PMLP"\r\n'
    assert (await _file(editor, csrf, "/services/review", stolen))[0] == 400
    given = 'code;institution.lv\r\nPMLP-PASE;"VSAA"\r\n'
    assert (await _file(editor, csrf, "/services/review", given))[0] == 400


@pytest.mark.parametrize(
    ("text", "name"),
    [("code;x\n1;2", "a.csv"), ("{", "a.json"), ("- code: [", "a.yaml"), ("\x00", "a.csv")],
)
async def test_a_file_that_is_none(editor, csrf, text, name):
    """Its faults are told; nothing breaks."""
    status, said = await _file(editor, csrf, "/services/review", text, name)
    assert status == 400
    assert said["problems"]


async def test_editors_take_the_table(editor, csrf):
    """And bring it back unchanged."""
    async with editor.get("/services/export") as answer:
        assert answer.headers["Content-Disposition"].endswith('"services.csv"')
        text = (await answer.read()).decode()
    status, said = await _file(editor, csrf, "/services/review", text)
    assert (status, said["review"]["count"]) == (200, 0)


async def test_editors_take_a_file_a_card(world, editor, csrf):
    """They bring the archive back unchanged; a changed file in it is shown, then published."""
    async with editor.get("/services/export?as=zip") as answer:
        assert answer.headers["Content-Type"] == "application/zip"
        assert answer.headers["Content-Disposition"].endswith('"services.zip"')
        content = await answer.read()
    status, said = await _file(editor, csrf, "/services/review", content, "services.zip")
    assert (status, said["review"]["count"]) == (200, 0)
    texts = archive.files(content, "services.zip", bundle.BOUNDS)
    other = yaml.safe_load(texts["PMLP-PASE.yaml"])
    assert other[0]["lv"]["fee"] == await _fee(world)
    other[0]["lv"]["fee"] = "55 EUR"
    changed = archive.packed({**texts, "PMLP-PASE.yaml": yaml.safe_dump(other)})
    status, said = await _file(editor, csrf, "/services/review", changed, "services.zip")
    (card,) = said["review"]["changes"]
    assert (card["code"], [one["name"] for one in card["fields"]]) == ("PMLP-PASE", ["lv.fee"])
    digest = {"X-Digest": said["review"]["digest"]}
    assert (await _file(editor, csrf, "/services/load", content, "s.zip", **digest))[0] == 400
    done = await _file(editor, csrf, "/services/load", changed, "services.zip", **digest)
    assert done == (200, {"count": 1, "problems": []})
    assert await _fee(world) == "55 EUR"


CARD = CSV.format(fee="5 EUR")


def bomb() -> bytes:
    """It takes a second to be made."""
    return archive.packed({"a.json": "[" + " " * 100_000_000})


def crowd() -> bytes:
    """So does this."""
    return archive.packed({f"{one}.csv": "" for one in range(10_001)})


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (archive.packed({"a.csv": "code;x\n1;2"}), "a.zip", "a.csv: 1. rinda, kolonna 2: "),
        (archive.packed({"a.csv": CARD, "b.csv": CARD}), "a.zip", "b.csv, PMLP-PASE: "),
        (archive.packed({"a.yaml": "- code: ["}), "a.zip", "a.yaml: 2. rinda, kolonna 1: "),
        (archive.packed({"a.yaml": "- {code: &a x, level: *a}"}), "a.zip", "nepieņem"),
        (archive.packed({"a.yaml": "- {code: x, code: y}"}), "a.zip", "divreiz"),
        (archive.packed({"a.json": "[" * 100_000}), "a.zip", "pārāk dziļi"),
        (bomb, "a.zip", "10 MB"),
        (archive.packed({}), "a.zip", "bez mapēm"),
        (archive.packed({"../a.csv": CARD}), "a.zip", "bez mapēm"),
        (archive.packed({"/etc/a.csv": CARD}), "a.zip", "bez mapēm"),
        (archive.packed({"C:\\a.csv": CARD}), "a.zip", "bez mapēm"),
        (archive.packed({"a.csv\n.csv": CARD}), "a.zip", "bez mapēm"),
        (archive.packed({"a.py": CARD}), "a.zip", "bez mapēm"),
        (crowd, "a.zip", "bez mapēm"),
        (archive.packed({"[Content_Types].xml": ""}), "a.xlsx", "darbgrāmata"),
        (archive.packed({"a.csv": CARD})[:40], "a.zip", "ZIP"),
        (b"PK\x03\x04" + b"\xff" * 3000, "a.zip", "ZIP"),
        (b"\xd0\xcf\x11\xe0", "a.xls", "darbgrāmata"),
        (b"code\n\xff", "fails: maksa, 2.csv", "CSV UTF-8"),
        (b"code;x\n1;2", "fails: maksa, 2.csv", "1. rinda, kolonna 2: "),
    ],
)
async def test_hostile_archives_have_a_clear_answer(world, editor, csrf, content, name, told):
    """Paths, bombs, depths, what is there twice: each with its file and its place, in Latvian; the
    name of the one that was chosen is not told once more."""
    was = await _fee(world)
    content = content() if callable(content) else content
    status, said = await _file(editor, csrf, "/services/review", content, quote(name))
    assert status == 400
    assert any(told in one for one in said["problems"]), said
    assert not any(name in one for one in said["problems"])
    assert await _fee(world) == was


async def test_a_table_of_another_charset(world, editor, csrf):
    """As a spreadsheet's „Unicode text” has it, is read."""
    content = "\ufeff" + CSV.replace(";", "\t").format(fee="5 EUR")
    status, said = await _file(
        editor, csrf, "/services/review", content.encode("utf-16-le"), "c.csv"
    )
    assert (status, said["review"]["changes"][0]["fields"][0]["new"]) == (200, "5 EUR")


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/catalogue.jsonld", "application/ld+json"), ("/catalogue.csv", "text/csv")],
)
async def test_the_catalogue_is_open_where_that_is_said(enter, world, app, path, kind):
    """To anybody, kept by whoever likes, and without anything that is for editors alone."""
    stranger = await enter(None)
    async with stranger.get(path) as answer:
        assert (answer.status, answer.content_type) == (200, kind)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers
        tag, text = answer.headers["ETag"], await answer.text()
    assert "Pases izsniegšana" in text
    assert "owner_mail" not in text
    async with stranger.get(path, headers={"If-None-Match": tag}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")
    world.card_files._open = False
    async with stranger.get(path) as answer:
        assert answer.status == 404
