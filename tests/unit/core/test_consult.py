"""Hold, consult, and passing on to a person: who hears whom, and who ends it."""

from collections.abc import Callable

import pytest

from contactcentre.core import acts, commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.consult_moves import MOST_LEGS
from contactcentre.core.call.leg import Purpose
from contactcentre.core.call.state import Hears, Phase
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.testing import History, call_id

pytestmark = pytest.mark.unit

Begin = Callable[..., History]
CALL = call_id(1)
OWN, ASIDE = f"{CALL}-1", f"{CALL}-2"
OUTSIDE = "+37167000000"


class Talk:
    """Agent 1 has call 1; agent 2 is free."""

    def __init__(self, history: History) -> None:
        self.history = history
        history.links_up()
        history.talks(1, 1)
        history.ready(2)

    @property
    def call(self):  # type: ignore[no-untyped-def]
        """As it is now."""
        return self.history.call(1)

    @property
    def phase(self) -> Phase:
        """Of the call."""
        return Phase(self.call.phase)

    def tell(self, kind: type[events.Event], /, **fields: object) -> list[effects.Effect]:
        """A fact."""
        return self.history.apply(kind(at=self.history.at, **fields))  # type: ignore[arg-type]

    def does(
        self, kind: type[events.Event], /, agent: int = 1, **fields: object
    ) -> list[effects.Effect]:
        """A command of an agent's."""
        return self.tell(kind, call_id=CALL, agent_id=f"a{agent}", **fields)

    def leg(self, kind: type[events.Event], leg_id: str, **fields: object) -> list[effects.Effect]:
        """A fact of a leg."""
        return self.tell(kind, offer_id=leg_id, **fields)

    def alone(self, leg_id: str) -> list[effects.Effect]:
        """The leg is on its leash."""
        return self.leg(events.LegLeashed, leg_id, leg=f"PJSIP/{leg_id[-1]}")

    def parted(
        self, result: DialResult = DialResult.ANSWERED, leg: str = OWN
    ) -> list[effects.Effect]:
        """The caller is on the leash."""
        return self.tell(events.DialEnded, call_id=CALL, offer_id=leg, result=result)

    def held(self) -> None:
        """The caller is on hold."""
        self.does(commands.HoldChosen)
        self.alone(OWN)
        self.parted()

    def rings(self, leg_id: str = ASIDE) -> None:
        """Somebody's telephone rings."""
        self.leg(events.LegDialed, leg_id, leg=f"PJSIP/{leg_id[-1]}")
        self.leg(events.LegRang, leg_id)

    def asks(self, **whom: str) -> None:
        """The agent asks somebody, whose telephone rings."""
        self.does(commands.ConsultChosen, **(whom or {"colleague": "a2"}))
        self.parted()
        self.alone(OWN)
        self.rings()

    def talks_aside(self, **whom: str) -> None:
        """The agent talks to whom was asked."""
        self.asks(**whom)
        self.leg(events.LegAnswered, ASIDE)

    def passes(self, **whom: str) -> None:
        """The agent passes the caller on, and a telephone rings."""
        self.does(commands.PassChosen, **(whom or {"colleague": "a2"}))
        self.alone(OWN)
        self.parted()
        self.rings()

    def states(self) -> tuple[State, State]:
        """Of the two agents."""
        return self.history.agent(1).state, self.history.agent(2).state

    def hung_up(self) -> list[str]:
        """The legs that were."""
        return [order.offer_id for order in self.history.ordered(effects.HangUpLeg)]


@pytest.fixture
def talk(begin: Begin) -> Talk:
    """As `Talk` says."""
    return Talk(begin())


# --- hold ------------------------------------------------------------------------------------


def test_hold_and_back(talk: Talk) -> None:
    """The agent's leg goes to a leash of its own; back is one join, and the hold is the agent's."""
    made = talk.does(commands.HoldChosen)
    assert [type(order) for order in made] == [effects.Park]
    assert talk.phase is Phase.HELD
    told = [effects.KeepPlace, effects.Music, effects.KeepHoldWord, effects.StartTimer]
    assert [type(order) for order in talk.parted()] == told
    talk.alone(OWN)
    talk.history.pass_s(7)
    made = talk.does(commands.ResumeChosen)
    assert [type(order) for order in made] == [effects.Join]
    assert (talk.phase, talk.call.hold_s, talk.call.held_since) == (Phase.TALKING, 7.0, None)


def test_back_before_both_are_alone(talk: Talk) -> None:
    """Whoever presses twice is joined as soon as both are on their leashes."""
    talk.does(commands.HoldChosen)
    assert talk.does(commands.ResumeChosen) == []
    talk.alone(OWN)
    assert effects.Join in [type(order) for order in talk.parted()]
    assert talk.phase is Phase.TALKING


def test_the_talk_after_a_hold_ends_as_any(talk: Talk) -> None:
    """Also when the agent hangs up: goodbye, and the wrap-up."""
    talk.held()
    talk.does(commands.ResumeChosen)
    talk.parted()
    assert (talk.phase, talk.states()[0]) == (Phase.CLOSING, State.WRAP_UP)


def test_the_agent_is_lost_on_hold(talk: Talk) -> None:
    """The caller waits for the agent, who is rung back; nobody is lost."""
    talk.held()
    talk.leg(events.LegHungUp, OWN)
    assert (talk.phase, talk.states()[0]) == (Phase.REJOINING, State.TALKING)


def test_the_caller_hangs_up_on_hold(talk: Talk) -> None:
    """The agent's leg is hung up: it would not end by itself."""
    talk.held()
    talk.history.hangs_up(1)
    assert (talk.phase, talk.hung_up()) == (Phase.ENDED, [OWN])
    assert talk.states()[0] is State.WRAP_UP


def test_the_end_of_a_held_call(talk: Talk) -> None:
    """The agent may end it without going back."""
    talk.held()
    made = talk.does(commands.EndAsked)
    assert effects.HangUp(call_id=CALL) in made
    assert (talk.phase, talk.call.end.by, talk.hung_up()) == (Phase.CLOSING, "agent", [OWN])


def test_a_held_caller_goes_to_a_queue(talk: Talk) -> None:
    """At once, with the record."""
    talk.held()
    talk.does(commands.QueueTransferChosen, queue="taxes")
    assert talk.call.queue == "taxes"
    assert talk.phase is Phase.OFFERED  # the colleague is free
    assert talk.hung_up() == [OWN]


def test_a_leg_on_its_leash_that_nobody_wants(talk: Talk) -> None:
    """A leg whose call is over is hung up as soon as it comes."""
    talk.held()
    talk.history.hangs_up(1)
    made = talk.alone(OWN)
    assert made == [effects.HangUpLeg(offer_id=OWN, leg="PJSIP/1")]


# --- consult ---------------------------------------------------------------------------------


def test_a_consult_completed(talk: Talk) -> None:
    """The agent's leg rings the colleague, who has the caller at the end; the agent is free."""
    made = talk.does(commands.ConsultChosen, colleague="a2")
    assert [type(order) for order in made if not isinstance(order, effects.StartTimer)] == [
        effects.Park
    ]
    assert talk.states() == (State.TALKING, State.RESERVED)
    talk.parted()
    (ring,) = (order for order in talk.alone(OWN) if isinstance(order, effects.RingAside))
    assert (ring.offer_id, ring.rung_id) == (OWN, ASIDE)
    talk.rings()
    talk.history.pass_s(3)
    talk.leg(events.LegAnswered, ASIDE)
    assert (talk.phase, talk.call.talk.hears) == (Phase.CONSULTING, Hears.COLLEAGUE)
    assert talk.states() == (State.TALKING, State.TALKING)
    talk.history.pass_s(10)
    talk.does(commands.ConsultCompleted)
    assert talk.hung_up() == [OWN]
    assert [order.leg for order in talk.alone(ASIDE) if isinstance(order, effects.Join)] == [
        "PJSIP/2"
    ]
    assert (talk.phase, talk.call.talk.agent_id) == (Phase.TALKING, "a2")
    assert talk.states() == (State.READY, State.TALKING)
    own, aside = talk.call.legs
    assert (own.result, own.hold_s) == (Result.TRANSFERRED, 13.0)
    assert (aside.purpose, aside.talks) == (Purpose.HANDED, True)
    talk.parted(leg=ASIDE)
    assert (talk.phase, talk.states()[1]) == (Phase.CLOSING, State.WRAP_UP)


def test_a_consult_cancelled(talk: Talk) -> None:
    """The colleague is free, and the agent back with the caller."""
    talk.talks_aside()
    talk.does(commands.ReachDropped)
    assert (talk.phase, talk.hung_up()) == (Phase.HELD, [ASIDE])
    assert talk.states() == (State.TALKING, State.READY)
    assert effects.Join in [type(order) for order in talk.alone(OWN)]
    assert talk.phase is Phase.TALKING


def test_swapped_there_and_back(talk: Talk) -> None:
    """The agent is with one, the other hears music."""
    talk.talks_aside()
    assert [type(order) for order in talk.does(commands.SidesSwapped)] == [effects.Park]
    assert [type(order) for order in talk.alone(ASIDE)] == [effects.LegMusic]
    assert effects.Join in [type(order) for order in talk.alone(OWN)]
    assert (talk.phase, talk.call.talk.hears) == (Phase.CONSULTING, Hears.CALLER)
    assert talk.call.held_since is None
    talk.does(commands.SidesSwapped)
    told = [effects.KeepPlace, effects.Music, effects.KeepHoldWord, effects.StartTimer]
    assert [type(order) for order in talk.parted()] == told
    made = talk.alone(OWN)
    assert effects.JoinLegs(offer_id=OWN, leg="PJSIP/2") in made
    assert talk.call.talk.hears is Hears.COLLEAGUE
    assert talk.call.held_since is not None


@pytest.mark.parametrize("swapped", [False, True])
def test_three_in_a_talk_and_the_agent_leaves(talk: Talk, *, swapped: bool) -> None:
    """From either side all three are joined; who stays has the caller."""
    talk.talks_aside()
    if swapped:
        talk.does(commands.SidesSwapped)
        talk.alone(ASIDE)
        talk.alone(OWN)
    made = talk.does(commands.AllJoined)
    assert made[0] == (
        effects.JoinLegs(offer_id=ASIDE, leg="PJSIP/1", adds=True)
        if swapped
        else effects.Join(call_id=CALL, offer_id=OWN, leg="PJSIP/1", adds=True)
    )
    talk.leg(events.LegHungUp, OWN)
    assert (talk.phase, talk.call.talk.agent_id) == (Phase.TALKING, "a2")
    assert talk.states() == (State.READY, State.TALKING)
    talk.parted()  # told of the leg that the caller had joined
    assert talk.phase is Phase.CLOSING


def test_three_in_a_talk_and_the_colleague_leaves(talk: Talk) -> None:
    """Then it is a talk of two."""
    talk.talks_aside()
    talk.does(commands.AllJoined)
    talk.leg(events.LegHungUp, ASIDE)
    assert (talk.phase, talk.states()) == (Phase.TALKING, (State.TALKING, State.READY))


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (DialResult.BUSY, Result.BUSY),
        (DialResult.NO_ANSWER, Result.MISSED),
        (DialResult.DECLINED, Result.REJECTED),
        (DialResult.UNREACHABLE, Result.UNREACHABLE),
    ],
)
def test_a_colleague_who_is_not_reached(talk: Talk, result: DialResult, why: Result) -> None:
    """The caller is on hold still, and the reason known."""
    talk.asks()
    talk.leg(events.LegDialEnded, ASIDE, result=result)
    assert (talk.phase, talk.call.legs[1].result) == (Phase.HELD, why)
    assert talk.states()[0] is State.TALKING
    talk.alone(OWN)
    talk.does(commands.ResumeChosen)
    assert talk.phase is Phase.TALKING


def test_the_colleague_says_no(talk: Talk) -> None:
    """The telephone rings no more."""
    talk.asks()
    talk.tell(commands.OfferRejected, agent_id="a2", offer_id=ASIDE)
    assert (talk.phase, talk.hung_up()) == (Phase.HELD, [ASIDE])


def test_the_colleague_hangs_up(talk: Talk) -> None:
    """The agent has the caller on hold."""
    talk.talks_aside()
    talk.leg(events.LegHungUp, ASIDE)
    assert (talk.phase, talk.states()) == (Phase.HELD, (State.TALKING, State.READY))


def test_the_agent_is_lost_in_a_consult(talk: Talk) -> None:
    """The colleague is let go, and the caller waits for the agent."""
    talk.talks_aside()
    talk.leg(events.LegHungUp, OWN)
    assert (talk.phase, talk.hung_up()) == (Phase.REJOINING, [OWN, ASIDE])
    assert talk.states() == (State.TALKING, State.READY)


def test_the_caller_hangs_up_in_a_consult(talk: Talk) -> None:
    """Both agents are let go; the one whose call it was writes it down."""
    talk.talks_aside()
    talk.history.hangs_up(1)
    assert (talk.phase, talk.hung_up()) == (Phase.ENDED, [OWN, ASIDE])
    assert talk.states() == (State.WRAP_UP, State.READY)
    assert talk.call.end.outcome is Outcome.ANSWERED


def test_only_who_is_free_is_asked(talk: Talk) -> None:
    """Nobody else's telephone rings, and the caller hears the agent on."""
    talk.history.not_ready(2, "counter")
    for kind in (commands.ConsultChosen, commands.PassChosen):
        assert talk.does(kind, colleague="a2") == []
        assert talk.does(kind, colleague="a9") == []
        assert talk.does(kind, number="112") == []
        assert talk.does(kind, number="+4915112345678") == []
    assert talk.phase is Phase.TALKING


def test_a_consult_with_somebody_outside(talk: Talk) -> None:
    """The caller goes there at the end, and the agent writes down what was."""
    talk.talks_aside(number="67000000")
    assert talk.call.legs[1].number == OUTSIDE
    talk.does(commands.ConsultCompleted)
    assert effects.Join in [type(order) for order in talk.alone(ASIDE)]
    assert (talk.phase, talk.states()[0]) == (Phase.TRANSFERRED, State.WRAP_UP)
    talk.parted(leg=ASIDE)
    assert talk.phase is Phase.CLOSING
    talk.history.hangs_up(1)
    assert talk.call.end.outcome is Outcome.ANSWERED


def test_nobody_is_asked_without_end(talk: Talk) -> None:
    """A page that asks again and again makes no call grow for ever."""
    for number in range(2, MOST_LEGS + 5):
        talk.does(commands.ConsultChosen, number=OUTSIDE)
        talk.leg(events.LegDialEnded, f"{CALL}-{number}", result=DialResult.BUSY)
    assert len(talk.call.legs) == MOST_LEGS
    assert talk.phase is Phase.HELD


# --- passed on to a person -------------------------------------------------------------------


def test_passed_on_to_a_colleague(talk: Talk) -> None:
    """Rung by the caller's own leg; the agent is free as soon as it is answered."""
    talk.passes()
    assert talk.phase is Phase.PASSING
    assert [ring.offer_id for ring in talk.history.ordered(effects.Ring)] == [OWN, ASIDE]
    talk.leg(events.LegAnswered, ASIDE)
    assert (talk.phase, talk.call.talk.agent_id) == (Phase.TALKING, "a2")
    assert (talk.states(), talk.hung_up()) == ((State.READY, State.TALKING), [OWN])


@pytest.mark.parametrize(
    ("result", "why"),
    [(DialResult.BUSY, Result.BUSY), (DialResult.NO_ANSWER, Result.MISSED)],
)
def test_passed_on_in_vain(talk: Talk, result: DialResult, why: Result) -> None:
    """The caller is back with the agent at once, and the reason known."""
    talk.passes()
    made = talk.parted(result, ASIDE)
    assert effects.Join in [type(order) for order in made]
    assert (talk.phase, talk.call.talk.agent_id) == (Phase.TALKING, "a1")
    assert talk.call.legs[1].result is why


def test_passed_on_in_vain_by_an_agent_who_has_gone(talk: Talk) -> None:
    """Then the agent is rung back."""
    talk.passes()
    talk.leg(events.LegHungUp, OWN)
    assert talk.phase is Phase.PASSING
    talk.parted(DialResult.NO_ANSWER, ASIDE)
    assert talk.phase is Phase.REJOINING


def test_passing_on_is_thought_better_of(talk: Talk) -> None:
    """The telephone rings no more, and the caller is back."""
    talk.passes()
    talk.does(commands.ReachDropped)
    assert talk.hung_up() == [ASIDE]
    talk.parted(DialResult.CANCELLED, ASIDE)
    assert (talk.phase, talk.states()) == (Phase.TALKING, (State.TALKING, State.READY))


def test_passed_on_to_a_number_outside(talk: Talk) -> None:
    """The agent writes down what was, while the caller talks there."""
    talk.passes(number=OUTSIDE)
    (order,) = talk.history.ordered(effects.Transfer)
    assert (order.number, order.offer_id) == (OUTSIDE, ASIDE)
    talk.leg(events.LegAnswered, ASIDE)
    assert (talk.phase, talk.states()[0]) == (Phase.TRANSFERRED, State.WRAP_UP)
    talk.does(commands.RecordSaved, kind="referral", services=(), outcome="handed_on", finish=True)
    assert talk.states()[0] is State.READY
    talk.history.hangs_up(1)
    assert (talk.call.end.outcome, talk.call.legs[1].number) == (Outcome.ANSWERED, OUTSIDE)


def test_the_caller_hangs_up_while_somebody_is_rung(talk: Talk) -> None:
    """Everybody is let go."""
    talk.passes()
    talk.history.hangs_up(1)
    assert (talk.phase, talk.states()) == (Phase.ENDED, (State.WRAP_UP, State.READY))


# --- the service was away --------------------------------------------------------------------


def channel(our_id: str, bridge: str = "", channel_id: str = "") -> events.Channel:
    """A channel of a snapshot."""
    name = "PJSIP/carrier-00000001" if channel_id else f"PJSIP/{our_id[-1]}"
    return events.Channel(
        channel=name,
        channel_id=channel_id or our_id,
        our_id=our_id,
        bridge=bridge,
        rung=not channel_id,
    )


def test_a_consult_outlives_the_service(talk: Talk) -> None:
    """What the exchange has is what the desks show: here the last order never reached it."""
    talk.talks_aside()
    talk.does(commands.AllJoined)
    world = talk.history.world
    world.restore(list(world.calls.values()), list(world.agents.values()))
    talk.tell(events.ServiceStarted)
    talk.history.returns(1)
    talk.history.links_up(channel(CALL, "", "1.1"), channel(OWN, "b"), channel(ASIDE, "b"))
    assert (talk.phase, talk.call.talk.hears) == (Phase.CONSULTING, Hears.COLLEAGUE)
    assert talk.states() == (State.TALKING, State.TALKING)
    talk.does(commands.ReachDropped)
    talk.alone(OWN)
    assert talk.phase is Phase.TALKING


def test_a_held_caller_was_fetched_by_the_agents_leg(talk: Talk) -> None:
    """Nobody of us was there: the talk goes on, and so do we."""
    talk.held()
    world = talk.history.world
    world.restore(list(world.calls.values()), list(world.agents.values()))
    talk.tell(events.ServiceStarted)
    talk.history.links_up(channel(CALL, "b", "1.1"), channel(OWN, "b"))
    assert (talk.phase, talk.call.held_since) == (Phase.TALKING, None)


def test_a_held_caller_came_back_while_the_exchange_was_looked_at(talk: Talk) -> None:
    """What was seen before is not believed, and the agent who hung up is rung again: else the
    caller would hear music for as long as they stayed."""
    talk.held()
    world = talk.history.world
    world.restore(list(world.calls.values()), list(world.agents.values()))
    talk.tell(events.ServiceStarted)
    talk.history.returns(1)
    talk.history.links_up(channel(CALL, "b", "1.1"), channel(OWN, "b"))
    assert talk.phase is Phase.HELD
    talk.leg(events.LegHungUp, OWN, cause=16)
    assert talk.phase is Phase.REJOINING


def test_a_page_that_left_after_its_leg_was_to_be_parked(talk: Talk) -> None:
    """The order never reached the exchange, which has them in their talk still: the leg is hung up,
    and the caller is passed on all the same."""
    talk.does(commands.PassChosen, number=OUTSIDE)
    world = talk.history.world
    world.restore(list(world.calls.values()), list(world.agents.values()))
    talk.tell(events.ServiceStarted)
    talk.does(commands.AudioLost)
    talk.history.links_up(channel(CALL, "b", "1.1"), channel(OWN, "b"))
    assert (talk.phase, talk.hung_up()[-1]) == (Phase.PASSING, OWN)
    talk.history.returns(1)
    (order,) = talk.history.ordered(effects.Transfer)
    assert (order.number, order.offer_id) == (OUTSIDE, ASIDE)


def test_the_agent_hung_up_behind_a_lost_link(talk: Talk) -> None:
    """Swapped to the caller, who is told as parted; of the leg's end nobody tells until the link is
    back, also when the colleague was let go meanwhile."""
    talk.talks_aside()
    talk.does(commands.SidesSwapped)
    talk.alone(OWN)
    talk.alone(ASIDE)
    talk.tell(events.TelephonyLost)
    talk.parted()
    talk.does(commands.ReachDropped)
    assert talk.phase is Phase.HELD
    talk.history.pass_s(1)
    talk.history.links_up(channel(CALL, "", "1.1"))
    assert talk.phase is Phase.REJOINING


def test_who_was_asked_has_gone_meanwhile(talk: Talk) -> None:
    """The caller is on hold, and the colleague free."""
    talk.talks_aside()
    world = talk.history.world
    world.restore(list(world.calls.values()), list(world.agents.values()))
    talk.tell(events.ServiceStarted)
    talk.history.pass_s(1)
    talk.history.returns(1)
    talk.history.links_up(channel(CALL, "", "1.1"), channel(OWN))
    talk.alone(OWN)
    assert (talk.phase, talk.states()) == (Phase.HELD, (State.TALKING, State.READY))


# --- pressed faster than the exchange --------------------------------------------------------


def _joins(made: list[effects.Effect]) -> list[effects.Effect]:
    return [each for each in made if isinstance(each, effects.Join | effects.JoinLegs)]


def test_all_joined_before_the_swap_is_done(talk: Talk) -> None:
    """Whoever presses fast is not told to try again: first the two, then the third."""
    talk.talks_aside()
    talk.does(commands.SidesSwapped)
    refused = talk.history.world.refused
    assert talk.does(commands.AllJoined) == []
    assert talk.history.world.refused == refused
    talk.alone(ASIDE)
    assert _joins(talk.alone(OWN)) == [
        effects.Join(call_id=CALL, offer_id=OWN, leg="PJSIP/1"),
        effects.JoinLegs(offer_id=ASIDE, leg="PJSIP/1", adds=True),
    ]
    assert talk.call.talk.hears is Hears.ALL


def test_all_joined_before_the_swap_back_is_done(talk: Talk) -> None:
    """From the other side as well: the caller is added as soon as it is on the leash."""
    talk.talks_aside()
    talk.does(commands.SidesSwapped)
    talk.alone(ASIDE)
    talk.alone(OWN)
    talk.does(commands.SidesSwapped)
    talk.does(commands.AllJoined)
    assert _joins(talk.alone(OWN)) == [effects.JoinLegs(offer_id=OWN, leg="PJSIP/2")]
    assert _joins(talk.parted()) == [
        effects.Join(call_id=CALL, offer_id=OWN, leg="PJSIP/1", adds=True)
    ]
    assert talk.call.talk.hears is Hears.ALL


def test_swapped_twice_before_the_first_is_done(talk: Talk) -> None:
    """The leg is taken out once, and comes back to whom it left."""
    talk.talks_aside()
    talk.does(commands.SidesSwapped)
    assert talk.does(commands.SidesSwapped) == []
    talk.alone(ASIDE)
    assert _joins(talk.alone(OWN)) == [effects.JoinLegs(offer_id=OWN, leg="PJSIP/2")]
    assert (talk.phase, talk.call.talk.hears) == (Phase.CONSULTING, Hears.COLLEAGUE)


def test_a_wish_is_gone_with_the_colleague(talk: Talk) -> None:
    """Who hangs up before all are joined is not waited for."""
    talk.talks_aside()
    talk.does(commands.SidesSwapped)
    talk.does(commands.AllJoined)
    talk.leg(events.LegHungUp, ASIDE)
    assert _joins(talk.alone(OWN)) == [effects.Join(call_id=CALL, offer_id=OWN, leg="PJSIP/1")]
    assert (talk.phase, talk.call.talk.adds) == (Phase.TALKING, False)


@pytest.mark.parametrize("kind", [commands.ConsultChosen, commands.PassChosen])
@pytest.mark.parametrize("number", ["80001234", "+37180001234"])
def test_free_numbers_of_institutions_are_reached(
    talk: Talk, kind: type[events.Event], number: str
) -> None:
    """What may be dialled may be asked, and have the caller: one rule."""
    talk.does(kind, number=number)
    assert talk.call.aside is not None
    assert talk.call.aside.number == "+37180001234"


@pytest.mark.parametrize("number", ["112", "113", "110", "1188", "90001234"])
def test_what_is_not_dialled_is_not_asked(talk: Talk, number: str) -> None:
    """Short, dear and emergency numbers."""
    talk.does(commands.ConsultChosen, number=number)
    assert talk.call.aside is None


# --- taken over ------------------------------------------------------------------------------


def test_a_colleague_offers_and_the_agent_agrees(talk: Talk) -> None:
    """One click: the caller is passed on to whoever has offered, and the offer is gone."""
    talk.does(commands.TakeOverOffered, agent=2)
    assert talk.call.talk.taker == "a2"
    talk.passes(colleague="a2")
    assert talk.call.talk.taker == ""
    talk.leg(events.LegAnswered, ASIDE)
    assert (talk.call.talk.agent_id, talk.states()) == ("a2", (State.READY, State.TALKING))


def test_the_agent_keeps_the_caller(talk: Talk) -> None:
    """Only whose call it is can say so."""
    talk.does(commands.TakeOverOffered, agent=2)
    talk.does(commands.TakeOverDeclined, agent=2)
    assert talk.call.talk.taker == "a2"
    talk.does(commands.TakeOverDeclined)
    assert (talk.call.talk.taker, talk.phase) == ("", Phase.TALKING)


def test_only_who_is_free_offers(talk: Talk) -> None:
    """Nobody takes a caller of one's own, or without being ready."""
    talk.does(commands.TakeOverOffered)
    talk.history.not_ready(2, "lunch")
    talk.does(commands.TakeOverOffered, agent=2)
    assert talk.call.talk.taker == ""


@pytest.mark.parametrize("state", ["talking", "held", "consulting", "passing", "rejoining"])
def test_the_caller_of_a_lost_desk_is_given_to_others(talk: Talk, state: str) -> None:
    """By a supervisor, in every state of the talk: in line in the old place, with the record, and
    nobody is rung for it any more; the lost desk gets no calls."""
    history = talk.history
    talk.does(commands.NoteWritten, text="Pabalsts", base=0)
    match state:
        case "held":
            talk.held()
        case "consulting":
            talk.talks_aside(number=OUTSIDE)
        case "passing":
            talk.passes(number=OUTSIDE)
        case "rejoining":
            history.loses_audio(1, 1)
    history.not_ready(2, "lunch")
    given = {"agent_id": "a1", "by": "Guna", "by_id": "s1", "why": "Nav pie galda"}
    history.apply(acts.CallerGiven(at=history.at, **given))
    if state != "rejoining":
        assert talk.phase is not Phase.WAITING  # its agent is there
        history.phone(1, reachable=False)
        history.apply(acts.CallerGiven(at=history.at, **given))
    assert (talk.phase, talk.call.talk.agent_id, talk.call.aside) == (Phase.WAITING, None, None)
    assert talk.call.record.note == "Pabalsts"
    assert talk.states()[0] is State.NOT_READY
    (memo,) = history.world.agents["a1"].memos
    assert (memo.kind, memo.by, memo.text) == ("caller_given", "Guna", "Nav pie galda")
