"""`contactcentre phone`: the password of a telephone on an agent's table: made, shown, revoked."""

from __future__ import annotations

import asyncio
import secrets

import structlog

from contactcentre import paths
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.engine.clock import now
from contactcentre.features.publication.network import load
from contactcentre.settings import Settings
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.telephony import registration
from contactcentre.telephony.directory import Directory

log = structlog.get_logger(__name__)

app = program("phone")

_telling = console.telling(LookupError)


@app.command
@_telling
async def issue(agent_id: str, /, *, settings: Settings) -> None:
    """Give the agent's telephone a new password, shown here and nowhere else; the old one ends."""
    endpoint, directory = await _phone(agent_id, settings)
    await withdraw(endpoint, directory, settings)
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
    await withdraw(endpoint, directory, settings)


async def withdraw(endpoint: str, directory: Directory, settings: Settings) -> None:
    """Its password counts no more, and it rings no more."""
    secret = await asyncio.to_thread(directory.withdraw, endpoint)
    try:
        await registration.end(endpoint, secret, (settings.sip_host, settings.sip_port))
    except registration.NotEnded:
        log.warning("registration_not_ended", action="registration_not_ended")


async def end_log_in(agent_id: str, settings: Settings, *, served: bool, for_good: bool) -> None:
    """The agent's phone is no longer theirs: one on the table where that is `for_good`, any other
    where no service runs (`served`), which does it by itself and after the talk in hand."""
    async with database.opened(settings.database) as storage:
        profile = (await load(storage)).agents.get(agent_id)
    if profile is None or not (for_good if profile.device == "desk" else not served):
        return
    await withdraw(profile.endpoint, await _directory(settings), settings)


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
    return profile.endpoint, await _directory(settings)


async def _directory(settings: Settings) -> Directory:
    directory = Directory(paths.directory(settings))
    await asyncio.to_thread(directory.create)
    return directory
