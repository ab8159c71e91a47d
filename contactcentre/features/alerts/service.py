"""The page of alerts, kept."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.alerts import port
from agents_ui.alerts.port import AlertScope, RuleRefused, RuleText
from agents_ui.shell.port import Person, Texts, Unavailable
from contactcentre.core.config import document
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from contactcentre.engine.clock import now
from contactcentre.features.alerts import scope, store, written
from contactcentre.features.alerts.document import MOST_RULES, AlertRule
from contactcentre.features.alerts.store import RaisedAlert
from contactcentre.features.board import subjects
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry


class Watching(Protocol):
    """Whoever goes by the rules."""

    async def read(self) -> None:
        """Go by what is kept now."""

    def peak(self, alert: RaisedAlert) -> float:
        """The worst value until now."""

    def seen(self, alert_id: str, *, at: float, by: str) -> None:
        """Somebody looks after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How messages go out. `hook_fault` says what is wrong with an address, "" if nothing."""

    mail: bool
    hooks: bool
    hook_fault: Callable[[str], str]


class AlertService:
    """Keeps `agents_ui.alerts.port.AlertRoom`. `usual` is the file of the rules to begin with."""

    def __init__(
        self,
        engine: AsyncEngine,
        world: World,
        watch: Watching,
        *,
        ways: Ways,
        usual: Path,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._world = world
        self._watch = watch
        self._ways = ways
        self._usual = usual
        self._clock = clock

    async def page(self, person: Person) -> port.AlertPage:
        """See `AlertRoom`."""
        async with self._database() as connection:
            rules = await store.rules(connection)
            standing = list(reversed(await store.standing(connection)))
            over = await store.over(connection, 3 * port.HISTORY)
            names = await store.names(connection, [one.seen_by for one in (*standing, *over)])
        network = self._world.network
        label: dict[AlertScope, Texts] = dict(subjects.labels(network))
        broken = {one.rule_id for one in standing}
        here = [one for one in standing if scope.seen_by(person, one.rule.scope, network)]
        gone = [one for one in over if scope.seen_by(person, one.rule.scope, network)]
        return port.AlertPage(
            standing=[self._line(one, label, names) for one in here],
            over=[self._line(one, label, names) for one in gone[: port.HISTORY]],
            rules=[
                _row(rule_id, rule, label, person, network, broken=rule_id in broken)
                for rule_id, rule in rules.items()
                if scope.seen_by(person, rule.scope, network)
            ],
            sends_mail=self._ways.mail,
            sends_hooks=self._ways.hooks,
        )

    def scopes(self, person: Person) -> Mapping[AlertScope, Texts]:
        """See `AlertRoom`."""
        network = self._world.network
        return {
            of: texts
            for of, texts in subjects.labels(network)
            if scope.edited_by(person, of, network)
        }

    async def rule(self, rule_id: str, *, person: Person) -> RuleText:
        """See `AlertRoom`."""
        async with self._database() as connection:
            return written.text_of(self._own(await store.rules(connection), rule_id, person))

    async def save(self, rule_id: str, text: RuleText, *, person: Person) -> None:
        """See `AlertRoom`."""
        rule = written.read(text)
        if rule.scope not in self.scopes(person):
            raise RuleRefused([("of", "form")])
        if rule.webhook and not self._ways.hooks:
            raise RuleRefused([("webhook", "no-secret")])
        if rule.webhook and self._ways.hook_fault(rule.webhook):
            raise RuleRefused([("webhook", "form")])
        async with self._database() as connection:
            there = await store.rules(connection)
            if rule_id:
                self._own(there, rule_id, person)
            elif len(there) >= MOST_RULES:
                raise RuleRefused([("name", "too-many")])
            if any(one.name == rule.name for key, one in there.items() if key != rule_id):
                raise RuleRefused([("name", "taken")])
            key = rule_id or uuid.uuid4().hex
            await store.put(connection, key, rule, at=self._clock(), by=person.user_id)
        await self._go_by()

    async def remove(self, rule_id: str, *, person: Person) -> None:
        """See `AlertRoom`."""
        async with self._database() as connection:
            self._own(await store.rules(connection), rule_id, person)
            await store.drop(connection, rule_id, at=self._clock(), by=person.user_id)
        await self._go_by()

    async def begin(self, *, person: Person) -> None:
        """See `AlertRoom`."""
        if not scope.edited_by(person, ("network", ""), self._world.network):
            return  # the page has no button for it then
        rules = await asyncio.to_thread(usual_rules, self._usual)
        async with self._database() as connection:
            if not await store.count(connection):
                for rule in rules:
                    key = uuid.uuid4().hex
                    await store.put(connection, key, rule, at=self._clock(), by=person.user_id)
        await self._go_by()

    async def seen(self, alert_id: str, note: str, *, person: Person) -> None:
        """See `AlertRoom`."""
        at, by = self._clock(), person.user_id
        async with self._database() as connection:
            alert = await store.alert(connection, alert_id)
            if alert is None or not scope.seen_by(person, alert.rule.scope, self._world.network):
                raise LookupError(alert_id)
            note = note.strip()[: port.NOTE_LENGTH]
            if await store.see(connection, alert_id, at=at, by=by, note=note):
                entry = AuditEntry(at=at, who=by, action=Action.ALERT_SEEN, object=alert_id)
                await audit.write(connection, entry)
        self._watch.seen(alert_id, at=at, by=by)

    async def _go_by(self) -> None:
        """At once; else within a minute, when they are read anew."""
        try:
            await self._watch.read()
        except database.AWAY:
            return

    def _own(self, rules: Mapping[str, AlertRule], rule_id: str, person: Person) -> AlertRule:
        rule = rules.get(rule_id)
        if rule is None or not scope.edited_by(person, rule.scope, self._world.network):
            raise LookupError(rule_id)
        return rule

    def _line(
        self, one: RaisedAlert, label: Mapping[AlertScope, Texts], names: Mapping[str, str]
    ) -> port.AlertLine:
        rule = one.rule
        return port.AlertLine(
            alert_id=one.alert_id,
            name=rule.name,
            figure=rule.figure,
            scope=rule.scope,
            label=label.get(rule.scope, {}),
            side=rule.side,
            threshold=rule.threshold,
            urgent=rule.urgent,
            raised_at=one.raised_at,
            cleared_at=one.cleared_at,
            peak=self._watch.peak(one),
            seen_at=one.seen_at,
            seen_by=names.get(one.seen_by, ""),
            note=one.note,
        )

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="alerts", away=Unavailable)


def usual_rules(path: Path) -> Sequence[AlertRule]:
    """Of a file: a list of rules. Raises `Refused`."""
    given: Any = document.parse(path.read_text("utf-8"), path.name)
    return document.read(tuple[AlertRule, ...], given, path.name)


def _row(
    rule_id: str,
    rule: AlertRule,
    label: Mapping[AlertScope, Texts],
    person: Person,
    network: Network,
    *,
    broken: bool,
) -> port.RuleRow:
    return port.RuleRow(
        rule_id=rule_id,
        name=rule.name,
        figure=rule.figure,
        scope=rule.scope,
        label=label.get(rule.scope, {}),
        side=rule.side,
        threshold=rule.threshold,
        clears=rule.clears,
        after_s=rule.after_s,
        active=rule.active,
        urgent=rule.urgent,
        mails=len(rule.mail),
        webhook=bool(rule.webhook),
        mine=scope.edited_by(person, rule.scope, network),
        broken=broken,
    )
