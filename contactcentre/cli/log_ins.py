"""Log-ins that a file of the network names: made with a first password each, shown in no log."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import NETWORK, Realm
from contactcentre import paths
from contactcentre.cli.seed import LogIn
from contactcentre.core.config import document
from contactcentre.features.accounts.leaked import LeakedPasswords
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.service import AccountService
from contactcentre.settings import Settings
from contactcentre.storage import tables as models

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


def read(people: Iterable[Mapping[str, Any]]) -> tuple[LogIn, ...]:
    """Those that a file names. Raises `Refused`."""
    return document.read(tuple[LogIn, ...], list(people), "log-in")


async def missing(engine: AsyncEngine, people: Sequence[LogIn]) -> list[LogIn]:
    """Those that are not there yet, by their user name or by their agent."""
    users = models.users.c
    async with engine.connect() as connection:
        rows = list(await connection.execute(select(users.username, users.agent_id)))
    names, agents = {row.username for row in rows}, {row.agent_id for row in rows if row.agent_id}
    return [
        one for one in people if one.username.casefold() not in names and one.agent_id not in agents
    ]


async def make(
    engine: AsyncEngine, people: Sequence[LogIn], into: Path, settings: Settings, *, by: str
) -> None:
    """Make them; `into` (a new file, for its owner alone) has user names and first passwords.

    A password is written down before its log-in is made. Raises OSError where the file is there.
    """
    leaked = LeakedPasswords(*paths.leaked_passwords(settings))
    accounts = AccountService(engine, passwords=Passwords(leaked=leaked))
    given = {one.username: _password() for one in people}
    lines = (f"{one.username};{given[one.username]};{one.name}" for one in people)
    write_private(into, "\n".join(("username;password;name", *lines)) + "\n", new=True)
    for one in people:
        own = one.centre_id if one.role == "agent" else None
        realm: Realm = ("centre", own) if own else NETWORK
        await accounts.create_user(
            one.username,
            given[one.username],
            name=one.name,
            role=one.role,
            realm=realm,
            agent_id=one.agent_id,
            centre_id=one.centre_id,
            first=True,
            by=by,
        )


def write_private(path: Path, text: str, *, new: bool = False) -> None:
    """A file for its owner alone; with `new`, none that is there already."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if new else os.O_TRUNC)
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", newline="") as file:
        file.write(text)


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
