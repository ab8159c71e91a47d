"""A new process over an old journal, and a picture of Asterisk to hold against our own."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.offer_moves import LEASE_GRACE_S
from contactcentre.core.call.state import Phase
from contactcentre.core.events import Where
from contactcentre.core.outcomes import DialResult, Outcome
from contactcentre.core.world import SETTLE_S
from contactcentre.testing import START, History, call_id, network, profile

pytestmark = pytest.mark.unit

Begin = Callable[..., History]


def restarted(old: History) -> History:
    """The next process, with what the journal kept; it has not said a word yet."""
    new = History(old.world.network)
    new.at = old.at + 5
    new.world.restore(old.world.calls.values(), old.world.agents.values())
    return new


def starts(history: History) -> list[effects.Effect]:
    """The service says that it is here."""
    return history.apply(events.ServiceStarted(at=history.at))


def channel(number: int, *, where: Where = Where.ELSEWHERE, bridge: str = "") -> events.Channel:
    """The caller's channel, as Asterisk lists it."""
    return events.Channel(
        channel=f"PJSIP/carrier-{number:08x}",
        channel_id=f"1.{number}",
        our_id=call_id(number),
        bridge=bridge,
        rung=False,
        where=where,
    )


def leg(number: int, offer: int = 1, agent: int = 1, *, bridge: str = "") -> events.Channel:
    """The agent's channel for an offer."""
    return events.Channel(
        channel=f"PJSIP/a-{agent}-{number:08x}",
        channel_id=f"2.{number}",
        our_id=f"{call_id(number)}-{offer}",
        bridge=bridge,
        rung=True,
        endpoint=f"a-{agent}",
    )


def sees(
    history: History,
    *channels: events.Channel,
    phones: tuple[str, ...] = ("a-1", "a-2"),
    restarted: bool = False,
) -> list[effects.Effect]:
    """The link is up and this is what Asterisk has."""
    return history.apply(
        events.SnapshotTaken(
            at=history.at, channels=channels, reachable=phones, restarted=restarted
        )
    )


@pytest.mark.parametrize("order", tuple(permutations(("start", 1, 2, 3))))
def test_the_line_keeps_its_order_however_it_comes_back(
    begin: Begin, order: tuple[str | int, ...]
) -> None:
    """Nobody is rung before the whole line is back; then the first is first, with the old time."""
    old = begin()
    old.ready(1)
    for number in (1, 2, 3):  # the first was being rung when the process ended
        old.waits(number)
        old.pass_s(10)
    new = restarted(old)
    missing = {1, 2, 3}
    for step in order:
        assert new.ordered(effects.Ring) == [] or not missing
        if isinstance(step, int):
            new.returns(step)
            missing.remove(step)
        else:
            starts(new)
    assert [ring.call_id for ring in new.ordered(effects.Ring)] == [call_id(1)]
    assert list(new.world.matcher.line.in_order()) == [call_id(2), call_id(3)]
    assert [new.call(n).queueing.queued_at for n in (1, 2, 3)] == [START, START + 10, START + 20]


def test_the_line_waits_no_longer_than_it_must(begin: Begin) -> None:
    """After three seconds those who are back are served."""
    old = begin()
    old.waits(1)
    old.waits(2)
    new = restarted(old)
    assert effects.StartTimer(kind="settle", key="", seconds=SETTLE_S) in starts(new)
    new.returns(2)
    new.ready(1)
    assert new.agent(1).state is State.READY
    new.pass_s(3)
    new.fires("settle", "")
    assert new.call(2).phase is Phase.OFFERED


def test_one_who_hung_up_meanwhile_is_not_waited_for(begin: Begin) -> None:
    """The manager tells that the missing caller is gone: the line is whole."""
    old = begin()
    old.waits(1)
    old.waits(2)
    new = restarted(old)
    starts(new)
    new.ready(1)
    new.returns(2)
    new.hangs_up(1)
    assert new.call(2).phase is Phase.OFFERED
    assert effects.CancelTimer(kind="settle", key="") in new.orders


def test_without_a_line_nothing_is_waited_for(begin: Begin) -> None:
    """A fresh start serves its first caller at once."""
    history = begin()
    assert starts(history) == []
    history.ready(1)
    history.waits(1)
    assert history.call(1).phase is Phase.OFFERED


def test_timers_go_on_for_what_is_left_of_them(begin: Begin) -> None:
    """Wrap-up, offer and rejoin are timed from when they began, not from the restart."""
    old = begin()
    old.talks(1, 1)
    old.hangs_up(1)
    old.ready(2)
    old.waits(2)
    new = restarted(old)
    made = [order for order in starts(new) if isinstance(order, effects.StartTimer)]
    assert effects.StartTimer(kind="wrap_up", key="a1", seconds=55.0) in made
    assert (
        effects.StartTimer(kind="offer", key=f"{call_id(2)}-1", seconds=15.0 + LEASE_GRACE_S)
        in made
    )


def test_a_rejoin_goes_on_for_what_is_left_of_it(begin: Begin) -> None:
    """The service restarted while the caller heard music for the agent."""
    old = begin()
    old.talks(1, 1)
    old.loses_audio(1, 1)
    new = restarted(old)
    assert effects.StartTimer(kind="rejoin", key=call_id(1), seconds=15.0) in starts(new)
    new.returns(1)
    assert new.ordered(effects.Ring)[-1].auto


def test_a_talk_is_not_touched_by_a_restart(begin: Begin) -> None:
    """The caller's and the agent's channels are bridged: nothing changes, no order is given."""
    old = begin()
    old.talks(1, 1)
    new = restarted(old)
    starts(new)
    before = new.call(1)
    assert sees(new, channel(1, bridge="b"), leg(1, bridge="b")) == []
    assert (new.call(1), new.agent(1).state) == (before, State.TALKING)


def test_a_talk_that_ended_meanwhile_ends_when_the_caller_returns(begin: Begin) -> None:
    """The agent hung up while nobody was here; the caller is let go, the wrap-up begins."""
    old = begin()
    old.talks(1, 1)
    new = restarted(old)
    starts(new)
    new.returns(1, talked=True)
    assert (new.call(1).phase, new.call(1).end.outcome) == (Phase.CLOSING, Outcome.ANSWERED)
    assert effects.HangUp(call_id=call_id(1)) in new.orders
    assert new.agent(1).state is State.WRAP_UP


def test_a_phone_answered_meanwhile_is_a_talk(begin: Begin) -> None:
    """The leg is found in a bridge: talking."""
    old = begin()
    old.ready(1)
    old.waits(1)
    new = restarted(old)
    starts(new)
    sees(new, channel(1, bridge="b"), leg(1, bridge="b"))
    assert (new.call(1).phase, new.agent(1).state) == (Phase.TALKING, State.TALKING)
    offer = new.call(1).offer
    assert offer is not None
    assert offer.channel == "PJSIP/a-1-00000001"


def test_a_phone_that_rings_still_is_left_to_ring(begin: Begin) -> None:
    """The offer goes on, and its leg has a name now."""
    old = begin()
    old.ready(1)
    old.waits(1)
    new = restarted(old)
    sees(new, channel(1), leg(1))
    offer = new.call(1).open_offer
    assert offer is not None
    assert (offer.channel, new.agent(1).state) == ("PJSIP/a-1-00000001", State.RESERVED)


def test_an_offered_caller_who_is_back_is_offered_anew(begin: Begin) -> None:
    """The dial died with the process: the agent is not to blame and is rung again."""
    old = begin()
    old.ready(1)
    old.waits(1)
    new = restarted(old)
    starts(new)
    new.returns(1)
    assert new.agent(1).offer_id == f"{call_id(1)}-2"
    assert new.agent(1).missed == 0


@pytest.mark.parametrize(
    ("pbx_restarted", "outcome"), [(False, Outcome.UNKNOWN), (True, Outcome.PBX_LOST)]
)
def test_a_call_of_which_nobody_knows_is_never_abandoned(
    begin: Begin, pbx_restarted: bool, outcome: Outcome
) -> None:
    """In the menu, waiting or ringing, and gone from Asterisk: unknown, or lost with Asterisk."""
    old = begin()
    old.arrives(1)
    old.ready(1)
    old.waits(2)
    old.waits(3)
    new = restarted(old)
    sees(new, restarted=pbx_restarted)
    assert [call.end.outcome for call in new.world.ended] == [outcome] * 3
    assert {call.end.by for call in new.world.ended} == {"lost"}
    assert not new.world.calls
    assert new.agent(1).state is State.READY


def test_a_talk_of_which_nobody_knows_the_end_was_answered(begin: Begin) -> None:
    """It was answered, whatever came then; the agent has its record to write."""
    old = begin()
    old.talks(1, 1)
    new = restarted(old)
    sees(new, restarted=True)
    call = new.call(1)
    assert (call.end.outcome, call.end.by, call.talk.ended_at) == (
        Outcome.ANSWERED,
        "lost",
        new.at,
    )
    assert new.agent(1).state is State.WRAP_UP


def test_a_caller_on_the_leash_is_not_lost(begin: Begin) -> None:
    """A live socket is a better witness than a list that may be older."""
    history = begin()
    history.waits(1)
    history.pass_s(1)
    sees(history)
    assert history.call(1).phase is Phase.WAITING


def test_an_agent_held_by_nothing_is_let_go(begin: Begin) -> None:
    """Reserved or talking for a call that is not there (any more): free."""
    old = begin()
    old.ready(1)
    old.waits(1)
    old.talks(2, 2)
    new = History(old.world.network)
    new.world.restore([], old.world.agents.values())
    sees(new)
    assert (new.agent(1).state, new.agent(2).state) == (State.READY, State.READY)
    assert new.agent(2).unsaved == ()


def test_a_phone_answered_after_its_offer_was_taken_back_is_let_go(begin: Begin) -> None:
    """The agent logged out while the link was down, and lifted the receiver all the same."""
    history = begin()
    history.ready(1)
    history.waits(1)
    history.apply(commands.AgentLoggedOut(at=history.at, agent_id="a1"))
    made = sees(history, channel(1, bridge="b"), leg(1, bridge="b"))
    assert made == [effects.HangUpLeg(offer_id=f"{call_id(1)}-1", leg="PJSIP/a-1-00000001")]


def test_a_talk_of_the_fallback_queue_is_a_talk(begin: Begin) -> None:
    """It rang another agent, in wrap-up, under the number of our last offer."""
    old = begin()
    old.talks(2, 2)
    old.hangs_up(2)
    old.ready(1)
    old.waits(1)
    old.dial_ends(1, DialResult.NO_ANSWER)
    new = restarted(old)
    starts(new)
    sees(new, channel(1, where=Where.FALLBACK_QUEUE, bridge="b"), leg(1, agent=2, bridge="b"))
    assert (new.call(1).phase, new.call(1).talk.agent_id) == (Phase.TALKING, "a2")
    assert (new.agent(2).state, new.agent(2).unsaved) == (State.TALKING, (call_id(2),))
    assert effects.CancelTimer(kind="wrap_up", key="a2") in new.orders


def test_a_talk_of_the_fallback_queue_cannot_be_parked(begin: Begin) -> None:
    """Nobody would catch the caller there: no hold, no consult."""
    old = begin()
    old.talks(2, 2)
    old.hangs_up(2)
    old.ready(1)
    old.waits(1)
    old.dial_ends(1, DialResult.NO_ANSWER)
    new = restarted(old)
    starts(new)
    sees(new, channel(1, where=Where.FALLBACK_QUEUE, bridge="b"), leg(1, agent=2, bridge="b"))
    assert not new.apply(commands.HoldChosen(at=new.at, agent_id="a2", call_id=call_id(1)))
    assert new.call(1).phase is Phase.TALKING


def test_an_older_leg_that_still_rings_is_stopped(begin: Begin) -> None:
    """It belongs to an offer that the journal has replaced."""
    history = begin()
    history.ready(1)
    history.waits(1)
    history.dial_ends(1, DialResult.NO_ANSWER)
    history.ready(2)
    made = sees(history, channel(1), leg(1, offer=1))
    assert effects.HangUpLeg(offer_id=f"{call_id(1)}-1", leg="PJSIP/a-1-00000001") in made


@pytest.mark.parametrize("where", [Where.FALLBACK_QUEUE, Where.FALLBACK_MUSIC])
def test_callers_in_the_fallback_queue_are_fetched(begin: Begin, where: Where) -> None:
    """Whoever waits there, also where nobody was logged in, comes back to us; whoever already
    talks there does not."""
    history = begin()
    made = sees(
        history,
        channel(1, where=where),
        channel(2, where=Where.FALLBACK_QUEUE, bridge="b"),
        leg(1),
    )
    assert made == [effects.Recall(call_id=call_id(1), channel="PJSIP/carrier-00000001")]


def test_callers_who_hear_the_menu_of_a_dead_process_are_fetched(begin: Begin) -> None:
    """Nobody takes their keys until the words are over; whoever is on the leash is let be."""
    old = begin()
    old.arrives(1)
    old.arrives(2)
    new = restarted(old)
    starts(new)
    new.returns(2)
    made = sees(new, channel(1, where=Where.WORDS), channel(2, where=Where.WORDS))
    recalls = [order for order in made if isinstance(order, effects.Recall)]
    assert recalls == [effects.Recall(call_id=call_id(1), channel="PJSIP/carrier-00000001")]


def test_waiting_callers_who_hear_words_without_us_are_fetched(begin: Begin) -> None:
    """That nobody is there just now, or where they stood: they do not wait for the end of it."""
    old = begin()
    old.waits(1)
    old.waits(2)
    new = restarted(old)
    starts(new)
    new.returns(2)
    made = sees(new, channel(1, where=Where.WORDS), channel(2, where=Where.WORDS))
    recalls = [order for order in made if isinstance(order, effects.Recall)]
    assert recalls == [effects.Recall(call_id=call_id(1), channel="PJSIP/carrier-00000001")]


def test_a_caller_whom_the_journal_does_not_know_keeps_the_place(begin: Begin) -> None:
    """The channel remembers queue, language and entry."""
    history = begin()
    history.waits(2)
    history.pass_s(100)
    history.returns(1, queue="taxes", queued_at=START - 60)
    call = history.call(1)
    assert (call.phase, call.queue, call.queueing.queued_at) == (Phase.WAITING, "taxes", START - 60)
    assert call.queueing.skills == (("taxes", 1),)
    assert list(history.world.matcher.line.in_order()) == [call_id(1), call_id(2)]


def test_a_caller_of_whom_nothing_is_known_begins_anew(begin: Begin) -> None:
    """Neither journal nor channel has a place: the menu."""
    history = begin()
    history.returns(1)
    assert history.call(1).phase is Phase.MENU


def test_a_caller_in_the_menu_hears_the_question_again(begin: Begin) -> None:
    """The answer to the question of the old process is refused by its number."""
    old = begin()
    old.arrives(1)
    asked = old.call(1).channel.step
    new = restarted(old)
    new.returns(1)
    (ask,) = new.ordered(effects.Ask)
    assert ask.step > asked
    new.presses(1, "1")
    assert new.call(1).phase is Phase.WAITING


def test_a_talk_is_found_on_a_phone_that_is_no_longer_the_agents(begin: Begin) -> None:
    """The link was down when it was answered, and the agent got another phone meanwhile."""
    history = begin(profile(1))
    history.ready(1)
    history.waits(1, "")
    history.apply(events.LegDialed(at=history.at, offer_id=f"{call_id(1)}-1", leg=leg(1).channel))
    history.apply(events.TelephonyLost(at=history.at))
    moved = network(replace(profile(1), endpoint="b-1"))
    history.apply(events.NetworkPublished(at=history.at, network=moved))
    sees(history, channel(1, bridge="x"), leg(1, bridge="x"), phones=("b-1",))
    assert history.call(1).phase is Phase.TALKING
    assert history.agent(1).state is State.TALKING


def test_phones_are_what_the_snapshot_says(begin: Begin) -> None:
    """A phone that went while the link was down is gone, one that came is there."""
    history = begin()
    history.ready(1)
    history.apply(events.TelephonyLost(at=history.at))
    sees(history, phones=("a-2",))
    assert (history.agent(1).reason, history.agent(2).phone) == ("phone", True)
    assert history.world.telephony


def test_a_contact_from_before_the_gap_is_forgotten(begin: Begin) -> None:
    """The page reloaded in the gap; when its new contact ends, the phone is gone."""
    history = begin()
    history.ready(1)
    history.phone(1, reachable=True, contact="sip:old")
    sees(history)
    history.phone(1, reachable=False, contact="sip:new")
    assert history.agent(1).reason == "phone"


def test_a_phone_in_a_foreign_talk_is_busy(begin: Begin) -> None:
    """Found in a bridge that no offer of ours made."""
    history = begin()
    history.ready(1)
    foreign = events.Channel(
        channel="PJSIP/a-1-00000009",
        channel_id="9.2",
        our_id="",
        bridge="b",
        rung=True,
        endpoint="a-1",
    )
    sees(history, foreign)
    assert history.agent(1).reason == "busy"
    sees(history)
    assert history.agent(1).state is State.READY


def test_an_ended_call_waits_for_its_record_over_a_restart(begin: Begin) -> None:
    """The open record is restored, and saving closes it."""
    old = begin()
    old.talks(1, 1)
    old.hangs_up(1)
    new = restarted(old)
    new.saves(1, 1)
    assert not new.world.calls
    assert new.agent(1).unsaved == ()


def test_a_caller_still_in_a_lost_talk_is_fetched_when_the_link_is_back(begin: Begin) -> None:
    """The page left while the link was down, so the first order came to nothing."""
    history = begin()
    history.talks(1, 1)
    history.loses_audio(1, 1)
    made = sees(history, channel(1, bridge="b"), leg(1, bridge="b"))
    assert effects.Recall(call_id=call_id(1), channel="PJSIP/carrier-00000001") in made


def test_a_return_told_after_the_end_is_late(begin: Begin) -> None:
    """The call is not counted twice, and a socket left over is closed."""
    old = begin()
    old.waits(1)
    new = restarted(old)
    starts(new)
    new.hangs_up(1)
    refused = new.world.refused
    new.returns(1)
    assert [call.end.outcome for call in new.world.ended] == [Outcome.ABANDONED]
    assert not new.world.calls
    assert new.world.refused == refused + 1
    assert new.orders[-1] == effects.HangUp(call_id=call_id(1))


def test_who_left_the_service_meanwhile_is_logged_out(begin: Begin) -> None:
    """The configuration changed while no process was there."""
    old = begin()
    old.ready(2)
    new = History(network(profile(1)))
    new.world.restore(old.world.calls.values(), old.world.agents.values())
    starts(new)
    assert new.agent(2).state is State.LOGGED_OUT


def test_a_fact_told_late_counts_as_of_now(begin: Begin) -> None:
    """Sources lag behind each other; nothing ends before it began, however late it is told."""
    history = begin()
    history.waits(1)
    history.pass_s(10)
    history.ready(1)
    history.at -= 1
    history.hangs_up(1)
    assert history.call(1).end.at == START + 10
    history.at -= 3600
    history.arrives(2)
    assert history.call(2).arrived_at == START + 10


def test_an_open_record_waits_for_its_agent(begin: Begin) -> None:
    """Who was taken out of the configuration, or is in reserve, finds it after a restart too."""
    old = begin()
    old.talks(2, 1)
    old.hangs_up(1)
    old.apply(events.NetworkPublished(at=old.at, network=network(profile(1))))
    assert old.agent(2).state is State.LOGGED_OUT
    new = restarted(old)
    starts(new)
    new.apply(events.NetworkPublished(at=new.at, network=network(profile(1), profile(2))))
    assert new.agent(2).unsaved == (call_id(1),)
    new.saves(2, 1)
    assert new.agent(2).unsaved == ()
    assert not new.world.calls
