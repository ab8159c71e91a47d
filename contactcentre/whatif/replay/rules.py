"""Changed rules: a YAML document that says only what differs from the configuration.

    queues:
      general:
        ring_s: 15
        rings: [{kind: centre, lasts_s: 10}, {kind: network}]
    agents:
      agent-3: {skills: {benefits: 4, taxes: 2}}
      one-more: {name: One more, centre_id: ludza, languages: {lv: 5},
                 hours: [[["09:00", "13:00"]], [], [], [], [], [], []]}

A queue, centre or agent may be given any of its fields, by the names of `routing.model` and
`contactcentre.core.network`. An agent's `hours` (seven days, Monday first, as a calendar's
`weekly`) replace the recorded log-ins; the recorded breaks inside them remain. An agent who is not
in the configuration needs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import msgspec
import yaml

from contactcentre.core.call import overflow
from contactcentre.core.config.network import Centre, Network
from contactcentre.features.publication.hours import week
from contactcentre.features.publication.values import SECONDS, Grade, convert, seconds_fault
from routing.calendar import Calendar
from routing.circles import Ring, RingPlan
from routing.model import AgentProfile, Capability, Queue, levels
from routing.requirement import Levels

Thing = TypeVar("Thing", Queue, Centre, AgentProfile)

Document = dict[str, dict[str, dict[str, Any]]]


class BadRules(ValueError):
    """The document can not be used; says what is wrong, and where. The editor's fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The network under the changed rules, and the hours of agents whose hours were changed."""

    network: Network
    hours: Mapping[str, Calendar] = field(default_factory=dict)


def read(path: Path, network: Network) -> Rules:
    """Raises `BadRules` with the document's name and the place in it."""
    try:
        return parse(path.read_text(encoding="utf-8"), network, name=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise BadRules(f"{path.name}: can not be read") from error


def parse(text: str, network: Network, *, name: str) -> Rules:
    """Raises `BadRules` with the document's name and the place in it."""
    try:
        document = msgspec.convert(yaml.safe_load(text) or {}, Document)
        return _rules(document, network)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        raise BadRules(f"{name}: {where}: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise BadRules(f"{name}: {error}") from error


def _rules(document: Document, network: Network) -> Rules:
    unknown = sorted(set(document) - {"queues", "centres", "agents"})
    if unknown:
        raise ValueError(f"'{unknown[0]}' is not known; there are queues, centres and agents")
    people = {agent_id: dict(change) for agent_id, change in document.get("agents", {}).items()}
    hours = {
        agent_id: _hours(agent_id, change.pop("hours"))
        for agent_id, change in people.items()
        if "hours" in change
    }
    for agent_id in people:
        if agent_id not in network.agents and agent_id not in hours:
            raise ValueError(f"agents.{agent_id}: is not in the configuration, so it needs `hours`")
    changed = replace(
        network,
        queues=_changed("queues", network.queues, document.get("queues", {})),
        centres=_changed("centres", network.centres, document.get("centres", {})),
        agents={**network.agents, **_agents(network, people)},
    )
    for fault in (*_impossible(changed, document), *overflow.problems(changed)):
        raise ValueError(fault)
    for agent_id in people:
        centre_id = changed.agents[agent_id].centre_id
        if centre_id not in changed.centres:
            raise ValueError(f"agents.{agent_id}.centre_id: there is no centre '{centre_id}'")
    return Rules(network=changed, hours=hours)


def _impossible(network: Network, document: Document) -> Iterator[str]:
    """Seconds that no publication would take either."""
    for queue_id, change in document.get("queues", {}).items():
        for name in change.keys() & SECONDS.keys():
            if fault := seconds_fault(name, getattr(network.queues[queue_id], name)):
                yield f"queues.{queue_id}.{fault}"


def _changed(
    where: str, known: Mapping[str, Thing], changes: Mapping[str, Mapping[str, Any]]
) -> dict[str, Thing]:
    found = dict(known)
    for key, change in changes.items():
        if key not in known:
            names = ", ".join(known)
            raise ValueError(f"{where}: there is no '{key}'; there are {names}")
        found[key] = _overlaid(known[key], change, f"{where}.{key}")
    return found


def _agents(network: Network, changes: Mapping[str, Mapping[str, Any]]) -> dict[str, AgentProfile]:
    found = {}
    for agent_id, change in changes.items():
        where, change = f"agents.{agent_id}", dict(change)
        known = network.agents.get(agent_id) or AgentProfile(
            agent_id=agent_id, name=agent_id, centre_id="", endpoint=f"replay-{agent_id}"
        )
        able: dict[str, Any] = {
            key: change.pop(key) for key in ("skills", "languages") if key in change
        }
        capability = _overlaid_fields(known.capability, able, where)
        found[agent_id] = replace(_overlaid(known, change, where), capability=capability)
    return found


def _overlaid(known: Thing, change: Mapping[str, Any], where: str) -> Thing:
    """The same thing with some fields changed; its id is not one of them."""
    id_field = fields(known)[0].name
    if id_field in change:
        raise ValueError(f"{where}.{id_field}: an id can not be changed")
    return _overlaid_fields(known, change, where)


Value = TypeVar("Value", Queue, Centre, AgentProfile, Capability)


def _overlaid_fields(known: Value, change: Mapping[str, Any], where: str) -> Value:
    hints = get_type_hints(type(known))
    for name in change:
        if name not in hints:
            names = ", ".join(sorted(hints))
            raise ValueError(f"{where}: there is no '{name}'; there are {names}")
    values = {
        name: _converted(value, hints[name], f"{where}.{name}") for name, value in change.items()
    }
    return replace(known, **values)


def _converted(value: Any, kind: Any, where: str) -> Any:
    try:
        if kind == RingPlan:
            return RingPlan(rings=convert(value, tuple[Ring, ...]))
        if kind == Levels:
            return levels(convert(value, dict[str, Grade]))
        return convert(value, kind)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _hours(agent_id: str, weekly: Any) -> Calendar:
    where = f"agents.{agent_id}.hours"
    try:
        return Calendar(weekly=week(weekly))
    except ValueError as wrong:
        raise ValueError(f"{where}: {wrong}") from None
