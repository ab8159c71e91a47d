"""What is owed to citizens who asked to be rung back, found out apart from the live code."""

from __future__ import annotations

from towns import NETWORKS

from contactcentre.core import effects
from contactcentre.core.call.callback import Callback
from contactcentre.core.call.callback_moves import UNCONNECTED, may_ring
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.clock_step import moved
from contactcentre.core.line.callbacks import LOOK_S
from contactcentre.core.outcomes import Outcome
from contactcentre.core.values import replace
from contactcentre.core.world import World

LATE_S = LOOK_S + 1.0
"""So late a promise may enter or leave the line when its hours begin or end."""

ATTEMPTS = max(given.callbacks.attempts for given in NETWORKS.values())
"""Rules that change under way may allow one attempt more, or less, than there were."""


HEARD = (Phase.PREVIEWED, Phase.LISTENING)

Wish = tuple[str | None, str]
"""A number and a queue."""


def _freed(promise: Call) -> Callback:
    assert promise.callback is not None
    return replace(promise.callback, taken_by="")


def _is_in_hand(world: World, number: str | None) -> bool:
    """Whether a promise to that number is just being kept: one telephone at a time. While an agent
    only hears a message of the same citizen nobody is rung."""
    ours = [call for call in world.calls.values() if call.callback and call.caller == number]
    rung = [call for call in ours if call.message is None or call.phase not in HEARD]
    return any(call.phase not in (Phase.CALLBACK, Phase.ENDED) for call in rung)


def opens_at(promise: Callback) -> float:
    """From when it may be kept: an agent's own comes up an hour before it is due."""
    own = promise.given is not None and promise.given.keeper == "agent"
    return max(promise.not_before, promise.due_at - 3600.0 if own else 0.0)


class OpenCallbacks:
    """Told of World after every event."""

    def __init__(self) -> None:
        self.open: dict[Wish, Call] = {}
        self.taken: dict[str, str] = {}  # promises, and in which call their citizen has rung in
        self.asked: set[str] = set()
        self.placed: set[str] = set()
        self.dials: set[str] = set()
        self.amiss: dict[str, float] = {}

    def set_clock(self, by_s: float) -> None:
        """Whatever was seen was so much later (or earlier) by the clock as it is now."""
        self.open = {wish: moved(call, by_s) for wish, call in self.open.items()}
        self.amiss = {key: at + by_s for key, at in self.amiss.items()}

    def note(self, world: World, at: float, *, started: bool) -> None:
        """All that must hold of promises."""
        waiting = [call for call in world.calls.values() if call.phase in UNCONNECTED]
        promised = [call for call in waiting if call.callback and call.callback.is_asked]
        now_open = {(call.caller, call.queue): call for call in promised}
        assert len(now_open) == len(promised), "one for each number and queue"
        for call in world.touched_calls.values():
            self._look_at_asked(world, call)
            self._look_at_joined(call, now_open)
            if call.end.outcome is Outcome.NOT_REACHED:
                assert call.callback is not None
                most = 0 if call.callback.dialled else world.network.callbacks.attempts
                assert call.callback.attempts >= most
        self._look_at_taken(world, now_open)
        self._look_at_line(world, waiting, at, started=started)
        self.open = now_open

    def _look_at_asked(self, world: World, call: Call) -> None:
        """Whoever asked to be rung back, and can be, is promised it, in a place no worse."""
        asked = call.phase is Phase.ENDED and call.end.outcome is Outcome.CALLBACK
        number = world.network.callback_number(call.end.callback_to) if asked else None
        if number is None or call.call_id in self.asked:
            return
        self.asked.add(call.call_id)
        (promise,) = [
            each
            for each in world.calls.values()
            if each.callback is not None
            and each.callback.is_asked
            and (each.caller, each.queue) == (number, world.network.queue(call.queue).queue_id)
            and each.talk.answered_at is None
            and each.phase is not Phase.CLOSING
        ]
        assert promise.queueing.place_at is not None
        assert (
            call.queueing.place_at is None or promise.queueing.place_at <= call.queueing.place_at
        ), (call, promise)

    def _look_at_joined(self, call: Call, now_open: dict[Wish, Call]) -> None:
        """Whoever rings in for the same waits in the promised place, and is not rung meanwhile."""
        known = call.call_id in self.placed
        if call.choice.cursor is None and call.phase is Phase.ENDED:
            return  # the exchange has served it alone, and nobody knows what was wanted
        if call.queueing.place_at is None or call.callback is not None or known:
            return
        self.placed.add(call.call_id)
        promise = self.open.get((call.caller, call.queue)) if call.caller is not None else None
        if promise is not None and promise.call_id not in self.taken:
            assert promise.queueing.place_at is not None
            assert call.queueing.place_at <= promise.queueing.place_at, (call, promise)
            after = now_open[call.caller, call.queue]
            assert after.callback is not None
            assert (after.phase, after.callback.taken_by) == (Phase.CALLBACK, call.call_id)
            self.taken[promise.call_id] = call.call_id

    def _look_at_taken(self, world: World, now_open: dict[Wish, Call]) -> None:
        """An answer keeps the promise; who goes without one is owed it, in its place and time."""
        owed = {call.call_id: call for call in now_open.values()}
        before = {call.call_id: call for call in self.open.values()}
        for promise_id, call_id in list(self.taken.items()):
            call = world.calls.get(call_id) or world.touched_calls.get(call_id)
            promise = owed.get(promise_id) or world.calls.get(promise_id)
            if promise is not None and promise.phase is not Phase.CALLBACK:
                del self.taken[promise_id]  # lifted when we had let it be
            elif call is not None and call.talk.answered_at is not None:
                assert world.touched_calls[promise_id].end.outcome is Outcome.RANG_IN
                del self.taken[promise_id]
            elif call is None or call.phase is Phase.ENDED:
                assert promise is not None
                asked_again = any(
                    each.end.outcome is Outcome.CALLBACK and each.caller == promise.caller
                    for each in world.touched_calls.values()
                )
                if asked_again:  # in this call or another, in one breath: attempts count anew
                    assert promise.callback is not None
                    assert not promise.callback.taken_by
                else:
                    assert promise.callback == _freed(before[promise_id]), promise
                assert promise.queueing.queued_at == before[promise_id].queueing.queued_at
                del self.taken[promise_id]
            else:
                assert promise is not None
                assert promise.callback is not None
                assert promise.callback.taken_by == call_id

    def _look_at_line(self, world: World, waiting: list[Call], at: float, *, started: bool) -> None:
        """A promise is in line while its citizen may be rung, and at no other time."""
        amiss = {}
        for call in waiting if started else ():
            promise = call.callback
            assert promise is not None
            free = not promise.taken_by and not _is_in_hand(world, call.caller)
            often = bool(world.matcher.dials.number_barred(call.caller, at))
            ring = world.telephony and may_ring(at, world.network) and free and not often
            due = opens_at(promise) <= at and (ring or promise.message is not None)
            stands = call.call_id in world.matcher.line
            if due is not stands and call.phase is Phase.CALLBACK:
                amiss[call.call_id] = self.amiss.get(call.call_id, at)
                assert at - amiss[call.call_id] <= LATE_S, call
        self.amiss = amiss

    def look_at_ring(self, world: World, order: effects.RingBack, at: float) -> None:
        """Only whom we promised it, within the hours, once, and as often as the rules say."""
        call = world.calls[order.call_id]
        promise = call.callback
        assert promise is not None
        assert promise.attempts <= ATTEMPTS
        assert (call.phase, call.caller) == (Phase.CALLING, order.number)
        assert promise.dialled or may_ring(at, world.network)
        rung = [one for one in world.calls.values() if one.phase is Phase.CALLING]
        assert [one for one in rung if one.caller == order.number] == [call], "by two at once"
        assert order.dial not in self.dials
        self.dials.add(order.dial)
