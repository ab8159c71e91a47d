"""The panel, put together."""

from __future__ import annotations

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
from agents_ui.approvals import page as approvals
from agents_ui.approvals.port import Approvals
from agents_ui.audit import page as audit
from agents_ui.audit.port import AuditRoom
from agents_ui.board import page as board
from agents_ui.board.port import Board
from agents_ui.cases import page as cases
from agents_ui.cases.port import CaseRoom
from agents_ui.crisis import page as crisis
from agents_ui.crisis.port import CrisisRoom
from agents_ui.demo_phone import page as demo_phone
from agents_ui.desk import page as desk
from agents_ui.desk.port import Catalogue, Days, Desks, Messages, Misses, OpenCases, PastContacts
from agents_ui.entrance import form as entrance_form
from agents_ui.entrance import institution, passkey, second
from agents_ui.entrance import page as entrance
from agents_ui.entrance.port import Institutions
from agents_ui.limits import page as limits
from agents_ui.limits.port import LimitsRoom
from agents_ui.person import page as person
from agents_ui.person.port import PersonalRoom
from agents_ui.services import page as services
from agents_ui.services.port import Missing, ServiceCards
from agents_ui.shell import assets, bodies, files, headers, health, keys, relay, render, texts
from agents_ui.shell.admission import admit_by_table
from agents_ui.shell.boundary import answer_errors, write_down
from agents_ui.shell.forgery import refuse_forgeries
from agents_ui.shell.live import MESSAGE_LIMIT, LinkPace, Links, Said
from agents_ui.shell.port import Accounts, Health, PanelSettings, RefusedAccess
from agents_ui.shell.server import count, keep_in_bounds
from agents_ui.trunks import page as trunks
from agents_ui.trunks.port import TrunkRoom

PAGES = (
    entrance,
    second,
    passkey,
    institution,
    account,
    passkeys,
    desk,
    board,
    crisis,
    people,
    approvals,
    cases,
    services,
    abuse,
    trunks,
    limits,
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
    open_cases: OpenCases
    days: Days
    messages: Messages
    catalogue: Catalogue
    board: Board
    crisis: CrisisRoom
    people: People
    refusals: RefusedAccess
    approvals: Approvals
    services: ServiceCards
    missed: Misses
    missing: Missing
    abuse: AbuseRoom
    cases: CaseRoom
    trunks: TrunkRoom
    limits: LimitsRoom
    audit: AuditRoom
    personal: PersonalRoom
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
    app[desk.DAYS] = ports.days
    app[desk.OPEN_CASES] = ports.open_cases
    app[desk.CATALOGUE] = ports.catalogue
    app[desk.MESSAGES] = ports.messages
    app[board.BOARD] = ports.board
    app[board.SAID], app[desk.HOTLINE_SAID] = {}, Said()
    app[crisis.CRISIS] = ports.crisis
    app[people.PEOPLE] = ports.people
    app[approvals.APPROVALS] = ports.approvals
    app[services.SERVICES] = ports.services
    app[services.MISSING] = ports.missing
    app[desk.MISSES] = ports.missed
    app[abuse.ABUSE] = ports.abuse
    app[cases.CASES] = ports.cases
    app[trunks.TRUNKS] = ports.trunks
    app[limits.LIMITS] = ports.limits
    app[audit.AUDIT] = ports.audit
    app[person.PERSONAL] = ports.personal
    for module in (files, health, *PAGES):
        app.add_routes(module.routes)
    app.cleanup_ctx.append(relay.ready)
    app.on_response_prepare.append(headers.add)
    app.on_shutdown.append(_end_links)
    return app


async def _end_links(app: web.Application) -> None:
    app[keys.LINKS].end_all()
