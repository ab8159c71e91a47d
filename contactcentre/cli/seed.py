"""The sample data: a network of real places with invented people, to try everything out.

Only ever loaded into a database that is empty or holds sample data; what was edited there since
stays (see `sample`). Every account gets a password
of its own, made at the first loading and kept beside the database for its owner alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import structlog
from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre import paths
from contactcentre.cli import sample
from contactcentre.cli.command import program
from contactcentre.cli.console import telling
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.catalogue import document as catalogue
from contactcentre.features.crisis import document as crisis_plans
from contactcentre.features.publication import callback_rules, offer_rules
from contactcentre.features.publication.values import convert
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.settings import get, put
from routing.circles import Ring
from routing.model import Device, Level
from routing.overflow import Overflow, Way

log = structlog.get_logger(__name__)

SAMPLE = "sample_data"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike

Texts = Mapping[str, str]
Hours = tuple[tuple[str, str], ...]
Row = dict[str, Any]


class NotSample(Exception):
    """The database holds real data; nothing was changed."""


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Centre(_Strict, frozen=True):
    """A customer service centre."""

    centre_id: str
    name: str
    municipality_id: str
    calendar_id: str | None = None
    afar_per_hour: int | None = None


class Hotline(_Strict, frozen=True):
    """A number that citizens dial."""

    number: str
    flow: str
    labels: Texts
    centre_id: str | None = None
    calendar_id: str | None = None


class Queue(_Strict, frozen=True):
    """A matter; the promises are those of `routing.model.Queue`."""

    queue_id: str
    labels: Texts
    skills: Mapping[str, int] = {}
    services: tuple[str, ...] = ()
    answer_within_s: float = 30.0
    short_abandon_s: float = 5.0
    ring_s: float = 20.0
    wrap_up_s: float = 60.0
    head_start_s: float = 0.0
    announce_s: float = 60.0
    rings: tuple[Ring, ...] = ()
    level: Level = "state"
    keys: Mapping[str, Way] = {}
    overflow: tuple[Overflow, ...] = ()
    offer_callback_after_s: float = 0.0
    keep_place_s: float = 600.0


class Calendar(_Strict, frozen=True):
    """Opening hours: for each day, from and to as HH:MM; `storage.hours` reads them."""

    calendar_id: str
    weekly: Mapping[str, Hours]
    exceptions: Mapping[str, Hours] = {}
    public_holidays: bool = True
    moved_days: bool = True
    eve_shorter_min: int = 0


class DayOff(_Strict, frozen=True):
    """A holiday for once, or a working day that was moved."""

    day: str
    worked_on: str | None = None


class Agent(_Strict, frozen=True):
    """Somebody who answers calls, and their log-in."""

    agent_id: str
    username: str
    name: str
    centre_id: str
    endpoint: str
    skills: Mapping[str, int]
    languages: Mapping[str, int]
    device: Device = "browser"
    mobile: str | None = None
    reserve: bool = False


class CrisisPlan(crisis_plans.Document, frozen=True, kw_only=True):
    """What one switch sets in a crisis."""

    plan_id: str


class Staff(_Strict, frozen=True):
    """Somebody else who may log in."""

    username: str
    name: str
    role: Literal["supervisor", "admin"]
    centre_id: str | None = None


class Document(_Strict, frozen=True):
    """The file `network.yaml`."""

    regions: tuple[Mapping[str, str], ...]
    municipalities: tuple[Mapping[str, str], ...]
    centres: tuple[Centre, ...]
    hotlines: tuple[Hotline, ...]
    queues: tuple[Queue, ...]
    calendars: tuple[Calendar, ...]
    callbacks: Mapping[str, Any]
    days_off: tuple[DayOff, ...]
    agents: tuple[Agent, ...]
    staff: tuple[Staff, ...]
    crisis_plans: tuple[CrisisPlan, ...] = ()
    offers: Mapping[str, int | float | None] = {}  # what differs from `OfferRules`


class _Files(_Strict, frozen=True):
    """Everything as it stands on the disk."""

    document: Document
    services: tuple[catalogue.Service, ...]
    flows: Mapping[str, str]
    digest: str


app = program("seed")


@app.default
@telling(NotSample)
async def seed_once(*, settings: Settings) -> None:
    """What was edited since stays."""
    await seed(settings)


async def seed(settings: Settings, *, passwords: Passwords | None = None) -> None:
    """Load the sample data of `settings.config`, where it has changed. Raises NotSample."""
    files = await asyncio.to_thread(_read, settings.config)
    async with database.opened(settings.database) as engine:
        async with engine.begin() as connection:
            await _refuse_real_data(connection)
            if await get(connection, SAMPLE) != files.digest:
                report = await sample.load(connection, _rows(files), files.flows, at=time.time())
                await put(connection, SAMPLE, files.digest)
                log.info("seed.loaded", agents=len(files.document.agents))
                for line in sample.lines(report):
                    log.warning("seed.differs", row=line)
        accounts = AccountService(engine, passwords=passwords)
        there = await _usernames(engine)
        await _open_accounts(accounts, files.document, there, paths.sample_logins(settings))


def _read(config: Path) -> _Files:
    paths = [config / "seed" / "network.yaml", config / "seed" / "services.yaml"]
    flows = sorted((config / "flows").glob("*.yaml"))
    texts = {path: path.read_text("utf-8") for path in (*paths, *flows)}
    document = convert(msgspec.yaml.decode(texts[paths[0]]), Document)
    callback_rules.read(document.callbacks)
    offer_rules.read(document.offers)
    return _Files(
        document=document,
        services=catalogue.parse(texts[paths[1]]),
        flows={path.stem: texts[path] for path in flows},
        digest=hashlib.sha256("\0".join(texts.values()).encode()).hexdigest(),
    )


async def _refuse_real_data(connection: AsyncConnection) -> None:
    if await get(connection, SAMPLE):
        return
    for table in (models.users, models.centres, models.contacts):
        if await connection.scalar(select(func.count()).select_from(table)):
            raise NotSample(
                "this database holds real data (a production install): sample data is only for "
                "an empty one. Nothing was changed; use another CC_DATABASE_URL to try things out."
            )


def _rows(files: _Files) -> Mapping[Table, Sequence[Row]]:
    document = files.document
    return {
        models.regions: _plain(document.regions),
        models.municipalities: _plain(document.municipalities),
        models.calendars: _plain(document.calendars),
        models.days_off: _plain(document.days_off),
        models.centres: _plain(document.centres),
        models.hotlines: _plain(document.hotlines),
        models.queues: [
            {"position": number, **row} for number, row in enumerate(_plain(document.queues))
        ],
        models.settings: [
            {"key": callback_rules.KEY, "value": dict(document.callbacks)},
            {"key": offer_rules.KEY, "value": dict(document.offers)},
        ],
        models.agents: [_agent(agent) for agent in document.agents],
        models.services: [catalogue.to_row(service) for service in files.services],
        models.crisis_plans: [
            _crisis_plan(number, plan) for number, plan in enumerate(document.crisis_plans)
        ],
    }


def _plain(items: Sequence[object]) -> list[Row]:
    rows: list[Row] = msgspec.to_builtins(items)
    return rows


def _agent(agent: Agent) -> Row:
    row: Row = msgspec.to_builtins(agent)
    del row["username"]
    return {**row, "active": True}


def _crisis_plan(number: int, plan: CrisisPlan) -> Row:
    document: Row = msgspec.to_builtins(plan)
    return {"plan_id": document.pop("plan_id"), "position": number, "document": document}


async def _usernames(engine: AsyncEngine) -> frozenset[str]:
    async with engine.connect() as connection:
        return frozenset((await connection.execute(select(models.users.c.username))).scalars())


async def _open_accounts(
    accounts: AccountService, document: Document, there: frozenset[str], path: Path
) -> None:
    """Make the accounts that are missing, and the file that lists them."""
    kept = await asyncio.to_thread(_known, path)
    people = _people(document)
    for person in people:
        username = person["username"]
        if username in there and username in kept:
            continue
        kept[username] = _password()
        if username in there:
            await accounts.set_password(username, kept[username])
        else:
            await accounts.create_user(password=kept[username], **person)
    lines = [f"{one['username']:<20}  {kept[one['username']]}  {one['role']}" for one in people]
    await asyncio.to_thread(_write, path, "\n".join(lines) + "\n")


def _people(document: Document) -> list[Row]:
    agents = [
        {
            "username": agent.username,
            "name": agent.name,
            "role": "agent",
            "agent_id": agent.agent_id,
            "centre_id": agent.centre_id,
        }
        for agent in document.agents
    ]
    return [*agents, *_plain(document.staff)]


def _password() -> str:
    parts = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    return "-".join(parts)


def _known(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (line.split() for line in path.read_text("utf-8").splitlines())
    return {line[0]: line[1] for line in lines if len(line) >= 2}


def _write(path: Path, text: str) -> None:
    """Replace the file at once; it is never readable by others, not even while it is written."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
