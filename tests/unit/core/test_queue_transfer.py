"""An agent passes the caller on: others are asked, the place and the record stay."""

from collections.abc import Callable

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.queue_transfer import WORDS, Crew, crew
from contactcentre.core.call.state import Phase
from contactcentre.core.call.table import TABLE
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.core.values import replace
from contactcentre.core.world import World
from contactcentre.testing import START, History, call_id, profile

pytestmark = pytest.mark.unit

Begin = Callable[..., History]


@pytest.fixture
def talk(begin: Begin) -> History:
    """`a1`, who knows everything, has talked for half a minute with a caller of the general line;
    `a2` knows taxes, `a3` does not."""
    history = begin(profile(1), profile(2), profile(3, taxes=False))
    history.links_up()
    history.talks(1, 1)
    history.pass_s(30)
    return history


def transferred(history: History, queue: str = "taxes", service: str = "VID-GID") -> None:
    """`a1` passes call 1 on, and the agent's leg is gone at once."""
    history.passes_on(1, 1, queue, service)
    history.dial_ends(1, DialResult.ANSWERED)


def test_the_talk_is_ended_first(talk: History) -> None:
    """The agent's leg is hung up; until it is gone agent and caller stay as they are."""
    talk.passes_on(1, 1, "taxes")
    call = talk.call(1)
    assert talk.orders[-1] == effects.HangUpLeg(
        offer_id=f"{call_id(1)}-1", leg="PJSIP/a-1-00000001"
    )
    assert (call.phase, call.talk.agent_id) == (Phase.TALKING, "a1")
    assert talk.agent(1).state is State.TALKING


def test_the_caller_stands_in_the_old_place_of_another_line(talk: History) -> None:
    """The times of the first entry and the first answer stay; what is asked is the new queue's."""
    transferred(talk)
    call = talk.call(1)
    assert (call.phase, call.queue, call.queueing.skills) == (
        Phase.WAITING,
        "taxes",
        (("taxes", 1),),
    )
    assert (call.queueing.place_at, call.queueing.queued_at, call.talk.answered_at) == (
        START,
        START,
        START + 1,
    )
    assert (call.queueing.entered_at, call.talk.ended_at) == (talk.at, talk.at)
    assert call.queueing.services[0] == "VID-GID"
    assert (call.language, call.choice.queue, call.queueing.been_in) == (
        "lv",
        "general",
        ("general",),
    )
    assert call.talk.transfer is None


def test_the_caller_is_told_and_hears_music(talk: History) -> None:
    """The word is said to its end, also where somebody is free; the channel learns the place."""
    talk.ready(2)
    transferred(talk)
    kinds = (effects.KeepPlace, effects.Play, effects.Music, effects.Ring)
    said = [order for order in talk.orders[-9:] if isinstance(order, kinds)]
    assert [type(order) for order in said] == [effects.KeepPlace, effects.Play, effects.Ring]
    play = talk.ordered(effects.Play)[-1]
    assert (play.prompts, play.waits) == (WORDS, False)
    assert talk.ordered(effects.KeepPlace)[-1].queue == "taxes"


def test_whoever_passed_it_on_is_free_for_others(talk: History) -> None:
    """Ready at once, with no record left open, and not for this call while `a2` is at work."""
    talk.ready(2)
    talk.waits(9, "1")
    talk.leg_answers(9)  # `a2` is in a talk
    transferred(talk)
    agent = talk.agent(1)
    assert (agent.state, agent.unsaved) == (State.READY, ())
    assert talk.call(1).phase is Phase.WAITING
    talk.waits(2, "1")
    assert talk.agent(1).call_id == call_id(2)


def test_somebody_with_the_skill_is_rung(talk: History) -> None:
    """`a3` is free longer and does not know taxes; `a2` goes on with the note and the level."""
    talk.ready(3)
    talk.pass_s(1)
    talk.ready(2)
    talk.apply(
        commands.NoteWritten(at=talk.at, agent_id="a1", call_id=call_id(1), text="so far", base=0)
    )
    talk.apply(
        commands.CallerIdentified(
            at=talk.at, agent_id="a1", call_id=call_id(1), level=1, method="name_contact"
        )
    )
    talk.saves(1, 1, finish=False)
    transferred(talk)
    assert talk.agent(2).state is State.RESERVED
    talk.leg_answers(1)
    call = talk.call(1)
    assert (call.talk.agent_id, call.record.note, call.identity.level) == ("a2", "so far", 1)
    assert call.record.saved_at is None
    first, second = call.offers
    assert (first.agent_id, first.result) == ("a1", Result.TRANSFERRED)
    assert (first.answered_at, first.ended_at) == (START + 1, talk.at)
    assert (second.agent_id, second.talks) == ("a2", True)
    talk.hangs_up(1)
    assert (talk.call(1).end.outcome, talk.agent(2).state) == (Outcome.ANSWERED, State.WRAP_UP)


def test_the_caller_goes_to_another_agent_of_the_same_queue(talk: History) -> None:
    """Who passes on within a queue wants somebody else."""
    talk.ready(2)
    talk.pass_s(1)
    transferred(talk, "general", "")
    assert talk.agent(2).call_id == call_id(1)
    assert talk.call(1).queueing.been_in == ()


def test_nobody_else_means_back_in_the_end(talk: History) -> None:
    """Nobody waits for ever: after a while the call is offered to `a1` again."""
    transferred(talk)
    assert talk.agent(1).state is State.READY
    talk.pass_s(talk.world.network.offers.again_s)
    talk.fires("again", call_id(1))
    assert talk.agent(1).call_id == call_id(1)


def test_waiting_callers_are_told_where_they_stand(talk: History) -> None:
    """The announcements go on after a talk."""
    transferred(talk)
    timers = [each for each in talk.ordered(effects.StartTimer) if each.kind == "announce"]
    assert (timers[-1].key, timers[-1].seconds) == (call_id(1), 120.0)


def test_a_hold_ends_with_the_talk(talk: History) -> None:
    """The time in line is no hold."""
    talk.apply(events.HoldStarted(at=talk.at, offer_id=f"{call_id(1)}-1"))
    talk.pass_s(8)
    transferred(talk)
    assert (talk.call(1).hold_s, talk.call(1).held_since) == (8.0, None)


# --- what is refused -----------------------------------------------------------------------


def test_only_one_s_own_talk_to_a_queue_that_is_there(talk: History) -> None:
    """Another agent, an unknown queue, or a talk that is being ended: nothing changes."""
    before = talk.call(1)
    talk.passes_on(2, 1, "taxes")
    talk.passes_on(1, 1, "nowhere")
    assert talk.call(1) == before
    talk.apply(commands.EndAsked(at=talk.at, agent_id="a1", call_id=call_id(1)))
    talk.passes_on(1, 1, "taxes")
    assert talk.world.refused == 3
    talk.dial_ends(1, DialResult.ANSWERED)
    assert talk.call(1).phase is Phase.CLOSING


def test_no_link_no_transfer(talk: History) -> None:
    """Without Asterisk nobody can be taken out of a talk."""
    talk.apply(events.TelephonyLost(at=talk.at))
    talk.passes_on(1, 1, "taxes")
    assert talk.call(1).talk.transfer is None
    assert talk.world.refused == 1


# --- what comes between --------------------------------------------------------------------


def test_the_agent_s_last_word_counts(talk: History) -> None:
    """Who ends the call while it is being transferred has ended it."""
    talk.passes_on(1, 1, "taxes")
    talk.apply(commands.EndAsked(at=talk.at, agent_id="a1", call_id=call_id(1)))
    talk.dial_ends(1, DialResult.ANSWERED)
    assert (talk.call(1).phase, talk.agent(1).state) == (Phase.CLOSING, State.WRAP_UP)


def test_a_caller_who_hangs_up_meanwhile_leaves_the_record_with_the_agent(talk: History) -> None:
    """It was a talk like any other."""
    talk.passes_on(1, 1, "taxes")
    talk.hangs_up(1)
    assert (talk.call(1).end.outcome, talk.call(1).talk.agent_id) == (Outcome.ANSWERED, "a1")
    assert (talk.agent(1).state, talk.agent(1).unsaved) == (State.WRAP_UP, (call_id(1),))


def test_a_caller_who_leaves_the_line_gave_up(talk: History) -> None:
    """Neither abandoned, for the first agent talked to him, nor answered, for nobody has since."""
    transferred(talk)
    talk.pass_s(20)
    talk.hangs_up(1)
    call = talk.call(1)
    assert (call.end.outcome, call.end.by, call.talk.agent_id) == (Outcome.GAVE_UP, "caller", None)
    assert (call.offers[0].agent_id, call.offers[0].result) == ("a1", Result.TRANSFERRED)
    assert (call.talk.answered_at, call.talk.ended_at) == (START + 1, START + 31)


def test_a_caller_who_rings_again_after_a_second_wait_keeps_the_place(talk: History) -> None:
    """As does everybody whose line drops."""
    transferred(talk)
    talk.hangs_up(1)
    talk.pass_s(30)
    talk.waits(2)
    assert talk.call(2).queueing.place_at == START


def test_a_caller_in_a_second_wait_is_lost_with_asterisk(talk: History) -> None:
    """Nobody was talking to him."""
    transferred(talk)
    talk.apply(events.LeashLost(at=talk.at, call_id=call_id(1)))
    snapshot = events.SnapshotTaken(at=talk.at, channels=(), reachable=(), restarted=True)
    talk.apply(snapshot)
    assert (talk.call(1).end.outcome, talk.call(1).end.by) == (Outcome.PBX_LOST, "lost")


def test_a_page_that_closes_meanwhile_loses_nothing(talk: History) -> None:
    """The caller goes on to others, not into a wait for this agent."""
    talk.passes_on(1, 1, "taxes")
    talk.loses_audio(1, 1)
    assert Phase.TALKING in TABLE[Phase.TALKING][commands.AudioLost].to  # as the diagram says
    talk.dial_ends(1, DialResult.AUDIO_LOST)
    assert (talk.call(1).phase, talk.call(1).queue) == (Phase.WAITING, "taxes")


def test_an_agent_who_logs_out_meanwhile_is_gone_when_the_talk_is(talk: History) -> None:
    """And not before."""
    talk.passes_on(1, 1, "taxes")
    talk.apply(commands.AgentLoggedOut(at=talk.at, agent_id="a1"))
    assert talk.agent(1).state is State.TALKING
    talk.dial_ends(1, DialResult.ANSWERED)
    assert talk.agent(1).state is State.LOGGED_OUT
    assert talk.call(1).phase is Phase.WAITING


def test_a_restart_in_between_carries_it_out(talk: History) -> None:
    """Whether the order was carried out is not known: the caller is fetched out of the talk."""
    talk.passes_on(1, 1, "taxes", "VID-GID")
    before = talk.world
    talk.world = World(before.network)
    talk.world.restore(before.calls.values(), before.agents.values())
    talk.apply(events.ServiceStarted(at=talk.at))
    caller, leg = talk.call(1).channel.name, "PJSIP/a-1-00000001"
    talk.links_up(
        _channel(caller, "1.1", call_id(1)), _channel(leg, "1.2", f"{call_id(1)}-1", rung=True)
    )
    assert talk.ordered(effects.Recall)[-1].channel == caller
    talk.apply(
        events.CallReturned(
            at=talk.at,
            call_id=call_id(1),
            channel=caller,
            channel_id="1.1",
            caller=None,
            dialled="60000100",
            queue="general",
            queued_at=START,
            talked=True,
        )
    )
    call = talk.call(1)
    assert (call.phase, call.queue, call.queueing.place_at) == (Phase.WAITING, "taxes", START)
    assert (call.channel.leashed, talk.agent(1).state) == (True, State.READY)


def test_a_talk_that_was_not_on_the_leash_is_fetched(talk: History) -> None:
    """The fallback queue would end the call with the agent's leg."""
    talk.apply(events.LeashLost(at=talk.at, call_id=call_id(1)))
    talk.passes_on(1, 1, "taxes")
    assert talk.orders[-1] == effects.Recall(call_id=call_id(1), channel=talk.call(1).channel.name)


def test_who_waits_for_others_is_still_there_after_a_restart(talk: History) -> None:
    """The line is laid out with the refusal: `a1` is not asked while `a2` is at work."""
    talk.ready(2)
    talk.waits(9, "1")
    talk.leg_answers(9)
    transferred(talk)
    before = talk.world
    talk.world = World(before.network)
    talk.world.restore(before.calls.values(), before.agents.values())
    talk.returns(1, queue="taxes", queued_at=START)
    assert (talk.call(1).phase, talk.agent(1).state) == (Phase.WAITING, State.READY)


# --- who is there --------------------------------------------------------------------------


def test_the_agent_is_told_who_could_take_it(talk: History) -> None:
    """Those who know the matter and the language, the agent apart."""
    agents, network = talk.world.agents, talk.world.network
    taxes = network.queues["taxes"]
    assert crew(talk.call(1), taxes, agents.values(), network) == Crew(0, 0)
    talk.ready(2)
    talk.ready(3)
    assert crew(talk.call(1), taxes, agents.values(), network) == Crew(1, 1)
    everybody = crew(talk.call(1), network.queues["general"], agents.values(), network)
    assert everybody == Crew(2, 2)
    talk.waits(2, "1")
    assert crew(talk.call(1), taxes, agents.values(), network) == Crew(0, 1)
    in_russian = replace(
        talk.call(1), language="ru", choice=replace(talk.call(1).choice, cursor=None)
    )
    assert crew(in_russian, taxes, agents.values(), network) == Crew(0, 0)


def _channel(name: str, unique: str, our_id: str, *, rung: bool = False) -> events.Channel:
    return events.Channel(
        channel=name,
        channel_id=unique,
        our_id=our_id,
        bridge="b1",
        rung=rung,
    )
