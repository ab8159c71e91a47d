"""Names that documents use for each other: each must name something.

A document by itself cannot see this, and no table's own rules do: whatever is published together is
checked together, so that rows may be edited in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from typing import Literal

from contactcentre.core.config.callback_rules import CallbackRules
from contactcentre.core.config.network import Network
from contactcentre.core.config.trunk import overlaps
from ivr.document import did_you_mean
from ivr.nodes import TransferNode
from routing.model import Queue
from routing.overflow import Overflow, Way

Kind = Literal[
    "region", "municipality", "centre", "calendar", "queue", "skill", "published menu", "prompt"
]
Names = Mapping[Kind, Collection[str]]
"""What there is, by kind. A kind that is left out is not checked."""

Reference = tuple[str, Kind, str | None]
"""Where, and what is named there; None names nothing."""


def names(network: Network) -> dict[Kind, Collection[str]]:
    """What there is in a network. Prompts are not part of it."""
    asked = (queue.skills for queue in network.queues.values())
    known = (agent.capability.skills for agent in network.agents.values())
    return {
        "region": network.regions.keys(),
        "municipality": network.municipalities.keys(),
        "centre": network.centres.keys(),
        "calendar": network.calendars.keys(),
        "queue": network.queues.keys(),
        "skill": {name for some in chain(asked, known) for name, _ in some},
        "published menu": network.flows.keys(),
    }


def problems(network: Network, there: Names) -> Iterator[str]:
    """What is named and is not there, each with its place."""
    for where, kind, name in chain(_of_places(network), _of_calls(network)):
        if name is not None and name not in there.get(kind, {name}):
            hint = did_you_mean(name, there[kind])
            yield f"{where}: no {kind} named '{name}'" + (f" ({hint})" if hint else "")
    yield from _circles(network)
    yield from _doubled_keys(network)
    yield from _never_dialled(network)
    yield from _shared_phones(network)
    yield from overlaps(network.trunks.values())


def _of_places(network: Network) -> Iterator[Reference]:
    for region in network.municipalities.values():
        yield f"municipality {region.municipality_id}, region", "region", region.region
    for centre in network.centres.values():
        where = f"centre {centre.centre_id}"
        yield f"{where}, municipality", "municipality", centre.municipality
        yield f"{where}, calendar_id", "calendar", centre.calendar_id
    for hotline in network.hotlines.values():
        where = f"hotline {hotline.number}"
        yield f"{where}, flow", "published menu", hotline.flow
        yield f"{where}, centre_id", "centre", hotline.centre_id
        yield f"{where}, calendar_id", "calendar", hotline.calendar_id
    for agent in network.agents.values():
        yield f"agent {agent.agent_id}, centre_id", "centre", agent.centre_id
    for trunk in network.trunks.values():
        yield f"trunk {trunk.trunk_id}, municipality", "municipality", trunk.municipality
        yield f"trunk {trunk.trunk_id}, centre_id", "centre", trunk.centre_id
    if network.callbacks != CallbackRules():  # those that nobody wrote need no calendar
        yield "setting callbacks, calendar", "calendar", network.callbacks.calendar


def _of_calls(network: Network) -> Iterator[Reference]:
    for notice in network.notices:
        for queue_id in notice.queues:
            yield f"notice {notice.notice_id}, queues", "queue", queue_id
        for key in notice.municipalities:
            yield f"notice {notice.notice_id}, municipalities", "municipality", key
        for centre_id in notice.centres:
            yield f"notice {notice.notice_id}, centres", "centre", centre_id
    for queue in network.queues.values():
        for number, circle in enumerate(queue.circles.circles):
            for skill in circle.relax.drop:
                yield f"queue {queue.queue_id}, circles.{number}.relax.drop", "skill", skill
        for where, way in _ways(queue):
            yield from _of_way(where, way)
        notice_key = queue.listening.notice or None
        yield f"queue {queue.queue_id}, listening.notice", "prompt", notice_key
        asked_key = queue.survey.prompt if queue.survey.asks else None
        yield f"queue {queue.queue_id}, survey.prompt", "prompt", asked_key
        recorded_key = queue.recording.notice or None
        yield f"queue {queue.queue_id}, recording.notice", "prompt", recorded_key
    for plan in network.plans.values():
        yield f"crisis plan {plan.plan_id}, prompt", "prompt", plan.prompt or None


def _of_way(where: str, way: Way) -> Iterator[Reference]:
    yield f"{where}.queue", "queue", way.queue or None
    yield f"{where}.calendar", "calendar", (isinstance(way, Overflow) and way.calendar) or None
    for skill in way.relax.drop:
        yield f"{where}.relax.drop", "skill", skill
    for prompt in way.prompts:
        yield f"{where}.prompts", "prompt", prompt.rpartition(":")[2]  # ru:queue.thanks


def _ways(queue: Queue) -> Iterator[tuple[str, Way]]:
    for key, way in queue.keys.items():
        yield f"queue {queue.queue_id}, keys.{key}", way
    for number, rule in enumerate(queue.overflow):
        yield f"queue {queue.queue_id}, overflow.{number}", rule


def _circles(network: Network) -> Iterator[str]:
    for queue in network.queues.values():
        for where, way in _ways(queue):
            if way.queue == queue.queue_id:
                yield f"{where}.queue: leads to itself"


def _doubled_keys(network: Network) -> Iterator[str]:
    for queue in network.queues.values():
        key = queue.recording.key
        if queue.recording.allows and key in queue.keys:
            where = f"queue {queue.queue_id}, recording.key"
            yield f"{where}: {key} leads somewhere already (keys.{key})"


def _never_dialled(network: Network) -> Iterator[str]:
    """Numbers that the limits do not let us dial; a mobile is not told."""
    for agent in network.agents.values():
        if agent.mobile and not network.limits.may_dial(agent.mobile):
            yield f"agent {agent.agent_id}, mobile: begins with no prefix of the setting limits"
    for flow in network.flows.values():
        for name, node in flow.nodes.items():
            if isinstance(node, TransferNode) and not network.limits.may_hand_over(node.number):
                where = f"menu {flow.name}, nodes.{name}.number"
                yield f"{where}: {node.number} begins with no prefix of the setting limits"


def _shared_phones(network: Network) -> Iterator[str]:
    owners: dict[str, str] = {}
    for agent in network.agents.values():
        for phone in agent.phones:
            owner = owners.setdefault(phone, agent.agent_id)
            if owner != agent.agent_id:
                yield f"agent {agent.agent_id}, endpoint: '{phone}' is {owner}'s already"
