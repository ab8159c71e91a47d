"""The network as people edited it: from the tables to one frozen value, and back.

`read` (`draft.py`) takes the rows as they stand, `network_of` checks all of them and makes the
value, row by row (`values.py`) and as a whole. Between the two lies a `Draft`, plain data, which is
also what is kept of the last version that was good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.core.call import overflow
from contactcentre.core.config.languages import languages
from contactcentre.core.config.network import DEFAULT_QUEUE, FlowKey, Network
from contactcentre.core.config.notice import Notice
from contactcentre.features.crisis import document as crisis_plans
from contactcentre.features.publication import callback_rules, hours, offer_rules, values
from contactcentre.features.publication.draft import Draft, Row, read
from contactcentre.features.publication.national_days import NationalDays, national_days
from contactcentre.storage import database
from contactcentre.storage.settings import changed
from ivr.flow import Flow, FlowError
from routing.calendar import LOCAL

T = TypeVar("T")


class NetworkRefused(ValueError):
    """Rows that can not be used; `problems` holds all of them, each with its place.

    The fault of whoever edited them.
    """

    def __init__(self, version: int, problems: Sequence[str]) -> None:
        self.version = version
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


async def load(engine: AsyncEngine, *, at: float | None = None) -> Network:
    """The configuration in force, checked. Raises `NetworkRefused`."""
    return network_of(await read(engine), at=at)


def network_of(draft: Draft, *, at: float | None = None) -> Network:
    """The rows as one value, with the public holidays of the years around `at`.

    Raises `NetworkRefused`, which tells everything that does not hold together.
    """
    try:
        return _checked(draft, at)
    except NetworkRefused:
        raise
    except values.FAULTS as error:  # a fault that nobody has thought of stops no hotline either
        raise NetworkRefused(draft.version, [f"configuration: {_words(error)}"]) from error


def _checked(draft: Draft, at: float | None) -> Network:
    now = datetime.now(LOCAL) if at is None else datetime.fromtimestamp(at, LOCAL)
    problems: list[str] = []
    network = _network(draft, now, problems)
    problems += _loose_ends(network, draft)
    everybody = frozenset(row["agent_id"] for row in draft.of("agents"))
    plans, faults = crisis_plans.plans(draft.of("crisis_plans"), network, everybody)
    problems += faults
    problems += overflow.problems(network)
    if problems:
        raise NetworkRefused(draft.version, problems)
    return replace(network, plans=plans)


def _network(draft: Draft, now: datetime, problems: list[str]) -> Network:
    """What the rows say, each by itself; one that cannot be is left out, and is a problem."""
    days = _days(now.year, draft, problems)
    known = frozenset((DEFAULT_QUEUE, *(row["queue_id"] for row in draft.of("queues"))))
    owner = {row["centre_id"]: row["municipality"] for row in draft.of("centres")}
    menus = draft.of("flows")
    in_force = [row for row in menus if row["in_force"]]
    earlier = [row for row in menus if not row["in_force"]]
    offered, taken = languages(
        [values.decision(row) for row in draft.of("language_policies")],
        [row["queue_id"] for row in draft.of("queues")],
    )
    return Network(
        version=draft.version,
        languages=offered,
        queue_languages=taken,
        centres=_made("centre", "centre_id", draft.of("centres"), values.centre, problems),
        municipalities=_made(
            "municipality",
            "municipality_id",
            draft.of("municipalities"),
            values.municipality,
            problems,
        ),
        hotlines=_made("hotline", "number", draft.of("hotlines"), values.hotline, problems),
        queues=_made("queue", "queue_id", draft.of("queues"), values.queue, problems),
        agents=_made(
            "agent",
            "agent_id",
            _active(draft.of("agents")),
            lambda row: values.agent(row, owner),
            problems,
        ),
        regions={row["region_id"]: row["name"] for row in draft.of("regions")},
        offers=_rules(draft, offer_rules.KEY, offer_rules.read, problems),
        flows=_made("menu", "name", in_force, lambda row: values.flow(row, known), problems),
        earlier=dict(_readable(earlier)),
        calendars=_made(
            "calendar",
            "calendar_id",
            draft.of("calendars"),
            lambda row: hours.calendar(row, days),
            problems,
        ),
        notices=_notices(draft, now.timestamp(), problems),
        callbacks=_rules(draft, callback_rules.KEY, callback_rules.read, problems),
    )


async def save(
    connection: AsyncConnection, rows: Mapping[Table, Sequence[Mapping[str, Any]]]
) -> int:
    """Insert or update rows, and return the network's new version.

    Whatever refers to something else stands after it; the transaction is the caller's.
    """
    for table, some in rows.items():
        await database.upsert(connection, table, some)
    return await changed(connection)


# --- what holds together -------------------------------------------------------------------


def _made(
    kind: str, key: str, rows: Sequence[Row], make: Callable[[Row], T], problems: list[str]
) -> dict[str, T]:
    made: dict[str, T] = {}
    for row in rows:
        try:
            made[row[key]] = make(row)
        except FlowError as error:
            problems.extend(map(str, error.problems))
        except values.FAULTS as error:
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

    written = draft.setting(callback_rules.KEY)
    if written and network.callbacks.calendar not in network.calendars:
        yield f"callbacks, calendar: no calendar named '{network.callbacks.calendar}'"

    for row in draft.of("notices"):
        for queue in row["queues"] if isinstance(row["queues"], list | tuple) else ():
            if queue not in network.queues:
                yield f"notice {row['notice_id']}, queues: no queue named '{queue}'"


def _readable(rows: Sequence[Row]) -> Iterator[tuple[FlowKey, Flow]]:
    """Menus of old; the callers of one that can be read no more begin anew in the present one."""
    for row in rows:
        with suppress(FlowError):
            yield (row["name"], row["version"]), values.flow(row, None)


def _rules(draft: Draft, key: str, read: Callable[[Any], T], problems: list[str]) -> T:
    """What a setting says; as usual where it says nothing, or what cannot be."""
    try:
        return read(draft.setting(key))
    except ValueError as wrong:
        problems.append(str(wrong))
        return read(None)


def _active(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["active"]]


def _notices(draft: Draft, at: float, problems: list[str]) -> tuple[Notice, ...]:
    """Those in force or to come, the oldest first."""
    made = _made("notice", "notice_id", draft.of("notices"), values.notice, problems).values()
    open_ones = (one for one in made if one.until_at is None or one.until_at > at)
    return tuple(sorted(open_ones, key=lambda one: (one.from_at, one.notice_id)))


def _days(year: int, draft: Draft, problems: list[str]) -> NationalDays:
    try:
        return national_days(year, draft.of("days_off"))
    except ValueError as wrong:
        problems.append(str(wrong))
        return national_days(year)
