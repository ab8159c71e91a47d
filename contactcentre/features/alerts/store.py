"""Rules and alerts in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import structlog
from sqlalchemy import RowMapping, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.core.config import document
from contactcentre.core.config.document import Refused
from contactcentre.features.alerts.document import AlertRule
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import configured

log = structlog.get_logger(__name__)

MOST_STANDING: Final = 1_000

_rules, _alerts = models.alert_rules.c, models.alerts.c


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedAlert:
    """A rule that was broken, with the rule as it was then."""

    alert_id: str
    rule_id: str
    rule: AlertRule
    raised_at: float
    peak: float
    cleared_at: float | None = None
    seen_at: float | None = None
    seen_by: str = ""
    note: str = ""
    passed_on_at: float | None = None  # told to more people, since nobody had seen it
    owed: bool = False  # it ended in quiet hours: the letters that say so are still to be sent


async def rules(connection: AsyncConnection) -> dict[str, AlertRule]:
    """All, the oldest first. What this software can't read is passed over, and told in the log."""
    query = select(_rules.rule_id, _rules.document).order_by(_rules.changed_at, _rules.rule_id)
    found = {}
    for rule_id, written in await connection.execute(query):
        try:
            found[rule_id] = document.read(AlertRule, written, f"alert rule {rule_id}")
        except Refused as refused:
            log.error("alerts.rule_refused", rule_id=rule_id, problems=refused.problems)
    return found


async def put(
    connection: AsyncConnection, rule_id: str, rule: AlertRule, *, at: float, by: str
) -> None:
    """Keep a rule, in the place of the one that is there; on record as what `by` changed."""
    before = await _document(connection, rule_id)
    row = {"rule_id": rule_id, "document": written(rule), "changed_at": at}
    await database.upsert(connection, models.alert_rules, [row])
    await _note(connection, rule_id, before, row["document"], at=at, by=by)


async def drop(connection: AsyncConnection, rule_id: str, *, at: float, by: str) -> None:
    """Delete a rule; on record."""
    before = await _document(connection, rule_id)
    await connection.execute(delete(models.alert_rules).where(_rules.rule_id == rule_id))
    await _note(connection, rule_id, before, None, at=at, by=by)


def written(rule: AlertRule) -> dict[str, Any]:
    """The document that is read as this rule."""
    hours = {"since": document.clock(rule.since), "until": document.clock(rule.until)}
    return {
        **asdict(rule),
        "days": list(rule.days),
        "mail": list(rule.mail),
        "then_mail": list(rule.then_mail),
        **hours,
    }


async def standing(connection: AsyncConnection) -> Sequence[RaisedAlert]:
    """The alerts that are not over, the oldest first."""
    query = select(models.alerts).where(_alerts.cleared_at.is_(None)).order_by(_alerts.raised_at)
    return await _read(connection, query.limit(MOST_STANDING))


async def owed(connection: AsyncConnection) -> Sequence[RaisedAlert]:
    """Those that are over, and of which no letter has said so; the oldest first."""
    query = select(models.alerts).where(_alerts.owed).order_by(_alerts.raised_at)
    return await _read(connection, query.limit(MOST_STANDING))


async def over(connection: AsyncConnection, most: int) -> Sequence[RaisedAlert]:
    """Those that are, the latest first."""
    query = select(models.alerts).where(_alerts.cleared_at.is_not(None))
    return await _read(connection, query.order_by(_alerts.raised_at.desc()).limit(most))


async def alert(connection: AsyncConnection, alert_id: str) -> RaisedAlert | None:
    """The one of that id."""
    query = select(models.alerts).where(_alerts.alert_id == alert_id)
    return next(iter(await _read(connection, query)), None)


async def keep(connection: AsyncConnection, one: RaisedAlert) -> None:
    """Write an alert. Who has seen it is not this hand's to write."""
    row = {
        "alert_id": one.alert_id,
        "rule_id": one.rule_id,
        "document": written(one.rule),
        "raised_at": one.raised_at,
        "cleared_at": one.cleared_at,
        "peak": one.peak,
        "passed_on_at": one.passed_on_at,
        "owed": one.owed,
    }
    await database.upsert(connection, models.alerts, [row])


async def see(connection: AsyncConnection, alert_id: str, *, at: float, by: str, note: str) -> bool:
    """Somebody looks after it; False where somebody had said so before."""
    change = update(models.alerts).where(_alerts.alert_id == alert_id, _alerts.seen_at.is_(None))
    done = await connection.execute(change.values(seen_at=at, seen_by=by, note=note))
    return done.rowcount == 1


async def names(connection: AsyncConnection, user_ids: Sequence[str]) -> Mapping[str, str]:
    """What those people are called."""
    users = models.users.c
    query = select(users.user_id, users.name).where(users.user_id.in_(set(user_ids)))
    return {row[0]: row[1] for row in await connection.execute(query)}


async def count(connection: AsyncConnection) -> int:
    """Of rules."""
    return await connection.scalar(select(func.count()).select_from(models.alert_rules)) or 0


async def _document(connection: AsyncConnection, rule_id: str) -> Any:
    return await connection.scalar(select(_rules.document).where(_rules.rule_id == rule_id))


async def _note(
    connection: AsyncConnection, rule_id: str, before: Any, after: Any, *, at: float, by: str
) -> None:
    entry = configured(f"alert_rules/{rule_id}", before, after, at=at, by=by)
    if entry is not None:
        await audit.write(connection, entry)


async def _read(connection: AsyncConnection, query: Select[Any]) -> list[RaisedAlert]:
    found = []
    for row in (await connection.execute(query)).mappings():
        try:
            found.append(_made(row))
        except Refused:
            continue  # of a release that knew other figures
    return found


def _made(row: RowMapping) -> RaisedAlert:
    rule = document.read(AlertRule, row["document"], f"alert {row['alert_id']}")
    return RaisedAlert(
        alert_id=row["alert_id"],
        rule_id=row["rule_id"],
        rule=rule,
        raised_at=row["raised_at"],
        cleared_at=row["cleared_at"],
        peak=row["peak"],
        seen_at=row["seen_at"],
        seen_by=row["seen_by"],
        note=row["note"],
        passed_on_at=row["passed_on_at"],
        owed=row["owed"],
    )
