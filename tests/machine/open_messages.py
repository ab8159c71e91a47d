"""What is owed to citizens who left a voice message, found out apart from the live code."""

from __future__ import annotations

from collections.abc import Iterable

from contactcentre.core import events
from contactcentre.core.agent.state import State
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.message_moves import LATER_S
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.world import World

ENDS = (Outcome.HANDLED, Outcome.ANSWERED, Outcome.NOT_REACHED, Outcome.GAVE_UP)


def _is_question(world: World, call_id: str) -> bool:
    """Whether a recording was left by somebody who was promised a call in that call."""
    over = (call for call in world.ended if call.call_id == call_id)
    return any(call.end.outcome is Outcome.CALLBACK for call in over)


class OpenMessages:
    """Told of World after every event."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.silent: set[str] = set()

    def note(self, world: World, event: events.Event) -> None:
        """All that must hold of messages."""
        if isinstance(event, events.MessageRecorded) and not event.sounds:
            self.silent.add(event.recording)
            self.known.add(event.recording)
        if isinstance(event, events.MessageRecorded) and _is_question(world, event.call_id):
            self.known.add(event.recording)  # the promise may be kept meanwhile
        for call in world.touched_calls.values():
            if call.recording is not None:
                self.known.add(call.recording.recording)
                assert call.recording.recording not in self.silent
            if call.message is not None:
                self._look_at_end(call)
        self._look_at_agents(world)

    def _look_at_end(self, call: Call) -> None:
        """None is done with unheard, and none vanishes because its citizen rings in."""
        assert call.message is not None
        assert call.callback is not None
        if call.phase is Phase.ENDED:
            talked = call.talk.answered_at is not None  # and the exchange fell afterwards
            ends = (*ENDS, Outcome.PBX_LOST) if talked else ENDS
            assert call.end.outcome in ends, call
            assert call.message.heard_at is not None, call
        offer = call.offer
        if offer is not None and offer.result is Result.RETURNED and call.phase is Phase.CALLBACK:
            assert call.callback.not_before == (offer.ended_at or 0.0) + LATER_S, call

    def _look_at_agents(self, world: World) -> None:
        """Whoever hears one is reserved by it, and nobody else hears it."""
        listening = {
            call.open_offer.agent_id: call
            for call in world.calls.values()
            if call.phase is Phase.LISTENING and call.open_offer is not None
        }
        for agent_id, call in listening.items():
            agent = world.agents[agent_id]
            assert (agent.state, agent.call_id) == (State.RESERVED, call.call_id), agent
            assert agent.reason == "message", agent
        for call in world.calls.values():
            if call.message is not None and call.phase in UNCONNECTED:
                assert call.talk.answered_at is None, call

    def all_are_known(self, recordings: Iterable[str]) -> None:
        """In the end nothing that anybody has said is left in a file alone."""
        assert set(recordings) <= self.known
