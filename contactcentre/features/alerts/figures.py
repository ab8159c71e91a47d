"""A rule's figure, read off what the board shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from agents_ui.alerts.port import AlertScope
from agents_ui.board.port import AgentRow, FigureRow
from agents_ui.shell.port import Realm
from contactcentre.features.alerts.document import AlertRule

EnquiriesLate = Callable[[], int]
"""Questions to owners of cards whose time is over."""
CallsLately = Callable[[AlertScope], int]
"""Calls of the last half hour: answered, and hung up after the threshold of short ones."""


class Seen(Protocol):
    """An agent on the board, and the realms in which the agent is seen."""

    @property
    def row(self) -> AgentRow:
        """As the board has it."""

    @property
    def realms(self) -> frozenset[Realm]:
        """Centre, municipality, network."""


class SeenAgents(Protocol):
    """Agents, by where they are seen."""

    def seen(self, realms: frozenset[Realm]) -> Sequence[Seen]:
        """In any of these."""


class LivePicture(Protocol):
    """What the board shows at an instant."""

    @property
    def at(self) -> float:
        """UTC seconds."""

    @property
    def figures(self) -> Mapping[Any, FigureRow]:
        """By `AlertScope`."""

    @property
    def agents(self) -> SeenAgents:
        """Everybody who has been at work."""


def value(
    rule: AlertRule,
    row: FigureRow,
    at: float,
    lately: CallsLately,
    long: Mapping[AlertScope, int],
    enquiries_late: EnquiriesLate,
) -> float | None:
    """In the unit of the figure; None where there is none, or where too few calls make it."""
    if rule.least_calls and _calls(rule, row, lately) < rule.least_calls:
        return None
    match rule.figure:
        case "longest_wait":
            return _for(row.longest_since, at)
        case "p90_wait":
            return _for(row.p90_since, at)
        case "unattended":
            return float(0 if row.ready else row.waiting)
        case "service_level":
            return _percent(row.service_level)
        case "service_level_today":
            return _percent(row.service_level_today)
        case "abandoned_share":
            calls = row.answered + row.abandoned
            return 100.0 * row.abandoned / calls if calls else None
        case "average_wait":
            return row.average_wait_s
        case "agents_long":
            return float(long.get(rule.scope, 0))
        case "enquiries_late":
            return float(enquiries_late())
        case plain:
            return float(getattr(row, plain))


def staying_long(agents: Sequence[Seen], at: float) -> Mapping[AlertScope, int]:
    """How many agents of each place are longer in their state than its limit."""
    found: Counter[AlertScope] = Counter()
    for agent in agents:
        row = agent.row
        since = row.held_since if row.state == "TALKING" else row.since
        if row.limit_s is not None and since is not None and at - since > row.limit_s:
            found.update(agent.realms)
    return found


def _calls(rule: AlertRule, row: FigureRow, lately: CallsLately) -> int:
    if rule.figure == "service_level":
        return lately(rule.scope)
    return row.answered + row.abandoned


def _for(since: float | None, at: float) -> float:
    """Nobody who waits waits for no time."""
    return 0.0 if since is None else max(at - since, 0.0)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100.0 * share
