"""Alerts behind their page: two that stand, and some that are over."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.engine.clock import now
from contactcentre.features.alerts import store
from contactcentre.features.alerts.document import AlertRule
from contactcentre.features.alerts.store import RaisedAlert
from contactcentre.storage import tables as models

TAXES = AlertRule(
    name="Nodokļu rinda: gaida par ilgu",
    figure="longest_wait",
    dimension="queue",
    key="taxes",
    threshold=300,
    clears=180,
    after_s=30,
    mail=("mainas.vaditaja@ludza.example",),
)


async def lay(engine: AsyncEngine) -> None:
    """As the hotline would have written them."""
    at = now()
    async with engine.begin() as connection:
        await store.put(connection, "taxes", TAXES, at=at, by="stage")
        rules = await store.rules(connection)
        nobody = next(one for one in rules.items() if one[1].figure == "unattended")
        longest = next(one for one in rules.items() if one[1].figure == "longest_wait")
        standing = RaisedAlert(
            alert_id="s1", rule_id="taxes", rule=TAXES, raised_at=at - 130.0, peak=431.0
        )
        urgent = replace(standing, alert_id="s2", rule_id=nobody[0], rule=nobody[1], peak=3.0)
        over = replace(
            standing,
            alert_id="o1",
            rule_id=longest[0],
            rule=longest[1],
            raised_at=at - 86_000.0,
            cleared_at=at - 84_200.0,
            peak=912.0,
        )
        users = models.users.c
        leader = await connection.scalar(select(users.user_id).where(users.username == "board"))
        for one in (standing, urgent, over, replace(over, alert_id="o2", peak=655.0)):
            await store.keep(connection, one)
        seen = update(models.alerts).where(models.alerts.c.alert_id.in_(["o1"]))
        await connection.execute(
            seen.values(seen_at=at - 85_700.0, seen_by=leader, note="Divi darbinieki nāk palīgā")
        )
