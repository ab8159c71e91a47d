"""Who listens to talks, found out apart from the live code."""

from __future__ import annotations

from exchange import Exchange

from contactcentre.core import acts, events
from contactcentre.core.call.leg import Leg, Purpose
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.timers import Timer
from contactcentre.core.world import World

HEARD = (Phase.TALKING, Phase.HELD, Phase.CONSULTING, Phase.PASSING)


def listener(call: Call) -> Leg | None:
    """The leg of whoever listens, or is rung to: one at most."""
    legs = [leg for leg in call.legs if leg.purpose is Purpose.LISTEN and leg.ended_at is None]
    assert len(legs) <= 1, call
    return legs[0] if legs else None


class OpenListening:
    """Told of World after every event."""

    def note(self, world: World, event: events.Event) -> None:
        """All that must hold of them."""
        for call in world.touched_calls.values():
            leg, former = listener(call), world.former_calls.get(call.call_id)
            if leg is not None:
                self._look_at(call, leg)
            before = listener(former) if former is not None else None
            if before is not None and (leg is None or leg.leg_id != before.leg_id):
                assert self._may_end(event, before, call), (event, call)
        every = [listener(call) for call in world.calls.values()]
        phones = [leg.agent_id for leg in every if leg is not None]
        assert len(phones) == len(set(phones)), "one phone in two talks"

    def _look_at(self, call: Call, leg: Leg) -> None:
        """To the agent's leg of a talk, whose caller was told, and to nothing else."""
        assert leg.listening is not None
        own = call.leg(leg.listening.leg_id)
        assert own is not None
        assert own.talks, call
        assert not own.away, call
        assert (own, call.talk.agent_id) == (call.offer, own.agent_id), call
        assert call.phase in HEARD, call
        assert call.heard.listening

    def look_at_truth(self, world: World, exchange: Exchange) -> None:
        """Who listens does so there, and in that mode, or their phone rings; nobody else does."""
        told = {leg.leg_id: call for call in world.calls.values() if (leg := listener(call))}
        lifted = {leg.leg_id: leg for leg in exchange.apart.legs.values() if leg.hears}
        assert lifted.keys() <= told.keys()
        for leg_id, call in told.items():
            leg = call.leg(leg_id)
            assert leg is not None
            assert leg.listening is not None
            if leg.answered_at is None:
                assert leg_id in exchange.listeners.ringing, call
                continue
            own, there = call.leg(leg.listening.leg_id), lifted[leg_id]
            assert own is not None
            assert (there.hears, there.mode) == (own.channel, leg.listening.mode), (call, there)

    def _may_end(self, event: events.Event, leg: Leg, call: Call) -> bool:
        """With that leg, by the supervisor's word, or as the exchange says; with nothing else, a
        restart least of all."""
        own = call.leg(leg.listening.leg_id) if leg.listening is not None else None
        if own is None or own.away or not own.talks:
            return True
        match event:
            case acts.ListenEnded():
                return event.call_id == call.call_id
            case events.LegHungUp() | events.LegDialEnded():
                return event.offer_id == leg.leg_id
            case events.TimerFired():
                return (event.kind, event.key) == (Timer.OFFER, leg.leg_id)
            case events.SnapshotTaken():
                return leg.leg_id not in {channel.our_id for channel in event.channels}
            case _:
                return False
