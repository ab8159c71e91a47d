"""The command `audit`: the log verified, shown, and copied elsewhere."""

import asyncio
import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from contactcentre.cli.audit import app
from contactcentre.cli.command import work
from contactcentre.settings import Settings
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry

pytestmark = pytest.mark.integration

NOW = 1_800_000_000.0


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    """A log of three rows."""
    async with database.opened(database_url) as storage, storage.begin() as connection:
        for number in range(3):
            made = AuditEntry(
                at=NOW + number,
                who=f"u{number}",
                action=Action.CONFIGURED,
                object="queues/taxes",
                purpose='asked "so" [today]\n',
            )
            await audit.write(connection, made)
    return Settings(home=tmp_path, database_url=database_url)


async def said(
    settings: Settings, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    """Exit status, output and complaints of `contactcentre audit`."""
    status = await work(app, words, settings)
    told = capsys.readouterr()
    return status or 0, told.out, told.err


async def test_a_changed_row_is_told(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit status says it too."""
    status, told, _ = await said(settings, capsys, "verify")
    assert (status, told.startswith("3 rows hold together")) == (0, True)
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        lift = {
            "sqlite": "DROP TRIGGER audit_is_add_only",
            "postgresql": "ALTER TABLE audit DISABLE TRIGGER USER",
        }
        await connection.execute(text(lift[storage.dialect.name]))
        await connection.execute(text("UPDATE audit SET who = 'nobody' WHERE number = 2"))
    status, _, complaint = await said(settings, capsys, "verify")
    assert status == 1
    assert complaint.startswith("position 2: row 2 is not as it was written; 1 rows hold together")


async def test_an_anchor_on_paper(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed today verifies tomorrow; another one does not."""
    _, printed, _ = await said(settings, capsys, "anchor")
    assert (await said(settings, capsys, "verify", "--anchor", printed.strip()))[0] == 0
    other = f"2:{'0' * 64}"
    status, _, complaint = await said(settings, capsys, "verify", "--anchor", other)
    assert (status, "another one than the anchor's" in complaint) == (1, True)
    status, _, complaint = await said(settings, capsys, "verify", "--anchor", "2")
    assert (status, complaint.startswith("an anchor is written as")) == (1, True)


async def test_json_lines_from_a_position_on(
    settings: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Into a file for its owner alone, which is not there before; the export is on record."""
    to = tmp_path / "audit.jsonl"
    status, told, _ = await said(settings, capsys, "export", "--after", "1", "--to", str(to))
    assert (status, told) == (0, "rows 2 to 3: go on with --after 3\n")
    rows = [json.loads(line) for line in to.read_text("utf-8").splitlines()]
    assert [(row["position"], row["who"]) for row in rows] == [(2, "u1"), (3, "u2")]
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    status, _, complaint = await said(settings, capsys, "export", "--to", str(to))
    assert (status, complaint) == (1, f"{to}: File exists\n")
    _, told, _ = await said(settings, capsys, "export", "--after", "3")
    assert json.loads(told.splitlines()[0])["details"] == '{"after":1,"to":3}'


async def test_a_syslog_server_gets_every_row(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """By RFC 5424, each line behind its length."""
    got = bytearray()
    done = asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.extend(await reader.read())
        writer.close()
        done.set()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        status, _, _ = await said(settings, capsys, "export", "--send", f"tcp://127.0.0.1:{port}")
        await done.wait()
    assert status == 0
    length, _, rest = bytes(got).partition(b" ")
    line = rest[: int(length)].decode()
    begin = "<109>1 2027-01-15T08:00:00.000000Z - contactcentre - configuration.changed "
    assert line.startswith(f'{begin}[audit@32473 position="1" number="1" ')
    assert r'purpose="asked \"so\" [today\]"' in line
    assert line.endswith('"]')
    status, _, complaint = await said(settings, capsys, "export", "--send", "ftp://somewhere")
    assert (status, "must be like tls://host:6514" in complaint) == (1, True)


async def test_rows_are_searched_for(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newest first, a page at a time; whoever reads is on record."""
    words = ("show", "--object", "queues/taxes", "--limit", "2")
    _, told, _ = await said(settings, capsys, *words)
    assert [line.split()[0] for line in told.splitlines()] == ["3", "2"]
    _, told, _ = await said(settings, capsys, *words, "--below", "2")
    assert [line.split()[0] for line in told.splitlines()] == ["1"]
    _, told, _ = await said(settings, capsys, "show", "--action", "audit", "--who", "shell")
    assert len(told.splitlines()) == 2
