"""Crisis plans as people prepare them: read, checked, and refused with the place of the fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from contactcentre.core.config.crisis import EVERY, FIGURES, LIMITS, THRESHOLDS, Plan
from contactcentre.core.config.document import Refused, fields_of, read
from contactcentre.core.config.network import Network
from contactcentre.features.prompts.document import KEY, VOICES
from ivr.nodes import LANGUAGE_OFFER
from routing.model import Queue

MOST = 86_400
"""Of a threshold: a day, in seconds; or so many callers."""


def plans(
    documents: Sequence[Mapping[str, Any]], network: Network, everybody: AbstractSet[str]
) -> tuple[dict[str, Plan], list[str]]:
    """The plans by id; and every fault, with its place and reason.

    `everybody` are the ids of all agents, those too who are out of service.
    """
    found: dict[str, Plan] = {}
    faults: list[str] = []
    for given in documents:
        where = f"crisis plan {given['plan_id']}"
        try:
            plan = read(Plan, given, where)
        except Refused as refused:
            faults += refused.problems
            continue
        faults += [f"{where}, {fault}" for fault in _faults(plan, network, everybody)]
        found[plan.plan_id] = plan
    return found, faults


def _faults(plan: Plan, network: Network, everybody: AbstractSet[str]) -> Iterator[str]:
    yield from _word_faults(plan)
    if plan.flow and plan.flow not in network.flows:
        yield f"flow: no published menu named '{plan.flow}'"
    yield from _language_faults(plan, network)
    for queue, limits in plan.limits.items():
        if queue != EVERY and queue not in network.queues:
            yield f"limits.{queue}: no such queue ('{EVERY}' is all of them)"
        for name in sorted(limits.keys() - LIMITS):
            yield f"limits.{queue}.{name}: no such limit (one of {', '.join(sorted(LIMITS))})"
        for name in sorted(limits.keys() & FIGURES):
            try:
                read(fields_of(Queue)[name], limits[name], f"limits.{queue}.{name}")
            except Refused as refused:
                yield from refused.problems
    yield from _threshold_faults(plan, network)
    for centre_id in sorted(plan.caps.keys() - network.centres.keys() - {EVERY}):
        yield f"caps.{centre_id}: no such centre ('{EVERY}' is all that have a cap)"
    for agent_id in plan.volunteers:
        if agent_id not in everybody:
            yield f"volunteers.{agent_id}: no such agent"


def _threshold_faults(plan: Plan, network: Network) -> Iterator[str]:
    """A threshold must have its rule; of two, the first would leave nothing to the other."""
    for queue_id, limits in plan.limits.items():
        concerned = network.queues if queue_id == EVERY else {queue_id} & network.queues.keys()
        for name in sorted(limits.keys() & THRESHOLDS.keys()):
            where, when = f"limits.{queue_id}.{name}", THRESHOLDS[name]
            rules = Counter(
                key for key in concerned for one in network.queues[key].overflow if one.when == when
            )
            if not 1 <= limits[name] <= MOST:  # which no NaN is
                yield f"{where}: must be 1 to {MOST}"
            if concerned and not rules:
                yield f"{where}: no overflow rule '{when}' is there to be set"
            for key in sorted(key for key, count in rules.items() if count > 1):
                yield f"{where}: the queue {key} has several overflow rules '{when}'"


def _word_faults(plan: Plan) -> Iterator[str]:
    if not KEY.fullmatch(plan.plan_id):
        yield "plan_id: a-z, 0-9, - and . only, for it names a prompt"
    if plan.announcement and plan.prompt:
        yield "prompt: either it or announcement"
    if plan.announcement and not plan.announcement.get("lv", "").strip():
        yield "announcement.lv: is missing, Latvian is said to whoever chose nothing"
    for language, texts in plan.texts.items():
        for key, text in texts.items():
            if language not in VOICES or not KEY.fullmatch(key) or not text.strip():
                where = "announcement" if key == plan.spoken else f"prompts.{key}"
                yield f"{where}.{language}: needs a text, in one of {', '.join(VOICES)}"


def _language_faults(plan: Plan, network: Network) -> Iterator[str]:
    """A language that nobody speaks would let its callers wait for ever."""
    flow = network.flows.get(plan.flow)
    for language, added in plan.languages.items():
        if LANGUAGE_OFFER not in added.prompts:
            yield f"languages.{language}.prompts: '{LANGUAGE_OFFER}' is missing, it is offered so"
        if flow is None or language not in flow.languages:
            yield f"languages.{language}: the plan's menu has no such language"
        spoken = [
            key
            for key, profile in network.agents.items()
            if not profile.reserve and dict(profile.capability.languages).get(language)
        ] + [key for key, one in plan.volunteers.items() if one.languages.get(language)]
        if not spoken:
            yield f"languages.{language}: no agent and no volunteer of the plan speaks it"
