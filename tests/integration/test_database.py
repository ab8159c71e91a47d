"""The database is the same on SQLite and PostgreSQL, and migrations lead to the models."""

# ruff: noqa: S603 - the commands are ours

import asyncio
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, select, text
from sqlalchemy.pool import Pool
from sqlalchemy.sql.elements import quoted_name

from contactcentre.storage import database, settings
from contactcentre.storage import tables as models
from contactcentre.storage.sqlite_thread import AT_ONCE, SqliteThread

pytestmark = pytest.mark.integration


def _differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), models.metadata))


async def test_migrations_lead_to_the_models(empty_database_url: str) -> None:
    """After `migrate`, nothing in the database differs from the models."""
    await database.migrate(empty_database_url)
    engine = database.engine(empty_database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_an_opened_engine_is_closed_behind_the_block(database_url: str) -> None:
    """However the block is left, no connection is left behind."""
    pools: list[Pool] = []

    async def failing() -> None:
        async with database.opened(database_url) as engine:
            pools.append(engine.pool)
            async with engine.connect() as connection:
                await connection.execute(select(models.settings))
            raise LookupError

    with pytest.raises(LookupError):
        await failing()
    assert pools[0].status() == database.engine(database_url).pool.status()


@pytest.mark.parametrize("command", ["migrate", "run"])
async def test_tables_of_before_the_first_release(tmp_path: Path, command: str) -> None:
    """Whoever starts on them is told what to do, in words."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    async with database.opened(url) as engine, engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
        await connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0012')")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "contactcentre", command),
        env={**os.environ, "CC_HOME": str(tmp_path), "CC_DATABASE_URL": url},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    assert said.startswith(b"the tables of this database are of version '0012'")
    assert b"set CC_DATABASE_URL to an empty database" in said


_MIGRATE = """
import asyncio, sys
from contactcentre.storage import database

asyncio.run(database.migrate(sys.argv[1]))
"""


def test_several_processes_may_migrate_at_once(empty_database_url: str) -> None:
    """Two services that start together on an empty database wait for each other."""
    command = [sys.executable, "-c", _MIGRATE, empty_database_url]
    both = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]


async def test_times_come_back_exactly(database_url: str) -> None:
    """A time stored as a double is the very number that the core holds."""
    engine = database.engine(database_url)
    words = dict.fromkeys(("who", "action", "object", "purpose", "person", "details"), "")
    row = {"number": 1, "at": 1_800_000_000.123457, **words}
    async with engine.begin() as connection:
        await database.upsert(connection, models.audit, [row])
        found = (await connection.execute(select(models.audit))).mappings().one()
    await engine.dispose()
    assert dict(found) == row


async def test_documents_come_back(database_url: str) -> None:
    """Letters, numbers and names of SQLAlchemy's own; half an emoji is mended."""
    engine = database.engine(database_url)
    name = quoted_name("rīki", quote=None)
    value = {name: [1.5, 2, None, True, name], "broken": "ok \ud83d"}
    async with engine.begin() as connection:
        await settings.put(connection, "a", {**value, "broken": ""})
        await settings.put(connection, "b", {"broken": value["broken"]})
        found = [await settings.get(connection, key) for key in ("a", "b", "c")]
    await engine.dispose()
    assert found == [{**value, "broken": ""}, {"broken": "ok \ufffd"}, None]


async def test_an_older_row_never_replaces_a_newer_one(database_url: str) -> None:
    """`upsert` with `newer_by` keeps the row that is there unless the new one is higher."""
    engine = database.engine(database_url)
    row = {"agent_id": "a1", "from_at": 1.0, "to_at": None, "reason": None, "call_id": None}
    async with engine.begin() as connection:
        for seq, state in ((5, "READY"), (4, "TALKING"), (6, "WRAP_UP"), (6, "NOT_READY")):
            rows = [{**row, "last_seq": seq, "state": state}]
            await database.upsert(connection, models.agent_intervals, rows, newer_by="last_seq")
        found = (await connection.execute(select(models.agent_intervals.c.state))).scalars().all()
    await engine.dispose()
    assert found == ["WRAP_UP"]


def test_other_databases_are_refused() -> None:
    """A URL of another kind is refused with what is wanted, not shown."""
    with pytest.raises(ValueError, match="sqlite: or postgresql:"):
        database.engine("mysql://user:secret@host/db")


async def test_a_snapshot_sees_one_moment(database_url: str) -> None:
    """What another connection writes meanwhile is not seen until the next snapshot."""
    engine = database.engine(database_url)
    row = {"key": "k", "value": 1}
    async with database.snapshot(engine) as connection:
        assert (await connection.execute(select(models.settings))).all() == []
        async with engine.begin() as other:
            await database.upsert(other, models.settings, [row])
        assert (await connection.execute(select(models.settings))).all() == []
    async with database.snapshot(engine) as connection:
        assert len((await connection.execute(select(models.settings))).all()) == 1
    await engine.dispose()


async def test_the_embedded_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else on the machine may read citizens' numbers; missing folders are made."""
    path = tmp_path / "new" / "hotline.db"
    await database.migrate(f"sqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_statement_is_one_way_to_its_thread(tmp_path: Path) -> None:
    """With all of its rows; and a transaction in which nothing was written ends without one."""
    rows = Table("rows", MetaData(), Column("number", Integer))
    async with database.opened(f"sqlite:///{tmp_path}/x.sqlite") as engine:
        async with engine.begin() as connection:
            await connection.run_sync(rows.metadata.create_all)
            thread = (await connection.get_raw_connection()).driver_connection
            assert isinstance(thread, SqliteThread)
            before = thread.asked
            await connection.execute(insert(rows), [{"number": n} for n in range(300)])
            assert thread.asked == before + 1
        assert thread.asked == before + 2  # the commit
        async with engine.begin() as connection:
            found = (await connection.execute(select(rows.c.number))).scalars().all()
        assert found == list(range(300))
        assert thread.asked == thread.done == before + 3


@pytest.mark.parametrize("count", [AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE + 1])
async def test_more_rows_than_come_at_once(tmp_path: Path, count: int) -> None:
    """All are there, at once or by portions, and nothing is left open: a table can be dropped."""
    rows = Table("rows", MetaData(), Column("number", Integer))
    every = select(rows.c.number).order_by(rows.c.number)
    async with database.opened(f"sqlite:///{tmp_path}/x.sqlite") as engine:
        async with engine.begin() as connection:
            await connection.run_sync(rows.metadata.create_all)
            await connection.execute(insert(rows), [{"number": n} for n in range(count)])
        async with engine.begin() as connection:
            assert (await connection.execute(every)).scalars().all() == list(range(count))
            async with connection.stream(every) as found:
                portions = [part async for part in found.scalars().partitions(2000)]
            assert [number for part in portions for number in part] == list(range(count))
            assert max(map(len, portions)) == 2000
            async with connection.stream(every) as found:
                assert (await found.fetchmany(3))[0][0] == 0
        async with engine.begin() as connection:
            await connection.run_sync(rows.metadata.drop_all)


@pytest.mark.parametrize("times", [1, 2])
async def test_who_is_cut_off_holds_nobody_up(tmp_path: Path, times: int) -> None:
    """A writer that is cancelled in the middle of many rows, and once more while it is got rid of,
    leaves no lock on SQLite's file: the next one writes at once."""
    rows = Table("rows", MetaData(), Column("number", Integer))
    path, begun = tmp_path / "x.sqlite", asyncio.Event()
    async with database.opened(f"sqlite:///{path}") as engine:
        async with engine.begin() as connection:
            await connection.run_sync(rows.metadata.create_all)

        async def write() -> None:
            async with engine.begin() as connection:
                await connection.execute(insert(rows), [{"number": 1}, {"number": 2}])
                begun.set()
                await connection.execute(insert(rows), [{"number": n} for n in range(200_000)])

        writing = asyncio.create_task(write())
        await begun.wait()
        await asyncio.sleep(0.02)
        for _ in range(times):
            writing.cancel()
            await asyncio.sleep(0)
        await asyncio.wait([writing])
        assert writing.cancelled()
        async with engine.begin() as connection:
            await connection.execute(insert(rows), {"number": 3})
            numbers = (await connection.execute(select(rows.c.number))).scalars().all()
        assert numbers == [3]


def test_who_is_cut_off_while_it_opens_leaves_no_thread(tmp_path: Path) -> None:
    """A loop that is closed right after tells no thread of a connection that it is closed."""
    faults: list[object] = []
    before, threading.excepthook = threading.excepthook, faults.append

    async def open_and_leave(after_s: float) -> None:
        async with database.opened(f"sqlite:///{tmp_path}/x.sqlite") as engine:

            async def use() -> None:
                async with engine.connect() as connection:
                    await connection.execute(text("SELECT 1"))

            using = [asyncio.create_task(use()) for _ in range(4)]
            await asyncio.sleep(after_s)
            for one in using:
                one.cancel()
            await asyncio.wait(using)

    try:
        for number in range(60):
            asyncio.run(open_and_leave(number * 0.0001))
        opened = [one for one in threading.enumerate() if "connection_worker" in one.name]
        for thread in opened:
            thread.join(5.0)
        assert not any(thread.is_alive() for thread in opened)
    finally:
        threading.excepthook = before
    assert faults == []


async def test_one_that_is_stopped_while_it_is_closed(tmp_path: Path) -> None:
    """And whose closing is cancelled then, as where the database goes while a service ends."""
    connection = await SqliteThread(tmp_path / "some.db")
    closing = asyncio.create_task(connection.close(), name="closing")
    await asyncio.sleep(0)
    connection.stop()
    connection._thread.join(5)
    closing.cancel()
    done, _ = await asyncio.wait([closing], timeout=5)
    assert done == {closing}
