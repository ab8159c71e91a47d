"""The figures of the day and of the last half hour: running totals, kept up with every event.

Live board, desk and metrics all take theirs from here, and reports compute them by the same
formulae from the same fields, so they agree.

A call is counted at two instants: when it leaves its queue, and when it ends. Which of them an
event was follows from the call before and after it, so that nothing need be remembered of a call
that has been counted. Kept are one `Level` a queue for the day, one a queue and minute for the half
hour, and the ends of the day: an answer adds up thirty, however many calls the day has had.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, cast, get_args

from contactcentre.core.call import demand
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Outcome
from contactcentre.storage.entry import Ended, EndsOfMinute, QueueMinute
from routing.calendar import local_day
from routing.service_level import Level, Queued, of

WINDOW_MIN: Final = 30
"""The board's "now": the minute under way and the twenty-nine before it."""


AT_THE_DOOR: Final = frozenset({"closed", "nobody", "full"})
"""Why somebody is turned away who does not count as one who stood in line."""


class _Totals:
    """Of one queue, or of all."""

    def __init__(self) -> None:
        self.today = Level()
        self.minutes: deque[tuple[int, Level]] = deque(maxlen=WINDOW_MIN)
        self._window: tuple[int, Level] | None = None  # by its last minute, until something comes
        self._both = self.today, Level()

    def add(self, left_at: float, one: Level) -> None:
        """Count a call in its minute; one that is told late counts in the latest there is."""
        self.today += one
        self._window = None
        minute = int(left_at // 60)
        if self.minutes and self.minutes[-1][0] >= minute:
            last, level = self.minutes.pop()
            self.minutes.append((last, level + one))
        else:
            self.minutes.append((minute, one))

    def move(self, by_min: int) -> None:
        """The wall clock was set."""
        self._window = None
        moved = ((minute + by_min, level) for minute, level in self.minutes)
        self.minutes = deque(moved, maxlen=WINDOW_MIN)

    def window(self, at: float) -> Level:
        """The last half hour."""
        last = int(at // 60)
        if self._window is None or self._window[0] != last:
            first = last - WINDOW_MIN + 1
            lately = (level for minute, level in self.minutes if minute >= first)
            self._window = last, sum(lately, Level())
        return self._window[1]

    def both(self, at: float) -> tuple[Level, Level]:
        """The day and the last half hour: the same object until something comes of it."""
        window = self.window(at)
        if self._both[0] is not self.today or self._both[1] != window:
            self._both = self.today, window
        return self._both


Dimension = Literal[
    "centre",
    "municipality",
    "region",
    "language",
    "number",
    "helping_centre",
    "helped_centre",
    "helping_municipality",
    "helped_municipality",
]
"""What calls are counted under besides their queue: where the caller belongs, the language, the
number that was dialled; and of a call that was answered in another place than its own, the one that
helped and the one that was helped."""

Under = str | tuple[Dimension, str] | None
"""A queue, an id in a dimension, or everything."""


class Figures:
    """Every call of today that has left its queue, counted once; `None` stands for all queues.

    What it is counted under is what the configuration knows, so the totals are as many.
    """

    def __init__(self) -> None:
        self._totals: defaultdict[Under, _Totals] = defaultdict(_Totals)
        self._ends: Counter[tuple[str, Outcome]] = Counter()  # by queue
        self._day = ""

    def count(self, left: Iterable[Queued], ended: Iterable[Ended]) -> None:
        """Count calls that an event has taken out of their queue, and calls that it has ended.

        Whoever is rung back has not waited on the telephone: callbacks have figures of their own.
        """
        for one in left:
            self._add(one.left_at, of(one), one.queue, None, *_under(one.under))
        for over in ended:
            if self._is_today(over.at):
                self._ends[over.queue, over.outcome] += 1

    def restore(
        self, minutes: Iterable[QueueMinute], ends: Iterable[EndsOfMinute], at: float
    ) -> None:
        """Go on with what the journal counted, minute by minute."""
        for one in minutes:
            under = _under([(one.dimension, one.queue)]) if one.dimension else (one.queue, None)
            self._add(one.minute * 60.0, one.level, *under)
        for ended in ends:
            if self._is_today(ended.minute * 60.0):
                self._ends[ended.queue, ended.outcome] += ended.count
        self._is_today(at)

    def move(self, by_s: float, at: float) -> None:
        """The wall clock was set, and it is `at` now: the last half hour is what it was, and a day
        into which the wall has come back goes on."""
        for totals in self._totals.values():
            totals.move(round(by_s / 60))
        self._day = min(self._day, _day(at))

    def _add(self, left_at: float, level: Level, *under: Under) -> None:
        if self._is_today(left_at):
            for key in under:
                self._totals[key].add(left_at, level)

    def today(self, at: float, under: Under = None) -> Level:
        """All of the day of that instant, or what was counted under something."""
        totals = self._totals.get(under)
        return totals.today if totals is not None and self._is_today(at) else Level()

    def levels(self, at: float) -> Mapping[Under, tuple[Level, Level]]:
        """The day and the last half hour, of all that anything was counted under. What has come to
        nothing more since is the same object."""
        if not self._is_today(at):
            return {}
        return {under: one.both(at) for under, one in self._totals.items()}

    def ended(self, outcome: Outcome, queue: str | None = None) -> int:
        """Calls of today that have come to this end, in all or in the queue where they stood last.

        They are counted beside the service level: it says of a call only whether it was answered.
        """
        ends = self._ends.items()
        return sum(count for (last, how), count in ends if how is outcome and queue in (None, last))

    def ends(self, queue: str | None = None) -> Counter[Outcome]:
        """All of them at once."""
        found: Counter[Outcome] = Counter()
        for (last, how), count in self._ends.items():
            if queue in (None, last):
                found[how] += count
        return found

    def window(self, at: float, under: Under = None) -> Level:
        """The last half hour."""
        totals = self._totals.get(under)
        return totals.window(at) if totals is not None else Level()

    def _is_today(self, at: float) -> bool:
        """A call may be told on the day after its end: that changes no new figures."""
        day = _day(at)
        if day > self._day:
            self._day = day
            for totals in self._totals.values():
                totals.today = Level()
            self._ends.clear()
        return day == self._day


def left(before: Call | None, after: Call, network: Network) -> Queued | None:
    """The call, where an event has taken it out of its queue: answered, hung up there, or over in
    another way; who was turned away at the queue's door was never in it."""
    if after.callback is not None or _left_at(after) is None:
        return None
    return _queued(after, network) if before is None or _left_at(before) is None else None


def end(before: Call | None, after: Call) -> Ended | None:
    """The call's end, where an event was that. A message is handled whether its citizen was rung
    for it or not; what went out otherwise is counted apart from what rang in."""
    over = after.phase is Phase.ENDED and (before is None or before.phase is not Phase.ENDED)
    outcome = after.end.outcome
    if after.callback is not None:
        outcome = _handled(after) if after.message is not None else _reached(after)
    if not over or outcome is None:
        return None
    return Ended(queue=after.queue, at=after.end.at or after.since, outcome=outcome)


def _handled(promise: Call) -> Outcome | None:
    """Of a message, if anybody has heard it and seen to it."""
    done = promise.end.outcome in (Outcome.HANDLED, Outcome.ANSWERED)
    return Outcome.HANDLED if done else None


def _reached(promise: Call) -> Outcome | None:
    """Of somebody whom we have rung, if that is what became of it."""
    if promise.talk.answered_at is not None:
        return Outcome.CALLED_OUT
    return Outcome.NOT_REACHED if promise.end.outcome is Outcome.NOT_REACHED else None


def _left_at(call: Call) -> float | None:
    """When the caller left the queue, answered or not; None before, or where there was none."""
    if call.queueing.queued_at is None:
        return None
    if call.talk.answered_at is not None:
        return call.talk.answered_at
    turned_away = call.end.outcome is Outcome.TURNED_AWAY and call.end.why in AT_THE_DOOR
    over = call.phase is Phase.ENDED and not turned_away
    return (call.end.at or call.since) if over else None


def _queued(call: Call, network: Network) -> Queued:
    queue = network.queue(call.queue)
    return Queued(
        queue=call.queue,
        left_at=_left_at(call) or call.since,
        wait_s=call.wait_s or 0.0,
        answered=call.talk.answered_at is not None,
        within_s=queue.answer_within_s,
        short_s=queue.short_abandon_s,
        otherwise=call.talk.answered_at is None and call.end.outcome is not Outcome.ABANDONED,
        under=tuple(_counted_under(call, network)),
    )


def _counted_under(call: Call, network: Network) -> Iterator[tuple[Dimension, str]]:
    """Ids of the configuration alone: what a caller dials or a menu says makes no new ones."""
    yield from belongs(call, network)
    helper = network.agents.get(call.talk.agent_id or "")
    if helper is None:
        return
    here, home = network.place(helper.centre_id), demand.home(call, network)
    if here.centre and home.centre and here.centre != home.centre:
        yield "helping_centre", here.centre
        yield "helped_centre", home.centre
    if here.municipality and home.municipality and here.municipality != home.municipality:
        yield "helping_municipality", here.municipality
        yield "helped_municipality", home.municipality


def belongs(call: Call, network: Network) -> Iterator[tuple[Dimension, str]]:
    """Where a call belongs: its caller's place as routing has it, its language, its number."""
    place = demand.home(call, network)
    found: tuple[tuple[Dimension, str], ...] = (
        ("centre", place.centre),
        ("municipality", place.municipality),
        ("region", place.region),
        ("language", call.language if call.language in network.languages else ""),
        ("number", call.dialled if call.dialled in network.hotlines else ""),
    )
    return (one for one in found if one[1])


def _under(ids: Iterable[tuple[str, str]]) -> Iterator[tuple[Dimension, str]]:
    """Those whose dimension there still is."""
    known = get_args(Dimension)
    return ((cast("Dimension", one), key) for one, key in ids if one in known)


def _day(at: float) -> str:
    return local_day(at).isoformat()
