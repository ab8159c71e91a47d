"""A hotline with hundreds of accounts in its database, for benchmarks: agents and supervisors.

Agents are `b1000`, `b1001` and so on with the telephones of `hotline_phones`, supervisors `s0`,
`s1` and so on. Rows are written past the service, as they lie there when it starts.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hotline_phones import FIRST
from sqlalchemy import Table

from contactcentre.features.agents.document import table_phone
from contactcentre.features.menus import store as menus
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.telephony.directory import Directory, DirectoryPhone

NOBODY = "-"
"""In place of the hash of a password: nobody is let in by it."""

NUMBER = "60000100"
QUEUES = ("general", "taxes")
"""Everybody can do everything; the menu leads to the first."""

Row = dict[str, Any]

_MENU = Path(__file__).parent / "flows" / "one-menu.yaml"

_LABELS = {"lv": "Tālrunis", "en": "Hotline"}
_PLACE: Mapping[Table, Row] = {
    models.regions: {"region_id": "r1", "name": "Reģions"},
    models.municipalities: {"municipality_id": "m1", "name": "Novads", "region": "r1"},
    models.centres: {"centre_id": "c1", "name": "Centrs", "municipality": "m1"},
    models.trunks: {"trunk_id": "street", "peers": ["127.0.0.2"]},
    models.hotlines: {"number": NUMBER, "flow": "hotline", "labels": _LABELS},
}


def agent_ids(agents: int) -> tuple[str, ...]:
    """Of so many agents; the telephone of `b1000` is `b-1000`."""
    return tuple(f"b{number}" for number in range(FIRST, FIRST + agents))


def supervisor_ids(supervisors: int) -> tuple[str, ...]:
    """They are user names and ids alike, as the agents' are."""
    return tuple(f"s{number}" for number in range(supervisors))


def phones(agents: int, browsers: int = 0) -> tuple[DirectoryPhone, ...]:
    """Their telephones: of the last so many in a browser, of the others on their tables."""
    names = [f"b-{number}" for number in range(FIRST, FIRST + agents)]
    on_tables = agents - browsers
    return (
        *(DirectoryPhone(table_phone(name), "desk") for name in names[:on_tables]),
        *(DirectoryPhone(name, "browser") for name in names[on_tables:]),
    )


def enrol(path: Path, everyones: Sequence[DirectoryPhone], answering: int, secret: str) -> None:
    """Make the directory, with a telephone for everybody, as the launcher does; the first so many
    have this password."""
    directory = Directory(path)
    directory.create()
    directory.provision(everyones)
    for phone in everyones[:answering]:
        directory.enrol(phone.endpoint, secret, kind="desk")


def pages(origin: str, agents: int, answering: int, boards: int) -> Mapping[str, object]:
    """What `full_day_pages` is asked for: desks of so many agents, the first of whom answer."""
    return {"origin": origin, "agents": agents, "answering": answering, "boards": boards}


def token(user_id: str) -> str:
    """The cookie of the session that `open_sessions` begins for somebody."""
    return f"the-session-of-{user_id}"


async def settle(
    settings: Settings,
    agents: int,
    supervisors: int,
    *,
    browsers: int = 0,
    wrap_up_s: float,
    password_hash: str,
) -> None:
    """A number with a menu, queues, agents, and accounts, which all have one password; the last so
    many agents answer in a browser."""
    await database.migrate(settings.database)
    names = agent_ids(agents)
    roles = dict.fromkeys(names, "agent") | dict.fromkeys(supervisor_ids(supervisors), "supervisor")
    tables: dict[Table, Sequence[Row]] = {
        **{table: documents.rows(table, [document]) for table, document in _PLACE.items()},
        models.queues: documents.rows(models.queues, list(_queues(wrap_up_s))),
        models.agents: documents.rows(
            models.agents, [_agent(phone) for phone in phones(agents, browsers)]
        ),
        models.users: [_user(name, role, password_hash) for name, role in roles.items()],
        models.grants: [_grant(name, role) for name, role in roles.items()],
    }
    async with database.opened(settings.database) as engine, engine.begin() as connection:
        await documents.save(connection, tables)
        await menus.keep(
            connection, "hotline", _MENU.read_text(), by="benchmark", comment="", at=time.time()
        )


async def open_sessions(settings: Settings, users: Sequence[str]) -> None:
    """Everybody is logged in; whoever has the cookie `token` is that user."""
    at = time.time()
    rows = [
        {"token_hash": _hashed(token(user)), "user_id": user, "started_at": at, "used_at": at}
        for user in users
    ]
    async with database.opened(settings.database) as engine, engine.begin() as connection:
        await database.upsert(connection, models.sessions, rows)


def _queues(wrap_up_s: float) -> Iterator[Row]:
    for name in QUEUES:
        rules = {"ring_s": 15.0, "wrap_up_s": wrap_up_s, "announce_s": 0.0}
        yield {"queue_id": name, "labels": {"lv": name, "en": name}, **rules}


def _agent(phone: DirectoryPhone) -> Row:
    name = phone.endpoint.removesuffix("-table")
    return {
        "agent_id": name.replace("-", ""),
        "name": f"Agent {name}",
        "centre_id": "c1",
        "endpoint": name,
        "languages": {"lv": 3},
        "device": phone.kind,
    }


def _grant(user_id: str, role: str) -> Row:
    at = time.time()
    key = {"user_id": user_id, "role": role, "realm": "network", "realm_id": ""}
    return {**key, "granted_at": at, "granted_by": "benchmark"}


def _user(name: str, role: str, password_hash: str) -> Row:
    return {
        "user_id": name,
        "username": name,
        "name": name,
        "agent_id": name if role == "agent" else None,
        "centre_id": "c1",
        "locale": "lv",
        "password_hash": password_hash,
        "active": True,
        "created_at": time.time(),
    }


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
