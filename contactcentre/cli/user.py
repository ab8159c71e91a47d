"""The command `user`: log-ins made, and passwords set, by whoever has a shell."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.cli import console
from contactcentre.features.accounts.service import AccountService
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models


class BadUser(ValueError):
    """Such a log-in cannot be made; says why."""


async def run(options: argparse.Namespace, settings: Settings, ask: Callable[[str], str]) -> int:
    """Do it; 0 when it went well, 1 with words on standard error when it did not.

    `ask` is how the password is got, which no option is: others see those.
    """
    return await console.exit_status(_do(options, settings, ask), ValueError, LookupError)


async def _do(options: argparse.Namespace, settings: Settings, ask: Callable[[str], str]) -> None:
    if (options.name is None) != (options.role is None):
        raise BadUser("give --name and --role to make a log-in, neither to set a password")
    async with database.opened(settings.database) as storage:
        await _check_agent(storage, options.agent)
        accounts, password = AccountService(storage), _typed(ask)
        if options.role is None:
            await accounts.set_password(options.username, password)
            return
        await accounts.create_user(
            options.username,
            password,
            name=options.name,
            role=options.role,
            agent_id=options.agent,
        )


def _typed(ask: Callable[[str], str]) -> str:
    try:
        return ask("New password: ")
    except EOFError:
        raise BadUser("no password was typed") from None


async def _check_agent(storage: AsyncEngine, agent_id: str | None) -> None:
    query = select(models.agents.c.agent_id).order_by(models.agents.c.agent_id)
    async with storage.connect() as connection:
        known = list((await connection.execute(query)).scalars())
    if agent_id is not None and agent_id not in known:
        raise BadUser(f"no agent '{agent_id}'; there are: {', '.join(known) or 'none yet'}")
