"""World keeps its promises over ten thousand steps of whatever happens in whatever order."""

import sys
from time import monotonic

import pytest
from histories import Histories
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from towns import AGENTS, CALLERS, NUMBERS

pytestmark = pytest.mark.integration

STEPS = 10_000
LONG_S = 3600.0

SEED = 3
"""The same walk each time, and one that comes by all that is `WALKED`."""

MUCH = settings(
    derandomize=False,
    max_examples=115,
    stateful_step_count=120,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # to shrink a fault takes minutes: the long run does
)
ROUND = settings(settings.get_profile("long"), max_examples=100, derandomize=False)

WALKED = (
    "AllJoined, consulting",
    "AnswerChosen, offered",
    "CallEarmarked, waiting",
    "CallEndForced, talking",
    "CallMoved, callback",
    "CallMoved, waiting",
    "CallPutFirst, waiting",
    "CallWithdrawn, waiting",
    "CallbackAsked, new",
    "CitizenGaveUp, callback",
    "ConsultCompleted, consulting",
    "DeviceChosen",
    "FallbackEnded, new",
    "FallbackEnded, waiting",
    "FoundTalking, waiting",
    "HoldEnded, held",
    "HoldLasts, talking",
    "LegAnswered, consulting",
    "LegAnswered, passing",
    "LegHungUp, consulting",
    "LegHungUp, held",
    "ListenEnded, talking",
    "ListenOver, transferred",
    "ListenTurned, talking",
    "ListenerChosen, talking",
    "ListenerTold, held",
    "LongUnreachable",
    "MessageLeft, new",
    "MuteChosen, talking",
    "MessageOpened, previewed",
    "NumberDialled, new",
    "PhoneSilent",
    "PromiseGiven, new",
    "PromiseKept, callback",
    "PromptsPlayed, survey",
    "promise taken",
    "QuestionLeft, callback",
    "RecordingPaused, talking",
    "RecordingResumed, talking",
    "RingBackChosen, listening",
    "SoundMoved, held",
    "SoundMoved, rejoining",
    "SoundMoved, talking",
    "SidesSwapped, consulting",
    "circles changed under who waits",
    "outcome handled",
    "the clock was set",
)
"""What ten thousand steps have to come by: events and the phase of their call, ends, turns."""

LED = (["swap", "swap"], ["swap", "join"], ["join"], ["complete"])
"""What comes after a consult is answered: chance alone may come by some of it too seldom."""

MOVED = (
    ["elsewhere", "answer", "elsewhere", "elsewhere", "answer"],
    ["elsewhere", "service", "answer", "elsewhere", "link", "link is back", "answer"],
    ["elsewhere", "citizen hangs up"],
)
"""What comes of a talk that moves out of a hold."""

LISTENED = (
    ["lift", "whisper", "service", "barge", "link", "link is back", "citizen hangs up"],
    ["hold", "lift", "listen", "resume", "no more"],
    ["not lift"],
    ["lift", "pass", "answer"],
)
"""What comes of a talk that is listened to."""


def lead() -> None:
    """Walk these, each as a day of its own; and a message whose citizen is rung at once."""
    for then in LED:
        day = led_day()
        day.a_talk_of_more_than_two(begins="consult answer", inside=True, then=then)
        ends(day)
    for then in LISTENED:
        day = led_day()
        day.a_talk_is_listened_to(mode="listen", agent_id="a4", then=then)
        ends(day)
    keep_a_promise("take")
    keep_a_promise("keep")
    ask_how_it_was()
    hold_for_long()
    move_a_talk()
    answer_on_the_table()
    day = led_day()
    day.a_citizen_leaves_a_message(CALLERS[2], "ends")
    day.messages_are_worked_off("call back")
    ends(day)


def keep_a_promise(what: str) -> None:
    """An agent promises a call, is free again, and takes it, or keeps it without a call."""
    day = led_day()
    day.without_a_lag_all_is_told_at_once()
    day.everybody_answers()
    day.without_a_lag_all_is_told_at_once()
    day.an_agent_promises(number=0, when="usual", keeper="agent", to="26000001")
    while day.exchange.callers:
        day.a_citizen_hangs_up(0)
        day.without_a_lag_all_is_told_at_once()
    day.time_passes(30.0)
    day.without_a_lag_all_is_told_at_once()
    day.an_agent_looks_at_promises(number=1, what=what, agent_id="a1")
    ends(day)


def ask_how_it_was() -> None:
    """Agents hang up first in a queue that asks half of its callers."""
    day = led_day()
    for agent_id in AGENTS:
        day.an_agent_is_ready(agent_id)
    for _ in range(6):
        day.a_citizen_calls(None, NUMBERS[0], "2")
        day.without_a_lag_all_is_told_at_once()
        day.everybody_answers()
        day.without_a_lag_all_is_told_at_once()
        while day.dials(answered=True):
            day.a_talk_does(0, "end")
            day.without_a_lag_all_is_told_at_once()
        for agent_id in AGENTS:
            day.an_agent_is_ready(agent_id)
    ends(day)


def hold_for_long() -> None:
    """A telephone holds until the caller is told so, and then no more; a recording is paused."""
    day = led_day()
    day.without_a_lag_all_is_told_at_once()
    day.everybody_answers()
    day.without_a_lag_all_is_told_at_once()
    for number in range(3):  # chance says whose is recorded
        day.an_agent_pauses(number, goes_on=True)
    day.a_talk_does(0, "hold")
    for _ in range(3):
        day.time_passes(30.0)
        day.without_a_lag_all_is_told_at_once()
    day.a_phone_holds_no_more(0)
    ends(day)


def move_a_talk() -> None:
    """Talks go to another telephone, back while it rings, and out of a hold."""
    for then in MOVED:
        day = led_day()
        day.a_talk_of_more_than_two(begins="hold", inside=True, then=then)
        ends(day)


def answer_on_the_table() -> None:
    """By the page: telephones that know how, and such as do not."""
    day = led_day()
    day.an_agent_is_ready("a2")
    for _ in range(4):
        day.a_citizen_calls(None, NUMBERS[0], "")
        day.without_a_lag_all_is_told_at_once()
        day.an_agent_does("a2", "answer")
        day.without_a_lag_all_is_told_at_once()
        day.everybody_answers()
        day.without_a_lag_all_is_told_at_once()
        while day.exchange.callers:
            day.a_citizen_hangs_up(0)
            day.without_a_lag_all_is_told_at_once()
        for agent_id in AGENTS:
            day.an_agent_is_ready(agent_id)
    ends(day)


def led_day() -> Histories:
    """It begins."""
    day = Histories()
    day.a_day_begins(promised=False)
    return day


def ends(day: Histories) -> None:
    """It ends, as others do."""
    day.without_a_lag_all_is_told_at_once()
    day.teardown()


@pytest.mark.long
@pytest.mark.timeout(0)
def test_world_keeps_its_promises(capsys: pytest.CaptureFixture[str]) -> None:
    """No call is lost or held twice, nobody is passed over, nobody waits for whom he could have."""
    before = Histories.steps
    lead()
    if settings().max_examples == settings.get_profile("long").max_examples:
        walk_for_long(capsys)
    else:
        run_state_machine_as_test(seed(SEED)(Histories), settings=MUCH)
    assert Histories.steps - before >= STEPS
    assert [turn for turn in WALKED if not Histories.walked[turn]] == []


def walk_for_long(capsys: pytest.CaptureFixture[str]) -> None:
    """Round after round, each with a seed of its own, and a word of how far it is."""
    begun, number, passed_s = monotonic(), 0, 0.0
    while passed_s < LONG_S:
        number += 1
        run_state_machine_as_test(seed(number)(Histories), settings=ROUND)
        passed_s = monotonic() - begun
        with capsys.disabled():
            sys.stdout.write(f"\n{Histories.steps:,} steps in {passed_s / 60:.0f} minutes")
            sys.stdout.flush()
