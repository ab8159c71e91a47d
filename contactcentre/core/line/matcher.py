"""Who is next: the line of waiting calls and the bench of idle agents, circle by circle.

The problem: after every fact, give each free agent the longest waiting call that the agent may
answer, without looking at all calls and all agents. Who may answer whom depends on skills and
languages, on how long the call has waited (its circles of centres widen), on who is at work, on
refusals and on caps: all of it changes, and most facts change next to nothing of it.

The invariant, true whenever nothing is left to be done: no call in line and agent on the bench
belong together. Only what stands anew can break it, a call that enters the line or stands in it
otherwise, or an agent who sits down or sits there otherwise. So the matcher remembers what stands
anew (`stand_call`, `stand_agent`) and `pairs` looks at nothing else: agents first, each of whom
takes the head of all lines that are open to him, then calls, each of which takes the longest idle.
A pair must be acted on before the next is asked for, for it leaves line and bench. Where more has
changed than can be told apart (a configuration, the end of a restart) the whole line is gone
through once, from its head.

A call stands where its circle has come to; the next one opens by a timer, so that routing needs no
clock. A circle in which nobody is at work takes no time at all: its calls stand elsewhere as soon
as its last agent has gone (`left_alone`), and are never drawn in again by one who comes back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from msgspec import Struct

from contactcentre.core import effects
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import callback_moves, demand, signals
from contactcentre.core.call.move import Change, Follow
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.line import earmarked, promised
from contactcentre.core.line.calls_by_circle import Homes
from contactcentre.core.line.dials import Dials
from contactcentre.core.line.memory import Memory
from contactcentre.core.line.refusals import Refusals, forgiven
from contactcentre.core.line.remote_cap import Caps
from contactcentre.core.timers import Timer
from routing.circles import CirclePlan, Origin, Stage, stage
from routing.line import Bench, Line
from routing.requirement import Capability
from routing.scope import Place, Scope, ScopeKind, circles


class _Standing(Struct, frozen=True):
    """Where a call stands in the line."""

    stage: Stage
    home: Place
    queue: str
    plan: CirclePlan
    given: str  # the agent to whom it was given; "" none


class Matcher:
    """Kept level with World, which tells it of every call and agent as they change."""

    def __init__(self, network: Network, memory: Memory, agents: Mapping[str, Agent]) -> None:
        self.line = Line()
        self.bench = Bench()
        self.caps = Caps(network)
        self.dials = Dials(network)
        self.refusals = Refusals()
        self._network = network
        self._memory = memory
        self._agents = agents
        self._calls_anew: set[str] = set()
        self._agents_anew: set[str] = set()
        self._whole_line = False
        self.telephony = False  # without it nobody can be rung back
        self.in_hand: dict[str, set[str]] = {}  # who is just being rung back, by number
        self._standing: dict[str, _Standing] = {}
        self._homes = Homes()
        self._at_work: Counter[Scope] = Counter()
        self._working: dict[str, Place] = {}
        self._emptied: set[Scope] = set()

    def publish(self, network: Network) -> None:
        """A new configuration; who stands is told again by World."""
        self._network = network
        self.caps.publish(network)
        self.dials.publish(network)
        self.rematch()

    def rematch(self) -> None:
        """Go through the whole line once."""
        self._whole_line = True

    # --- standing --------------------------------------------------------------------------

    def saw(self, change: Change) -> Iterable[Follow]:
        """A call has changed: where it stands, and when its next circle opens."""
        return self.stand(change.after, change.at)

    def answered(self, change: Change) -> Iterator[Follow]:
        """A centre that answers somebody else's call may have had enough of them."""
        for centre_id in self.caps.took(change.before, change.after, change.at):
            yield from self.review_cap(centre_id, change.at)

    def review_cap(self, centre_id: str, at: float) -> Iterable[effects.Effect]:
        """A centre may have taken enough calls from afar for now, or no more."""
        if self.caps.review(centre_id, at):
            for agent_id, profile in self._network.agents.items():
                if profile.centre_id == centre_id:
                    self.stand_agent(self._agents[agent_id])
        return self.caps.timers(centre_id, at)

    def stand(self, call: Call, at: float) -> Iterable[effects.StartTimer]:
        """Put the call where it belongs now, until its next circle opens."""
        next_in_s = self.stand_call(call, at)
        if next_in_s is None:
            return ()
        return (effects.StartTimer(kind=Timer.WIDEN, key=call.call_id, seconds=next_in_s),)

    def stand_call(self, call: Call, at: float) -> float | None:
        """Put the call where it belongs now; seconds until its next ring opens, if one does."""
        self._calls_anew.add(call.call_id)
        if not self._stands(call, at) or call.queueing.place_at is None:
            self._leave(call.call_id)
            if call.phase is Phase.ENDED:
                self._standing.pop(call.call_id, None)
            return None
        queue = self._network.queue(call.queue)
        home = promised.home(call, self._network)
        now = self._stage_now(call, at)
        before = self._standing.get(call.call_id)
        given = call.queueing.earmark.agent_id if call.queueing.earmark is not None else ""
        rules = (call.queue, queue.circles, given)
        same = before is not None and (before.queue, before.plan, before.given) == rules
        kept = _no_narrower(before.stage, now) if before is not None and same else now
        standing = _Standing(kept, home, *rules)
        self._standing[call.call_id] = standing
        self.line.enter(
            call.call_id,
            standing.stage.requirement,
            call.queueing.place_at - queue.head_start_s - earmarked.head_start_s(call),
            scopes=standing.stage.scopes,
            home=home.centre,
        )
        self._homes.put(call.call_id, home)
        self.refusals.note(call)
        return now.next_in_s

    def forget(self, call_id: str) -> None:
        """There is no such call."""
        self._leave(call_id)
        self._standing.pop(call_id, None)

    def _leave(self, call_id: str) -> None:
        self.line.leave(call_id)
        self._homes.drop(call_id)
        self.refusals.forget(call_id)

    def _stands(self, call: Call, at: float) -> bool:
        """A caller waits on the leash; a promise to ring back waits for its hours."""
        if call.phase is Phase.CALLBACK:
            if call.message is None and self._may_not_ring(call, at):
                return False
            return callback_moves.stands(call, at, self._network, telephony=self.telephony)
        return call.phase is Phase.WAITING and call.channel.leashed

    def _may_not_ring(self, call: Call, at: float) -> bool:
        """Whether its citizen is being rung already, or was often enough."""
        rung = bool(self.in_hand.get(call.caller or ""))
        return rung or bool(self.dials.number_barred(call.caller, at))

    def is_working(self, agent_id: str) -> bool:
        """Whether the agent is there for calls, now or after the one at hand."""
        return agent_id in self._working

    def widened(self, call: Call, at: float) -> signals.CircleOpened | signals.EarmarkOver:
        """What it means for a call that its circle is over, or has become empty."""
        over = earmarked.is_over(call, at, self._working)
        kind = signals.EarmarkOver if over else signals.CircleOpened
        return kind(at=at, call_id=call.call_id)

    def left_alone(self) -> list[str]:
        """Calls round whose home a circle has emptied since this was asked last.

        An empty ring takes no time, so they stand elsewhere now. The longest waiting come first.
        """
        if not self._emptied:
            return []
        emptied, self._emptied = self._emptied, set()
        found = self._homes.around(emptied)
        found.update(*(self.line.standing_at(each) for each in emptied if each.kind == "agent"))
        return self.line.ordered(found)

    def origin(self, call: Call, at: float) -> Origin:
        """Where a call comes from, and which circles of it are empty just now."""
        home = promised.home(call, self._network)
        served_by = self._memory.agent(call, at)
        kinds: tuple[ScopeKind, ...] = ("centre", "municipality", "region")
        keys = (home.centre, home.municipality, home.region)
        away = (
            kind
            for kind, key in zip(kinds, keys, strict=True)
            if not self._at_work[Scope(kind, key)]
        )
        asked = served_by in self._working and served_by not in self.refusals.by(call)
        prefers = served_by if asked else None
        return Origin(home=home, agent_id=prefers or "", away=frozenset(away))

    def stand_agent(self, agent: Agent) -> None:
        """Put the agent on the bench, or take it off."""
        self._agents_anew.add(agent.agent_id)
        self._count(agent)
        self.refusals.ready(agent)
        if agent.state is State.READY:
            place = self._place(agent.agent_id)
            self.bench.enter(
                agent.agent_id,
                self._capability(agent.agent_id),
                agent.idle_since,
                place=place,
                barred=place.centre in self.caps.barred,
            )
        else:
            self.bench.leave(agent.agent_id)

    def _count(self, agent: Agent) -> None:
        """Where somebody is at work, and whose going leaves a circle empty.

        Nobody waits in a ring for somebody who rests after an offer that came to nothing, or whose
        phone did not ring.
        """
        before = self._working.get(agent.agent_id)
        there = agent.works and agent.resting_until is None and not agent.silent
        now = self._place(agent.agent_id) if there else None
        if before == now:
            return
        if now is not None:
            self._working[agent.agent_id] = now
            self._at_work.update(circles(now))
        else:
            del self._working[agent.agent_id]
            self._emptied.add(Scope("agent", agent.agent_id))
        if before is not None:
            self._at_work.subtract(circles(before))
            self._emptied.update(each for each in circles(before) if not self._at_work[each])

    # --- choosing --------------------------------------------------------------------------

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Calls and the agents who get them; each must be acted on before the next is asked for.

        Acting on a pair may stand others anew: they are looked at too, until nobody is left.
        """
        while self._whole_line or self._agents_anew or self._calls_anew:
            yield from self._pairs_anew()

    def _pairs_anew(self) -> Iterator[tuple[str, str]]:
        agents, calls = self._agents_anew, self._calls_anew
        self._agents_anew, self._calls_anew = set(), set()
        if self._whole_line:
            self._whole_line = False
            yield from self._each_with_agent(list(self.line.in_order()))
            return
        for agent_id in self.bench.ordered(agents):
            call_id = self.call_for(agent_id)
            if call_id is not None:
                yield call_id, agent_id
        yield from self._each_with_agent(self.line.ordered(calls))

    def _each_with_agent(self, call_ids: Iterable[str]) -> Iterator[tuple[str, str]]:
        for call_id in call_ids:
            # The pair before may have taken the call out of the line: one telephone at a time.
            agent_id = self.agent_for(call_id) if call_id in self.line else None
            if agent_id is not None:
                yield call_id, agent_id

    def call_for(self, agent_id: str) -> str | None:
        """The longest waiting call that this agent may answer."""
        place = self._place(agent_id)
        return self.line.first_for(
            self._capability(agent_id),
            agent_id=agent_id,
            place=place,
            barred=place.centre in self.caps.barred,
            without=self.refusals.of_agent(agent_id),
        )

    def agent_for(self, call_id: str) -> str | None:
        """The longest idle agent who may answer this call."""
        standing = self._standing[call_id]
        return self.bench.first_for(
            standing.stage.requirement,
            scopes=standing.stage.scopes,
            home=standing.home.centre,
            without=self.refusals.of_call(call_id),
        )

    def forgiven(self, call: Call, at: float) -> int:
        """How many legs of a waiting call, from the first, count no more."""
        return forgiven(call, at, self._network, others=self._others(call))

    def _others(self, call: Call) -> bool:
        """Whether anybody who has not refused the call is there, and could take it sooner or later.

        Whose phone or microphone is away could not; whoever rests after an offer could.
        """
        refused = self.refusals.of_call(call.call_id)
        asked = demand.asks_at_last(call, self._network)
        home = promised.home(call, self._network).centre
        return any(
            self._capability(agent.agent_id).meets(asked)
            and not self.barred_from(agent.agent_id, home)
            for agent in self._agents.values()
            if agent.agent_id not in refused and agent.works and agent.reachable
        )

    def barred_from(self, agent_id: str, home: str) -> bool:
        """Whether the agent's centre has taken enough calls from afar, of which this is one."""
        centre = self._place(agent_id).centre
        return centre != home and centre in self.caps.barred

    def staffed(self, call: Call) -> bool:
        """Whether somebody is logged in who could answer once the queue's last ring is open."""
        asked = demand.asks_at_last(call, self._network)
        return any(
            agent.state is not State.LOGGED_OUT and self._capability(agent.agent_id).meets(asked)
            for agent in self._agents.values()
        )

    def circle(self, call_id: str) -> int:
        """The number of the ring that the call has come to, for its record."""
        standing = self._standing.get(call_id)
        return standing.stage.circle if standing is not None else 0

    def stage(self, call: Call, at: float) -> Stage:
        """Where the call stands since it was last told, and for how long yet."""
        now = self._stage_now(call, at)
        standing = self._standing.get(call.call_id)
        return now if standing is None else replace(standing.stage, next_in_s=now.next_in_s)

    def _stage_now(self, call: Call, at: float) -> Stage:
        """Where the rules put it at that instant."""
        alone = earmarked.stage_alone(call, at, self._network, self._working)
        alone = alone or promised.stage_alone(call, at, self._network)
        if alone is not None:
            return alone
        plan, place_at = self._network.queue(call.queue).circles, call.queueing.place_at
        since = max(at if place_at is None else place_at, promised.alone_until(call))
        asked = demand.asks(call, self._network)
        return stage(plan, asked, self.origin(call, at), max(0.0, at - since))

    def _capability(self, agent_id: str) -> Capability:
        """An agent who was taken out of the configuration can do nothing."""
        profile = self._network.agents.get(agent_id)
        return profile.capability if profile is not None else Capability()

    def _place(self, agent_id: str) -> Place:
        profile = self._network.agents.get(agent_id)
        return self._network.place(profile.centre_id) if profile is not None else Place()


def _no_narrower(before: Stage, now: Stage) -> Stage:
    """Colleagues who come back to a centre take no call away from those already asked."""
    if before.circle <= now.circle:
        return now
    return replace(before, next_in_s=now.next_in_s)
