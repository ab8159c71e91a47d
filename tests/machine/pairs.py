"""What an agent with two calls may do, and what may happen to both."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from listening import Listening
from people import APART_DOES, FEW
from towns import AGENTS, NUMBERS

from contactcentre.core import acts, commands
from contactcentre.core.agent.state import Agent

PAIR_DOES = ("turn", "turn", "turn", "end other", "dial", "lift", "lift", "stop", "release")

THEN = (
    *PAIR_DOES, "lift", "turn", *APART_DOES, "answer", "first hangs up", "last hangs up",
    "citizen hangs up", "held hangs up", "leave", "end", "link", "link is back", "service",
    "Asterisk", "wait", "alone",
)  # fmt: skip
"""What may happen to an agent with two calls."""


class Pairs(Listening):
    """A second citizen is rung beside a talk."""

    def no_service_lives(self, what: list[str]) -> None:
        """For a while."""
        raise NotImplementedError

    @precondition(lambda self: self.talking())
    @rule(number=FEW, what=st.sampled_from(PAIR_DOES))
    def an_agent_with_two_does(self, number: int, what: str) -> None:
        """Rings another, turns, ends the one that waits: whether it fits or not."""
        talking = self.talking()
        self.pair_does(talking[number % len(talking)], what)

    def pair_does(self, agent: Agent, what: str) -> None:
        """One of these."""
        at, who = self.exchange.at, agent.agent_id
        other = agent.beside.call_id if agent.beside is not None else "x"
        match what:
            case "turn":
                self.apply(commands.ResumeChosen(at=at, agent_id=who, call_id=other))
            case "end other":
                self.apply(commands.EndAsked(at=at, agent_id=who, call_id=other))
            case "dial":
                number = f"6700{next(self.exchange.numbers):04}"
                self.apply(commands.DialChosen(at=at, agent_id=who, number=number))
            case "lift":
                for citizen in list(self.exchange.citizens.values()):
                    self.exchange.lift(citizen)
            case "stop":
                offer = agent.beside.offer_id if agent.beside is not None else "x-1"
                self.apply(commands.OfferRejected(at=at, agent_id=who, offer_id=offer))
            case _:
                self.apply(acts.AgentReleased(at=at, agent_id=who, by="L", by_id="l", why="x"))

    @precondition(lambda self: len(self.exchange.callers) < 6)
    @rule(lifts=st.booleans(), then=st.lists(st.sampled_from(THEN), max_size=8))
    def a_talk_beside_another(self, lifts: bool, then: list[str]) -> None:
        """A citizen is answered, and another one rung; and then things happen."""
        for agent_id in AGENTS:
            self.an_agent_is_ready(agent_id)
        self.a_citizen_calls(None, NUMBERS[0], "")
        self.unless_there_is_a_lag()
        self.everybody_answers()
        self.unless_there_is_a_lag()
        for what in ("dial", *(("lift",) if lifts else ()), *then):
            self.one_of_two_does(what)
            self.unless_there_is_a_lag()

    def one_of_two_does(self, what: str) -> None:
        """As far as it can be done now."""
        mine = [agent for agent in self.talking() if not self.is_asked(agent)]
        pairs = [agent for agent in mine if agent.beside is not None]
        if what in PAIR_DOES and mine:
            self.pair_does((*pairs, *mine)[0], what)
        elif what == "held hangs up":
            for agent in pairs[:1]:
                known = self.exchange.callers.get(agent.beside.call_id if agent.beside else "")
                self.exchange.hang_up(known) if known is not None else None
        elif what == "alone":
            self.no_service_lives(["over"])
        else:
            self.one_of_them_does(what, inside=True)
