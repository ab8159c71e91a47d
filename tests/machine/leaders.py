"""What those who lead agents may do with calls and agents, whether it fits or not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from towns import AGENTS, QUEUES
from watched import Watched

from contactcentre.core import acts
from contactcentre.core.call.state import Call, Phase

WAITS = (Phase.WAITING, Phase.OFFERED, Phase.CALLBACK)
MANY = st.integers(0, 5)
WHOM = st.sampled_from(tuple(AGENTS))


class Leaders(Watched):
    """Supervisors."""

    def lead(self, kind: type[acts.SupervisorAct], **given: Any) -> None:
        """Somebody asks for it."""
        why = {"why": "x"} if issubclass(kind, acts.ReasonedAct) else {}
        self.apply(kind(at=self.exchange.at, by="L", by_id="l", **why, **given))

    def in_line(self) -> list[Call]:
        """Who waits, on the telephone or to be rung."""
        return [call for call in self.world.calls.values() if call.phase in WAITS]

    @precondition(lambda self: self.in_line())
    @rule(
        number=MANY,
        kind=st.sampled_from([acts.CallPutFirst, acts.CallPutBack, acts.EarmarkLifted]),
    )
    def a_supervisor_reorders(self, number: int, kind: type[acts.SupervisorAct]) -> None:
        """Puts first and back, and takes back what was given."""
        calls = self.in_line()
        self.lead(kind, call_id=calls[number % len(calls)].call_id)

    @precondition(lambda self: self.in_line())
    @rule(number=MANY, queue=st.sampled_from(tuple(QUEUES)))
    def a_supervisor_moves(self, number: int, queue: str) -> None:
        """To any queue, also one that is there no more, or the same."""
        calls = self.in_line()
        self.lead(acts.CallMoved, call_id=calls[number % len(calls)].call_id, queue=queue)

    @precondition(lambda self: self.in_line())
    @rule(number=MANY, agent_id=WHOM)
    def a_supervisor_earmarks(self, number: int, agent_id: str) -> None:
        """To whoever is free, busy, or not there."""
        calls = self.in_line()
        self.lead(acts.CallEarmarked, call_id=calls[number % len(calls)].call_id, agent_id=agent_id)

    @precondition(lambda self: self.in_line())
    @rule(number=MANY, ending=st.sampled_from(["callback", "busy", "closed"]))
    def a_supervisor_withdraws(self, number: int, ending: acts.Ending) -> None:
        """Who waits on the telephone."""
        calls = self.in_line()
        self.lead(acts.CallWithdrawn, call_id=calls[number % len(calls)].call_id, ending=ending)

    @precondition(lambda self: self.world.calls)
    @rule(number=MANY)
    def a_supervisor_ends_a_call(self, number: int) -> None:
        """Whatever it is in."""
        calls = list(self.world.calls.values())
        self.lead(acts.CallEndForced, call_id=calls[number % len(calls)].call_id)

    @rule(
        agent_id=WHOM,
        kind=st.sampled_from([acts.ReadyForced, acts.LogOutForced, acts.AgentReleased]),
    )
    def a_supervisor_leads_an_agent(self, agent_id: str, kind: type[acts.SupervisorAct]) -> None:
        """Into another state, or out of what holds the agent."""
        self.lead(kind, agent_id=agent_id)

    @rule(agent_id=WHOM)
    def a_supervisor_stops_an_agent(self, agent_id: str) -> None:
        """No calls any more."""
        self.lead(acts.NotReadyForced, agent_id=agent_id, reason="other")
