"""What is owed to citizens who asked to be rung back, found out apart from the live code."""

from __future__ import annotations

from towns import NETWORKS

from contactcentre.core import effects
from contactcentre.core.call.callback_moves import UNCONNECTED, may_ring
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.line.callbacks import LOOK_S
from contactcentre.core.outcomes import Outcome
from contactcentre.core.world import World

LATE_S = LOOK_S + 1.0
"""So late a promise may enter or leave the line when its hours begin or end."""

ATTEMPTS = max(given.callbacks.attempts for given in NETWORKS.values())
"""Rules that change under way may allow one attempt more, or less, than there were."""


class OpenCallbacks:
    """Told of World after every event."""

    def __init__(self) -> None:
        self.open: dict[str | None, Call] = {}
        self.asked: set[str] = set()
        self.placed: set[str] = set()
        self.dials: set[str] = set()
        self.amiss: dict[str, float] = {}

    def note(self, world: World, at: float, *, started: bool) -> None:
        """All that must hold of promises."""
        waiting = [call for call in world.calls.values() if call.phase in UNCONNECTED]
        promised = [call for call in waiting if call.message is None]
        now_open = {call.caller: call for call in promised}
        assert len(now_open) == len(promised), "one for each number"
        for call in world.touched_calls.values():
            self._look_at_asked(world, call)
            self._look_at_joined(call, now_open)
            if call.end.outcome is Outcome.NOT_REACHED:
                assert call.callback is not None
                assert call.callback.attempts >= world.network.callbacks.attempts
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
            and each.message is None
            and each.caller == number
            and each.talk.answered_at is None
            and each.phase is not Phase.CLOSING
        ]
        assert promise.queueing.place_at is not None
        assert (
            call.queueing.place_at is None or promise.queueing.place_at <= call.queueing.place_at
        ), (call, promise)

    def _look_at_joined(self, call: Call, now_open: dict[str | None, Call]) -> None:
        """Whoever rings in and waits takes over the place, and is not rung any more."""
        known = call.call_id in self.placed
        if call.queueing.place_at is None or call.callback is not None or known:
            return
        self.placed.add(call.call_id)
        promise = self.open.get(call.caller)
        if promise is not None and call.caller is not None:
            assert promise.queueing.place_at is not None
            assert call.queueing.place_at <= promise.queueing.place_at, (call, promise)
            assert call.caller not in now_open

    def _look_at_line(self, world: World, waiting: list[Call], at: float, *, started: bool) -> None:
        """A promise is in line while its citizen may be rung, and at no other time."""
        amiss = {}
        for call in waiting if started else ():
            promise = call.callback
            assert promise is not None
            ring = world.telephony and may_ring(at, world.network)
            due = promise.not_before <= at and (ring or promise.message is not None)
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
        assert may_ring(at, world.network)
        assert order.dial not in self.dials
        self.dials.add(order.dial)
