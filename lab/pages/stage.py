"""A hotline without Asterisk: the real services over a history that a test, or a person, goes on.

What is played here is what has no place in a page: the exchange (an agent's leg is hung up when the
desk says so, and a page that comes back is rung and answers), the journal (everything is safe at
once) and the clock (no timer ever fires).
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from agents_ui.alerts.letter import letter
from agents_ui.alerts.port import AlertLetter, AlertNews
from agents_ui.app import Ports
from agents_ui.board.port import FigureCheck
from agents_ui.desk.handout import handout
from agents_ui.desk.port import DeskView
from agents_ui.menus.port import NotSpoken
from agents_ui.notices.port import NotSaid
from agents_ui.shell import texts
from agents_ui.shell.port import PanelSettings, Session
from contactcentre.app.alerting import board_row, calls_lately
from contactcentre.app.privacy import by_second
from contactcentre.app.quality import build_quality
from contactcentre.app.upkeep import build_upkeep, written
from contactcentre.app.views import Views
from contactcentre.core import effects, events
from contactcentre.core.call.state import Call
from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.decisions import Observer
from contactcentre.core.outcomes import DialResult
from contactcentre.core.timers import Timer
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.engine.consumer import Engine, changes_of
from contactcentre.engine.faults import Faults
from contactcentre.engine.figures import Figures
from contactcentre.engine.inbox import Inbox
from contactcentre.engine.live import Live
from contactcentre.engine.outlay import DialledOut
from contactcentre.engine.watchdog import Watchdog
from contactcentre.features.abuse.service import AbuseList
from contactcentre.features.accounts.changes import CHANGED
from contactcentre.features.accounts.institutions import InstitutionService
from contactcentre.features.accounts.oidc import Provider, Providers
from contactcentre.features.accounts.people import PeopleService
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.accounts.vault import Vault
from contactcentre.features.alerts.notice import Notices
from contactcentre.features.alerts.scope import is_open
from contactcentre.features.alerts.service import AlertService, Ways
from contactcentre.features.alerts.watch import AlertWatch
from contactcentre.features.approvals.service import ApprovalService
from contactcentre.features.audit.refusals import AccessRefusals
from contactcentre.features.audit.room import AuditLog
from contactcentre.features.audit.sealer import Sealer
from contactcentre.features.board.screens import ScreenService
from contactcentre.features.board.service import BoardService
from contactcentre.features.board.views import SavedViews
from contactcentre.features.callbacks.overdue import OverduePromises
from contactcentre.features.cases.attachments import AttachmentService
from contactcentre.features.cases.beside_call import CasesBesideCall, own_promises
from contactcentre.features.cases.known_events import KnownEvents
from contactcentre.features.cases.service import CaseService
from contactcentre.features.catalogue.files import CardFileService
from contactcentre.features.catalogue.missed import MissedSearches
from contactcentre.features.citizens.callers import CallerService
from contactcentre.features.citizens.service import CitizenService
from contactcentre.features.crisis.confirmation import CrisisConfirmation
from contactcentre.features.crisis.service import CrisisService
from contactcentre.features.desk.day import DayService
from contactcentre.features.desk.phone_secret import PhoneSecrets
from contactcentre.features.desk.service import DeskService
from contactcentre.features.desk.unrecorded import Unrecorded
from contactcentre.features.explanations.service import DecisionLog
from contactcentre.features.forecast.keeping import ForecastKeeper
from contactcentre.features.forecast.service import StaffingService
from contactcentre.features.handouts.service import HandoutService
from contactcentre.features.limits.service import LimitsService
from contactcentre.features.menus.service import MenuService
from contactcentre.features.messages.service import MessageService
from contactcentre.features.network.phones import DeskPhoneService
from contactcentre.features.network.service import NetworkService
from contactcentre.features.network.tables import TableService
from contactcentre.features.notices.service import NoticeService
from contactcentre.features.outbox.webhook import Webhooks
from contactcentre.features.privacy.document import CLASSES
from contactcentre.features.privacy.erasure import Erasure
from contactcentre.features.privacy.records import PersonRecordService
from contactcentre.features.privacy.room import CitizenRights
from contactcentre.features.prompts.playable import Library
from contactcentre.features.prompts.recorded import survey
from contactcentre.features.prompts.spoken_names import all_texts
from contactcentre.features.publication.proposal import problems_with, problems_with_menu
from contactcentre.features.recordings.service import RecordingService
from contactcentre.features.reports.schedules import ScheduleService
from contactcentre.features.reports.service import ReportService
from contactcentre.features.supervision.service import SupervisionService
from contactcentre.features.trunks.service import TrunkService
from contactcentre.settings import ROOT
from contactcentre.storage import audit, codec, database, projection
from contactcentre.storage import tables as models
from contactcentre.storage.audit import AuditEntry
from contactcentre.storage.entry import Entry, JournalRecord
from contactcentre.storage.lookout import Lookout
from contactcentre.storage.personal_codes import PersonalCodes
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.storage.sealed_attachments import SealedAttachments
from contactcentre.storage.sealed_talks import SealedTalks
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.message_files import MessageFiles
from contactcentre.telephony.phone_file import PhoneAccount
from contactcentre.testing import History
from lab.pages import sample, scenes
from lab.pages.people import AGENTS
from lab.pages.sample import DAY_S
from lab.pages.voice import said, sound

HOST = "127.0.0.1"
ORIGIN = "http://panel.test"
"""Of pages that tests look at."""
PSEUDONYMS = Pseudonyms(b"stage")
PERSONAL_CODES = PersonalCodes(Vault(), lambda: ("stage",))
TERMS = MappingProxyType(dict.fromkeys(CLASSES, 30))
WEBSOCKET = "ws://127.0.0.1:18999/ws"


@dataclass(kw_only=True)
class StagedHealth:
    """Well, until told otherwise."""

    parts: dict[str, str] = field(default_factory=lambda: {"telephony": "ok", "database": "ok"})

    def ready(self) -> tuple[bool, Mapping[str, str]]:
        """See `agents_ui.shell.port.Health`."""
        return all(state == "ok" for state in self.parts.values()), self.parts

    def metrics(self) -> bytes:
        """See `agents_ui.shell.port.Health`."""
        return b"# TYPE calls_waiting gauge\ncalls_waiting 3\n"


class StagedJournal:
    """Safe at once, while `disk` is set; of crises the record in the database too."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.disk = asyncio.Event()
        self.disk.set()
        self._engine = engine
        self._entries: asyncio.Queue[tuple[Entry, asyncio.Future[None]]] = asyncio.Queue()
        self._calls: dict[str, Call] = {}  # of one scene, so they need not shrink

    async def records(self, call_ids: Sequence[str]) -> Sequence[Call]:
        """Calls as they were written last."""
        return [self._calls[one] for one in call_ids if one in self._calls]

    def append(self, entry: Entry) -> asyncio.Future[None]:
        """See `contactcentre.engine.consumer.Journal`."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._entries.put_nowait((entry, done))
        return done

    async def run(self) -> None:
        """Write, until cancelled."""
        while True:
            entry, done = await self._entries.get()
            await self.disk.wait()
            self._calls.update({call.call_id: call for call in entry.calls})
            if entry.crises:
                with suppress(*database.AWAY):
                    await self._write(entry)
            if not done.done():
                done.set_result(None)

    async def _write(self, entry: Entry) -> None:
        record = JournalRecord(
            seq=entry.seq,
            at=entry.at,
            kind=entry.kind,
            call_id=None,
            agent_id=None,
            event=codec.encode(entry.event),
            crises=entry.crises,
        )
        rows = projection.rows("pages", [record], home={}, centre={}).crises
        async with self._engine.begin() as connection:
            await database.upsert(connection, models.crises, rows)


async def _none(before: float, limit: int) -> Sequence[Call]:
    return ()


class RememberingInbox(Inbox):
    """An inbox that remembers what pages have asked for, and can be `full`."""

    def __init__(self, *, safe_within_s: float) -> None:
        super().__init__(safe_within_s=safe_within_s)
        self.events: list[events.Event] = []
        self.full = False

    @property
    def crowded(self) -> bool:
        """See `Inbox`."""
        return self.full or super().crowded

    async def submit(self, event: events.Event) -> bool:
        """See `Inbox`."""
        self.events.append(event)
        return await super().submit(event)


class StagedAccounts(AccountService):
    """Whoever logs in finds the scene of that name."""

    def __init__(self, engine: AsyncEngine, act: Callable[[str], None]) -> None:
        super().__init__(engine, passwords=sample.passwords())
        self._act = act

    async def log_in(
        self, username: str, password: str, *, address: str, device: str = "", browser: str = ""
    ) -> Session:
        """See `AccountService`."""
        session = await super().log_in(
            username, password, address=address, device=device, browser=browser
        )
        self._act(username)
        return session


async def unseen(_: bytes) -> None:
    """What is attached here is looked at by nobody."""


class StagedHistory(History):
    """A history that pages look at: `act` lets a scene happen, and their commands go on from it."""

    def __init__(
        self, prepared: sample.Prepared, engine: AsyncEngine, home: Path, live: Live
    ) -> None:
        super().__init__(prepared.network)
        self.at = now() - 2 * DAY_S  # before all that scenes tell of
        self.database = engine
        self.database_away = False
        self.checked: FigureCheck | None = None
        self.health = StagedHealth()
        self.inbox = RememberingInbox(safe_within_s=0.5)
        self.decisions = DecisionLog(Observer(self.world), _nowhere(), retry_s=DAY_S)
        self._views = Views(
            world=self.world,
            live=live,
            figures=Figures(),
            dialled=DialledOut(self.world),
            decisions=self.decisions,
            watchdog=Watchdog(self.world),
            overdue=OverduePromises(self.world, "callback"),
            messages_overdue=OverduePromises(self.world, "message"),
        )
        self.live = live
        self.messages = MessageFiles(home, most_bytes=100_000_000)
        self.sealed_talks = SealedTalks(home / "sealed-talks", lambda: ("lab",))
        self.troubles: list[Alarm] = []
        self._acted: set[str] = set()
        self.catalogue = prepared.catalogue
        self.journal = StagedJournal(engine)
        self.accounts = StagedAccounts(engine, self.act)
        self.providers: dict[str, Provider] = {}
        self.institutions = InstitutionService(self.accounts, Providers(self.providers), Vault())
        directory = Directory(home / prepared.directory.name)
        self.desks = DeskService(
            self.world,
            self.inbox,
            self._views.figures,
            live,
            PhoneSecrets(self.world, directory, live, end=_none_registered),
            self.journal.records,
            offered=self.catalogue.offered,
            sip_domain=HOST,
            websocket=WEBSOCKET,
        )
        unrecorded = Unrecorded(_none, self._records, self.inbox.post, days=lambda: 7)
        self.board = BoardService(
            self.world,
            self._views.figures,
            live,
            self.decisions,
            submit=self.inbox.submit,
            give_up=unrecorded.give_up,
            note=self._noted_down,
            alarms=self._alarms,
            checked=lambda: self.checked,
        )
        self.alert_watch = AlertWatch(
            engine,
            look=self.board.picture,
            rounds=self.board.changes,
            lately=partial(calls_lately, self._views.figures),
            is_open=lambda scope, at: is_open(scope, self.world.network, at),
            notices=Notices(_letter, partial(board_row, ORIGIN)),
        )
        self.alerts = AlertService(
            engine,
            self.world,
            self.alert_watch,
            ways=Ways(mail=True, hooks=True, hook_fault=Webhooks(secret="stage").fault),  # noqa: S106
            usual=ROOT / "config" / "starter" / "alerts.yaml",
        )
        self.screens = ScreenService(engine, self.board)
        self.supervision = SupervisionService(
            self.world, self.inbox.submit, live, engine, listens=True, person=PSEUDONYMS.of
        )
        self.approvals = ApprovalService(engine)
        self.recordings = RecordingService(
            engine,
            self.sealed_talks,
            self.approvals,
            network=lambda: self.world.network,
            person=PSEUDONYMS.of,
        )
        self.trunks = TrunkService(engine, directory, lambda _: "answers", on={"udp", "tcp"})
        self.limits = LimitsService(
            engine,
            check=partial(problems_with, engine),
            dialled=lambda: (12.0, 340.0),
        )
        self.notices = NoticeService(
            engine,
            network=lambda: self.world.crisis.published,
            prepared=ROOT / "config" / "starter" / "notices.yaml",
            say=self._said,
            render=self._noted,
        )
        self.network = NetworkService(engine, prompts=frozenset)
        self.directory = directory
        self.desk_phones = DeskPhoneService(
            engine, directory, account=_phone_account, end=_none_registered
        )
        self.tables = TableService(engine, prompts=frozenset)
        self.playable = Library(home / "rendered")
        self.cannot_speak = ""
        self.spoken: list[Mapping[str, Mapping[str, str]]] = []
        self.menus = MenuService(
            engine,
            sound=self.playable.sound,
            network=lambda: self.world.network,
            texts=lambda: all_texts(ROOT / "config" / "prompts", self.world.network),
            render=self._rendered,
            survey=partial(survey, recordings=home / "prompts"),
            check=partial(problems_with_menu, prompts=frozenset),
        )
        self.erasure = Erasure(
            engine,
            _StagedJournal(self.world),
            self.messages,
            PSEUDONYMS,
            talks=self.sealed_talks,
            approved=by_second(self.approvals),
        )
        self.sealer = Sealer(engine, home / "audit-head")
        self.abuse = AbuseList(
            engine, home / "abuse.json", pseudonym=PSEUDONYMS.of, ask=self.approvals.ask
        )
        self.cases = CaseService(
            engine, self.world, pseudonym=PSEUDONYMS.of, offered=self.catalogue.offered
        )
        self.events = KnownEvents(
            engine, self.world, pseudonym=PSEUDONYMS.of, offered=self.catalogue.offered
        )
        self.sealed_attachments = SealedAttachments(home / "attachments", lambda: ("key",))
        self.attachments = AttachmentService(
            engine,
            self.world,
            self.sealed_attachments,
            most_bytes=50_000_000,
            scan=unseen,
            pseudonym=PSEUDONYMS.of,
            offered=self.catalogue.offered,
        )
        self.missed = MissedSearches(engine, self.catalogue.finds)
        self.card_files = CardFileService(
            engine, self.catalogue.services, origin=ORIGIN, open_to_all=True
        )
        self.upkeep = build_upkeep(
            engine,
            self.world,
            self.inbox.submit,
            self.catalogue,
            write=written("lv", ORIGIN),
            mails=True,
        )
        self.quality = build_quality(
            engine,
            self.world,
            usual=ROOT / "config" / "starter" / "quality.yaml",
            stands_for=PSEUDONYMS.of,
        )
        self.confirmation = CrisisConfirmation(self.world, engine)
        self.crisis = CrisisService(self.world, self.inbox, live, engine, self.confirmation)
        self._engine = Engine(
            self.world,
            self.inbox,
            perform=self._perform,
            journal=self.journal,
            publish=self._views.watchers(),
            faults=Faults(),
        )
        event.listen(engine.sync_engine, "checkout", self._reach)  # from one use to the next
        self.links_up()

    def ports(self, settings: PanelSettings) -> Ports:
        """What the panel is given."""
        return Ports(
            settings=settings,
            accounts=self.accounts,
            own=self.accounts.own,
            factors=self.accounts.factors,
            passkeys=self.accounts.passkeys,
            institutions=self.institutions,
            desks=self.desks,
            history=CitizenService(self.database, self.world.calls, person=PSEUDONYMS.of),
            who_calls=CallerService(
                self.database,
                self.world.calls,
                pseudonym=PSEUDONYMS.of,
                codes=PERSONAL_CODES,
                needs_code=self.catalogue.needs_code,
            ),
            handouts=HandoutService(
                self.database,
                self.world,
                ways=("sms", "mail"),
                cards=lambda code, language, municipality: self.catalogue.cards(
                    [code], locale=language, municipality=municipality
                ),
                write=lambda card, of, code: handout(texts.read()[code], card, of),
                pseudonym=PSEUDONYMS.of,
            ),
            days=DayService(self.database, self.world, promised=own_promises(self.database)),
            callers_cases=CasesBesideCall(self.database, self.world.calls, person=PSEUDONYMS.of),
            messages=MessageService(self.database, self.messages, self.world.calls),
            catalogue=self.catalogue,
            services=self.catalogue,
            missed=self.missed,
            missing=self.missed,
            card_files=self.card_files,
            card_upkeep=self.upkeep.desk,
            upkeep=self.upkeep.room,
            owner_links=self.upkeep.links,
            assessments=self.quality.room,
            own_assessments=self.quality.own,
            quality_documents=self.quality.documents,
            scripted=self.quality.scripted,
            board=self.board,
            supervision=self.supervision,
            board_views=SavedViews(self.database),
            screens=self.screens,
            crisis=self.crisis,
            notices=self.notices,
            people=PeopleService(self.accounts),
            approvals=self.approvals,
            alerts=self.alerts,
            abuse=self.abuse,
            cases=self.cases,
            events=self.events,
            attachments=self.attachments,
            trunks=self.trunks,
            limits=self.limits,
            network=self.network,
            desk_phones=self.desk_phones,
            tables=self.tables,
            menus=self.menus,
            personal=CitizenRights(
                self.database,
                PSEUDONYMS,
                self.erasure,
                self.approvals,
                usual=TERMS,
                codes=PERSONAL_CODES,
            ),
            records=PersonRecordService(self.database, codes=PERSONAL_CODES),
            audit=AuditLog(
                self.database, self.approvals, seal=self.sealer.look, stands_for=PSEUDONYMS.of
            ),
            schedules=ScheduleService(self.database, sends=True),
            reports=ReportService(self.database, person=PSEUDONYMS.of, decided=self.decisions.of),
            recordings=self.recordings,
            staffing=StaffingService(
                self.database, ForecastKeeper(self.database), lambda: self.world.network
            ),
            refusals=AccessRefusals(self.database),
            health=self.health,
        )

    def jobs(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """What has to run while pages look."""
        watching = (self.live.run(), self.decisions.run(), self.upkeep.watch.run())
        lookout = Lookout(self.database)
        changes = self.accounts.changes.run(lookout.watch(CHANGED))
        return (self._engine.run(), self.journal.run(), lookout.run(), changes, *watching)

    async def _rendered(self, words: Mapping[str, Mapping[str, str]]) -> None:
        """Nobody listens here: that they were to be said is enough."""
        if self.cannot_speak:
            raise NotSpoken(self.cannot_speak)
        self.spoken.append(words)

    async def _noted_down(self, entries: Sequence[AuditEntry]) -> None:
        async with self.database.begin() as connection:
            await audit.write(connection, *entries)

    async def _noted(self, words: Mapping[str, Mapping[str, str]]) -> None:
        """As of menus."""
        if self.cannot_speak:
            raise NotSaid(self.cannot_speak)
        self.spoken.append(words)

    async def _said(self, text: str, language: str) -> bytes:
        """A second of sound for any words."""
        if self.cannot_speak:
            raise NotSaid(self.cannot_speak)
        return await asyncio.to_thread(said, 1.0)

    async def _records(self, call_ids: Sequence[str]) -> Sequence[Call]:
        """As the journal would have them: what scenes have done did not pass through it."""
        known = {call.call_id: call for call in (*self.world.ended, *self.world.calls.values())}
        return [known[one] for one in call_ids if one in known]

    # --- what happens ----------------------------------------------------------------------

    def act(self, scene: str) -> None:
        """Let a scene happen, once, until now; `board` is all of them, another name is none."""
        everything = scene == "board" and scene not in self._acted
        wanted = [each for each in scenes.SCENES if each != "lost"] if everything else [scene]
        names = [each for each in wanted if each in scenes.SCENES and each not in self._acted]
        self._acted.update(names, {scene})
        self.at = now()
        if everything:
            scenes.promises(self)
        if names:
            scenes.play(self, *names, until=now())
        if everything:
            scenes.crowd(self)

    def call_of(self, scene: str) -> Call:
        """The call at hand, or the earlier one whose record is open."""
        agent = self.agent(AGENTS[scene].number)
        return self.world.calls[agent.call_id or agent.unsaved[0]]

    def desk(self, scene: str) -> DeskView:
        """What the agent's page shows."""
        return self.desks.view(AGENTS[scene].agent_id)

    def heard(self, *kinds: type[events.Event]) -> list[events.Event]:
        """What pages have asked for, of these kinds."""
        return [one for one in self.inbox.events if isinstance(one, kinds)]

    def apply(self, event: events.Event) -> list[effects.Effect]:
        """As `History`, and shown, but for what makes room in time for the next scene."""
        if isinstance(event, events.MessageRecorded) and event.sounds:
            sound(self.messages.path(event.recording), event.seconds)
        made = super().apply(event)
        changes = changes_of(event, self.world)
        if (changes.calls or changes.agents) and not isinstance(event, ClockStepped):
            for watcher in self._views.watchers():
                watcher(changes)
        return made

    def answer(self, scene: str) -> None:
        """The agent's phone answers the call that rings."""
        self.at = now()
        self.leg_answers(AGENTS[scene].number)

    def _alarms(self) -> tuple[Alarm, ...]:
        overdue = (self._views.overdue, self._views.messages_overdue)
        causes = (*(one.alarms for one in overdue), self.confirmation.alarms)
        return (*(alarm for cause in causes for alarm in cause()), *self.troubles)

    def _reach(self, *_: object) -> None:
        if self.database_away:
            raise OSError("the database is away")

    # --- the exchange ----------------------------------------------------------------------

    def _perform(self, order: effects.Effect) -> None:
        match order:
            case effects.HangUpLeg():
                self._leg_ends(order.offer_id)
            case effects.Park():
                self._parked(order)
            case effects.Recall():
                self._recalled(order.call_id)
            case effects.Ring(auto=True):
                self._answers(order.offer_id)
            case effects.StartTimer(kind=Timer.RING_AGAIN):
                self.inbox.post(events.TimerFired(at=now(), kind=order.kind, key=order.key))
            case _:
                pass

    def _leg_ends(self, offer_id: str) -> None:
        call = self.world.calls.get(offer_id.rpartition("-")[0])
        talked = call is not None and call.talk.answered_at is not None
        self.inbox.post(events.LegHungUp(at=now(), offer_id=offer_id, cause=16))
        if call is not None:
            result = DialResult.ANSWERED if talked else DialResult.CANCELLED
            self.inbox.post(
                events.DialEnded(at=now(), call_id=call.call_id, offer_id=offer_id, result=result)
            )

    def _parked(self, order: effects.Park) -> None:
        """The agent's leg and the caller are alone."""
        call = self.world.calls.get(order.call_id)
        self.inbox.post(events.LegLeashed(at=now(), offer_id=order.offer_id, leg=order.leg))
        if call is not None and call.offer is not None and not call.talk.parted:
            offer_id, result = call.offer.leg_id, DialResult.ANSWERED
            self.inbox.post(
                events.DialEnded(at=now(), call_id=order.call_id, offer_id=offer_id, result=result)
            )

    def _recalled(self, call_id: str) -> None:
        call = self.world.calls[call_id]
        self.inbox.post(
            events.CallReturned(
                at=now(),
                call_id=call_id,
                channel=call.channel.name,
                channel_id=call.channel.unique_id,
                caller=call.caller,
                dialled=call.dialled,
                queue=call.queue,
                language=call.language,
                queued_at=call.queueing.queued_at,
                arrived_at=call.arrived_at,
            )
        )

    def _answers(self, offer_id: str) -> None:
        """The browser comes back into its talk by itself."""
        leg = f"PJSIP/browser-{offer_id}"
        self.inbox.post(events.LegDialed(at=now(), offer_id=offer_id, leg=leg))
        self.inbox.post(events.LegRang(at=now(), offer_id=offer_id))
        self.inbox.post(events.LegAnswered(at=now(), offer_id=offer_id))
        call = self.world.calls[offer_id.rpartition("-")[0]]
        if call.talk.agent_id == AGENTS["held"].agent_id:  # who presses hold again
            self.inbox.post(events.HoldStarted(at=now(), offer_id=offer_id))
        if call.talk.agent_id == AGENTS["consulting"].agent_id:  # and asks once more
            for told in scenes.consults(call, AGENTS["consulting"], now()):
                self.inbox.post(told)
        if call.talk.agent_id == AGENTS["offered"].agent_id:  # and is offered help once more
            for told in scenes.offers(call, AGENTS["helper"], now()):
                self.inbox.post(told)


@asynccontextmanager
async def staged(
    prepared: sample.Prepared, home: Path, *, board_s: float = 0.75, line_s: float = 2.0
) -> AsyncIterator[StagedHistory]:
    """A hotline of its own in the folder `home`, while the block runs."""
    for made in (prepared.path, prepared.directory):
        await asyncio.to_thread(shutil.copyfile, made, home / made.name)
    async with database.opened(f"sqlite:///{home / prepared.path.name}") as engine:
        stage = StagedHistory(prepared, engine, home, Live(board_s=board_s, line_s=line_s))
        tasks = [asyncio.create_task(job) for job in stage.jobs()]
        try:
            yield stage
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


def _refuse(*_: object) -> None:
    raise OSError("nothing is kept here")


class _StagedJournal:
    """Nothing is kept of it."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def forget(self, number: str, calls: Sequence[str] = ()) -> bool:
        """Unless something of that caller's is under way."""
        return not any(
            call.caller == number or call.call_id in calls for call in self._world.calls.values()
        )

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Nothing moves."""
        yield

    async def erase(self, number: str) -> int:
        """Nothing is written."""
        return 0

    async def erase_call(self, call_id: str) -> int:
        """Nothing is written."""
        return 0


def _letter(news: AlertNews) -> AlertLetter:
    return letter(texts.read()["lv"], partial(board_row, ORIGIN), news)


def _phone_account(endpoint: str, name: str) -> PhoneAccount:
    password = secrets.token_urlsafe(18)
    return PhoneAccount(
        endpoint=endpoint, name=name, server=HOST, port=5061, encrypted=True, password=password
    )


async def _none_registered(*_: str) -> None:
    """There is no exchange to register at."""


def _nowhere() -> AsyncEngine:
    """Decisions are explained from memory; they need not be stored."""
    engine = create_async_engine("sqlite+aiosqlite://", poolclass=NullPool)
    event.listen(engine.sync_engine, "do_connect", _refuse)
    return engine
