"""Recorded, replayed and changed, side by side: waits and service level, by queue and by centre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contactcentre.core.config.network import Network
from contactcentre.whatif.replay.period_log import LoggedCall, PeriodLog
from contactcentre.whatif.replay.run import Departed
from routing.service_level import Level, Queued, level
from routing.tally import percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """Of one group of calls on one side; waits in seconds, of the answered and the abandoned."""

    level: Level
    p50_s: float
    p90_s: float
    longest_s: float
    otherwise: int  # left by a callback, a message, a fault
    waiting: int  # had not left when the record ended

    @property
    def calls(self) -> int:
        """All."""
        counted = self.level.answered + self.level.abandoned + self.level.short_abandoned
        return counted + self.otherwise + self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow:
    """One group on every side.

    `recorded` is what happened; `present` what the replay makes of the present rules, which shows
    how far to trust it; `changed`, if there is one, what it makes of the changed rules.
    """

    kind: str  # total, queue, centre
    key: str
    name: str
    sides: Mapping[str, GroupFigures]


Departures = Mapping[int, Departed]


def compare(
    past: PeriodLog,
    departures: Mapping[str, Departures],
    networks: Mapping[str, Network],
    *,
    locale: str = "en",
) -> list[ComparisonRow]:
    """The total, each queue, then each home centre; only calls of the period itself count.

    The promises of a side (within how many seconds, which abandon is short) are those of its
    network.
    """
    groups: dict[tuple[str, str], list[int]] = {("total", ""): list(past.counted)}
    for number in past.counted:
        call = past.calls[number]
        home = networks["present"].hotline(call.dialled).centre_id or ""
        groups.setdefault(("queue", call.queue), []).append(number)
        groups.setdefault(("centre", home), []).append(number)
    order = {"total": 0, "queue": 1, "centre": 2}
    return [
        ComparisonRow(
            kind=kind,
            key=key,
            name=_name(kind, key, networks["present"], locale),
            sides={
                side: _figures(past.calls, groups[kind, key], left, networks[side])
                for side, left in departures.items()
            },
        )
        for kind, key in sorted(groups, key=lambda group: (order[group[0]], group[1]))
    ]


def _name(kind: str, key: str, network: Network, locale: str) -> str:
    match kind:
        case "queue":
            known = network.queues.get(key)
            return known.labels.get(locale, key) if known else key
        case "centre":
            centre = network.centres.get(key)
            return centre.name if centre else key or "-"
        case _:
            return "all"


def _figures(
    calls: Sequence[LoggedCall], numbers: Iterable[int], left: Departures, network: Network
) -> GroupFigures:
    queued: list[Queued] = []
    otherwise = waiting = 0
    for number in numbers:
        departed = left.get(number)
        if departed is None:
            waiting += 1
        elif departed.left == "otherwise":
            otherwise += 1
        else:
            queued.append(_queued(calls[number], departed, network))
    waits = sorted(each.wait_s for each in queued)
    return GroupFigures(
        level=level(queued),
        p50_s=percentile(waits, 50),
        p90_s=percentile(waits, 90),
        longest_s=waits[-1] if waits else 0.0,
        otherwise=otherwise,
        waiting=waiting,
    )


def _queued(call: LoggedCall, departed: Departed, network: Network) -> Queued:
    queue = network.queue(call.queue)
    return Queued(
        queue=call.queue,
        left_at=call.queued_at + departed.wait_s,
        wait_s=departed.wait_s,
        answered=departed.left == "answered",
        within_s=queue.answer_within_s,
        short_s=queue.short_abandon_s,
    )


def as_json(row: ComparisonRow) -> dict[str, Any]:
    """Shares 0..1, seconds."""
    return {
        "kind": row.kind,
        "key": row.key,
        "name": row.name,
        **{side: _figures_json(found) for side, found in row.sides.items()},
    }


def _figures_json(found: GroupFigures) -> dict[str, Any]:
    return {
        "calls": found.calls,
        "answered": found.level.answered,
        "abandoned": found.level.abandoned,
        "short_abandoned": found.level.short_abandoned,
        "otherwise": found.otherwise,
        "waiting": found.waiting,
        "service_level": found.level.service_level,
        "asa_s": found.level.average_speed_of_answer_s,
        "wait_p50_s": found.p50_s,
        "wait_p90_s": found.p90_s,
        "longest_wait_s": found.longest_s,
    }
