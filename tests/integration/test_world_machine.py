"""World keeps its promises over ten thousand steps of whatever happens in whatever order."""

import sys
from time import monotonic

import pytest
from histories import Histories
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

pytestmark = pytest.mark.integration

STEPS = 10_000
LONG_S = 3600.0

SEED = 3
"""The same walk each time, and one that comes by all that is `WALKED`."""

MUCH = settings(
    derandomize=False,
    max_examples=140,
    stateful_step_count=120,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # to shrink a fault takes minutes: the long run does
)
ROUND = settings(settings.get_profile("long"), max_examples=100, derandomize=False)

WALKED = (
    "AllJoined, consulting",
    "CallbackAsked, new",
    "CitizenGaveUp, callback",
    "ConsultCompleted, consulting",
    "FallbackEnded, new",
    "FallbackEnded, waiting",
    "FoundTalking, waiting",
    "LegAnswered, consulting",
    "LegAnswered, passing",
    "LegHungUp, consulting",
    "LegHungUp, held",
    "LongUnreachable",
    "MessageLeft, new",
    "MessageOpened, previewed",
    "NumberDialled, new",
    "PhoneSilent",
    "PromiseGiven, new",
    "PromiseKept, callback",
    "promise taken",
    "QuestionLeft, callback",
    "RingBackChosen, listening",
    "SidesSwapped, consulting",
    "circles changed under who waits",
    "outcome handled",
    "the clock was set",
)
"""What ten thousand steps have to come by: events and the phase of their call, ends, turns."""


@pytest.mark.long
@pytest.mark.timeout(0)
def test_world_keeps_its_promises(capsys: pytest.CaptureFixture[str]) -> None:
    """No call is lost or held twice, nobody is passed over, nobody waits for whom he could have."""
    before = Histories.steps
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
