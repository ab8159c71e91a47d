"""A caller on hold hears now and then that nobody has forgotten them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.call.hold_words import is_on_hold
from contactcentre.core.call.state import Phase
from contactcentre.core.outcomes import DialResult
from contactcentre.core.timers import Timer
from contactcentre.testing import History, call_id

pytestmark = pytest.mark.unit

Begin = Callable[..., History]
CALL, ASKED = call_id(1), f"{call_id(1)}-2"
OWN = f"{CALL}-1"
NEXT = effects.StartTimer(kind=Timer.HOLD_WORD, key=CALL, seconds=45.0)


class Held:
    """Call 1 is on hold by agent 1; agent 2 is free."""

    def __init__(self, history: History, *, every_s: float | None = None) -> None:
        self.history = history
        if every_s is not None:
            self.publish(every_s)
        history.links_up()
        history.talks(1, 1)
        history.ready(2)
        self.holds()

    def publish(self, every_s: float) -> None:
        """Other rules of all queues."""
        network = self.history.world.network
        queues: Mapping[str, object] = {
            key: replace(queue, hold_word_s=every_s) for key, queue in network.queues.items()
        }
        network = replace(network, queues=queues)
        self.history.apply(events.NetworkPublished(at=self.history.at, network=network))

    def tell(self, kind: type[events.Event], /, **fields: object) -> list[effects.Effect]:
        """A fact."""
        return self.history.apply(kind(at=self.history.at, **fields))  # type: ignore[arg-type]

    def does(self, kind: type[events.Event], /, **fields: object) -> list[effects.Effect]:
        """A command of the agent's."""
        return self.tell(kind, call_id=CALL, agent_id="a1", **fields)

    def parted(self) -> list[effects.Effect]:
        """The caller is on the leash."""
        answered = DialResult.ANSWERED
        return self.tell(events.DialEnded, call_id=CALL, offer_id=OWN, result=answered)

    def holds(self) -> None:
        """Until both are alone."""
        self.does(commands.HoldChosen)
        self.tell(events.LegLeashed, offer_id=OWN, leg="PJSIP/1")
        self.begun = self.parted()

    def goes_on(self) -> list[effects.Effect]:
        """The agent takes the caller back."""
        return self.does(commands.ResumeChosen)

    def fires(self) -> list[effects.Effect]:
        """The while is over."""
        return self.tell(events.TimerFired, kind=Timer.HOLD_WORD, key=CALL)


@pytest.mark.parametrize("every_s", [45.0, 0.0, 2.5])
def test_the_exchange_is_told_how_often(begin: Begin, every_s: float) -> None:
    """At each hold, as the queue has it by then: nobody tells it later."""
    held = Held(begin(), every_s=every_s)
    kept = effects.KeepHoldWord(call_id=CALL, every_s=every_s)
    assert [one for one in held.begun if isinstance(one, effects.KeepHoldWord)] == [kept]
    held.goes_on()
    held.publish(7.0)
    held.holds()
    assert effects.KeepHoldWord(call_id=CALL, every_s=7.0) in held.begun


def test_a_word_then_music_and_so_on(begin: Begin) -> None:
    """The first after a while, and each time the next is made due."""
    held = Held(begin())
    assert NEXT in held.begun
    for _ in range(3):
        held.history.pass_s(45)
        word, music, later = held.fires()
        assert isinstance(word, effects.Play)
        assert (word.prompts, word.language, word.waits) == (("hold.still",), "lv", True)
        assert (music, later) == (effects.Music(call_id=CALL), NEXT)
        assert held.history.call(1).phase is Phase.HELD
        held.tell(events.PromptsPlayed, call_id=CALL, step=word.step)
    assert held.history.world.refused == 0


def test_no_word_after_the_hold(begin: Begin) -> None:
    """Who talks again is told nothing, and the next hold begins its own while."""
    held = Held(begin())
    assert effects.Join in [type(order) for order in held.goes_on()]
    held.history.pass_s(45)
    assert held.fires() == []
    held.holds()
    assert NEXT in held.begun


def test_none_where_the_queue_wants_none(begin: Begin) -> None:
    """0 is never."""
    held = Held(begin(), every_s=0.0)
    assert effects.StartTimer not in [type(order) for order in held.begun]
    assert held.history.call(1).phase is Phase.HELD


def test_as_often_as_the_queue_says(begin: Begin) -> None:
    """Each queue has its own while."""
    held = Held(begin(), every_s=20.0)
    assert replace(NEXT, seconds=20.0) in held.begun


def test_told_while_a_colleague_is_asked(begin: Begin) -> None:
    """A consult is one hold with what was before it: nothing begins anew."""
    held = Held(begin())
    made = held.does(commands.ConsultChosen, colleague="a2")
    assert effects.StartTimer(kind=Timer.HOLD_WORD, key=CALL, seconds=45.0) not in made
    assert held.history.call(1).phase is Phase.CONSULTING
    assert [type(order) for order in held.fires()] == [
        effects.Play,
        effects.Music,
        effects.StartTimer,
    ]


def test_told_again_by_a_new_process(begin: Begin) -> None:
    """Nobody speaks while the service is away; once the caller is back on the leash the while
    begins anew."""
    held = Held(begin())
    held.tell(events.LeashLost, call_id=CALL)
    assert held.fires() == []
    channel = held.history.call(1).channel
    back = held.tell(
        events.CallReturned,
        call_id=CALL,
        channel=channel.name,
        channel_id=channel.unique_id,
        caller="+37120000001",
        dialled="60000100",
        queue="benefits",
        language="lv",
        queued_at=held.history.at,
        arrived_at=held.history.at,
    )
    assert is_on_hold(held.history.call(1))
    assert NEXT in back


# --- the agent's telephone holds by itself ---------------------------------------------------


class ByPhone(Held):
    """Call 1 is held by the telephone of agent 1, and the exchange plays the music."""

    def holds(self) -> None:
        """A press on the telephone, and nothing else."""
        self.begun = self.tell(events.HoldStarted, offer_id=OWN)

    def comes_to_us(self) -> list[effects.Effect]:
        """The while is over: the caller is on the leash."""
        self.history.pass_s(45)
        self.parks = self.fires()
        self.tell(events.LegLeashed, offer_id=OWN, leg="PJSIP/1")
        return self.parted()


def test_a_long_hold_of_the_telephone_comes_to_us(begin: Begin) -> None:
    """A short one is the exchange's own; a longer one is taken to the leash, and told at once."""
    held = ByPhone(begin())
    assert held.begun == [NEXT]
    assert held.history.call(1).phase is Phase.TALKING
    at_once = held.comes_to_us()
    assert [type(order) for order in held.parks] == [effects.Park]
    assert replace(NEXT, seconds=0.0) in at_once
    word, _, later = held.fires()
    assert isinstance(word, effects.Play)
    assert (word.prompts, later) == (("hold.still",), NEXT)
    assert held.history.call(1).held_since is not None


def test_the_telephone_ends_it(begin: Begin) -> None:
    """The agent presses the same key again, and is joined; the hold is counted as one."""
    held = ByPhone(begin())
    held.comes_to_us()
    held.history.pass_s(5)
    made = held.tell(events.HoldEnded, offer_id=OWN)
    assert [type(order) for order in made] == [effects.Join]
    call = held.history.call(1)
    assert (call.phase, call.hold_s, call.held_since) == (Phase.TALKING, 50.0, None)
    assert held.fires() == []


def test_ended_before_both_are_alone(begin: Begin) -> None:
    """Whoever comes back in that very moment is joined as soon as it is possible."""
    held = ByPhone(begin())
    held.history.pass_s(45)
    held.fires()
    assert held.tell(events.HoldEnded, offer_id=OWN) == []
    held.tell(events.LegLeashed, offer_id=OWN, leg="PJSIP/1")
    assert effects.Join in [type(order) for order in held.parted()]
    assert held.history.call(1).phase is Phase.TALKING


def test_a_short_hold_of_the_telephone_is_its_own(begin: Begin) -> None:
    """Nothing is taken apart for it."""
    held = ByPhone(begin())
    held.tell(events.HoldEnded, offer_id=OWN)
    assert held.fires() == []
    assert held.history.call(1).phase is Phase.TALKING


def test_the_desk_takes_the_hold(begin: Begin) -> None:
    """Who holds on the desk as well has the caller on hold whatever the telephone says then: so a
    second number can be rung."""
    held = ByPhone(begin())
    held.comes_to_us()
    held.does(commands.HoldChosen)
    assert held.tell(events.HoldEnded, offer_id=OWN) == []
    assert held.history.call(1).phase is Phase.HELD
    assert effects.Join in [type(order) for order in held.goes_on()]


@pytest.mark.parametrize("desk_first", [True, False])
def test_the_desk_takes_back_whom_the_telephone_holds_too(
    begin: Begin, *, desk_first: bool
) -> None:
    """Not before the telephone's own key: the caller would hear nobody. The desk shows which."""
    held = (Held if desk_first else ByPhone)(begin())
    if desk_first:
        held.tell(events.HoldStarted, offer_id=OWN)
    else:
        held.does(commands.HoldChosen)
        held.tell(events.LegLeashed, offer_id=OWN, leg="PJSIP/1")
        held.parted()
    leg = held.history.call(1).offer
    assert leg is not None
    assert leg.phone_holds
    assert held.goes_on() == []
    assert held.history.call(1).phase is Phase.HELD
    made = held.tell(events.HoldEnded, offer_id=OWN)
    assert [type(order) for order in made] == [effects.Join]
    assert held.history.call(1).phase is Phase.TALKING


def test_who_asks_twice_is_believed(begin: Begin) -> None:
    """What the telephone has told may have been lost: nobody is left on hold for that."""
    held = Held(begin())
    held.tell(events.HoldStarted, offer_id=OWN)
    assert held.goes_on() == []
    assert effects.Join in [type(order) for order in held.goes_on()]


def test_the_desk_cannot_end_what_the_telephone_holds(begin: Begin) -> None:
    """The exchange plays the music until the key is pressed again; nothing is taken apart."""
    held = ByPhone(begin())
    before = held.history.world.refused
    assert held.goes_on() == []
    assert held.history.call(1).held_since is not None
    held.tell(events.HoldEnded, offer_id=OWN)
    assert held.history.call(1).held_since is None
    assert held.goes_on() == []
    assert held.history.world.refused == before + 1


def test_nothing_is_taken_apart_without_the_link(begin: Begin) -> None:
    """It is looked at again later."""
    held = ByPhone(begin())
    held.tell(events.TelephonyLost)
    assert held.fires() == [NEXT]
    assert held.history.call(1).phase is Phase.TALKING
