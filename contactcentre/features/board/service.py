"""The supervisor's board, made from World."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractContextManager

from agents_ui.board import port
from agents_ui.shell.port import AgentState
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call.callback import Callback
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.explanation import why
from contactcentre.core.outcomes import Outcome
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.engine.figures import Figures
from contactcentre.engine.live import BOARD, Live
from contactcentre.features.callbacks.overdue import unkept
from contactcentre.features.crisis.service import notice
from contactcentre.features.explanations.service import DecisionLog
from contactcentre.features.explanations.timeline import Tongue, moments
from routing.model import Requirement
from routing.sentences import words

SHOWN_CALLS = 30
WAITING = (Phase.WAITING, Phase.OFFERED)
ALL = {"lv": "Visas rindas", "en": "All queues"}


class LiveBoard:
    """Keeps `agents_ui.board.port.Board`."""

    def __init__(
        self,
        world: World,
        figures: Figures,
        live: Live,
        decisions: DecisionLog,
        *,
        alarms: Callable[[], tuple[Alarm, ...]] = tuple,
    ) -> None:
        self._alarms = alarms
        self._world = world
        self._figures = figures
        self._live = live
        self._decisions = decisions
        self._seq = 0

    def changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        """See `Board`."""
        return self._live.watch(BOARD)

    async def why(self, call_id: str, *, locale: str) -> port.Why:
        """See `Board`."""
        call = self._known(call_id)
        labels = self._labels(locale)
        told = words(why(self._world, call, now()), locale, labels) if _waits(call) else []
        names = {agent.agent_id: agent.name for agent in self._world.agents.values()}
        decided = await self._decisions.of(call_id)
        tongue = Tongue(locale=locale, names=names, labels=labels)
        return port.Why(sentences=tuple(told), moments=moments(call, decided, tongue))

    def _known(self, call_id: str) -> Call:
        """Open, or among the latest that ended; `LookupError` for any other."""
        ended = (call for call in self._world.ended if call.call_id == call_id)
        call = self._world.calls.get(call_id) or next(ended, None)
        if call is None:
            raise LookupError(call_id)
        return call

    def _labels(self, locale: str) -> dict[str, str]:
        """What people call queues and places."""
        network = self._world.network
        queues = {key: queue.labels.get(locale, key) for key, queue in network.queues.items()}
        centres = {f"centre:{key}": each.name for key, each in network.centres.items()}
        around = {f"municipality:{key}": each.name for key, each in network.municipalities.items()}
        regions = {f"region:{key}": name for key, name in network.regions.items()}
        return queues | centres | around | regions

    def view(self) -> port.BoardView:
        """See `Board`."""
        self._seq += 1
        at = now()
        queues = self._world.network.queues
        promises = unkept(self._world.calls.values())
        return port.BoardView(
            seq=self._seq,
            at=at,
            telephony=self._world.telephony,
            target_waiting=max(2, len(queues)),
            target_wait_s=120.0,
            target_service_level=0.75,
            answer_within_s=30.0,
            total=self._row(None, at),
            queues=tuple(self._row(queue, at) for queue in queues),
            agents=tuple(self._agent(agent) for agent in self._by_state()),
            calls=tuple(self._call(call) for call in self._recent()),
            callbacks=tuple(self._callback(*one, at) for one in promises[:SHOWN_CALLS]),
            callbacks_waiting=len(promises),
            alarms=tuple(_alarm(alarm) for alarm in self._alarms()),
            crisis=notice(self._world.crisis.crisis),
        )

    def _row(self, queue: str | None, at: float) -> port.QueueRow:
        waiting = [
            call
            for call in self._world.calls.values()
            if call.phase in WAITING and queue in (None, call.queue)
        ]
        today, window = self._figures.today(queue), self._figures.window(at, queue)
        return port.QueueRow(
            queue=queue or "",
            label=self._world.network.queues[queue].labels if queue else ALL,
            waiting=len(waiting),
            longest_since=min((call.queueing.queued_at or at for call in waiting), default=None),
            ready=self._ready(queue),
            answered=today.answered,
            abandoned=today.abandoned,
            short_abandoned=today.short_abandoned,
            gave_up=self._figures.ended(Outcome.GAVE_UP, queue),
            informed=self._figures.ended(Outcome.INFORMED, queue),
            turned_away=self._figures.ended(Outcome.TURNED_AWAY, queue),
            service_level=window.service_level,
            service_level_today=today.service_level,
            average_wait_s=today.average_speed_of_answer_s,
        )

    def _ready(self, queue: str | None) -> int:
        """Free agents; of one queue, those who have its skills, whatever they speak."""
        network = self._world.network
        ready = [agent for agent in self._world.agents.values() if agent.state is State.READY]
        if queue is None:
            return len(ready)
        asked = Requirement(skills=network.queues[queue].skills, language_level=0)
        profiles = (network.agents.get(agent.agent_id) for agent in ready)
        return sum(one is not None and one.capability.meets(asked) for one in profiles)

    def _by_state(self) -> Iterable[Agent]:
        here = [agent for agent in self._world.agents.values() if agent.since > 0]
        order = list(State)
        return sorted(here, key=lambda agent: (-order.index(agent.state), agent.since))

    def _agent(self, agent: Agent) -> port.AgentRow:
        # Who has just left the configuration may still finish a talk.
        present, published = self._world.network.agents, self._world.crisis.published.agents
        profile = present.get(agent.agent_id) or published.get(agent.agent_id)
        centre = self._world.network.centres.get(profile.centre_id if profile else "")
        call = self._world.calls.get(agent.call_id or "")
        state: AgentState = agent.state.value
        return port.AgentRow(
            agent_id=agent.agent_id,
            name=agent.name,
            centre=centre.name if centre else "",
            state=state,
            reason=agent.reason,
            since=agent.since,
            queue=call.queue if call else None,
            languages=tuple(name for name, _ in profile.capability.languages) if profile else (),
        )

    def _recent(self) -> list[Call]:
        listed = (Phase.ENDED, *UNCONNECTED)
        open_calls = [c for c in self._world.calls.values() if c.phase not in listed]
        ended = sorted(self._world.ended, key=lambda call: call.end.at or 0.0, reverse=True)
        return (open_calls + ended)[:SHOWN_CALLS]

    def _call(self, call: Call) -> port.CallRow:
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
            agent=agent.name if agent else "",
        )

    def _callback(self, promise: Callback, call: Call, at: float) -> port.CallbackRow:
        agent = self._world.agents.get(call.open_offer.agent_id) if call.open_offer else None
        return port.CallbackRow(
            call_id=call.call_id,
            queue=call.queue,
            language=call.language,
            phase=call.phase.value,
            asked_at=promise.asked_at,
            due_at=promise.due_at,
            attempts=promise.attempts,
            most=self._world.network.callbacks.attempts,
            not_before=promise.not_before if promise.not_before > at else None,
            agent=agent.name if agent is not None else "",
        )


def _alarm(alarm: Alarm) -> port.AlarmRow:
    return port.AlarmRow(code=alarm.code, since=alarm.since, place=alarm.place, detail=alarm.detail)


def _waits(call: Call) -> bool:
    return call.phase in WAITING and call.queueing.place_at is not None
