"""`contactcentre retention`: for how long each class of data is kept, and what was deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from cyclopts import Parameter

from contactcentre.app.privacy import usual_terms
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.core.config import document
from contactcentre.engine.clock import now
from contactcentre.features.privacy import store
from contactcentre.features.privacy.document import ABOUT, DataClass, RetentionRule
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from routing.calendar import LOCAL

app = program("retention")

_telling = console.telling(ValueError)


@app.command(name="list")
@_telling
async def list_all(*, settings: Settings) -> None:
    """The classes, their terms and what these are founded on."""
    async with database.opened(settings.database) as storage, storage.connect() as connection:
        terms = await store.terms(connection, usual_terms(settings))
    for name, term in terms.items():
        console.say(f"{name:<9} {term.days:>6} days  {ABOUT[name]}")
        if term.basis:
            console.say(f"{'':<9} {'':>6}       {term.basis}")


@app.command(name="set")
@_telling
async def set_term(
    class_id: DataClass,
    days: int,
    /,
    *,
    basis: Annotated[str, Parameter(help="the law or order that says so")],
    settings: Settings,
) -> None:
    """Keep a class for so many days; the service goes by it within ten minutes."""
    written = {"class_id": class_id, "days": days, "basis": basis}
    document.read(RetentionRule, written, f"retention {class_id}")
    rows = documents.rows(models.retention, [written])
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        await documents.save(connection, {models.retention: rows}, by=console.author())


@app.command
@_telling
async def report(
    *,
    days: Annotated[int, Parameter(help="so many nights")] = 31,
    settings: Settings,
) -> None:
    """What went in which night, the latest first."""
    today = datetime.fromtimestamp(now(), LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=days - 1)
    async with database.opened(settings.database) as storage, storage.connect() as connection:
        rows = await store.report(connection, since.date().isoformat())
        messages = await store.messages_deleted(connection, since.timestamp(), now())
        talks = await store.recordings_deleted(connection, since.timestamp(), now())
    for row in rows:
        state = "" if row["finished_at"] is not None else "  (not finished)"
        before = console.local(row["before_at"])
        console.say(f"{row['day']}  {row['class_id']:<8} {row['count']:>8}  before {before}{state}")
    console.say(f"voice messages since {since.date()}: {messages}")
    whys = ", ".join(f"{count} for {why}" for why, count in sorted(talks.items()))
    console.say(f"recordings of talks since {since.date()}: {sum(talks.values())} ({whys or 0})")
