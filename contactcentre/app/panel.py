"""What the panel is given: its ports, kept by the running service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from agents_ui.app import Ports, build
from agents_ui.shell.port import Health, PanelSettings, PhoneLogin
from agents_ui.shell.render import prepare
from agents_ui.shell.server import BACKLOG, PanelRunner
from contactcentre import paths
from contactcentre.app.content import Content
from contactcentre.app.privacy import Privacy
from contactcentre.app.storage import Storage
from contactcentre.app.telephony import Telephony
from contactcentre.app.views import Views
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.inbox import Inbox
from contactcentre.features.abuse.service import AbuseList
from contactcentre.features.accounts.institutions import InstitutionService, providers_of
from contactcentre.features.accounts.oidc import Providers
from contactcentre.features.accounts.people import PeopleService
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.accounts.vault import Vault
from contactcentre.features.approvals.service import ApprovalService
from contactcentre.features.audit.refusals import AccessRefusals
from contactcentre.features.audit.room import AuditLog
from contactcentre.features.board.service import BoardService, GiveUp
from contactcentre.features.cases.beside_call import CasesBesideCall, own_promises
from contactcentre.features.cases.service import CaseService
from contactcentre.features.catalogue.missed import MissedSearches
from contactcentre.features.citizens.service import CitizenService
from contactcentre.features.crisis.confirmation import CrisisConfirmation
from contactcentre.features.crisis.service import CrisisService
from contactcentre.features.desk.day import DayService
from contactcentre.features.desk.phone_secret import PhoneSecrets
from contactcentre.features.desk.service import DeskService
from contactcentre.features.desk.turn import Turn
from contactcentre.features.limits.service import LimitsService
from contactcentre.features.messages.service import MessageService
from contactcentre.features.publication.proposal import problems_with
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
    give_up: GiveUp,
    alarms: Callable[[], tuple[Alarm, ...]],
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
        days=DayService(storage.database, world, promised=own_promises(storage.database)),
        open_cases=CasesBesideCall(storage.database, world.calls, person=privacy.pseudonyms.of),
        messages=MessageService(
            storage.database, telephony.messages, world.calls, person=privacy.pseudonyms.of
        ),
        catalogue=content.catalogue,
        services=content.catalogue,
        missed=missed,
        missing=missed,
        crisis=CrisisService(world, inbox, views.live, storage.database, confirmation),
        people=PeopleService(accounts, ended=sessions_ended),
        approvals=approvals,
        audit=AuditLog(storage.database, approvals, seal=privacy.sealer.look),
        abuse=abuse,
        cases=CaseService(
            storage.database,
            world,
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
        personal=privacy.personal,
        refusals=AccessRefusals(storage.database),
        board=BoardService(
            world,
            views.figures,
            views.live,
            views.decisions,
            submit=inbox.submit,
            give_up=give_up,
            alarms=alarms,
        ),
        health=health,
    )


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
    return Turn(settings.turn_urls, secret) if settings.turn_urls else None


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
