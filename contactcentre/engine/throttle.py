"""How often the same may be written down: what strangers can cause must fill no disk. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Period:
    since: float
    told: int = 0
    left_out: int = 0


class Throttle:
    """So many of a kind in a period; those beyond are counted, and the next that is told says so.

    At most `kinds` are known at a time; all others are one kind together.
    """

    def __init__(self, most: int, period_s: float, *, kinds: int = 1000) -> None:
        self._most = most
        self._period_s = period_s
        self._kinds = kinds
        self._periods: dict[str, _Period] = {}

    def admit(self, kind: str, at: float) -> int | None:
        """None: not this one. Else how many of its kind were left out since the last."""
        period = self._period(kind, at)
        if at - period.since >= self._period_s:
            period.since, period.told = at, 0
        if period.told >= self._most:
            period.left_out += 1
            return None
        period.told += 1
        left_out, period.left_out = period.left_out, 0
        return left_out

    def _period(self, kind: str, at: float) -> _Period:
        if kind not in self._periods and len(self._periods) >= self._kinds:
            over = [k for k, one in self._periods.items() if at - one.since >= self._period_s]
            for old in over:
                del self._periods[old]
            if not over:
                kind = ""
        return self._periods.setdefault(kind, _Period(at))
