"""The audit log: rows are added, chained, never changed, and forgotten by age."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.features.audit import retention, store
from contactcentre.features.audit.chain import Anchor, anchor
from contactcentre.features.audit.retention import AuditRetention
from contactcentre.features.audit.sealer import Sealer, seal
from contactcentre.features.audit.verification import Verdict, verify
from contactcentre.features.menus import store as releases
from contactcentre.storage import audit, database, documents
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.last_good import LastGood

pytestmark = pytest.mark.integration

NOW = 1_800_000_000.0
DAY_S = 24 * 3600.0
KEY = b"not in the database"


def entry(at: float = NOW, **given: Any) -> AuditEntry:
    """Somebody logs in."""
    return AuditEntry(**{"at": at, "who": "u", "action": Action.LOGGED_IN, **given})


@pytest.fixture
def head(tmp_path: Path) -> Path:
    """Where the service keeps the last link."""
    return tmp_path / "head.json"


@pytest.fixture
async def engine(database_url: str, head: Path) -> AsyncIterator[AsyncEngine]:
    """Six days of the log, a row a day, in the chain."""
    async with database.opened(database_url) as made:
        async with made.begin() as connection:
            for day in reversed(range(6)):
                await audit.write(connection, entry(NOW - day * DAY_S))
        await seal(made, head)
        yield made


async def count(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(models.audit)) or 0


async def forget(engine: AsyncEngine, before_at: float) -> int:
    """The nightly job, of the audit log alone."""
    total, gone = 0, 1
    while gone:
        async with engine.begin() as connection:
            gone = await AuditRetention(KEY).portion(connection, before_at, NOW)
        total += gone
    return total


async def verified(engine: AsyncEngine, *anchors: Anchor, key: bytes = KEY) -> Verdict:
    async with engine.connect() as connection:
        return await verify(connection, key, anchors)


async def tamper(engine: AsyncEngine, *statements: Any) -> None:
    """As somebody does who owns the database, and lets no trigger stand in the way."""
    async with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for name in (await _triggers(connection)).scalars():
                await connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("audit", "audit_seals", "audit_checkpoints"):
                await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            await connection.execute(statement)


async def _triggers(connection: Any) -> Any:
    return await connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))


async def test_a_row_is_never_changed(engine: AsyncEngine) -> None:
    """The database itself refuses it."""
    with pytest.raises(DBAPIError, match="never changed"):
        async with engine.begin() as connection:
            await connection.execute(update(models.audit).values(who="somebody else"))


async def test_no_row_goes_before_its_time(engine: AsyncEngine) -> None:
    """Without a checkpoint the database lets none be deleted."""
    with pytest.raises(DBAPIError, match="by age alone"):
        async with engine.begin() as connection:
            await connection.execute(delete(models.audit).where(models.audit.c.number == 1))


async def test_rows_are_forgotten_by_age(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is older than the term goes, in portions; the rest stays."""
    monkeypatch.setattr(retention, "PORTION", 2)
    assert (await forget(engine, NOW - DAY_S), await count(engine)) == (4, 2)
    assert (await forget(engine, NOW - DAY_S), await count(engine)) == (0, 2)


async def test_the_rest_verifies_behind_what_was_forgotten(engine: AsyncEngine, head: Path) -> None:
    """On day N all rows are there, on day N+1 the oldest is not, and the chain goes on."""
    for day, rows in ((0, 6), (1, 5), (6, 0)):
        await forget(engine, NOW + (day - 5) * DAY_S)
        verdict = await verified(engine)
        assert (verdict.rows, verdict.fault, verdict.head.position) == (rows, "", 6)
    async with engine.begin() as connection:
        await audit.write(connection, entry(NOW + 7 * DAY_S))
    await seal(engine, head)
    verdict = await verified(engine)
    assert (verdict.rows, verdict.fault, verdict.head.position) == (1, "", 7)


async def test_a_changed_row_is_found(engine: AsyncEngine) -> None:
    """One field of one row, and the place is told."""
    for name in ("at", "who", "action", "object", "purpose", "person", "details"):
        column = models.audit.c[name]
        was = (await _row(engine, 3))[name]
        other = was - 1 if name == "at" else "other"
        change = update(models.audit).where(models.audit.c.number == 3)
        await tamper(engine, change.values({column: other}))
        verdict = await verified(engine)
        assert (verdict.position, verdict.rows) == (3, 2), name
        assert verdict.fault == "row 3 is not as it was written"
        await tamper(engine, change.values({column: was}))
        assert not (await verified(engine)).fault


async def _row(engine: AsyncEngine, number: int) -> Any:
    async with engine.connect() as connection:
        query = select(models.audit).where(models.audit.c.number == number)
        return (await connection.execute(query)).mappings().one()


async def test_a_row_that_is_missing_is_found(engine: AsyncEngine) -> None:
    """Whether its link went too or not."""
    await tamper(engine, delete(models.audit).where(models.audit.c.number == 4))
    assert (await verified(engine)).fault == "row 4 is missing"
    await tamper(engine, delete(models.audit_seals).where(models.audit_seals.c.position == 4))
    verdict = await verified(engine)
    assert (verdict.position, verdict.fault) == (4, "links 4 to 4 are missing")


async def test_a_beginning_that_is_cut_off_is_found(engine: AsyncEngine) -> None:
    """Only the service's key makes a checkpoint of which the rest may begin."""
    async with engine.connect() as connection:
        third = (await store.some_links(connection, 2, 1))[0]
    forged = insert(models.audit_checkpoints).values(
        position=3, hash=third["hash"], made_at=NOW, before_at=NOW, signature="0" * 64
    )
    await tamper(
        engine,
        delete(models.audit).where(models.audit.c.number <= 3),
        delete(models.audit_seals).where(models.audit_seals.c.position <= 3),
    )
    assert (await verified(engine)).fault == "links 1 to 3 are missing"
    await tamper(engine, forged)
    assert "not signed with this service's key" in (await verified(engine)).fault


async def test_an_end_that_is_cut_off_is_found(engine: AsyncEngine, head: Path) -> None:
    """The last link lies in the service's folder too."""
    known = LastGood(head, Anchor).read()
    assert known is not None
    assert not (await verified(engine, known)).fault
    await tamper(
        engine,
        delete(models.audit).where(models.audit.c.number > 4),
        delete(models.audit_seals).where(models.audit_seals.c.position > 4),
    )
    assert not (await verified(engine)).fault  # the database alone does not tell
    verdict = await verified(engine, known)
    assert (verdict.position, verdict.fault) == (5, "the chain ends there, and was 6 long")


async def test_a_chain_made_anew_whole_is_found(engine: AsyncEngine, head: Path) -> None:
    """By an anchor on paper."""
    async with engine.connect() as connection:
        on_paper = str(await store.head(connection))
    await tamper(engine, update(models.audit).values(who="nobody"), delete(models.audit_seals))
    await seal(engine, head)
    assert not (await verified(engine)).fault
    verdict = await verified(engine, anchor(on_paper))
    assert verdict.fault == "the chain is another one than the anchor's"


async def test_writers_side_by_side_make_one_chain(engine: AsyncEngine, head: Path) -> None:
    """Twenty who write, two who seal: every row is in the chain once, and the chain holds."""

    async def writes(who: int) -> None:
        for _ in range(5):
            async with engine.begin() as connection:
                await audit.write(connection, entry(who=f"u{who}"))
                await asyncio.sleep(0)

    async def seals() -> None:
        for _ in range(20):
            await Sealer(engine, head).look()

    await asyncio.gather(*map(writes, range(20)), seals(), seals())
    await seal(engine, head)
    verdict = await verified(engine)
    assert (verdict.rows, verdict.unsealed, verdict.fault) == (106, 0, "")


async def test_nobody_waits_for_the_chain(postgres: Any, head: Path) -> None:
    """While one transaction with an audit row stays open, others log in and are sealed; the late
    one gets its place when it is there. (SQLite has one writer at a time, whatever is written.)"""
    url = postgres.empty()
    await database.migrate(url)
    async with database.opened(url) as engine:
        sealer = Sealer(engine, head)
        async with engine.begin() as slow:
            await audit.write(slow, entry(who="slow"))
            async with engine.begin() as quick:
                await audit.write(quick, entry(who="quick"))
            assert await sealer.look() == 1
        assert await sealer.look() == 1
        assert not (await verified(engine)).fault


async def test_what_is_written_may_be_anything(engine: AsyncEngine, head: Path) -> None:
    """A text that the database cannot have is mended, for a row must be written."""
    strange = entry(purpose="a\0b \ud83d", object="\u2028", details={"after": {"\0": "\ud83d"}})
    async with engine.begin() as connection:
        await audit.write(connection, strange)
    await seal(engine, head)
    assert not (await verified(engine)).fault
    row = await _row(engine, 7)
    assert row["purpose"] == "ab \ufffd"
    assert json.loads(row["details"]) is not None


async def test_configuration_is_told_with_before_and_after(engine: AsyncEngine) -> None:
    """By whatever way it changes, and not where nothing did."""
    rows = documents.rows(models.queues, [{"queue_id": "taxes", "labels": {"lv": "Nodokļi"}}])
    async with engine.begin() as connection:
        await documents.save(connection, {models.queues: rows}, by="u1")
        await documents.save(connection, {models.queues: rows}, by="u2")
        await documents.change(connection, models.queues, "taxes", "u3", wrap_up_s=7.0)
        for text_ in ("first", "second"):
            await releases.publish(connection, "hotline", text_, by="anna", comment="x", at=NOW)
        await releases.put_back(connection, "hotline", 1, by="anna", comment="worse", at=NOW)
        query = select(models.audit).where(models.audit.c.action == Action.CONFIGURED)
        found = (await connection.execute(query.order_by(models.audit.c.number))).mappings()
        told = [(row["who"], row["object"], json.loads(row["details"])) for row in found]
    assert told == [
        ("u1", "queues/taxes", {"before": None, "after": {"labels": {"lv": "Nodokļi"}}}),
        ("u3", "queues/taxes", {"before": {}, "after": {"wrap_up_s": 7.0}}),
        ("shell:anna", "flows/hotline", {"before": None, "after": 1}),
        (
            "shell:anna",
            "flows/hotline",
            {"before": 1, "after": 2, "changes": ["@@ -1 +1 @@", "-first", "+second"]},
        ),
        (
            "shell:anna",
            "flows/hotline",
            {"before": 2, "after": 1, "changes": ["@@ -1 +1 @@", "-second", "+first"]},
        ),
    ]
