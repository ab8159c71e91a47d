"""The database: how to reach it, how to bring it up to date, and what comes up while it is away."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]
import msgspec
import structlog
from sqlalchemy import Connection, Table, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import in_greenlet

from contactcentre.storage import codec, writes
from contactcentre.storage.sqlite_thread import SqliteThread

log = structlog.get_logger(__name__)

AWAY = (
    DBAPIError,
    PoolTimeout,
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)
"""What comes up while the database is away (or not yet migrated)."""

_REFUSED = ("22", "23", "54")
"""Classes of SQLSTATE: a value that is none, one that breaks a rule, one beyond a limit."""


class OtherSchema(Exception):
    """The database's tables are of a version that this software does not know; says what to do."""


_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
_MIGRATIONS = "contactcentre.storage:migrations"
_PRAGMAS = (
    *("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"),
    "secure_delete = ON",  # what is deleted is overwritten
)


def _json(value: object) -> str:
    try:
        return codec.encode(value).decode()
    except TypeError:  # of a kind of text of somebody's own, as SQLAlchemy's names of columns are
        return json.dumps(value)


_AS_JSON: Final[Mapping[str, Callable[[Any], Any]]] = {
    "json_serializer": _json,
    "json_deserializer": msgspec.json.decode,
}
"""The journal's rows are documents: msgspec takes a fifth of the time of Python's own `json`."""


def engine(url: str) -> AsyncEngine:
    """An engine for a `sqlite:` or `postgresql:` URL. Connects when first used."""
    target = checked(url)
    if target.get_backend_name() == "sqlite":
        made = create_async_engine(
            target, hide_parameters=True, connect_args={"timeout": 5.0}, **_AS_JSON
        )
        event.listen(made.sync_engine, "connect", _prepare_sqlite)
        return leave_nothing(made)
    return create_async_engine(
        target,
        hide_parameters=True,  # they are citizens' numbers and notes
        pool_pre_ping=True,
        pool_timeout=5.0,
        connect_args={"timeout": 5.0, "command_timeout": 30.0},
        **_AS_JSON,
    )


def leave_nothing(made: AsyncEngine) -> AsyncEngine:
    """Whoever is cut off while using this engine of SQLite leaves no lock and no thread behind."""
    event.listen(made.sync_engine, "do_connect", _connect_sqlite)
    event.listen(made.sync_engine, "invalidate", _release_sqlite)
    return made


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[AsyncEngine]:
    """An engine for this block; its connections are closed when the block is left."""
    made = engine(url)
    try:
        yield made
    finally:
        await made.dispose()


@asynccontextmanager
async def transaction(
    made: AsyncEngine, *, part: str, away: type[Exception]
) -> AsyncIterator[AsyncConnection]:
    """A transaction of a part that answers a person. Raises `away` while the database is away."""
    try:
        async with made.begin() as connection:
            yield connection
    except AWAY as error:
        event_name = f"{part}.database_away"
        log.warning(event_name, action=f"{part}.database_away", error=type(error).__name__)
        raise away from None


async def migrate(url: str) -> None:
    """Bring the database up to date; several processes may try at once (one task each).

    Raises `OtherSchema`.
    """
    async with opened(url) as made:
        if made.dialect.name == "sqlite" and made.url.database:
            await asyncio.to_thread(_create, Path(made.url.database))
        async with made.begin() as connection:
            await connection.run_sync(_upgrade)


async def settle(made: AsyncEngine) -> None:
    """After a deletion: make SQLite's file anew, and empty its write-ahead log.

    `secure_delete` overwrites a row where it stands, not where it stood before its page was split.
    Others who want to write wait meanwhile, a second for each 200 MB or so. On PostgreSQL this is
    the work of its own autovacuum, and of how long its logs are kept.

    Raises `AWAY` errors: then it is still to be done.
    """
    if made.dialect.name == "sqlite":
        async with made.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.exec_driver_sql("VACUUM")
            done = await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            if done.one()[0]:
                raise TimeoutError("somebody reads the write-ahead log all the time")


@asynccontextmanager
async def snapshot(made: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection whose reads all see the same moment."""
    async with made.connect() as connection:
        if connection.dialect.name == "sqlite":
            await connection.exec_driver_sql("BEGIN")
        else:
            await connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


async def upsert(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    newer_by: str | None = None,
) -> None:
    """See `writes.upsert`."""
    if rows:
        await connection.run_sync(writes.upsert, table, rows, newer_by=newer_by)


async def add(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], column: str
) -> None:
    """See `writes.add`."""
    if rows:
        await connection.run_sync(writes.add, table, rows, column)


async def insert_new(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """See `writes.insert_new`."""
    if rows:
        await connection.run_sync(writes.insert_new, table, rows)


def refused(error: Exception) -> bool:
    """Whether the values are at fault and not the database, so that trying again won't help.

    asyncpg's errors come wrapped as plain `DBAPIError`: there only the SQLSTATE tells, or that the
    value was refused before it was sent.
    """
    if not isinstance(error, DBAPIError):
        return isinstance(error, StatementError | ValueError | TypeError | OverflowError)
    if isinstance(error, DataError | IntegrityError):
        return True
    encoding = getattr(error.orig, "__cause__", None)
    if isinstance(encoding, ValueError):
        return not isinstance(encoding, asyncpg.ClientConfigurationError)
    return _sqlstate(error)[:2] in _REFUSED


def reason(error: BaseException) -> str:
    """What kind of error it is. Its text would tell the values, which may be a citizen's."""
    return f"{type(error).__name__} {_sqlstate(error)}".rstrip()


def _sqlstate(error: BaseException) -> str:
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def checked(url: str) -> URL:
    """The URL, with the driver that we use. Raises `ValueError`, which does not show it."""
    try:
        target = make_url(url)
    except ArgumentError:
        raise ValueError("the database's URL cannot be read") from None
    driver = _DRIVERS.get(target.drivername.split("+", 1)[0])
    if driver is None:
        raise ValueError("the database's URL must begin with sqlite: or postgresql:")
    return target.set(drivername=driver)


def is_private(target: URL) -> bool:
    """Whether nobody on the way can read along: within this machine, or by TLS."""
    if target.drivername.startswith("sqlite"):
        return True
    asked = target.query.get("ssl", target.query.get("sslmode", ""))
    host = str(target.host or target.query.get("host", ""))
    here = not host or host == "localhost" or host.startswith("/") or _is_loopback(host)
    return here or asked in ("require", "verify-ca", "verify-full")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _create(path: Path) -> None:
    # It will hold citizens' numbers and notes: for its owner alone.
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)


def _connect_sqlite(_dialect: Any, _record: object, _where: Any, how: dict[str, Any]) -> None:
    how["async_creator_fn"] = _open_sqlite


async def _open_sqlite(*where: Any, **how: Any) -> SqliteThread:
    """A connection has a thread, which tells the loop that it is open: a loop that is closed by
    then could not be told. So who is cut off meanwhile waits for it, and closes it again."""
    connection = SqliteThread(*where, **how)
    opening = asyncio.ensure_future(_wait_for(connection))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        await (await opening).close()
        raise


async def _wait_for(connection: SqliteThread) -> SqliteThread:
    await connection
    return connection


def _release_sqlite(connection: Any, record: object, error: BaseException | None) -> None:
    """Whoever is cut off in the middle of a statement has the connection thrown away. SQLite keeps
    the lock of its transaction for as long as somebody still holds the statement, also when the
    connection is closed; so it is rolled back before."""
    if not in_greenlet():
        return
    try:
        connection.rollback()
    except (sqlite3.Error, ValueError):  # closed already
        pass
    except asyncio.CancelledError:  # cut off once more: it is told again when this is done with
        task = asyncio.current_task()
        if task is not None:
            task.cancel()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def revisions() -> frozenset[str]:
    """The versions of the tables that this software knows."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    steps = ScriptDirectory.from_config(config).walk_revisions()
    return frozenset(step.revision for step in steps)


def _upgrade(connection: Connection) -> None:
    # Not at the file's head: the service never migrates, and starts a third of a second sooner.
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext

    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    config.attributes["connection"] = connection
    present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in revisions():
        raise OtherSchema(
            f"the tables of this database are of version '{present}', which this software does not "
            "know: they are those of a newer one, or of one from before the first release. For the "
            "latter, set CC_DATABASE_URL to an empty database, or remove this one and its data."
        )
    command.upgrade(config, "head")
