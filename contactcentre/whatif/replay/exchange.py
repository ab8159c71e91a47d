"""World under a virtual clock: it plays the exchange, the timers, the callers and the agents.

The core is the live one, whole: facts go in, orders come out, timers come back when they are due.
What people do is asked of a `Cast`. Prompts and music take no time here, for nobody waits for them
who is in line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Protocol, cast

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.outcomes import DialResult
from contactcentre.core.timers import Timer
from contactcentre.core.world import World

SAVED_AFTER_S = 1.0
"""A record that was left open is closed so long after its wrap-up, lest it stays for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A caller who enters a queue, and hangs up after `patience_s` there."""

    call_id: str
    at: float
    caller: str | None
    dialled: str
    queue: str
    language: str
    municipality: str = ""
    patience_s: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What comes of a ring after `after_s` seconds.

    An agent who let it ring wants calls again after `away_s`; None leaves that to the cast.
    """

    result: DialResult = DialResult.ANSWERED
    after_s: float
    away_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How long a talk and the work after it take, in seconds."""

    talk_s: float
    wrap_up_s: float


class Cast(Protocol):
    """How people behave."""

    def rung(self, call: Call, agent_id: str, at: float, timeout_s: float) -> Reaction:
        """A phone rings."""

    def handles(self, call: Call, agent_id: str, at: float) -> Handling:
        """An agent has answered."""


Due = tuple[float, int, Callable[[], None]]


class Exchange:
    """One run. `watch` is told of each event right after World has taken it in."""

    def __init__(
        self, world: World, cast: Cast, *, watch: Callable[[events.Event], None] | None = None
    ) -> None:
        self.world = world
        self.world.telephony = True  # what happens is heard of at once
        self.at = 0.0
        self._cast = cast
        self._watch = watch
        self._due: list[Due] = []
        self._numbered = 0
        self._timers: dict[tuple[Timer, str], int] = {}

    # --- time ------------------------------------------------------------------------------

    def later(self, at: float, do: Callable[[], None]) -> int:
        """Do something then; what is due at the same instant is done in the order of asking."""
        self._numbered += 1
        heappush(self._due, (at, self._numbered, do))
        return self._numbered

    def run(self, until: float) -> None:
        """Let time go by."""
        while self._due and self._due[0][0] <= until:
            at, _, do = heappop(self._due)
            self.at = max(self.at, at)
            do()
        self.at = max(self.at, until)

    def post(self, event: events.Event) -> None:
        """A fact, now; its orders are carried out."""
        orders = self.world.apply(event)
        if self._watch is not None:
            self._watch(event)
        for order in orders:
            self._perform(order)

    def _perform(self, order: effects.Effect) -> None:
        match order:
            case effects.StartTimer(kind=kind, key=key, seconds=seconds):
                self._start(kind, key, seconds)
            case effects.CancelTimer(kind=kind, key=key):
                self._timers.pop((kind, key), None)
            case effects.Ring():
                self._ring(order)
            case effects.HangUpLeg(offer_id=offer_id):
                self._end_dial(offer_id, DialResult.CANCELLED)
            case (
                effects.HangUp(call_id=call_id)
                | effects.Record(call_id=call_id)
                | effects.AskScore(call_id=call_id)
            ):
                hung_up = events.CallerHungUp(at=self.at, call_id=call_id)
                self.later(self.at, lambda: self.post(hung_up))

    def _start(self, kind: Timer, key: str, seconds: float) -> None:
        at = self.at + seconds

        def fire() -> None:
            if self._timers.get((kind, key)) == number:
                del self._timers[kind, key]
                self.post(events.TimerFired(at=at, kind=kind, key=key))

        number = self.later(at, fire)
        self._timers[kind, key] = number

    # --- callers ---------------------------------------------------------------------------

    def expect(self, arrivals: Iterable[Arrival]) -> None:
        """Callers who will come."""
        for arrival in arrivals:
            self.later(arrival.at, lambda arrival=arrival: self._arrive(arrival))  # type: ignore[misc]

    def _arrive(self, arrival: Arrival) -> None:
        """Straight into the queue, by the same door as callers who come back after a restart."""
        if arrival.patience_s < math.inf:
            gives_up_at = arrival.at + arrival.patience_s
            self.later(gives_up_at, lambda: self._give_up(arrival.call_id))
        self.post(
            events.CallReturned(
                at=arrival.at,
                call_id=arrival.call_id,
                channel=arrival.call_id,
                channel_id=arrival.call_id,
                caller=arrival.caller,
                dialled=arrival.dialled,
                queue=arrival.queue,
                language=arrival.language,
                municipality=arrival.municipality,
                queued_at=arrival.at,
                arrived_at=arrival.at,
            )
        )

    def _give_up(self, call_id: str) -> None:
        call = self.world.calls.get(call_id)
        if call is not None and call.phase in (Phase.WAITING, Phase.OFFERED):
            self.post(events.CallerHungUp(at=self.at, call_id=call_id))

    # --- agents ----------------------------------------------------------------------------

    def come(self, agent_id: str) -> None:
        """The agent wants calls and the phone works."""
        agent = self.world.agents[agent_id]
        if agent.state is State.LOGGED_OUT:
            self.post(commands.AgentLoggedIn(at=self.at, agent_id=agent_id))
        self.post(events.PhoneSeen(at=self.at, endpoint=agent.endpoint, reachable=True))
        if agent.browser and not agent.microphone:
            heard = commands.MicrophoneReported(at=self.at, agent_id=agent_id, granted=True)
            self.post(heard)
        self.post(commands.ReadyChosen(at=self.at, agent_id=agent_id))

    def leave(self, agent_id: str) -> None:
        """The agent goes home."""
        if self.world.agents[agent_id].state is not State.LOGGED_OUT:
            self.post(commands.AgentLoggedOut(at=self.at, agent_id=agent_id))

    def pause(self, agent_id: str, reason: str) -> None:
        """The agent wants no calls for a while."""
        if self.world.agents[agent_id].state is State.LOGGED_OUT:
            self.post(commands.AgentLoggedIn(at=self.at, agent_id=agent_id))
        recorded = cast("commands.ChosenReason", reason)  # or one that was ours: "missed"
        self.post(commands.NotReadyChosen(at=self.at, agent_id=agent_id, reason=recorded))

    def lose_phone(self, agent_id: str) -> None:
        """The agent wants calls, but none can come."""
        self.come(agent_id)
        endpoint = self.world.agents[agent_id].endpoint
        self.post(events.PhoneSeen(at=self.at, endpoint=endpoint, reachable=False))

    # --- offers and talks ------------------------------------------------------------------

    def _ring(self, order: effects.Ring) -> None:
        call = self.world.calls[order.call_id]
        offer = call.open_offer
        if offer is None or call.callback is not None:
            return
        dialed = events.LegDialed(at=self.at, offer_id=offer.leg_id, leg=offer.leg_id)
        rang = events.LegRang(at=self.at, offer_id=offer.leg_id)
        self.later(self.at, lambda: self.post(dialed))
        self.later(self.at, lambda: self.post(rang))
        agent_id = offer.agent_id
        reaction = self._cast.rung(call, agent_id, self.at, order.timeout_s)
        at = self.at + reaction.after_s
        self.later(at, lambda: self._react(order.call_id, offer.leg_id, agent_id, reaction))

    def _react(self, call_id: str, offer_id: str, agent_id: str, reaction: Reaction) -> None:
        if not self._rings(offer_id):
            return
        if reaction.result is not DialResult.ANSWERED:
            self._end_dial(offer_id, reaction.result)
            if reaction.away_s is not None:
                back = commands.ReadyChosen(at=self.at + reaction.away_s, agent_id=agent_id)
                self.later(back.at, lambda: self._come_back(back))
            return
        self.post(events.LegAnswered(at=self.at, offer_id=offer_id))
        call = self.world.calls[call_id]
        handling = self._cast.handles(call, agent_id, self.at)
        self.later(
            self.at + handling.talk_s, lambda: self._talked(call_id, agent_id, handling.wrap_up_s)
        )

    def _come_back(self, event: commands.ReadyChosen) -> None:
        agent = self.world.agents[event.agent_id]
        if agent.state is State.NOT_READY and agent.reason == "missed":
            self.post(event)

    def _rings(self, offer_id: str) -> bool:
        call = self.world.calls.get(offer_id.rpartition("-")[0])
        offer = call.open_offer if call is not None else None
        return offer is not None and offer.leg_id == offer_id

    def _end_dial(self, offer_id: str, result: DialResult) -> None:
        call_id = offer_id.rpartition("-")[0]
        ended = events.DialEnded(at=self.at, call_id=call_id, offer_id=offer_id, result=result)
        self.later(self.at, lambda: self.post(ended))

    def _talked(self, call_id: str, agent_id: str, wrap_up_s: float) -> None:
        """The caller hangs up; the record is saved when the work is done."""
        call = self.world.calls.get(call_id)
        if call is None or call.phase is not Phase.TALKING:
            return
        if wrap_up_s <= 0:
            self._save(call_id, agent_id)
        self.post(events.CallerHungUp(at=self.at, call_id=call_id))
        until = self.world.agents[agent_id].wrap_up_until
        left_s = 0.0 if until is None else until - self.at
        if 0 < wrap_up_s <= left_s:
            self.later(self.at + wrap_up_s, lambda: self._save(call_id, agent_id))
        elif left_s > 0:
            self._overrun(call_id, agent_id, wrap_up_s - left_s)
            at = self.at + wrap_up_s + SAVED_AFTER_S
            self.later(at, lambda: self._save(call_id, agent_id))

    def _overrun(self, call_id: str, agent_id: str, seconds: float) -> None:
        """The wrap-up was extended."""
        self.post(
            commands.WrapUpExtended(at=self.at, agent_id=agent_id, call_id=call_id, seconds=seconds)
        )

    def _save(self, call_id: str, agent_id: str) -> None:
        if call_id in self.world.calls:
            self.post(
                commands.RecordSaved(
                    at=self.at,
                    agent_id=agent_id,
                    call_id=call_id,
                    kind="consultation",
                    services=(),
                    outcome="answered",
                    finish=True,
                )
            )
