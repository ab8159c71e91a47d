"""`contactcentre user`: log-ins made, and passwords set, by whoever has a shell."""

from __future__ import annotations

import getpass
from typing import Annotated, Literal

from cyclopts import Parameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.features.accounts.service import AccountService
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage import tables as models


class BadUser(ValueError):
    """Such a log-in cannot be made; says why."""


app = program("user")


@app.default
@console.telling(ValueError, LookupError)
async def user(
    username: str,
    /,
    *,
    name: Annotated[
        str | None, Parameter(help="of a new one, with --role; its password is set without")
    ] = None,
    role: Literal["agent", "supervisor", "admin"] | None = None,
    agent: Annotated[
        str | None, Parameter(help="the agent whose calls this log-in answers")
    ] = None,
    settings: Settings,
) -> None:
    """Make a log-in, or set its password, which is asked for: others see what is typed here."""
    if (name is None) != (role is None):
        raise BadUser("give --name and --role to make a log-in, neither to set a password")
    async with database.opened(settings.database) as storage:
        await _check_agent(storage, agent)
        accounts, password = AccountService(storage), _typed()
        if name is None or role is None:
            await accounts.set_password(username, password)
        else:
            await accounts.create_user(username, password, name=name, role=role, agent_id=agent)


def _typed() -> str:
    try:
        return getpass.getpass("New password: ")
    except EOFError:
        raise BadUser("no password was typed") from None


async def _check_agent(storage: AsyncEngine, agent_id: str | None) -> None:
    query = select(models.agents.c.agent_id).order_by(models.agents.c.agent_id)
    async with storage.connect() as connection:
        known = list((await connection.execute(query)).scalars())
    if agent_id is not None and agent_id not in known:
        raise BadUser(f"no agent '{agent_id}'; there are: {', '.join(known) or 'none yet'}")
