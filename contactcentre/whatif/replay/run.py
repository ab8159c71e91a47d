"""One replay of a period's log: World in virtual time, and how each call left its queue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from contactcentre.core import events
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Outcome
from contactcentre.core.world import World
from contactcentre.whatif.replay import shifts
from contactcentre.whatif.replay.exchange import Exchange
from contactcentre.whatif.replay.period_log import Left, PeriodLog
from contactcentre.whatif.replay.players import Players, number_of
from contactcentre.whatif.replay.rules import ChangedRules

AFTER_S = 3600.0
"""So long after the period whoever still waits is followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departed:
    """How a call left its queue."""

    wait_s: float
    left: Left
    agent_id: str | None = None


def recorded(past: PeriodLog) -> dict[int, Departed]:
    """What happened, by the number of the call; whoever waited still is left out."""
    return {
        number: Departed(wait_s=call.wait_s, left=call.left, agent_id=call.agent_id)
        for number, call in enumerate(past.calls)
        if call.wait_s is not None and call.left is not None
    }


def replay(
    past: PeriodLog, present: Network, rules: ChangedRules, *, seed: int = 2026
) -> dict[int, Departed]:
    """What would have happened under the rules.

    Raises `BadLog` where the record does not tell what has to be known.
    """
    players = Players(past, present, rules.network, seed=seed)
    log = _Departures(past)
    world = World(players.network)
    exchange = Exchange(world, players, watch=partial(log.note, world))
    begins_at = min((call.queued_at for call in past.calls), default=past.from_at)
    begins_at = min(begins_at, past.from_at)
    ends_at = past.to_at + AFTER_S
    for step in shifts.steps(past, rules.hours, begins_at, ends_at):
        if step.agent_id in players.network.agents:
            exchange.later(step.at, partial(_take, exchange, step))
    exchange.expect(players.arrivals())
    exchange.run(ends_at)
    return log.found


def strangers(past: PeriodLog, network: Network) -> set[str]:
    """Agents of the record whom the configuration does not know: they cannot be replayed."""
    return {each.agent_id for each in past.presences} - set(network.agents)


def _take(exchange: Exchange, step: shifts.ShiftStep) -> None:
    match step.will:
        case "come":
            exchange.come(step.agent_id)
        case "pause":
            exchange.pause(step.agent_id, step.reason)
        case "lose_phone":
            exchange.lose_phone(step.agent_id)
        case "leave":
            exchange.leave(step.agent_id)


class _Departures:
    """Watches World for calls that leave their queue."""

    def __init__(self, past: PeriodLog) -> None:
        self.found: dict[int, Departed] = {}
        self._past = past

    def note(self, world: World, event: events.Event) -> None:
        """A callback that World makes of a call is none of the recorded ones."""
        for call in world.touched_calls.values():
            if call.callback is None:
                self._note(call)

    def _note(self, call: Call) -> None:
        number = number_of(call.call_id)
        if number in self.found or call.phase in (Phase.WAITING, Phase.OFFERED):
            return
        left: Left = "answered" if call.talk.answered_at is not None else self._unanswered(call)
        unfinished_s = call.since - (call.queueing.queued_at or 0.0)
        wait_s = call.wait_s if call.wait_s is not None else unfinished_s
        self.found[number] = Departed(wait_s=wait_s, left=left, agent_id=call.talk.agent_id)

    def _unanswered(self, call: Call) -> Left:
        """Who left for a callback in the record leaves for it in the replay too, at that time."""
        recorded = self._past.calls[number_of(call.call_id)].left
        gave_up = call.end.outcome is Outcome.ABANDONED and recorded != "otherwise"
        return "abandoned" if gave_up else "otherwise"
