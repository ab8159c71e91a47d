"""The rows of calls and promises on the board: kept as long as nothing in them has changed."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from agents_ui.board import port
from agents_ui.shell.port import Realm
from contactcentre.core.call import demand
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from contactcentre.features.board.demands import key_of
from contactcentre.features.board.sight import BoardSight, agent_realms, call_realms
from contactcentre.features.board.subjects import Key, keys_of
from contactcentre.features.callbacks.overdue import OpenPromise
from routing.requirement import Requirement

WAITING: Final = (Phase.WAITING, Phase.OFFERED)
RECENT: Final = 30
"""So many calls that are over are listed; of those that go on, all."""
LOOK_AGAIN_S: Final = 5.0
"""After so long it is asked anew where a waiting call stands: others may have gone home."""


def waits(call: Call) -> bool:
    """Whether somebody is on the telephone and in line."""
    return call.phase in WAITING and call.queueing.queued_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCall:
    """A call, where it and its agent are seen, and its row: for those who do not see the agent,
    with the centre in place of the name."""

    call: Call
    realms: frozenset[Realm]
    agent_realms: frozenset[Realm]
    row: port.CallRow
    row_afar: port.CallRow
    asked: Requirement | None = None  # of who waits
    keys: tuple[Key, ...] = ()  # all that who waits stands under
    until: float = float("inf")  # the row may count

    def told(self, sight: BoardSight) -> port.CallRow:
        """The row that somebody may see."""
        return self.row if sight.sees(self.agent_realms) else self.row_afar


class CallRows:
    """Calls are values too. What is kept goes with the call, or with its configuration."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._network: Network | None = None
        self._kept: dict[str, SeenCall] = {}

    def seen(self, at: float) -> list[SeenCall]:
        """All that go on, and all that World still knows of those that have ended."""
        if self._world.network is not self._network:
            self._network, self._kept = self._world.network, {}
        found = [self._seen(call, at) for call in self._listed()]
        self._kept = {one.call.call_id: one for one in found}
        return found

    def _listed(self) -> Iterator[Call]:
        aside = (Phase.ENDED, *UNCONNECTED)
        yield from (call for call in self._world.calls.values() if call.phase not in aside)
        yield from (call for call in self._world.ended if call.written is None)

    def _seen(self, call: Call, at: float) -> SeenCall:
        kept = self._kept.get(call.call_id)
        if kept is not None and kept.call is call and at < kept.until:
            return kept
        return self._made(call, at)

    def _made(self, call: Call, at: float) -> SeenCall:
        network = self._world.network
        row, asked, until = self._row(call), None, float("inf")
        keys: tuple[Key, ...] = ()
        if waits(call):
            stage, asked = self._world.matcher.stage(call, at), demand.asks_at_last(call, network)
            widens_at = None if stage.next_in_s is None else round(at + stage.next_in_s, 1)
            keys = tuple(keys_of(call, network))
            row = replace(row, demand=key_of(asked), circle=stage.scope.kind, widens_at=widens_at)
            until = at + min(LOOK_AGAIN_S, stage.next_in_s or LOOK_AGAIN_S)
        agent_id = call.talk.agent_id
        return SeenCall(
            call=call,
            realms=call_realms(self._world, call),
            agent_realms=agent_realms(self._world, agent_id or ""),
            row=row,
            row_afar=replace(row, agent=centre_of(agent_id, network)) if agent_id else row,
            asked=asked,
            keys=keys,
            until=until,
        )

    def _row(self, call: Call) -> port.CallRow:
        home = self._world.network.centres.get(demand.home(call, self._world.network).centre)
        agent = self._world.agents.get(call.talk.agent_id or "")
        return port.CallRow(
            call_id=call.call_id,
            queue=call.queue,
            language=call.language,
            phase=call.phase.value,
            arrived_at=call.arrived_at,
            queued_at=call.queueing.queued_at,
            answered_at=call.talk.answered_at,
            ended_at=call.end.at,
            outcome=call.end.outcome.value if call.end.outcome else None,
            agent=agent.name if agent is not None else "",
            centre=home.brief if home is not None else "",
        )


def centre_of(agent_id: str | None, network: Network) -> str:
    """The name of an agent's centre: what others are told of that agent."""
    profile = network.agents.get(agent_id or "")
    centre = network.centres.get(profile.centre_id if profile is not None else "")
    return centre.name if centre is not None else "–"


def latest(calls: Iterable[SeenCall]) -> list[SeenCall]:
    """All that go on, and of the others as many as are listed."""
    calls = list(calls)
    over = (one for one in calls if one.call.phase is Phase.ENDED)
    going_on = [one for one in calls if one.call.phase is not Phase.ENDED]
    return going_on + heapq.nlargest(RECENT, over, key=lambda one: one.call.end.at or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPromise:
    """The same of a promise."""

    promise: OpenPromise
    realms: frozenset[Realm]
    agent_realms: frozenset[Realm]
    row: port.CallbackRow
    row_afar: port.CallbackRow

    def told(self, sight: BoardSight) -> port.CallbackRow:
        """The row that somebody may see."""
        return self.row if sight.sees(self.agent_realms) else self.row_afar


def seen_promise(world: World, promise: OpenPromise, at: float) -> SeenPromise:
    """As it stands now."""
    callback, call = promise
    agent_id = call.open_offer.agent_id if call.open_offer is not None else None
    agent = world.agents.get(agent_id or "")
    row = port.CallbackRow(
        call_id=call.call_id,
        queue=call.queue,
        language=call.language,
        phase=call.phase.value,
        asked_at=callback.asked_at,
        due_at=callback.due_at,
        attempts=callback.attempts,
        most=world.network.callbacks.attempts,
        not_before=callback.not_before if callback.not_before > at else None,
        message_s=call.message.seconds if call.message is not None else None,
        agent=agent.name if agent is not None else "",
    )
    afar = replace(row, agent=centre_of(agent_id, world.network)) if agent_id else row
    return SeenPromise(
        promise=promise,
        realms=call_realms(world, call),
        agent_realms=agent_realms(world, agent_id or ""),
        row=row,
        row_afar=afar,
    )
