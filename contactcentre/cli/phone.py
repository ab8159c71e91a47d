"""`contactcentre phone`: the password of a telephone on an agent's table: made, shown, revoked."""

from __future__ import annotations

import asyncio
import secrets

from contactcentre import paths
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.engine.clock import now
from contactcentre.features.publication.network import load
from contactcentre.settings import Settings
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.telephony.directory import Directory

app = program("phone")

_telling = console.telling(LookupError)


@app.command
@_telling
async def issue(agent_id: str, /, *, settings: Settings) -> None:
    """Give the agent's telephone a new password, shown here and nowhere else; the old one ends."""
    endpoint, directory = await _phone(agent_id, settings)
    password = secrets.token_urlsafe(18)
    await _note(settings, endpoint, "issued")
    await asyncio.to_thread(directory.enrol, endpoint, password, kind="desk")
    console.say(f"server    {settings.sip_host}:{settings.sip_port} (UDP)")
    console.say(f"user      {endpoint}")
    console.say(f"password  {password}")


@app.command
@_telling
async def revoke(agent_id: str, /, *, settings: Settings) -> None:
    """Make the telephone's password worthless: it can no more register, after the talk in hand."""
    endpoint, directory = await _phone(agent_id, settings)
    await _note(settings, endpoint, "revoked")
    await asyncio.to_thread(directory.withdraw, endpoint)


async def _note(settings: Settings, endpoint: str, what: str) -> None:
    entry = AuditEntry(
        at=now(),
        who=console.author(),
        action=Action.CONFIGURED,
        object=f"phones/{endpoint}",
        details={"after": what},
    )
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        await audit.write(connection, entry)


async def _phone(agent_id: str, settings: Settings) -> tuple[str, Directory]:
    async with database.opened(settings.database) as storage:
        network = await load(storage)
    profile = network.agents.get(agent_id)
    if profile is None or profile.device != "desk":
        raise LookupError(f"{agent_id}: no agent whose device is a telephone on the table (desk)")
    directory = Directory(paths.directory(settings))
    await asyncio.to_thread(directory.create)
    return profile.endpoint, directory
