"""The network as people edited it, made of all documents into one frozen value.

`read` (`draft.py`) takes the documents as they stand; `network_of` checks all of them, each by
itself and then as a whole, and makes the value. Between the two lies a `Draft`, plain data, which
is also what is kept of the last version that was good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.core.config import document, references
from contactcentre.core.config.assignment import Assignment
from contactcentre.core.config.call_limits import KEY as LIMITS
from contactcentre.core.config.call_limits import CallLimits
from contactcentre.core.config.languages import LanguageRule, languages
from contactcentre.core.config.network import (
    DEFAULT_QUEUE,
    Centre,
    FlowKey,
    Hotline,
    Municipality,
    Network,
    Region,
)
from contactcentre.core.config.notice import Notice
from contactcentre.core.config.offer_rules import OfferRules
from contactcentre.core.config.trunk import Trunk
from contactcentre.features.agents.document import AgentDocument
from contactcentre.features.calendars.document import CalendarDocument
from contactcentre.features.calendars.national_days import DayOff, national_days
from contactcentre.features.callbacks import document as callback_rules
from contactcentre.features.crisis import document as crisis_plans
from contactcentre.features.menus.document import flow
from contactcentre.features.publication.draft import Draft, Row, read
from contactcentre.storage import tables as models
from contactcentre.storage.documents import key_of
from ivr.flow import Flow, FlowError
from routing.calendar import LOCAL
from routing.model import AgentProfile, Queue

T = TypeVar("T")

OFFERS = "offers"
"""The name of the setting that holds the rules of offers."""

UNFORESEEN = (ValueError, TypeError, LookupError, AttributeError)


class NetworkRefused(document.Refused):
    """Documents that cannot be used; `problems` holds all of them, each with its place."""

    def __init__(self, version: int, problems: Iterable[str]) -> None:
        self.version = version
        super().__init__(problems)


async def load(
    engine: AsyncEngine, *, at: float | None = None, prompts: AbstractSet[str] = frozenset()
) -> Network:
    """The configuration in force, checked. Raises `NetworkRefused`."""
    return network_of(await read(engine), at=at, prompts=prompts)


def network_of(
    draft: Draft, *, at: float | None = None, prompts: AbstractSet[str] = frozenset()
) -> Network:
    """The documents as one value, with the public holidays of the years around `at`.

    `prompts` are the keys of those that can be said; where there are none, they are not asked for.
    Raises `NetworkRefused`, which tells everything that does not hold together.
    """
    now = datetime.now(LOCAL) if at is None else datetime.fromtimestamp(at, LOCAL)
    problems: list[str] = []
    try:
        network = _checked(draft, now, prompts, problems)
    except UNFORESEEN as error:  # what nobody has thought of stops no hotline either
        problems.append(f"configuration: of a wrong form ({error!r})")
    if problems:
        raise NetworkRefused(draft.version, problems)
    return network


def _checked(
    draft: Draft, now: datetime, prompts: AbstractSet[str], problems: list[str]
) -> Network:
    network = _network(draft, now, problems)
    everybody = frozenset(one.get("agent_id", "?") for one in draft.of(models.agents))
    plans, faults = crisis_plans.plans(draft.of(models.crisis_plans), network, everybody)
    network = replace(network, plans=plans)
    problems += references.problems(network, _there(draft, network, prompts))
    problems += faults
    return network


def _network(draft: Draft, now: datetime, problems: list[str]) -> Network:
    """What the documents say, each by itself; what cannot be is left out, and is a problem."""
    made = partial(_made, draft, problems)
    centres = made("centre", models.centres, Centre)
    days = national_days(now.year, made("day off", models.days_off, DayOff).values())
    calendars = made("calendar", models.calendars, CalendarDocument)
    notices = made("notice", models.notices, Notice).values()
    offered, taken = languages(_language_rules(draft), draft.keys(models.queues))
    return Network(
        version=draft.version,
        regions={key: one.name for key, one in made("region", models.regions, Region).items()},
        municipalities=made("municipality", models.municipalities, Municipality),
        centres=centres,
        calendars={key: calendar.on(days) for key, calendar in calendars.items()},
        hotlines=made("hotline", models.hotlines, Hotline),
        queues=made("queue", models.queues, Queue),
        agents=_profiles(made("agent", models.agents, AgentDocument), centres),
        assignments=_of_today(made("assignment", models.assignments, Assignment), now.timestamp()),
        flows=_flows(draft, problems),
        earlier=dict(_earlier(draft)),
        trunks=made("trunk", models.trunks, Trunk),
        languages=offered,
        queue_languages=taken,
        notices=_to_be_told(notices, now.timestamp()),
        offers=_rules(draft, OFFERS, _offers, problems),
        callbacks=_rules(draft, callback_rules.KEY, callback_rules.read, problems),
        limits=_rules(draft, LIMITS, _limits, problems),
    )


def _made(
    draft: Draft, problems: list[str], noun: str, table: Table, form: type[T]
) -> dict[str, T]:
    made: dict[str, T] = {}
    for given in draft.in_use(table):  # what is not may have been written by any release
        key = given.get(key_of(table), "?")
        try:
            made[key] = document.read(form, given, f"{noun} {key}")
        except document.Refused as refused:
            problems += refused.problems
    return made


def _profiles(
    agents: Mapping[str, AgentDocument], centres: Mapping[str, Centre]
) -> dict[str, AgentProfile]:
    homes = {key: centres.get(agent.centre_id) for key, agent in agents.items()}
    return {
        key: agent.profile(home.municipality if (home := homes[key]) else "")
        for key, agent in agents.items()
    }


def _of_today(given: Mapping[str, Assignment], at: float) -> dict[str, Assignment]:
    return {key: one for key, one in given.items() if one.until_at > at}


def _flows(draft: Draft, problems: list[str]) -> dict[str, Flow]:
    known = frozenset((DEFAULT_QUEUE, *draft.keys(models.queues)))
    made = {}
    for row in _in_force(draft):
        try:
            made[row["name"]] = flow(row, known)
        except FlowError as error:
            problems += map(str, error.problems)
    return made


def _in_force(draft: Draft) -> list[Row]:
    return [row for row in draft.of(models.flows) if row["in_force"]]


def _earlier(draft: Draft) -> Iterator[tuple[FlowKey, Flow]]:
    """Menus of old; the callers of one that can be read no more begin anew in the present one."""
    for row in draft.of(models.flows):
        if not row["in_force"]:
            with suppress(FlowError):
                yield (row["name"], row["version"]), flow(row, None)


def _language_rules(draft: Draft) -> list[LanguageRule]:
    return [
        LanguageRule(
            queue_id=row["queue_id"], language=row["language"], allowed=bool(row["allowed"])
        )
        for row in draft.of(models.language_policies)
    ]


def _to_be_told(notices: Iterable[Notice], at: float) -> tuple[Notice, ...]:
    """Those in force or to come, the oldest first."""
    open_ones = (one for one in notices if one.until_at is None or one.until_at > at)
    return tuple(sorted(open_ones, key=lambda one: (one.from_at, one.notice_id)))


def _rules(draft: Draft, key: str, read: Callable[[Any], T], problems: list[str]) -> T:
    """What a setting says; as usual where it says nothing, or what cannot be."""
    try:
        return read(draft.settings.get(key))
    except document.Refused as refused:
        problems += refused.problems
        return read(None)


def _offers(value: object) -> OfferRules:
    return document.read(OfferRules, {} if value is None else value, f"setting {OFFERS}")


def _limits(value: object) -> CallLimits:
    return document.read(CallLimits, {} if value is None else value, f"setting {LIMITS}")


def _there(draft: Draft, network: Network, prompts: AbstractSet[str]) -> references.Names:
    """All that is named in the draft, broken or not: a name is told once, where it stands."""
    there = references.names(network)
    there |= {
        "region": draft.keys(models.regions),
        "municipality": draft.keys(models.municipalities),
        "centre": draft.keys(models.centres),
        "calendar": draft.keys(models.calendars),
        "queue": draft.keys(models.queues),
        "published menu": {row["name"] for row in _in_force(draft)},
    }
    return {**there, "prompt": prompts} if prompts else there
