"""What an agent looks at between calls: asked for by the page when it has become idle.

Nothing of it is kept up to date for everybody: seven hundred desks ask now and then, and what each
is told costs as much as the agent's own day, the open promises and the colleagues of one moment.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

from sqlalchemy import distinct, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.desk import port
from agents_ui.shell.port import AgentState, Person, Texts, Unavailable
from contactcentre.core import offering
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import demand
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.assignment import taken
from contactcentre.core.world import World
from contactcentre.engine.clock import now
from contactcentre.storage import database
from contactcentre.storage import tables as models
from routing.calendar import local_day, midnight

_spans = models.agent_intervals.c
HANDLING = (State.TALKING, State.WRAP_UP)
SHOWN = 12


class DayService:
    """Keeps `agents_ui.desk.port.Days`; `promised` gives what somebody has promised."""

    def __init__(
        self,
        engine: AsyncEngine,
        world: World,
        *,
        promised: Callable[[Person], Awaitable[Sequence[port.OwnPromise]]],
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._world = world
        self._promised = promised
        self._clock = clock

    async def day(self, person: Person) -> port.DayView:
        """See `Days`."""
        agent = self._world.agents[person.agent_id or ""]
        answered, handling_s = await self._handled(agent.agent_id)
        return port.DayView(
            answered=answered,
            handling_s=handling_s / answered if answered else None,
            queues=tuple(self._queues(agent)),
            assigned=agent.agent_id in self._world.network.assignments,
            skills=tuple(self._skills(agent)),
            promises=tuple(await self._promised(person)),
            waiting=tuple(self._waiting(agent)),
            heard=tuple(self._heard()),
            colleagues=tuple(self._colleagues(agent)),
        )

    async def _handled(self, agent_id: str) -> tuple[int, float]:
        """Calls answered today, and the seconds that they took; by the key of the agent's day."""
        at = self._clock()
        took = func.coalesce(_spans.to_at, at) - _spans.from_at
        talks = func.count(distinct(_spans.call_id)).filter(_spans.state == State.TALKING)
        query = select(talks, func.sum(took).filter(_spans.state.in_(HANDLING))).where(
            _spans.agent_id == agent_id, _spans.from_at >= midnight(local_day(at))
        )
        opened = database.transaction(self._engine, part="desk", away=Unavailable)
        async with opened as connection:
            answered, handling_s = (await connection.execute(query)).one()
        return answered, handling_s or 0.0

    def _queues(self, agent: Agent) -> Iterable[Texts]:
        profile = self._world.network.agents.get(agent.agent_id)
        queues = self._world.network.queues
        takes = taken(profile.capability.skills, queues.values()) if profile is not None else ()
        return (queues[queue].labels for queue in takes)

    def _skills(self, agent: Agent) -> Iterable[port.OwnSkill]:
        """As a supervisor has said; a crisis may have raised some."""
        network = self._world.network
        profile = network.agents.get(agent.agent_id)
        if profile is None or agent.agent_id not in network.assignments:
            return
        for name, level in profile.capability.skills:
            named = network.queues.get(name)
            label = named.labels if named is not None else {}
            yield port.OwnSkill(name=name, label=label, level=level, language=False)
        for name, level in profile.capability.languages:
            yield port.OwnSkill(name=name, label={}, level=level, language=True)

    def _waiting(self, agent: Agent) -> Iterable[port.QueuePromises]:
        """Of what this agent could answer once the widest circle is open; by queue, the first due
        first."""
        network = self._world.network
        found: dict[str, list[Call]] = {}
        for call in self._world.calls.values():
            if call.phase is Phase.CALLBACK and self._fits(agent, call):
                found.setdefault(call.queue, []).append(call)
        made = (
            port.QueuePromises(
                label=network.queue(queue).labels,
                callbacks=sum(call.message is None for call in calls),
                messages=sum(call.message is not None for call in calls),
                due_at=min(call.callback.due_at for call in calls if call.callback is not None),
            )
            for queue, calls in found.items()
        )
        return sorted(made, key=lambda one: one.due_at)

    def _fits(self, agent: Agent, call: Call) -> bool:
        network = self._world.network
        profile = network.agents.get(agent.agent_id)
        return profile is not None and profile.capability.meets(demand.asks_at_last(call, network))

    def _heard(self) -> Iterable[port.HeardNow]:
        """As the menus say it: the crisis first."""
        crisis, at = self._world.crisis.crisis, self._clock()
        if crisis is not None and crisis.plan.announcement:
            yield port.HeardNow(texts=crisis.plan.announcement, until=crisis.until, crisis=True)
        for notice in self._world.network.notices:
            if notice.in_force(at):
                yield port.HeardNow(texts=notice.texts, until=notice.until_at)

    def _colleagues(self, agent: Agent) -> Iterable[port.Neighbour]:
        """At work at the same centre, whoever is free first."""
        agents = self._world.network.agents
        own = agents.get(agent.agent_id)
        here = [
            each
            for each in self._world.agents.values()
            if own is not None
            and each.agent_id != agent.agent_id
            and each.state is not State.LOGGED_OUT
            and each.agent_id in agents
            and agents[each.agent_id].centre_id == own.centre_id
        ]
        here.sort(key=lambda each: (each.state is not State.READY, each.name))
        return (self._colleague(each) for each in here[:SHOWN])

    def _colleague(self, agent: Agent) -> port.Neighbour:
        state: AgentState = agent.state.value
        call = self._world.calls.get(agent.call_id or "")
        talks = call is not None and call.phase in (Phase.TALKING, Phase.HELD)
        own = call is not None and talks and call.talk.agent_id == agent.agent_id
        return port.Neighbour(
            name=agent.name,
            state=state,
            reason=offering.reason(agent, call),
            since=agent.since,
            call_id=call.call_id if call is not None and own else "",
        )
