"""Who may answer whom, found out slowly: no lanes, no counters, no memory of the live code.

It goes by the rules as they are written (`routing/explain.py`, `routing/circles.py`) and by what it
saw of the calls itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from contactcentre.core import events
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import callback_moves, demand
from contactcentre.core.call.leg import OFFERS, Leg
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.world import World
from routing import circles
from routing.circles import Origin
from routing.explain import explain
from routing.explanation import AgentFacts, CallFacts
from routing.remote_cap import HOUR_S
from routing.scope import Place, Scope, ScopeKind

ENGAGED = (State.RESERVED, State.TALKING, State.WRAP_UP)

LAG_S = 60.0
"""How far World's idea of an instant may be from the exchange's."""


def works(agent: Agent) -> bool:
    """Whether the agent is at work, wanting calls or busy with one."""
    shut = agent.resting_until or agent.silent or (agent.closed and not agent.overtime)
    free = agent.state is not State.LOGGED_OUT and agent.wants_ready and not shut
    return free or agent.state in ENGAGED


def desk(network: Network, agent: Agent) -> Place:
    """Where the agent sits."""
    profile = network.agents.get(agent.agent_id)
    return network.place(profile.centre_id) if profile is not None else Place()


def stands(world: World, call: Call) -> bool:
    """Whether the call is in line just now: a promise is, in its hours."""
    if call.phase is Phase.CALLBACK:
        return call.call_id in world.matcher.line
    return call.phase is Phase.WAITING and call.channel.leashed


def _looks_at(world: World, event: events.Event, call: Call, at: float) -> bool:
    """Whether the event makes a promise stand anew, if only to be taken out of the line at once.

    Where its citizen may not be rung, or another promise to that number is just being kept, it does
    not stand at all.
    """
    others = world.matcher.in_hand.get(call.caller or "", set()) - {call.call_id}
    stood = callback_moves.stands(call, at, world.network, telephony=world.telephony)
    free = call.message is not None or not others
    if call.phase not in (Phase.CALLBACK, Phase.PREVIEWED) or not stood or not free:
        return False
    if isinstance(event, events.TimerFired):
        return (event.kind, event.key) == ("callback", call.call_id)
    return isinstance(event, events.SnapshotTaken) and call.message is None  # it needs no link


class Oracle:
    """Told of World after every event."""

    def __init__(self) -> None:
        self.facts: dict[str, CallFacts] = {}
        self.standing: set[str] = set()  # a promise also comes into line by the end of another call
        self.came: set[str] = set()  # of these, by the last event
        self.since: dict[str, float] = {}
        self.served: dict[str, tuple[float, str]] = {}  # until when, and by whom
        self.dropped: dict[str, tuple[float, float]] = {}
        self.place_at: dict[str, float] = {}
        self.queues: dict[str, tuple[str, str]] = {}  # and the agent to whom it was given
        self.answers: dict[str, tuple[str, float]] = {}
        self.has_stepped = False
        self.doubtful: set[str] = set()  # answers of which the journal may have an old clock's time
        self.asked_alone: dict[str, Scope] = {}  # promises, and who alone was asked when they stood
        self.told: dict[str, tuple[tuple[object, ...], list[str]]] = {}  # the last of each call

    def set_clock(self, by_s: float, present: Collection[str]) -> None:
        """Whatever was seen was so much later (or earlier) by the clock as it is now; calls that
        are not `present` are over, and stay as they were."""
        for key in self.place_at.keys() & present:
            self.place_at[key] += by_s
        self.served = {key: (at + by_s, by) for key, (at, by) in self.served.items()}
        self.dropped = {key: (at + by_s, then + by_s) for key, (at, then) in self.dropped.items()}
        self.answers = {key: (afar, at + by_s) for key, (afar, at) in self.answers.items()}
        self.has_stepped = self.has_stepped or by_s != 0

    def note(self, world: World, event: events.Event, at: float) -> None:
        """Every call that the event has changed stands where the rules put it now."""
        for call in world.touched_calls.values():
            self._place(call, at, world.network.queue(call.queue).keep_place_s)
            self._stood(world.network, call)
            self._remember(call, at)
            self._count(world.network, call)
        standing = {call.call_id for call in world.calls.values() if stands(world, call)}
        anew = standing & (world.touched_calls.keys() | standing - self.standing)
        for call in world.calls.values():
            if call.call_id in anew or _looks_at(world, event, call, at):
                self._stand(world, call, at)
        self.came, self.standing = standing - self.standing, standing

    def restart(self, network: Network, calls: Iterable[Call]) -> None:
        """Whoever comes back stands where the rules put him then; what is counted is so anew."""
        self.facts.clear()
        self.standing.clear()
        self.answers.clear()
        for call in calls:
            self._count(network, call)
            if self.has_stepped and call.phase is Phase.ENDED:
                self.doubtful.update(offer.leg_id for offer in call.offers)

    def _count(self, network: Network, call: Call) -> None:
        """Whose call each answer was, by the rules of its own instant: "" for a centre's own."""
        for offer in call.offers:
            if offer.answered_at is None or offer.rejoin or offer.leg_id in self.answers:
                continue
            profile = network.agents.get(offer.agent_id)
            centre = profile.centre_id if profile is not None else ""
            promise = call.callback
            given_by = promise.given.centre_id if promise is not None and promise.given else None
            own = (promise is not None and promise.dialled) or centre == given_by
            afar = "" if own or centre == demand.home(call, network).centre else centre
            self.answers[offer.leg_id] = (afar, offer.answered_at)

    def barred(self, network: Network, centre_id: str, at: float, slack_s: float) -> bool:
        """Whether the centre has taken enough from afar in the hour, give or take the slack.

        What was over before a step of the clock and is read after it counts for and against.
        """
        centre = network.centres.get(centre_id)
        if centre is None or centre.afar_per_hour is None:
            return False
        last = at - HOUR_S - slack_s
        taken = sum(
            slack_s > 0 if leg_id in self.doubtful else when > last
            for leg_id, (afar, when) in self.answers.items()
            if afar == centre_id
        )
        return taken >= centre.afar_per_hour

    def look_at_cap(self, network: Network, call: Call, offer: Leg) -> None:
        """Nobody is rung for another centre's call whose own has had enough of them."""
        profile = network.agents[offer.agent_id]
        own = profile.centre_id == _home(network, call).centre
        assert own or not self.barred(network, profile.centre_id, offer.at, -LAG_S), (call, offer)

    def _place(self, call: Call, at: float, keep_s: float) -> None:
        """A place in line is never worse than it was, in this call or in the one before."""
        if call.queueing.place_at is None:
            return
        assert call.queueing.place_at <= self.place_at.get(call.call_id, call.queueing.place_at)
        newly = call.call_id not in self.place_at
        self.place_at[call.call_id] = call.queueing.place_at
        known = self.dropped.get(call.caller or "")
        if newly and call.phase is Phase.WAITING and known and at - known[1] < keep_s - LAG_S:
            assert call.queueing.place_at <= known[0], (at - known[1], keep_s, known, call)
        takes = newly or (known is not None and known[1] <= call.arrived_at)
        if takes and known and call.queueing.place_at == known[0]:
            # It is taken by one call only, and rightly: of all who ring from an office's number one
            # was dropped, and the others would pass over whoever waits meanwhile. Of two who rang
            # in the same instant nobody can tell whose it is.
            del self.dropped[call.caller or ""]

    def _stood(self, network: Network, call: Call) -> None:
        """Also of one that was given to an agent in the same breath in which it came into line."""
        if call.queueing.place_at is not None:
            head_start_s = network.queue(call.queue).head_start_s
            led = call.queueing.first or call.queueing.earmark is not None
            head_start_s += 1e9 if led else 0.0
            self.since[call.call_id] = call.queueing.place_at - head_start_s

    def _remember(self, call: Call, at: float) -> None:
        if call.caller is None:
            return
        if call.talk.agent_id is not None and call.phase in (Phase.TALKING, Phase.ENDED):
            talked_at = at if call.talk.ended_at is None else call.talk.ended_at
            if talked_at >= self.served.get(call.caller, (0.0, ""))[0]:
                self.served[call.caller] = (talked_at, call.talk.agent_id)
        left_line = (Outcome.ABANDONED, Outcome.INFORMED, Outcome.GAVE_UP, Outcome.PBX_LOST)
        if call.phase is Phase.ENDED and call.end.outcome in left_line:
            if call.queueing.place_at is not None:
                self.dropped[call.caller] = (call.queueing.place_at, at)
        elif call.talk.answered_at is not None:
            known = self.dropped.get(call.caller)
            if known is not None and known[1] <= call.talk.answered_at:
                del self.dropped[call.caller]

    def _stand(self, world: World, call: Call, at: float) -> None:
        queue = world.network.queue(call.queue)
        alone, until = _given(world, call, at) or _alone(call, at)
        opens = self.asked_alone.pop(call.call_id, None) is not None  # nobody else was asked yet
        if alone is not None:
            self.asked_alone[call.call_id] = alone
        since = max(call.queueing.place_at or at, until)
        facts = CallFacts(
            call_id=call.call_id,
            asked=demand.asks(call, world.network),
            plan=queue.circles,
            origin=self._origin(world, call),
            waited_s=max(0.0, at - since),
        )
        before = self.facts.get(call.call_id)
        given = call.queueing.earmark
        where = (call.queue, given.agent_id if given is not None else "")
        elsewhere = self.queues.get(call.call_id) != where
        self.queues[call.call_id] = where
        same = before is not None and before.plan == facts.plan and not elsewhere and not opens
        if not same or before is None or _ring(before) <= _ring(facts):
            self.facts[call.call_id] = facts
        self._stood(world.network, call)

    def _origin(self, world: World, call: Call) -> Origin:
        home = _home(world.network, call)
        working = [agent for agent in world.agents.values() if works(agent)]
        desks = [desk(world.network, agent) for agent in working]
        kinds: tuple[ScopeKind, ...] = ("centre", "municipality", "region")
        away = {
            kind
            for number, kind in enumerate(kinds)
            if not any(place[number] == home[number] for place in desks)
        }
        _, served_by = self.served.get(call.caller or "", (0.0, ""))
        asked = {agent.agent_id for agent in working} - refused_by(world, call)
        there = served_by in asked
        return Origin(home=home, agent_id=served_by if there else "", away=frozenset(away))

    def _asks(self, world: World, call: Call, agent: Agent, at: float) -> bool:
        """Whether an agent may be asked for the call of somebody else's centre, if it is that."""
        there = desk(world.network, agent).centre
        afar = there != _home(world.network, call).centre
        return not afar or not self.barred(world.network, there, at, LAG_S)

    def may(self, world: World, call: Call, agents: list[Agent], at: float) -> list[str]:
        """Which of these agents might answer the waiting call for certain, were they free."""
        alone = self.asked_alone.get(call.call_id)
        if alone is not None and alone.kind == "agent":
            own = {alone.key} - refused_by(world, call)
            if call.queueing.earmark is not None:
                own = {key for key in own if _is_able(world, call, key)}
            return [
                a.agent_id for a in agents if a.agent_id in own and self._asks(world, call, a, at)
            ]
        if alone is not None:
            agents = [a for a in agents if desk(world.network, a).centre == alone.key]
        facts = [
            AgentFacts(
                agent_id=agent.agent_id,
                name=agent.name,
                capability=world.network.agents[agent.agent_id].capability,
                state="ready",
                place=desk(world.network, agent),
                idle_since=agent.idle_since,
                barred=self.barred(world.network, desk(world.network, agent).centre, at, LAG_S),
            )
            for agent in agents
            if agent.agent_id in world.network.agents
        ]
        asked = (self.facts[call.call_id], refused_by(world, call), facts)
        if asked != self.told.get(call.call_id, ((), []))[0]:
            self.told[call.call_id] = (asked, _able(*asked))
        return self.told[call.call_id][1]


def _home(network: Network, call: Call) -> Place:
    """An agent's promise is the centre's of that agent."""
    given = call.callback.given if call.callback is not None else None
    known = given is not None and given.centre_id in network.centres
    return network.place(given.centre_id) if known and given else demand.home(call, network)


def _given(world: World, call: Call, at: float) -> tuple[Scope, float] | None:
    """The agent to whom somebody has given the call, while that one is at work and has the time."""
    given = call.queueing.earmark
    agent = world.agents.get(given.agent_id) if given is not None else None
    if given is None or agent is None or at >= given.until - 0.001 or not works(agent):
        return None
    return Scope("agent", given.agent_id), 0.0


def _is_able(world: World, call: Call, agent_id: str) -> bool:
    profile = world.network.agents.get(agent_id)
    asked = demand.asks_at_last(call, world.network)
    return profile is not None and profile.capability.meets(asked)


def _alone(call: Call, at: float) -> tuple[Scope | None, float]:
    """Who alone is asked to keep an agent's promise, and until when anybody is: its agent until it
    is due, the centre for a quarter of an hour more."""
    given = call.callback.given if call.callback is not None else None
    if call.callback is None or given is None or given.keeper == "anyone":
        return None, 0.0
    due_at = call.callback.due_at
    if given.keeper == "agent" and at < due_at:
        return Scope("agent", given.agent_id), due_at
    until = due_at + (900.0 if given.keeper == "agent" and given.centre_id else 0.0)
    return (Scope("centre", given.centre_id) if at < until else None), until


def _able(call: CallFacts, refused: frozenset[str], agents: list[AgentFacts]) -> list[str]:
    told = explain(replace(call, refused_by=refused), agents)
    return [
        each.agent_id
        for each in told.candidates
        if each.passed_over is None or each.passed_over.code == "longer_idle"
    ]


def refused_by(world: World, call: Call) -> frozenset[str]:
    """Who said no to the call, passed it on, or missed it and was not back since."""
    return frozenset(
        offer.agent_id
        for offer in call.legs[call.queueing.forgiven :]
        if offer.purpose in OFFERS and _counts(offer, world.agents.get(offer.agent_id))
    )


def _counts(offer: Leg, agent: Agent | None) -> bool:
    if offer.result is Result.TRANSFERRED:
        return True
    if offer.rejoin:
        return False
    if offer.result is Result.MISSED:
        ready_at = agent.ready_at if agent is not None else 0.0
        return offer.ended_at is not None and offer.ended_at > ready_at
    return offer.result in (Result.REJECTED, Result.BUSY)


def _ring(facts: CallFacts) -> int:
    return circles.stage(facts.plan, facts.asked, facts.origin, facts.waited_s).circle
