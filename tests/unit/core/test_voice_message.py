"""Voice messages: work in line like a callback, with something to be heard first."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events, values
from contactcentre.core.agent.state import State
from contactcentre.core.call.message_moves import LATER_S, LISTEN_S
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.config.network import Municipality
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.storage import codec
from contactcentre.testing import (
    MESSAGE_HOTLINE,
    START,
    History,
    call_id,
    capability,
    network,
    profile,
)
from routing.calendar import Calendar
from routing.overflow import Way
from routing.targets import Targets

pytestmark = pytest.mark.unit

Begin = Callable[..., History]

CITIZEN, OTHER = "+37120000001", "+37120000002"
DAY_S = 24 * 3600.0
NIGHT = ((0, 1),)


@pytest.fixture
def history(begin: Begin) -> History:
    """Asterisk is there; nobody is at work yet."""
    made = begin()
    made.links_up()
    return made


def restarted(history: History) -> History:
    """The process has died; a new one reads the journal. The clock goes on."""
    after = History(history.world.network)
    known = (*history.world.calls.values(), *history.world.ended)
    calls = {call.call_id: codec.decode(codec.encode(call), Call) for call in known}
    after.world.restore(calls.values(), history.world.agents.values())
    after.at = history.at
    after.apply(events.ServiceStarted(at=after.at))
    return after


def offer_id(history: History, key: str) -> str:
    """Of the latest offer."""
    offer = history.promise(key).offer
    assert offer is not None
    return offer.leg_id


def save(history: History, agent: int, key: str, *, finish: bool) -> None:
    """The agent writes down what was done."""
    saved = commands.RecordSaved(
        at=history.at,
        agent_id=f"a{agent}",
        call_id=key,
        kind="application",
        services=("VID-1",),
        outcome="handed_on",
        finish=finish,
    )
    history.apply(saved)


def listening(history: History, agent: int = 1) -> str:
    """An agent hears a message."""
    key = history.leaves_message(1)
    history.ready(agent)
    history.listens(agent, key)
    return key


# --- left ------------------------------------------------------------------------------------


def test_a_message_is_a_call_of_its_own(history: History) -> None:
    """In the queue of the menu's choice, with the number, the recording and its time."""
    key = history.leaves_message(1)
    message = history.promise(key)
    assert (message.phase, message.caller, message.queue) == (Phase.CALLBACK, CITIZEN, "taxes")
    assert (message.queueing.place_at, message.language) == (START, "lv")
    assert message.callback is not None
    assert (message.callback.asked_in, message.callback.due_at) == (call_id(1), START + DAY_S)
    assert message.message is not None
    assert (message.message.recording, message.message.seconds) == (f"{call_id(1)}-1", 12.5)
    assert history.call(1).end.outcome is Outcome.VOICEMAIL


def test_the_caller_hears_that_it_is_saved(history: History) -> None:
    """Who leaves nothing is not thanked for it."""
    for number, seconds in ((1, 12.0), (2, 1.0)):
        history.arrives(number, dialled=MESSAGE_HOTLINE)
        history.message_recorded(number, seconds=seconds)
    said = [play.prompts for play in history.ordered(effects.Play)]
    assert said[1::2] == [("voicemail.saved", "goodbye"), ("goodbye",)]


@pytest.mark.parametrize(("seconds", "sounds"), [(1.9, True), (40.0, False)])
def test_a_short_or_silent_message_is_no_work(
    history: History, seconds: float, sounds: bool
) -> None:
    """Nobody is offered a recording in which nothing can be heard."""
    history.arrives(1, dialled=MESSAGE_HOTLINE)
    history.message_recorded(1, seconds=seconds, sounds=sounds)
    history.hangs_up(1)
    assert not history.world.calls


def speaks_instead_of_waiting(history: History) -> None:
    """After a minute in line, by a key."""
    given = history.world.network
    taxes = replace(given.queues["taxes"], keys={"9": Way(do="voicemail")})
    queues = {**given.queues, "taxes": taxes}
    history.apply(events.NetworkPublished(at=history.at, network=replace(given, queues=queues)))
    history.waits(1)
    history.pass_s(60)
    history.apply(events.DigitPressed(at=history.at, call_id=call_id(1), digit="9"))
    history.pass_s(20)


def test_whoever_stood_in_line_keeps_the_place(history: History) -> None:
    """Left by a key while waiting: the message stands where its caller stood."""
    speaks_instead_of_waiting(history)
    history.message_recorded(1)
    (message,) = [call for call in history.world.calls.values() if call.message is not None]
    assert (message.queueing.place_at, message.queue) == (START, "taxes")


def test_a_message_that_is_found_after_the_clock_was_set_back(history: History) -> None:
    """Its caller, who is gone, had stood in line at an instant that is yet to come."""
    speaks_instead_of_waiting(history)
    history.hangs_up(1)
    history = restarted(history)
    history.at -= 3600.0
    history.apply(ClockStepped(at=history.at, by_s=-3600.0))
    history.message_recorded(1)
    (message,) = history.world.calls.values()
    queueing = message.queueing
    assert (queueing.queued_at, queueing.place_at) == (history.at, history.at)


def test_the_hang_up_may_be_told_first(history: History) -> None:
    """The manager's word outruns the socket's: the message is work all the same, once."""
    history.arrives(1, dialled=MESSAGE_HOTLINE)
    history.hangs_up(1)
    assert not history.world.calls
    history.message_recorded(1)
    history.message_recorded(1)
    (message,) = history.world.calls.values()
    assert (message.phase, message.caller) == (Phase.CALLBACK, CITIZEN)


@pytest.mark.parametrize("how", ["returned", "hung up", "lost"])
def test_what_was_recorded_while_we_were_away_is_found(history: History, how: str) -> None:
    """However the call ends then: its file is found later, and the message is work."""
    history.arrives(1, dialled=MESSAGE_HOTLINE)
    after = restarted(history)
    if how == "returned":
        after.returns(1)
    elif how == "hung up":
        after.hangs_up(1)
    else:
        after.pass_s(1)
        after.links_up()
    after.message_recorded(1)
    assert [call.caller for call in after.world.calls.values() if call.message] == [CITIZEN]


def test_a_file_of_no_call_is_refused(history: History) -> None:
    """Nobody could say in which queue it should stand."""
    history.apply(
        events.MessageRecorded(at=START, call_id=call_id(9), step=1, recording="x", seconds=9.0)
    )
    assert not history.world.calls
    assert history.world.illegal[("MessageRecorded", "unknown call")] == 1


def test_messages_of_one_number_are_many(history: History) -> None:
    """Each is to be heard, also where the citizen is promised a callback, or rings in."""
    promise = history.asks_callback(1)
    first, second = history.leaves_message(2), history.leaves_message(3)
    assert history.promise(promise).phase is Phase.CALLBACK
    history.waits(4, "")
    owed = history.promise(promise).callback
    assert owed is not None
    assert owed.taken_by == call_id(4)
    assert {history.promise(key).phase for key in (first, second)} == {Phase.CALLBACK}


def test_while_one_is_heard_its_citizen_may_be_rung(history: History) -> None:
    """Whoever listens rings nobody yet, so the promise is kept meanwhile."""
    listening(history)
    promise = history.asks_callback(2)
    history.ready(2)
    assert history.agent(2).call_id == promise


def test_while_its_citizen_is_rung_no_promise_is_kept(history: History) -> None:
    """One telephone, one call: who is rung about a message is not rung by another agent, too."""
    key = listening(history)
    promise = history.asks_callback(2)
    history.rings_back(1, key)
    history.ready(2)
    assert history.agent(2).call_id is None
    history.dialed(key)
    history.not_reached(key)
    assert promise in (history.agent(1).call_id, history.agent(2).call_id)


def test_two_agents_do_not_ring_one_citizen(history: History) -> None:
    """The promise whose card is being read waits for the call about the message, blaming nobody."""
    key = listening(history)
    promise = history.asks_callback(2)
    history.ready(2)
    history.rings_back(1, key)
    history.rings_back(2, promise)
    assert [ring.call_id for ring in history.ordered(effects.RingBack)] == [key]
    assert history.promise(promise).offers[-1].result is Result.WITHDRAWN
    assert (history.agent(2).state, history.agent(2).missed) == (State.READY, 0)


def test_whoever_listens_does_not_ring_a_citizen_who_is_rung(history: History) -> None:
    """By a colleague, for a promise; the agent goes on listening."""
    key = listening(history)
    promise = history.asks_callback(2)
    history.ready(2)
    history.rings_back(2, promise)
    history.rings_back(1, key)
    assert [ring.call_id for ring in history.ordered(effects.RingBack)] == [promise]
    assert history.promise(key).phase is Phase.LISTENING


def test_the_threshold_is_the_queues(history: History) -> None:
    """In opening time: two hours of a hotline that opens for one minute at midnight are long."""
    given = history.world.network
    taxes = replace(given.queues["taxes"], targets=Targets(message_s=7200.0))
    queues = {**given.queues, "taxes": taxes}
    history.apply(events.NetworkPublished(at=history.at, network=replace(given, queues=queues)))
    message = history.promise(history.leaves_message(1))
    assert message.callback is not None
    assert message.callback.due_at == START + 7200.0


# --- offered and heard -----------------------------------------------------------------------


def test_it_is_offered_to_who_may_answer_the_queue(begin: Begin) -> None:
    """By skill, as a call of that matter; nobody's telephone rings."""
    history = begin(profile(1, taxes=False), profile(2))
    history.links_up()
    history.ready(1)
    key = history.leaves_message(1)
    assert history.promise(key).phase is Phase.CALLBACK
    history.ready(2)
    assert (history.promise(key).phase, history.agent(2).state) == (
        Phase.PREVIEWED,
        State.RESERVED,
    )
    assert not history.ordered(effects.Ring)


def test_the_municipality_goes_along(begin: Begin) -> None:
    """Who asked for one municipality's services is heard by those who may speak for it."""
    able = capability({"taxes": 1}, {"lv": 3})
    history = begin(profile(1), replace(profile(2), capability=replace(able, authorities=("m2",))))
    given = history.world.network
    taxes = replace(given.queues["taxes"], level="municipal")
    places = {
        **given.municipalities,
        "m2": Municipality(municipality_id="m2", name="m2", region="r"),
    }
    history.apply(
        events.NetworkPublished(
            at=history.at,
            network=replace(given, queues={**given.queues, "taxes": taxes}, municipalities=places),
        )
    )
    history.links_up()
    history.arrives(1, dialled=MESSAGE_HOTLINE)
    chosen = values.replace(history.call(1).choice, municipality="m2")
    history.world.calls[call_id(1)] = values.replace(history.call(1), choice=chosen)
    history.message_recorded(1)
    history.ready(1)
    history.ready(2)
    assert (history.agent(1).state, history.agent(2).state) == (State.READY, State.RESERVED)


def test_it_can_be_heard_at_night_and_without_the_exchange(history: History) -> None:
    """Only who is to be rung needs hours and a telephone."""
    given = replace(history.world.network, calendars={"hotline": Calendar(weekly=(NIGHT,) * 7)})
    history.apply(events.NetworkPublished(at=history.at, network=given))
    promise, key = history.asks_callback(1, caller=OTHER), history.leaves_message(2)
    history.ready(1)
    history.apply(events.TelephonyLost(at=history.at))
    history.listens(1, key)
    assert history.promise(promise).phase is Phase.CALLBACK
    assert (history.promise(key).phase, history.agent(1).reason) == (Phase.LISTENING, "message")


def test_a_card_that_nobody_takes_goes_to_the_next(history: History) -> None:
    """As with every offer: the agent has missed it."""
    key = history.leaves_message(1)
    history.ready(1)
    history.pass_s(20)
    history.fires("offer", offer_id(history, key))
    assert history.agent(1).reason == "missed"
    history.ready(2)
    history.listens(2, key)
    assert history.promise(key).phase is Phase.LISTENING


def test_who_listens_has_time(history: History) -> None:
    """To hear it more than once; and no other call comes meanwhile."""
    key = listening(history)
    message = history.promise(key).message
    assert message is not None
    assert message.heard_at == history.at
    (lease,) = [o for o in history.ordered(effects.StartTimer) if o.seconds == LISTEN_S]
    assert lease.key == offer_id(history, key)
    history.waits(2)
    assert history.call(2).phase is Phase.WAITING


def test_only_who_was_offered_it_may_listen(history: History) -> None:
    """Another agent's word changes nothing."""
    key = history.leaves_message(1)
    history.ready(1)
    history.ready(2)
    history.listens(2, key)
    assert history.promise(key).phase is Phase.PREVIEWED


def test_a_callback_is_not_listened_to(history: History) -> None:
    """There is nothing to be heard."""
    key = history.asks_callback(1)
    history.ready(1)
    history.listens(1, key)
    assert history.promise(key).phase is Phase.PREVIEWED


def test_who_walks_away_has_missed_it(history: History) -> None:
    """After a quarter of an hour without a word the message goes to the next."""
    key = listening(history)
    history.pass_s(LISTEN_S)
    history.fires("offer", offer_id(history, key))
    assert (history.promise(key).phase, history.agent(1).reason) == (Phase.CALLBACK, "missed")


@pytest.mark.parametrize("how", ["page", "log-out"])
def test_an_agent_who_is_lost_gives_it_back(history: History, how: str) -> None:
    """With what was written so far, to whoever comes next; nobody is blamed."""
    key = listening(history)
    history.apply(
        commands.NoteWritten(at=history.at, agent_id="a1", call_id=key, text="Par nodokli", base=0)
    )
    if how == "page":
        history.phone(1, reachable=False)
    else:
        history.apply(commands.AgentLoggedOut(at=history.at, agent_id="a1"))
    assert history.promise(key).phase is Phase.CALLBACK
    assert history.agent(1).state in (State.NOT_READY, State.LOGGED_OUT)
    history.ready(2)
    history.listens(2, key)
    assert history.promise(key).record.note == "Par nodokli"


def test_a_page_that_comes_back_is_offered_it_again(history: History) -> None:
    """Before all that came after it."""
    key = listening(history)
    history.pass_s(1)
    history.waits(2)
    history.phone(1, reachable=False)
    history.phone(1, reachable=True)
    assert (history.agent(1).call_id, history.promise(key).phase) == (key, Phase.PREVIEWED)


def test_a_publication_changes_nothing_for_who_listens(history: History) -> None:
    """Nor for the place of those that wait."""
    key, other = listening(history), history.leaves_message(2)
    network_ = replace(history.world.network, version=2)
    history.apply(events.NetworkPublished(at=history.at, network=network_))
    assert history.promise(key).phase is Phase.LISTENING
    history.ready(2)
    assert history.agent(2).call_id == other


def test_a_queue_that_is_taken_out_leaves_no_message_behind(history: History) -> None:
    """It stands by the rules of the queue that takes everything."""
    key = history.leaves_message(1)
    given = history.world.network
    queues = {"general": given.queues["general"]}
    history.apply(events.NetworkPublished(at=history.at, network=replace(given, queues=queues)))
    history.ready(1)
    history.listens(1, key)
    assert history.promise(key).phase is Phase.LISTENING


# --- done with -------------------------------------------------------------------------------


def test_done_without_a_call(history: History) -> None:
    """The record is that of a contact: who, what, with which outcome; the agent is free at once."""
    key = listening(history)
    history.pass_s(30)
    save(history, 1, key, finish=False)
    assert history.promise(key).phase is Phase.LISTENING
    save(history, 1, key, finish=True)
    done = history.promise(key)
    assert (done.phase, done.end.outcome, done.end.by) == (Phase.ENDED, Outcome.HANDLED, "agent")
    assert (done.talk.agent_id, done.talk.answered_at) == ("a1", None)
    assert (done.record.kind, done.record.outcome) == ("application", "handed_on")
    assert (done.record.saved_at, done.legs[-1].result) == (history.at, Result.HANDLED)
    agent = history.agent(1)
    assert (agent.state, agent.unsaved, agent.idle_since) == (State.READY, (), history.at)


def test_nobody_else_can_be_done_with_it(history: History) -> None:
    """Nor anybody who has not taken it yet."""
    key = history.leaves_message(1)
    history.ready(1)
    save(history, 1, key, finish=True)
    history.listens(1, key)
    save(history, 2, key, finish=True)
    assert history.promise(key).phase is Phase.LISTENING


def test_given_back_for_later(history: History) -> None:
    """It keeps its place, and is offered to nobody for a while; who gave it back is not blamed."""
    key = listening(history)
    history.gives_back(1, key)
    message = history.promise(key)
    assert (message.phase, message.queueing.place_at) == (Phase.CALLBACK, START)
    assert message.legs[-1].result is Result.RETURNED
    assert history.agent(1).state is State.READY
    (later,) = [o for o in history.ordered(effects.StartTimer) if o.seconds == LATER_S][-1:]
    assert (later.kind, later.key) == ("callback", key)
    history.pass_s(LATER_S)
    history.fires("callback", key)
    assert (history.agent(1).call_id, history.promise(key).phase) == (key, Phase.PREVIEWED)


def test_a_card_that_is_refused_goes_to_others_at_once(history: History) -> None:
    """Nobody has heard it yet."""
    key = history.leaves_message(1)
    history.ready(1)
    history.gives_back(1, key)
    history.ready(2)
    assert history.agent(2).call_id == key


# --- called back -----------------------------------------------------------------------------


def test_the_citizen_is_called_back(history: History) -> None:
    """By the dial of a callback, counted like one; then it is a talk like any other."""
    key = listening(history)
    history.rings_back(1, key)
    (ring,) = history.ordered(effects.RingBack)
    assert (ring.call_id, ring.number, ring.dial) == (key, CITIZEN, f"cb-{key}-1")
    history.lifts(key)
    answer = history.ordered(effects.Ring)[-1]
    history.apply(events.LegAnswered(at=history.at, offer_id=answer.offer_id))
    assert (history.promise(key).phase, history.agent(1).state) == (Phase.TALKING, State.TALKING)
    history.apply(
        events.DialEnded(
            at=history.at, call_id=key, offer_id=answer.offer_id, result=DialResult.ANSWERED
        )
    )
    history.apply(events.CallerHungUp(at=history.at, call_id=key))
    assert history.promise(key).end.outcome is Outcome.ANSWERED
    assert (history.agent(1).state, history.agent(1).call_id) == (State.WRAP_UP, key)


def test_it_is_heard_before_anybody_is_rung(history: History) -> None:
    """The card alone rings nobody."""
    key = history.leaves_message(1)
    history.ready(1)
    history.rings_back(1, key)
    assert history.promise(key).phase is Phase.PREVIEWED


@pytest.mark.parametrize("caller", [None, "112", "+491701234567"])
def test_where_nobody_may_be_rung_the_agent_goes_on_listening(
    history: History, caller: str | None
) -> None:
    """A withheld number, a short one, one abroad: the message can be heard, and done with."""
    key = history.leaves_message(1, caller=caller)
    history.ready(1)
    history.listens(1, key)
    history.rings_back(1, key)
    assert not history.ordered(effects.RingBack)
    save(history, 1, key, finish=True)
    assert history.promise(key).end.outcome is Outcome.HANDLED


def test_outside_the_hours_nobody_is_rung(history: History) -> None:
    """The card stays where it is."""
    key = listening(history)
    rules = replace(history.world.network.callbacks, from_minute=0, until_minute=1)
    given = replace(history.world.network, callbacks=rules)
    history.apply(events.NetworkPublished(at=history.at, network=given))
    history.rings_back(1, key)
    assert history.promise(key).phase is Phase.LISTENING


def test_who_is_not_reached_is_tried_again_and_given_up(history: History) -> None:
    """As often, and after such pauses, as the rules of callbacks say."""
    key = history.leaves_message(1)
    history.ready(1)
    rules = history.world.network.callbacks
    for attempt in range(1, rules.attempts + 1):
        history.listens(1, key)
        history.rings_back(1, key)
        history.apply(events.DialBackEnded(at=history.at, call_id=key, dial=f"cb-{key}-{attempt}"))
        if attempt < rules.attempts:
            history.pass_s(rules.retry_after_s[attempt - 1])
            history.fires("callback", key)
    assert history.promise(key).end.outcome is Outcome.NOT_REACHED
    assert history.agent(1).state is State.READY


# --- restarts --------------------------------------------------------------------------------


def test_a_message_survives_a_restart(history: History) -> None:
    """In its place, and offered again."""
    key = history.leaves_message(1)
    after = restarted(history)
    after.links_up()
    after.ready(1)
    assert (after.agent(1).call_id, after.promise(key).phase) == (key, Phase.PREVIEWED)


def test_who_listens_goes_on_over_a_restart(history: History) -> None:
    """With what is left of the time."""
    key = listening(history)
    history.pass_s(60)
    after = restarted(history)
    after.links_up()
    assert (after.promise(key).phase, after.agent(1).state) == (Phase.LISTENING, State.RESERVED)
    (lease,) = [o for o in after.ordered(effects.StartTimer) if o.kind == "offer"]
    assert LISTEN_S - 60 <= lease.seconds <= LISTEN_S
    save(after, 1, key, finish=True)
    assert after.promise(key).end.outcome is Outcome.HANDLED


def test_a_restart_while_the_citizen_is_rung(history: History) -> None:
    """The dial's own time counts, not that of the listening."""
    key = listening(history)
    history.pass_s(300)
    history.rings_back(1, key)
    after = restarted(history)
    (lease,) = [o for o in after.ordered(effects.StartTimer) if o.kind == "offer"]
    assert 30.0 <= lease.seconds <= 40.0


def test_the_same_recording_makes_the_same_message() -> None:
    """Its id follows from the call's."""
    first, second = History(network(profile(1))), History(network(profile(1)))
    assert first.leaves_message(1) == second.leaves_message(1)


def test_who_finds_no_room_is_told_so(history: History) -> None:
    """Nothing was recorded, and nobody is thanked for it."""
    history.arrives(1, dialled=MESSAGE_HOTLINE)
    history.apply(
        events.MessageRecorded(
            at=START, call_id=call_id(1), step=1, recording="x", seconds=0, sounds=False, full=True
        )
    )
    assert history.ordered(effects.Play)[-1].prompts == ("voicemail.full", "goodbye")
    history.hangs_up(1)
    assert history.call(1).end.outcome is Outcome.TURNED_AWAY


def test_a_message_is_no_call_from_afar(begin: Begin) -> None:
    """A centre that takes one call of others in an hour may hear their messages before it."""
    history = begin(profile(1))
    given = history.world.network
    centres = {"c1": replace(given.centres["c1"], afar_per_hour=1)}
    history.apply(events.NetworkPublished(at=history.at, network=replace(given, centres=centres)))
    history.links_up()
    key = listening(history)
    save(history, 1, key, finish=True)
    history.waits(2)
    assert history.agent(1).call_id == call_id(2)


def test_whoever_may_stand_again_in_the_same_instant_is_given_at_once(history: History) -> None:
    """A message and a promise of one number rest until the same moment: the first timer that fires
    finds an agent for each, whichever of the two it is for."""
    promise, message = history.asks_callback(1), history.leaves_message(2)
    history.ready(1)
    history.listens(1, message)
    history.rings_back(1, message)
    history.not_reached(message)
    history.rings_back(1, promise)
    history.not_reached(promise)
    history.ready(2)
    history.pass_s(900)
    history.fires("callback", message)
    assert history.promise(message).phase is Phase.PREVIEWED
    assert history.promise(promise).phase is Phase.PREVIEWED
