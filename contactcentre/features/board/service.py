"""The supervisor's board, made from World."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain, islice

from agents_ui.board import port
from agents_ui.shell.permissions import Act, reach
from agents_ui.shell.port import Person, Realm, Texts, Unavailable
from contactcentre.core.agent.signals import HelpGiven
from contactcentre.core.agent.state import State
from contactcentre.core.call.callback import Callback
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import AgentEvent
from contactcentre.core.explanation import why
from contactcentre.core.outcomes import Outcome
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.engine.figures import Figures
from contactcentre.engine.inbox import SAFE_WITHIN_S, Crowded, NotSafeYet
from contactcentre.engine.live import BOARD, Live
from contactcentre.features.board.agents import AgentRows, earlier
from contactcentre.features.board.sight import BoardSight
from contactcentre.features.callbacks.overdue import Kind, OpenPromise, kind_of, open_promises
from contactcentre.features.crisis.service import notice
from contactcentre.features.explanations.service import DecisionLog
from contactcentre.features.explanations.timeline import moments
from routing.model import Requirement
from routing.targets import together

SHOWN_CALLS = 30
FRESH_S = 0.5
"""A page that comes between two rounds is shown what was made for the others, if it is so new."""
WAITING = (Phase.WAITING, Phase.OFFERED)


Submit = Callable[[AgentEvent], Awaitable[bool]]
"""Puts a fact into the inbox; see `Inbox.submit`."""

GiveUp = Callable[[Sequence[str], str], Awaitable[int]]
"""Closes the records of these calls, on whose word; answers how many there were."""


async def _unheard(event: AgentEvent) -> bool:
    return False


async def _none(call_ids: Sequence[str], by: str) -> int:
    return 0


class BoardService:
    """Keeps `agents_ui.board.port.Board`."""

    def __init__(
        self,
        world: World,
        figures: Figures,
        live: Live,
        decisions: DecisionLog,
        *,
        submit: Submit = _unheard,
        give_up: GiveUp = _none,
        alarms: Callable[[], tuple[Alarm, ...]] = tuple,
    ) -> None:
        self._give_up = give_up
        self._submit = submit
        self._alarms = alarms
        self._world = world
        self._figures = figures
        self._live = live
        self._decisions = decisions
        self._views: dict[frozenset[Realm], port.BoardView] = {}  # of this round, by realms
        self._round = -1
        self._seq = 0
        self._crew = _Crew()
        self._agents = AgentRows(world)

    def changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        """See `Board`."""
        return self._live.watch(BOARD)

    async def close_records(self, agent_id: str, *, person: Person) -> int:
        """See `Board`. The one of the call at hand stays."""
        agent = self._world.agents.get(agent_id)
        if agent is None or not self._sight(person, Act.RECORDS_CLOSE).agent(agent_id):
            raise LookupError(agent_id)
        try:
            async with asyncio.timeout(SAFE_WITHIN_S):
                return await self._give_up(earlier(agent), person.user_id)
        except TimeoutError:
            raise Unavailable from None

    async def give_help(self, agent_id: str, *, person: Person) -> None:
        """See `Board`."""
        if not self._sight(person, Act.HELP_GIVE).agent(agent_id):
            raise LookupError(agent_id)
        try:
            given = HelpGiven(at=now(), agent_id=agent_id, by=person.user_id)
            await self._submit(given)
        except Crowded:
            raise Unavailable from None
        except NotSafeYet:
            pass  # it counts already

    async def why(self, call_id: str, *, person: Person) -> port.Why:
        """See `Board`."""
        call, sight = self._known(call_id), self._sight(person, Act.CALLS_EXPLAIN)
        if not sight.call(call):
            raise LookupError(call_id)
        return port.Why(
            now=why(self._world, call, now()) if _waits(call) else None,
            moments=moments(call, await self._decisions.of(call_id)),
            names={agent_id: self._name(agent_id, sight) for agent_id in self._world.agents},
            labels=self._labels(),
        )

    def _sight(self, person: Person, act: Act) -> BoardSight:
        return BoardSight(self._world, reach(person.grants, act))

    def _centre_of(self, agent_id: str) -> str:
        """The name of an agent's centre: what others are told of that agent."""
        network = self._world.network
        profile = network.agents.get(agent_id)
        centre = network.centres.get(profile.centre_id if profile is not None else "")
        return centre.name if centre is not None else "–"

    def _known(self, call_id: str) -> Call:
        """Open, or among the latest that ended; `LookupError` for any other."""
        ended = (call for call in self._world.ended if call.call_id == call_id)
        call = self._world.calls.get(call_id) or next(ended, None)
        if call is None:
            raise LookupError(call_id)
        return call

    def _labels(self) -> dict[str, Texts]:
        """What people call queues and places; a place has one name in every language."""
        network = self._world.network
        centres = {f"centre:{key}": each.name for key, each in network.centres.items()}
        around = {f"municipality:{key}": each.name for key, each in network.municipalities.items()}
        regions = {f"region:{key}": name for key, name in network.regions.items()}
        places = {key: {"lv": name} for key, name in (centres | around | regions).items()}
        return {key: queue.labels for key, queue in network.queues.items()} | places

    def view(self, person: Person) -> port.BoardView:
        """See `Board`. One for everybody who sees the same realms, made once in a round."""
        at, this_round = now(), self._live.round(BOARD)
        if this_round != self._round:
            self._round = this_round
            self._views.clear()
        sight = self._sight(person, Act.BOARD_SEE)
        made = self._views.get(sight.realms)
        if made is None or not 0.0 <= at - made.at < FRESH_S:
            self._seq += 1
            made = self._views[sight.realms] = self._made(at, sight)
        return made

    def _made(self, at: float, sight: BoardSight) -> port.BoardView:
        calls, queues = self._world.calls.values(), self._world.network.queues
        promises = open_promises(calls, "callback", "message")
        seen = [one for one in promises if sight.call(one[1])]
        ours = None if sight.whole else _waiting(filter(sight.call, calls))
        line = _Lined(_waiting(calls), ours, _promised(promises), self._ready())
        return port.BoardView(
            seq=self._seq,
            at=at,
            telephony=self._world.telephony,
            target_waiting=max(2, len(queues)),
            total=self._row(None, at, line),
            queues=tuple(self._row(queue, at, line) for queue in queues),
            agents=tuple(row for row in self._agents.rows() if sight.agent(row.agent_id)),
            calls=tuple(self._call(call, sight) for call in self._recent(sight)),
            callbacks=tuple(self._callback(*one, at, sight) for one in seen[:SHOWN_CALLS]),
            callbacks_waiting=len(seen),
            alarms=tuple(_alarm(alarm) for alarm in self._alarms()),
            crisis=notice(self._world.crisis.crisis),
            realms=sight.names(),
        )

    def _row(self, queue: str | None, at: float, line: _Lined) -> port.QueueRow:
        queues = self._world.network.queues
        concerned = [queues[queue]] if queue is not None else list(queues.values())
        targets = together(one.targets for one in concerned)
        since, messages = line.waiting.get(queue, []), line.promised.get((queue, "message"), [])
        today, window = self._figures.today(at, queue), self._figures.window(at, queue)
        return port.QueueRow(
            queue=queue or "",
            label=queues[queue].labels if queue is not None else {},
            waiting=len(since),
            longest_since=min(since, default=None),
            ready=line.ready[queue],
            answered=today.answered,
            abandoned=today.abandoned,
            short_abandoned=today.short_abandoned,
            gave_up=self._figures.ended(Outcome.GAVE_UP, queue),
            informed=self._figures.ended(Outcome.INFORMED, queue),
            turned_away=self._figures.ended(Outcome.TURNED_AWAY, queue),
            callbacks=len(line.promised.get((queue, "callback"), [])),
            messages=len(messages),
            oldest_message_at=min(messages, default=None),
            messages_handled=self._figures.ended(Outcome.HANDLED, queue),
            called_out=self._figures.ended(Outcome.CALLED_OUT, queue),
            not_reached=self._figures.ended(Outcome.NOT_REACHED, queue),
            service_level=window.service_level,
            service_level_today=today.service_level,
            average_wait_s=today.average_speed_of_answer_s,
            target_wait_s=targets.longest_wait_s,
            target_service_level=targets.service_level,
            answer_within_s=_common({one.answer_within_s for one in concerned}),
            ours=None if line.ours is None else len(line.ours.get(queue, [])),
        )

    def _ready(self) -> Counter[str | None]:
        """Free agents by queue; under None all of them."""
        ready: Counter[str | None] = Counter()
        for agent in self._world.agents.values():
            if agent.state is State.READY:
                ready[None] += 1
                ready.update(self._crew.queues(agent.agent_id, self._world.network))
        return ready

    def _recent(self, sight: BoardSight) -> list[Call]:
        listed = (Phase.ENDED, *UNCONNECTED)
        open_calls = (c for c in self._world.calls.values() if c.phase not in listed)
        over = (call for call in self._world.ended if call.written is None)
        ended = sorted(over, key=lambda call: call.end.at or 0.0, reverse=True)
        return list(islice(filter(sight.call, chain(open_calls, ended)), SHOWN_CALLS))

    def _name(self, agent_id: str | None, sight: BoardSight) -> str:
        """Of an agent of other realms, the centre's."""
        agent = self._world.agents.get(agent_id or "")
        if agent is None:
            return ""
        return agent.name if sight.agent(agent.agent_id) else self._centre_of(agent.agent_id)

    def _call(self, call: Call, sight: BoardSight) -> port.CallRow:
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
            agent=self._name(call.talk.agent_id, sight),
        )

    def _callback(
        self, callback: Callback, call: Call, at: float, sight: BoardSight
    ) -> port.CallbackRow:
        return port.CallbackRow(
            call_id=call.call_id,
            queue=call.queue,
            language=call.language,
            phase=call.phase.value,
            asked_at=callback.asked_at,
            due_at=callback.due_at,
            attempts=callback.attempts,
            most=self._world.network.callbacks.attempts,
            not_before=callback.not_before if callback.not_before > at else None,
            message_s=call.message.seconds if call.message is not None else None,
            agent=self._name(call.open_offer.agent_id if call.open_offer else None, sight),
        )


_Waiting = Mapping[str | None, list[float]]
"""Since when callers wait, by queue; under None all of them."""


def _waiting(calls: Iterable[Call]) -> _Waiting:
    since: dict[str | None, list[float]] = {None: []}
    for call in calls:
        if call.phase in WAITING and call.queueing.queued_at is not None:
            since.setdefault(call.queue, []).append(call.queueing.queued_at)
            since[None].append(call.queueing.queued_at)
    return since


_Promised = Mapping[tuple[str | None, Kind], list[float]]
"""Since when citizens wait for what they were promised, by queue, or None, and kind."""


def _promised(promises: Iterable[OpenPromise]) -> _Promised:
    since: dict[tuple[str | None, Kind], list[float]] = {}
    for promise, call in promises:
        for queue in (call.queue, None):
            since.setdefault((queue, kind_of(promise)), []).append(promise.asked_at)
    return since


@dataclass(frozen=True, slots=True)
class _Lined:
    """What queues are made of at an instant; `ours` are those of the realms shown, if not all."""

    waiting: _Waiting
    ours: _Waiting | None
    promised: _Promised
    ready: Counter[str | None]


class _Crew:
    """Which queues an agent has the skills of, whatever the language; kept while a version is."""

    def __init__(self) -> None:
        self._network: Network | None = None
        self._queues: dict[str, tuple[str, ...]] = {}

    def queues(self, agent_id: str, network: Network) -> tuple[str, ...]:
        """Their ids; none for somebody who is not in the configuration."""
        if network is not self._network:
            self._network, self._queues = network, {}
        if agent_id not in self._queues:
            self._queues[agent_id] = tuple(_able(agent_id, network))
        return self._queues[agent_id]


def _able(agent_id: str, network: Network) -> Iterator[str]:
    profile = network.agents.get(agent_id)
    for queue_id, queue in network.queues.items():
        asked = Requirement(skills=queue.skills, language_level=0)
        if profile is not None and profile.capability.meets(asked):
            yield queue_id


def _common(values: AbstractSet[float]) -> float | None:
    return next(iter(values)) if len(values) == 1 else None


def _alarm(alarm: Alarm) -> port.AlarmRow:
    return port.AlarmRow(code=alarm.code, since=alarm.since, place=alarm.place, detail=alarm.detail)


def _waits(call: Call) -> bool:
    return call.phase in WAITING and call.queueing.place_at is not None
