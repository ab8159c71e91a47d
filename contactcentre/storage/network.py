"""The network as people edited it: from the tables to one frozen value, and back.

`read` takes the rows as they stand, `network_of` checks all of them and makes the value. Between
the two lies a `Draft`, plain data, which is also what is kept of the last version that was good.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, TypeVar

import msgspec
from sqlalchemy import Select, Table, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.callback import CallbackRules
from contactcentre.core.languages import Decision, languages
from contactcentre.core.network import (
    DEFAULT_QUEUE,
    Centre,
    FlowKey,
    Hotline,
    Municipality,
    Network,
)
from contactcentre.storage import callback_rules, database, hours, models
from contactcentre.storage.national_days import NationalDays, national_days
from ivr.flow import Flow, FlowError, parse
from routing.calendar import LOCAL
from routing.model import AgentProfile, Capability, Levels, Queue, levels
from routing.rings import EVERYBODY, Ring, RingPlan

VERSION = "network_version"

Row = Mapping[str, Any]
T = TypeVar("T")
_Level = Annotated[int, msgspec.Meta(ge=1, le=5)]

PANEL_LANGUAGES = ("lv", "en")
"""Those in which people read labels."""

_SECONDS = {
    "answer_within_s": 1.0,
    "short_abandon_s": 0.0,
    "ring_s": 1.0,
    "wrap_up_s": 0.0,
    "head_start_s": 0.0,
    "announce_s": 0.0,
}
"""The promises of a queue, and the least of each."""

_FAULTS = (ValueError, TypeError, LookupError, AttributeError)
"""What a row of a wrong shape raises while it is read."""


class NetworkRefused(ValueError):
    """Rows that can not be used; `problems` holds all of them, each with its place.

    The fault of whoever edited them.
    """

    def __init__(self, version: int, problems: Sequence[str]) -> None:
        self.version = version
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The rows as people edited them, by table; nobody has checked them yet."""

    version: int
    rows: Mapping[str, Sequence[dict[str, Any]]] = field(default_factory=dict)

    def of(self, table: str) -> Sequence[Row]:
        """The rows of a table; none for one that an older version did not know."""
        return self.rows.get(table, ())


async def load(engine: AsyncEngine, *, at: float | None = None) -> Network:
    """The configuration in force, checked. Raises `NetworkRefused`."""
    return network_of(await read(engine), at=at)


async def read(engine: AsyncEngine, *, also: Collection[FlowKey] = ()) -> Draft:
    """The rows as they stand at one moment; `also` are menus of old that calls are still in."""
    async with database.snapshot(engine) as connection:
        rows = {
            "centres": await _centres(connection),
            "municipalities": await _all(connection, models.municipalities),
            "hotlines": await _all(connection, models.hotlines),
            "queues": await _queues(connection),
            "agents": await _all(connection, models.agents),
            "flows": await _flows(connection, also),
            "calendars": await _all(connection, models.calendars),
            "language_policies": await _all(connection, models.language_policies),
            "days_off": await _all(connection, models.days_off),
            "callbacks": await _rows(connection, callback_rules.query()),
        }
        return Draft(version=await version(connection), rows=rows)


def network_of(draft: Draft, *, at: float | None = None) -> Network:
    """The rows as one value, with the public holidays of the years around `at`.

    Raises `NetworkRefused`, which tells everything that does not hold together.
    """
    year = (datetime.now(LOCAL) if at is None else datetime.fromtimestamp(at, LOCAL)).year
    problems: list[str] = []
    days = _days(year, draft, problems)
    known = frozenset((DEFAULT_QUEUE, *(row["queue_id"] for row in draft.of("queues"))))
    menus = draft.of("flows")
    in_force = [row for row in menus if row["in_force"]]
    earlier = [row for row in menus if not row["in_force"]]
    offered, taken = languages(
        [_decision(row) for row in draft.of("language_policies")],
        [row["queue_id"] for row in draft.of("queues")],
    )
    network = Network(
        version=draft.version,
        languages=offered,
        queue_languages=taken,
        centres=_made("centre", "centre_id", draft.of("centres"), _centre, problems),
        municipalities=_made(
            "municipality",
            "municipality_id",
            draft.of("municipalities"),
            _municipality,
            problems,
        ),
        hotlines=_made("hotline", "number", draft.of("hotlines"), _hotline, problems),
        queues=_made("queue", "queue_id", draft.of("queues"), _queue, problems),
        agents=_made("agent", "agent_id", _active(draft.of("agents")), _agent, problems),
        flows=_made("menu", "name", in_force, lambda row: _flow(row, known), problems),
        earlier={(row["name"], row["version"]): _flow(row, None) for row in earlier},
        calendars=_made(
            "calendar",
            "calendar_id",
            draft.of("calendars"),
            lambda row: hours.calendar(row, days),
            problems,
        ),
        callbacks=_callback_rules(draft, problems),
    )
    problems += _loose_ends(network, draft)
    if problems:
        raise NetworkRefused(draft.version, problems)
    return network


async def save(
    connection: AsyncConnection, rows: Mapping[Table, Sequence[Mapping[str, Any]]]
) -> int:
    """Insert or update rows, and return the network's new version.

    Whatever refers to something else stands after it; the transaction is the caller's.
    """
    for table, some in rows.items():
        await database.upsert(connection, table, some)
    return await changed(connection)


async def changed(connection: AsyncConnection) -> int:
    """Give the network its next number, which is how the running service learns of a change.

    Two who write at the same time get two numbers: the second waits for the first's commit.
    """
    await database.insert_new(connection, models.settings, [{"key": VERSION, "value": 0}])
    settings = models.settings.c
    query = select(settings.value).where(settings.key == VERSION).with_for_update()
    new: int = (await connection.execute(query)).scalar_one() + 1
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


async def _all(connection: AsyncConnection, table: Table) -> list[dict[str, Any]]:
    return await _rows(connection, select(table).order_by(*table.primary_key))


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def _queues(connection: AsyncConnection) -> list[dict[str, Any]]:
    return await _rows(connection, select(models.queues).order_by(models.queues.c.position))


async def _centres(connection: AsyncConnection) -> list[dict[str, Any]]:
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
    return await _rows(connection, query)


async def _flows(connection: AsyncConnection, also: Collection[FlowKey]) -> list[dict[str, Any]]:
    """Of each menu the version that was put in force last, and the `also` that are there."""
    flows = models.flows.c
    published = select(flows.name, flows.version).where(flows.published_at.is_not(None))
    newest_last = published.order_by(flows.published_at, flows.version)
    in_force = {row.name: row.version for row in await connection.execute(newest_last)}
    wanted = {*in_force.items(), *also}
    query = (
        select(flows.name, flows.version, flows.document)
        .where(tuple_(flows.name, flows.version).in_(sorted(wanted)))
        .order_by(flows.name, flows.version)
    )
    return [
        {**row, "in_force": in_force.get(row["name"]) == row["version"]}
        for row in await _rows(connection, query)
    ]


# --- from rows to values -------------------------------------------------------------------


def _made(
    kind: str, key: str, rows: Sequence[Row], make: Callable[[Row], T], problems: list[str]
) -> dict[str, T]:
    made: dict[str, T] = {}
    for row in rows:
        try:
            made[row[key]] = make(row)
        except FlowError as error:
            problems.extend(map(str, error.problems))
        except _FAULTS as error:
            problems.append(f"{kind} {row[key]}: {_words(error)}")
    return made


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else f"of a wrong form ({error!r})"


def _loose_ends(network: Network, draft: Draft) -> Iterator[str]:
    """Names that name nothing, which no table's own rules can see."""
    menus = {row["name"] for row in draft.of("flows") if row["in_force"]}
    for hotline in network.hotlines.values():
        if hotline.flow not in menus:
            yield f"hotline {hotline.number}, flow: no published menu named '{hotline.flow}'"

    for row in draft.of(callback_rules.KEY):
        if row["value"] and network.callbacks.calendar not in network.calendars:
            yield f"callbacks, calendar: no calendar named '{network.callbacks.calendar}'"


def _callback_rules(draft: Draft, problems: list[str]) -> CallbackRules:
    for row in draft.of(callback_rules.KEY):
        try:
            return callback_rules.read(row["value"])
        except ValueError as wrong:
            problems.append(str(wrong))
    return CallbackRules()


def _active(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["active"]]


def _centre(row: Row) -> Centre:
    return Centre(**row)


def _decision(row: Row) -> Decision:
    return Decision(
        queue_id=row["queue_id"], language=row["language"], allowed=bool(row["allowed"])
    )


def _municipality(row: Row) -> Municipality:
    return Municipality(
        municipality_id=row["municipality_id"], name=row["name"], region=row["region_id"]
    )


def _hotline(row: Row) -> Hotline:
    return Hotline(**{**row, "labels": _labels(row)})


def _queue(row: Row) -> Queue:
    _check_seconds(row)
    return Queue(
        queue_id=row["queue_id"],
        labels=_labels(row),
        skills=_levels(row, "skills"),
        answer_within_s=row["answer_within_s"],
        short_abandon_s=row["short_abandon_s"],
        ring_s=row["ring_s"],
        wrap_up_s=row["wrap_up_s"],
        services=tuple(row["services"]),
        head_start_s=row["head_start_s"],
        announce_s=row["announce_s"],
        rings=_rings(row["rings"]),
    )


def _check_seconds(row: Row) -> None:
    for name, least in _SECONDS.items():
        value = row[name]
        if not (isinstance(value, int | float) and math.isfinite(value) and value >= least):
            raise ValueError(f"{name}: must be {least:g} seconds or more")


def _labels(row: Row) -> Mapping[str, str]:
    labels = _of_form(row, "labels", dict[str, str])
    missing = [language for language in PANEL_LANGUAGES if not labels.get(language)]
    if missing:
        raise ValueError(f"labels: '{missing[0]}' is missing, people read it")
    return labels


def _levels(row: Row, name: str) -> Levels:
    return levels(_of_form(row, name, dict[str, _Level]))


def _of_form(row: Row, name: str, form: type[T]) -> T:
    """What stands in a JSON column. Raises `ValueError` with the place in it."""
    try:
        return msgspec.convert(row[name], form)
    except msgspec.ValidationError as wrong:
        raise ValueError(f"{name}: {wrong}") from None


def _rings(rings: object) -> RingPlan:
    """None at all means that everybody is asked at once. Raises `ValueError` with the place."""
    try:
        found = msgspec.convert(rings, tuple[Ring, ...])
        return RingPlan(rings=found) if found else EVERYBODY
    except (msgspec.ValidationError, ValueError) as wrong:
        raise ValueError(f"rings: {wrong}") from None


def _agent(row: Row) -> AgentProfile:
    return AgentProfile(
        agent_id=row["agent_id"],
        name=row["name"],
        centre_id=row["centre_id"],
        endpoint=row["endpoint"],
        capability=Capability(skills=_levels(row, "skills"), languages=_levels(row, "languages")),
        device=row["device"],
    )


def _flow(row: Row, queues: frozenset[str] | None) -> Flow:
    """The number is the row's: the one in the document is its author's."""
    flow = _parsed(row["name"], row["document"], queues)
    return replace(flow, version=row["version"])


@lru_cache(maxsize=64)
def _parsed(name: str, document: str, queues: frozenset[str] | None) -> Flow:
    # Most publications leave the menus as they are, and reading one takes milliseconds.
    return parse(document, name=name, queues=queues)


def _days(year: int, draft: Draft, problems: list[str]) -> NationalDays:
    try:
        return national_days(year, draft.of("days_off"))
    except ValueError as wrong:
        problems.append(str(wrong))
        return national_days(year)
