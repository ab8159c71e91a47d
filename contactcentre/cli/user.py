"""`contactcentre user`: log-ins made, and passwords set, by whoever has a shell."""

from __future__ import annotations

import getpass
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import NETWORK, Realm
from contactcentre import paths
from contactcentre.app.control import NotRunning, ask
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.cli.phone import end_log_in
from contactcentre.features.accounts import institutions, realms
from contactcentre.features.accounts.grants import read, written
from contactcentre.features.accounts.institutions import providers_of
from contactcentre.features.accounts.leaked import LeakedPasswords
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.service import FIRST_S, AccountService
from contactcentre.features.accounts.vault import Vault
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models


class BadUser(ValueError):
    """Such a log-in cannot be made; says why."""


FIRST = f"its person chooses another at the first log-in, within {FIRST_S / 86_400:.0f} days"

app = program("user")

_telling = console.telling(ValueError, LookupError)


@app.default
@_telling
async def user(
    username: str,
    /,
    *,
    name: Annotated[
        str | None, Parameter(help="of a new one, with --role; its password is set without")
    ] = None,
    role: Annotated[
        str | None, Parameter(help="of a new one, as in supervisor@municipality:ludza")
    ] = None,
    agent: Annotated[
        str | None, Parameter(help="the agent whose calls this log-in answers")
    ] = None,
    settings: Settings,
) -> None:
    """Make a log-in, or set its password, which is asked for: others see what is typed here. Its
    person replaces it at the first log-in, within 14 days."""
    if (name is None) != (role is None):
        raise BadUser("give --name and --role to make a log-in, neither to set a password")
    given = None if role is None else read(role)
    realm = NETWORK if given is None else given.realm
    async with _accounts(settings, agent, realm) as accounts:
        password = _typed()
        if name is None or given is None:
            agent_id = await accounts.set_password(
                username, password, first=True, by=console.author()
            )
            await _end_log_in(agent_id, settings)
        else:
            await accounts.create_user(
                username,
                password,
                name=name,
                role=given.role,
                realm=given.realm,
                agent_id=agent,
                first=True,
                by=console.author(),
            )
    console.say(FIRST)


@app.command
@_telling
async def disable(username: str, /, *, settings: Settings) -> None:
    """Switch a log-in off, and end its sessions at once; a call under way goes on.

    A telephone on its agent's table loses its password as well (`contactcentre phone issue`).
    """
    async with _accounts(settings) as accounts:
        agent_id = await accounts.set_active(username, active=False, by=console.author())
    await _end_log_in(agent_id, settings, for_good=True)


@app.command
@_telling
async def enable(username: str, /, *, settings: Settings) -> None:
    """Switch a log-in on again; its password is as it was."""
    async with _accounts(settings) as accounts:
        await accounts.set_active(username, active=True, by=console.author())


@app.command
@_telling
async def roles(username: str, /, *, settings: Settings) -> None:
    """The roles that a log-in has, one a line."""
    async with _accounts(settings) as accounts:
        _, grants = await accounts.grants(username)
    for text in sorted(map(written, grants)):
        console.say(text)


@app.command
@_telling
async def forget_factor(username: str, /, *, settings: Settings) -> None:
    """Take a second factor away that was lost, codes on paper too; every session ends."""
    async with _accounts(settings) as accounts:
        agent_id = await accounts.forget_factor(username, by=console.author())
    await _end_log_in(agent_id, settings)


@app.command
@_telling
async def grant(username: str, role: str, /, *, settings: Settings) -> None:
    """Give a log-in a role more, as in supervisor@municipality:ludza or admin@network."""
    given = read(role)
    async with _accounts(settings, realm=given.realm) as accounts:
        user_id, _ = await accounts.grants(username)
        await accounts.change_grants(user_id, give={given}, by=console.author())


@app.command
@_telling
async def revoke(username: str, role: str, /, *, settings: Settings) -> None:
    """Take a role from a log-in; open pages that it opened close within two seconds."""
    taken = read(role)
    async with _accounts(settings) as accounts:
        user_id, grants = await accounts.grants(username)
        if taken not in grants:
            had = ", ".join(sorted(map(written, grants))) or "none"
            raise BadUser(f"{username} has no role {role}; there are: {had}")
        await accounts.change_grants(user_id, take={taken}, by=console.author())


@app.command
@_telling
async def link(username: str, provider: str, subject: str, /, *, settings: Settings) -> None:
    """Let somebody in who is SUBJECT at a provider of CC_OIDC: the `sub` of its tokens."""
    known = providers_of(paths.oidc(settings))
    if provider not in known:
        raise BadUser(f"no provider '{provider}'; there are: {', '.join(known) or 'none yet'}")
    async with _accounts(settings) as accounts:
        user_id, _ = await accounts.grants(username)
        async with accounts.records.open() as connection:
            await institutions.link(connection, known[provider].issuer, subject, user_id)
            after = {"linked": provider}
            await accounts.records.note_change(connection, console.author(), user_id, after=after)


@app.command
@_telling
async def rotate_keys(*, settings: Settings) -> None:
    """Seal every second factor with a fresh key; the former ones open nothing any more.

    Keys that CC_ACCOUNT_KEYS gives are yours to replace: put a new one first, run this, and take
    the old ones out.
    """
    file, given = paths.account_key_file(settings), settings.account_keys.get_secret_value()
    kept = paths.account_keys(settings)
    if not given:
        _write_keys(file, (secrets.token_hex(32), *kept))
    async with _accounts(settings) as accounts:
        count = await accounts.factors.reseal()
    if not given:
        _write_keys(file, paths.account_keys(settings)[:1])
    console.say(f"sealed anew: {count}")


@asynccontextmanager
async def _accounts(
    settings: Settings, agent: str | None = None, realm: Realm = NETWORK
) -> AsyncIterator[AccountService]:
    """Of a database that is there. Raises `BadUser` where it knows no such agent or realm."""
    async with database.opened(settings.database) as storage:
        await _check_agent(storage, agent)
        await _check_realm(storage, realm)
        yield AccountService(
            storage,
            passwords=Passwords(leaked=LeakedPasswords(*paths.leaked_passwords(settings))),
            vault=Vault(partial(paths.account_keys, settings)),
        )


async def _end_log_in(agent_id: str | None, settings: Settings, *, for_good: bool = False) -> None:
    """The service is told; one on another machine, or another user's, finds out within half a
    minute."""
    try:
        await ask(paths.control(settings), {"do": "sessions-ended"})
        served = True
    except NotRunning:
        served = False
    if agent_id is not None:
        await end_log_in(agent_id, settings, served=served, for_good=for_good)


def _write_keys(file: Path, keys: Sequence[str]) -> None:
    """At once, for the service reads them at each use."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text("\n".join(keys))
    draft.replace(file)


def _typed() -> str:
    try:
        return getpass.getpass("New password: ")
    except EOFError:
        raise BadUser("no password was typed") from None


async def _check_realm(storage: AsyncEngine, realm: Realm) -> None:
    async with storage.connect() as connection:
        known = (await realms.read(connection)).names
    if realm not in known:
        others = ", ".join(key for kind, key in sorted(known) if kind == realm[0]) or "none yet"
        raise BadUser(f"no {realm[0]} '{realm[1]}'; there are: {others}")


async def _check_agent(storage: AsyncEngine, agent_id: str | None) -> None:
    query = select(models.agents.c.agent_id).order_by(models.agents.c.agent_id)
    async with storage.connect() as connection:
        known = list((await connection.execute(query)).scalars())
    if agent_id is not None and agent_id not in known:
        raise BadUser(f"no agent '{agent_id}'; there are: {', '.join(known) or 'none yet'}")
