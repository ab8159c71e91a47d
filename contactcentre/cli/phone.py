"""`contactcentre phone`: a telephone on an agent's table: its password and its settings, given out
once, and its password revoked."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Annotated, Final

import structlog
from cyclopts import Parameter

from contactcentre import paths
from contactcentre.app import phone_account
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.cli.log_ins import write_private
from contactcentre.engine.clock import now
from contactcentre.features.publication.network import load
from contactcentre.settings import Settings
from contactcentre.storage import audit, database
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.telephony import registration
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.phone_file import MAKES, Make
from routing.model import AgentProfile

log = structlog.get_logger(__name__)

app = program("phone")

_telling = console.telling(LookupError)

_SERVER: Final = re.compile("[A-Za-z0-9.:-]*")


class BadRequest(Exception):
    """What was asked for cannot be had; the text says why."""


@app.command
@console.telling(LookupError, BadRequest, phone_account.OpenToRead)
async def issue(
    agent_id: str,
    /,
    *,
    make: Annotated[
        Make, Parameter(help="in whose words: its maker's, or a sheet to type from")
    ] = "sheet",
    to: Annotated[
        Path | None, Parameter(help="a new file, for its owner alone; else it is shown here")
    ] = None,
    server: Annotated[
        str, Parameter(help="the name or address by which the telephone finds Asterisk")
    ] = "",
    link: Annotated[
        str,
        Parameter(help="what encrypts the way to one that speaks no TLS: MACsec, IPsec, ..."),
    ] = "",
    md5: Annotated[
        bool, Parameter(help="an old one that logs in by MD5 and knows no other digest")
    ] = False,
    settings: Settings,
) -> None:
    """Give the agent's telephone a new password, and its settings with it: once, here and nowhere
    else; the old one ends.

    It speaks TLS with encrypted sound, where Asterisk does (CC_SIP_TLS_PORT).
    """
    if to is not None and await asyncio.to_thread(to.exists):
        raise BadRequest(f"{to} is there already: a password wants a new file")
    if not _SERVER.fullmatch(server):
        raise BadRequest(f"--server: '{server}' is no name or address")
    profile, directory = await _phone(agent_id, settings)
    account = phone_account.account(
        profile.table, profile.name, settings=settings, server=server, link=link
    )
    words = MAKES[make](account)
    if to is not None:  # before the old password ends: perhaps it cannot be written
        await asyncio.to_thread(write_private, to, words, new=True)
    how = (f", by {link}" if link else "") + (", MD5" if md5 else "")
    await _note(settings, account.endpoint, f"issued{how}")
    await withdraw(account.endpoint, directory, settings)
    await asyncio.to_thread(
        directory.enrol,
        account.endpoint,
        account.password,
        kind="desk",
        encrypted=account.encrypted,
        md5=md5,
    )
    console.say(words.rstrip() if to is None else f"the password is in {to}: delete it afterwards")


@app.command
@_telling
async def revoke(agent_id: str, /, *, settings: Settings) -> None:
    """Make the telephone's password worthless: it can no more register, after the talk in hand."""
    profile, directory = await _phone(agent_id, settings)
    await _note(settings, profile.table, "revoked")
    await withdraw(profile.table, directory, settings)


async def withdraw(endpoint: str, directory: Directory, settings: Settings) -> None:
    """Its password counts no more, and it rings no more."""
    secret = await asyncio.to_thread(directory.withdraw, endpoint)
    try:
        await registration.end(endpoint, secret, (settings.sip_host, settings.sip_port))
    except registration.NotEnded:
        log.warning("registration_not_ended", action="registration_not_ended")


async def end_log_in(agent_id: str, settings: Settings, *, served: bool, for_good: bool) -> None:
    """The agent's phones are no longer theirs: the one on the table where that is `for_good`, the
    browser's where no service runs (`served`), which does it by itself and after the talk in hand.
    """
    async with database.opened(settings.database) as storage:
        profile = (await load(storage)).agents.get(agent_id)
    if profile is None:
        return
    ends = {profile.endpoint: not served, profile.table: for_good}
    for endpoint in (one for one, over in ends.items() if one and over):
        await withdraw(endpoint, await _directory(settings), settings)


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


async def _phone(agent_id: str, settings: Settings) -> tuple[AgentProfile, Directory]:
    async with database.opened(settings.database) as storage:
        network = await load(storage)
    profile = network.agents.get(agent_id)
    if profile is None or not profile.table:
        raise LookupError(
            f"{agent_id}: no agent whose device is a telephone, nor who has one: table"
        )
    return profile, await _directory(settings)


async def _directory(settings: Settings) -> Directory:
    directory = Directory(paths.directory(settings))
    await asyncio.to_thread(directory.create)
    return directory
