"""The switch of crisis mode as the panel and the command line turn it, made from World."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.crisis import port
from agents_ui.shell.port import CrisisNotice, Person, Unavailable
from contactcentre.core import events
from contactcentre.core.config.crisis import EVERY, Crisis, Plan
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from contactcentre.engine.clock import now
from contactcentre.engine.inbox import Crowded, Inbox, NotSafeYet
from contactcentre.engine.live import BOARD, Live
from contactcentre.features.crisis.confirmation import CrisisConfirmation
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry

log = structlog.get_logger(__name__)

SHOWN = 20


class CrisisService:
    """Keeps `agents_ui.crisis.port.CrisisRoom`."""

    def __init__(
        self,
        world: World,
        inbox: Inbox,
        live: Live,
        storage: AsyncEngine,
        confirmation: CrisisConfirmation,
    ) -> None:
        self._world = world
        self._inbox = inbox
        self._live = live
        self._storage = storage
        self._confirmation = confirmation

    # --- seeing ----------------------------------------------------------------------------

    def plans(self) -> list[port.CrisisPlan]:
        """See `CrisisRoom`."""
        published = self._world.crisis.published
        return [_plan(plan, published) for plan in published.plans.values()]

    def current(self) -> port.CrisisRecord | None:
        """See `CrisisRoom`."""
        crisis = self._world.crisis.crisis
        return None if crisis is None else _record(crisis)

    async def log(self) -> list[port.CrisisRecord]:
        """See `CrisisRoom`."""
        crises = models.crises.c
        query = (
            select(models.crises)
            .where(crises.ended_at.is_not(None))
            .order_by(crises.began_at.desc())
            .limit(SHOWN)
        )
        try:
            async with self._storage.connect() as connection:
                rows = (await connection.execute(query)).mappings().all()
        except database.AWAY:
            raise Unavailable from None
        records = [
            port.CrisisRecord(
                label=row["plan"]["labels"],
                **{name: row[name] for name in _SHOWN_OF_ROW},
            )
            for row in rows
        ]
        last = self._world.crisis.last
        if last is not None and last.crisis_id not in {row["crisis_id"] for row in rows}:
            records.insert(0, _record(last))
        return records[:SHOWN]

    # --- doing -----------------------------------------------------------------------------

    async def switch_on(self, plan_id: str, *, hours: float, why: str, person: Person) -> bool:
        """See `CrisisRoom`."""
        at = now()
        return await self._switch(
            events.CrisisSwitched(
                at=at,
                crisis_id=secrets.token_hex(8),
                on=True,
                by=person.name,
                by_id=person.user_id,
                plan_id=plan_id,
                until=at + hours * 3600.0,
                why=why,
            )
        )

    async def switch_off(self, *, person: Person) -> bool:
        """See `CrisisRoom`."""
        return await self._switch(
            events.CrisisSwitched(
                at=now(), crisis_id="", on=False, by=person.name, by_id=person.user_id
            )
        )

    def unconfirmed(self) -> port.Unconfirmed | None:
        """See `CrisisRoom`."""
        return self._confirmation.open()

    async def confirm(self, *, person: Person) -> bool:
        """See `CrisisRoom`."""
        done = await self._confirmation.confirm(person)
        self._live.nudge(BOARD)
        return done

    async def _switch(self, event: events.CrisisSwitched) -> bool:
        try:
            done = await self._inbox.submit(event)
            if done:
                await self._note(event)
            return done
        except NotSafeYet:
            # The switch counts at once; a slow disk must not hold the page up.
            log.error("crisis_not_on_disk_yet", action="crisis_not_on_disk_yet", on=event.on)
            return (self._world.crisis.crisis is not None) == event.on
        except Crowded:
            raise Unavailable from None
        finally:
            self._live.nudge(BOARD)

    async def _note(self, event: events.CrisisSwitched) -> None:
        """A crisis is not put off while the database is away: the journal tells of it too."""
        entry = AuditEntry(
            at=event.at,
            who=event.by_id,
            action=Action.CRISIS_SWITCHED,
            object=event.plan_id,
            purpose=event.why,
            details={"before": not event.on, "after": event.on, "by": event.by},
        )
        try:
            async with self._storage.begin() as connection:
                await audit.write(connection, entry)
        except database.AWAY as error:
            log.warning(
                "crisis_not_audited", action="crisis_not_audited", error=type(error).__name__
            )


_SHOWN_OF_ROW = ("began_at", "until", "by", "why", "ended_at", "ended_by", "ended_how")


def notice(crisis: Crisis | None) -> CrisisNotice | None:
    """What desks and boards say of it."""
    if crisis is None:
        return None
    return CrisisNotice(label=crisis.plan.labels, since=crisis.began_at, until=crisis.until)


def _record(crisis: Crisis) -> port.CrisisRecord:
    return port.CrisisRecord(
        label=crisis.plan.labels,
        began_at=crisis.began_at,
        until=crisis.until,
        by=crisis.by,
        why=crisis.why,
        ended_at=crisis.ended_at,
        ended_by=crisis.ended_by,
        ended_how=crisis.ended_how,
    )


def _plan(plan: Plan, network: Network) -> port.CrisisPlan:
    agents = (network.agents.get(agent_id) for agent_id in plan.volunteers)
    return port.CrisisPlan(
        plan_id=plan.plan_id,
        label=plan.labels,
        announcement=plan.announcement or ({"lv": plan.prompt} if plan.prompt else {}),
        menu=plan.flow,
        languages=_languages(plan),
        limits=tuple(_limits(plan.limits, network)),
        volunteers=tuple(agent.name for agent in agents if agent is not None),
        caps=tuple(_caps(plan.caps, network)),
    )


def _languages(plan: Plan) -> tuple[port.CrisisLanguage, ...]:
    return tuple(
        port.CrisisLanguage(code=code, basis=added.basis, date=added.date, approver=added.approver)
        for code, added in plan.languages.items()
    )


def _caps(caps: Mapping[str, int | None], network: Network) -> Iterator[port.CrisisCap]:
    for centre_id, per_hour in caps.items():
        centre = network.centres.get(centre_id)
        name = "" if centre_id == EVERY else centre.name if centre is not None else centre_id
        yield port.CrisisCap(centre=name, per_hour=per_hour)


def _limits(
    limits: Mapping[str, Mapping[str, float]], network: Network
) -> Iterator[port.CrisisLimit]:
    for queue, values in limits.items():
        label = None if queue == EVERY else network.queue(queue).labels
        for name, value in values.items():
            yield port.CrisisLimit(queue=label, name=name, value=value)
