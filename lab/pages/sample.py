"""The database behind the pages: the sample network, and an agent and a centre for each scene."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.shell.port import Grant
from contactcentre.cli.seed import seed
from contactcentre.core.call.leg import Party, Purpose
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Result
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.catalogue.service import CatalogueService
from contactcentre.features.publication.network import load
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.phones import phones_of
from lab.pages import alerted
from lab.pages.people import AGENTS, PASSWORD, SUPERVISOR, Sample

DAY_S = 86_400.0
SKILLS = ("benefits", "documents", "taxes", "municipal")  # so nobody is there for e-services
PAST = (
    (9, "consultation", "benefits", ["VSAA-DZIM"]),
    (9.1, "application", "benefits", ["VSAA-GVP"]),
    (171, "application", "documents", ["PMLP-DZV"]),
)
"""What the citizen of each scene has asked before: days ago, kind of work, queue, services."""


def passwords() -> Passwords:
    """Quick ones: they guard nothing."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


FAMILY = {
    "1" * 32: "Maksimiliāns Skuja-Krastkalniņš",
    "2" * 32: "Anna Elizabete Skuja",
    "3" * 32: "Aleksandra-Konstancija Krastkalniņa",
}
"""Who has the number of the scene `family`, by id."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A database and the directory of its phones, to be copied, and what they say: all that takes
    long to be made."""

    path: Path
    directory: Path
    network: Network
    catalogue: CatalogueService


async def prepare(home: Path) -> Prepared:
    """Make the database in this folder."""
    settings = Settings.model_validate({"home": home, "database_url": ""})
    await database.migrate(settings.database)
    await seed(settings, passwords=passwords())
    async with database.opened(settings.database) as engine:
        async with engine.begin() as connection:
            for table, written in _network().items():
                await documents.save(connection, {table: documents.rows(table, written)})
            past = list(_past())
            await connection.execute(models.contacts.insert(), past)
            await connection.execute(models.legs.insert(), [_talk(one) for one in past])
            await _know(connection, past)
        await _open_accounts(engine)
        await alerted.lay(engine)
        return await read(engine, home)


async def read(engine: AsyncEngine, home: Path) -> Prepared:
    """What this folder's database says, with a directory of its phones."""
    catalogue = CatalogueService(engine, home / "catalogue.json")
    await catalogue.begin()
    network = await load(engine)
    phones = Directory(home / "directory.sqlite")
    phones.create()
    phones.provision(phones_of(network.agents.values()))
    return Prepared(home / "contactcentre.sqlite", home / "directory.sqlite", network, catalogue)


def _network() -> dict[Table, list[dict[str, Any]]]:
    everybody = AGENTS.values()
    never = {"calendar_id": "never", "weekly": {}, "exceptions": {}, "public_holidays": False}
    return {
        models.calendars: [never],
        models.centres: [_centre(one) for one in everybody],
        models.hotlines: [
            {
                "number": one.hotline,
                "labels": {"lv": one.centre, "en": one.centre},
                "flow": "hotline",
                "centre_id": one.scene,
                "calendar_id": "hotline",
            }
            for one in everybody
        ],
        models.agents: [_agent(one) for one in everybody],
    }


def _centre(one: Sample) -> dict[str, Any]:
    return {
        "centre_id": one.scene,
        "name": one.centre,
        "short_name": "" if one.scene == "held" else one.centre.rpartition(" novada ")[2],
        "municipality": "jekabpils",
        **({"calendar_id": "never"} if one.scene == "closed" else {}),
    }


DEVICES: Final[Mapping[str, dict[str, Any]]] = {
    "mobile": {"device": "mobile", "mobile": "+37120000099"},
    "table": {"device": "desk"},
    "resting": {"table": True, "mobile": "+37120000098"},
    "moved": {"table": True},
}
"""Of whoever has more than the browser."""


def _agent(one: Sample) -> dict[str, Any]:
    return {
        "agent_id": one.agent_id,
        "name": one.name,
        "centre_id": one.place,
        "endpoint": f"a-{one.number}",
        **DEVICES.get(one.scene, {}),
        "skills": dict.fromkeys(SKILLS, 3),
        "languages": {"lv": 5, "en": 3},
        "reserve": one.scene == "reserve",
    }


def _past() -> Iterator[dict[str, Any]]:
    now = time.time()
    for one in AGENTS.values():
        for days, kind, queue, services in PAST:
            yield _contact(one, now - days * DAY_S, kind, queue, services)


async def _know(connection: AsyncConnection, past: Sequence[Mapping[str, Any]]) -> None:
    """Three people have one number, and each earlier call from it was one of theirs."""
    caller, now = AGENTS["family"].caller, time.time()
    made = {"municipality": "jekabpils", "language": "lv", "made_at": now - DAY_S, "made_by": "x"}
    people = [{"person_id": key, "name": name, **made} for key, name in FAMILY.items()]
    numbers = [
        {"person_id": key, "number": caller, "pseudonym": "~family", "added_at": now - DAY_S}
        for key in FAMILY
    ]
    calls = [one for one in past if one["caller"] == caller]
    ties = [
        {
            "call_id": one["call_id"],
            "person_id": key,
            "at": one["arrived_at"],
            "chosen_at": one["arrived_at"],
            "chosen_by": "x",
        }
        for one, key in zip(calls, cycle(FAMILY), strict=False)
    ]
    await connection.execute(models.people.insert(), people)
    await connection.execute(models.person_numbers.insert(), numbers)
    await connection.execute(models.contact_people.insert(), ties)


def _contact(one: Sample, at: float, kind: str, queue: str, services: list[str]) -> dict[str, Any]:
    return {
        "call_id": f"{one.scene}-{at:.0f}",
        "last_seq": 0,
        "caller": one.caller,
        "dialled": "60000106",
        "phase": "ended",
        "language": "lv",
        "queue": queue,
        "matter": "",
        "outcome": "answered",
        "agent_id": "agent-7",
        "centre_id": "ludza",
        "arrived_at": at,
        "queued_at": at,
        "answered_at": at + 20,
        "talk_ended_at": at + 200,
        "ended_at": at + 200,
        "ended_by": "caller",
        "hold_s": 0.0,
        "kind": kind,
        "services": services,
        "result": "answered",
        "recorded_at": at + 230,
        "note": "Iesniegums pieņemts, atbilde desmit darba dienās.",
        "identified_level": 1,
        "identified_by": "name_contact",
    }


def _talk(contact: Mapping[str, Any]) -> dict[str, Any]:
    """The agent's leg of it: without one, nobody has talked, and no night's rule would hold."""
    return {
        "leg_id": f"{contact['call_id']}-agent",
        "last_seq": 0,
        "call_id": contact["call_id"],
        "party": Party.AGENT,
        "purpose": Purpose.OFFER,
        "device": "browser",
        "agent_id": contact["agent_id"],
        "from_at": contact["queued_at"],
        "answered_at": contact["answered_at"],
        "to_at": contact["talk_ended_at"],
        "why": Result.HUNG_UP,
        "hold_s": contact["hold_s"],
        "circle": 0,
    }


async def _open_accounts(engine: AsyncEngine) -> None:
    accounts = AccountService(engine, passwords=passwords())
    for one in AGENTS.values():
        user_id = await accounts.create_user(
            one.scene,
            PASSWORD,
            name=one.name,
            role="agent",
            agent_id=one.agent_id,
            centre_id=one.scene,
        )
        if one.scene == "admin":
            both = {Grant(role="agent"), Grant(role="admin")}
            await accounts.set_grants(user_id, both, by="shell")
    await accounts.create_user(
        "board", PASSWORD, name=SUPERVISOR, role="supervisor", centre_id="ludza"
    )
