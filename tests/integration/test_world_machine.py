"""World keeps its promises over ten thousand steps of whatever happens in whatever order."""

import pytest
from histories import Histories
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

pytestmark = pytest.mark.integration

STEPS = 10_000

LONG = settings.get_profile("long")
MUCH = settings(
    derandomize=True,
    max_examples=125,
    stateful_step_count=120,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # to shrink a fault takes minutes: the long run does
)


@pytest.mark.timeout(0)
def test_world_keeps_its_promises() -> None:
    """No call is lost or held twice, nobody is passed over, nobody waits for whom he could have."""
    before = Histories.steps
    asked = settings()
    run_state_machine_as_test(
        Histories, settings=LONG if asked.max_examples == LONG.max_examples else MUCH
    )
    assert Histories.steps - before >= STEPS
