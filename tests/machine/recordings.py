"""What the exchange records, as World has ordered it: held against what may be recorded."""

from __future__ import annotations

from contactcentre.core import effects
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.world import World

Order = effects.MuteRecording | effects.StopRecording


class Recordings:
    """By leg: begun with its ring, silent, stopped."""

    def __init__(self) -> None:
        self.begun: set[str] = set()
        self.silent: set[str] = set()
        self.stopped: set[str] = set()

    def rung(self, order: effects.Effect) -> None:
        """Asterisk begins with the dial."""
        if isinstance(order, effects.Ring) and order.records:
            self.begun.add(order.offer_id)

    def obey(self, order: Order) -> None:
        """By the leg's name, which must be known."""
        assert order.leg, order
        if isinstance(order, effects.StopRecording):
            self.stopped.add(order.offer_id)
        elif order.muted:
            self.silent.add(order.offer_id)
        else:
            self.silent.discard(order.offer_id)

    def look(self, world: World) -> None:
        """Nobody is recorded who has not been told or has said no, and a pause is one."""
        for call in world.calls.values():
            for leg in call.legs:
                if leg.talks and leg.channel:
                    self._look_at(call, leg)

    def _look_at(self, call: Call, leg: Leg) -> None:
        if leg.recorded is None:
            assert leg.leg_id not in self.begun - self.stopped, (call, leg)
            others = leg.via if leg.via and not leg.away else ""
            assert others not in self.begun - self.stopped - self.silent, (call, leg)
            return
        assert leg.leg_id in self.begun, (call, leg)
        assert call.heard.recording_at is not None, call
        assert not call.heard.unrecorded or leg.answered_at is not None, call
        consults = call.phase is Phase.CONSULTING
        wanted = consults or leg.away or leg.recorded.paused_at is not None
        assert (leg.leg_id in self.silent) is wanted, (call, leg)
