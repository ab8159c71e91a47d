"""The panel, put together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from agents_ui.abuse import page as abuse
from agents_ui.abuse.port import AbuseRoom
from agents_ui.account import page as account
from agents_ui.account import passkeys
from agents_ui.account.port import FactorKeeper, OwnAccount, PasskeyKeeper
from agents_ui.accounts import page as people
from agents_ui.accounts.port import People
from agents_ui.alerts import page as alerts
from agents_ui.alerts.port import AlertRoom
from agents_ui.answer import page as answer
from agents_ui.answer.port import OwnerLinks
from agents_ui.approvals import page as approvals
from agents_ui.approvals.port import Approvals
from agents_ui.audit import page as audit
from agents_ui.audit.port import AuditRoom
from agents_ui.board import page as board
from agents_ui.board.changes import Stories
from agents_ui.board.port import Board, BoardViews
from agents_ui.cases import attachments
from agents_ui.cases import page as cases
from agents_ui.cases.port import AttachmentRoom, CaseRoom, EventRoom
from agents_ui.crisis import page as crisis
from agents_ui.crisis.port import CrisisRoom
from agents_ui.demo_phone import page as demo_phone
from agents_ui.desk import page as desk
from agents_ui.desk.port import (
    CallersCases,
    CardUpkeep,
    Catalogue,
    Days,
    Desks,
    Handouts,
    Messages,
    Misses,
    PastContacts,
    WhoCalls,
)
from agents_ui.entrance import form as entrance_form
from agents_ui.entrance import institution, passkey, second
from agents_ui.entrance import page as entrance
from agents_ui.entrance.port import Institutions
from agents_ui.limits import page as limits
from agents_ui.limits.port import LimitsRoom
from agents_ui.menus import page as menus
from agents_ui.menus.port import MenuRoom
from agents_ui.network import page as network
from agents_ui.network import tables
from agents_ui.network.port import DeskPhones, NetworkRoom, TableRoom
from agents_ui.notices import page as notices
from agents_ui.notices.port import NoticeRoom
from agents_ui.person import page as person
from agents_ui.person.port import PersonalRoom, PersonRecords
from agents_ui.quality import documents as quality_documents
from agents_ui.quality import own as own_assessments
from agents_ui.quality import page as quality
from agents_ui.quality import scripted
from agents_ui.quality.port import (
    AssessmentRoom,
    OwnAssessments,
    QualityDocuments,
    ScriptedCalls,
)
from agents_ui.recordings import page as recordings
from agents_ui.recordings.port import RecordingRoom
from agents_ui.reports import page as reports
from agents_ui.reports import schedules
from agents_ui.reports.port import ReportRoom, ReportSchedules
from agents_ui.services import files as card_files
from agents_ui.services import page as services
from agents_ui.services.port import CardFiles, Missing, ServiceCards
from agents_ui.shell import assets, bodies, files, headers, health, keys, relay, render, texts
from agents_ui.shell.admission import admit_by_table, give_room
from agents_ui.shell.boundary import answer_errors, write_down
from agents_ui.shell.forgery import refuse_forgeries
from agents_ui.shell.live import MESSAGE_LIMIT, LinkPace, Links, Said
from agents_ui.shell.port import Accounts, Health, PanelSettings, RefusedAccess
from agents_ui.shell.server import count, keep_in_bounds
from agents_ui.staffing import page as staffing
from agents_ui.staffing.port import StaffingRoom
from agents_ui.supervision import page as supervision
from agents_ui.supervision.port import Supervision
from agents_ui.trunks import page as trunks
from agents_ui.trunks.port import TrunkRoom
from agents_ui.upkeep import page as upkeep
from agents_ui.upkeep.port import UpkeepRoom
from agents_ui.wallboard import page as wallboard
from agents_ui.wallboard.port import Screens

PAGES = (
    entrance,
    second,
    passkey,
    institution,
    account,
    passkeys,
    desk,
    board,
    supervision,
    wallboard,
    crisis,
    notices,
    people,
    alerts,
    approvals,
    cases,
    attachments,
    reports,
    recordings,
    schedules,
    staffing,
    services,
    card_files,
    upkeep,
    answer,
    own_assessments,
    quality_documents,
    scripted,
    quality,
    abuse,
    trunks,
    limits,
    tables,
    network,
    menus,
    audit,
    person,
    demo_phone,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything that the panel is given."""

    settings: PanelSettings
    accounts: Accounts
    own: OwnAccount
    factors: FactorKeeper
    passkeys: PasskeyKeeper
    institutions: Institutions
    desks: Desks
    history: PastContacts
    who_calls: WhoCalls
    callers_cases: CallersCases
    days: Days
    handouts: Handouts
    messages: Messages
    catalogue: Catalogue
    board: Board
    supervision: Supervision
    board_views: BoardViews
    screens: Screens
    crisis: CrisisRoom
    notices: NoticeRoom
    people: People
    refusals: RefusedAccess
    alerts: AlertRoom
    approvals: Approvals
    services: ServiceCards
    missed: Misses
    missing: Missing
    card_files: CardFiles
    card_upkeep: CardUpkeep
    upkeep: UpkeepRoom
    owner_links: OwnerLinks
    assessments: AssessmentRoom
    own_assessments: OwnAssessments
    quality_documents: QualityDocuments
    scripted: ScriptedCalls
    abuse: AbuseRoom
    cases: CaseRoom
    events: EventRoom
    attachments: AttachmentRoom
    trunks: TrunkRoom
    limits: LimitsRoom
    network: NetworkRoom
    desk_phones: DeskPhones
    tables: TableRoom
    menus: MenuRoom
    audit: AuditRoom
    personal: PersonalRoom
    records: PersonRecords
    reports: ReportRoom
    recordings: RecordingRoom
    schedules: ReportSchedules
    staffing: StaffingRoom
    health: Health


def build(
    ports: Ports,
    *,
    pace: LinkPace | None = None,
    read_assets: Callable[[], assets.Assets] | None = None,
    languages: Mapping[str, texts.Language] | None = None,
) -> web.Application:
    """The panel over these ports.

    Run it by `agents_ui.shell.server.PanelRunner`.
    `read_assets` is asked at every request; by default the files are read once, now.
    """
    bodies.refuse_broken_parts()
    app = web.Application(
        middlewares=[
            write_down,
            answer_errors,
            keep_in_bounds,
            give_room,
            refuse_forgeries,
            admit_by_table,
        ],
        client_max_size=MESSAGE_LIMIT,
    )
    app[keys.SETTINGS] = ports.settings
    count(app, ports.settings)
    app[keys.ACCOUNTS] = ports.accounts
    app[account.OWN] = ports.own
    app[account.FACTORS] = ports.factors
    app[passkeys.PASSKEYS] = ports.passkeys
    app[entrance_form.INSTITUTIONS] = ports.institutions
    app[keys.REFUSALS] = ports.refusals
    app[keys.HEALTH] = ports.health
    app[keys.PACE] = pace or LinkPace()
    app[keys.LINKS] = Links()
    app[keys.ASSETS] = read_assets or assets.unchanging()
    app[keys.LANGUAGES] = languages or texts.read()
    app[keys.TEMPLATES] = render.environments(
        app[keys.LANGUAGES], app[keys.ASSETS], ports.settings.compiled
    )
    app[keys.SHIFTS] = app[desk.DESKS] = ports.desks
    app[desk.HISTORY] = ports.history
    app[desk.WHO_CALLS] = ports.who_calls
    app[desk.DAYS] = ports.days
    app[desk.HANDOUTS] = ports.handouts
    app[desk.CALLERS_CASES] = ports.callers_cases
    app[desk.CATALOGUE] = ports.catalogue
    app[desk.MESSAGES] = ports.messages
    app[board.BOARD] = ports.board
    app[supervision.SUPERVISION] = ports.supervision
    app[board.VIEWS] = ports.board_views
    app[wallboard.SCREENS] = ports.screens
    app[board.TOLD], app[desk.HOTLINE_SAID] = Stories(), Said()
    app[crisis.CRISIS] = ports.crisis
    app[notices.NOTICES] = ports.notices
    app[people.PEOPLE] = ports.people
    app[alerts.ALERTS] = ports.alerts
    app[approvals.APPROVALS] = ports.approvals
    app[services.SERVICES] = ports.services
    app[services.MISSING] = ports.missing
    app[card_files.FILES] = ports.card_files
    app[card_files.LOADS] = asyncio.Semaphore(card_files.AT_ONCE)
    app[desk.MISSES] = ports.missed
    app[desk.UPKEEP] = ports.card_upkeep
    app[upkeep.UPKEEP] = ports.upkeep
    app[answer.LINKS] = ports.owner_links
    app[quality.ASSESSMENTS] = ports.assessments
    app[own_assessments.OWN_ASSESSMENTS] = ports.own_assessments
    app[quality_documents.QUALITY_DOCUMENTS] = ports.quality_documents
    app[scripted.SCRIPTED] = ports.scripted
    app[abuse.ABUSE] = ports.abuse
    app[cases.CASES] = ports.cases
    app[cases.EVENTS] = ports.events
    app[attachments.ATTACHMENTS] = ports.attachments
    app[attachments.UPLOADS] = asyncio.Semaphore(attachments.AT_ONCE)
    app[trunks.TRUNKS] = ports.trunks
    app[limits.LIMITS] = ports.limits
    app[network.NETWORK] = ports.network
    app[network.DESK_PHONES] = ports.desk_phones
    app[tables.TABLES] = ports.tables
    app[menus.MENUS] = ports.menus
    app[audit.AUDIT] = ports.audit
    app[person.PERSONAL] = ports.personal
    app[person.RECORDS] = ports.records
    app[reports.REPORTS] = ports.reports
    app[recordings.RECORDINGS] = ports.recordings
    app[schedules.SCHEDULES] = ports.schedules
    app[staffing.STAFFING] = ports.staffing
    for module in (files, health, *PAGES):
        app.add_routes(module.routes)
    app.cleanup_ctx.append(relay.ready)
    app.on_response_prepare.append(headers.add)
    app.on_shutdown.append(_end_links)
    return app


async def _end_links(app: web.Application) -> None:
    app[keys.LINKS].end_all()
