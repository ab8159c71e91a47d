"""A backup of a hotline at work, restored on a bare home and an empty database."""

# ruff: noqa: ASYNC110 - a condition is waited for

import asyncio
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from contactcentre import paths
from contactcentre.app.service import Running, running
from contactcentre.cli import audit as audit_command
from contactcentre.cli import backup, restore
from contactcentre.cli.command import work
from contactcentre.core import events
from contactcentre.engine.clock import now
from contactcentre.settings import Settings
from contactcentre.storage import audit, database, documents
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.spool_file import SpoolFile
from contactcentre.testing import FLOW, call_id

pytestmark = pytest.mark.integration

SERVED = 20
"""Citizens before the backup begins."""

LABELS = {"lv": "Nodokļi", "en": "Taxes"}
ROWS = {
    models.queues: documents.rows(
        models.queues, [{"queue_id": "taxes", "labels": LABELS, "skills": {"taxes": 1}}]
    ),
    models.hotlines: documents.rows(
        models.hotlines, [{"number": "60000100", "labels": LABELS, "flow": "hotline"}]
    ),
    models.flows: [{"name": "hotline", "version": 1, "document": FLOW, "published_at": 1.0}],
}
SOUND = b"RIFF" + bytes(range(256)) * 100
PROMISE = {
    **dict.fromkeys(
        ("dialled", "language", "queue", "matter", "kind", "result", "identified_by"), ""
    ),
    "call_id": "p1",
    "last_seq": 1,
    "caller": "+37120000001",
    "phase": "callback",
    "note": "zvanīt pēc pieciem",
    "callback_of": "p0",
    "due_at": 2.0,
    "arrived_at": 1.0,
    "hold_s": 0.0,
    "services": [],
    "identified_level": 0,
}


@pytest.fixture
async def settings(database_url: str, tmp_path: Path, free_port: Callable[[], int]) -> Settings:
    """A hotline with a promise, an audit log, a voice message and a recorded prompt."""
    made = made_of(tmp_path / "home", database_url, free_port)
    for folder in (
        paths.recordings(made),
        paths.own_recordings(made),
        paths.talks(made),
        paths.sealed_talks(made),
        paths.sealed_attachments(made),
    ):
        folder.mkdir(parents=True)
    (paths.recordings(made) / f"{'a' * 32}-1.wav").write_bytes(SOUND)
    (paths.own_recordings(made) / "greeting.wav").write_bytes(SOUND)
    (paths.talks(made) / f"{'a' * 32}-1.wav").write_bytes(SOUND)
    (paths.sealed_talks(made) / f"{'a' * 32}-1.sealed").write_bytes(SOUND)
    (paths.sealed_attachments(made) / f"{'b' * 32}.sealed").write_bytes(SOUND)
    async with database.opened(database_url) as storage, storage.begin() as connection:
        await documents.save(connection, ROWS)
        await connection.execute(models.contacts.insert(), PROMISE)
        for number in range(3):
            entry = AuditEntry(at=1.0 + number, who=f"u{number}", action=Action.CONFIGURED)
            await audit.write(connection, entry)
    return made


def made_of(home: Path, url: str, free_port: Callable[[], int]) -> Settings:
    """Folders and ports of the test's own."""
    ports = ("port", "agi_port", "ami_port", "sip_port", "sip_websocket_port")
    numbers = {name: free_port() for name in ports}
    return Settings.model_validate(
        {"home": home, "cache": home.parent / "cache", "database_url": url, **numbers}
    )


async def citizens(service: Running) -> None:
    """One after the other rings, chooses taxes, and leaves."""
    number = 0
    while True:
        number += 1
        key = call_id(number)
        arrived = events.CallArrived(
            at=now(),
            call_id=key,
            channel=f"PJSIP/carrier-{number:08x}",
            channel_id=f"1.{number}",
            caller=f"+371{20_000_000 + number}",
            dialled="60000100",
        )
        await service.inbox.submit(arrived)
        step = service.world.calls[key].channel.step
        chosen = events.DigitsEntered(at=now(), call_id=key, step=step, digits="1")
        await service.inbox.submit(chosen)
        await service.inbox.submit(events.CallerHungUp(at=now(), call_id=key))
        await asyncio.sleep(0.002)


async def do(app: Any, settings: Settings, *words: object) -> int:
    """The exit status of a command."""
    return await work(app, [str(word) for word in words], settings) or 0


async def fetch(url: str, table: Any, upto: int) -> dict[Any, dict[str, Any]]:
    """Contacts that were over, or rows of the journal, up to that number."""
    number = table.c.last_seq if table is models.contacts else table.c.seq
    query = select(table).where(number <= upto)
    if table is models.contacts:
        query = query.where(table.c.ended_at.is_not(None) | (table.c.phase == "callback"))
    async with database.opened(url) as storage, storage.connect() as connection:
        rows = (await connection.execute(query)).mappings().all()
    return {tuple(row[one.name] for one in table.primary_key): dict(row) for row in rows}


@pytest.fixture
def bare(
    settings: Settings, tmp_path: Path, free_port: Callable[[], int], request: Any
) -> Settings:
    """Another home and an empty database of the same kind, for two users: Asterisk is another."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o2770)
    if settings.database.startswith("sqlite"):
        made = made_of(tmp_path / "new", f"sqlite+aiosqlite:///{tmp_path}/new.db", free_port)
        return made.model_copy(update={"shared": shared})
    name = f"restored{len(request.node.name)}{abs(hash(request.node.name)) % 10**6}"
    made = made_of(tmp_path / "new", request.getfixturevalue("postgres").create(name), free_port)
    return made.model_copy(update={"shared": shared})


async def until_sent(service: Running) -> None:
    """The database has all that the journal has."""
    async with asyncio.timeout(30):
        while b"contactcentre_journal_unsent_records 0.0" not in service.ports.health.metrics():
            await asyncio.sleep(0.02)


async def served(settings: Settings, count: int) -> int:
    """Wait until so many contacts are in the database; how many there are."""
    async with asyncio.timeout(30):
        while (found := len(await fetch(settings.database, models.contacts, 2**62))) < count:
            await asyncio.sleep(0.02)
    return found


def counted(settings: Settings) -> tuple[int, int]:
    """The last number of the journal, and how many calls the day's figures count."""
    file = SpoolFile(paths.spool(settings))
    ((ended,),) = file.query("SELECT sum(count) FROM ended")
    last = file.last_seq()
    file.close()
    return last, ended


async def test_every_report_is_equal(
    settings: Settings, bare: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Taken while citizens ring; what was over by then is there, to the last column."""
    folder = tmp_path / "backup"
    async with running(settings) as service:
        ringing = asyncio.create_task(citizens(service))
        await served(settings, SERVED)
        assert await do(backup.app, settings, folder) == 0
        await served(settings, await served(settings, 0) + 5)
        ringing.cancel()
        with suppress(asyncio.CancelledError):
            await ringing
        await until_sent(service)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.rglob("*") if one.is_file()} == {
        0o600
    }

    assert await do(restore.app, bare, folder) == 0
    upto, ended = counted(bare)
    copied = await fetch(bare.database, models.journal, 2**62)
    assert max(row["seq"] for row in copied.values()) <= upto  # else the journal would undo it
    async with running(bare) as service:
        await until_sent(service)
    for table in (models.journal, models.contacts):
        was, is_now = [await fetch(one.database, table, upto) for one in (settings, bare)]
        assert was == is_now
        assert len(was) >= SERVED
    assert len(was) == ended + 1  # the promise
    assert was[("p1",)]["note"] == PROMISE["note"]
    assert not paths.talks(bare).exists()  # in clear: sealed within seconds, and so not saved
    sealed = paths.sealed_talks, paths.sealed_attachments
    for where in (paths.recordings, paths.own_recordings, *sealed):
        assert [one.read_bytes() for one in sorted(where(bare).iterdir())] == [SOUND]
    for file in (paths.directory(bare), bare.shared / paths.AGI):
        assert stat.S_IMODE(file.stat().st_mode) == 0o660  # for the group of the two
    assert not {path.name for path in bare.home.iterdir()} & paths.SHARED
    for secret in (paths.agi_secret, paths.pseudonym_key, paths.audit_key, paths.device_secret):
        assert secret(bare) == secret(settings)
    capsys.readouterr()
    assert await do(audit_command.app, bare, "verify") == 0
    assert "rows hold together" in capsys.readouterr().out


async def damaged(folder: Path, how: str) -> str:
    """Spoil the backup; what is said of it."""
    database_copy = folder / "database"
    match how:
        case "half-written":
            (folder / "manifest.json").unlink()
            return "never finished"
        case "cut off":
            database_copy.write_bytes(database_copy.read_bytes()[:-1])
            return "database has"
        case "changed":
            data = bytearray(database_copy.read_bytes())
            data[-1] ^= 1
            database_copy.write_bytes(data)
            return "database is not as it was written"
        case "a part is missing":
            (folder / "home" / "prompts" / "greeting.wav").unlink()
            return "greeting.wav is missing"
        case _:
            manifest = folder / "manifest.json"
            manifest.write_text(manifest.read_text().replace(*how.split("|")))
            return "does not know" if "revision" in how else "leads out of the folder"


@pytest.mark.parametrize(
    "how",
    [
        "half-written",
        "cut off",
        "changed",
        "a part is missing",
        '"path":"database"|"path":"../database"',
        '"revision":"|"revision":"9',
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_backup_that_is_none(
    settings: Settings,
    bare: Settings,
    tmp_path: Path,
    how: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Half-written, changed, or of a newer version: refused in words, and nothing is touched."""
    folder = tmp_path / "backup"
    assert await do(backup.app, settings, folder) == 0
    words = await damaged(folder, how)
    assert await do(restore.app, bare, folder) == 1
    assert words in capsys.readouterr().err
    assert not bare.home.exists()


async def test_what_is_there_is_not_lost_unasked(
    settings: Settings, bare: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A home or a database with something in it is refused; with --replace it goes."""
    folder = tmp_path / "backup"
    assert await do(backup.app, settings, folder) == 0
    assert await do(backup.app, settings, folder) == 1
    assert await do(backup.app, settings, settings.home / "backup") == 1
    assert await do(restore.app, settings, folder) == 1
    no_home = settings.model_copy(update={"home": bare.home})
    assert await do(restore.app, no_home, folder) == 1
    told = capsys.readouterr().err.splitlines()
    assert [" is not empty" in line for line in told] == [True, False, True, True]
    (paths.recordings(settings) / "newer.wav").write_bytes(SOUND)
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        await connection.execute(models.contacts.delete())
    assert await do(restore.app, settings, folder, "--replace") == 0
    assert list(await fetch(settings.database, models.contacts, 1)) == [("p1",)]
    assert not (paths.recordings(settings) / "newer.wav").exists()


async def test_a_service_that_runs_is_not_replaced(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would go on with what is no more."""
    folder = tmp_path / "backup"
    async with running(settings):
        assert await do(backup.app, settings, folder) == 0
        assert await do(restore.app, settings, folder, "--replace") == 1
    assert "the service is running" in capsys.readouterr().err
