"""What a waiting caller is told: the position, and an honest range of the wait."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence

from contactcentre.core.call import menu_moves, overflow
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.move import Change, Follow
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.clock_step import moved
from contactcentre.core.config.network import Network
from contactcentre.core.effects import Effect, Music
from ivr import say
from routing.waiting import WINDOW_S, Departure, Pace, estimate, median_s, pace

LONGEST_MIN = 60
"""A longer wait is not put into figures."""

STILL = "wait.still"
"""Said instead of figures."""

_IN_LINE = (Phase.WAITING, Phase.OFFERED)


Line = tuple[str, str]
"""A queue and a language: those for whom it is the same people who can answer."""


class Announcer:
    """Told of every call as it changes; keeps the pace at which each line moves."""

    def __init__(self) -> None:
        self._left: dict[Line, deque[Departure]] = defaultdict(deque)

    def __len__(self) -> int:
        """Departures that are remembered."""
        return sum(map(len, self._left.values()))

    def move(self, by_s: float) -> None:
        """The wall clock was set."""
        for which, line in self._left.items():
            self._left[which] = deque(moved(one, by_s) for one in line)

    def saw(self, change: Change) -> tuple[Follow, ...]:
        """A call that was in line and is no more has moved everybody behind it."""
        before, call, at = change.before, change.after, change.at
        if before is None or not _is_in_line(before, at):
            return ()
        if not _is_in_line(call, at) or _line(call) != _line(before):
            answered = call.phase is Phase.TALKING
            left = Departure(at=at, waited_s=_waited_s(before, at), answered=answered)
            line = self._left[_line(before)]
            line.append(left)
            while line[0].at < at - WINDOW_S:
                line.popleft()
        return ()

    def tell(
        self, call: Call, calls: Iterable[Call], at: float, network: Network
    ) -> Iterator[Effect]:
        """Position and wait, to whoever hears music just now; and when to tell again."""
        if call.phase is Phase.WAITING and call.channel.leashed:
            yield menu_moves.tell_waiting(call, self.words(call, calls, at, network))
            yield Music(call_id=call.call_id)
        if call.phase in _IN_LINE:
            yield from menu_moves.tell_later(call, network)

    def words(
        self, call: Call, calls: Iterable[Call], at: float, network: Network
    ) -> tuple[str, ...]:
        """Prompt keys for this caller now: the place, the wait, what may be pressed instead."""
        if call.language not in say.WORDS:
            return (STILL,)  # a crisis may add a language whose numbers nobody has taught us
        line = [one for one in calls if _line(one) == _line(call) and _is_in_line(one, at)]
        position = _position(call, line)
        seen = self._pace(line, _line(call), at)
        expected = estimate(position, seen)
        told = say.position(position, call.language)
        queue = network.queue(call.queue)
        keys = tuple(overflow.offered(call, median_s(position, seen), at, network))
        times = _times_told(call, at, queue.announce_s)
        tells_wait = times % 2 == 0 or not keys
        if tells_wait and expected is not None and expected.high_min <= LONGEST_MIN:
            told += say.wait_range(expected.low_min, expected.high_min, call.language)
        for key in _in_turn(keys, times):
            told += (f"wait.key-{queue.keys[key].do}", *say.digits(key, call.language))
        return told

    def _pace(self, line: Iterable[Call], which: Line, at: float) -> Pace:
        return pace(self._left[which], (_waited_s(call, at) for call in line), at)


def _times_told(call: Call, at: float, every_s: float) -> int:
    """How often this caller has been told before."""
    first_s = min(menu_moves.FIRST_WORDS_S, every_s)
    waited_s = at - (call.queueing.queued_at if call.queueing.queued_at is not None else call.since)
    return max(0, int((waited_s - first_s) // every_s)) if every_s > 0 else 0


def _in_turn(keys: Sequence[str], times: int) -> Sequence[str]:
    """All that may be pressed, the first time; then by turns none and one, to be done in 8 s."""
    if times == 0 or not keys:
        return keys
    return (keys[times // 2 % len(keys)],) if times % 2 else ()


def _line(call: Call) -> Line:
    return call.queue, call.language


def _waited_s(call: Call, at: float) -> float:
    """Within the time that the pace is of; a place that was kept is no wait on the line."""
    began = call.queueing.entered_at if call.queueing.entered_at is not None else call.since
    return min(max(0.0, at - began), WINDOW_S)


def _position(call: Call, line: Iterable[Call]) -> int:
    """Among the callers of the same line; whoever is being offered is before all."""
    mine = _order(call)
    return 1 + sum(_order(other) < mine for other in line)


def _order(call: Call) -> tuple[bool, float, str]:
    return not call.queueing.first, call.queueing.place_at or call.since, call.call_id


def _is_in_line(call: Call, at: float) -> bool:
    """Callers, and promises to ring back that are not between two attempts, nor rung in for."""
    promise = call.callback
    if promise is None or call.phase not in UNCONNECTED:
        return call.phase in _IN_LINE
    return promise.not_before <= at and not promise.taken_by
