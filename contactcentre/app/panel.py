"""What the panel is given: its ports, kept by the running service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from agents_ui.app import Ports, build
from agents_ui.desk.handout import handout
from agents_ui.desk.port import HandoutOf
from agents_ui.menus.port import NotSpoken
from agents_ui.notices.port import NotSaid
from agents_ui.shell import texts
from agents_ui.shell.port import Health, PanelSettings, PhoneLogin, ServiceCard
from agents_ui.shell.render import prepare
from agents_ui.shell.server import BACKLOG, PanelRunner
from contactcentre import paths
from contactcentre.app.content import Content
from contactcentre.app.phone_account import account, open_to_read
from contactcentre.app.post import ways_to_citizens
from contactcentre.app.privacy import Privacy
from contactcentre.app.quality import Quality
from contactcentre.app.storage import Storage
from contactcentre.app.telephony import Telephony
from contactcentre.app.upkeep import Upkeep
from contactcentre.app.views import Views
from contactcentre.core.config.network import STATE_LANGUAGE
from contactcentre.core.world import World
from contactcentre.engine.inbox import Inbox
from contactcentre.features.abuse.service import AbuseList
from contactcentre.features.accounts.institutions import InstitutionService, providers_of
from contactcentre.features.accounts.oidc import Providers
from contactcentre.features.accounts.people import PeopleService
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.accounts.vault import Vault
from contactcentre.features.alerts.service import AlertService
from contactcentre.features.approvals.service import ApprovalService
from contactcentre.features.audit.refusals import AccessRefusals
from contactcentre.features.audit.room import AuditLog
from contactcentre.features.board.screens import ScreenService
from contactcentre.features.board.service import BoardService
from contactcentre.features.board.views import SavedViews
from contactcentre.features.cases.attachments import AttachmentService
from contactcentre.features.cases.beside_call import CasesBesideCall, own_promises
from contactcentre.features.cases.known_events import KnownEvents
from contactcentre.features.cases.scanner import Scanner
from contactcentre.features.cases.service import CaseService
from contactcentre.features.catalogue.files import CardFileService
from contactcentre.features.catalogue.missed import MissedSearches
from contactcentre.features.catalogue.service import CatalogueService
from contactcentre.features.citizens.callers import CallerService
from contactcentre.features.citizens.service import CitizenService
from contactcentre.features.crisis.confirmation import CrisisConfirmation
from contactcentre.features.crisis.service import CrisisService
from contactcentre.features.desk.day import DayService
from contactcentre.features.desk.phone_secret import PhoneSecrets
from contactcentre.features.desk.service import DeskService
from contactcentre.features.desk.turn import Turn
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
from contactcentre.features.prompts.document import VOICES, PromptError
from contactcentre.features.prompts.recorded import survey
from contactcentre.features.prompts.speaker import said, speaker
from contactcentre.features.prompts.spoken_names import SpokenNames, all_texts
from contactcentre.features.publication.proposal import problems_with, problems_with_menu
from contactcentre.features.recordings.service import RecordingService
from contactcentre.features.reports.schedules import ScheduleService
from contactcentre.features.reports.service import ReportService
from contactcentre.features.supervision.service import SupervisionService
from contactcentre.features.trunks.service import TrunkService
from contactcentre.features.trunks.transports import switched_on
from contactcentre.settings import Settings
from contactcentre.telephony import open_files

log = structlog.get_logger(__name__)

LOOPBACK = ("127.0.0.0/8", "::1/128")


async def panel_ports(
    settings: Settings,
    world: World,
    inbox: Inbox,
    *,
    accounts: AccountService,
    sessions_ended: Callable[[], Awaitable[None]],
    storage: Storage,
    content: Content,
    telephony: Telephony,
    views: Views,
    phone_secrets: PhoneSecrets,
    confirmation: CrisisConfirmation,
    privacy: Privacy,
    abuse: AbuseList,
    board: BoardService,
    alerts: AlertService,
    upkeep: Upkeep,
    quality: Quality,
    forecast: ForecastKeeper,
    health: Health,
) -> Ports:
    """Everything that the panel is given."""
    approvals = ApprovalService(storage.database)
    missed = MissedSearches(storage.database, content.catalogue.finds)
    desks = DeskService(
        world,
        inbox,
        views.figures,
        views.live,
        phone_secrets,
        storage.spool.records,
        offered=content.catalogue.offered,
        sip_domain=settings.sip_host,
        websocket=settings.websocket_url,
        turn=_turn(settings),
    )
    return Ports(
        settings=await asyncio.to_thread(_panel_settings, settings),
        accounts=accounts,
        own=accounts.own,
        factors=accounts.factors,
        passkeys=accounts.passkeys,
        institutions=_institutions(settings, accounts),
        desks=desks,
        history=CitizenService(storage.database, world.calls, person=privacy.pseudonyms.of),
        who_calls=CallerService(
            storage.database,
            world.calls,
            pseudonym=privacy.pseudonyms.of,
            codes=privacy.codes,
            needs_code=content.catalogue.needs_code,
        ),
        handouts=HandoutService(
            storage.database,
            world,
            ways=ways_to_citizens(settings),
            cards=partial(_card, content.catalogue),
            write=_handout,
            pseudonym=privacy.pseudonyms.of,
        ),
        days=DayService(storage.database, world, promised=own_promises(storage.database)),
        callers_cases=CasesBesideCall(storage.database, world.calls, person=privacy.pseudonyms.of),
        messages=MessageService(
            storage.database, telephony.messages, world.calls, person=privacy.pseudonyms.of
        ),
        catalogue=content.catalogue,
        services=content.catalogue,
        missed=missed,
        missing=missed,
        card_files=CardFileService(
            storage.database,
            content.catalogue.services,
            origin=settings.panel_origin,
            open_to_all=settings.open_catalogue,
        ),
        card_upkeep=upkeep.desk,
        upkeep=upkeep.room,
        owner_links=upkeep.links,
        assessments=quality.room,
        own_assessments=quality.own,
        quality_documents=quality.documents,
        scripted=quality.scripted,
        crisis=CrisisService(world, inbox, views.live, storage.database, confirmation),
        notices=NoticeService(
            storage.database,
            network=lambda: world.crisis.published,
            prepared=settings.config / "starter" / "notices.yaml",
            say=partial(_said, settings),
            render=partial(_rendered, content.names),
        ),
        people=PeopleService(accounts, ended=sessions_ended),
        approvals=approvals,
        audit=AuditLog(
            storage.database,
            approvals,
            seal=privacy.sealer.look,
            stands_for=privacy.pseudonyms.of,
        ),
        abuse=abuse,
        cases=CaseService(
            storage.database,
            world,
            pseudonym=privacy.pseudonyms.of,
            offered=content.catalogue.offered,
        ),
        events=KnownEvents(
            storage.database,
            world,
            pseudonym=privacy.pseudonyms.of,
            offered=content.catalogue.offered,
        ),
        attachments=AttachmentService(
            storage.database,
            world,
            privacy.attachments,
            most_bytes=settings.attachment_mb * 1_000_000,
            scan=_scan(settings),
            pseudonym=privacy.pseudonyms.of,
            offered=content.catalogue.offered,
        ),
        trunks=TrunkService(
            storage.database,
            telephony.directory,
            telephony.trunks.state,
            on=switched_on(tcp_port=settings.sip_tcp_port, tls_port=settings.sip_tls_port),
        ),
        limits=LimitsService(
            storage.database,
            check=partial(problems_with, storage.database),
            dialled=lambda: (views.dialled.hour, views.dialled.day),
        ),
        network=NetworkService(
            storage.database, prompts=lambda: content.playable.keys(STATE_LANGUAGE)
        ),
        desk_phones=DeskPhoneService(
            storage.database,
            telephony.directory,
            account=partial(account, settings=settings),
            end=telephony.phones.end,
            open_to_read=open_to_read(settings),
        ),
        tables=TableService(
            storage.database, prompts=lambda: content.playable.keys(STATE_LANGUAGE)
        ),
        menus=MenuService(
            storage.database,
            sound=content.playable.sound,
            network=lambda: world.network,
            texts=lambda: all_texts(settings.config / "prompts", world.network),
            render=partial(_spoken, content.names),
            survey=partial(survey, recordings=paths.own_recordings(settings)),
            check=partial(
                problems_with_menu, prompts=lambda: content.playable.keys(STATE_LANGUAGE)
            ),
        ),
        personal=privacy.personal,
        records=privacy.records,
        schedules=ScheduleService(storage.database, sends=bool(settings.smtp_host)),
        reports=ReportService(
            storage.database, person=privacy.pseudonyms.of, decided=views.decisions.of
        ),
        recordings=RecordingService(
            storage.database,
            privacy.talks,
            approvals,
            network=lambda: world.network,
            person=privacy.pseudonyms.of,
        ),
        staffing=StaffingService(storage.database, forecast, lambda: world.network),
        refusals=AccessRefusals(storage.database),
        board=board,
        alerts=alerts,
        screens=ScreenService(storage.database, board),
        supervision=SupervisionService(
            world,
            inbox.submit,
            views.live,
            storage.database,
            listens=settings.listen,
            person=privacy.pseudonyms.of,
        ),
        board_views=SavedViews(storage.database),
        health=health,
    )


@contextmanager
def _silence_as(told: type[Exception]) -> Iterator[None]:
    """Where words cannot be made into speech, a page is told so in its own way."""
    try:
        yield
    except (PromptError, OSError) as error:
        raise told(str(error)) from None


async def _spoken(names: SpokenNames, words: Mapping[str, Mapping[str, str]]) -> None:
    with _silence_as(NotSpoken):
        await names.render(words)


async def _rendered(names: SpokenNames, words: Mapping[str, Mapping[str, str]]) -> None:
    """In the languages that have a voice; whoever speaks another hears Latvian."""
    with _silence_as(NotSaid):
        await names.render({code: said for code, said in words.items() if code in VOICES})


async def _said(settings: Settings, text: str, language: str) -> bytes:
    with _silence_as(NotSaid):
        return await said(speaker(settings.speaker), text, language)


def _scan(settings: Settings) -> Callable[[bytes], Awaitable[None]]:
    """Of the sample data nothing is looked at, unless somebody wants to see how that is."""

    async def unseen(_: bytes) -> None:
        return None

    return unseen if settings.sample and settings.clamd is None else Scanner(settings.clamd).look


def _card(
    catalogue: CatalogueService, code: str, language: str, municipality: str
) -> Sequence[ServiceCard]:
    return catalogue.cards([code], locale=language, municipality=municipality)


def _handout(card: ServiceCard, of: HandoutOf, code: str) -> tuple[str, str]:
    return handout(texts.read()[code], card, of)


@asynccontextmanager
async def served(given: Ports, host: str, port: int) -> AsyncIterator[None]:
    """The panel answers while the block runs. Raises OSError if the port can't be had."""
    panel = build(given)
    runner = PanelRunner(panel, shutdown_timeout=2.0)
    await runner.setup()
    compiling = asyncio.create_task(asyncio.to_thread(prepare, panel), name="templates")
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
        yield
    finally:
        await runner.cleanup()
        await compiling


def _institutions(settings: Settings, accounts: AccountService) -> InstitutionService:
    providers = Providers(providers_of(paths.oidc(settings)))
    return InstitutionService(accounts, providers, Vault(partial(paths.account_keys, settings)))


def _turn(settings: Settings) -> Turn | None:
    secret = settings.turn_secret.get_secret_value()
    return Turn(settings.turn_urls, secret, settings.turn_only) if settings.turn_urls else None


def _panel_settings(settings: Settings) -> PanelSettings:
    demo, origin = _demo_phone(settings), settings.panel_origin
    elsewhere = settings.sip_websocket_url
    return PanelSettings(
        origin=origin,
        secure=origin.startswith("https://"),
        exchange=settings.exchange_url,
        demo_phone=replace(demo, websocket=settings.websocket_at("/demo/sip")) if demo else None,
        demo_exchange=demo.websocket if demo else "",
        phone_origins=(_origin(elsewhere),) if elsewhere else (),
        sockets=min(settings.max_sockets, _sockets_left(settings)),
        sockets_each=settings.max_sockets_each,
        metrics_from=("0.0.0.0/0", "::/0") if settings.metrics_open else LOOPBACK,
        trusted_proxies=settings.trusted_proxies,
        lock_s=settings.lock_min * 60,
        compiled=paths.templates(settings),
    )


def _sockets_left(settings: Settings) -> int:
    """Calls come first where the system allows fewer open files than are wanted."""
    wanted = open_files.of_service(settings.max_calls, settings.max_sockets)
    granted = open_files.raise_to(wanted)
    if granted < wanted:
        log.warning("few_open_files", action="few_open_files", granted=granted, wanted=wanted)
    return open_files.left_for_sockets(granted, settings.max_calls)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _demo_phone(settings: Settings) -> PhoneLogin | None:
    path = paths.demo_phone(settings)
    if not settings.sample or not path.exists():
        return None
    return PhoneLogin(**json.loads(path.read_text()))
