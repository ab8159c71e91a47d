"""When a supervisor should look at a queue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from routing.written import within


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What a queue should keep to. The T of its service level is its own `answer_within_s`."""

    longest_wait_s: Annotated[float, within(1, 3600)] = 120.0
    service_level: Annotated[float, within(0, 1, unit="(a share)")] = 0.75
    waiting: Annotated[int, within(0, 1000, unit="calls")] = 2  # at the same time
    abandoned_share: Annotated[float, within(0, 1, unit="(a share)")] = 0.05  # at most, of a day
    ready: Annotated[int, within(0, 1000, unit="agents")] = 1  # at least, for the next call
    occupancy: Annotated[float, within(0, 1, unit="(a share)")] = 0.85  # at most, of an instant
    wrap_up_s: Annotated[float, within(1, 7200)] = 300.0  # who takes longer is looked at
    hold_s: Annotated[float, within(1, 3600)] = 180.0  # the same of a caller who hears music
    # Of opening time: a voice message is to be handled within it.
    message_s: Annotated[float, within(60, 30 * 24 * 3600)] = 24 * 3600.0


def together(targets: Iterable[Targets]) -> Targets:
    """What several queues keep to who all keep to their own: the strictest of each, and as many
    waiting as all of them may have, for each call waits in one of them."""
    some = tuple(targets) or (Targets(),)
    return Targets(
        longest_wait_s=min(one.longest_wait_s for one in some),
        service_level=max(one.service_level for one in some),
        waiting=sum(one.waiting for one in some),
        abandoned_share=min(one.abandoned_share for one in some),
        ready=max(one.ready for one in some),
        occupancy=min(one.occupancy for one in some),
        wrap_up_s=min(one.wrap_up_s for one in some),
        hold_s=min(one.hold_s for one in some),
        message_s=min(one.message_s for one in some),
    )
