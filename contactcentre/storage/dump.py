"""A copy of the whole database in one file, taken while others write; and a database made of it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import URL

from contactcentre.storage import database

_EMPTIED = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', one.name);
    END LOOP;
    FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' LOOP
        EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', one.name);
    END LOOP;
END $$
"""


class DumpFailed(Exception):
    """No copy could be made or read; the text says why."""


def copy_sqlite(source: Path, to: Path) -> None:
    """A copy of one moment, whoever writes meanwhile. Raises `DumpFailed`."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as original,
            closing(sqlite3.connect(to)) as copy,
        ):
            original.backup(copy)
            (verdict,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise DumpFailed(f"{source}: {error}") from error
    if verdict != "ok":
        raise DumpFailed(f"{source} is damaged: {verdict}")


async def revision(url: str) -> str | None:
    """The version of the tables; None where the database is empty or is none of ours."""
    async with database.opened(url) as storage, storage.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        if "alembic_version" not in names:
            return None
        found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


async def is_empty(url: str) -> bool:
    """Whether no table is there; a SQLite file that is not there is not made."""
    path = sqlite_file(url)
    if path is not None and not path.exists():
        return True
    async with database.opened(url) as storage, storage.connect() as connection:
        return not await connection.run_sync(lambda sync: inspect(sync).get_table_names())


async def save(url: str, to: Path) -> None:
    """Copy the database into the file, as it is at one moment. Raises `DumpFailed`."""
    path = sqlite_file(url)
    if path is not None:
        await asyncio.to_thread(copy_sqlite, path, to)
    else:
        await _postgresql(url, "pg_dump", "--format=custom", f"--file={to}")


async def load(url: str, source: Path) -> None:
    """Make the database, which is empty, of that copy: whole or not at all. Raises `DumpFailed`."""
    path = sqlite_file(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        await asyncio.to_thread(copy_sqlite, source, path)
    else:
        name = f"--dbname={database.checked(url).database}"
        await _postgresql(url, "pg_restore", "--single-transaction", name, str(source))


async def clear(url: str) -> None:
    """Drop every table, whatever it holds."""
    path = sqlite_file(url)
    if path is not None:
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        return
    async with database.opened(url) as storage, storage.begin() as connection:
        await connection.exec_driver_sql(_EMPTIED)


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL. Raises `DumpFailed`: one in memory."""
    target = database.checked(url)
    if target.get_backend_name() != "sqlite":
        return None
    if not target.database or target.database == ":memory:":
        raise DumpFailed("a database in memory cannot be saved")
    return Path(target.database)


async def _postgresql(url: str, program: str, *words: str) -> None:
    """Whose tables they are and who may read them is the database's matter, not the copy's."""
    words = ("--no-owner", "--no-acl", "--no-password", *words)
    try:
        process = await asyncio.create_subprocess_exec(
            program, *words, env=_libpq(database.checked(url)), stderr=asyncio.subprocess.PIPE
        )
    except FileNotFoundError:
        raise DumpFailed(f"{program} is missing: install the package postgresql-client") from None
    _, told = await process.communicate()
    if process.returncode:
        first = told.decode(errors="replace").partition("\n")[0]
        raise DumpFailed(first or f"{program} ended with {process.returncode}")


def _libpq(target: URL) -> dict[str, str]:
    """The same database for PostgreSQL's own programs; a password is in no command line."""
    given = {
        "PGHOST": target.query.get("host", target.host),
        "PGPORT": target.query.get("port", target.port),
        "PGUSER": target.username,
        "PGPASSWORD": target.password,
        "PGDATABASE": target.database,
        "PGSSLMODE": target.query.get("ssl", target.query.get("sslmode")),
    }
    return {**os.environ, **{name: str(value) for name, value in given.items() if value}}
