"""The one who watches: each round of the board is held against every rule, and what has turned is
written down with the messages that tell of it.

Looking never waits for the database: what has turned is kept in order until it is written, so an
alert that comes and goes while the database is away is told when it is back. What stands is read
before the first look, so a restart raises nothing twice.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Never

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.alerts.port import AlertScope
from agents_ui.shell.permissions import WHOLE
from agents_ui.shell.port import Texts
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.features.alerts import store
from contactcentre.features.alerts.document import AlertRule
from contactcentre.features.alerts.figures import (
    CallsLately,
    EnquiriesLate,
    LivePicture,
    staying_long,
    value,
)
from contactcentre.features.alerts.machine import CALM, Watched, step
from contactcentre.features.alerts.notice import Notices
from contactcentre.features.alerts.store import RaisedAlert
from contactcentre.storage import database, outbox
from contactcentre.storage.outbox import Full, Outgoing
from routing.calendar import LOCAL

log = structlog.get_logger(__name__)

AGAIN_S: Final = 5.0
READ_S: Final = 60.0
"""So often the rules are read anew, whoever has written them."""
PEAK_S: Final = 60.0
"""So often a worst value that has become worse is written down."""
MOST_UNWRITTEN: Final = 1_000


@dataclass(frozen=True, slots=True)
class Unwritten:
    """Something that has turned and is still to be written, with what it sends."""

    alert: RaisedAlert
    messages: tuple[Outgoing, ...] = ()


class AlertWatch:
    """`look` gives what the board shows, `rounds` yields when that may have changed, `is_open` says
    whether what a figure is of is open then."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        look: Callable[[], LivePicture],
        rounds: Callable[[], AbstractContextManager[AsyncIterator[None]]],
        lately: CallsLately,
        is_open: Callable[[AlertScope, float], bool],
        notices: Notices,
        enquiries_late: EnquiriesLate = int,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._sight = look
        self._rounds = rounds
        self._lately = lately
        self._is_open = is_open
        self._notices = notices
        self._enquiries_late = enquiries_late
        self._clock = clock
        self._rules: dict[str, AlertRule] = {}
        self._states: dict[str, Watched] = {}
        self.standing: dict[str, RaisedAlert] = {}  # by rule
        self._owed: deque[RaisedAlert] = deque(maxlen=store.MOST_STANDING)
        self._at = 0.0  # of the look before
        self._peaks_at = 0.0
        self._unwritten: deque[Unwritten] = deque(maxlen=MOST_UNWRITTEN)
        self._wanted = asyncio.Event()
        self._known = asyncio.Event()

    # --- what runs ---

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep(), name="alerts-kept")
            tasks.create_task(self._watch(), name="alerts-watched")

    async def _watch(self) -> None:
        await self._known.wait()
        with self._rounds() as rounds:
            async for _ in rounds:
                if self._rules or self._owed:
                    self.look(self._sight())

    async def _keep(self) -> Never:
        read_at = float("-inf")
        while True:
            self._wanted.clear()
            try:
                await self.write()
                if not 0.0 <= self._clock() - read_at < READ_S:
                    await self.read()
                    read_at = self._clock()
            except database.AWAY as error:
                log.warning("alerts.database_away", error=type(error).__name__)
                await asyncio.sleep(AGAIN_S)
                continue
            try:
                async with asyncio.timeout(AGAIN_S):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def read(self) -> None:
        """The rules as they are now, and at first what stands. Raises `AWAY` errors."""
        async with self._engine.connect() as connection:
            rules = await store.rules(connection)
            standing = () if self._known.is_set() else await store.standing(connection)
            owed = () if self._known.is_set() else await store.owed(connection)
        self._owed.extend(owed)
        for alert in standing:
            self.standing[alert.rule_id] = alert
            self._states[alert.rule_id] = Watched(raised=True, peak=alert.peak)
        self._go_by({key: rule for key, rule in rules.items() if rule.active})
        self._known.set()

    async def write(self) -> None:
        """What has turned since, in order. Raises `AWAY` errors: then it is still to be written."""
        while self._unwritten:
            one = self._unwritten[0]
            async with self._engine.begin() as connection:
                await store.keep(connection, one.alert)
                try:
                    await outbox.add(connection, *one.messages, at=self._clock())
                except Full:
                    log.error("alerts.not_told", alert_id=one.alert.alert_id)
            if self._unwritten and self._unwritten[0] is one:
                self._unwritten.popleft()

    # --- what turns ---

    def look(self, sight: LivePicture) -> None:
        """Hold every rule against what there is to be seen."""
        at, dt_s = sight.at, sight.at - self._at
        self._at = at
        here = datetime.fromtimestamp(at, LOCAL)
        day, minute = here.isoweekday(), here.hour * 60 + here.minute
        asked = {rule.figure for rule in self._rules.values()}
        long = staying_long(sight.agents.seen(WHOLE), at) if "agents_long" in asked else {}
        states = self._states
        self._tell_owed(sight, day, minute)
        for rule_id, rule in self._rules.items():
            row = sight.figures.get(rule.scope)
            late = self._enquiries_late
            found = None if row is None else value(rule, row, at, self._lately, long, late)
            before = states.get(rule_id, CALM)
            awake = rule.wakes(day, minute) and self._works(rule, at)
            after, turned = step(rule, before, found, dt_s, awake=awake)
            if after is not before:
                states[rule_id] = after
            if turned == "raised":
                self._raise(rule_id, rule, found or 0.0, at, row.label if row else {})
            elif turned == "cleared":
                quiet = not rule.wakes(day, minute)
                self._clear(rule_id, at, row.label if row else {}, quiet=quiet)
            elif awake and self._is_due(rule_id, at):
                self._pass_on(rule_id, found, at, row.label if row else {})
        self._note_peaks(at)

    def _works(self, rule: AlertRule, at: float) -> bool:
        return not rule.open_only or self._is_open(rule.scope, at)

    def _is_due(self, rule_id: str, at: float) -> bool:
        """Whether it has stood for so long, unseen, that others are to be told."""
        alert = self.standing.get(rule_id)
        return (
            alert is not None
            and alert.seen_at is None
            and alert.passed_on_at is None
            and bool(alert.rule.then_mail)
            and at - alert.raised_at >= alert.rule.then_after_s
        )

    def _pass_on(self, rule_id: str, found: float | None, at: float, label: Texts) -> None:
        alert = self.standing[rule_id] = replace(self.standing[rule_id], passed_on_at=at)
        value = self._peak(alert) if found is None else found
        self._put(alert, self._notices.again(alert, label, value))

    def _raise(self, rule_id: str, rule: AlertRule, found: float, at: float, label: Texts) -> None:
        alert = RaisedAlert(
            alert_id=uuid.uuid4().hex, rule_id=rule_id, rule=rule, raised_at=at, peak=found
        )
        self.standing[rule_id] = alert
        self._put(alert, self._notices.of(alert, label, found))

    def _tell_owed(self, sight: LivePicture, day: int, minute: int) -> None:
        """What ended in quiet hours that are over: by the letters that were due then."""
        awake = [one for one in self._owed if one.rule.wakes(day, minute)]
        for alert in awake:
            self._owed.remove(alert)
            row = sight.figures.get(alert.rule.scope)
            letters = self._notices.letters(alert, row.label if row else {}, None)
            self._put(replace(alert, owed=False), letters)

    def _clear(
        self, rule_id: str, at: float, label: Texts, *, tell: bool = True, quiet: bool = False
    ) -> None:
        alert = self.standing.pop(rule_id, None)
        state = self._states.pop(rule_id, CALM)
        if alert is None:
            return
        peak = state.peak if state.raised else self._peak(alert)
        over = replace(alert, cleared_at=at, peak=peak, owed=tell and quiet)
        if over.owed:
            self._owed.append(over)
            self._put(over, self._notices.hooks(over, label, None))
        else:
            self._put(over, self._notices.of(over, label, None) if tell else ())

    def _go_by(self, rules: dict[str, AlertRule]) -> None:
        """Whoever is about something else now, or is no more, has no alert any more."""
        for rule_id in [*self._states]:
            old, new = self._rules.get(rule_id), rules.get(rule_id)
            alert = self.standing.get(rule_id)
            was = old or (alert.rule if alert else None)
            if new is None or was is None or not _alike(was, new):
                self._clear(rule_id, self._clock(), {}, tell=False)
        self._rules = rules

    def _note_peaks(self, at: float) -> None:
        if 0.0 <= at - self._peaks_at < PEAK_S:
            return
        self._peaks_at = at
        for rule_id, alert in self.standing.items():
            if (peak := self._peak(alert)) != alert.peak:
                self.standing[rule_id] = replace(alert, peak=peak)
                self._put(self.standing[rule_id], ())

    def _peak(self, alert: RaisedAlert) -> float:
        state = self._states.get(alert.rule_id, CALM)
        return state.peak if state.raised else alert.peak

    def _put(self, alert: RaisedAlert, messages: Iterable[Outgoing]) -> None:
        self._unwritten.append(Unwritten(alert, tuple(messages)))
        self._wanted.set()

    # --- what others ask ---

    def peak(self, alert: RaisedAlert) -> float:
        """The worst value until now of one that stands; of one that is over what is on record."""
        here = self.standing.get(alert.rule_id)
        if here is None or here.alert_id != alert.alert_id:
            return alert.peak
        return self._peak(here)

    def seen(self, alert_id: str, *, at: float, by: str) -> None:
        """Somebody looks after it: the board need not say it any more."""
        for rule_id, alert in self.standing.items():
            if alert.alert_id == alert_id:
                self.standing[rule_id] = replace(alert, seen_at=at, seen_by=by)

    def alarms(self) -> Iterator[Alarm]:
        """Those that stand and that nobody has seen."""
        for alert in self.standing.values():
            if alert.seen_at is None:
                code = "alert-urgent" if alert.rule.urgent else "alert"
                yield Alarm(
                    code=code,
                    since=alert.raised_at,
                    place=alert.rule.name,
                    scope=alert.rule.scope,
                )


def _alike(one: AlertRule, other: AlertRule) -> bool:
    """Whether both are about the same, on the same side."""
    return (one.figure, one.scope, one.side) == (other.figure, other.scope, other.side)
