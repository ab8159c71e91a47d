"""The sample data: a network of real places with invented people, to try everything out.

Only ever loaded into a database that is empty or holds sample data; what was edited there since
stays (see `sample`). The documents are those of a network, checked as those of a real one before
anything is written. Every account gets a password of its own, made at the first loading and kept
beside the database for its owner alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.shell.port import Role
from contactcentre import paths
from contactcentre.cli import sample
from contactcentre.cli.command import program
from contactcentre.cli.console import telling
from contactcentre.core.config import document
from contactcentre.core.config.document import Refused, Written
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.alerts import store as alerts
from contactcentre.features.alerts.service import usual_rules
from contactcentre.features.catalogue import document as catalogue
from contactcentre.features.publication.draft import RULES, Draft
from contactcentre.features.publication.network import network_of
from contactcentre.features.quality import documents as quality
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.storage.audit import SHELL
from contactcentre.storage.settings import get, put

log = structlog.get_logger(__name__)

SAMPLE = "sample_data"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike

Row = dict[str, Any]


class NotSample(Exception):
    """The database holds real data; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    """Somebody who may log in."""

    username: str
    name: str
    role: Role = "agent"
    agent_id: str | None = None
    centre_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """Everything as it stands on the disk."""

    rows: Mapping[Table, Sequence[Row]]
    flows: Mapping[str, str]
    people: Sequence[LogIn]
    digest: str


app = program("seed")


@app.default
@telling(NotSample)
async def seed_once(*, settings: Settings) -> None:
    """What was edited since stays."""
    await seed(settings)


async def seed(settings: Settings, *, passwords: Passwords | None = None) -> None:
    """Load the sample data of `settings.config`, where it has changed.

    Raises `NotSample`, or `Refused` for files that do not hold together.
    """
    files = await asyncio.to_thread(_read, settings.config)
    async with database.opened(settings.database) as engine:
        async with engine.begin() as connection:
            await _refuse_real_data(connection)
            if await get(connection, SAMPLE) is None:
                await _begin_alerts(connection, settings.config / "starter" / "alerts.yaml")
                await _begin_quality(connection, settings.config / "starter" / "quality.yaml")
            if await get(connection, SAMPLE) != files.digest:
                report = await sample.load(connection, files.rows, files.flows, at=time.time())
                await put(connection, SAMPLE, files.digest)
                log.info("seed.loaded", agents=len(files.rows[models.agents]))
                for line in sample.lines(report):
                    log.warning("seed.differs", row=line)
        accounts = AccountService(engine, passwords=passwords)
        there = await _usernames(engine)
        await _open_accounts(accounts, files.people, there, paths.sample_logins(settings))


async def _begin_alerts(connection: AsyncConnection, path: Path) -> None:
    """The usual rules, at the first loading: what became of them since is people's own."""
    for rule in await asyncio.to_thread(usual_rules, path):
        rule_id = secrets.token_hex(16)
        await alerts.put(connection, rule_id, rule, at=time.time(), by=SHELL)


async def _begin_quality(connection: AsyncConnection, path: Path) -> None:
    """The same of scorecards, and of how talks are drawn."""
    made = await asyncio.to_thread(quality.starter, path)
    await quality.begin(connection, made, at=time.time(), by=SHELL)


def _read(config: Path) -> _Files:
    network, services = config / "seed" / "network.yaml", config / "seed" / "services.yaml"
    not_ours = config / "seed" / "not_ours.yaml"
    menus = sorted((config / "flows").glob("*.yaml"))
    texts = {path: path.read_text("utf-8") for path in (network, services, not_ours, *menus)}
    flows = {path.stem: texts[path] for path in menus}
    draft, people = _network(document.parse(texts[network], network.name), flows)
    catalogue.parse(texts[services], services.name)
    rows = {table: documents.rows(table, draft.of(table)) for table in models.NETWORK}
    rows[models.services] = documents.rows(models.services, document.parse(texts[services], ""))
    phrases = document.read(
        tuple[Written, ...], document.parse(texts[not_ours], not_ours.name), not_ours.name
    )
    rows[models.not_ours] = documents.rows(models.not_ours, [{"phrase": one} for one in phrases])
    rows[models.settings] = [{"key": key, "value": value} for key, value in draft.settings.items()]
    digest = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()
    return _Files(rows=rows, flows=flows, people=people, digest=digest)


def _network(given: object, flows: Mapping[str, str]) -> tuple[Draft, list[LogIn]]:
    """The file `network.yaml` as an editor's draft, checked, and who may log in.

    Raises `Refused`.
    """
    written = document.read(dict[str, Any], given, "network.yaml")
    rows = {
        name: document.read(list[dict[str, Any]], written.pop(name, []), name)
        for name in (*(table.name for table in models.NETWORK), "staff")
    }
    rules = {key: written.pop(key) for key in RULES if key in written}
    if written:
        raise Refused(f"network.yaml, {key}: is not a known key" for key in written)
    people = _people(rows[models.agents.name], rows.pop("staff"))
    rows[models.flows.name] = [
        {"name": name, "version": 1, "document": text, "in_force": True}
        for name, text in flows.items()
    ]
    draft = Draft(version=0, rows=rows, settings=rules)
    network_of(draft)
    return draft, people


def _people(agents: Sequence[Row], staff: Sequence[Row]) -> list[LogIn]:
    """An agent's user name stands in the file beside the document, not in it."""
    shared = ("name", "agent_id", "centre_id")
    answering = [
        {"username": agent.pop("username", None), **{name: agent.get(name) for name in shared}}
        for agent in agents
    ]
    return [
        *document.read(tuple[LogIn, ...], answering, "agents"),
        *document.read(tuple[LogIn, ...], staff, "staff"),
    ]


async def _refuse_real_data(connection: AsyncConnection) -> None:
    if await get(connection, SAMPLE):
        return
    for table in (models.users, models.centres, models.contacts):
        if await connection.scalar(select(func.count()).select_from(table)):
            raise NotSample(
                "this database holds real data (a production install): sample data is only for "
                "an empty one. Nothing was changed; use another CC_DATABASE_URL to try things out."
            )


async def _usernames(engine: AsyncEngine) -> frozenset[str]:
    async with engine.connect() as connection:
        return frozenset((await connection.execute(select(models.users.c.username))).scalars())


async def _open_accounts(
    accounts: AccountService, people: Sequence[LogIn], there: frozenset[str], path: Path
) -> None:
    """Make the accounts that are missing, and the file that lists them."""
    kept = await asyncio.to_thread(_known, path)
    for person in people:
        username = person.username
        if username in there and username in kept:
            continue
        kept[username] = _password()
        if username in there:
            await accounts.set_password(username, kept[username], sample=True)
        else:
            await accounts.create_user(password=kept[username], sample=True, **asdict(person))
    lines = [f"{one.username:<20}  {kept[one.username]}  {one.role}" for one in people]
    await asyncio.to_thread(_write, path, "\n".join(lines) + "\n")


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
