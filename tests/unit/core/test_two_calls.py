"""An agent with two calls: one leg at the exchange, one citizen at a time, and nobody dropped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contactcentre.core import acts, commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.outbound_moves import dial_id
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.storage import codec
from contactcentre.testing import History, call_id

pytestmark = pytest.mark.unit

Begin = Callable[..., History]
FIRST = call_id(1)
LEG, CHANNEL = f"{FIRST}-1", "PJSIP/a-1-00000001"
OFFICE = "+37167000000"


class Desk:
    """Agent 1 talks in call 1; agent 2 is free."""

    def __init__(self, history: History) -> None:
        self.history = history
        history.links_up()
        history.talks(1, 1)
        history.ready(2)
        self.second = ""

    def tell(self, kind: type[events.Event], /, **fields: object) -> list[effects.Effect]:
        """A fact."""
        return self.history.apply(kind(at=self.history.at, **fields))  # type: ignore[arg-type]

    def does(
        self, kind: type[events.Event], call: str, /, agent: int = 1, **fields: object
    ) -> list[effects.Effect]:
        """A command of an agent's, on that call."""
        return self.tell(kind, call_id=call, agent_id=f"a{agent}", **fields)

    def dials(self, number: str = OFFICE) -> None:
        """The agent dials a second citizen."""
        self.tell(commands.DialChosen, agent_id="a1", number=number)
        self.second = dial_id("a1", self.history.at)

    def leg_alone(self) -> list[effects.Effect]:
        """The agent's leg is on its leash."""
        return self.tell(events.LegLeashed, offer_id=LEG, leg=CHANNEL)

    def parted(self, call: str, result: DialResult = DialResult.ANSWERED) -> list[effects.Effect]:
        """The caller of that call is on the leash."""
        offer = self.of(call).offer
        assert offer is not None
        return self.tell(events.DialEnded, call_id=call, offer_id=offer.leg_id, result=result)

    def has_two(self) -> None:
        """The first caller on hold, the second talking."""
        self.dials()
        self.leg_alone()
        self.parted(FIRST)
        self.history.dialed(self.second)
        self.history.lifts(self.second)

    def has_a_third(self) -> str:
        """The first has gone, the second (which it gives) is on hold, and a third talks."""
        self.has_two()
        self.goes(FIRST)
        held = self.second
        self.history.pass_s(1)
        self.dials("+37167000001")
        self.leg_alone()
        self.parted(held)
        self.history.dialed(self.second)
        self.history.lifts(self.second)
        return held

    def turns(self, to: str) -> None:
        """With one key, and all that comes of it."""
        left = self.agent.call_id or ""
        talks = self.of(left).phase is Phase.TALKING
        self.does(commands.ResumeChosen, to)
        if talks:
            self.leg_alone()
            self.parted(left)

    def goes(self, call: str) -> list[effects.Effect]:
        """That citizen hangs up."""
        return self.tell(events.CallerHungUp, call_id=call, cause=16)

    def of(self, call: str) -> Call:
        """A call, open or ended."""
        return self.history.promise(call)

    @property
    def agent(self):  # type: ignore[no-untyped-def]
        """The one who has both."""
        return self.history.agent(1)

    @property
    def phases(self) -> tuple[Phase, Phase]:
        """Of the first call and the second."""
        return Phase(self.of(FIRST).phase), Phase(self.of(self.second).phase)

    @property
    def at_hand(self) -> tuple[str | None, str | None]:
        """The call that the agent is turned to, and the one beside."""
        beside = self.agent.beside
        return self.agent.call_id, beside.call_id if beside is not None else None

    def joined(self) -> list[tuple[str, str]]:
        """Who was joined with which leg, in order."""
        return [(one.call_id, one.leg) for one in self.history.ordered(effects.Join)]

    def let_go(self) -> list[str]:
        """Legs that were hung up."""
        return [order.leg for order in self.history.ordered(effects.HangUpLeg)]


@pytest.fixture
def desk(begin: Begin) -> Desk:
    """As `Desk` says."""
    return Desk(begin())


# --- the second is rung ----------------------------------------------------------------------


def test_a_telephone_that_holds_gives_the_second_music(desk: Desk) -> None:
    """Its own key was pressed for the first, and nobody would be heard by the second either."""
    desk.tell(events.HoldStarted, offer_id=LEG)
    desk.has_two()
    assert desk.phases == (Phase.HELD, Phase.HELD)
    assert desk.joined() == []
    heard = [one.call_id for one in desk.history.ordered(effects.Music)]
    assert heard[-1] == desk.second
    desk.tell(events.HoldEnded, offer_id=LEG)
    assert desk.phases == (Phase.HELD, Phase.TALKING)
    assert desk.joined() == [(desk.second, CHANNEL)]


def test_the_first_is_on_hold_while_the_second_is_rung(desk: Desk) -> None:
    """The agent is still in the first call, and no phone but the citizen's rings."""
    desk.dials()
    assert desk.phases == (Phase.HELD, Phase.CALLING)
    assert desk.at_hand == (FIRST, desk.second)
    assert desk.agent.state is State.TALKING
    (ring,) = desk.history.ordered(effects.RingBack)
    assert ring.number == OFFICE


def test_who_lifts_is_joined_with_the_leg_that_is_there(desk: Desk) -> None:
    """Nothing rings a second time, whatever the device."""
    desk.has_two()
    assert desk.phases == (Phase.HELD, Phase.TALKING)
    assert desk.joined() == [(desk.second, CHANNEL)]
    assert desk.history.ordered(effects.Ring)[1:] == []
    assert desk.at_hand == (desk.second, FIRST)
    assert desk.of(desk.second).talk.answered_at == desk.history.at


def test_who_lifts_before_the_leg_is_alone(desk: Desk) -> None:
    """Is joined as soon as it is."""
    desk.dials()
    desk.history.dialed(desk.second)
    desk.history.lifts(desk.second)
    assert desk.joined() == []
    desk.parted(FIRST)
    desk.leg_alone()
    assert desk.joined() == [(desk.second, CHANNEL)]
    assert desk.phases == (Phase.HELD, Phase.TALKING)


def test_the_second_is_not_reached(desk: Desk) -> None:
    """The first is on hold still, and the agent reads why."""
    desk.dials()
    desk.leg_alone()
    desk.parted(FIRST)
    desk.history.not_reached(desk.second, DialResult.BUSY)
    assert desk.phases == (Phase.HELD, Phase.ENDED)
    assert (desk.agent.state, desk.agent.last_dial) == (State.TALKING, Result.BUSY)
    assert desk.at_hand == (FIRST, None)
    desk.does(commands.ResumeChosen, FIRST)
    assert desk.joined() == [(FIRST, CHANNEL)]


def test_nobody_is_turned_to_while_the_second_is_rung(desk: Desk) -> None:
    """Its leg waits for who lifts; the agent may stop the ringing."""
    desk.dials()
    desk.leg_alone()
    desk.parted(FIRST)
    assert desk.does(commands.ResumeChosen, FIRST) == []
    assert desk.does(commands.ConsultChosen, FIRST, colleague="a2") == []
    offer = desk.of(desk.second).offer
    assert offer is not None
    desk.tell(commands.OfferRejected, agent_id="a1", offer_id=offer.leg_id)
    assert desk.phases == (Phase.HELD, Phase.ENDED)
    desk.does(commands.ResumeChosen, FIRST)
    assert desk.phases[0] is Phase.TALKING


def test_there_is_no_third(desk: Desk) -> None:
    """Neither while the second rings nor afterwards."""
    desk.has_two()
    assert desk.tell(commands.DialChosen, agent_id="a1", number="+37167000001") == []
    assert desk.at_hand == (desk.second, FIRST)


def test_an_own_promise_is_kept_beside_a_talk(desk: Desk) -> None:
    """Its card stands beside the talk; the first caller is held when the citizen is rung."""
    desk.does(commands.CallbackPromised, FIRST, number=OFFICE)
    key = desk.history.world.callbacks.given_by("a1")[0].call_id
    desk.does(commands.PromiseTaken, key)
    assert (desk.of(key).phase, desk.of(FIRST).phase) == (Phase.PREVIEWED, Phase.TALKING)
    assert desk.at_hand == (FIRST, key)
    desk.history.rings_back(1, key)
    assert (desk.of(key).phase, desk.of(FIRST).phase) == (Phase.CALLING, Phase.HELD)
    desk.leg_alone()
    desk.parted(FIRST)
    desk.history.dialed(key)
    desk.history.lifts(key)
    assert (desk.of(key).phase, desk.at_hand) == (Phase.TALKING, (key, FIRST))


def test_the_first_leaves_while_the_second_is_rung(desk: Desk) -> None:
    """The agent waits for the second as after any dial, and is rung; the first record is open."""
    desk.dials()
    desk.leg_alone()
    desk.parted(FIRST)
    desk.goes(FIRST)
    assert (desk.agent.state, desk.at_hand) == (State.RESERVED, (desk.second, None))
    assert desk.agent.unsaved == (FIRST,)
    assert desk.let_go() == [CHANNEL]
    desk.history.dialed(desk.second)
    desk.history.lifts(desk.second)
    assert len(desk.history.ordered(effects.Ring)) == 2


# --- turned ----------------------------------------------------------------------------------


def test_turned_and_back(desk: Desk) -> None:
    """Each has its own hold, and its own time."""
    desk.has_two()
    desk.history.pass_s(10)
    desk.turns(FIRST)
    assert desk.phases == (Phase.TALKING, Phase.HELD)
    assert desk.joined()[-1] == (FIRST, CHANNEL)
    desk.history.pass_s(5)
    desk.turns(desk.second)
    assert desk.phases == (Phase.HELD, Phase.TALKING)
    assert desk.joined()[-1] == (desk.second, CHANNEL)
    assert desk.of(FIRST).hold_s == 10.0
    assert desk.of(desk.second).hold_s == 5.0
    assert desk.at_hand == (desk.second, FIRST)


def test_a_key_pressed_twice_turns_once(desk: Desk) -> None:
    """The command names whom the agent wants."""
    desk.has_two()
    desk.does(commands.ResumeChosen, FIRST)
    desk.does(commands.ResumeChosen, FIRST)
    desk.leg_alone()
    desk.parted(desk.second)
    assert desk.phases == (Phase.TALKING, Phase.HELD)
    assert len(desk.history.ordered(effects.Join)) == 2


def test_turned_back_before_the_leg_is_alone(desk: Desk) -> None:
    """The last word counts, and the leg is parked once."""
    desk.has_two()
    desk.does(commands.ResumeChosen, FIRST)
    desk.does(commands.ResumeChosen, desk.second)
    desk.leg_alone()
    desk.parted(desk.second)
    assert desk.phases == (Phase.HELD, Phase.TALKING)
    assert len(desk.history.ordered(effects.Park)) == 2


def test_both_are_held(desk: Desk) -> None:
    """The leg waits, and goes to whom the agent wants."""
    desk.has_two()
    desk.does(commands.HoldChosen, desk.second)
    desk.leg_alone()
    desk.parted(desk.second)
    assert desk.phases == (Phase.HELD, Phase.HELD)
    desk.does(commands.ResumeChosen, FIRST)
    assert desk.phases == (Phase.TALKING, Phase.HELD)
    assert desk.joined()[-1] == (FIRST, CHANNEL)


def test_nothing_is_turned_without_the_link(desk: Desk) -> None:
    """The leg could not be parked."""
    desk.has_two()
    desk.tell(events.TelephonyLost)
    assert desk.does(commands.ResumeChosen, FIRST) == []
    assert desk.phases == (Phase.HELD, Phase.TALKING)


# --- one of them is over ---------------------------------------------------------------------


def test_the_one_at_hand_hangs_up(desk: Desk) -> None:
    """The held one is at hand, and joined when the agent says so; no leg is hung up."""
    desk.has_two()
    desk.goes(desk.second)
    desk.leg_alone()
    assert desk.phases == (Phase.HELD, Phase.ENDED)
    assert (desk.agent.state, desk.at_hand) == (State.TALKING, (FIRST, None))
    assert desk.let_go() == []
    desk.does(commands.ResumeChosen, FIRST)
    assert desk.joined()[-1] == (FIRST, CHANNEL)
    desk.goes(FIRST)
    assert desk.let_go() == [CHANNEL]
    assert desk.agent.state is State.WRAP_UP


def test_the_leg_is_told_alone_before_the_end(desk: Desk) -> None:
    """Two sources, and either may be the first."""
    desk.has_two()
    desk.leg_alone()
    desk.goes(desk.second)
    desk.does(commands.ResumeChosen, FIRST)
    assert desk.joined()[-1] == (FIRST, CHANNEL)


def test_the_held_one_hangs_up(desk: Desk) -> None:
    """The talk goes on, though the leg was the first one's."""
    desk.has_two()
    desk.goes(FIRST)
    assert desk.phases == (Phase.ENDED, Phase.TALKING)
    assert (desk.at_hand, desk.let_go()) == ((desk.second, None), [])
    assert desk.agent.unsaved == (FIRST,)


def test_what_is_told_of_the_leg_when_its_first_call_is_over(desk: Desk) -> None:
    """It is the second's: hold, back, and hung up at the end."""
    desk.has_two()
    desk.goes(FIRST)
    desk.does(commands.HoldChosen, desk.second)
    desk.leg_alone()
    desk.parted(desk.second)
    desk.does(commands.ResumeChosen, desk.second)
    assert desk.joined()[-1] == (desk.second, CHANNEL)
    desk.does(commands.HoldChosen, desk.second)
    desk.tell(events.LegHungUp, offer_id=LEG, cause=16)
    assert desk.phases[1] is Phase.REJOINING


def test_a_third_after_the_first_is_over(desk: Desk) -> None:
    """By the same leg, which was neither's."""
    second = desk.has_a_third()
    assert desk.joined()[-1] == (desk.second, CHANNEL)
    desk.goes(second)
    desk.goes(desk.second)
    assert desk.let_go() == [CHANNEL]


def test_the_agent_ends_the_one_at_hand(desk: Desk) -> None:
    """The leg is taken out of it, and stays for the other."""
    desk.has_two()
    made = desk.does(commands.EndAsked, desk.second)
    assert [order.leg for order in made if isinstance(order, effects.Park)] == [CHANNEL]
    assert desk.phases == (Phase.HELD, Phase.CLOSING)
    desk.leg_alone()
    desk.parted(desk.second)
    desk.goes(desk.second)
    assert (desk.at_hand, desk.let_go()) == ((FIRST, None), [])
    desk.does(commands.ResumeChosen, FIRST)
    assert desk.phases[0] is Phase.TALKING


def test_the_agent_ends_the_held_one(desk: Desk) -> None:
    """The talk is not touched."""
    desk.has_two()
    made = desk.does(commands.EndAsked, FIRST)
    assert not any(isinstance(order, effects.Park | effects.HangUpLeg) for order in made)
    assert desk.phases == (Phase.CLOSING, Phase.TALKING)
    assert desk.at_hand == (desk.second, None)


def test_each_has_its_own_record(desk: Desk) -> None:
    """What is written of each stays its own, to the last letter; the wrap-up is the last one's."""
    desk.has_two()
    desk.does(commands.NoteWritten, FIRST, text="first", base=0)
    desk.does(commands.NoteWritten, desk.second, text="second", base=0)
    desk.goes(FIRST)
    desk.does(commands.NoteWritten, FIRST, text="first, later", base=1)
    desk.goes(desk.second)
    assert (desk.agent.state, desk.agent.call_id) == (State.WRAP_UP, desk.second)
    assert desk.of(FIRST).record.note == "first, later"
    assert desk.of(desk.second).record.note == "second"
    assert set(desk.agent.unsaved) == {FIRST, desk.second}
    assert desk.of(FIRST).end.outcome is desk.of(desk.second).end.outcome is Outcome.ANSWERED


def test_what_is_written_of_an_earlier_one_parts_no_other_two(desk: Desk) -> None:
    """The agent holds the second and talks with a third: the record of the first, which was beside
    the second once, is about that one alone."""
    second = desk.has_a_third()
    assert desk.at_hand == (desk.second, second)
    desk.does(commands.NoteWritten, FIRST, text="later", base=0)
    assert desk.of(FIRST).record.note == "later"
    assert (desk.of(second).talk.beside, desk.of(desk.second).talk.beside) == (desk.second, second)


def test_a_supervisor_ends_one(desk: Desk) -> None:
    """The other goes on, by the same leg."""
    desk.has_two()
    desk.tell(acts.CallEndForced, call_id=desk.second, by="S", by_id="s", why="stuck")
    desk.leg_alone()
    assert desk.phases == (Phase.HELD, Phase.CLOSING)
    assert CHANNEL not in desk.let_go()
    desk.does(commands.ResumeChosen, FIRST)
    assert desk.joined()[-1] == (FIRST, CHANNEL)


def test_a_supervisor_releases_the_agent(desk: Desk) -> None:
    """Of both calls."""
    desk.has_two()
    desk.tell(acts.AgentReleased, agent_id="a1", by="S", by_id="s", why="stuck")
    assert desk.phases == (Phase.CLOSING, Phase.CLOSING)
    assert desk.at_hand[1] is None
    assert CHANNEL in desk.let_go()


def test_the_agent_logs_out(desk: Desk) -> None:
    """And finishes both first."""
    desk.has_two()
    desk.tell(commands.AgentLoggedOut, agent_id="a1")
    desk.goes(desk.second)
    assert desk.agent.state is State.TALKING
    desk.goes(FIRST)
    assert desk.agent.wanted_reason == "leaving"
    desk.history.saves(1, FIRST)
    assert desk.agent.state is State.LOGGED_OUT


def test_who_logs_out_while_the_second_is_rung(desk: Desk) -> None:
    """Does not wait for it."""
    desk.dials()
    desk.tell(commands.AgentLoggedOut, agent_id="a1")
    assert desk.phases == (Phase.HELD, Phase.ENDED)
    assert desk.at_hand == (FIRST, None)


# --- passed on -------------------------------------------------------------------------------


def test_the_one_at_hand_goes_to_a_queue(desk: Desk) -> None:
    """The leg is not hung up for that."""
    desk.has_two()
    made = desk.does(commands.QueueTransferChosen, desk.second, queue="taxes")
    assert [type(order) for order in made] == [effects.Recall]
    desk.tell(
        events.CallReturned,
        call_id=desk.second,
        channel="PJSIP/carrier-000000cb",
        channel_id="1.99",
        caller=OFFICE,
        dialled="60000100",
        talked=True,
    )
    desk.leg_alone()
    assert desk.of(desk.second).queue == "taxes"
    assert (desk.at_hand, desk.let_go()) == ((FIRST, None), [])


def test_the_held_one_is_passed_on_by_name(desk: Desk) -> None:
    """The agent is turned to it first; then the other one is at hand."""
    desk.has_two()
    desk.does(commands.PassChosen, FIRST, colleague="a2")
    assert desk.at_hand == (FIRST, desk.second)
    desk.leg_alone()
    desk.parted(desk.second)
    aside = desk.of(FIRST).aside
    assert aside is not None
    desk.tell(events.LegDialed, offer_id=aside.leg_id, leg="PJSIP/a-2-1")
    desk.tell(events.LegAnswered, offer_id=aside.leg_id)
    assert desk.of(FIRST).talk.agent_id == "a2"
    assert (desk.at_hand, desk.phases) == ((desk.second, None), (Phase.TALKING, Phase.HELD))
    assert desk.let_go() == []
    desk.does(commands.ResumeChosen, desk.second)
    assert desk.joined()[-1] == (desk.second, CHANNEL)


def test_a_consult_about_one_of_two_is_completed(desk: Desk) -> None:
    """The leg comes out of the talk with the colleague, and stays."""
    desk.has_two()
    desk.does(commands.ConsultChosen, desk.second, colleague="a2")
    desk.parted(desk.second)
    desk.leg_alone()
    (ring,) = desk.history.ordered(effects.RingAside)
    assert ring.offer_id == LEG
    desk.tell(events.LegDialed, offer_id=ring.rung_id, leg="PJSIP/a-2-1")
    desk.tell(events.LegAnswered, offer_id=ring.rung_id)
    made = desk.does(commands.ConsultCompleted, desk.second)
    assert [order.leg for order in made if isinstance(order, effects.Park)] == [CHANNEL]
    assert desk.let_go() == []
    desk.leg_alone()
    desk.tell(events.LegLeashed, offer_id=ring.rung_id, leg="PJSIP/a-2-1")
    assert desk.joined()[-1] == (desk.second, "PJSIP/a-2-1")
    desk.does(commands.ResumeChosen, FIRST)
    assert desk.joined()[-1] == (FIRST, CHANNEL)


# --- the audio is lost -----------------------------------------------------------------------


def comes_back(desk: Desk, call: str) -> str:
    """The page is there again, and its phone was rung for that call; the leg's name."""
    desk.history.fires("ring_again", call)
    offer = desk.of(call).offer
    assert offer is not None
    assert offer.rejoin
    desk.tell(events.LegDialed, offer_id=offer.leg_id, leg="PJSIP/a-1-new")
    desk.tell(events.LegAnswered, offer_id=offer.leg_id)
    return offer.leg_id


def test_the_browser_is_lost(desk: Desk) -> None:
    """Both hear music; the agent is rung once, for the one at hand, and has both again."""
    desk.has_two()
    desk.does(commands.AudioLost, desk.second)
    desk.tell(events.LegHungUp, offer_id=LEG, cause=16)
    desk.history.lifts(desk.second)  # fetched out of the talk
    assert desk.phases == (Phase.REJOINING, Phase.REJOINING)
    desk.history.fires("ring_again", FIRST)
    assert desk.of(FIRST).open_offer is None
    comes_back(desk, desk.second)
    assert desk.phases == (Phase.HELD, Phase.TALKING)
    assert desk.at_hand == (desk.second, FIRST)
    desk.does(commands.ResumeChosen, FIRST)
    leg = desk.of(desk.second).offer
    assert leg is not None
    desk.tell(events.LegLeashed, offer_id=leg.name, leg="PJSIP/a-1-new")
    assert desk.joined()[-1] == (FIRST, "PJSIP/a-1-new")


def test_the_browser_is_lost_and_the_one_at_hand_leaves(desk: Desk) -> None:
    """The agent is rung for the other."""
    desk.has_two()
    desk.does(commands.AudioLost, desk.second)
    desk.tell(events.LegHungUp, offer_id=LEG, cause=16)
    desk.goes(desk.second)
    assert (desk.phases[0], desk.at_hand) == (Phase.REJOINING, (FIRST, None))
    assert desk.of(FIRST).open_offer is not None


def test_the_agent_hangs_up_with_two(desk: Desk) -> None:
    """That talk is over; the agent is rung back to the other, who is not dropped."""
    desk.has_two()
    desk.tell(events.LegHungUp, offer_id=LEG, cause=16)
    desk.parted(desk.second)
    assert desk.phases == (Phase.REJOINING, Phase.CLOSING)
    assert desk.at_hand == (FIRST, None)
    assert desk.of(FIRST).open_offer is not None


def test_nobody_comes_back(desk: Desk) -> None:
    """Both stand in line, in their old places, and the agent is free."""
    desk.has_two()
    desk.does(commands.AudioLost, desk.second)
    desk.tell(events.LegHungUp, offer_id=LEG, cause=16)
    desk.history.not_ready(2, "lunch")
    desk.history.fires("rejoin", desk.second)
    desk.history.fires("rejoin", FIRST)
    assert desk.phases == (Phase.WAITING, Phase.WAITING)
    assert desk.agent.state is State.NOT_READY
    assert desk.agent.beside is None


def test_the_audio_is_lost_while_the_second_is_rung(desk: Desk) -> None:
    """The dial is broken off: nobody is there whom the citizen could hear."""
    desk.dials()
    desk.leg_alone()
    desk.parted(FIRST)
    desk.tell(events.LegHungUp, offer_id=LEG, cause=16)
    assert desk.phases == (Phase.REJOINING, Phase.ENDED)
    assert desk.at_hand == (FIRST, None)


def test_a_supervisor_gives_both_callers_to_others(desk: Desk) -> None:
    """Of a desk that is lost."""
    desk.has_two()
    desk.history.not_ready(2, "lunch")
    desk.does(commands.AudioLost, desk.second)
    desk.tell(events.LegHungUp, offer_id=LEG, cause=16)
    desk.tell(acts.CallerGiven, agent_id="a1", by="S", by_id="s", why="lost")
    assert desk.phases == (Phase.WAITING, Phase.WAITING)


# --- a restart -------------------------------------------------------------------------------


def restarts(desk: Desk, begin: Begin) -> Desk:
    """A new process has what the journal has."""
    world = desk.history.world
    calls = [codec.decode(codec.encode(call), Call) for call in world.calls.values()]
    anew = begin()
    anew.at = desk.history.at + 1.0
    anew.world.restore(calls, world.agents.values())
    anew.apply(events.ServiceStarted(at=anew.at))
    desk.history = anew
    return desk


def channel(name: str, our_id: str, channel_id: str, *, bridge: str = "") -> events.Channel:
    """As the exchange lists one."""
    return events.Channel(
        channel=name, channel_id=channel_id, our_id=our_id, bridge=bridge, rung=our_id == LEG
    )


def test_killed_with_one_held_and_one_talking(desk: Desk, begin: Begin) -> None:
    """Nobody is dropped, and both can be turned to."""
    desk.has_two()
    restarts(desk, begin)
    first, second = desk.of(FIRST), desk.of(desk.second)
    desk.history.links_up(
        channel(first.channel.name, FIRST, first.channel.unique_id),
        channel(second.channel.name, desk.second, second.channel.unique_id, bridge="b"),
        channel(CHANNEL, LEG, "1.7", bridge="b"),
    )
    assert desk.let_go() == []
    desk.history.returns(1)
    assert desk.phases == (Phase.HELD, Phase.TALKING)
    desk.does(commands.ResumeChosen, FIRST)
    desk.leg_alone()
    desk.history.lifts(desk.second)
    assert desk.phases == (Phase.TALKING, Phase.HELD)
    assert desk.joined()[-1] == (FIRST, CHANNEL)


def test_killed_when_the_first_call_of_the_leg_is_over(desk: Desk, begin: Begin) -> None:
    """The leg is the second's, and is not taken for a stray one."""
    desk.has_two()
    desk.goes(FIRST)
    restarts(desk, begin)
    second = desk.of(desk.second)
    desk.history.links_up(
        channel(second.channel.name, desk.second, second.channel.unique_id, bridge="b"),
        channel(CHANNEL, LEG, "1.7", bridge="b"),
    )
    assert (desk.let_go(), desk.phases[1]) == ([], Phase.TALKING)


def test_the_leg_has_fetched_the_held_caller(desk: Desk, begin: Begin) -> None:
    """As no service was there, and the other had hung up: that is the call at hand."""
    desk.has_two()
    restarts(desk, begin)
    first = desk.of(FIRST)
    desk.history.links_up(
        channel(first.channel.name, FIRST, first.channel.unique_id, bridge="b"),
        channel(CHANNEL, LEG, "1.7", bridge="b"),
    )
    assert desk.phases == (Phase.TALKING, Phase.ENDED)
    assert (desk.at_hand, desk.let_go()) == ((FIRST, None), [])


def test_the_leg_has_fetched_the_held_caller_and_the_other_could_not_be_joined(
    desk: Desk, begin: Begin
) -> None:
    """Of two calls the one that the exchange has with the leg is at hand, and the other on hold."""
    desk.has_two()
    restarts(desk, begin)
    first, second = desk.of(FIRST), desk.of(desk.second)
    desk.history.lifts(desk.second)
    desk.parted(desk.second, DialResult.UNREACHABLE)
    assert desk.phases == (Phase.HELD, Phase.REJOINING)
    desk.history.links_up(
        channel(first.channel.name, FIRST, first.channel.unique_id, bridge="b"),
        channel(CHANNEL, LEG, "1.7", bridge="b"),
        channel(second.channel.name, desk.second, second.channel.unique_id),
    )
    assert (desk.phases, desk.at_hand) == ((Phase.TALKING, Phase.HELD), (FIRST, desk.second))


def test_the_leg_has_fetched_the_held_caller_while_a_second_is_rung(
    desk: Desk, begin: Begin
) -> None:
    """Music again: the leg is to be there for whoever lifts, also should the link be away then."""
    desk.dials()
    desk.leg_alone()
    desk.parted(FIRST)
    desk.history.dialed(desk.second)
    restarts(desk, begin)
    first, second = desk.of(FIRST), desk.of(desk.second)
    dial = second.dial
    assert dial is not None
    desk.history.links_up(
        channel(first.channel.name, FIRST, first.channel.unique_id, bridge="b"),
        channel(CHANNEL, LEG, "1.7", bridge="b"),
        channel("PJSIP/out", desk.second, dial.leg_id),
    )
    assert desk.phases == (Phase.HELD, Phase.CALLING)
    assert [order.leg for order in desk.history.ordered(effects.Park)][-1:] == [CHANNEL]
    desk.tell(events.TelephonyLost)
    desk.history.lifts(desk.second)
    assert desk.phases[0] is Phase.HELD
    assert (desk.at_hand, desk.let_go()) == ((desk.second, FIRST), [])


# --- who else hears --------------------------------------------------------------------------


def test_nothing_is_undone_by_a_fault(desk: Desk) -> None:
    """A restart in the middle of a turn joins whom the agent wanted."""
    desk.has_two()
    desk.does(commands.ResumeChosen, FIRST)
    own = desk.of(FIRST).offer
    assert own is not None
    assert (own.away, own.alone, desk.of(FIRST).talk.joins) == (False, False, True)
