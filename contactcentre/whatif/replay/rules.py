"""Changed rules: a YAML document that says only what differs from the configuration.

    queues:
      general:
        ring_s: 15
        circles: [{kind: centre, lasts_s: 10}, {kind: network}]
    agents:
      agent-3: {skills: {benefits: 4, taxes: 2}}
      one-more: {name: One more, centre_id: ludza, languages: {lv: 5},
                 hours: {mon: [["09:00", "13:00"]]}}

A queue, centre or agent may be given any of its fields, written as in its document (`routing.model`
and `contactcentre.core.config.network`). An agent's `hours` (as a calendar's `weekly`) replace the
recorded log-ins; the recorded breaks inside them remain. An agent who is not in the configuration
needs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from contactcentre.core.config import document, references
from contactcentre.core.config.network import Centre, Network
from contactcentre.features.calendars.document import Week
from routing.calendar import Calendar
from routing.model import AgentProfile, Capability, Queue

Thing = TypeVar("Thing", Queue, Centre, AgentProfile)

_Changes = dict[str, dict[str, Any]]
"""By id: the fields that are changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    queues: _Changes = field(default_factory=dict)
    centres: _Changes = field(default_factory=dict)
    agents: _Changes = field(default_factory=dict)


class BadRules(ValueError):
    """The document cannot be used; says what is wrong, and where. The editor's fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRules:
    """The network under the changed rules, and the hours of agents whose hours were changed."""

    network: Network
    hours: Mapping[str, Calendar] = field(default_factory=dict)


def read(path: Path, network: Network) -> ChangedRules:
    """Raises `BadRules` with the document's name and the place in it."""
    try:
        return parse(path.read_text(encoding="utf-8"), network, name=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise BadRules(f"{path.name}: cannot be read") from error


def parse(text: str, network: Network, *, name: str) -> ChangedRules:
    """Raises `BadRules` with the document's name and the place in it."""
    try:
        written = document.parse(text, name)
    except document.Refused as error:
        raise BadRules(str(error)) from error
    try:
        return _rules(written or {}, network)
    except ValueError as error:
        raise BadRules(f"{name}: {error}") from error


def _rules(written: Any, network: Network) -> ChangedRules:
    given = document.read(_Written, written, "")
    people = {agent_id: dict(change) for agent_id, change in given.agents.items()}
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
        queues=_changed("queues", network.queues, given.queues),
        centres=_changed("centres", network.centres, given.centres),
        agents={**network.agents, **_agents(network, people)},
    )
    if faults := tuple(references.problems(changed, references.names(changed))):
        raise document.Refused(faults)
    return ChangedRules(network=changed, hours=hours)


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
        raise ValueError(f"{where}.{id_field}: an id cannot be changed")
    return _overlaid_fields(known, change, where)


Value = TypeVar("Value", Queue, Centre, AgentProfile, Capability)


def _overlaid_fields(known: Value, change: Mapping[str, Any], where: str) -> Value:
    forms = document.fields_of(type(known))
    for name in change:
        if name not in forms:
            names = ", ".join(sorted(forms))
            raise ValueError(f"{where}: there is no '{name}'; there are {names}")
    values = {
        name: document.read(forms[name], value, f"{where}.{name}") for name, value in change.items()
    }
    return replace(known, **values)


def _hours(agent_id: str, weekly: Any) -> Calendar:
    return Calendar(weekly=document.read(Week, weekly, f"agents.{agent_id}.hours"))
