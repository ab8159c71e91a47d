"""Calls forecast from two years of them, held against what others make of the same years.

Several mornings on which the weeks to come are forecast: a day, a week and four weeks ahead, by
quarter hour and by day. The peers get daily totals of the same days, raw and with holidays filled
in by the same weekday of the week before and known to be shut (which they can't know by
themselves), and each day's usual shares by weekday; the better of the two counts, and of the
seasonal-naive one also the plain week before, quarter hour by quarter hour. Whatever rests on
chance rests on --seed alone.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from forecast_history import LINES, Line, Made, history

from contactcentre.features.forecast.calendar import HOLIDAY, DayKinds
from contactcentre.features.forecast.model import Model, PastDay, fit

FIRST = date(2024, 9, 1)
YEARS_DAYS = 730
WEEK = 7
AHEAD = {"day": range(1, 2), "week": range(1, 8), "four_weeks": range(1, 29)}
EVERY_DAYS = 20
"""From one morning to the next."""
SHARES_DAYS = 56

Totals = Sequence[float]


def seasonal_naive(past: Totals) -> list[float]:
    """As the week before."""
    return [past[len(past) - WEEK + ahead % WEEK] for ahead in range(28)]


def holt_winters(past: Totals) -> list[float]:
    """statsmodels: additive trend, damped, and additive weeks."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    made = ExponentialSmoothing(
        list(past), trend="add", damped_trend=True, seasonal="add", seasonal_periods=WEEK
    )
    return [max(0.0, float(one)) for one in made.fit().forecast(28)]


def auto_ets(past: Totals) -> list[float]:
    """statsforecast, which chooses the model by itself."""
    import numpy
    from statsforecast.models import AutoETS

    made = AutoETS(season_length=WEEK).forecast(y=numpy.array(past, dtype=float), h=28)
    return [max(0.0, float(one)) for one in made["mean"]]


PEERS: dict[str, Callable[[Totals], list[float]]] = {
    "seasonal_naive": seasonal_naive,
    "holt_winters": holt_winters,
    "auto_ets": auto_ets,
}


class Errors:
    """What each contestant was off by, by how far ahead and how fine."""

    def __init__(self) -> None:
        self.off: dict[tuple[str, str, str], float] = defaultdict(float)
        self.came: dict[tuple[str, str], float] = defaultdict(float)

    def note(self, who: str, ahead: int, said: Sequence[float], came: Sequence[int]) -> None:
        by_quarter = sum(abs(a - b) for a, b in zip(said, came, strict=True))
        by_day = abs(sum(said) - sum(came))
        for name, reach in AHEAD.items():
            if ahead in reach:
                self.off[who, name, "quarter"] += by_quarter
                self.off[who, name, "day"] += by_day
                if who == "ours":
                    self.came[name, "quarter"] += sum(came)
                    self.came[name, "day"] += sum(came)

    def wape(self, who: str, name: str, fine: str) -> float:
        return self.off[who, name, fine] / self.came[name, fine]


def shares(past: Sequence[Made], free: DayKinds, filled: bool) -> dict[int, list[float]]:
    """The usual profile of each weekday of the last weeks."""
    summed: dict[int, list[float]] = {n: [0.0] * 96 for n in range(7)}
    for one in past[-SHARES_DAYS:]:
        if not filled or free.kind(one.day).pattern != HOLIDAY:
            for quarter, count in enumerate(one.counts):
                summed[one.day.weekday()][quarter] += count
    return {n: [one / (sum(some) or 1.0) for one in some] for n, some in summed.items()}


def filled_in(past: Sequence[Made], free: DayKinds) -> list[float]:
    """Daily totals, a holiday's taken from a week before."""
    found: list[float] = []
    for number, one in enumerate(past):
        shut = free.kind(one.day).pattern == HOLIDAY and number >= WEEK
        found.append(found[number - WEEK] if shut else float(sum(one.counts)))
    return found


def compare(
    line: Line,
    errors: dict[str, Errors],
    origins: int,
    seed: int,
    peers: Sequence[str],
    covered: list[bool],
) -> None:
    """One queue, on all its mornings."""
    length = YEARS_DAYS + EVERY_DAYS * (origins - 1) + 28
    days = list(history(line, FIRST, FIRST + timedelta(days=length - 1), seed))
    free = DayKinds(FIRST.year)
    own = errors[line.name]
    for number in range(origins):
        begins = YEARS_DAYS + EVERY_DAYS * number
        past, coming = days[:begins], days[begins : begins + 28]
        model = ours(past, free)
        for ahead, one in enumerate(coming, start=1):
            kind = free.kind(one.day)
            said = model.expected(one.day, kind)
            for each in (own, errors["all"]):
                each.note("ours", ahead, said.calls, one.counts)
            covered += [
                low <= came <= high
                for low, came, high in zip(said.low, one.counts, said.high, strict=True)
                if high > 1
            ]
        for who in peers:
            others(who, past, coming, free, (own, errors["all"]))


def ours(past: Sequence[Made], free: DayKinds) -> Model:
    """What the hotline makes of it; what was a storm it isn't told."""
    return fit([PastDay(one.day, free.kind(one.day), one.counts) for one in past])


def others(
    who: str, past: Sequence[Made], coming: Sequence[Made], free: DayKinds, into: Sequence[Errors]
) -> None:
    """A peer, in each way in which it may be used."""
    ways: dict[str, list[float]] = {
        "raw": PEERS[who]([float(sum(one.counts)) for one in past]),
        "filled": PEERS[who](filled_in(past, free)),
    }
    for way, totals in ways.items():
        filled = way == "filled"
        usual = shares(past, free, filled)
        for ahead, (total, one) in enumerate(zip(totals, coming, strict=True), start=1):
            shut = filled and free.kind(one.day).pattern == HOLIDAY
            said = [0.0 if shut else total * share for share in usual[one.day.weekday()]]
            for each in into:
                each.note(f"{who}/{way}", ahead, said, one.counts)
    if who == "seasonal_naive":
        for ahead, one in enumerate(coming, start=1):
            before = past[len(past) - WEEK + (ahead - 1) % WEEK].counts
            for each in into:
                each.note(f"{who}/quarters", ahead, before, one.counts)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--origins", type=int, default=18)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--lines", nargs="*")
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # of the peers, about their own fits
    errors: dict[str, Errors] = defaultdict(Errors)
    covered: list[bool] = []
    began = time.perf_counter()
    for line in LINES:
        if not given.lines or line.name in given.lines:
            compare(line, errors, given.origins, given.seed, given.peers, covered)
            print(line.name, f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
    told = result(errors, given.peers)
    told["covered_80"] = round(statistics.fmean(covered), 3)
    print(json.dumps(told) if given.json else "\n".join(f"{k}: {v}" for k, v in told.items()))


def result(errors: dict[str, Errors], peers: Sequence[str]) -> dict[str, object]:
    """The headline, by quarter hour over four weeks, and each queue and reach beneath it."""
    whole = errors["all"]
    detail: dict[str, object] = {}
    best: dict[str, tuple[float, str]] = {}
    for name, own in errors.items():
        for reach in AHEAD:
            for fine in ("quarter", "day"):
                who = sorted({key[0] for key in own.off} - {"ours"})
                found = {each: round(own.wape(each, reach, fine), 4) for each in who}
                least = min(((value, each) for each, value in found.items()), default=(0.0, ""))
                if name == "all":
                    best[f"{reach}_{fine}"] = least
                    told = {"ours": round(own.wape("ours", reach, fine), 4), **found}
                    detail[f"{reach}_{fine}"] = told
                else:
                    detail[f"{name}_{reach}_{fine}"] = [
                        round(own.wape("ours", reach, fine), 4),
                        *least,
                    ]
    value, who = best["four_weeks_quarter"]
    return {
        "ours_wape": round(whole.wape("ours", "four_weeks", "quarter"), 4),
        "best_peer_wape": value,
        "best_peer": who,
        **detail,
    }


if __name__ == "__main__":
    main()
