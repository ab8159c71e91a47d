"""What supervisors who listen to talks may do, in any order."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from leaders import MANY, WHOM, Leaders
from open_listening import HEARD, listener
from people import APART_DOES, People
from towns import NUMBERS

from contactcentre.core import acts, commands
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Call

MODES: tuple[acts.Mode, ...] = ("listen", "whisper", "barge")
MODE = st.sampled_from(MODES)

LISTENER_DOES = ("lift", "not lift", *MODES, "no more", "receiver")

THEN = (
    "lift", "lift", "lift", *LISTENER_DOES, *APART_DOES, "answer", "first hangs up",
    "citizen hangs up", "leave", "end", "link", "link is back", "service", "Asterisk", "wait",
)  # fmt: skip
"""What may happen in a talk that is listened to."""


class Listening(People, Leaders):
    """Supervisors at a phone of their own."""

    def one_of_them_does(self, what: str, *, inside: bool) -> None:
        """Whoever is in a talk, or what may happen to it."""
        raise NotImplementedError

    def heard(self) -> list[Call]:
        """Calls to which somebody listens, or may."""
        return [call for call in self.world.calls.values() if call.phase in HEARD]

    @precondition(lambda self: self.heard())
    @rule(number=MANY, agent_id=WHOM, mode=MODE)
    def a_supervisor_listens(self, number: int, agent_id: str, mode: acts.Mode) -> None:
        """On whosever phone, whether it fits or not."""
        calls = self.heard()
        call_id = calls[number % len(calls)].call_id
        self.lead(acts.ListenAsked, call_id=call_id, listener=agent_id, mode=mode)

    @precondition(lambda self: self.heard())
    @rule(number=MANY, what=st.sampled_from(LISTENER_DOES))
    def a_listener_does(self, number: int, what: str) -> None:
        """Lifts or not, turns, ends it by a click or hangs up."""
        calls, exchange = self.heard(), self.exchange
        call = calls[number % len(calls)]
        leg = listener(call)
        leg_id = leg.leg_id if leg is not None else ""
        if what in MODES:
            self.lead(acts.ListenTurned, call_id=call.call_id, mode=what)
        elif what == "no more":
            self.lead(acts.ListenEnded, call_id=call.call_id)
        elif what == "receiver" and leg_id in exchange.apart.legs:
            exchange.apart.hang_up(exchange.apart.legs[leg_id])
        elif what == "lift" and leg_id in exchange.listeners.ringing:
            exchange.listeners.lift(leg_id)
        elif what == "not lift" and leg_id in exchange.listeners.ringing:
            exchange.listeners.not_lifted([exchange.listeners.ringing[leg_id]])

    @precondition(lambda self: len(self.exchange.callers) < 6)
    @rule(mode=MODE, agent_id=WHOM, then=st.lists(st.sampled_from(THEN), max_size=6))
    def a_talk_is_listened_to(self, mode: acts.Mode, agent_id: str, then: list[str]) -> None:
        """A citizen is answered, a supervisor at a phone asks; and then things happen."""
        for each in self.world.network.agents:
            self.an_agent_is_ready(each)
        self.an_agent_is_there(agent_id)
        at = self.exchange.at
        self.apply(commands.NotReadyChosen(at=at, agent_id=agent_id, reason="lunch"))
        self.a_citizen_calls(None, NUMBERS[0], "")
        self.unless_there_is_a_lag()
        self.everybody_answers()
        self.unless_there_is_a_lag()
        agent = self.world.agents.get(agent_id)
        free = agent is not None and agent.state is State.NOT_READY
        for talks in self.talking()[:1] if free else ():  # with whom most happens below
            self.lead(acts.ListenAsked, call_id=talks.call_id, listener=agent_id, mode=mode)
        self.unless_there_is_a_lag()
        for what in then:
            if what in LISTENER_DOES:
                for number, call in enumerate(self.heard()):
                    if listener(call) is not None:
                        self.a_listener_does(number, what)
                        break
            else:
                self.one_of_them_does(what, inside=True)
            self.unless_there_is_a_lag()
