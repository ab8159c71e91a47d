"""Attachments of cases: taken by what is in them, kept sealed, given to who may read the case."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import select, update

from agents_ui.cases.port import LARGEST_FILE, MOST_FILES, NewCase
from agents_ui.shell.port import Grant, Person
from contactcentre.features.cases.attachments import DRAFT_S, AttachmentKeeper, shown
from contactcentre.features.cases.scanner import Scanner
from contactcentre.features.privacy.case_sweep import CaseSweep
from contactcentre.features.privacy.sweeps import Reached
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from lab.pages.stage import PSEUDONYMS

pytestmark = pytest.mark.web

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 600
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 50
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 50
LEADER = Person(user_id="leader", name="Gunta", grants=frozenset({Grant(role="supervisor")}))
_files = models.case_files.c


async def send(browser, csrf, number, content, name="r%C4%93%C4%B7ins.pdf"):
    """What the page's script sends; the status, and what is told."""
    headers = {"X-CSRF": csrf(browser), "X-Name": name}
    answer = await browser.post(f"/cases/{number}/files", data=BytesIO(content), headers=headers)
    return answer.status, await answer.json()


async def rows(world, table, *where):
    """What the database has."""
    async with world.database.connect() as connection:
        return (await connection.execute(select(table).where(*where))).mappings().all()


def on_disk(world):
    """The files that there are."""
    return sorted(world.sealed_attachments._folder.glob("*"))


@pytest.fixture
async def number(world):
    """Of a case of the whole network."""
    return await world.cases.begin(NewCase(kind="question", subject="Rēķins"), person=LEADER)


async def test_nothing_that_was_not_looked_at_is_kept(enter, csrf, world, number, tmp_path):
    """Where no scanner answers the page says so, and nothing reaches the disk."""
    world.attachments._scan = Scanner(tmp_path / "nobody").look
    status, told = await send(await enter("board"), csrf, number, PDF)
    assert status == 400
    assert "vīrus" in told["message"]
    assert on_disk(world) == []
    assert await rows(world, models.case_files) == []


async def test_a_file_is_kept_sealed_and_given_back_whole(enter, csrf, world, number):
    """On the disk nothing of it is read, its name neither; it comes back to be saved, never shown,
    and each opening is on record."""
    browser = await enter("board")
    assert await send(browser, csrf, number, PDF) == (200, {})
    (path,) = on_disk(world)
    assert PDF[:64] not in path.read_bytes()
    (row,) = await rows(world, models.case_files)
    assert path.name == f"{row['file_id']}.sealed"
    page = await (await browser.get(f"/cases/{number}")).text()
    assert "rēķins.pdf" in page
    answer = await browser.get(f"/cases/{number}/files/{row['file_id']}")
    assert await answer.read() == PDF
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"pdf\"; filename*=UTF-8''r%C4%93%C4%B7ins.pdf"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    done = (Action.CASE_FILE_ADDED, Action.CASE_FILE_OPENED)
    looks = await rows(world, models.audit, models.audit.c.action.in_(done))
    assert [(one["action"], one["purpose"]) for one in looks] == [
        (action, row["file_id"]) for action in done
    ]


@pytest.mark.parametrize("content", [PDF, PNG, JPEG])
async def test_the_three_kinds_are_taken(enter, csrf, number, content):
    """Whatever they are called."""
    assert (await send(await enter("board"), csrf, number, content, name="x.exe"))[0] == 200


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"MZ not a picture", 400),
        (b"<svg onload='x'/>", 400),
        (b" %PDF-", 400),
        (PNG + b"x" * LARGEST_FILE, 413),
    ],
)
async def test_nothing_else_is(enter, csrf, world, number, content, status):
    """It is told why, in words, and nothing is left of it."""
    told, answer = await send(await enter("board"), csrf, number, content)
    assert (told, bool(answer["message"])) == (status, True)
    assert not on_disk(world)
    assert not await rows(world, models.case_files)


@pytest.mark.parametrize(
    ("given", "called"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\a\\Līgums.PDF", "Līgums.PDF"),
        ('a"\r\nSet-Cookie: x=1', 'a"Set-Cookie: x=1.pdf'),
        ("..", "pdf.pdf"),
        ("\u202efdp.exe", "fdp.exe.pdf"),
        ("x" * 500, "x" * 120 + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(given, called):
    """On one line, without a folder, with the ending of what it is."""
    assert shown(given, "pdf") == called


async def test_there_is_an_end_to_it(enter, csrf, world, number, monkeypatch):
    """So many of a case, so many bytes of all, and none where the case is closed."""
    browser = await enter("board")
    for _ in range(MOST_FILES):
        assert (await send(browser, csrf, number, PNG))[0] == 200
    assert (await send(browser, csrf, number, PNG))[0] == 400
    assert len(on_disk(world)) == MOST_FILES
    other = await world.cases.begin(NewCase(kind="question", subject="x"), person=LEADER)
    monkeypatch.setattr(world.attachments, "_most_bytes", MOST_FILES * len(PNG))
    assert (await send(browser, csrf, other, PNG))[0] == 400
    monkeypatch.undo()
    await world.cases.turn(other, "closed", person=LEADER)
    assert (await send(browser, csrf, other, PNG))[0] == 400


async def test_it_is_of_its_case_alone(enter, csrf, world, number):
    """By another case's address nobody finds it, nor does who may not read its case."""
    await world.attachments.add(number, "a.png", PNG, person=LEADER)
    (row,) = await rows(world, models.case_files)
    other = await world.cases.begin(NewCase(kind="question", subject="x"), person=LEADER)
    with pytest.raises(LookupError):
        await world.attachments.open(other, row["file_id"], person=LEADER)
    stranger = Person(
        user_id="s", name="S", grants=frozenset({Grant(role="agent", realm=("centre", "idle"))})
    )
    for refused in (
        world.attachments.open(number, row["file_id"], person=stranger),
        world.attachments.listed(number, person=stranger),
        world.attachments.add(number, "a", PNG, person=stranger),
        world.attachments.remove(number, row["file_id"], person=stranger),
    ):
        with pytest.raises(LookupError):
            await refused
    browser = await enter("board")
    for broken in ("x", "..%2f..%2fx", "0" * 32):
        assert (await browser.get(f"/cases/{number}/files/{broken}")).status == 404


async def test_without_the_pages_token_nothing_is_taken(enter, world, number):
    """Another site's form cannot send a file."""
    browser = await enter("board")
    assert (await browser.post(f"/cases/{number}/files", data=PNG)).status == 403
    assert not on_disk(world)


async def test_a_wrong_one_goes(enter, csrf, world, number):
    """From the page at once, from the disk within a minute, also after a crash in the middle; a
    file that no row knows is left alone."""
    browser = await enter("board")
    await send(browser, csrf, number, PNG)
    await send(browser, csrf, number, PDF)
    first, second = await rows(world, models.case_files)
    path = f"/cases/{number}/files/{first['file_id']}"
    gone = await browser.post(f"{path}/remove", data={"csrf": csrf(browser)})
    assert gone.status == 200
    assert (await browser.get(path)).status == 404
    draft = update(models.case_files).where(_files.file_id == second["file_id"])
    async with world.database.begin() as connection:
        await connection.execute(draft.values(gone_at=second["added_at"] + DRAFT_S))
    world.sealed_attachments.seal("f" * 32, PNG)
    keeper = AttachmentKeeper(
        world.database, world.sealed_attachments, clock=lambda: second["added_at"] + DRAFT_S + 1
    )
    assert await keeper.look() == 2
    assert [path.stem for path in on_disk(world)] == ["f" * 32]
    assert not await rows(world, models.case_files)


async def test_it_goes_with_its_case(world, number):
    """When the term of the case is over: its name with the other words, and then the file."""
    await world.attachments.add(number, "Annas rēķins.png", PNG, person=LEADER)
    await world.cases.turn(number, "done", person=LEADER)
    async with world.database.begin() as connection:
        await CaseSweep(PSEUDONYMS).portion(connection, float("inf"), Reached(), 1.0)
    (row,) = await rows(world, models.case_files)
    assert row["name"] == ""
    assert await AttachmentKeeper(world.database, world.sealed_attachments).look() == 1
    assert not on_disk(world)
    texts = [one["text"] for one in await rows(world, models.case_entries)]
    assert not any(texts)


async def test_what_can_not_be_opened_is_said(enter, csrf, world, number, monkeypatch):
    """Changed on the disk, sealed with a key that is gone, or gone itself: never half of it."""
    browser = await enter("board")
    await send(browser, csrf, number, PDF)
    (path,) = on_disk(world)
    address = f"/cases/{number}/files/{path.stem}"
    monkeypatch.setattr(world.sealed_attachments, "_read_keys", lambda: ("another",))
    assert (await browser.get(address)).status == 500
    monkeypatch.undo()
    path.unlink()
    assert (await browser.get(address)).status == 500
