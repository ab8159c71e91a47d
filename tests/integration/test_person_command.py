"""The command `person`: a citizen's data held and erased; no number is on the command line."""

import io
import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import select, update

from contactcentre import paths
from contactcentre.cli import audit
from contactcentre.cli.command import work
from contactcentre.cli.person import app
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.storage.spool_file import SpoolFile

pytestmark = pytest.mark.integration

ANNA = "+37120000001"
TYPED = "2000 0001\n"


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    """A hotline that does not run, with one contact."""
    made = Settings(home=tmp_path, database_url=database_url)
    paths.recordings(made).mkdir()
    SpoolFile(paths.spool(made)).close()
    texts = ("dialled", "language", "queue", "matter", "kind", "result", "identified_by")
    row = {
        **dict.fromkeys(texts, ""),
        "call_id": "c1",
        "last_seq": 1,
        "caller": ANNA,
        "phase": "ended",
        "note": "x",
        "arrived_at": 1.0,
        "ended_at": 2.0,
        "hold_s": 0.0,
        "services": [],
        "identified_level": 0,
    }
    async with database.opened(database_url) as storage, storage.begin() as connection:
        await connection.execute(models.contacts.insert(), row)
    return made


async def said(
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *words: str,
    typed: str = TYPED,
) -> tuple[int, str]:
    """Exit status and all that was said by `contactcentre person`."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    status = await work(app, words, settings)
    told = capsys.readouterr()
    return status or 0, told.out + told.err


async def test_a_hold_stands_in_the_way(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it is lifted; each step is on record, by the pseudonym."""
    person = Pseudonyms(paths.pseudonym_key(settings)).of(ANNA)
    shell = (settings, capsys, monkeypatch)
    assert await said(*shell, "hold", "--reason", "tiesa") == (0, "")
    status, told = await said(*shell, "erase", "--reason", "lūgums")
    assert (status, "legal hold" in told) == (1, True)
    _, told = await said(*shell, "holds")
    assert told.startswith(person)
    assert "in force" in told
    assert await said(*shell, "lift", "--reason", "beidzās") == (0, f"{person}: 1 holds lifted\n")
    status, told = await said(*shell, "erase", "--reason", "lūgums")
    assert (status, told) == (0, "1 contacts, 0 records of the journal, 0 recordings\n")
    async with database.opened(settings.database) as storage, storage.connect() as connection:
        contact = (await connection.execute(select(models.contacts))).mappings().one()
        audited = await connection.execute(select(models.audit.c.action, models.audit.c.person))
        assert [tuple(row) for row in audited] == [
            ("person.held", person),
            ("person.hold_lifted", person),
            ("person.erased", person),
        ]
    assert (contact["caller"], contact["note"]) == (None, "")


async def test_a_person_gets_everything(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As JSON and as a page, with the recordings, in a folder for its owner alone; on record."""
    change = {
        "note": "<b>slepeni</b>",
        "callback_of": "a" * 32,
        "message_s": 3.0,
        "services": ["S"],
    }
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        await connection.execute(update(models.contacts).values(**change))
    name = f"{'a' * 32}-1.wav"
    for recording in (name, f"{'b' * 32}-1.wav"):
        (paths.recordings(settings) / recording).write_bytes(b"sound")
    to = settings.home / "izraksts"
    shell = (settings, capsys, monkeypatch)
    status, told = await said(*shell, "export", "--to", str(to), "--reason", "lūgums 12")
    assert (status, told) == (0, f"1 contacts: {to / 'person.html'}\n")
    assert {path.name for path in to.iterdir()} == {"person.json", "person.html", name}
    assert stat.S_IMODE(to.stat().st_mode) == 0o700
    given = json.loads((to / "person.json").read_text("utf-8"))
    assert given["numbers"] == [ANNA]
    assert [(one["note"], one["services"]) for one in given["contacts"]] == [
        (change["note"], ["S"])
    ]
    assert [one["what"] for one in given["looked_at"]] == ["person.exported"]
    shown = (to / "person.html").read_text("utf-8")
    assert "&lt;b&gt;slepeni&lt;/b&gt;" in shown
    assert "<b>" not in shown
    status, told = await said(*shell, "export", "--to", str(to), "--reason", "x")
    assert (status, told) == (1, f"{to}: File exists\n")


async def test_a_mass_export_is_none_of_one_person(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused before anything is read."""
    words = ("export", "--to", str(settings.home / "x"), "--reason", "x")
    status, told = await said(settings, capsys, monkeypatch, *words, typed=TYPED * 11)
    assert (status, told) == (1, "10 at most: one person has no more numbers\n")


async def test_who_has_looked_at_a_person(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit log is searched by a number that it does not have."""
    shell = (settings, capsys, monkeypatch)
    await said(*shell, "hold", "--reason", "tiesa")
    await said(*shell, "hold", "--reason", "cits", typed="20000002")
    monkeypatch.setattr("sys.stdin", io.StringIO(TYPED))
    assert await work(audit.app, ["show", "--person"], settings) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "person.held" in line
    assert "tiesa" in line
    assert "20000001" not in line


async def test_what_is_no_number_is_not_quoted(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be one that was mistyped; and nobody's data are touched."""
    shell = (settings, capsys, monkeypatch)
    status, told = await said(*shell, "erase", "--reason", "x", typed=f"{TYPED}2000000l\n")
    assert (status, told) == (1, "that is no telephone number, as 20000001 or +37120000001\n")
    async with database.opened(settings.database) as storage, storage.connect() as connection:
        assert await connection.scalar(select(models.contacts.c.caller)) == ANNA


async def test_two_of_one_number_are_told_apart(
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A shared number gives out and erases nothing by itself; each of the two by id, and alone."""
    ids = ("1" * 32, "2" * 32)
    common = {"made_at": 1.0, "made_by": "x"}
    named = [{"person_id": one, "name": f"Persona {one[0]}", **common} for one in ids]
    having = [
        {"person_id": one, "number": ANNA, "pseudonym": "~x", "added_at": float(one[0])}
        for one in ids
    ]
    tie = {"call_id": "c1", "person_id": ids[0], "at": 1.0, "chosen_at": 1.0, "chosen_by": "x"}
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        for table, rows in (
            (models.people, named),
            (models.person_numbers, having),
            (models.contact_people, [tie]),
        ):
            await connection.execute(table.insert(), rows)
    shell = (settings, capsys, monkeypatch)
    status, told = await said(*shell, "who", "--reason", "lūgums")
    assert (status, told) == (0, f"{ids[1]}  Persona 2\n{ids[0]}  Persona 1\n")
    for act in (("erase",), ("export", "--to", str(tmp_path / "shared"))):
        status, told = await said(*shell, *act, "--reason", "lūgums")
        assert (status, "several people" in told) == (1, True)
    for one, contacts in zip(ids, (1, 0), strict=True):
        folder = tmp_path / one[0]
        words = ("export", "--person", one, "--to", str(folder), "--reason", "lūgums")
        assert (await said(*shell, *words))[0] == 0
        kept = json.loads((folder / "person.json").read_text())
        assert (len(kept["contacts"]), len(kept["names"])) == (contacts, 1)
    status, told = await said(*shell, "erase", "--person", ids[1], "--reason", "lūgums")
    assert (status, told[:10]) == (0, "0 contacts")
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        await connection.execute(update(models.contacts).values(recorded_at=3.0))
    status, told = await said(*shell, "erase", "--person", ids[0], "--reason", "lūgums")
    assert (status, told[:10]) == (0, "1 contacts")
