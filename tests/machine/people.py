"""What citizens, phones and agents may do, in any order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from lines import Caller
from towns import AGENTS, CALLERS, CHOICES, NUMBERS, QUEUES
from watched import Watched

from contactcentre.core import acts, commands, events
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import signals
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.outcomes import DialResult
from contactcentre.core.work import ByHand, ServiceDone
from routing.calendar import LOCAL
from routing.model import Device

FEW = st.integers(0, 5)

APART_DOES: dict[str, type[events.AgentEvent]] = {
    "hold": commands.HoldChosen,
    "resume": commands.ResumeChosen,
    "consult": commands.ConsultChosen,
    "pass": commands.PassChosen,
    "drop": commands.ReachDropped,
    "complete": commands.ConsultCompleted,
    "swap": commands.SidesSwapped,
    "join": commands.AllJoined,
}
WHO = st.sampled_from(tuple(AGENTS))


def wall(at: float) -> str:
    """As a page writes it."""
    return datetime.fromtimestamp(at, LOCAL).strftime("%Y-%m-%dT%H:%M")


class People(Watched):
    """Everybody who is not a link or a process."""

    # --- citizens --------------------------------------------------------------------------

    @precondition(lambda self: len(self.exchange.callers) < 6)
    @rule(
        number=st.sampled_from(CALLERS),
        dialled=st.sampled_from(NUMBERS),
        digits=st.sampled_from(CHOICES),
    )
    def a_citizen_calls(self, number: str | None, dialled: str, digits: str | None) -> None:
        """Perhaps once more, and has chosen already, most often."""
        caller = self.exchange.ring_in(number, dialled)
        self.apply(self.exchange.leash[caller.call_id].popleft())
        if digits is not None:
            self.exchange.press(caller, digits)

    @precondition(lambda self: self.exchange.callers)
    @rule(number=FEW, digits=st.sampled_from(["1", "2", "3", "4", "4", "5", "6", ""]))
    def a_citizen_presses(self, number: int, digits: str) -> None:
        """Whoever is asked, or without being asked."""
        caller = self.caller(number)
        self.exchange.tell(
            events.DigitPressed(at=self.exchange.at, call_id=caller.call_id, digit=digits)
        )
        self.exchange.press(caller, digits)

    @precondition(lambda self: len(self.exchange.callers) < 6)
    @rule(number=st.sampled_from(CALLERS), what=st.sampled_from(["ends", "hangs up", "speaks"]))
    def a_citizen_leaves_a_message(self, number: str | None, what: str) -> None:
        """Straight away; and is speaking still, perhaps."""
        self.a_citizen_calls(number, NUMBERS[0], "5")
        caller = self.caller(len(self.exchange.callers) - 1)
        self.unless_there_is_a_lag()
        self.exchange.press(caller, "1")
        self.unless_there_is_a_lag()
        if caller.away is not None and what == "ends":
            self.exchange.end_elsewhere(caller)
        elif caller.away is not None and what == "hangs up":
            self.exchange.hang_up(caller)

    @precondition(lambda self: len(self.exchange.callers) < 6)
    @rule(number=st.sampled_from(CALLERS[:2]), hangs_up=st.booleans())
    def a_citizen_says_what_for(self, number: str | None, hangs_up: bool) -> None:
        """Asks to be rung back, and speaks; and hangs up, perhaps."""
        self.a_citizen_calls(number, NUMBERS[0], "5")
        caller = self.caller(len(self.exchange.callers) - 1)
        self.unless_there_is_a_lag()
        self.exchange.press(caller, "4")
        self.unless_there_is_a_lag()
        if caller.away is not None and hangs_up:
            self.exchange.hang_up(caller)
        elif caller.away is not None:
            self.exchange.end_elsewhere(caller)

    @precondition(lambda self: self.exchange.callers)
    @rule(number=FEW)
    def a_citizen_hangs_up(self, number: int) -> None:
        """At any time."""
        self.exchange.hang_up(self.caller(number))

    @precondition(lambda self: self.elsewhere())
    @rule(number=FEW)
    def a_message_or_another_s_talk_ends(self, number: int) -> None:
        """The citizen has said it all."""
        elsewhere = self.elsewhere()
        self.exchange.end_elsewhere(elsewhere[number % len(elsewhere)])

    def elsewhere(self) -> list[Caller]:
        """Who leaves a message, or talks to somebody outside the hotline."""
        return [c for c in self.exchange.callers.values() if c.away is not None]

    @precondition(lambda self: self.exchange.citizens)
    @rule(number=FEW, what=st.sampled_from(["lift", "lift", "busy", "gone", "no line"]))
    def a_citizen_who_is_rung(self, number: int, what: str) -> None:
        """Lifts, or is busy."""
        citizens = list(self.exchange.citizens.values())
        citizen = citizens[number % len(citizens)]
        if what == "lift":
            self.exchange.lift(citizen)
        elif what == "no line":
            self.exchange.no_line(citizen)
        else:
            self.exchange.not_lifted(citizen, hang_up_first=what == "gone")

    def unless_there_is_a_lag(self) -> None:
        """Everything is told at once, as on most days."""
        raise NotImplementedError

    def caller(self, number: int) -> Caller:
        """One of those who are there."""
        callers = list(self.exchange.callers.values())
        return callers[number % len(callers)]

    # --- phones ----------------------------------------------------------------------------

    def dials(self, *, answered: bool) -> list[Caller]:
        """Callers in a dial."""
        every = self.exchange.callers.values()
        return [c for c in every if c.dial is not None and c.dial.answered is answered]

    def ringing(self) -> list[Caller]:
        """Callers for whom a phone rings."""
        return [c for c in self.dials(answered=False) if c.dial is not None and c.dial.rang]

    @precondition(lambda self: self.ringing())
    @rule(number=FEW, what=st.sampled_from(["ring", "answer", "answer", "declined", "no_answer"]))
    def a_phone_does(self, number: int, what: str) -> None:
        """A phone that rings says so again, is answered, declines or is not answered."""
        dials = self.ringing()
        caller = dials[number % len(dials)]
        dial = caller.dial
        assert dial is not None
        if what == "ring":
            self.exchange.rings(dial)
        elif what == "answer":
            self.exchange.lifted(dial)
        else:
            self.exchange.dial_ends(caller, DialResult(what))

    @rule()
    def everybody_answers(self) -> None:
        """As most do: messages are heard, cards are read, citizens lift, phones are answered."""
        for _ in self.listened_to():
            self.an_agent_has_a_message(0, "listen")
        for _ in self.previewed():
            self.an_agent_rings_back(0, ring=True)
        self.unless_there_is_a_lag()
        for citizen in list(self.exchange.citizens.values()):
            self.exchange.lift(citizen)
        self.unless_there_is_a_lag()
        while self.ringing():
            self.a_phone_does(0, "answer")

    @precondition(lambda self: self.dials(answered=True))
    @rule(number=FEW, what=st.sampled_from(["end", "audio", "hold", "unhold"]))
    def a_talk_does(self, number: int, what: str) -> None:
        """The agent hangs up, loses the audio, holds or comes back."""
        dials = self.dials(answered=True)
        caller = dials[number % len(dials)]
        assert caller.dial is not None
        at, offer_id = self.exchange.at, caller.dial.offer_id
        match what:
            case "end":
                self.exchange.dial_ends(caller, DialResult.ANSWERED)
            case "audio":
                self.exchange.dial_ends(caller, DialResult.AUDIO_LOST)
            case "hold":
                self.exchange.tell(events.HoldStarted(at=at, offer_id=offer_id))
            case "unhold":
                self.exchange.tell(events.HoldEnded(at=at, offer_id=offer_id))

    @precondition(lambda self: self.phones_that_hold())
    @rule(number=FEW)
    def a_phone_holds_no_more(self, number: int) -> None:
        """One that holds by itself still, wherever the caller is."""
        legs = self.phones_that_hold()
        offer_id = legs[number % len(legs)]
        self.exchange.tell(events.HoldEnded(at=self.exchange.at, offer_id=offer_id))

    def phones_that_hold(self) -> list[str]:
        """Their legs, as the exchange names them."""
        legs = [call.offer for call in self.world.calls.values()]
        return [leg.name for leg in legs if leg is not None and leg.talks and leg.phone_holds]

    @rule(agent_id=WHO, there=st.sampled_from([True, True, False]))
    def a_page_opens_or_closes(self, agent_id: str, there: bool) -> None:
        """Its phone with it."""
        if there:
            self.exchange.register(self.endpoint(agent_id))
        else:
            self.exchange.unregister(self.endpoint(agent_id))

    @rule(agent_id=WHO, dead=st.sampled_from([True, True, False]))
    def a_phone_is_dead(self, agent_id: str, dead: bool) -> None:
        """Registered, and does not ring; or rings after all."""
        if dead:
            self.exchange.die(self.endpoint(agent_id))
        else:
            self.exchange.wake(self.endpoint(agent_id))

    def endpoint(self, agent_id: str) -> str:
        """The agent's phone in use, as it is configured now."""
        return self.world.network.agents.get(agent_id, AGENTS[agent_id]).phones[0]

    @rule(agent_id=WHO, there=st.sampled_from([True, True, False]))
    def a_telephone_stands_by(self, agent_id: str, there: bool) -> None:
        """One of two that is not in use is plugged in, or out."""
        profile = self.world.network.agents.get(agent_id, AGENTS[agent_id])
        for endpoint in profile.phones[1:]:
            if there:
                self.exchange.register(endpoint)
            else:
                self.exchange.unregister(endpoint)

    @rule(agent_id=WHO, device=st.sampled_from(["desk", "browser", "mobile"]))
    def an_agent_chooses_a_device(self, agent_id: str, device: Device) -> None:
        """That is there, or is not."""
        at = self.exchange.at
        self.apply(commands.DeviceChosen(at=at, agent_id=agent_id, device=device))
        profile = self.world.network.agents.get(agent_id)
        if profile is not None and profile.device == "browser" == device:
            self.exchange.register(profile.endpoint)  # the page is told its secret

    @rule(agent_id=WHO, busy=st.booleans())
    def a_phone_is_elsewhere(self, agent_id: str, busy: bool) -> None:
        """In a call of the fallback queue, or out of it."""
        endpoint = self.endpoint(agent_id)
        self.exchange.tell(events.PhoneBusy(at=self.exchange.at, endpoint=endpoint, busy=busy))

    # --- agents ----------------------------------------------------------------------------

    @rule(agent_id=WHO, rings=st.sampled_from([True, True, False]))
    def an_agent_is_ready(self, agent_id: str, rings: bool = True) -> None:
        """Logs in and does all that it takes; the phone may ring or not."""
        self.an_agent_is_there(agent_id)
        if not rings:
            self.exchange.die(self.endpoint(agent_id))
        self.apply(commands.ReadyChosen(at=self.exchange.at, agent_id=agent_id))

    def an_agent_is_there(self, agent_id: str) -> None:
        """With a phone and a microphone."""
        at = self.exchange.at
        self.apply(commands.AgentLoggedIn(at=at, agent_id=agent_id))
        self.exchange.register(self.endpoint(agent_id))
        self.apply(commands.MicrophoneReported(at=at, agent_id=agent_id, granted=True))

    def engaged(self) -> list[str]:
        """Agents with a call or its record in hand."""
        return [a.agent_id for a in self.world.agents.values() if a.call_id or a.unsaved]

    def previewed(self) -> list[Call]:
        """Promises whose card is being read."""
        return [call for call in self.world.calls.values() if call.phase is Phase.PREVIEWED]

    @precondition(lambda self: self.previewed())
    @rule(number=FEW, ring=st.sampled_from([True, True, False]))
    def an_agent_rings_back(self, number: int, ring: bool) -> None:
        """Having read the card; or sends it on to the next one."""
        previewed = self.previewed()
        offer = previewed[number % len(previewed)].open_offer
        assert offer is not None
        kind = commands.RingBackChosen if ring else commands.OfferRejected
        agent_id, offer_id = offer.agent_id, offer.leg_id
        self.apply(kind(at=self.exchange.at, agent_id=agent_id, offer_id=offer_id))

    def listened_to(self) -> list[Call]:
        """Messages that an agent hears, or may hear now."""
        phases = (Phase.PREVIEWED, Phase.LISTENING)
        known = self.world.calls.values()
        return [call for call in known if call.message is not None and call.phase in phases]

    @precondition(lambda self: self.listened_to())
    @rule(
        number=FEW,
        what=st.sampled_from(["listen", "listen", "call back", "done", "draft", "return", "note"]),
    )
    def an_agent_has_a_message(self, number: int, what: str) -> None:
        """Hears it, rings who left it, is done with it, or gives it back."""
        heard = self.listened_to()
        call = heard[number % len(heard)]
        offer, at = call.open_offer, self.exchange.at
        assert offer is not None
        who, which = offer.agent_id, offer.leg_id
        match what:
            case "listen":
                self.apply(commands.MessageOpened(at=at, agent_id=who, offer_id=which))
            case "call back":
                self.apply(commands.RingBackChosen(at=at, agent_id=who, offer_id=which))
            case "return":
                self.apply(commands.OfferRejected(at=at, agent_id=who, offer_id=which))
            case "note":
                self.write(who, call.call_id)
            case _:
                self.save(who, call.call_id, finish=what == "done")

    def unheard(self) -> bool:
        """Whether messages wait."""
        return any(call.message is not None for call in self.world.calls.values())

    @precondition(unheard)
    @rule(what=st.sampled_from(["done", "done", "call back", "call back", "return", "draft"]))
    def messages_are_worked_off(self, what: str) -> None:
        """Everybody comes, hears what there is, and has done with it one way or the other."""
        for agent_id in AGENTS:
            self.an_agent_is_ready(agent_id)
        self.unless_there_is_a_lag()
        for call in self.listened_to():
            for act in ("listen", what):
                here = [each.call_id for each in self.listened_to()]
                if call.call_id in here:
                    self.an_agent_has_a_message(here.index(call.call_id), act)

    @precondition(lambda self: self.engaged())
    @rule(
        number=FEW,
        what=st.sampled_from(
            [
                "reject",
                "end",
                "leave",
                "note",
                "draft",
                "save",
                "more",
                "out",
                "lunch",
                "pass",
                "give up",
            ]
        ),
    )
    def an_engaged_agent_does(self, number: int, what: str) -> None:
        """What there is to do with a call."""
        engaged = self.engaged()
        self.an_agent_does(engaged[number % len(engaged)], what)

    @precondition(lambda self: self.talking())
    @rule(number=FEW, queue=st.sampled_from(tuple(QUEUES)))
    def a_call_is_transferred(self, number: int, queue: str) -> None:
        """To any queue, also one that is there no more, or the same."""
        talking = self.talking()
        agent = talking[number % len(talking)]
        assert agent.call_id is not None
        self.apply(
            commands.QueueTransferChosen(
                at=self.exchange.at, agent_id=agent.agent_id, call_id=agent.call_id, queue=queue
            )
        )

    @precondition(lambda self: self.talking())
    @rule(number=FEW, what=st.sampled_from(tuple(APART_DOES)), whom=st.sampled_from((*AGENTS, "")))
    def an_agent_reaches(self, number: int, what: str, whom: str) -> None:
        """Holds, asks, swaps, joins, leaves, passes on: whether it fits or not."""
        talking = self.talking()
        agent = talking[number % len(talking)]
        call_id, kind = agent.call_id or "", APART_DOES[what]
        about = {"at": self.exchange.at, "agent_id": agent.agent_id, "call_id": call_id}
        if issubclass(kind, commands.ConsultChosen | commands.PassChosen):
            about |= {"colleague": whom, "number": "" if whom else "67000000"}
        self.apply(kind(**about))
        if kind is commands.ResumeChosen:
            self.a_caller_is_to_go_to_a_colleague(agent, whom)

    @precondition(lambda self: self.talking())
    @rule(number=FEW, goes_on=st.booleans())
    def an_agent_pauses(self, number: int, goes_on: bool) -> None:
        """The recording of the talk, whether there is one or not; and goes on with it."""
        talking = self.talking()
        agent = talking[number % len(talking)]
        at, call_id, agent_id = self.exchange.at, agent.call_id or "", agent.agent_id
        self.apply(commands.RecordingPaused(at=at, agent_id=agent_id, call_id=call_id))
        if goes_on:
            self.apply(commands.RecordingResumed(at=at, agent_id=agent_id, call_id=call_id))

    @precondition(lambda self: self.talking())
    @rule(number=FEW, muted=st.booleans(), digit=st.sampled_from(["", "5"]))
    def an_agent_mutes_or_presses_a_key(self, number: int, muted: bool, digit: str) -> None:
        """By the page, whatever the telephone is."""
        talking = self.talking()
        agent = talking[number % len(talking)]
        about = {"call_id": agent.call_id or "", "agent_id": agent.agent_id}
        at = self.exchange.at
        self.apply(commands.MuteChosen(at=at, muted=muted, **about))
        if digit:
            self.apply(commands.KeyPressed(at=at, digit=digit, **about))

    def a_caller_is_to_go_to_a_colleague(self, agent: Agent, who: str) -> None:
        """Who offers it, or a supervisor: whether it fits or not."""
        at, call_id = self.exchange.at, agent.call_id or ""
        if not who:
            gives = {"by": "L", "by_id": "l", "why": "x"}
            self.apply(acts.CallerGiven(at=at, agent_id=agent.agent_id, **gives))
        elif who == agent.agent_id:
            self.apply(commands.TakeOverDeclined(at=at, agent_id=who, call_id=call_id))
        else:
            self.apply(commands.TakeOverOffered(at=at, agent_id=who, call_id=call_id))

    @precondition(lambda self: self.exchange.apart.ringing())
    @rule(number=FEW, what=st.sampled_from(["answer", "answer", "answer", "busy", "no_answer"]))
    def whoever_is_asked(self, number: int, what: str) -> None:
        """Answers, or does not."""
        apart = self.exchange.apart
        legs = [leg for leg in apart.legs.values() if leg.rings is not None]
        leg = legs[number % len(legs)]
        if what == "answer":
            apart.answers(leg)
        else:
            apart.stop(leg, DialResult(what))

    @precondition(lambda self: self.exchange.apart.legs)
    @rule(number=FEW)
    def a_leg_hangs_up(self, number: int) -> None:
        """The agent's, or that of whoever is asked."""
        legs = list(self.exchange.apart.legs.values())
        self.exchange.apart.hang_up(legs[number % len(legs)])

    def talking(self) -> list[Agent]:
        """Agents in a talk."""
        return [a for a in self.world.agents.values() if a.state is State.TALKING]

    @rule(
        agent_id=WHO,
        what=st.sampled_from(
            [
                *("out", "lunch", "ready", "mute", "unmute"),
                *("answer", "reject", "end", "pass", "more", "help", "try"),
            ]
        ),
    )
    def an_agent_does(self, agent_id: str, what: str) -> None:
        """Whatever the page lets an agent do, and some things that it does not."""
        agent = self.world.agents.get(agent_id, Agent(agent_id=agent_id, endpoint="", name=""))
        at, call, offer = self.exchange.at, agent.call_id or "x", agent.offer_id or "x-1"
        match what:
            case "out":
                self.apply(commands.AgentLoggedOut(at=at, agent_id=agent_id))
            case "lunch":
                self.apply(commands.NotReadyChosen(at=at, agent_id=agent_id, reason="lunch"))
            case "ready":
                self.apply(commands.ReadyChosen(at=at, agent_id=agent_id))
            case "mute" | "unmute":
                granted = what == "unmute"
                self.apply(commands.MicrophoneReported(at=at, agent_id=agent_id, granted=granted))
            case "answer":
                self.apply(commands.AnswerChosen(at=at, agent_id=agent_id, offer_id=offer))
            case "reject":
                self.apply(commands.OfferRejected(at=at, agent_id=agent_id, offer_id=offer))
            case "end":
                self.apply(commands.EndAsked(at=at, agent_id=agent_id, call_id=call))
            case "pass":
                self.apply(
                    commands.QueueTransferChosen(
                        at=at, agent_id=agent_id, call_id=call, queue="general"
                    )
                )
            case "leave":
                self.apply(commands.AudioLost(at=at, agent_id=agent_id, call_id=call))
            case "note":
                self.write(agent_id, (*agent.unsaved, call)[-1])
            case "save" | "draft":
                self.save(agent_id, (*agent.unsaved, call)[0], finish=what == "save")
            case "give up":
                for unsaved in agent.unsaved[:1]:
                    self.give_up(unsaved)
            case "help":
                asks = agent.help_since is None
                kind = commands.HelpAsked if asks else commands.HelpWithdrawn
                self.apply(kind(at=at, agent_id=agent_id))
            case "try":
                self.apply(commands.PhoneTried(at=at, agent_id=agent_id))
            case "more":
                self.apply(commands.WrapUpExtended(at=at, agent_id=agent_id, call_id=call))

    @rule(agent_id=WHO, channel=st.sampled_from(["visit", "letter"]))
    def an_agent_writes_down_a_visit(self, agent_id: str, channel: ByHand) -> None:
        """Whatever else the agent does."""
        key = f"{next(self.exchange.numbers):032x}"
        self.apply(
            signals.ContactBegun(
                at=self.exchange.at, agent_id=agent_id, call_id=key, channel=channel
            )
        )

    # --- calls that the agent begins -------------------------------------------------------

    def spoken_with(self) -> list[Call]:
        """Calls that an agent has, or had and is still to write down."""
        return [c for c in self.world.calls.values() if c.talk.agent_id and c.promises < 3]

    @precondition(lambda self: self.spoken_with())
    @rule(
        number=FEW,
        when=st.sampled_from(["usual", "today", "time"]),
        keeper=st.sampled_from(["agent", "agent", "centre", "anyone"]),
        to=st.sampled_from(("", "26000001", "112")),
    )
    def an_agent_promises(self, number: int, when: Any, keeper: Any, to: str) -> None:
        """A call, soon or later."""
        known = self.spoken_with()
        call = known[number % len(known)]
        self.apply(
            commands.CallbackPromised(
                at=self.exchange.at,
                agent_id=call.talk.agent_id or "",
                call_id=call.call_id,
                number=to,
                when=when,
                local=wall(self.exchange.at + 120.0),
                keeper=keeper,
                base=call.promises,
            )
        )

    def given(self) -> list[Call]:
        """Promises that agents have given."""
        open_calls = self.world.calls.values()
        return [c for c in open_calls if c.callback is not None and c.callback.given is not None]

    @precondition(lambda self: self.given())
    @rule(number=FEW, what=st.sampled_from(["take", "take", "keep"]), agent_id=WHO)
    def an_agent_looks_at_promises(self, number: int, what: str, agent_id: str) -> None:
        """Takes the card of one, which is another's sometimes, or says that it is kept."""
        promises = self.given()
        call = promises[number % len(promises)]
        assert call.callback is not None
        assert call.callback.given is not None
        who = call.callback.given.agent_id if number % 4 else agent_id
        kind = commands.PromiseTaken if what == "take" else commands.PromiseKept
        if what == "take" and who in self.world.network.agents:
            self.an_agent_is_there(who)
        self.apply(kind(at=self.exchange.at, agent_id=who, call_id=call.call_id))

    def free(self) -> list[str]:
        """Agents with nobody at hand."""
        free = (State.READY, State.NOT_READY)
        return [a.agent_id for a in self.world.agents.values() if a.state in free and a.phone]

    @precondition(lambda self: self.free())
    @rule(
        which=FEW, number=st.sampled_from(("20000001", "20000001", "26000001", "112")), contact=FEW
    )
    def an_agent_dials(self, which: int, number: str, contact: int) -> None:
        """A citizen who may be in line, or an office; or 112."""
        free, about = self.free(), [*self.world.calls, ""]
        self.apply(
            commands.DialChosen(
                at=self.exchange.at,
                agent_id=free[which % len(free)],
                number=number,
                contact=about[contact % len(about)],
            )
        )

    def turn_to(self, agent_id: str, call: str) -> None:
        """To the record of an earlier call, if it is one, as the desk does."""
        if call in self.world.agents[agent_id].unsaved and call not in self.world.calls:
            opened = signals.RecordOpened(
                at=self.exchange.at, agent_id=agent_id, call_id=call, call=self.journaled(call)
            )
            self.apply(opened)

    def give_up(self, call: str) -> None:
        """A supervisor closes the record, in whoever's hands it is."""
        given_up = signals.RecordGivenUp(
            at=self.exchange.at, call_id=call, call=self.journaled(call)
        )
        self.apply(given_up)

    def write(self, agent_id: str, call: str) -> None:
        """A note, newer than all others, and who it is about."""
        self.turn_to(agent_id, call)
        at, number = self.exchange.at, next(self.exchange.numbers)
        written = self.world.calls.get(call)
        base = written.record.note_version if written is not None else 0
        self.apply(
            commands.NoteWritten(
                at=at, agent_id=agent_id, call_id=call, text=f"x{number}", base=base
            )
        )
        self.apply(
            commands.CallerIdentified(
                at=at, agent_id=agent_id, call_id=call, level=1, method="code"
            )
        )

    def save(self, agent_id: str, call: str, *, finish: bool) -> None:
        """The record of a call, which may be a draft."""
        self.turn_to(agent_id, call)
        known = self.world.calls.get(call)
        self.apply(
            commands.RecordSaved(
                at=self.exchange.at,
                agent_id=agent_id,
                call_id=call,
                kind="consultation",
                services=("s",),
                outcome="answered",
                apart=(ServiceDone(service="s", kind="application", outcome="answered"),),
                base=known.record.version if known is not None else 0,
                finish=finish,
            )
        )
