"""The network as people edited it: from the tables to one frozen value, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import RowMapping, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core import ways
from contactcentre.core.network import Centre, Hotline, Network
from contactcentre.core.notices import Notice
from contactcentre.storage import database, hours, models
from contactcentre.storage.national_days import NationalDays, national_days
from ivr.flow import Flow, parse
from routing.calendar import LOCAL, Calendar
from routing.model import AgentProfile, Capability, Queue, levels
from routing.rings import EVERYBODY, Ring, RingPlan
from routing.ways import Overflow, Way, checked_keys

VERSION = "network_version"

T = TypeVar("T")


async def load(engine: AsyncEngine, *, at: float | None = None) -> Network:
    """The configuration in force, with the public holidays of the years around `at`.

    Raises `ivr.flow.FlowError` for a published menu that does not hold together, `ValueError` for
    a calendar that does not.
    """
    now = datetime.now(LOCAL) if at is None else datetime.fromtimestamp(at, LOCAL)
    async with database.snapshot(engine) as connection:
        days = national_days(now.year, await _all(connection, models.days_off))
        found = Network(
            version=await version(connection),
            centres={row["centre_id"]: _centre(row) for row in await _centres(connection)},
            hotlines={
                row["number"]: Hotline(**row) for row in await _all(connection, models.hotlines)
            },
            queues={row["queue_id"]: _queue(row) for row in await _queues(connection)},
            agents={
                row["agent_id"]: _agent(row)
                for row in await _all(connection, models.agents)
                if row["active"]
            },
            flows={row["name"]: _flow(row) for row in await _flows(connection)},
            calendars={
                row["calendar_id"]: _calendar(row, days)
                for row in await _all(connection, models.calendars)
            },
            notices=await notices(connection, until=now.timestamp()),
        )
    return _whole(found)


async def notices(connection: AsyncConnection, *, until: float = 0.0) -> tuple[Notice, ...]:
    """Known events, oldest first, without those that had ended by then. Raises `ValueError`."""
    table = models.notices.c
    rows = await connection.execute(
        select(models.notices)
        .where(table.until_at.is_(None) | (table.until_at > until))
        .order_by(table.from_at, table.notice_id)
    )
    return tuple(Notice(**{**row, "queues": tuple(row["queues"])}) for row in rows.mappings())


def _whole(network: Network) -> Network:
    if wrong := tuple(ways.problems(network)):
        raise ValueError("\n".join(wrong))
    return network


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
    query = (
        select(
            models.centres.c.centre_id,
            models.centres.c.name,
            models.centres.c.calendar_id,
            models.municipalities.c.name.label("municipality"),
            models.regions.c.name.label("region"),
        )
        .join_from(models.centres, models.municipalities)
        .join(models.regions)
    )
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
    return Centre(**row)


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
        keys=_read(row, "keys", dict[str, Way], checked_keys),
        overflow=_read(row, "overflow", tuple[Overflow, ...]),
        offer_callback_after_s=row["offer_callback_after_s"],
        keep_place_s=row["keep_place_s"],
    )


def _read(
    row: RowMapping, column: str, kind: type[T], checked: Callable[[Any], Any] = lambda value: value
) -> T:
    """A column of JSON as a value. Raises `ValueError` with the place."""
    try:
        found: T = checked(msgspec.convert(row[column], kind))
        return found
    except (msgspec.ValidationError, ValueError) as wrong:
        raise ValueError(f"queue {row['queue_id']}, {column}: {wrong}") from None


def _rings(queue_id: str, rings: object) -> RingPlan:
    """None at all means that everybody is asked at once. Raises `ValueError` with the place."""
    try:
        found = msgspec.convert(rings, tuple[Ring, ...])
        return RingPlan(rings=found) if found else EVERYBODY
    except (msgspec.ValidationError, ValueError) as wrong:
        raise ValueError(f"queue {queue_id}, rings: {wrong}") from None


def _agent(row: RowMapping) -> AgentProfile:
    return AgentProfile(
        agent_id=row["agent_id"],
        name=row["name"],
        centre_id=row["centre_id"],
        endpoint=row["endpoint"],
        capability=Capability(skills=levels(row["skills"]), languages=levels(row["languages"])),
        device=row["device"],
    )


def _flow(row: RowMapping) -> Flow:
    return parse(row["document"], name=row["name"])


def _calendar(row: RowMapping, days: NationalDays) -> Calendar:
    try:
        return hours.calendar(row, days)
    except ValueError as wrong:
        raise ValueError(f"calendar {row['calendar_id']}, {wrong}") from None
