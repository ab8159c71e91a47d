"""The network as people edited it: from the tables to one frozen value, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar, get_args

import msgspec
from sqlalchemy import RowMapping, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.network import Centre, Hotline, Municipality, Network
from contactcentre.core.offer_rules import OfferRules
from contactcentre.storage import database, hours, models
from contactcentre.storage.national_days import NationalDays, national_days
from ivr.flow import Flow, parse
from routing.calendar import LOCAL, Calendar
from routing.model import AgentProfile, Capability, Device, Level, Queue, levels
from routing.rings import EVERYBODY, Ring, RingPlan

VERSION = "network_version"

OFFERS = "offers"
"""The setting that holds `OfferRules`."""

_MOBILE = re.compile(r"\+[1-9][0-9]{7,14}")


Choice = TypeVar("Choice")


async def load(engine: AsyncEngine, *, at: float | None = None) -> Network:
    """The configuration in force, with the public holidays of the years around `at`.

    Raises `ivr.flow.FlowError` for a published menu that does not hold together, `ValueError` for
    a calendar that does not.
    """
    now = datetime.now(LOCAL) if at is None else datetime.fromtimestamp(at, LOCAL)
    async with database.snapshot(engine) as connection:
        days = national_days(now.year, await _all(connection, models.days_off))
        centres = {row["centre_id"]: _centre(row) for row in await _centres(connection)}
        return Network(
            version=await version(connection),
            centres=centres,
            municipalities={
                row["municipality_id"]: _municipality(row)
                for row in await _all(connection, models.municipalities)
            },
            regions={
                row["region_id"]: row["name"] for row in await _all(connection, models.regions)
            },
            offers=_offers(await get(connection, OFFERS)),
            hotlines={
                row["number"]: Hotline(**row) for row in await _all(connection, models.hotlines)
            },
            queues={row["queue_id"]: _queue(row) for row in await _queues(connection)},
            agents={
                row["agent_id"]: _agent(row, centres[row["centre_id"]])
                for row in await _all(connection, models.agents)
                if row["active"]
            },
            flows={row["name"]: _flow(row) for row in await _flows(connection)},
            calendars={
                row["calendar_id"]: _calendar(row, days)
                for row in await _all(connection, models.calendars)
            },
        )


async def save(
    connection: AsyncConnection, rows: Mapping[Table, Sequence[Mapping[str, Any]]]
) -> int:
    """Insert or update rows, and return the network's new version.

    Whatever refers to something else stands after it; the transaction is the caller's.
    """
    for table, some in rows.items():
        await database.upsert(connection, table, some)
    new = await version(connection) + 1
    await put(connection, VERSION, new)
    return new


async def version(connection: AsyncConnection) -> int:
    """The network's number, 0 where nothing was ever saved."""
    return int(await get(connection, VERSION) or 0)


async def get(connection: AsyncConnection, key: str) -> Any:
    """A setting that the database keeps, or None."""
    settings = models.settings.c
    return await connection.scalar(select(settings.value).where(settings.key == key))


async def put(connection: AsyncConnection, key: str, value: Any) -> None:
    """Keep a setting."""
    await database.upsert(connection, models.settings, [{"key": key, "value": value}])


async def _all(connection: AsyncConnection, table: Table) -> Sequence[RowMapping]:
    return (await connection.execute(select(table))).mappings().all()


async def _queues(connection: AsyncConnection) -> Sequence[RowMapping]:
    query = select(models.queues).order_by(models.queues.c.position)
    return (await connection.execute(query)).mappings().all()


async def _centres(connection: AsyncConnection) -> Sequence[RowMapping]:
    query = select(
        models.centres.c.centre_id,
        models.centres.c.name,
        models.centres.c.calendar_id,
        models.centres.c.afar_per_hour,
        models.centres.c.municipality_id.label("municipality"),
        models.municipalities.c.region_id.label("region"),
    ).join_from(models.centres, models.municipalities)
    return (await connection.execute(query)).mappings().all()


async def _flows(connection: AsyncConnection) -> Sequence[RowMapping]:
    """The newest published version of each menu."""
    flows = models.flows.c
    newest = (
        select(flows.name, func.max(flows.version).label("version"))
        .where(flows.published_at.is_not(None))
        .group_by(flows.name)
        .subquery()
    )
    query = select(flows.name, flows.document).join(
        newest, (flows.name == newest.c.name) & (flows.version == newest.c.version)
    )
    return (await connection.execute(query)).mappings().all()


def _centre(row: RowMapping) -> Centre:
    cap = row["afar_per_hour"]
    if cap is not None and cap < 0:
        raise ValueError(f"centre {row['centre_id']}, afar_per_hour: {cap} is below 0")
    return Centre(**row)


def _municipality(row: RowMapping) -> Municipality:
    return Municipality(
        municipality_id=row["municipality_id"], name=row["name"], region=row["region_id"]
    )


def _offers(value: Mapping[str, object] | None) -> OfferRules:
    """Whatever is left out is as `OfferRules` has it. Raises `ValueError` with the place."""
    unknown = set(value or ()) - {field.name for field in fields(OfferRules)}
    if unknown:
        raise ValueError(f"setting {OFFERS}: {', '.join(sorted(unknown))} is not known")
    try:
        return msgspec.convert(value or {}, OfferRules)
    except msgspec.ValidationError as wrong:
        raise ValueError(f"setting {OFFERS}: {wrong}") from None


def _queue(row: RowMapping) -> Queue:
    return Queue(
        queue_id=row["queue_id"],
        labels=row["labels"],
        skills=levels(row["skills"]),
        answer_within_s=row["answer_within_s"],
        short_abandon_s=row["short_abandon_s"],
        ring_s=row["ring_s"],
        wrap_up_s=row["wrap_up_s"],
        services=tuple(row["services"]),
        head_start_s=row["head_start_s"],
        announce_s=row["announce_s"],
        rings=_rings(row["queue_id"], row["rings"]),
        level=_one_of(row["level"], Level, f"queue {row['queue_id']}, level"),
    )


def _rings(queue_id: str, rings: object) -> RingPlan:
    """None at all means that everybody is asked at once. Raises `ValueError` with the place."""
    try:
        found = msgspec.convert(rings, tuple[Ring, ...])
        return RingPlan(rings=found) if found else EVERYBODY
    except (msgspec.ValidationError, ValueError) as wrong:
        raise ValueError(f"queue {queue_id}, rings: {wrong}") from None


def _one_of(value: Choice, choices: Any, where: str) -> Choice:
    """Raises `ValueError` with the place."""
    known = get_args(choices)
    if value not in known:
        raise ValueError(f"{where}: not one of {', '.join(known)}")
    return value


def _agent(row: RowMapping, centre: Centre) -> AgentProfile:
    where = f"agent {row['agent_id']}"
    device = _one_of(row["device"], Device, f"{where}, device")
    mobile = row["mobile"] or ""
    if device == "mobile" and not _MOBILE.fullmatch(mobile):
        raise ValueError(f"{where}, mobile: a number with its country is needed, as +37120000000")
    return AgentProfile(
        agent_id=row["agent_id"],
        name=row["name"],
        centre_id=row["centre_id"],
        endpoint=row["endpoint"],
        capability=Capability(
            skills=levels(row["skills"]),
            languages=levels(row["languages"]),
            authorities=(centre.municipality,),
        ),
        device=device,
        mobile=mobile if device == "mobile" else "",
    )


def _flow(row: RowMapping) -> Flow:
    return parse(row["document"], name=row["name"])


def _calendar(row: RowMapping, days: NationalDays) -> Calendar:
    try:
        return hours.calendar(row, days)
    except ValueError as wrong:
        raise ValueError(f"calendar {row['calendar_id']}, {wrong}") from None
