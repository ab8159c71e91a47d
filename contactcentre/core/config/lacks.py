"""What a network lacks before a caller reaches somebody, though all of it holds together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from contactcentre.core.config.network import STATE_LANGUAGE, Network
from routing.circles import widest
from routing.model import Queue
from routing.requirement import Requirement

LackCode = Literal["no-number", "no-menu", "no-queue", "no-agent", "unanswered", "no-hours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing; `key` is the queue or the centre that is meant."""

    code: LackCode
    key: str = ""


def missing(network: Network) -> Iterator[Gap]:
    """All of it, what matters most first."""
    there = {
        "no-number": network.hotlines,
        "no-menu": network.flows,
        "no-queue": network.queues,
        "no-agent": network.agents,
    }
    codes: tuple[LackCode, ...] = ("no-number", "no-menu", "no-queue", "no-agent")
    yield from (Gap(code=code) for code in codes if not there[code])
    if network.agents:
        unanswered = (one for one in network.queues.values() if not answered(network, one))
        yield from (Gap(code="unanswered", key=one.queue_id) for one in unanswered)
    for centre in network.centres.values():
        if centre.calendar_id is None:
            yield Gap(code="no-hours", key=centre.centre_id)


def answered(network: Network, queue: Queue) -> bool:
    """Whether anybody could take its calls in the state language, at work or not, once all of its
    circles are open."""
    asked = Requirement(skills=queue.skills, language=STATE_LANGUAGE)
    last = widest(queue.circles, asked)
    return any(one.capability.meets(last) for one in network.agents.values())
